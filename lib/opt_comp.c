/* Decides what completions of any shell say of a row: its ways to be written, and what its value may be. Must never know a shell. */
#include "opt_comp.h"

#include "buf.h"

static struct opt_values
values(const char *const *choices, const char *list, enum opt_complete kind)
{
	return (struct opt_values){ choices, list, kind, choices == NULL && list == NULL && kind == OPT_C_NONE };
}

struct opt_values
opt_comp_row(const struct opt *row)
{
	return values(row->choices, row->list, row->complete);
}

struct opt_values
opt_comp_verb(const struct opt_verb *v)
{
	return values(v->choices, v->list, v->complete);
}

void
opt_comp_ident(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++)
		buf_addc(out, *name == '-' ? '_' : *name);
}

void
opt_comp_forms(const struct tool *t, const struct opt *row, const char *sep, struct buf *out)
{
	struct opt_names walk = { .row = row };
	size_t n, from = out->len;
	const char *w;

	if (opt_letter(t, row) != '\0')
		buf_addf(out, "-%c", opt_letter(t, row));
	while ((w = opt_name(&walk, &n)) != NULL)
		buf_addf(out, "%s-%s%.*s", out->len > from ? sep : "", n > 1 ? "-" : "", (int)n, w);
}

void
opt_comp_choices(const char *const *list, struct buf *out)
{
	size_t i;

	for (i = 0; list != NULL && list[i] != NULL; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", list[i]);
}

void
opt_comp_takers(const struct tool *t, const char *sep, struct buf *out)
{
	size_t i, from = out->len;
	const struct opt *row;

	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		if (row->arg == NULL || row->arg_optional || row->kind == OPT_REFUSED)
			continue;
		buf_adds(out, out->len > from ? sep : "");
		opt_comp_forms(t, row, sep, out);
	}
	if (out->len == from)
		buf_adds(out, "''"); /* a case needs a word */
}
