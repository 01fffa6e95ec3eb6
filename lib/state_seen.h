/* Which JSON values have been seen? Equal ones are those of js_canon. */
#ifndef FH_STATE_SEEN_H
#define FH_STATE_SEEN_H

#include <stdbool.h>
#include <stddef.h>

#include "js.h"
#include "mem.h"

struct state_seen_entry;

/* All-zero is empty. */
struct state_seen {
	struct state_seen_entry *table;
	size_t n, cap;
	struct arena text;
};

/* Whether v was not seen before; from now on it was. */
bool state_seen_new(struct state_seen *s, struct js v);
void state_seen_fini(struct state_seen *s);

#endif
