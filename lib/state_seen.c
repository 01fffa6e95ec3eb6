/* Decides whether a value was there before: a hash table of canonical texts, open addressing, at most half full. Must
 * never know what the values are for. */
#include "state_seen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "js_fmt.h"

struct state_seen_entry {
	const char *p; /* NULL: free */
	size_t n;
	uint64_t hash;
};

/* FNV-1a, 64 bits, from a start of this table's own, so that nobody can prepare collisions. */
static uint64_t
hash_of(const struct state_seen *s, const char *p, size_t n)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)(uintptr_t)s;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

/* Where an entry like e is, or the free place for it. */
static struct state_seen_entry *
place(const struct state_seen *s, const struct state_seen_entry *e)
{
	size_t i = (size_t)e->hash & (s->cap - 1);

	while (s->table[i].p != NULL &&
	    (s->table[i].hash != e->hash || s->table[i].n != e->n || memcmp(s->table[i].p, e->p, e->n) != 0))
		i = (i + 1) & (s->cap - 1);
	return &s->table[i];
}

static void
grow(struct state_seen *s)
{
	struct state_seen was = *s;
	size_t i;

	s->cap = was.cap > 0 ? was.cap * 2 : 16;
	s->table = xcalloc(s->cap, sizeof *s->table);
	for (i = 0; i < was.cap; i++) {
		if (was.table[i].p != NULL)
			*place(s, &was.table[i]) = was.table[i];
	}
	free(was.table);
}

bool
state_seen_new(struct state_seen *s, struct js v)
{
	struct state_seen_entry e, *at;
	AUTO_BUF text = { 0 };

	js_canon(&text, v);
	if ((s->n + 1) * 2 > s->cap)
		grow(s);
	e = (struct state_seen_entry){ .p = text.data, .n = text.len, .hash = hash_of(s, text.data, text.len) };
	at = place(s, &e);
	if (at->p != NULL)
		return false;
	*at = e;
	at->p = arena_strndup(&s->text, text.data, text.len);
	s->n++;
	return true;
}

void
state_seen_fini(struct state_seen *s)
{
	free(s->table);
	arena_fini(&s->text);
	*s = (struct state_seen){ 0 };
}
