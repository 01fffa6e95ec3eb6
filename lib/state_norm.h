/* Normalizing: whatever a file holds becomes a state of the schema. */
#ifndef FH_STATE_NORM_H
#define FH_STATE_NORM_H

#include "buf.h"
#include "js.h"

enum state_salvage {
	STATE_WHOLE,  /* an object, perhaps with other text around it */
	STATE_EMPTY,  /* nothing but space */
	STATE_BROKEN, /* no object, or one that is broken inside */
};

/* Looks for the first JSON object in the n bytes of text and appends it to out (checked; nothing is appended where there is none). e (may be
 * NULL) gets the words for what is broken. */
enum state_salvage state_salvage(const char *text, size_t n, struct buf *out, struct err *e);

/* Appends root (checked, or absent: {}) as a state: the keys of the schema in its order, json.dump's indentation, a newline at the
 * end. name: the project's name where the state has none; now: for updated_at, and created_at where there is none. */
void state_norm(struct buf *out, struct js root, const char *name, const char *now);

/* Appends an array of scenes made from the array plan of plan.json's scenes: those that are objects with an id, normalized, with
 * status pending. Returns how many there are. */
size_t state_norm_plan(struct buf *out, struct js plan);

#endif
