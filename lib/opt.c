/* Decides what the rows of a table are: which are added to every table, which names and letters lead to them, which stand together, what
 * a table may not say. Must never know argv nor any form in which the table is shown. */
#include "opt.h"

#include <inttypes.h>
#include <string.h>

#include "buf.h"

static const struct opt added[] = {
	{ "help", 'h', .type = OPT_NONE, .help = "print this help" },
	{ "version", 'V', .type = OPT_NONE, .help = "print the version" },
};

const char *
opt_word(const char **list, size_t *n)
{
	const char *w = *list;

	if (w == NULL)
		return NULL;
	w += strspn(w, " ");
	*n = strcspn(w, " ");
	*list = w + *n;
	return *n > 0 ? w : NULL;
}

static bool
table_has(const struct tool *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nopts; i++)
		if (t->opts[i].name != NULL && strcmp(t->opts[i].name, name) == 0)
			return true;
	return false;
}

const struct opt *
opt_row(const struct tool *t, size_t i)
{
	size_t k;

	if (i < t->nopts)
		return &t->opts[i];
	i -= t->nopts;
	for (k = 0; k < ARRAY_LEN(added); k++)
		if (!table_has(t, added[k].name) && i-- == 0)
			return &added[k];
	return NULL;
}

const char *
opt_name(struct opt_names *walk, size_t *n)
{
	if (walk->begun)
		return opt_word(&walk->left, n);
	walk->begun = true;
	walk->left = walk->row->aliases;
	if (walk->row->name == NULL)
		return opt_word(&walk->left, n);
	*n = strlen(walk->row->name);
	return walk->row->name;
}

bool
opt_has_letter(const struct opt *row, char c)
{
	struct opt_names walk = { .row = row };
	const char *w;
	size_t n;

	if (c == '\0')
		return false;
	if (row->letter == c)
		return true;
	while ((w = opt_name(&walk, &n)) != NULL)
		if (n == 1 && *w == c)
			return true;
	return false;
}

const struct opt *
opt_find_letter(const struct tool *t, char c)
{
	size_t i;

	for (i = 0; i < t->nopts; i++)
		if (opt_has_letter(&t->opts[i], c))
			return &t->opts[i];
	for (i = 0; c != '\0' && i < ARRAY_LEN(added); i++)
		if (added[i].letter == c && !table_has(t, added[i].name))
			return &added[i];
	return NULL;
}

char
opt_letter(const struct tool *t, const struct opt *row)
{
	return row->letter != 0 && opt_find_letter(t, row->letter) == row ? row->letter : '\0';
}

enum opt_result
opt_ends(const struct opt *row)
{
	return row == &added[0] ? OPT_HELP : row == &added[1] ? OPT_VERSION : OPT_RUN;
}

const char *
opt_sample(const struct opt *row)
{
	static const char *const by_kind[] = {
		[OPT_C_NONE] = "x", [OPT_C_FILE] = "/dev/null", [OPT_C_DIR] = "/", [OPT_C_HOST] = "localhost",
		[OPT_C_SIGNAL] = "TERM", [OPT_C_COMMAND] = "true",
	};

	if (row->arg == NULL)
		return "";
	if (row->sample != NULL)
		return row->sample;
	if (row->choices != NULL)
		return row->choices[0];
	if (row->type == OPT_INT || row->number)
		return row->min <= 1 && (row->max >= 1 || row->max == row->min) ? "1" : "0";
	return by_kind[row->complete];
}

/* --- groups ------------------------------------------------------------------------------------------------------ */
const char *
opt_group(const struct opt *row)
{
	return row->group != NULL ? row->group : "General";
}

bool
opt_opens_group(const struct tool *t, size_t i)
{
	const struct opt *row = opt_row(t, i);
	size_t k;

	if (row->kind != OPT_NORMAL)
		return false;
	for (k = 0; k < i; k++)
		if (opt_row(t, k)->kind == OPT_NORMAL && strcmp(opt_group(opt_row(t, k)), opt_group(row)) == 0)
			return false;
	return true;
}

void
opt_show_group(const struct tool *t, size_t i, opt_show_fn *show, struct buf *out)
{
	const char *group = opt_group(opt_row(t, i));
	const struct opt *row;

	for (; (row = opt_row(t, i)) != NULL; i++)
		if (row->kind == OPT_NORMAL && strcmp(opt_group(row), group) == 0)
			show(t, row, out);
}

/* --- does the table hold? ---------------------------------------------------------------------------------------- */
/* How many rows of the whole table answer to the n bytes of name. */
static size_t
count_name(const struct tool *t, const char *name, size_t n)
{
	const struct opt *row;
	size_t i, m, count = 0;
	const char *w;

	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		struct opt_names walk = { .row = row };

		while ((w = opt_name(&walk, &m)) != NULL)
			count += m > 1 && m == n && memcmp(w, name, n) == 0;
	}
	return count;
}

static size_t
count_letter(const struct tool *t, char c)
{
	size_t i, count = 0;

	for (i = 0; i < t->nopts; i++)
		count += opt_has_letter(&t->opts[i], c);
	return count;
}

static int
check_names(const struct tool *t, const struct opt *row, struct err *e)
{
	struct opt_names walk = { .row = row };
	const char *w;
	size_t n;

	if (row->name == NULL && row->letter == 0)
		return err_set(e, 0, "row %td has no name", row - t->opts);
	if (row->letter != 0 && count_letter(t, row->letter) != 1)
		return err_set(e, 0, "-%c: twice in the table", row->letter);
	while ((w = opt_name(&walk, &n)) != NULL)
		if (n > 1 ? count_name(t, w, n) != 1 : count_letter(t, *w) != 1)
			return err_set(e, 0, "%.*s: twice in the table", (int)n, w);
	return 0;
}

/* What is wrong with the row apart from its names, or NULL. */
static const char *
row_fault(const struct opt *row)
{
	bool takes = row->arg != NULL;

	if (row->help == NULL || *row->help == '\0')
		return "has no help";
	if (row->kind == OPT_REFUSED)
		return NULL;
	if (takes && (row->type == OPT_BOOL || row->type == OPT_COUNT) && row->set == NULL)
		return "a flag takes no value";
	if (!takes && (row->type == OPT_INT || row->type == OPT_STR || row->type == OPT_LIST) && row->set == NULL)
		return "has no metavar";
	if (!takes && row->arg_optional)
		return "optional, but has no metavar";
	if (row->min > row->max)
		return "min is above max";
	if (row->kind == OPT_NORMAL && row->group == NULL)
		return "has no group";
	return NULL;
}

int
opt_check(const struct tool *t, struct err *e)
{
	const char *fault;
	size_t i;

	for (i = 0; i < t->nopts; i++) {
		if (check_names(t, &t->opts[i], e) < 0)
			return err_wrap(e, "%s", t->name);
		if ((fault = row_fault(&t->opts[i])) != NULL)
			return err_set(e, 0, "%s: --%s: %s", t->name, t->opts[i].name ? t->opts[i].name : "?", fault);
	}
	return 0;
}
