/* Decides when a running program must go and how it is made to. Must never know what it is for.
 * Invariants: 1. child_run returns only when no process of the group is left, or cannot be ended (KILL_WAIT_NS).
 *             2. TERM comes before KILL, and KILL at most grace_ns after it.
 *             3. a stopped group is continued before it is asked to end. */
#include "child.h"

#include <errno.h>
#include <unistd.h>

#include "clock.h"

#ifndef FH_PORTABLE
#include <sys/prctl.h>
#endif

#define POLL_NS (5 * CLOCK_MS)      /* between looks whether the rest of a group is gone */
#define KILL_WAIT_NS CLOCK_S        /* a killed process that stays that long is stuck in the kernel */

struct run {
	pid_t pid;
	bool exited;      /* the program itself */
	bool ending;      /* asked to end */
	bool killed;
	int64_t until_ns; /* when the next harder step is due; < 0: never */
	struct child_home *home;
	struct child_end *end;
};

/* Who was started with a signal ignored (nohup, a shell's background job) goes on ignoring it. */
static int
home_open(struct child_home *h)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
	int signals[ARRAY_LEN(wanted)], r;
	size_t i, n = 0;

	if (h->open)
		return 0;
	for (i = 0; i < ARRAY_LEN(wanted); i++)
		if (!sig_is_ignored(wanted[i]))
			signals[n++] = wanted[i];
	if ((r = guard_open(&h->guard, 1, NULL, NULL)) < 0)
		return r;
	if ((r = loop_new(&h->loop, signals, n)) < 0) {
		guard_close(&h->guard);
		return r;
	}
#ifndef FH_PORTABLE
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans of a group are reaped here: not every container has an init that does it */
#endif
	h->open = true;
	return 0;
}

void
child_home_close(struct child_home *h)
{
	if (!h->open)
		return;
	loop_free(h->loop);
	guard_close(&h->guard);
	h->open = false;
}

static bool
run_is_gone(const struct run *r)
{
	return r->exited && kill(-r->pid, 0) < 0 && errno == ESRCH;
}

static void
run_kill(struct run *r)
{
	proc_kill(r->pid, SIGKILL);
	r->ending = r->killed = true;
	r->until_ns = clock_mono_ns() + KILL_WAIT_NS;
}

static void
run_ask(struct run *r)
{
	if (r->ending) {
		run_kill(r);
		return;
	}
	proc_kill(r->pid, SIGTERM);
	proc_kill(r->pid, SIGCONT);
	r->ending = true;
	r->until_ns = clock_mono_ns() + r->home->grace_ns;
}

/* The limit has passed, or the time to go by itself. */
static void
run_late(struct run *r)
{
	if (!r->ending)
		r->end->timed_out = true;
	run_ask(r);
}

static void
run_pause(const struct run *r)
{
	proc_kill(r->pid, SIGSTOP);
	raise(SIGSTOP);
	proc_kill(r->pid, SIGCONT);
}

static void
run_event(struct run *r, const struct loop_event *ev)
{
	if (ev->kind == LOOP_SIGNAL && ev->signo == SIGTSTP) {
		run_pause(r);
	} else if (ev->kind == LOOP_SIGNAL) {
		if (r->home->signo == 0)
			r->home->signo = ev->signo;
		run_ask(r);
	} else if (ev->kind == LOOP_EXIT && ev->pid == r->pid) {
		r->exited = true;
		r->end->status = ev->status;
		r->end->usage = ev->usage;
	}
}

/* What to do when the program is gone and others of its group are not. */
static void
run_leftover(struct run *r)
{
	if (!r->ending && !run_is_gone(r)) {
		r->end->left_over = true;
		run_ask(r);
	}
}

static int
run_wait(struct run *r)
{
	struct loop_event ev;
	int64_t now, look;
	int err;

	while (!run_is_gone(r)) {
		now = clock_mono_ns();
		look = r->exited && (r->until_ns < 0 || now + POLL_NS < r->until_ns) ? now + POLL_NS : r->until_ns;
		if ((err = loop_wait(r->home->loop, look)) < 0)
			return err;
		while (loop_next(r->home->loop, &ev))
			run_event(r, &ev);
		if (r->exited)
			run_leftover(r);
		if (r->until_ns >= 0 && clock_mono_ns() >= r->until_ns) {
			if (r->killed)
				return 0; /* cannot be ended: nothing more to do about it */
			run_late(r);
		}
	}
	return 0;
}

int
child_run(struct child_home *h, const struct proc_spec *s, int64_t timeout_ns, struct child_end *end)
{
	struct proc_spec own = *s;
	int64_t start = clock_mono_ns();
	struct run r = { .home = h, .end = end, .until_ns = timeout_ns > 0 ? start + timeout_ns : -1 };
	int err = home_open(h);

	*end = (struct child_end){ 0 };
	if (err < 0 || h->signo != 0)
		return err < 0 ? err : -EINTR;
	own.group = own.bound = true;
	own.mark = h->guard.group;
	own.mask = &loop_sig(h->loop)->child_mask;
	own.defaults = &loop_sig(h->loop)->child_reset;
	if ((err = proc_spawn(&own, &r.pid)) < 0)
		return err;
	err = run_wait(&r);
	if (err < 0)
		proc_kill(r.pid, SIGKILL);
	*h->guard.group = 0;
	end->wall_ns = clock_mono_ns() - start;
	return err;
}

int
child_nap(struct child_home *h, int64_t ns)
{
	int64_t until = clock_mono_ns() + ns;
	struct loop_event ev;
	int err = home_open(h);

	while (err == 0 && h->signo == 0 && clock_mono_ns() < until) {
		err = loop_wait(h->loop, until);
		while (err == 0 && loop_next(h->loop, &ev)) {
			if (ev.kind != LOOP_SIGNAL)
				continue;
			if (ev.signo == SIGTSTP)
				raise(SIGSTOP);
			else if (h->signo == 0)
				h->signo = ev.signo;
		}
	}
	return err < 0 ? err : h->signo != 0 ? -EINTR : 0;
}
