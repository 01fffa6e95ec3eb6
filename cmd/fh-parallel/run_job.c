/* Carries one job through its life: asks launch to start it, tells job what happened, sched and output how it went. Decides
 * nothing itself.
 * Invariants: 1. a job is in exactly one list, or in the hands of one function here.
 *             2. every job that was started is in the running list until its exit is known.
 *             3. no read here waits: a process that has ended is drained until its pipes are empty, not until they end. */
#include "run_int.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/wait.h>

#include "clock.h"

void
run_forget(struct run *r, struct job *j)
{
	job_reset(j);
	run_link(&r->idle, j);
}

static void
run_say_halt(struct run *r, const struct job *j, bool now)
{
	uint64_t left = sched_running(r->sched);

	if (r->o->semaphore)
		return; /* there is only one, and its status says it */
	run_say(r, "this job %s:", job_failed(j) ? "failed" : "succeeded");
	run_say(r, "%s", buf_str(&j->command));
	if (!now && left > 0)
		run_say(r, "starting no more jobs, waiting for %" PRIu64 " to finish", left);
}

void
run_show(struct run *r, struct job *j)
{
	run_look_at_disk(r, j);
	output_finished(r->output, j);
	run_remember(r, j);
	run_observe_finished(r, j);
	run_forget(r, j);
}

/* Nobody knows what became of it, and it is not run again now: a later run does (--resume). */
static void
run_leave(struct run *r, struct job *j)
{
	r->status = STATUS_OTHER;
	output_discard(r->output, j);
	run_forget(r, j);
}

void
run_discard(struct run *r, struct job *j)
{
	output_discard(r->output, j);
	results_drop(r->results, &j->file);
}

void
run_finished(struct run *r, struct job *j)
{
	struct sched_end end = { .slot = j->slot, .attempt = j->attempt, .ran_ns = j->end_ns - j->start_ns,
		.exitval = j->remote || j->pack_failed || j->skipped ? job_exitval(j) & 0xff : WIFEXITED(j->status) ? WEXITSTATUS(j->status) : 0,
		.signo = job_signal(j), .timed_out = j->timed_out, .again = j->gave_way && !r->killing, .skipped = j->skipped };
	enum sched_verdict v;
	bool dropped;

	launch_tidy(j);
	run_hosts_left(r, j, true);
	v = sched_finished(r->sched, &end);
	run_follow_median(r);
	if (j->lost && v != SCHED_RETRY) {
		run_leave(r, j);
		return;
	}
	run_look_at_disk(r, j);
	if (v == SCHED_RETRY) {
		run_observe_ended(r, j, FATE_AGAIN);
		run_discard(r, j);
		job_again(j);
		run_link(&r->again, j);
		return;
	}
	if (v == SCHED_HALT_SOON || v == SCHED_HALT_NOW)
		run_say_halt(r, j, v == SCHED_HALT_NOW);
	dropped = (r->killing && j->killed && !j->timed_out) || j->idle;
	run_observe_ended(r, j, dropped ? FATE_DROPPED : FATE_LAST);
	if (dropped) {
		run_discard(r, j);
		run_forget(r, j);
	} else if (!run_hold(r, j)) {
		run_show(r, j);
	}
	if (v == SCHED_HALT_NOW) {
		run_settle(r, true);
		run_kill_all(r);
	}
}

static void
run_event(struct run *r, struct job *j, enum job_event ev)
{
	if (!job_event(j, ev))
		return;
	run_unlink(&r->running, j);
	if (!run_pack(r, j))
		run_finished(r, j);
}

/* What is in the pipe of a side now. */
static void
run_drain_side(struct run *r, struct job *j, int side)
{
	enum job_event ev = EV_NEVENT;

	while (j->capture.side[side].open && ev == EV_NEVENT)
		ev = output_read(r->output, j, side);
}

/* The process has ended: what its pipes hold is taken, and nobody who still holds them is waited for. */
static void
run_drain(struct run *r, struct job *j)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (j->capture.side[i].fd >= 0)
			loop_forget(r->loop, j->capture.side[i].fd);
		run_drain_side(r, j, i);
	}
	run_event(r, j, capture_is_open(&j->capture) ? EV_EMPTY : EV_EOF);
}

void
run_pipe(struct run *r, struct job *j, int fd)
{
	int side = fd == j->capture.side[1].fd;
	enum job_event ev;

	if (run_pack_pipe(r, j, fd))
		return;
	if (j->feeder != NULL && feeder_fd(j->feeder) == fd) {
		run_feed_push(r, j);
		return;
	}
	if (j->feeder != NULL && j->worker != NULL && feeder_job_fd(j->feeder) == fd) {
		run_far_feed(r, j);
		return;
	}
	if (j->capture.side[side].fd != fd)
		return;
	ev = output_read(r->output, j, side);
	run_pack_look(r, j, side);
	if (ev != EV_EOF)
		return;
	loop_forget(r->loop, fd);
	if (!capture_is_open(&j->capture))
		run_event(r, j, EV_EOF);
}

/* Its process never ran the program: it is tried once more and waited for, which has the words. */
static void
run_refused(struct run *r, struct job *j)
{
	int i;

	for (i = 0; i < 2; i++)
		if (j->capture.side[i].fd >= 0)
			loop_forget(r->loop, j->capture.side[i].fd);
	r->guard.group[j->slot - 1] = 0;
	run_start_over(r, j);
}

void
run_ended(struct run *r, struct job *j)
{
	run_feed_exit(r, j);
	run_event(r, j, EV_EXIT);
}

void
run_end_dry(struct run *r)
{
	struct job *j, *order = NULL;

	while ((j = run_pop(&r->dry)) != NULL)
		run_link(&order, j);
	while ((j = run_pop(&order)) != NULL) {
		j->end_ns = j->start_ns;
		job_event(j, EV_EXIT);
		run_finished(r, j);
	}
}

/* Its process has ended. */
void
run_exit(struct run *r, const struct loop_event *ev)
{
	struct job *j = run_take(r, ev->pid);
	bool draining;

	if (j == NULL) {
		run_pack_exit(r, ev); /* if it is ours at all: not a child that we were born with */
		return;
	}
	if (launch_ended(r->launch, j) < 0 && !j->killed) {
		run_refused(r, j);
		return;
	}
	j->status = ev->status;
	j->usage = ev->usage;
	if ((int64_t)ev->usage.ru_maxrss * 1024 > r->peak_bytes)
		r->peak_bytes = (int64_t)ev->usage.ru_maxrss * 1024;
	run_feed_exit(r, j);
	j->end_ns = clock_mono_ns();
	r->guard.group[j->slot - 1] = 0;
	ending_exited(r->ending, j, j->end_ns);
	if ((j->killed || WIFSIGNALED(j->status)) && !r->killing)
		run_orphans(r, j);
	draining = j->state == JOB_RUNNING;
	run_event(r, j, EV_EXIT);
	if (draining)
		run_drain(r, j);
}
