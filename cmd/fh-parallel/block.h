/* A stream of bytes -> blocks for jobs, cut at borders of records: --block -N -L --header --rrs --group-by -r. Pure: it is
 * given bytes and asked for blocks, and reads nothing.
 *
 * As the reference: what is left of a record and new data are filled up to exactly the block's size, then cut behind the
 * last whole record; where there is none, the size grows by 1.3 and one byte, for good. */
#ifndef FH_PAR_BLOCK_H
#define FH_PAR_BLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "border.h"
#include "buf.h"
#include "bunch.h"
#include "err.h"

/* What one job is to read: bytes, then a range of a file. Shared by counting. */
struct block {
	unsigned refs;
	struct buf data;
	size_t from;    /* data before that is not for the job */
	int fd;         /* borrowed; -1: no range */
	uint64_t at, len;
};

/* A block with one reference and no bytes. */
struct block *block_new(void);
struct block *block_ref(struct block *k);
/* NULL is allowed. */
void block_unref(struct block *k);
uint64_t block_size(const struct block *k);

/* The size that comes after size, where that has no border. */
size_t block_grown(size_t size);

/* Is told the header, where there is one, before any record is looked at. Returns 0, or -1 with words. */
typedef int block_named_fn(void *self, struct view header, struct err *e);

struct block_conf {
	const struct border *border; /* of records; borrowed */
	size_t size;          /* bytes, >= 1 */
	uint64_t records;     /* in each block (-N; groups with same); 0: as many as fit */
	bool counted;         /* borders are looked for from the start of a block, not from its end (-L) */
	const char *header;   /* as --header: NULL "0" ":" N or an expression */
	bool drop_header;     /* blocks do not begin with it */
	bool skip_line;       /* all up to the first newline is lost (--skip-first-line) */
	const struct border *strip; /* --rrs: what is taken out; NULL: nothing */
	bool no_blank;        /* -r: lines of white space are taken out */
	bunch_same_fn *same;   /* --group-by; NULL: none */
	block_named_fn *named; /* NULL: nobody wants to know */
	void *self;            /* for both */
};

struct blocks;

/* Returns 0, or -1 with words (a header's expression). */
int blocks_new(const struct block_conf *c, struct blocks **out, struct err *e);
/* NULL is allowed. */
void blocks_free(struct blocks *b);

/* Where the next bytes go, *n of them at most; they are made known by blocks_grown. NULL: none are wanted, there are blocks
 * to be taken first. */
char *blocks_room(struct blocks *b, size_t *n);
void blocks_grown(struct blocks *b, size_t n);
/* No more bytes come. */
void blocks_end(struct blocks *b);
/* What is whole already is to be handed out, though more could come (--block-timeout). */
void blocks_hurry(struct blocks *b);

/* The next block, the caller's reference. NEXT_WAIT: bytes are needed; NEXT_END: all was given out. A block of no bytes is one
 * whose records were nothing but separators: it has its turn, but no job. */
enum next blocks_next(struct blocks *b, struct block **out, struct err *e);

/* Bytes that are no record but stand before them; after the first block or the end. Borrowed. */
struct view blocks_header(const struct blocks *b);
/* The size has grown since the last call: *was, *is. */
bool blocks_has_grown(struct blocks *b, size_t *was, size_t *is);

#endif
