/* When bytes may appear on our stdout and stderr, and in what order. Knows no processes. */
#ifndef FH_PAR_OUTPUT_H
#define FH_PAR_OUTPUT_H

#include <stdbool.h>

#include "err.h"
#include "job.h"
#include "loop.h"

struct output_conf {
	bool ordered;    /* -k: by seq */
	bool tagged;     /* job.tag stands before every line */
	bool painted;    /* every job in a colour of its own (not in rows and names) */
	bool paint_failed; /* what has failed in the colour of that; not where it is shown before that is known */
	bool silent;     /* nothing that a job prints is shown (--results) */
	bool named;        /* instead of what a job prints, the name of the file that has it is shown (job.file) */
	/* Not NULL: what a job printed becomes a row. Appends it to row; text NULL: the header, once, as for j. row_fd: where rows go (STDOUT_FILENO or another). */
	void (*row)(void *self, const struct job *j, const struct buf text[2], struct buf *row);
	void *row_self;
	int row_fd;
	enum {
		OUTPUT_ALL,
		OUTPUT_REMEMBER, /* the last line of a job that runs is in job.latest too (CAPTURE_PIPE) */
		OUTPUT_LATEST,   /* of all that a job prints only its last line is shown, at its end (CAPTURE_PIPE) */
		OUTPUT_NONE,     /* not even that: somebody draws it; job.latest has it (CAPTURE_PIPE) */
	} what;
	struct screen *screen; /* what is drawn below our output; NULL: nothing; borrowed */
	const char *dir; /* for what waits on disk; NULL: $TMPDIR, /tmp */
};

struct output;

/* An output over fds 1 and 2 (never closed). l: to learn when a stalled reader reads again. first: the lowest seq. */
struct output *output_new(const struct output_conf *c, struct loop *l, uint64_t first);
void output_free(struct output *o);

/* Job j begins (each attempt); note (n bytes, may be none) is shown before what it prints, and counted as printed by it. Where
 * its output is not captured, say the note before it is started. */
void output_started(struct output *o, struct job *j, const char *note, size_t n);
/* The pipe of side has something, or ended: takes a bounded amount. EV_EOF: it has ended (and is closed); EV_EMPTY: nothing is
 * there for now; EV_NEVENT: bytes came, more may be there. */
enum job_event output_read(struct output *o, struct job *j, int side);
/* A job that is elsewhere has printed n bytes on side; not where its output is kept in files (capture_add). */
void output_give(struct output *o, struct job *j, int side, const char *s, size_t n);
/* The job is DONE: its output is printed, or waits for its turn. The capture is closed. */
void output_finished(struct output *o, struct job *j);
/* What this attempt printed and was not shown yet never is (retried or killed). The capture is closed. */
void output_discard(struct output *o, struct job *j);
/* Seq is over without output, or never was a job: the order goes on. */
void output_skip(struct output *o, uint64_t seq);
/* A text of ours on side, in the order of things done, for none of the jobs. */
void output_say(struct output *o, int side, const char *text, size_t n);

/* LOOP_FD with who == output_who(o), or once a round: writes what can be written without waiting. */
void output_pump(struct output *o);
const void *output_who(const struct output *o);
/* False while the reader of our output is behind: no job should start and no pipe be read. */
bool output_room(const struct output *o);
/* Whether it goes on only once something happens: that reader, or a program that unpacks. */
bool output_waits(const struct output *o);
/* Child pid has ended: whether it was such a program. */
bool output_exited(struct output *o, pid_t pid, int status);
/* How the first of them that failed has ended, as wait gives it; 0: none has. */
int output_unpack_status(const struct output *o);
/* ordered: the lowest seq that is not yet printed; else UINT64_MAX. */
uint64_t output_next(const struct output *o);
/* Nothing waits to be written (what waits for its turn is not counted). */
bool output_is_flushed(const struct output *o);
/* No job comes any more: what waited for a turn that never came is printed, in order. */
void output_flush_held(struct output *o);
/* Whether a disk was full when a file on it was closed, which makes room; since the last question. */
bool output_was_cramped(struct output *o);
/* 0, or the errno of what failed: the write to stdout, or to the table, the rest of which is thrown away; or what a job printed
 * is lost before (output_lost). */
int output_failed(const struct output *o);
/* Nothing more is said: some file systems (NFS) tell only when a file is closed that it had no room. output_failed follows. */
void output_close(struct output *o);
bool output_lost(const struct output *o);

#endif
