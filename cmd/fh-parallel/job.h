/* One job and its life. A job is made by run, borrowed by everyone, and freed (reused) by run. */
#ifndef FH_PAR_JOB_H
#define FH_PAR_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "args.h"
#include "buf.h"
#include "block.h"
#include "capture.h"
#include "feeder.h"

struct host;
struct worker;

#define JOB_STATES(X) X(QUEUED) X(RUNNING) X(DRAINING) X(EXITING) X(DONE)
#define JOB_EVENTS(X) X(SPAWNED) X(REFUSED) X(EXIT) X(EOF) X(EMPTY) X(TIMEOUT)
#define JOB_AS_STATE(s) JOB_##s,
#define JOB_AS_EVENT(s) EV_##s,

enum job_state { JOB_STATES(JOB_AS_STATE) JOB_NSTATE };
enum job_event { JOB_EVENTS(JOB_AS_EVENT) EV_NEVENT };

struct job {
	struct job *next;           /* in one list of run: free, to be retried, running */
	struct job *prev;           /* running */
	struct job *same;           /* run's: the next one whose pid falls into the same place */
	uint64_t seq;               /* {#}, from 1 */
	uint64_t slot;              /* {%}, from 1 */
	int64_t attempt;            /* from 1 */
	enum job_state state;
	bool last;                  /* input was at its end behind it, as far as was known */

	struct args args;           /* its values */
	struct buf command;         /* the text, where anybody needs it (run decides) */
	struct buf tag;             /* --tag, expanded, with its TAB */

	struct host *host;          /* where it runs; NULL: here, or it does not run */
	const char *host_name;      /* of the last attempt; NULL: this machine, ":" */
	bool remote;                /* by ssh */
	uint64_t tried;             /* hosts where it failed (hosts.h) */
	struct buf groups;          /* --hostgroups: where it may run, "a+b" */
	uint64_t back_bytes;        /* files that came back, as the joblog counts them */

	int place;                  /* which proc pool lane starts it, -1: none */
	pid_t pid;
	bool ungrouped;             /* it is in our process group, which has the terminal (--tty) */
	struct worker *worker;      /* who runs it; NULL: we do */
	uint32_t far;               /* its number there */
	uint64_t far_took;          /* bytes of stdin that it has read there */
	unsigned losses;            /* workers that were lost with it */
	bool lost;                  /* the last one just now */
	int64_t start_wall_ns;      /* since 1970 */
	int64_t start_ns, end_ns;   /* monotonic */
	int status;                 /* as wait gives it */
	struct rusage usage;
	bool timed_out, killed;     /* by us */
	bool stopped;               /* by us, for want of memory */
	bool gave_way;              /* ended by us, to be run again */
	bool idle;                  /* --round-robin: no block was left for it; it runs, and nobody hears of it */
	bool pack_failed;           /* --compress: the program for what it printed failed */
	bool skipped;               /* it never ran: skip(), --filter */
	int64_t deadline_ns;        /* --timeout, or the next step of the end; 0: none */
	size_t kill_step;           /* of the end (--termseq) */

	struct block *block;        /* --pipe: what it is to read */
	struct feeder *feeder;      /* who brings it; NULL: it reads nothing */
	uint64_t fed_bytes;         /* what it was given */
	struct capture capture;
	struct buf latest;          /* the line that it printed last, where somebody wants it (output_conf.what) */
	struct buf partial[2];      /* --line-buffer: what has no newline yet */
	struct chunk *out, **out_end; /* output's: what is to be printed and may not yet be */
	uint64_t sent_bytes[2];     /* what it printed */
	uint64_t note_bytes;        /* -v: the command line before it */
	struct buf kept[2];         /* --results in a table: what was shown already */
	struct buf made;            /* --tmpl --cleanup: names of files to be removed, each with a NUL behind it */
	struct buf file;            /* --results, --files: the name of the file with its stdout, and a newline */
	bool in_folder;             /* --results: that file stands in a folder of the job's own */
};

/* What happened to it; state changes by the table in job.c. An event that cannot be in this state is our bug and ends the
 * process. Returns whether it is DONE now. */
bool job_event(struct job *j, enum job_event ev);
/* Back to QUEUED for another attempt, or for another life (args, command and tag are emptied). */
void job_again(struct job *j);
void job_reset(struct job *j);
void job_fini(struct job *j);

/* 0-255, and the signal that ended it (0: none), as the joblog has them: a signalled job has exit value 0, a timed-out
 * one -1 and 15. */
int job_exitval(const struct job *j);
int job_signal(const struct job *j);
bool job_failed(const struct job *j);
/* Where it ran, as the joblog says it: the sshlogin, ":" for this machine. */
const char *job_host(const struct job *j);

/* signo to all its processes; where it is in our own group to the one that was started. */
void job_kill(const struct job *j, int signo);

/* For tests and messages. */
const char *job_state_name(enum job_state s);
const char *job_event_name(enum job_event ev);
enum job_state job_next_state(enum job_state s, enum job_event ev); /* JOB_NSTATE: not possible */

#endif
