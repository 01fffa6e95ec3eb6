/* Decides which word of argv is an option, which row it means, and which bytes are its value. Must never know what any
 * option does, what becomes of its value (opt_value.c), nor how the table is shown (opt_help.c, opt_mdoc.c, opt_comp.c).
 * Not on getopt_long: GNU parallel's rules (numbers inside bundles, optional values in the next word, case, '+') cannot
 * be had from it; it names no candidates, prints by itself, and keeps globals, where two argvs are parsed in one run
 * ($PARALLEL, profiles). One reader serves both rules; `perl` below marks where they differ.
 * Invariants: 1. every failure names the option as the table spells it (opt_value_fail).
 *             2. operands keep their order: options are moved to the front of argv one by one (take_all).
 *             3. what is stored is argv's own bytes, never a copy. */
#include "opt_value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "mem.h"
#include "near.h"

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
static int
use(struct parse *p, const struct opt *row, const char *arg)
{
	p->done = opt_ends(row);
	return p->done == OPT_RUN ? opt_value_use(p->o, row, arg, p->e) : 0;
}

/* Whether the next word may be the optional value of row. */
static bool
next_is_value(const struct parse *p, const struct opt *row)
{
	const char *w = p->next < p->argc ? p->argv[p->next] : NULL;

	if (!p->perl || w == NULL || row->whole)
		return false;
	if (opt_value_is_number(row))
		return opt_value_fits(row, w);
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
	return opt_value_fail(row, p->e);
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
		return opt_value_refuse(row, p->e);
	if (row->arg == NULL && eq != NULL) {
		err_set(p->e, 0, "takes no value");
		return opt_value_fail(row, p->e);
	}
	if (row->arg == NULL)
		return use(p, row, NULL);
	if (eq == NULL)
		return use_next(p, row);
	if (p->perl && eq[1] == '\0' && !row->arg_optional) {
		err_set(p->e, 0, "needs a value (%s)", row->arg);
		return opt_value_fail(row, p->e);
	}
	return use(p, row, p->perl && eq[1] == '\0' ? NULL : eq + 1);
}

/* The value that begins at v inside a bundle. Returns what is left of the bundle, or NULL on failure. */
static char *
take_attached(struct parse *p, const struct opt *row, char *v)
{
	size_t n = p->perl && opt_value_is_number(row) ? opt_value_number(v, opt_value_is_whole(row)) : 0;

	if (p->perl && opt_value_is_number(row) && n == 0 && row->arg_optional)
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
			return opt_value_refuse(row, p->e);
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
	    (opt_find_letter(p->t, w[1]) == NULL || opt_value_number(w, false) == strlen(w));
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

/* Ends the process with status after text on stdout, or with the world's status where that cannot be written. */
static void FH_NORETURN
say_and_exit(const struct tool *t, const struct buf *text)
{
	int r = io_write_full(STDOUT_FILENO, text->data, text->len);

	if (r == 0)
		exit(0);
	dprintf(STDERR_FILENO, "%s: standard output: %s\n", t->name, strerror(-r));
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
