/* --pipe-part: regular files -> blocks that are ranges of them, cut behind borders of records; nothing but the surroundings of
 * the borders (and a header) is read. */
#ifndef FH_PAR_PART_H
#define FH_PAR_PART_H

#include "block.h"

struct part;

struct part_conf {
	const struct border *border; /* borrowed */
	bool far;             /* borders are those of an expression: the last that can be, not the first */
	int64_t size;      /* bytes of a block; negative: so many blocks per slot; 0: ten per slot */
	bool even;         /* as many blocks as slots, whatever size says */
	uint64_t slots;
	bool whole;        /* a block for each file */
	const char *header; /* as --header; each file has its own */
	bool drop_header;
	bunch_same_fn *same; /* --group-by */
	block_named_fn *named;
	void *self;
};

/* Opens the n files. Returns 0, or -1 with words (a file that is missing or not regular). */
int part_new(const struct part_conf *c, const char *const *files, size_t n, struct part **out, struct err *e);
/* A regular file that is read as a stream is: fd (borrowed) from its offset on, cut as struct
 * blocks does without -N, and offset moved on. For borders of plain text only. */
void part_new_stream(const struct part_conf *c, int fd, const char *name, struct part **out);
/* Closes the files: no block of them may be in use any more. NULL is allowed. */
void part_free(struct part *p);
/* The next block, the caller's reference: GOT, END or FAIL. */
enum next part_next(struct part *p, struct block **out, struct err *e);
/* As blocks_has_grown. */
bool part_has_grown(struct part *p, size_t *was, size_t *is);
/* The header of the file of the last block. */
struct view part_header(const struct part *p);

#endif
