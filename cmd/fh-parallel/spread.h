/* Who gets a block, where jobs take more than one: --round-robin, --tee, --shard, --bin. Knows feeders only. */
#ifndef FH_PAR_SPREAD_H
#define FH_PAR_SPREAD_H

#include "border.h"
#include "feeder.h"
#include "key.h"

enum spread_how {
	SPREAD_READY, /* --round-robin: whoever has read what it had */
	SPREAD_TURNS, /* with -k: one after the other */
	SPREAD_ALL,   /* --tee */
	SPREAD_BIN,   /* each record by the number in it */
	SPREAD_SHARD, /* each record by its value */
};

struct spread;

/* border, key: for BIN and SHARD; borrowed. */
struct spread *spread_new(enum spread_how how, const struct border *border, struct key *key);
void spread_free(struct spread *s);

/* The feeder of the next job; borrowed until spread_drop. */
void spread_add(struct spread *s, struct feeder *f);
/* That job is gone: what would be its, is nobody's (BIN, SHARD, TURNS) or is given to others. */
void spread_drop(struct spread *s, struct feeder *f);
/* Forgets a feeder of a job that was never started, as if it had not been added. */
void spread_undo(struct spread *s, struct feeder *f);
/* Whether anybody is there still. */
bool spread_is_alive(const struct spread *s);
/* Whether there is room for a block. */
bool spread_is_ready(const struct spread *s);
/* Gives the block; the reference stays the caller's. Returns 0, or -1 with words (an expression failed). */
int spread_give(struct spread *s, struct block *k, struct err *e);

#endif
