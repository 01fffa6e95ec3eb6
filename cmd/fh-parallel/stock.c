/* Decides how tuples are kept. Must never know other sources, nor in which order they are used. */
#include "stock.h"

#include <stdlib.h>

#include "mem.h"

void
stock_add(struct stock *k, const struct tuple *t)
{
	if (k->ntuples == k->cap)
		k->start = xgrow(k->start, k->ntuples, &k->cap, sizeof *k->start);
	k->start[k->ntuples++] = k->kept.n;
	args_add_tuple(&k->kept, t);
}

void
stock_add_empty(struct stock *k)
{
	struct view nothing = { .s = "", .len = 0 };
	struct tuple t = { .v = &nothing, .n = 1, .cap = 1 };

	stock_add(k, &t);
}

void
stock_get(const struct stock *k, size_t i, struct tuple *out)
{
	const struct span *v = &k->kept.v[k->start[i]];

	for (;; v++) {
		tuple_add(out, k->kept.text.data + v->off, v->len);
		if (v->last)
			return;
	}
}

enum next
stock_pull(struct stock *k, struct err *e)
{
	struct tuple t = { 0 };
	enum next got = k->ended ? NEXT_END : feed_next(k->feed, &t, e);

	if (got == NEXT_GOT)
		stock_add(k, &t);
	k->ended |= got == NEXT_END;
	tuple_fini(&t);
	return got;
}

void
stock_reset(struct stock *k)
{
	args_reset(&k->kept);
	k->ntuples = 0;
}

void
stock_fini(struct stock *k)
{
	feed_free(k->feed);
	args_fini(&k->kept);
	free(k->start);
}
