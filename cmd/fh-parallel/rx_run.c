/* Decides whether a compiled expression matches, by backtracking with a stack of its own (a long input must not end our
 * stack). Must never know the syntax (rx.c).
 * Invariants: 1. every change of save or loop is pushed before it is made, so that going back undoes it (undo).
 *             2. what took long is not tried twice: after some forks one that was come to before at this position is not gone
 *                into again, since it led nowhere (tried). This holds without back references, and though where
 *                RX_MOVED leads depends on the loop: an empty round leads out, where the loop's own fork leads too. */
#include "rx_run.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "mem.h"

/* A place to go back to (slot NULL: go on at pc, position value), or a value to put back. */
struct choice {
	size_t *slot;
	size_t value, pc;
};

struct run {
	const struct rx *r;
	const char *s;
	size_t len;
	size_t *save, *loop;
	struct choice *stack;
	size_t n, cap;
	size_t forks, patience; /* so far; at most before memory is spent on not repeating them */
	unsigned char *tried; /* bits of step * (len + 1) + position; NULL: not yet, or never */
};

#define PATIENCE 64                     /* forks before memory is spent on not repeating them, and one more for each */
#define PATIENCE_BITS 256               /* bits of that memory: it must not cost more than what went before */
#define TRIED_MAX ((size_t)1 << 26)     /* bytes of it */

static void
push(struct run *u, size_t *slot, size_t value, size_t pc)
{
	if (u->n == u->cap)
		u->stack = xgrow(u->stack, u->n, &u->cap, sizeof *u->stack);
	u->stack[u->n++] = (struct choice){ slot, value, pc };
}

static void
change(struct run *u, size_t *slot, size_t value)
{
	push(u, slot, *slot, 0);
	*slot = value;
}

/* Memory of what was tried: where no step depends on what groups hold, and it is not too large. */
static void
tried_new(struct run *u)
{
	if (!u->r->refers && u->len + 1 <= TRIED_MAX / u->r->nsteps * CHAR_BIT)
		u->tried = xcalloc(u->r->nsteps * (u->len + 1) / CHAR_BIT + 1, 1);
}

/* Whether that fork was come to before, at this position; it is now. */
static bool
tried(struct run *u, size_t pc, size_t at)
{
	size_t bit = pc * (u->len + 1) + at;
	bool was;

	if (u->forks < u->patience && ++u->forks == u->patience)
		tried_new(u);
	if (u->tried == NULL)
		return false;
	was = u->tried[bit / CHAR_BIT] >> bit % CHAR_BIT & 1;
	u->tried[bit / CHAR_BIT] = (unsigned char)(u->tried[bit / CHAR_BIT] | 1 << bit % CHAR_BIT);
	return was;
}

/* Back to the last place where there was a choice. */
static bool
undo(struct run *u, size_t *pc, size_t *at)
{
	struct choice c;

	while (u->n > 0) {
		c = u->stack[--u->n];
		if (c.slot == NULL) {
			*pc = c.pc;
			*at = c.value;
			return true;
		}
		*c.slot = c.value;
	}
	return false;
}

static bool
word_at(const struct run *u, size_t at)
{
	return at < u->len && (isalnum((unsigned char)u->s[at]) || u->s[at] == '_');
}

static bool
holds(const struct run *u, enum rx_op op, size_t at)
{
	bool border = (at > 0 && word_at(u, at - 1)) != word_at(u, at);

	switch (op) {
	case RX_BOL:
		return at == 0 || u->s[at - 1] == '\n';
	case RX_EOL:
		return at == u->len || u->s[at] == '\n';
	case RX_BOT:
		return at == 0;
	case RX_EOT:
		return at == u->len;
	case RX_EOTNL:
		return at == u->len || (at + 1 == u->len && u->s[at] == '\n');
	case RX_WORDB:
		return border;
	default:
		return !border;
	}
}

/* Length of the group again at at, or SIZE_MAX. */
static size_t
again(const struct run *u, const struct rx_step *st, size_t at)
{
	size_t from = u->save[2 * st->x], n = u->save[2 * st->x + 1] - from;

	if (from == SIZE_MAX || u->save[2 * st->x + 1] == SIZE_MAX || n > u->len - at)
		return SIZE_MAX;
	if (st->fold ? strncasecmp(u->s + from, u->s + at, n) != 0 : memcmp(u->s + from, u->s + at, n) != 0)
		return SIZE_MAX;
	return n;
}

/* Whether the steps from pc match at at. What groups they saw stays, and is undone with all else, if they are to match (keep). */
static bool
ahead(struct run *u, size_t pc, size_t at, bool keep)
{
	size_t save[2 * RX_GROUPS], i;
	bool ok;

	memcpy(save, u->save, sizeof save);
	ok = rx_run(u->r, pc, u->s, u->len, at, save);
	for (i = 2; ok && keep && i < ARRAY_LEN(save); i++)
		if (save[i] != u->save[i])
			change(u, &u->save[i], save[i]);
	return ok;
}

/* One step at *pc, *at. Returns false where it does not match. */
static bool
step(struct run *u, size_t *pc, size_t *at)
{
	const struct rx_step *st = &u->r->steps[*pc];
	size_t n;

	++*pc;
	switch ((enum rx_op)st->op) {
	case RX_BYTE:
		return *at < u->len && (unsigned char)u->s[(*at)++] == st->c;
	case RX_SET:
		return *at < u->len && rx_set_has(&u->r->sets[st->x], (unsigned char)u->s[(*at)++]);
	case RX_SPLIT:
		if (tried(u, *pc - 1, *at))
			return false;
		push(u, NULL, *at, st->y);
		*pc = st->x;
		return true;
	case RX_JUMP:
		*pc = st->x;
		return true;
	case RX_SAVE:
		change(u, &u->save[st->x], *at);
		return true;
	case RX_MARK:
		change(u, &u->loop[st->x], *at);
		return true;
	case RX_MOVED:
		if (u->loop[st->x] != *at)
			return true;
		++*pc; /* behind the jump back */
		return !u->r->refers;
	case RX_AHEAD:
	case RX_NAHEAD:
		n = *pc;
		*pc = st->x;
		return ahead(u, n, *at, st->op == RX_AHEAD) == (st->op == RX_AHEAD);
	case RX_BACK:
		n = again(u, st, *at);
		*at += n == SIZE_MAX ? 0 : n;
		return n != SIZE_MAX;
	default:
		return holds(u, (enum rx_op)st->op, *at);
	}
}

bool
rx_run(const struct rx *r, size_t pc, const char *s, size_t len, size_t at, size_t *save)
{
	struct run u = { .r = r, .s = s, .len = len, .save = save, .patience = PATIENCE + r->nsteps * (len + 1) / PATIENCE_BITS };
	bool ok;

	u.loop = r->nloops > 0 ? xcalloc(r->nloops, sizeof *u.loop) : NULL;
	do {
		ok = true;
		while (ok && r->steps[pc].op != RX_MATCH)
			ok = step(&u, &pc, &at);
	} while (!ok && undo(&u, &pc, &at));
	if (ok)
		save[1] = at;
	free(u.loop);
	free(u.stack);
	free(u.tried);
	return ok;
}
