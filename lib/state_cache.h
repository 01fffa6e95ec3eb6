/* A state that was read and is kept, for a process that lives long and asks often (the shell with our builtin). */
#ifndef FH_STATE_CACHE_H
#define FH_STATE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

#define STATE_MEMOS 8

/* All-zero is empty. Holds one state, the last one read. */
struct state_cache {
	struct state s;  /* text NULL: none */
	int64_t seen_ns; /* monotonic: when the file was first seen as s.was has it */
	bool settled;    /* as long as the file looks like s.was, its text is s.text */
	struct state_memo {
		struct buf key, out; /* key NULL: none */
		int status;
	} memo[STATE_MEMOS];
	unsigned next; /* the memo to be replaced */
};

/* The state at path, checked, as state_open reads it with STATE_READ; read only, borrowed until the next call. Nothing is parsed where the
 * text is what it was, nothing read where the file cannot have changed. NULL with words in e. */
struct state *state_cache_get(struct state_cache *c, const char *path, struct err *e);
/* What was answered to a question on the state last got: keep an answer (out, exit status) under the n bytes of key; find it again, appended to
 * out. Answers go when the text changes; eight are kept, none longer than 64 KiB. */
void state_cache_keep(struct state_cache *c, const void *key, size_t n, const struct buf *out, int status);
bool state_cache_recall(const struct state_cache *c, const void *key, size_t n, struct buf *out, int *status);
void state_cache_fini(struct state_cache *c);

#endif
