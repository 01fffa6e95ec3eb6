/* What a runner and its agent say to each other: frames of bounded size over two pipes. Pure: bytes in, frames out, and back.
 *
 * A frame is 12 bytes and a payload: length of the payload (4 bytes), kind (1), side (1), 0 (2), number of the job, or 0 (4).
 * All numbers are little endian; a text is its length (4 bytes) and its bytes. An agent says FRAME_MAGIC before its first frame, so
 * that what a login shell may print before it is told from it; the frame is HELLO with the version of all this. Who finds
 * another version than its own there says nothing more. */
#ifndef FH_PAR_FRAME_H
#define FH_PAR_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "buf.h"
#include "err.h"

#define FRAME_VERSION 1
#define FRAME_MAGIC "\0fh-agent\n"
#define FRAME_MAGIC_BYTES 10
#define FRAME_WANTED "\0fh-agent?\n"  /* said instead, where there is no agent and one is to be sent */
#define FRAME_WANTED_BYTES 11
#define FRAME_LOGIN "login"           /* frame_setup.shell */
#define FRAME_HEAD_BYTES 12
#define FRAME_DATA_BYTES 32768        /* of a job's stdin or output in one frame, at most */
#define FRAME_BYTES_MAX (16u << 20)   /* of the payload of any (a command line, an environment) */

/* Who says it, and what it means: */
#define FRAME_KINDS(X) \
	X(HELLO)   /* agent: who I am */ \
	X(SETUP)   /* runner: what holds for all jobs */ \
	X(READY)   /* agent: taken; or words of what is wrong, and then its end */ \
	X(JOB)     /* runner: run this */ \
	X(REFUSED) /* agent: it cannot be started */ \
	X(INPUT)   /* runner: bytes for a job's stdin */ \
	X(INPUT_END) /* runner: no more of them */ \
	X(TOOK)    /* agent: so many bytes of stdin have gone into the job */ \
	X(OUTPUT)  /* agent: what a job printed, on side */ \
	X(WINDOW)  /* runner: so many bytes of output have been dealt with */ \
	X(SIGNAL)  /* runner: this signal to the job's group */ \
	X(FINISH)  /* runner: end the job by --termseq */ \
	X(EXIT)    /* agent: the job has ended, and its output is all told */ \
	X(BEAT)    /* both: I am there */ \
	X(SAY)     /* agent: a line for people */ \
	X(QUIT)    /* runner: no more jobs; end when the last one has */
#define FRAME_AS_KIND(k) FRAME_##k,

enum frame_kind { FRAME_KINDS(FRAME_AS_KIND) FRAME_NKIND };

struct frame {
	enum frame_kind kind;
	int side;          /* OUTPUT: 0 stdout, 1 stderr */
	uint32_t job;
	struct view body;  /* borrowed from the bytes that were read */
};

const char *frame_kind_name(enum frame_kind k);

/* --- bytes -> frames -------------------------------------------------------------------------------------------------- */

/* The next frame of the bytes s[*at..n); *at is moved behind it. NEXT_WAIT: it is not whole yet (*at stays); NEXT_FAIL: it cannot be a
 * frame, and nothing after it can be read (words in e). Never NEXT_END. */
enum next frame_next(const char *s, size_t n, size_t *at, struct frame *out, struct err *e);

/* Looks for FRAME_MAGIC in s. Returns where the first frame begins, or 0: not there yet. */
size_t frame_find_magic(const char *s, size_t n);
/* Whether FRAME_WANTED is in s. */
bool frame_finds_wanted(const char *s, size_t n);

/* --- frames -> bytes -------------------------------------------------------------------------------------------------- */

/* A frame whose payload is n bytes (<= FRAME_BYTES_MAX), appended to out. */
void frame_put(struct buf *out, enum frame_kind k, int side, uint32_t job, const void *s, size_t n);
/* One number as payload: TOOK, WINDOW, SIGNAL. */
void frame_put_number(struct buf *out, enum frame_kind k, uint32_t job, uint64_t n);
/* Returns 0, or -1 with words. */
int frame_number(const struct frame *f, uint64_t *n, struct err *e);

/* --- payloads --------------------------------------------------------------------------------------------------------- */
/* Views and vectors borrow from the frame's body; vectors are the caller's to free with frame_words_free. frame_get_* return 0,
 * or -1 with words where the payload is not what it must be, to the byte. frame_put_* return 0, or -1 where it would be more
 * than FRAME_BYTES_MAX (nothing is appended then). */

struct frame_words {
	struct view *v; /* each is followed by NUL in the frame */
	size_t n;
};

void frame_words_free(struct frame_words *w);

struct frame_hello {
	uint64_t version;      /* FRAME_VERSION; nothing else is looked at where it is another */
	struct view tool;      /* the tool's version */
	struct view host;
	uint64_t cpus;
	uint64_t memory;       /* bytes; 0: not known */
	uint64_t pid;
};
void frame_put_hello(struct buf *out, const struct frame_hello *h);
int frame_get_hello(const struct frame *f, struct frame_hello *h, struct err *e);

struct frame_setup {
	struct view shell;     /* empty: the agent's own; FRAME_LOGIN: jobs are as those of a login there
	                        * by ssh: with the shell of the user, and no variables but the ones that are given */
	struct view dir;       /* where jobs start; empty: where the agent is */
	struct view tmpdir;    /* empty: $TMPDIR, /tmp */
	struct view slot_var;  /* --process-slot-var; empty: none */
	struct view login, host; /* PARALLEL_SSHLOGIN, PARALLEL_SSHHOST */
	struct view termseq;   /* empty: as usual */
	uint64_t pid;          /* PARALLEL_PID */
	uint64_t slots;
	uint64_t window;       /* bytes of output that may be on their way */
	uint64_t beat_ns;      /* between two BEATs */
	int64_t nice;
	struct frame_words env; /* NAME=value, over the agent's own */
};
int frame_put_setup(struct buf *out, const struct frame_setup *s);
int frame_get_setup(const struct frame *f, struct frame_setup *s, struct err *e);

/* Where a job's stdin comes from. */
enum frame_input { FRAME_IN_NULL, FRAME_IN_PIPE, FRAME_IN_FILE, FRAME_IN_FIFO, FRAME_NIN };

struct frame_job {
	uint64_t seq, slot;    /* as the job sees them */
	enum frame_input input;
	struct view dir;       /* empty: the one of SETUP */
	struct view text;      /* for the shell; not looked at where there are words */
	struct frame_words words; /* run without a shell, where the program is found */
};
int frame_put_job(struct buf *out, uint32_t job, const struct frame_job *j);
int frame_get_job(const struct frame *f, struct frame_job *j, struct err *e);

struct frame_exit {
	uint64_t status;       /* as wait gives it */
	uint64_t ran_ns;
	uint64_t took;         /* bytes of stdin that the job has read */
	uint64_t user_us, sys_us, peak_kib;
};
void frame_put_exit(struct buf *out, uint32_t job, const struct frame_exit *x);
int frame_get_exit(const struct frame *f, struct frame_exit *x, struct err *e);

/* REFUSED, READY: errno (0: none) and words. */
void frame_put_error(struct buf *out, enum frame_kind k, uint32_t job, int code, const char *words);
int frame_get_error(const struct frame *f, int *code, struct view *words, struct err *e);

#endif
