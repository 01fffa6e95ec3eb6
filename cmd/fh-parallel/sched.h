/* May a job start now? Again? Is everything to stop? Pure: time, load and free memory are arguments, so a test or a
 * simulation can give any. It owns the slots. */
#ifndef FH_PAR_SCHED_H
#define FH_PAR_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum halt_when { HALT_NEVER, HALT_SOON, HALT_NOW };
enum halt_on { HALT_FAIL, HALT_SUCCESS, HALT_DONE };

struct halt {
	enum halt_when when;
	enum halt_on on;
	int64_t count;        /* jobs, where millipercent is 0 */
	int64_t millipercent; /* of all jobs (10% = 10000); 0: a count */
};

/* --halt's argument: "never", "now,fail=1", "soon,success=20%", "now,done=3" and the old forms 0 1 2 -1 -2 N%. NULL: never.
 * Returns 0, or -1 with words. */
int halt_parse(const char *text, struct halt *h, struct err *e);

#define SCHED_FOREVER INT64_MAX

struct sched_conf {
	int64_t slots;                /* jobs at once, >= 1 */
	int64_t delay_ns;             /* between two starts */
	bool delay_auto;              /* it doubles where a job fails, and shrinks by a tenth where one succeeds */
	int64_t tries;                /* of one job, >= 1; SCHED_FOREVER */
	int64_t timeout_ns;           /* of one job; 0: none */
	int64_t timeout_millipercent; /* of the median run time of the jobs that succeeded; 0: none */
	struct halt halt;
	double load_max;              /* 0: none */
	int64_t memfree;              /* bytes that must be free for a start, half of it for what runs; 0: none */
};

/* What the world looks like; only the fields that the conf asks for need be right. */
struct sched_world {
	double load;      /* runnable processes */
	int64_t mem_free; /* bytes */
	bool hold;        /* for another reason */
};

/* How an attempt ended. */
struct sched_end {
	uint64_t slot;
	int64_t attempt;   /* 1 for the first */
	int64_t ran_ns;
	int exitval;       /* 0-255 */
	int signo;         /* 0: none */
	bool timed_out;
	bool again;        /* through no fault of its own: to be tried again, not counted */
	bool skipped;      /* it never ran (skip(), --filter): it is not tried again */
};

enum sched_verdict {
	SCHED_KEEP,      /* it is over */
	SCHED_RETRY,     /* run it again */
	SCHED_HALT_SOON, /* over, and none starts any more */
	SCHED_HALT_NOW,  /* over, and those that run are to be killed */
};

enum sched_answer {
	SCHED_START, /* take a slot: sched_started */
	SCHED_LATER, /* not before *wake_ns, or when a job ends */
	SCHED_FULL,  /* no slot is free */
	SCHED_STOP,  /* never again */
};

struct sched;

struct sched *sched_new(const struct sched_conf *c);
void sched_free(struct sched *s);

/* Whether a job may start at now. *wake_ns: when to ask again (monotonic; -1: when a job ends). */
enum sched_answer sched_next(struct sched *s, int64_t now, const struct sched_world *w, int64_t *wake_ns);
/* A job starts at now: its slot, the lowest free number, from 1. Only after SCHED_START. */
uint64_t sched_started(struct sched *s, int64_t now);
/* The job that started last runs since now: --delay counts from here. */
void sched_begun(struct sched *s, int64_t now);
/* The start failed for lack of processes or descriptors: the slot is free again, none starts before a pause is over or a
 * job has ended. */
void sched_refused(struct sched *s, uint64_t slot, int64_t now);
/* An attempt has ended: its slot is free again. */
enum sched_verdict sched_finished(struct sched *s, const struct sched_end *end);

/* Stops starting, for good (signals, -p, end of file of our output). */
void sched_stop(struct sched *s);
bool sched_stopped(const struct sched *s);
/* Slots may change while jobs run (-j FILE). */
void sched_set_slots(struct sched *s, int64_t slots);
/* None starts while the load is max or more (0: whatever it is). */
void sched_set_load_max(struct sched *s, double max);
/* How many jobs there are in all, when that is known: for percentages. */
void sched_set_total(struct sched *s, uint64_t total);

/* For how long a job that starts now may run; 0: for ever. */
int64_t sched_timeout_ns(const struct sched *s);
/* Jobs that run. */
uint64_t sched_running(const struct sched *s);
/* Exit status so far, by the reference's arithmetic: number of failed jobs, 101 at most; --halt's own where it was met. */
int sched_status(const struct sched *s);

struct sched_counts {
	uint64_t done, failed, running;
};
struct sched_counts sched_counts(const struct sched *s);

#endif
