/* Decides how a table is shown on a terminal: --help and the usage line. Must never know argv. */
#include <string.h>

#include "buf.h"
#include "opt.h"

enum { WIDTH = 80, HELP_AT = 28 };

/* Words of text from column at on, wrapped before WIDTH, further lines indented to HELP_AT; ends the line. */
static void
wrap(struct buf *out, const char *text, size_t at)
{
	size_t n;

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		n = strcspn(text, " ");
		if (at > HELP_AT && at + 1 + n > WIDTH) {
			buf_addf(out, "\n%*s", HELP_AT, "");
			at = HELP_AT;
		} else if (at > HELP_AT) {
			buf_addc(out, ' ');
			at++;
		}
		buf_add(out, text, n);
		at += n;
		text += n;
	}
	buf_addc(out, '\n');
}

/* head, which began at offset from of out, then text in the second column. */
static void
second_column(struct buf *out, size_t from, const char *text)
{
	size_t used = out->len - from;

	if (used + 2 > HELP_AT) {
		buf_addc(out, '\n');
		used = 0;
	}
	buf_addf(out, "%*s", (int)(HELP_AT - used), "");
	wrap(out, text, HELP_AT);
}

static void
help_row(const struct tool *t, const struct opt *row, struct buf *out)
{
	size_t from = out->len;
	char c = opt_letter(t, row);

	if (c != '\0')
		buf_addf(out, "  -%c%s", c, row->name != NULL ? "," : "");
	else
		buf_adds(out, "     ");
	if (row->name != NULL)
		buf_addf(out, " --%s", row->name);
	if (row->arg != NULL)
		buf_addf(out, row->arg_optional ? "[%s%s]" : "%s%s", row->name != NULL ? "=" : " ", row->arg);
	second_column(out, from, row->help);
}

static void
help_verbs(const struct tool *t, struct buf *out)
{
	size_t i, from;

	if (t->nverbs == 0)
		return;
	buf_adds(out, "\nVerbs:\n");
	for (i = 0; i < t->nverbs; i++) {
		from = out->len;
		buf_addf(out, "  %s%s%s", t->verbs[i].name, t->verbs[i].operands ? " " : "",
		    t->verbs[i].operands ? t->verbs[i].operands : "");
		second_column(out, from, t->verbs[i].help);
	}
}

static void
help_exits(const struct tool *t, struct buf *out)
{
	size_t i, from;

	if (t->nexits == 0)
		return;
	buf_adds(out, "\nExit status:\n");
	for (i = 0; i < t->nexits; i++) {
		from = out->len;
		buf_addf(out, "  %s", t->exits[i].status);
		second_column(out, from, t->exits[i].help);
	}
}

/* n bytes of words behind what ends the text, wrapped; further lines are indented by indent. */
static void
usage_words(struct buf *out, const char *s, size_t n, size_t indent)
{
	const char *end = s + n;
	size_t at = indent - 1, k;

	for (; s < end; s += k) {
		s += strspn(s, " ");
		k = strcspn(s, " \n");
		if (k == 0)
			break;
		if (at + 1 + k > WIDTH) {
			buf_addf(out, "\n%*s", (int)indent - 1, "");
			at = indent - 1;
		}
		buf_addf(out, " %.*s", (int)k, s);
		at += 1 + k;
	}
	buf_addc(out, '\n');
}

void
opt_usage(const struct tool *t, struct buf *out)
{
	const char *line = t->operands != NULL ? t->operands : "";
	const char *word = "usage:";
	size_t n;

	do {
		AUTO_BUF words = { 0 };

		n = strcspn(line, "\n");
		buf_addf(&words, "[option ...] %.*s", (int)n, line);
		buf_addf(out, "%s %s", word, t->name);
		usage_words(out, words.data, words.len, strlen("usage:  ") + strlen(t->name));
		word = "      ";
		line += n;
	} while (*line++ == '\n' && *line != '\0');
}

void
opt_help(const struct tool *t, struct buf *out)
{
	size_t i;

	opt_usage(t, out);
	buf_addf(out, "%s\n", t->summary);
	help_verbs(t, out);
	for (i = 0; opt_row(t, i) != NULL; i++) {
		if (!opt_opens_group(t, i))
			continue;
		buf_addf(out, "\n%s:\n", opt_group(opt_row(t, i)));
		opt_show_group(t, i, help_row, out);
	}
	help_exits(t, out);
}
