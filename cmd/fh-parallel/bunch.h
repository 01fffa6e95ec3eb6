/* --group-by: records whose key is the same stand together, and a block ends only between such bunches. Pure. */
#ifndef FH_PAR_BUNCH_H
#define FH_PAR_BUNCH_H

#include <stdbool.h>
#include <stdint.h>

#include "border.h"
#include "err.h"

/* Whether record b belongs to the bunch of record a. Returns -1 with words where that cannot be told. */
typedef int bunch_same_fn(void *self, struct view a, struct view b, struct err *e);

/* What is known of the bunches in bytes that wait for a block, as offsets in them. */
struct bunches {
	const struct border *border; /* of records; borrowed */
	bunch_same_fn *same;
	void *self;    /* for same */
	uint64_t want; /* so many make a block (-N); 0: as many as its size allows */
	size_t at;     /* not looked at from here on */
	size_t last;   /* the record before */
	size_t cut;    /* where a block may end, the last place; BORDER_NONE: nowhere yet */
	uint64_t n;    /* so many have begun */
	bool over;     /* one more has begun than the block takes */
};

/* The bytes are others now. */
void bunches_reset(struct bunches *u);

/* Goes on in s, by whole records, until a block of limit bytes is full; ended: nothing follows s. What was in s at the last call
 * is there still. Returns -1 with words. */
int bunches_scan(struct bunches *u, const char *s, size_t len, bool ended, size_t limit, struct err *e);
/* Whether what was seen fills a block of limit bytes: it ends at cut. */
bool bunches_fill(const struct bunches *u, size_t limit);

#endif
