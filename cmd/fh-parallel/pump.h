/* Bytes on their way to our stdout and stderr: one queue, so that what was put first comes out first, and a stalled reader
 * stalls nothing but the queue. Knows no jobs. */
#ifndef FH_PAR_PUMP_H
#define FH_PAR_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "chunk.h"
#include "err.h"
#include "loop.h"
#include "screen.h"

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
