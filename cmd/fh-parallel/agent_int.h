/* What the files of agent share. Nobody else includes it. */
#ifndef FH_PAR_AGENT_INT_H
#define FH_PAR_AGENT_INT_H

#include "ending.h"
#include "exec.h"
#include "frame.h"
#include "guard.h"
#include "job.h"
#include "loop.h"
#include "starter.h"

#define SHUT_NS (2 * CLOCK_MS) /* between two looks whether a fifo was opened */

struct agent_job {
	struct job j;            /* state, pid, capture, feeder, how it is ended; j.seq is the number of its frames */
	struct agent_job *next, *prev; /* in agent.jobs */
	struct buf raw;          /* the payload of JOB; what points into it */
	struct frame_job what;
	char **argv;             /* NULL: text, for a shell */
	struct buf text;
	bool waits;              /* for all of its input, before it is started */
	uint64_t told;           /* of stdin, by TOOK */
};

/* An end that is told later (agent_job_done). */
struct agent_late {
	struct agent_late *next;
	int64_t due_ns;
	uint32_t number;
	struct frame_exit end;
};

struct agent {
	int in, out;             /* the runner */
	struct buf heard, say;
	size_t said;             /* of say: written */
	struct loop *loop;
	struct guard guard;      /* ends the jobs where we are killed */
	struct exec *exec;
	struct starter *starter;
	struct ending *ending;
	struct rlimit nofile;
	struct buf setup;        /* the payload of SETUP; conf points into it */
	struct frame_setup conf;
	bool ready;              /* it has come */
	bool by_ssh;             /* jobs are as those of an sshd (FRAME_LOGIN) */
	struct agent_job **job;  /* by number - 1; NULL: no such job now */
	struct agent_job *jobs, *idle; /* those there are; to be used again */
	struct agent_late *late, **late_tail; /* ends that are told later, the next one first; where another goes */
	uint64_t njobs;
	uint64_t window;         /* bytes that may be told */
	bool stalled;            /* there were more */
	bool shut;               /* there is a fifo that nobody has opened yet */
	bool stopped;            /* the runner sleeps, and so do the jobs */
	bool quit;               /* no more jobs come */
	bool gone;               /* nobody listens */
	int null_fd;
	int64_t wake_ns;
	int64_t beat_ns, heard_ns; /* the next BEAT; the runner was heard last */
	int64_t tick_ns;         /* the last look at the time */
};

/* agent_start.c: how a job begins */
/* What has come of its input goes into it. */
int agent_job_push(struct agent *a, struct agent_job *aj);
/* Its process never ran the program: it is tried once more and waited for, which has the words. */
void agent_job_retry(struct agent *a, struct agent_job *aj);
/* Returns 0, or -1 with words: what the runner says makes no sense. */
int agent_job_add(struct agent *a, const struct frame *f, struct err *e);
int agent_job_input(struct agent *a, const struct frame *f, struct err *e);

/* agent_job.c */
/* The job that f is about; NULL: there is none now. */
struct agent_job *agent_job_of(const struct agent *a, const struct frame *f);
struct agent_job *agent_job_new(struct agent *a, uint32_t number);
void agent_job_forget(struct agent *a, struct agent_job *aj);
/* Its pipes are read as long as there is a window. */
void agent_job_watch(struct agent *a, struct agent_job *aj);
void agent_job_signal(struct agent *a, const struct frame *f, int signo);
void agent_job_finish(struct agent *a, const struct frame *f);
/* Events of the loop. */
void agent_job_fd(struct agent *a, struct agent_job *aj, int fd);
void agent_job_exit(struct agent *a, const struct loop_event *ev);
/* What lanes have started since; what drains; fifos; ends that are due. */
void agent_jobs_tick(struct agent *a, int64_t now);
/* There is a window again. */
void agent_jobs_resume(struct agent *a);
/* All groups are killed, and what was made for them is removed. */
void agent_jobs_kill(struct agent *a);
void agent_jobs_free(struct agent *a);

/* agent.c */
void agent_wake_at(struct agent *a, int64_t t);

#endif
