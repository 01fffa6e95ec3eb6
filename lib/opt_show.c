/* Decides how a table is shown to people: --help on a terminal, mdoc in the man page. Must never know argv.
 * Invariant: text from the table is escaped on its way into mdoc (mdoc_text, mdoc_arg), `doc` excepted, which is mdoc. */
#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "opt.h"

enum { WIDTH = 80, HELP_AT = 28 };

/* --- groups ------------------------------------------------------------------------------------------------------ */
static const char *
row_group(const struct opt *row)
{
	return row->group != NULL ? row->group : "General";
}

/* Whether the i-th row is shown and its group was not met before it. */
static bool
opens_group(const struct tool *t, size_t i)
{
	const struct opt *row = opt_row(t, i);
	size_t k;

	if (row->kind != OPT_NORMAL)
		return false;
	for (k = 0; k < i; k++)
		if (opt_row(t, k)->kind == OPT_NORMAL && strcmp(row_group(opt_row(t, k)), row_group(row)) == 0)
			return false;
	return true;
}

typedef void show_row_fn(const struct tool *t, const struct opt *row, struct buf *out);

/* Shows the rows of the group that the i-th one opens, in the order of the table. */
static void
show_group(const struct tool *t, size_t i, show_row_fn *show, struct buf *out)
{
	const char *group = row_group(opt_row(t, i));
	const struct opt *row;

	for (; (row = opt_row(t, i)) != NULL; i++)
		if (row->kind == OPT_NORMAL && strcmp(row_group(row), group) == 0)
			show(t, row, out);
}

/* --- terminal ---------------------------------------------------------------------------------------------------- */
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
		if (!opens_group(t, i))
			continue;
		buf_addf(out, "\n%s:\n", row_group(opt_row(t, i)));
		show_group(t, i, help_row, out);
	}
	help_exits(t, out);
}

/* --- mdoc -------------------------------------------------------------------------------------------------------- */
/* n bytes as running text: backslashes, and a dot or quote where a line might begin with it. */
static void
mdoc_bytes(struct buf *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (s[i] == '\\')
			buf_adds(out, "\\e");
		else if ((s[i] == '.' || s[i] == '\'') && (out->len == 0 || out->data[out->len - 1] == '\n'))
			buf_addf(out, "\\&%c", s[i]);
		else
			buf_addc(out, s[i]);
	}
}

/* A help line as a sentence. */
static void
mdoc_text(struct buf *out, const char *s)
{
	size_t from = out->len;

	mdoc_bytes(out, s, strlen(s));
	if (islower((unsigned char)out->data[from]) && !isupper((unsigned char)out->data[from + 1]))
		out->data[from] = (char)toupper((unsigned char)out->data[from]);
	buf_adds(out, ".\n");
}

/* One argument of a macro: nothing in it may be taken for a macro, a delimiter or the end of an argument. */
static void
mdoc_arg(struct buf *out, const char *s, size_t n)
{
	size_t i;

	buf_adds(out, " \\&");
	for (i = 0; i < n; i++) {
		if (s[i] == '\\')
			buf_adds(out, "\\e");
		else if (s[i] == '"')
			buf_adds(out, "\\(dq");
		else if (s[i] == ' ')
			buf_adds(out, "\\ ");
		else
			buf_addc(out, s[i]);
	}
	if (n > 0 && strchr(".,:;)]?!", s[n - 1]) != NULL)
		buf_adds(out, "\\&");
}

static void
mdoc_form(struct buf *out, const struct opt *row, const char *name, size_t n)
{
	bool letter = n == 1;

	buf_adds(out, letter ? " Fl" : " Fl -");
	if (letter)
		mdoc_arg(out, name, n);
	else
		buf_add(out, name, n);
	if (row->arg == NULL)
		return;
	if (row->arg_optional)
		buf_adds(out, letter ? " Ns Oo" : " Ns Oo =");
	if (!letter || row->arg_optional)
		buf_adds(out, row->arg_optional ? " Ns Ar" : " Ns = Ns Ar");
	else
		buf_adds(out, " Ar");
	mdoc_arg(out, row->arg, strlen(row->arg));
	if (row->arg_optional)
		buf_adds(out, " Oc");
}

/* .It with every letter and name that leads to row. */
static void
mdoc_item(const struct tool *t, const struct opt *row, struct buf *out)
{
	struct opt_names walk = { .row = row };
	char letter = opt_letter(t, row);
	bool some = letter != '\0';
	const char *w;
	size_t n;

	buf_adds(out, ".It");
	if (some)
		mdoc_form(out, row, &letter, 1);
	while ((w = opt_name(&walk, &n)) != NULL) {
		buf_adds(out, some ? " ," : "");
		mdoc_form(out, row, w, n);
		some = true;
	}
	buf_addc(out, '\n');
}

static void
mdoc_choices(struct buf *out, const struct opt *row)
{
	size_t i;

	if (row->choices == NULL)
		return;
	buf_addf(out, "%s is one of\n", row->arg);
	for (i = 0; row->choices[i] != NULL; i++) {
		buf_adds(out, ".Cm");
		mdoc_arg(out, row->choices[i], strlen(row->choices[i]));
		buf_adds(out, row->choices[i + 1] == NULL ? " .\n" : row->choices[i + 2] == NULL ? " or\n" : " ,\n");
	}
}

/* doc, which is mdoc by itself, with the newline that its last line may lack. */
static void
mdoc_doc(struct buf *out, const char *doc)
{
	if (doc == NULL)
		return;
	buf_adds(out, doc);
	if (*doc != '\0' && out->data[out->len - 1] != '\n')
		buf_addc(out, '\n');
}

static void
mdoc_row(const struct tool *t, const struct opt *row, struct buf *out)
{
	mdoc_item(t, row, out);
	mdoc_text(out, row->help);
	mdoc_choices(out, row);
	mdoc_doc(out, row->doc);
}

void
opt_mdoc(const struct tool *t, struct buf *out)
{
	size_t i;

	for (i = 0; opt_row(t, i) != NULL; i++) {
		if (!opens_group(t, i))
			continue;
		buf_addf(out, ".Ss %s\n.Bl -tag -width Ds\n", row_group(opt_row(t, i)));
		show_group(t, i, mdoc_row, out);
		buf_adds(out, ".El\n");
	}
}

/* One word of operands as macro arguments: NAMES in capitals are placeholders, [...] an optional part. */
static void
mdoc_operand(struct buf *out, const char *s, size_t n)
{
	size_t close = 0;

	for (; n > 0 && *s == '['; s++, n--)
		buf_adds(out, " Oo");
	for (; n > 0 && s[n - 1] == ']'; n--)
		close++;
	if (n > 0) {
		buf_adds(out, isupper((unsigned char)*s) ? " Ar" : " No");
		mdoc_arg(out, s, n);
	}
	for (; close > 0; close--)
		buf_adds(out, " Oc");
}

static void
mdoc_operands(struct buf *out, const char *s, size_t n)
{
	const char *end = s + n;
	size_t k;

	for (; s < end; s += k) {
		while (s < end && *s == ' ')
			s++;
		for (k = 0; s + k < end && s[k] != ' ';)
			k++;
		if (k > 0)
			mdoc_operand(out, s, k);
	}
}

void
opt_mdoc_synopsis(const struct tool *t, struct buf *out)
{
	const char *line = t->operands != NULL ? t->operands : "";
	size_t n;

	do {
		n = strcspn(line, "\n");
		buf_adds(out, ".Nm\n.Op Ar option ...\n");
		if (n > 0) {
			size_t from = out->len;

			mdoc_operands(out, line, n);
			buf_splice(out, from, 1, ".", 1); /* the first macro opens the line */
			buf_addc(out, '\n');
		}
		line += n;
	} while (*line++ == '\n' && *line != '\0');
}

void
opt_mdoc_verbs(const struct tool *t, struct buf *out)
{
	const struct opt_verb *v;
	size_t i;

	if (t->nverbs == 0)
		return;
	buf_adds(out, ".Bl -tag -width Ds\n");
	for (i = 0; i < t->nverbs; i++) {
		v = &t->verbs[i];
		buf_adds(out, ".It Cm");
		mdoc_arg(out, v->name, strlen(v->name));
		if (v->operands != NULL)
			mdoc_operands(out, v->operands, strlen(v->operands));
		buf_addc(out, '\n');
		mdoc_text(out, v->help);
		mdoc_doc(out, v->doc);
	}
	buf_adds(out, ".El\n");
}

void
opt_mdoc_exits(const struct tool *t, struct buf *out)
{
	size_t i;

	buf_adds(out, ".Bl -tag -width Ds\n");
	for (i = 0; i < t->nexits; i++) {
		buf_addf(out, ".It %s\n", t->exits[i].status);
		mdoc_text(out, t->exits[i].help);
	}
	buf_adds(out, ".El\n");
}

/* Refused, and not so old that it was refused before us. */
static bool
row_differs(const struct opt *row)
{
	return row->kind == OPT_REFUSED && row->name != NULL && strncmp(row->help, "retired", 7) != 0;
}

/* The rows from i on that are refused for the same reason: one item, their names without spelling variants. False: an earlier one has
 * said it. */
static bool
mdoc_refused(const struct tool *t, size_t i, struct buf *out)
{
	const char *why = opt_row(t, i)->help;
	const struct opt *row;
	size_t k;

	for (k = 0; k < i; k++)
		if (row_differs(opt_row(t, k)) && strcmp(opt_row(t, k)->help, why) == 0)
			return false;
	for (k = i; (row = opt_row(t, k)) != NULL; k++)
		if (row_differs(row) && strcmp(row->help, why) == 0)
			buf_addf(out, k == i ? ".It\n.Fl -%s" : " , Fl -%s", row->name);
	buf_adds(out, " :\n");
	mdoc_text(out, why);
	return true;
}

void
opt_mdoc_refused(const struct tool *t, struct buf *out)
{
	bool any = false;
	size_t i;

	for (i = 0; opt_row(t, i) != NULL; i++) {
		if (!row_differs(opt_row(t, i)))
			continue;
		if (!any)
			buf_adds(out, ".Bl -bullet -compact\n");
		any = true;
		mdoc_refused(t, i, out);
	}
	if (any)
		buf_adds(out, ".El\n");
}
