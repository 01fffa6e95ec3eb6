/* Decides how a table is shown in a man page. Must never know argv.
 * Invariant: text from the table is escaped on its way into mdoc (mdoc_text, mdoc_arg), `doc` excepted, which is mdoc. */
#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "opt.h"

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
		if (!opt_opens_group(t, i))
			continue;
		buf_addf(out, ".Ss %s\n.Bl -tag -width Ds\n", opt_group(opt_row(t, i)));
		opt_show_group(t, i, mdoc_row, out);
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
