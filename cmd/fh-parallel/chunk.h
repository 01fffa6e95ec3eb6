/* What one job wants to say, as a list of chunks: text of ours, or part of a file. */
#ifndef FH_PAR_CHUNK_H
#define FH_PAR_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "pack.h"

/* Bytes in memory, then the rest of a file. A list of them is what one job wants to say. */
struct chunk {
	struct chunk *next;
	int side;        /* 0: stdout, 1: stderr, 2: pump_set_file */
	struct buf mem;
	size_t mem_at;   /* bytes of mem that are written */
	int fd;          /* -1: nothing but mem */
	bool own;        /* fd is closed with the chunk */
	int64_t at, end; /* the bytes of fd still to come */
	char *tag;       /* owned; put before every line of the file's bytes; NULL: none */
	bool painted;    /* tag begins a colour, which goes off before every end of a line; a last line gets one */
	bool in_line;    /* the tagged bytes so far do not end a line */
	const struct pack_with *packed; /* those bytes are packed; NULL: they are not; borrowed */
	struct unpack *unpack;          /* who is at it */
	bool doubted;    /* what packed them has failed: no news if what unpacks them fails too */
	char last;       /* the last byte unpacked */
	size_t held;     /* bytes of memory that somebody has counted for it */
	uint64_t *refs;  /* counted down when the chunk goes; NULL: nobody counts */
};

struct chunk *chunk_new(int side);
/* Of n bytes of text, tag (NULL: none) before every line. */
struct chunk *chunk_text(int side, const char *tag, const char *text, size_t n);
/* As chunk_text, tag beginning a colour; last: they are the last of their text, whose end is made a line. */
struct chunk *chunk_painted(int side, const char *tag, const char *text, size_t n, bool last);
void chunk_free(struct chunk *c);
/* What c, whose bytes are packed, has in its file. */
struct packed chunk_packed(const struct chunk *c);
void chunk_free_list(struct chunk *c);

/* The next window of c's file, tagged, into its memory, which is written. Returns 0, or -errno. */
int chunk_refill(struct chunk *c);
/* As chunk_refill, of what the packed bytes stand for. -EINPROGRESS: the program has nothing yet. *status (0 before) is how it has failed, if
 * it has. */
int chunk_unpack(struct chunk *c, int *status);

/* Appends n bytes with tag before the first one and after every LF and CR, but not at the very end: *in_line tells where
 * the bytes before ended, and is updated. */
void tag_add(struct buf *out, const char *tag, bool *in_line, const char *p, size_t n);

#endif
