/* A state that was read and is kept, for a process that lives long and asks often (the shell with our builtin). */
#ifndef FH_STATE_CACHE_H
#define FH_STATE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

/* All-zero is empty. Holds one state, the last one read. */
struct state_cache {
	struct state s;  /* text NULL: none */
	int64_t seen_ns; /* monotonic: when the file was first seen as s.was has it */
	bool settled;    /* as long as the file looks like s.was, its text is s.text */
};

/* The state at path, checked, as state_open reads it with STATE_READ; read only, borrowed until the next call. Nothing is parsed where the
 * text is what it was, nothing read where the file cannot have changed. NULL with words in e. */
struct state *state_cache_get(struct state_cache *c, const char *path, struct err *e);
void state_cache_fini(struct state_cache *c);

#endif
