/* All workers of a run: who is there, who takes the next job, who is lost. What they tell comes out as events. */
#ifndef FH_PAR_FLEET_H
#define FH_PAR_FLEET_H

#include "worker.h"

struct fleet;

struct fleet_conf {
	struct loop *loop;         /* borrowed */
	struct frame_setup setup;  /* what holds for all jobs; login, host and slots are each worker's; borrowed */
	int64_t silence_ns;        /* a worker that says nothing for that long is lost */
	int64_t hello_ns;          /* a launcher that brings up no agent for that long has failed; 0: it may wait in a queue */
	const char *tool;          /* the version that agents must have */
	struct view gift;          /* what is sent where FRAME_WANTED is said; empty: nothing; borrowed */
};

enum fleet_kind {
	FLEET_OUTPUT,  /* job has printed text on side */
	FLEET_EXIT,    /* job has ended: end */
	FLEET_REFUSED, /* job could not be started: code, text */
	FLEET_LOST,    /* job's worker is lost, and nobody knows what became of the job */
	FLEET_ABSENT,  /* the same, and there never was an agent (FLEET_MAYBE) */
	FLEET_READY,   /* worker takes what was held back */
	FLEET_CREDIT,  /* job may be sent more of its input */
	FLEET_SAY,     /* text for people */
	FLEET_SLOTS,   /* the number of slots has changed */
};

struct fleet_event {
	enum fleet_kind kind;
	struct job *job;
	struct worker *worker;  /* READY */
	int side, code;
	struct view text;       /* borrowed until the next call */
	struct frame_exit end;
};

enum fleet_how {
	FLEET_STAYS,  /* it takes jobs as long as there are any */
	FLEET_ONCE,   /* it takes one, and can be given it at once */
	FLEET_QUEUED, /* as FLEET_STAYS; its launcher waits in a queue, and must be asked to end, lest what it waits for stays */
	FLEET_MAYBE,  /* as FLEET_STAYS, and may be given jobs at once (slots > 0): they come back as ABSENT where there is no agent */
};

struct fleet *fleet_new(const struct fleet_conf *c);
/* Asks all to end, waits for them a little, and kills the launchers that are left. NULL is allowed. */
void fleet_free(struct fleet *f);

/* How one worker is called. */
struct fleet_call {
	const char *name, *login; /* copied; NULL: the host's name, when it says it */
	const char *host;         /* copied; NULL: login without its user */
	char *const *argv;        /* worker_call */
	uint64_t slots;
	enum fleet_how how;
	bool quiet;               /* where there is no agent, that is not told, nor what its launcher says */
};
/* Another worker. NULL: words in e. */
struct worker *fleet_add(struct fleet *f, const struct fleet_call *c, struct err *e);

/* Whether it takes jobs, or may come to (FLEET_MAYBE). */
bool fleet_may_give(const struct worker *w);
/* It is given up: its jobs come back. */
void fleet_lose(struct fleet *f, struct worker *w, const char *why);

/* Whether fd is one of ours; then it is read from or written to. */
bool fleet_fd(struct fleet *f, int fd, void *who, short revents);
/* A child has ended. */
void fleet_exited(struct fleet *f, pid_t pid);
/* What has happened since; false: nothing more for now. */
bool fleet_next(struct fleet *f, struct fleet_event *ev);
/* Beats, windows (room: what was printed has been shown, so that more may come), and who is lost. Once a round, before waiting. */
void fleet_tick(struct fleet *f, int64_t now, bool room, int64_t *wake_ns);

/* Slots of workers that are ready. */
uint64_t fleet_slots(const struct fleet *f);
/* Whether anybody is ready, or may yet become so. */
bool fleet_is_alive(const struct fleet *f);
/* Who takes the next job: the one with the most room, and not the one that it had last where there is another (NULL: any). NULL:
 * nobody has room. */
struct worker *fleet_pick(struct fleet *f, const struct worker *last);
/* Those of whom nothing is heard for ns (two beats where that is more) from now on are lost. */
void fleet_hurry(struct fleet *f, int64_t ns);
/* We stop, or go on: so do all jobs. */
void fleet_sleep(struct fleet *f, int signo);

/* What is said to the worker of job j (nothing happens where it has none any more). */
void fleet_signal(struct fleet *f, const struct job *j, int signo);
void fleet_finish(struct fleet *f, const struct job *j);
/* Bytes that j may be sent now: none before its worker is READY. */
uint64_t fleet_credit(const struct job *j);
void fleet_input(struct fleet *f, const struct job *j, const void *s, size_t n);
void fleet_input_end(struct fleet *f, const struct job *j);

#endif
