/* Values on their way: what a source hands out (tuple) and what one command line is made of (args).
 *
 * struct args is compact and relocatable: text in one buffer, 8 bytes of span per value, no allocation per value; it is
 * reused from job to job (args_reset keeps the memory). */
#ifndef FH_PAR_ARGS_H
#define FH_PAR_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "buf.h"

/* What an iterator answers. WAIT: nothing yet, poll the descriptor. FAIL: the words are in e, only freeing is left. */
enum next { NEXT_GOT, NEXT_END, NEXT_WAIT, NEXT_FAIL };

/* A borrowed view of bytes; may hold NULs; not terminated. */
struct view {
	const char *s;
	size_t len;
};

/* One value from each source (or its columns). Borrowed: dead at the next call that advances its source. */
struct tuple {
	struct view *v;
	size_t n, cap;
};

/* Where a value stands in args.text. last: it ends its tuple (tuples may be of different length with --colsep). */
struct span {
	uint32_t off;
	uint32_t len : 31, last : 1;
};

#define ARGS_MAX ((size_t)1 << 31) /* bytes of text that one args can hold */

struct args {
	struct buf text;  /* the values, each followed by NUL */
	struct span *v;   /* the values in order, tuples flattened: {1} is v[0] */
	size_t n, cap;    /* values */
	size_t ntuples;   /* inputs, as -N and -X count them */
};

/* Value i (< a->n), NUL-terminated; borrowed until a changes. */
static inline const char *
args_at(const struct args *a, size_t i)
{
	return a->text.data + a->v[i].off;
}

/* The value of a job that is to have none, and yet has one (-N0, --pipe-part): expanded it is nothing, and unlike nothing it has
 * a folder (".") and a place in --results. As the reference has it. */
#define ARGS_NONE "\0noarg"
#define ARGS_NONE_LEN 6

static inline bool
args_is_none(struct view v)
{
	return v.len == ARGS_NONE_LEN && memcmp(v.s, ARGS_NONE, ARGS_NONE_LEN) == 0;
}

/* Appends one value; args_end_tuple after the last one of a tuple. False where ARGS_MAX would be passed. */
bool args_add(struct args *a, const char *s, size_t len);
void args_end_tuple(struct args *a);
bool args_add_tuple(struct args *a, const struct tuple *t);
/* Takes the last tuple off again. */
void args_drop_tuple(struct args *a);
/* Copies ntuples tuples of from, starting at value *at (moved on), to the end of to. They must be there. */
void args_move(struct args *to, const struct args *from, size_t *at, size_t ntuples);
/* Empties, keeps the memory. */
void args_reset(struct args *a);
void args_fini(struct args *a);
/* Bytes of memory held, for limits on what waits. */
size_t args_memory(const struct args *a);

void tuple_add(struct tuple *t, const char *s, size_t len);
void tuple_fini(struct tuple *t);

#endif
