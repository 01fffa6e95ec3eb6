/* Brings blocks to one job: a pipe to its stdin that is written without ever waiting, a fifo that the job opens by name, or
 * a file that is there before it starts. Blocks may be added while it runs. */
#ifndef FH_PAR_FEEDER_H
#define FH_PAR_FEEDER_H

#include <stdbool.h>
#include <stdint.h>

#include "block.h"

enum feeder_kind {
	FEEDER_PIPE, /* stdin */
	FEEDER_FILE, /* --cat: feeder_name, removed with the feeder */
	FEEDER_FIFO, /* --fifo: likewise */
};

enum feed {
	FEED_FULL,  /* poll feeder_fd for POLLOUT */
	FEED_SHUT,  /* FIFO: nobody has opened it yet: try again in a little while */
	FEED_IDLE,  /* all is written */
	FEED_OVER,  /* all is written and the end told, or nobody reads any more */
};

/* As a writer with a pipe of 64 KiB would have been killed: what a job may leave unread (the reference's feeder). */
#define FEEDER_UNREAD_MAX 65536

struct feeder;

/* Where files and fifos are made (dir: as feeder_new), and what their names begin with: our pid is in it. Appended. */
void feeder_place(const char *dir, struct buf *folder, struct buf *prefix);

/* dir: where a file or fifo is made (NULL: $TMPDIR, /tmp). expect: bytes that come at once, as far as is known. Returns 0 or
 * -errno. */
int feeder_new(enum feeder_kind kind, const char *dir, uint64_t expect, struct feeder **out);
/* Closes all; blocks that are left are given up. NULL is allowed. */
void feeder_free(struct feeder *f);

/* What the job is to get as stdin, -1: nothing. The feeder's. */
int feeder_job_fd(const struct feeder *f);
/* FILE, FIFO: the path for the job, else NULL. */
const char *feeder_name(const struct feeder *f);
int feeder_fd(const struct feeder *f);

/* Adds a block (takes a reference of its own), behind those that are there. */
void feeder_add(struct feeder *f, struct block *k);
/* Nothing more is added: the end is told once all is written. */
void feeder_end(struct feeder *f);
/* Writes what can be written without waiting (FILE: all). *error: 0, or the -errno that a block could not be read or a file
 * not be written, or a fifo not be opened, with; then it is over, and who waits for a fifo waits for ever. */
enum feed feeder_push(struct feeder *f, int *error);
/* Whether there was such an error: the job has had a part of its input at most. */
bool feeder_is_broken(const struct feeder *f);

/* Bytes added and not yet written. */
uint64_t feeder_left(const struct feeder *f);
/* All bytes that were added. */
uint64_t feeder_total(const struct feeder *f);
/* The job is gone: bytes that it did not read, those in the pipe too. */
uint64_t feeder_unread(const struct feeder *f);

#endif
