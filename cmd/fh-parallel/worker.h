/* The near side of one agent: its launcher (srun, ssh, or the agent itself), and what was said and heard. Knows no policy; fleet
 * has all of them. */
#ifndef FH_PAR_WORKER_H
#define FH_PAR_WORKER_H

#include "clock.h"
#include "frame.h"
#include "job.h"
#include "loop.h"

#define WORKER_INPUT_BYTES 65536 /* of a job's stdin that may be on their way */

#define WORKER_END_NS (5 * CLOCK_S) /* a launcher may take to end before it is killed */

enum worker_state {
	WORKER_CALLED, /* started, has not said who it is */
	WORKER_TOLD,   /* it is the right one, and knows what holds for all jobs */
	WORKER_READY,  /* takes jobs */
	WORKER_LOST,   /* and its jobs with it */
	WORKER_ENDED,  /* nothing is left of it */
};

struct worker_job {
	struct job *job;    /* NULL: this number is free */
	uint64_t credit;    /* bytes of stdin that it may be sent */
	bool input_over;
};

struct worker {
	struct worker *dirty;    /* fleet's: the next that has something to tell */
	bool is_dirty;
	enum worker_state state;
	const char *name;        /* for people; NULL: it has not said it yet. Fleet's */
	const char *login;       /* PARALLEL_SSHLOGIN, Host of the joblog; likewise */
	const char *host;        /* PARALLEL_SSHHOST; likewise. NULL: the login without its user */
	uint64_t slots, used;    /* slots 0: as many as it has CPUs */
	struct worker_job *job;  /* by number - 1 */
	uint32_t *spare;         /* numbers that are free: slots - used of them */
	pid_t pid;               /* of the launcher, and its group; 0: it has ended */
	int in, out, err;        /* its stdin, stdout, stderr; -1: closed */
	struct buf say, heard, words;
	size_t said, read;       /* of say: written; of heard: dealt with */
	uint64_t owed;           /* bytes of output dealt with, and no window given back for them yet */
	int64_t called_ns, heard_ns;
	bool ended;              /* its stdout is at its end */
	bool awake;              /* FRAME_MAGIC has come */
	bool gentle;             /* its launcher is asked to end (SIGTERM) before it is killed, and may outlive us */
	bool once;               /* it takes one job and goes */
	bool took;               /* its one job */
	bool maybe;              /* fleet's, until it is READY: nobody knows whether there is an agent */
	bool quiet;              /* likewise: what goes wrong is not told */
	bool tells_ready;        /* fleet's: it is READY, and nobody was told */
	bool was_given;          /* the gift, once */
	struct view gift;        /* what is still to be sent before it can be an agent; borrowed */
	int64_t kill_ns;         /* its launcher is to be gone then; 0: no hurry */
};

/* Starts the launcher argv (NULL-terminated; argv[0] is looked for on PATH) in a group of its own. Returns
 * 0 or -errno. The worker is freed by worker_free whatever comes. */
int worker_call(struct loop *l, char *const *argv, uint64_t slots, bool gentle, struct worker **out);
const char *worker_name(const struct worker *w);
/* SIGKILL to the launcher's group, if it is there; all closed. */
void worker_free(struct loop *l, struct worker *w);

/* Writes what can be written without waiting; nothing before it is known who listens. */
void worker_flush(struct loop *l, struct worker *w);
/* Takes what is there to be read, a bounded amount. */
void worker_hear(struct loop *l, struct worker *w);
/* Its launcher's stderr: likewise; the next line of it without newline, or NULL: none for now. Borrowed until the next call. */
void worker_hear_words(struct loop *l, struct worker *w);
const char *worker_words_next(struct worker *w, struct buf *line);

/* The launcher's group is killed (gentle: asked to end, the first time); jobs stay to be told as lost. */
void worker_drop(struct loop *l, struct worker *w);
/* No more jobs: it is asked to end. */
void worker_quit(struct loop *l, struct worker *w);

/* Gives the worker (slots known, used < slots) a job: j->worker and j->far are set. Returns 0, or -E2BIG. */
int worker_give(struct worker *w, struct job *j, const struct frame_job *fj);
/* The job is no more the worker's. */
void worker_take(struct worker *w, struct job *j);
struct worker_job *worker_job(struct worker *w, uint32_t number);
/* slots are known now. */
void worker_set_slots(struct worker *w, uint64_t slots);

#endif
