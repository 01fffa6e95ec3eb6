/* Bytes on their way to our stdout and stderr: one queue, so that what was put first comes out first, and a stalled reader
 * stalls nothing but the queue. Knows no jobs. */
#ifndef FH_PAR_PUMP_H
#define FH_PAR_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "loop.h"
#include "pack.h"
#include "screen.h"

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

/* Appends n bytes with tag before the first one and after every LF and CR, but not at the very end: *in_line tells where
 * the bytes before ended, and is updated. */
void tag_add(struct buf *out, const char *tag, bool *in_line, const char *p, size_t n);

struct pump;

/* Over our fds 1 and 2; l tells (who == this pump) when a stalled reader reads again. */
struct pump *pump_new(struct loop *l);
void pump_free(struct pump *p);
/* Chunks of side 2 go to fd, which stays the caller's. */
void pump_set_file(struct pump *p, int fd);

/* What is drawn on the terminal makes room for what is written, and is told how that ended. Borrowed; NULL: nothing is. */
void pump_set_screen(struct pump *p, struct screen *s);

/* Appends a list of chunks, now the pump's. */
void pump_put(struct pump *p, struct chunk *list);
void pump_bytes(struct pump *p, int side, const char *s, size_t n);
/* Writes what can be written without waiting. */
void pump_run(struct pump *p);
/* Whether anything is left. */
bool pump_is_empty(const struct pump *p);
/* Whether the reader is behind: the last write could not be done. */
bool pump_is_stalled(const struct pump *p);
/* Whether the next bytes are to come from a program that has none yet. */
bool pump_waits(const struct pump *p);
/* Child pid has ended: whether it was that program. */
bool pump_exited(struct pump *p, pid_t pid, int status);
/* How the first program that failed to unpack has ended, as wait gives it; 0: none has failed. */
int pump_unpack_status(const struct pump *p);
/* Whether a disk was full when a file on it was closed, which makes room; since the last question. */
bool pump_was_cramped(struct pump *p);
/* 0, or -errno of the write to stdout or the file that failed: everything for them is thrown away since. */
int pump_failed(const struct pump *p);

#endif
