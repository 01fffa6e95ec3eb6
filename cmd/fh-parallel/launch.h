/* From values to a running process: expands the texts of a job, makes its capture, and spawns it. Knows no slots' policy, no
 * order and no loop. */
#ifndef FH_PAR_LAUNCH_H
#define FH_PAR_LAUNCH_H

#include <stdbool.h>
#include <sys/resource.h>

#include "err.h"
#include "exec.h"
#include "frame.h"
#include "job.h"
#include "opts.h"
#include "remote.h"
#include "results.h"
#include "sig.h"
#include "tmpl.h"

struct launch;

enum launch_result {
	LAUNCH_RUNS,  /* it has a pid */
	LAUNCH_DRY,   /* --dry-run, or j->skipped: there is nothing to run */
	LAUNCH_SKIP,  /* skip(), --filter: it is not to be run */
	LAUNCH_LATER, /* no process, descriptor or memory for it now: words in e, try again */
	LAUNCH_FAIL,  /* it cannot be run: words in e */
	LAUNCH_STOP,  /* nor can any other (its results cannot be kept): words in e */
};

struct launch_conf {
	struct results *results;     /* where output is kept; NULL: nowhere; borrowed */
	const struct opts *opts;
	struct tmpl_set *set;        /* replacement strings; borrowed */
	const struct tmpl *command;  /* borrowed */
	struct exec *exec;           /* borrowed */
	struct remote *remote;       /* for jobs on other machines; NULL: there are none; borrowed */
	const struct sig *sig;       /* what a child must be given back */
	struct rlimit nofile;        /* descriptors a job may have */
	enum capture_mode mode;
	const struct pack_with *pack; /* output that is kept in files is packed; NULL: it is not; borrowed */
	volatile pid_t *marks;       /* by slot - 1: where a job leaves its pid, for who outlives us; NULL: nowhere */
	uint64_t max_slots;
	size_t lanes;                /* starts at the same time, once many are needed; < 2: one after the other */
	bool far;                    /* jobs run elsewhere (launch_far) */
	bool want_text;              /* an observer wants job.command */
};

/* Returns 0 and *out, or -1 with words (a bad --tagstring, --wd). */
int launch_new(const struct launch_conf *c, struct launch **out, struct err *e);
void launch_free(struct launch *l);

/* How many jobs there are in all, for {##}. */
void launch_set_total(struct launch *l, uint64_t total);

/* --tmux: the command that shows the jobs; NULL: they have no windows. Borrowed. */
const char *launch_attach(const struct launch *l);

/* Whether jobs have a tag. */
bool launch_tags(const struct launch *l);

/* Fills job.command (where it is wanted) and job.tag. Slot and seq are set. LAUNCH_RUNS, or SKIP, FAIL. */
enum launch_result launch_expand(struct launch *l, struct job *j, struct err *e);
/* Starts it, with its capture made; pid and start times are set. direct: whether it runs its program is known when this returns;
 * else when it has ended (launch_ended). */
enum launch_result launch_start(struct launch *l, struct job *j, bool direct, struct err *e);

/* For a job that is to run elsewhere: its capture is made, and fj is filled but for its input; borrowed until the next call.
 * LAUNCH_RUNS where it can be sent. */
enum launch_result launch_far(struct launch *l, struct job *j, struct frame_job *fj, struct err *e);

/* Whether starts have ever come so fast that it matters how long one takes. */
bool launch_is_busy(const struct launch *l);
/* For proc_await_birth: of the job with that pid; NULL: it runs its program already. */
const struct proc_birth *launch_birth(const struct launch *l, pid_t pid);
/* Waits a moment for a start to be through, where the next one had to wait for that. */
void launch_wait(struct launch *l);
/* The process of j has ended: 0, or -errno where it never ran the program. */
int launch_ended(struct launch *l, const struct job *j);

/* Makes the files of a job (seq, slot and args are set) that will not run. Returns 0, or -1 with words. */
int launch_leave(struct launch *l, struct job *j, struct err *e);

/* The job has ended, be it to be run again: what was made for it goes. */
void launch_tidy(struct job *j);

/* The job has ended for good: what it brought back from its host is counted. */
void launch_done(struct launch *l, struct job *j);

#endif
