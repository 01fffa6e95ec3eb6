/* Decides what becomes of a row's value: whether it is one, and where it is kept. Must never know which word of argv it stood in.
 * Invariants: 1. every failure names the option as the table spells it (opt_value_fail).
 *             2. what is stored is the caller's own bytes, never a copy. */
#include "opt_value.h"

#include <errno.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "near.h"
#include "num.h"

int
opt_value_fail(const struct opt *row, struct err *e)
{
	if (row->name != NULL)
		return err_wrap(e, "--%s", row->name);
	return err_wrap(e, "-%c", row->letter);
}

size_t
opt_value_number(const char *s, bool whole)
{
	size_t n = *s == '-' || *s == '+', digits, k;

	digits = strspn(s + n, "0123456789");
	n += digits;
	if (whole)
		return digits > 0 ? n : 0;
	if (s[n] == '.') {
		k = strspn(s + n + 1, "0123456789");
		digits += k;
		n += digits > 0 ? 1 + k : 0;
	}
	if (digits == 0)
		return 0;
	if (s[n] == 'e' || s[n] == 'E') {
		k = 1 + (s[n + 1] == '-' || s[n + 1] == '+');
		digits = strspn(s + n + k, "0123456789");
		n += digits > 0 ? k + digits : 0;
	}
	return n;
}

bool
opt_value_is_whole(const struct opt *row)
{
	return row->type == OPT_INT && row->set == NULL;
}

bool
opt_value_is_number(const struct opt *row)
{
	return row->number || opt_value_is_whole(row);
}

bool
opt_value_fits(const struct opt *row, const char *s)
{
	size_t n = opt_value_number(s, opt_value_is_whole(row));

	return n > 0 && s[n] == '\0';
}

static int
store_choice(const struct opt *row, const char **field, const char *arg, struct err *e)
{
	struct near near = { .word = arg, .len = strlen(arg) };
	AUTO_BUF all = { 0 };
	size_t i;

	for (i = 0; row->choices[i] != NULL; i++) {
		if (strcmp(row->choices[i], arg) == 0) {
			*field = arg;
			return 0;
		}
		near_try(&near, row->choices[i], strlen(row->choices[i]));
		buf_addf(&all, "%s%s", i > 0 ? ", " : "", row->choices[i]);
	}
	if (near.best != NULL)
		return err_set(e, 0, "'%s': not one of %s (did you mean '%s'?)", arg, buf_str(&all), near.best);
	return err_set(e, 0, "'%s': not one of %s", arg, buf_str(&all));
}

static int
store_int(const struct opt *row, int64_t *field, const char *arg, struct err *e)
{
	bool any = row->min == 0 && row->max == 0;

	return num_int(arg, any ? INT64_MIN : row->min, any ? INT64_MAX : row->max, field, e);
}

static void
store_word(struct opt_list *l, const char *arg)
{
	l->v = xgrow(l->v, l->n, &l->cap, sizeof *l->v);
	l->v[l->n++] = arg;
}

/* By type. arg is NULL for a row without argument, and where an optional one is absent. */
static int
store(void *o, const struct opt *row, const char *arg, struct err *e)
{
	void *field = (char *)o + row->off;

	switch (row->type) {
	case OPT_BOOL:
		*(bool *)field = !row->negated;
		return 0;
	case OPT_COUNT:
		++*(unsigned *)field;
		return 0;
	case OPT_INT:
		if (arg != NULL)
			return store_int(row, field, arg, e);
		*(int64_t *)field = 0;
		return 0;
	case OPT_STR:
		if (arg != NULL && row->choices != NULL)
			return store_choice(row, field, arg, e);
		*(const char **)field = arg != NULL ? arg : "";
		return 0;
	case OPT_LIST:
		store_word(field, arg != NULL ? arg : "");
		return 0;
	case OPT_NONE:
		return 0;
	}
	return 0;
}

int
opt_value_use(void *o, const struct opt *row, const char *arg, struct err *e)
{
	int r;

	if (arg != NULL && row->number && !opt_value_fits(row, arg)) {
		err_set(e, 0, "'%s': not a number", arg);
		return opt_value_fail(row, e);
	}
	r = row->set != NULL ? row->set(o, row, arg, e) : store(o, row, arg, e);
	return r < 0 ? opt_value_fail(row, e) : 0;
}

int
opt_value_refuse(const struct opt *row, struct err *e)
{
	err_set(e, ENOTSUP, "%s", row->help); /* who reads the code can tell it from wrong usage */
	return opt_value_fail(row, e);
}

/* --- from outside argv ------------------------------------------------------------------------------------------ */
static int
assign_bool(bool *field, const struct opt *row, const char *arg, struct err *e)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(arg, words[i]) == 0) {
			*field = (i % 2 == 1) != row->negated;
			return 0;
		}
	}
	err_set(e, 0, "'%s': not true or false", arg);
	return opt_value_fail(row, e);
}

int
opt_assign(const struct tool *t, void *o, const char *name, const char *arg, struct err *e)
{
	size_t i;

	for (i = 0; i < t->nopts; i++) {
		const struct opt *row = &t->opts[i];

		if (row->name == NULL || strcmp(row->name, name) != 0)
			continue;
		if (row->kind == OPT_REFUSED)
			return opt_value_refuse(row, e);
		if (row->type == OPT_BOOL && row->set == NULL && arg != NULL)
			return assign_bool((bool *)((char *)o + row->off), row, arg, e);
		return opt_value_use(o, row, arg, e);
	}
	return err_set(e, 0, "--%s: unknown option", name);
}
