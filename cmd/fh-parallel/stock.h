/* What one source has given so far, where it must be kept to be used again. */
#ifndef FH_PAR_STOCK_H
#define FH_PAR_STOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "args.h"
#include "err.h"
#include "feed.h"

struct stock {
	struct feed *feed; /* owned; NULL: what is kept comes from elsewhere */
	struct args kept;  /* its tuples so far */
	size_t *start;     /* value at which tuple i of kept begins */
	size_t ntuples, cap;
	bool ended;        /* it has no more */
	bool ready;        /* the caller's: kept is this round's */
};

void stock_add(struct stock *k, const struct tuple *t);
/* A tuple of one empty value. */
void stock_add_empty(struct stock *k);
/* Appends tuple i (< ntuples) to out. */
void stock_get(const struct stock *k, size_t i, struct tuple *out);
/* Keeps the feed's next tuple. NEXT_END: it has ended; it is not asked again. */
enum next stock_pull(struct stock *k, struct err *e);
/* Forgets the tuples. */
void stock_reset(struct stock *k);
void stock_fini(struct stock *k);

#endif
