/* Memory. Allocation never returns NULL here: out of memory ends the process with one line (status 3), so that no
 * caller has a path that nobody can test. An arena holds what dies together (one job, one parsed file). */
#ifndef FH_MEM_H
#define FH_MEM_H

#include <stddef.h>

#include "cleanup.h"

/* As malloc, calloc, reallocarray, strdup, strndup; n bytes of p copied. The caller frees. Never NULL. */
void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n);
void *xreallocarray(void *p, size_t count, size_t size);
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
void *xmemdup(const void *p, size_t n) __attribute__((malloc, returns_nonnull));

/* Makes room for one more in a growing array of *cap elements of size bytes; doubles. Returns the array. */
void *xgrow(void *p, size_t count, size_t *cap, size_t size);

struct arena_block;

/* All-zero is an empty arena. Pointers from it live until arena_reset or arena_fini. */
struct arena {
	struct arena_block *head; /* newest block */
	size_t used;              /* bytes used of head */
};

/* n bytes, aligned for any type, not zeroed; n may be 0. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);
/* A copy of n bytes of s with a NUL after it. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
/* Forgets everything, keeps one block for the next use. */
void arena_reset(struct arena *a);
/* Frees everything; a is an empty arena again. */
void arena_fini(struct arena *a);

#define AUTO_ARENA __attribute__((cleanup(arena_fini))) struct arena

#endif
