/* Decides what a dict literal of strings holds, and keeps it. Must never know where in a file it stands.
 * Invariants: 1. pairs stand in the order in which their keys first came; slots finds every one of them.
 *             2. depth is bounded, so no text can exhaust the stack (DEPTH_MAX). */
#include "pydict.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fnv.h"

#define DEPTH_MAX 100 /* nested parentheses; Python's own limit is 200 */
#define SLOTS_MIN 64

static size_t
key_hash(const char *key, size_t n)
{
	uint64_t h = fnv_add(FNV_START, key, n);

	return (size_t)(h ^ h >> 32);
}

/* The slot where key is, or would go. nslots is a power of two and never full. */
static size_t *
slot_find(const struct pydict *d, const char *key, size_t n)
{
	size_t i = key_hash(key, n);

	for (;; i++) {
		size_t *slot = &d->slots[i & (d->nslots - 1)];

		if (*slot == 0 || (d->pairs[*slot - 1].nkey == n && memcmp(d->pairs[*slot - 1].key, key, n) == 0))
			return slot;
	}
}

static void
slots_grow(struct pydict *d)
{
	size_t i;

	d->nslots = d->nslots == 0 ? SLOTS_MIN : d->nslots * 2;
	free(d->slots);
	d->slots = xcalloc(d->nslots, sizeof *d->slots);
	for (i = 0; i < d->n; i++)
		*slot_find(d, d->pairs[i].key, d->pairs[i].nkey) = i + 1;
}

void
pydict_put(struct pydict *d, const char *key, size_t nkey, const char *text, size_t ntext)
{
	struct pydict_pair *pair;
	size_t *slot;

	if (d->n * 2 >= d->nslots)
		slots_grow(d);
	slot = slot_find(d, key, nkey);
	if (*slot == 0) {
		d->pairs = xgrow(d->pairs, d->n, &d->cap, sizeof *d->pairs);
		pair = &d->pairs[d->n++];
		*slot = d->n;
		pair->key = arena_strndup(&d->arena, key, nkey);
		pair->nkey = nkey;
	}
	pair = &d->pairs[*slot - 1];
	pair->text = arena_strndup(&d->arena, text, ntext);
	pair->ntext = ntext;
}

void
pydict_clear(struct pydict *d)
{
	d->n = 0;
	if (d->slots != NULL)
		memset(d->slots, 0, d->nslots * sizeof *d->slots);
	arena_reset(&d->arena);
}

const struct pydict_pair *
pydict_find(const struct pydict *d, const char *key, size_t nkey)
{
	const size_t *slot = d->nslots > 0 ? slot_find(d, key, nkey) : NULL;

	return slot != NULL && *slot != 0 ? &d->pairs[*slot - 1] : NULL;
}

void
pydict_fini(struct pydict *d)
{
	free(d->pairs);
	free(d->slots);
	arena_fini(&d->arena);
	*d = (struct pydict){ 0 };
}

/* --- the literal -------------------------------------------------------------------------------------------------- */

static int concat_take(struct pyscan *s, struct buf *out, unsigned depth, const char *want);

/* String literals side by side, or something in parentheses. */
static int
term_take(struct pyscan *s, struct buf *out, unsigned depth, const char *want)
{
	if (!pyscan_at(s, '(') && !pyscan_at_string(s))
		return pyscan_unexpected(s, want);
	if (pyscan_at(s, '(')) {
		if (depth >= DEPTH_MAX)
			return pyscan_fail(s, s->p, "parentheses nested deeper than %d", DEPTH_MAX);
		s->p++;
		if (concat_take(s, out, depth + 1, want) < 0)
			return -1;
		if (!pyscan_at(s, ')'))
			return pyscan_at(s, ',') ? pyscan_fail(s, s->p, "a tuple is no string") : pyscan_unexpected(s, "')'");
		s->p++;
		return pyscan_blank(s, true);
	}
	while (pyscan_at_string(s))
		if (pyscan_string(s, out) < 0 || pyscan_blank(s, true) < 0)
			return -1;
	return 0;
}

/* Terms joined by +, with the blanks around them. */
static int
concat_take(struct pyscan *s, struct buf *out, unsigned depth, const char *want)
{
	for (;;) {
		if (pyscan_blank(s, true) < 0 || term_take(s, out, depth, want) < 0)
			return -1;
		if (!pyscan_at(s, '+'))
			return 0;
		s->p++;
	}
}

int
pydict_take(struct pyscan *s, struct pydict *d)
{
	AUTO_BUF key = { 0 };
	AUTO_BUF text = { 0 };

	for (;;) {
		if (pyscan_blank(s, true) < 0)
			return -1;
		if (pyscan_at(s, '}'))
			break;
		buf_reset(&key);
		buf_reset(&text);
		if (concat_take(s, &key, 0, "a key") < 0)
			return -1;
		if (!pyscan_at(s, ':'))
			return pyscan_unexpected(s, "':'");
		s->p++;
		if (concat_take(s, &text, 0, "a text") < 0)
			return -1;
		pydict_put(d, buf_str(&key), key.len, buf_str(&text), text.len);
		if (pyscan_at(s, ','))
			s->p++;
		else if (!pyscan_at(s, '}'))
			return pyscan_unexpected(s, "',' or '}'");
	}
	s->p++;
	return 0;
}

