/* Decides how an expression becomes steps for rx_run.c. Must never look at the syntax (rx_read.c).
 * Invariant: a node is written once per repetition; MAX_STEPS bounds what {n,m} can make of it (emit). */
#include "rx.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rx_run.h"

#define MAX_STEPS 100000
#define MAX_TEXT 10000 /* the tree is as deep as the text is long */

static size_t
step_new(struct rx *r, struct rx_step s)
{
	if (r->nsteps == r->capsteps)
		r->steps = xgrow(r->steps, r->nsteps, &r->capsteps, sizeof *r->steps);
	r->steps[r->nsteps] = s;
	return r->nsteps++;
}

static void emit(struct rx *r, const struct rx_tree *t, size_t node);

/* A choice between going on here and at a place still to be set (target). */
static size_t
fork_new(struct rx *r, bool lazy)
{
	size_t at = step_new(r, (struct rx_step){ .op = RX_SPLIT });

	*(lazy ? &r->steps[at].y : &r->steps[at].x) = (unsigned)at + 1;
	return at;
}

static void
fork_target(struct rx *r, size_t at, bool lazy)
{
	*(lazy ? &r->steps[at].x : &r->steps[at].y) = (unsigned)r->nsteps;
}

/* body, any number of times: L: fork(out) mark body moved jump L; out: */
static void
emit_star(struct rx *r, const struct rx_tree *t, const struct rx_node *n)
{
	unsigned loop = (unsigned)r->nloops++;
	size_t at = fork_new(r, n->lazy);

	step_new(r, (struct rx_step){ .op = RX_MARK, .x = loop });
	emit(r, t, n->a);
	step_new(r, (struct rx_step){ .op = RX_MOVED, .x = loop });
	step_new(r, (struct rx_step){ .op = RX_JUMP, .x = (unsigned)at });
	fork_target(r, at, n->lazy);
}

static void
emit_repeat(struct rx *r, const struct rx_tree *t, const struct rx_node *n)
{
	AUTO_FREE size_t *forks = n->max > n->min ? xcalloc((size_t)(n->max - n->min), sizeof *forks) : NULL;
	size_t before = r->nsteps;
	long i, extra = 0;

	for (i = 0; i < n->min && r->nsteps < MAX_STEPS; i++) {
		emit(r, t, n->a);
		if (r->nsteps == before)
			return; /* nothing, however often: (?:(?:){1000}){1000} is not to be walked */
	}
	if (n->max < 0) {
		emit_star(r, t, n);
		return;
	}
	for (; i < n->max && r->nsteps < MAX_STEPS; i++) {
		forks[extra++] = fork_new(r, n->lazy);
		emit(r, t, n->a);
	}
	while (extra > 0)
		fork_target(r, forks[--extra], n->lazy);
}

static void
emit_alternatives(struct rx *r, const struct rx_tree *t, const struct rx_node *n)
{
	size_t at = fork_new(r, false), jump;

	emit(r, t, n->a);
	jump = step_new(r, (struct rx_step){ .op = RX_JUMP });
	fork_target(r, at, false);
	emit(r, t, n->b);
	r->steps[jump].x = (unsigned)r->nsteps;
}

static void
emit_ahead(struct rx *r, const struct rx_tree *t, const struct rx_node *n)
{
	size_t at = step_new(r, (struct rx_step){ .op = n->inverse ? RX_NAHEAD : RX_AHEAD });

	emit(r, t, n->a);
	step_new(r, (struct rx_step){ .op = RX_MATCH });
	r->steps[at].x = (unsigned)r->nsteps;
}

static void
emit(struct rx *r, const struct rx_tree *t, size_t node)
{
	const struct rx_node *n = &t->v[node];

	switch (n->kind) {
	case N_EMPTY:
		return;
	case N_BYTE:
		step_new(r, (struct rx_step){ .op = RX_BYTE, .c = n->c });
		return;
	case N_SET:
		step_new(r, (struct rx_step){ .op = RX_SET, .x = (unsigned)n->a });
		return;
	case N_ASSERT:
		step_new(r, (struct rx_step){ .op = n->c });
		return;
	case N_BACK:
		step_new(r, (struct rx_step){ .op = RX_BACK, .x = (unsigned)n->a, .fold = n->fold });
		return;
	case N_CAT:
		emit(r, t, n->a);
		emit(r, t, n->b);
		return;
	case N_GROUP:
		step_new(r, (struct rx_step){ .op = RX_SAVE, .x = 2 * (unsigned)n->b });
		emit(r, t, n->a);
		step_new(r, (struct rx_step){ .op = RX_SAVE, .x = 2 * (unsigned)n->b + 1 });
		return;
	case N_ALT:
		emit_alternatives(r, t, n);
		return;
	case N_REPEAT:
		emit_repeat(r, t, n);
		return;
	case N_AHEAD:
		emit_ahead(r, t, n);
		return;
	}
}

/* The byte that every match must begin with, or -1. */
static int
first_byte(const struct rx *r)
{
	size_t pc = 0;

	while (r->steps[pc].op == RX_SAVE)
		pc++;
	return r->steps[pc].op == RX_BYTE ? r->steps[pc].c : -1;
}

int
rx_new(const char *re, size_t n, unsigned flags, struct rx **out, struct err *e)
{
	struct rx *r;
	struct rx_tree t = { 0 };
	int bad;

	if (n > MAX_TEXT)
		return err_set(e, 0, "a regular expression of %zu bytes", n);
	r = xcalloc(1, sizeof *r);
	bad = rx_read(r, re, n, flags, &t, e);

	if (bad == 0)
		emit(r, &t, t.root);
	step_new(r, (struct rx_step){ .op = RX_MATCH });
	free(t.v);
	if (bad == 0 && r->nsteps >= MAX_STEPS)
		bad = err_set(e, ENOTSUP, "%.*s: too large", (int)n, re);
	if (bad < 0) {
		rx_free(r);
		return -1;
	}
	r->first = first_byte(r);
	*out = r;
	return 0;
}

void
rx_free(struct rx *r)
{
	if (r == NULL)
		return;
	free(r->steps);
	free(r->sets);
	free(r);
}

static void
match_fill(const struct rx *r, const char *s, const size_t *save, struct rx_match *m)
{
	size_t i;

	*m = (struct rx_match){ .start = save[0], .end = save[1], .ngroups = r->ngroups };
	for (i = 0; i <= r->ngroups; i++)
		if (save[2 * i] != SIZE_MAX && save[2 * i + 1] != SIZE_MAX)
			m->group[i] = (struct view){ s + save[2 * i], save[2 * i + 1] - save[2 * i] };
}

bool
rx_find(const struct rx *r, const char *s, size_t len, size_t from, struct rx_match *m)
{
	size_t save[2 * RX_GROUPS], at;
	const char *p;

	for (at = from; at <= len; at++) {
		if (r->first >= 0) {
			p = at < len ? memchr(s + at, r->first, len - at) : NULL;
			if (p == NULL)
				return false;
			at = (size_t)(p - s);
		}
		memset(save, 0xff, sizeof save);
		save[0] = at;
		if (rx_run(r, 0, s, len, at, save)) {
			match_fill(r, s, save, m);
			return true;
		}
	}
	return false;
}

bool
rx_matches_empty(const struct rx *r)
{
	struct rx_match m;

	return rx_find(r, "", 0, 0, &m);
}
