/* Decides what a signal to us, and a time that has passed, mean for the jobs.
 * HUP: nothing starts, what runs finishes (the reference). INT: the same, and a second one ends the jobs. TERM, QUIT: the
 * jobs are ended at once, and what they printed is not shown (the reference). TSTP stops the jobs with us: their groups are
 * not the terminal's. USR1 lists what runs; USR2 turns --progress on and off. */
#include "run_int.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "kin.h"
#include "proc.h"

#define KILL_NS (5 * CLOCK_S) /* for workers to answer, when all is to end */

void
run_kill_all(struct run *r)
{
	int64_t now = clock_mono_ns();
	struct job *j;

	sched_stop(r->sched);
	r->killing = true;
	for (j = r->running; j != NULL; j = j->next)
		run_end_job(r, j, now);
	run_pack_kill(r);
	r->deadline_ns = now;
	if (r->fleet != NULL)
		fleet_hurry(r->fleet, KILL_NS);
}

void
run_kill_now(struct run *r)
{
	struct job *j;

	run_kill_all(r);
	for (j = r->running; j != NULL; j = j->next)
		job_kill(j, SIGKILL);
}

/* Our children that no job is: their parents have ended, and we took them in (kin_adopt). Those that a job's environment names
 * as its own (j NULL: any job's) are ended; others were here before us. */
void
run_orphans(struct run *r, const struct job *j)
{
	char ours[48], its[48];
	AUTO_KIN k = { 0 };
	size_t i, n;

	snprintf(ours, sizeof ours, "PARALLEL_PID=%ld", (long)getpid());
	snprintf(its, sizeof its, "PARALLEL_SEQ=%" PRIu64, j != NULL ? j->seq : 0);
	kin_children(getpid(), &k);
	for (i = 0, n = k.n; i < n; i++)
		if (!run_has(r, k.v[i]) && kin_has(k.v[i], ours) && (j == NULL || kin_has(k.v[i], its))) {
			ending_stray(r->ending, k.v[i], clock_mono_ns());
			kin_below(k.v[i], &k);
		}
	for (i = n; i < k.n; i++)
		ending_stray(r->ending, k.v[i], clock_mono_ns());
}

/* --- time and signals --------------------------------------------------------------------------------------------- */

static void
run_timed_out(struct run *r, struct job *j, int64_t now)
{
	job_event(j, EV_TIMEOUT);
	if (j->killed && j->worker != NULL) {
		j->deadline_ns = 0; /* the agent goes on */
		return;
	}
	if (j->killed) {
		ending_step(r->ending, j, now);
		return;
	}
	j->timed_out = true;
	run_say(r, "warning: this job was killed because it timed out:");
	run_say(r, "warning: %s", buf_str(&j->command));
	run_end_job(r, j, now);
}

void
run_due(struct run *r, const struct job *j)
{
	if (j->deadline_ns > 0 && (r->deadline_ns == 0 || j->deadline_ns < r->deadline_ns))
		r->deadline_ns = j->deadline_ns;
}

void
run_time_out_at(struct run *r, struct job *j, int64_t limit)
{
	if (limit <= 0 || j->killed)
		return;
	j->deadline_ns = j->start_ns + limit;
	run_due(r, j);
}

void
run_follow_median(struct run *r)
{
	struct job *j;

	if (r->o->timeout_millipercent == 0)
		return;
	for (j = r->running; j != NULL; j = j->next)
		run_time_out_at(r, j, sched_timeout_ns(r->sched));
}

void
run_deadlines(struct run *r, int64_t now)
{
	struct job *j;

	if (r->deadline_ns == 0)
		return;
	if (now >= r->deadline_ns) {
		r->deadline_ns = 0;
		for (j = r->running; j != NULL; j = j->next) {
			if (j->deadline_ns > 0 && now >= j->deadline_ns)
				run_timed_out(r, j, now);
			run_due(r, j);
		}
	}
	if (r->deadline_ns > 0)
		run_wake_at(r, r->deadline_ns);
}

static void
run_list_running(struct run *r, const char *what)
{
	const struct job *j;

	run_say(r, "%s: %" PRIu64 " jobs are running", what, sched_running(r->sched));
	for (j = r->running; j != NULL; j = j->next)
		run_say(r, "%" PRIu64 ": %s", j->seq, buf_str(&j->command));
}

static void
run_suspend(struct run *r)
{
	struct job *j;

	if (r->fleet != NULL)
		fleet_sleep(r->fleet, SIGSTOP);
	screen_hide(r->screen);
	for (j = r->running; j != NULL; j = j->next)
		job_kill(j, SIGSTOP);
	kill(getpid(), SIGSTOP);
	for (j = r->running; j != NULL; j = j->next)
		if (!j->stopped) /* for want of memory it stays so */
			job_kill(j, SIGCONT);
	if (r->fleet != NULL)
		fleet_sleep(r->fleet, SIGCONT);
}

void
run_signal(struct run *r, int signo)
{
	switch (signo) {
	case SIGTSTP:
		run_suspend(r);
		return;
	case SIGUSR1:
		run_list_running(r, "SIGUSR1");
		return;
	case SIGUSR2:
		if (!run_far_stops(r)) {
			run_toggle_progress(r);
			return;
		}
		r->status = run_far_status(r, signo);
		run_kill_all(r);
		return;
	case SIGHUP:
		sched_stop(r->sched);
		run_list_running(r, "SIGHUP: no new jobs are started");
		return;
	case SIGINT:
		if (r->interrupts++ == 0) {
			sched_stop(r->sched);
			r->status = STATUS_OTHER;
			run_say(r, "interrupted: waiting for %" PRIu64 " running jobs; again to end them", sched_running(r->sched));
			return;
		}
		/* FALLTHROUGH */
	case SIGTERM:
	case SIGQUIT:
		r->status = run_far_status(r, signo);
		run_kill_all(r);
	}
}
