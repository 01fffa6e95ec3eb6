/* One program run to its end: with a time limit, ended as a whole group, interruptible. */
#ifndef FH_CHILD_H
#define FH_CHILD_H

#include "guard.h"
#include "loop.h"
#include "proc.h"

struct child_end {
	int status;          /* as wait gives it; of the program itself */
	bool timed_out;
	bool left_over;      /* it left processes behind in its group, which were ended */
	int64_t wall_ns;
	struct rusage usage; /* of it and the children it waited for; ru_maxrss is the largest of them */
};

/* Where children are run from: opened at the first one, so that who runs none pays nothing. All-zero before. */
struct child_home {
	struct loop *loop;
	struct guard guard;
	int64_t grace_ns; /* between TERM and KILL */
	int signo;        /* the first INT, TERM, HUP or QUIT that came since it was opened; 0: none */
	bool open;
};

/* Runs s in a group of its own, bound to us and guarded, and returns when it and its group are gone. INT, TERM, HUP and
 * QUIT (those that were not ignored when we were started), or the time limit timeout_ns (<= 0: none), end the group: TERM, and
 * KILL after grace_ns or at a second signal; TSTP stops both of us, and later both go on. s->group, bound, mark, mask and
 * defaults are set here. Returns 0; -EINTR without starting it where h->signo is set already; or -errno where it
 * did not start or waiting failed. */
int child_run(struct child_home *h, const struct proc_spec *s, int64_t timeout_ns, struct child_end *end);

/* Waits ns nanoseconds. Returns 0, -EINTR when a signal ended the wait (h->signo), or -errno. */
int child_nap(struct child_home *h, int64_t ns);

/* Signals as they were before. */
void child_home_close(struct child_home *h);

#define AUTO_CHILD_HOME __attribute__((cleanup(child_home_close))) struct child_home

#endif
