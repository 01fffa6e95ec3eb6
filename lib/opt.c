/* Decides which word of argv is an option, which row it means, and what its value becomes. Must never know what any
 * option does, nor how the table is shown (opt_show.c, opt_comp.c).
 * Not on getopt_long: GNU parallel's rules (numbers inside bundles, optional values in the next word, case, '+') cannot
 * be had from it; it names no candidates, prints by itself, and keeps globals, where two argvs are parsed in one run
 * ($PARALLEL, profiles). One reader of 300 lines serves both rules; `perl` below marks where they differ.
 * Invariants: 1. every failure names the option as the table spells it (err_wrap in row_fail, value_fail).
 *             2. operands keep their order: options are moved to the front of argv one by one (keep).
 *             3. what is stored is argv's own bytes, never a copy. */
#include "opt.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "mem.h"
#include "near.h"
#include "num.h"

struct parse {
	const struct tool *t;
	void *o;
	char **argv;
	int argc;
	int next; /* first word not yet read */
	bool perl;
	enum opt_result done; /* OPT_RUN until --help or --version was seen */
	struct err *e;
};

/* -1, with the option as the table spells it in front of what e says. */
static int
row_fail(const struct opt *row, struct err *e)
{
	if (row->name != NULL)
		return err_wrap(e, "--%s", row->name);
	return err_wrap(e, "-%c", row->letter);
}

static bool
same_text(const char *a, const char *b, size_t n, bool fold)
{
	return fold ? strncasecmp(a, b, n) == 0 : strncmp(a, b, n) == 0;
}

/* --- long names -------------------------------------------------------------------------------------------------- */
struct lookup {
	const char *name; /* as typed, n bytes */
	size_t n;
	const struct opt *row; /* the one that fits, so far */
	bool exact, ambiguous;
	struct near near;
	struct buf names; /* all that begin with it, for the message */
};

static void
look_at(struct parse *p, struct lookup *l, const struct opt *row)
{
	struct opt_names walk = { .row = row };
	const char *w;
	size_t n;

	if (p->perl && l->n == 1 && opt_has_letter(row, (char)tolower((unsigned char)*l->name))) {
		l->row = row;
		l->exact = true;
	}
	while (!l->exact && (w = opt_name(&walk, &n)) != NULL) {
		if (n == 1)
			continue;
		near_try(&l->near, w, n);
		if (n < l->n || (row->whole && n > l->n) || !same_text(w, l->name, l->n, p->perl))
			continue;
		l->exact = n == l->n;
		l->ambiguous |= l->row != NULL && l->row != row;
		l->row = row;
		buf_addf(&l->names, "%s--%.*s", l->names.len > 0 ? ", " : "", (int)n, w);
	}
}

/* The row that the n bytes of name mean, or NULL with words in p->e. */
static const struct opt *
find_long(struct parse *p, const char *name, size_t n)
{
	struct lookup l = { .name = name, .n = n, .near = { .word = name, .len = n } };
	const struct opt *row;
	size_t i;

	if (n == 0 && *name == '\0') {
		err_set(p->e, 0, "+: no option follows");
		return NULL;
	}
	for (i = 0; n > 0 && !l.exact && (row = opt_row(p->t, i)) != NULL; i++)
		look_at(p, &l, row);
	if (!l.exact && l.ambiguous)
		err_set(p->e, 0, "--%.*s: ambiguous (%s)", (int)n, name, buf_str(&l.names));
	buf_fini(&l.names);
	if (l.exact || l.row != NULL)
		return l.exact || !l.ambiguous ? l.row : NULL;
	if (l.near.best != NULL)
		err_set(p->e, 0, "--%.*s: unknown option (did you mean --%.*s?)", (int)n, name, (int)l.near.best_len,
		    l.near.best);
	else
		err_set(p->e, 0, "--%.*s: unknown option", (int)n, name);
	return NULL;
}

/* --- values ------------------------------------------------------------------------------------------------------ */
/* Bytes of s that are a number: whole, or with fraction and exponent too. 0: none. */
static size_t
number_len(const char *s, bool whole)
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

/* Whether the parser reads the number; a set() reads its own forms, "2k" among them. */
static bool
wants_whole(const struct opt *row)
{
	return row->type == OPT_INT && row->set == NULL;
}

static bool
wants_number(const struct opt *row)
{
	return row->number || wants_whole(row);
}

static bool
is_number(const struct opt *row, const char *s)
{
	size_t n = number_len(s, wants_whole(row));

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

/* Does what row says with arg. Returns 0, or -1 with words in e. */
static int
apply(void *o, const struct opt *row, const char *arg, struct err *e)
{
	int r;

	if (arg != NULL && row->number && !is_number(row, arg)) {
		err_set(e, 0, "'%s': not a number", arg);
		return row_fail(row, e);
	}
	r = row->set != NULL ? row->set(o, row, arg, e) : store(o, row, arg, e);
	return r < 0 ? row_fail(row, e) : 0;
}

static int
use(struct parse *p, const struct opt *row, const char *arg)
{
	p->done = opt_ends(row);
	return p->done == OPT_RUN ? apply(p->o, row, arg, p->e) : 0;
}

static int
refuse(const struct opt *row, struct err *e)
{
	err_set(e, ENOTSUP, "%s", row->help); /* who reads the code can tell it from wrong usage */
	return row_fail(row, e);
}

/* Whether the next word may be the optional value of row. */
static bool
next_is_value(const struct parse *p, const struct opt *row)
{
	const char *w = p->next < p->argc ? p->argv[p->next] : NULL;

	if (!p->perl || w == NULL || row->whole)
		return false;
	if (wants_number(row))
		return is_number(row, w);
	return (*w != '-' && *w != '+') || w[1] == '\0';
}

/* Uses row with the value that is the next word, or with none where it is optional and absent. */
static int
use_next(struct parse *p, const struct opt *row)
{
	if (row->arg_optional)
		return use(p, row, next_is_value(p, row) ? p->argv[p->next++] : NULL);
	if (p->next < p->argc)
		return use(p, row, p->argv[p->next++]);
	err_set(p->e, 0, "needs a value (%s)", row->arg);
	return row_fail(row, p->e);
}

/* --- words ------------------------------------------------------------------------------------------------------- */
/* "name" or "name=value", what stands behind the dashes. */
static int
take_long(struct parse *p, const char *name, bool may_assign)
{
	const char *eq = may_assign && *name != '\0' ? strchr(name + 1, '=') : NULL;
	const struct opt *row = find_long(p, name, eq != NULL ? (size_t)(eq - name) : strlen(name));

	if (row == NULL)
		return -1;
	if (row->kind == OPT_REFUSED)
		return refuse(row, p->e);
	if (row->arg == NULL && eq != NULL) {
		err_set(p->e, 0, "takes no value");
		return row_fail(row, p->e);
	}
	if (row->arg == NULL)
		return use(p, row, NULL);
	if (eq == NULL)
		return use_next(p, row);
	if (p->perl && eq[1] == '\0' && !row->arg_optional) {
		err_set(p->e, 0, "needs a value (%s)", row->arg);
		return row_fail(row, p->e);
	}
	return use(p, row, p->perl && eq[1] == '\0' ? NULL : eq + 1);
}

/* The value that begins at v inside a bundle. Returns what is left of the bundle, or NULL on failure. */
static char *
take_attached(struct parse *p, const struct opt *row, char *v)
{
	size_t n = p->perl && wants_number(row) ? number_len(v, wants_whole(row)) : 0;

	if (p->perl && wants_number(row) && n == 0 && row->arg_optional)
		return use(p, row, NULL) < 0 ? NULL : v;
	if (n == 0 || v[n] == '\0')
		return use(p, row, v) < 0 ? NULL : v + strlen(v);
	memmove(v - 1, v, n); /* over the letter, which has been read */
	v[n - 1] = '\0';
	return use(p, row, v - 1) < 0 ? NULL : v + n;
}

/* A bundle of letters, with the dash in front. */
static int
take_letters(struct parse *p, char *word)
{
	bool whole = !p->perl && word[2] != '\0'; /* worth showing, and never cut by take_attached */
	const struct opt *row;
	char *c = word + 1;

	while (*c != '\0' && p->done == OPT_RUN) {
		row = opt_find_letter(p->t, *c);
		if (row == NULL && (*c & 0x80))
			return err_set(p->e, 0, "%s: unknown option", word);
		if (row == NULL)
			return err_set(p->e, 0, "-%c: unknown option%s%s", *c, whole ? " in " : "", whole ? word : "");
		if (row->kind == OPT_REFUSED)
			return refuse(row, p->e);
		c++;
		if (row->arg == NULL) {
			if (use(p, row, NULL) < 0)
				return -1;
		} else if (*c == '\0')
			return use_next(p, row);
		else if ((c = take_attached(p, row, c)) == NULL)
			return -1;
	}
	return 0;
}

/* Whether "-5" or "-0.5" is a bundle of the table's own letters rather than a number. */
static bool
is_bundle(const struct parse *p, const char *w)
{
	while (*++w != '\0') {
		if (opt_find_letter(p->t, *w) == NULL)
			return false;
	}
	return true;
}

static bool
is_operand(const struct parse *p, const char *w)
{
	if (p->perl && *w == '+')
		return false;
	if (*w != '-' || w[1] == '\0')
		return true;
	return !p->perl && isdigit((unsigned char)w[1 + (w[1] == '.')]) && !is_bundle(p, w) &&
	    (opt_find_letter(p->t, w[1]) == NULL || number_len(w, false) == strlen(w));
}

static int
take_word(struct parse *p, char *w)
{
	if (*w == '+')
		return take_long(p, w + 1, false);
	if (w[1] == '-')
		return take_long(p, w + 2, true);
	return take_letters(p, w);
}

/* Reads options until they end. Operands met on the way go to rest[0..*nrest); options and their values are moved
 * together in front. Returns the index behind the last of these, or -1. */
static int
take_all(struct parse *p, char **rest, int *nrest)
{
	bool end = false;
	int front = 1, from;

	*nrest = 0;
	while (p->next < p->argc && p->done == OPT_RUN && !end) {
		from = p->next;
		if (is_operand(p, p->argv[from])) {
			if (p->perl)
				break;
			rest[(*nrest)++] = p->argv[p->next++];
			continue;
		}
		p->next++;
		end = strcmp(p->argv[from], "--") == 0;
		if (!end && take_word(p, p->argv[from]) < 0)
			return -1;
		memmove(&p->argv[front], &p->argv[from], (size_t)(p->next - from) * sizeof *p->argv);
		front += p->next - from;
	}
	return front;
}

enum opt_result
opt_parse(const struct tool *t, void *o, int argc, char *argv[], int *first, struct err *e)
{
	struct parse p = { .t = t, .o = o, .argv = argv, .argc = argc, .next = 1, .perl = t->stop_at_operand,
		.done = OPT_RUN, .e = e };
	AUTO_FREE char **rest = xcalloc((size_t)argc + 1, sizeof *rest);
	int front, nrest;

	if ((front = take_all(&p, rest, &nrest)) < 0)
		return OPT_BAD;
	if (nrest > 0)
		memcpy(&argv[front], rest, (size_t)nrest * sizeof *rest); /* just the gap that keeping left */
	*first = front;
	return p.done;
}

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
	return row_fail(row, e);
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
			return refuse(row, e);
		if (row->type == OPT_BOOL && row->set == NULL && arg != NULL)
			return assign_bool((bool *)((char *)o + row->off), row, arg, e);
		return apply(o, row, arg, e);
	}
	return err_set(e, 0, "--%s: unknown option", name);
}

/* Ends the process with status after text on stdout, or with the world's status where that cannot be written. */
static void FH_NORETURN
say_and_exit(const struct tool *t, const struct buf *text)
{
	int r = io_write_full(STDOUT_FILENO, text->data, text->len);

	if (r == 0)
		exit(0);
	dprintf(STDERR_FILENO, "%s: stdout: %s\n", t->name, strerror(-r));
	exit(3);
}

int
opt_main(const struct tool *t, void *o, int argc, char *argv[], int usage_status)
{
	AUTO_BUF text = { 0 };
	struct err e = { 0 };
	int first = argc;

	switch (opt_parse(t, o, argc, argv, &first, &e)) {
	case OPT_RUN:
		return first;
	case OPT_HELP:
		opt_help(t, &text);
		say_and_exit(t, &text);
	case OPT_VERSION:
		buf_addf(&text, "%s %s\n", t->name, FH_VERSION);
		say_and_exit(t, &text);
	case OPT_BAD:
		break;
	}
	dprintf(STDERR_FILENO, "%s: %s\n%s: try '%s --help'\n", t->name, e.msg, t->name, t->name);
	exit(usage_status);
}
