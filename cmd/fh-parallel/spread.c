/* Decides who gets a block. Must never know jobs, or when bytes are written.
 * Invariant: nobody holds more than a block and SPREAD_HELD bytes that were not written: who is slow holds up the stream, not
 * our memory. */
#include "spread.h"

#include <stdlib.h>

#include "mem.h"

#define SPREAD_HELD (1 << 18)

struct spread {
	enum spread_how how;
	const struct border *border;
	struct key *key;
	struct feeder **f;
	struct block **part; /* BIN, SHARD: what is collected for each */
	size_t n, cap, turn;
};

struct spread *
spread_new(enum spread_how how, const struct border *border, struct key *key)
{
	struct spread *s = xcalloc(1, sizeof *s);

	s->how = how;
	s->border = border;
	s->key = key;
	return s;
}

void
spread_free(struct spread *s)
{
	if (s == NULL)
		return;
	free(s->f);
	free(s->part);
	free(s);
}

void
spread_add(struct spread *s, struct feeder *f)
{
	if (s->n == s->cap) {
		s->f = xgrow(s->f, s->n, &s->cap, sizeof(struct feeder *));
		s->part = xreallocarray(s->part, s->cap, sizeof(struct block *));
	}
	s->f[s->n] = f;
	s->part[s->n++] = NULL;
}

void
spread_drop(struct spread *s, struct feeder *f)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->f[i] == f)
			s->f[i] = NULL;
}

void
spread_undo(struct spread *s, struct feeder *f)
{
	size_t i;

	for (i = 0; i < s->n && s->f[i] != f; i++)
		;
	if (i == s->n)
		return;
	for (s->n--; i < s->n; i++)
		s->f[i] = s->f[i + 1];
}

bool
spread_is_alive(const struct spread *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->f[i] != NULL)
			return true;
	return false;
}

/* The next one that has nothing to read, from turn on; n: none. */
static size_t
spread_find_idle(const struct spread *s)
{
	size_t i, at;

	for (i = 0; i < s->n; i++) {
		at = (s->turn + i) % s->n;
		if (s->f[at] != NULL && feeder_left(s->f[at]) == 0)
			return at;
	}
	return s->n;
}

bool
spread_is_ready(const struct spread *s)
{
	size_t i;

	if (s->n == 0)
		return false;
	if (s->how == SPREAD_READY)
		return spread_find_idle(s) < s->n;
	if (s->how == SPREAD_TURNS)
		return s->f[s->turn] == NULL || feeder_left(s->f[s->turn]) == 0;
	for (i = 0; i < s->n; i++)
		if (s->f[i] != NULL && feeder_left(s->f[i]) > SPREAD_HELD)
			return false;
	return true;
}

static void
spread_flush(struct spread *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		if (s->part[i] != NULL && s->f[i] != NULL)
			feeder_add(s->f[i], s->part[i]);
		block_unref(s->part[i]);
		s->part[i] = NULL;
	}
}

/* Each record to whom its value names. */
static int
spread_records(struct spread *s, const struct block *k, struct err *e)
{
	const char *p = k->data.data + k->from;
	size_t len = k->data.len - k->from, at = 0, next, to;
	struct view v;
	int r = 0;

	for (; at < len && r == 0; at = next) {
		next = border_first(s->border, p, len, at);
		next = next == BORDER_NONE ? len : next;
		r = key_of(s->key, (struct view){ p + at, next - at }, &v, e);
		if (r < 0)
			break;
		to = s->how == SPREAD_BIN ? key_bin(v, s->n) : key_shard(v, s->n);
		if (s->part[to] == NULL)
			s->part[to] = block_new();
		buf_add(&s->part[to]->data, p + at, next - at);
	}
	spread_flush(s);
	return r;
}

int
spread_give(struct spread *s, struct block *k, struct err *e)
{
	size_t i;

	switch (s->how) {
	case SPREAD_READY:
		s->turn = spread_find_idle(s);
		/* FALLTHROUGH */
	case SPREAD_TURNS:
		if (s->f[s->turn] != NULL)
			feeder_add(s->f[s->turn], k);
		s->turn = (s->turn + 1) % s->n;
		return 0;
	case SPREAD_ALL:
		for (i = 0; i < s->n; i++)
			if (s->f[i] != NULL)
				feeder_add(s->f[i], k);
		return 0;
	case SPREAD_BIN:
	case SPREAD_SHARD:
		return spread_records(s, k, e);
	}
	return 0;
}
