/* Decides how the values of one command line lie in memory: one text, 8 bytes of span for each value. Must never know
 * where values come from or what becomes of them.
 * Invariants: 1. text.len < ARGS_MAX (args_add). 2. the last span has .last set once args_end_tuple was called; ntuples
 * counts spans with .last. A tuple without values cannot be. */
#include "args.h"

#include <string.h>

#include "mem.h"

bool
args_add(struct args *a, const char *s, size_t len)
{
	char *to;

	if (len >= ARGS_MAX - 1 || a->text.len >= ARGS_MAX - 1 - len)
		return false;
	if (a->n == a->cap)
		a->v = xgrow(a->v, a->n, &a->cap, sizeof *a->v);
	a->v[a->n].off = (uint32_t)a->text.len;
	a->v[a->n].len = (uint32_t)len & (ARGS_MAX - 1);
	a->v[a->n].last = 0;
	a->n++;
	to = buf_room(&a->text, len + 1);
	memcpy(to, s, len);
	to[len] = '\0';
	buf_grown(&a->text, len + 1);
	return true;
}

void
args_end_tuple(struct args *a)
{
	a->v[a->n - 1].last = 1;
	a->ntuples++;
}

bool
args_add_tuple(struct args *a, const struct tuple *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!args_add(a, t->v[i].s, t->v[i].len))
			return false;
	args_end_tuple(a);
	return true;
}

void
args_drop_tuple(struct args *a)
{
	do
		a->n--;
	while (a->n > 0 && !a->v[a->n - 1].last);
	a->text.len = a->v[a->n].off;
	a->text.data[a->text.len] = '\0';
	a->ntuples--;
}

void
args_move(struct args *to, const struct args *from, size_t *at, size_t ntuples)
{
	const struct span *v;

	for (; ntuples > 0; ntuples--) {
		do {
			v = &from->v[(*at)++];
			(void)args_add(to, from->text.data + v->off, v->len);
		} while (!v->last);
		args_end_tuple(to);
	}
}

void
args_reset(struct args *a)
{
	buf_reset(&a->text);
	a->n = a->ntuples = 0;
}

void
args_fini(struct args *a)
{
	buf_fini(&a->text);
	free(a->v);
	*a = (struct args){ 0 };
}

size_t
args_memory(const struct args *a)
{
	return a->text.cap + a->cap * sizeof *a->v;
}

void
tuple_add(struct tuple *t, const char *s, size_t len)
{
	if (t->n == t->cap)
		t->v = xgrow(t->v, t->n, &t->cap, sizeof *t->v);
	t->v[t->n++] = (struct view){ .s = s, .len = len };
}

void
tuple_fini(struct tuple *t)
{
	free(t->v);
	*t = (struct tuple){ 0 };
}
