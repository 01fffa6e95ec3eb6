/* Decides what a job of the agent does next: the same table as the runner's own (job.c), the same starts, ends and pipes. Must
 * never know who asked for it.
 * Invariants: 1. EXIT is told once, after all that the job printed; nothing of a job is told after it.
 *             2. its output waits in its pipe while there is no window.
 *             3. no read or write here waits.
 *             4. a job that was ended because we are is not told of: it is the runner's to run it again. */
#include "agent_int.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "kin.h"
#include "mem.h"

#define STRUCK_NS CLOCK_S /* between the end of one process of a step and that of another */

/* --- jobs there are -------------------------------------------------------------------------------------------------- */

struct agent_job *
agent_job_of(const struct agent *a, const struct frame *f)
{
	return f->job >= 1 && f->job <= a->conf.slots ? a->job[f->job - 1] : NULL;
}

struct agent_job *
agent_job_new(struct agent *a, uint32_t number)
{
	struct agent_job *aj = a->idle;

	if (aj != NULL) {
		a->idle = aj->next;
	} else {
		aj = xcalloc(1, sizeof *aj);
		aj->j.capture = (struct capture)CAPTURE_INIT;
	}
	aj->j.seq = number;
	aj->prev = NULL;
	aj->next = a->jobs;
	if (a->jobs != NULL)
		a->jobs->prev = aj;
	a->jobs = aj;
	a->job[number - 1] = aj;
	a->njobs++;
	return aj;
}

void
agent_job_forget(struct agent *a, struct agent_job *aj)
{
	int i;

	for (i = 0; i < 2; i++)
		if (aj->j.capture.side[i].fd >= 0)
			loop_forget(a->loop, aj->j.capture.side[i].fd);
	if (aj->j.feeder != NULL && feeder_fd(aj->j.feeder) >= 0)
		loop_forget(a->loop, feeder_fd(aj->j.feeder));
	capture_close(&aj->j.capture);
	a->guard.group[aj->j.seq - 1] = 0;
	a->job[aj->j.seq - 1] = NULL;
	a->njobs--;
	if (aj->prev != NULL)
		aj->prev->next = aj->next;
	else
		a->jobs = aj->next;
	if (aj->next != NULL)
		aj->next->prev = aj->prev;
	job_reset(&aj->j);
	frame_words_free(&aj->what.words);
	free(aj->argv);
	aj->argv = NULL;
	aj->waits = false;
	aj->told = 0;
	aj->next = a->idle;
	a->idle = aj;
}

void
agent_jobs_free(struct agent *a)
{
	struct agent_job *aj;
	struct agent_late *l;

	while ((l = a->late) != NULL) {
		a->late = l->next;
		free(l);
	}
	while (a->jobs != NULL)
		agent_job_forget(a, a->jobs);
	while ((aj = a->idle) != NULL) {
		a->idle = aj->next;
		job_fini(&aj->j);
		buf_fini(&aj->raw);
		buf_fini(&aj->text);
		free(aj);
	}
}

/* --- its end --------------------------------------------------------------------------------------------------------- */

/* Whether a signal has ended it that is sent to all of a machine or a step, or its shell says so of a command. */
static bool
agent_job_was_struck(const struct job *j)
{
	int signo = WIFSIGNALED(j->status) ? WTERMSIG(j->status) : WEXITSTATUS(j->status) - 128;

	return !j->killed && (signo == SIGTERM || signo == SIGKILL || signo == SIGINT || signo == SIGHUP || signo == SIGQUIT);
}

/* Slurm ends a step by a signal to each of its processes, and a job may be gone before we hear ours. So such an end waits
 * until it is sure that it was the job's alone. */
static void
agent_job_done(struct agent *a, struct agent_job *aj)
{
	const struct rusage *u = &aj->j.usage;
	struct frame_exit end = { .status = (uint64_t)aj->j.status,
		.ran_ns = (uint64_t)(aj->j.end_ns - aj->j.start_ns), .took = aj->j.fed_bytes,
		.user_us = (uint64_t)u->ru_utime.tv_sec * 1000000 + (uint64_t)u->ru_utime.tv_usec,
		.sys_us = (uint64_t)u->ru_stime.tv_sec * 1000000 + (uint64_t)u->ru_stime.tv_usec, .peak_kib = (uint64_t)u->ru_maxrss };
	struct agent_late *l;

	if (agent_job_was_struck(&aj->j)) {
		l = xmalloc(sizeof *l);
		*l = (struct agent_late){ .due_ns = clock_mono_ns() + STRUCK_NS, .number = (uint32_t)aj->j.seq, .end = end };
		*a->late_tail = l;
		a->late_tail = &l->next;
	} else {
		frame_put_exit(&a->say, (uint32_t)aj->j.seq, &end);
	}
	agent_job_forget(a, aj);
}

/* Tells those that are due. */
static void
agent_late_tick(struct agent *a, int64_t now)
{
	struct agent_late *l;

	while ((l = a->late) != NULL && now >= l->due_ns) {
		frame_put_exit(&a->say, l->number, &l->end);
		a->late = l->next;
		free(l);
	}
	if (a->late == NULL)
		a->late_tail = &a->late;
	else
		agent_wake_at(a, a->late->due_ns);
}

static void
agent_job_event(struct agent *a, struct agent_job *aj, enum job_event ev)
{
	if (job_event(&aj->j, ev))
		agent_job_done(a, aj);
}

/* Tells what is in the pipe of a side now, as far as the window allows. EV_NEVENT: the window does not. */
static enum job_event
agent_job_read(struct agent *a, struct agent_job *aj, int side, bool all)
{
	struct capture_side *c = &aj->j.capture.side[side];
	char data[FRAME_DATA_BYTES];
	ssize_t n;

	while (a->window > 0) {
		n = read(c->fd, data, a->window < sizeof data ? (size_t)a->window : sizeof data);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return EV_EMPTY;
		if (n <= 0) {
			loop_forget(a->loop, c->fd);
			close(c->fd);
			c->fd = -1;
			c->open = false;
			return EV_EOF;
		}
		frame_put(&a->say, FRAME_OUTPUT, side, (uint32_t)aj->j.seq, data, (size_t)n);
		a->window -= (uint64_t)n;
		if (!all)
			return EV_EMPTY;
	}
	a->stalled = true;
	return EV_NEVENT;
}

/* The process has ended: what its pipes hold is told, and nobody who still holds them is waited for. */
static void
agent_job_drain(struct agent *a, struct agent_job *aj)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (aj->j.capture.side[i].fd >= 0)
			loop_forget(a->loop, aj->j.capture.side[i].fd);
		if (aj->j.capture.side[i].open && agent_job_read(a, aj, i, true) == EV_NEVENT)
			return; /* agent_jobs_resume goes on */
	}
	agent_job_event(a, aj, capture_is_open(&aj->j.capture) ? EV_EMPTY : EV_EOF);
}

void
agent_job_watch(struct agent *a, struct agent_job *aj)
{
	int i;

	for (i = 0; i < 2; i++)
		if (aj->j.capture.side[i].open &&
		    loop_watch(a->loop, aj->j.capture.side[i].fd, a->stalled ? 0 : POLLIN, aj) < 0)
			err_bug("agent: a pipe cannot be watched");
}

/* As with sshd: it has ended, and whoever holds its pipes is waited for, but where it was to end. */
static bool
agent_job_lingers(const struct agent *a, const struct agent_job *aj)
{
	return aj->j.state == JOB_DRAINING && a->by_ssh && !aj->j.killed;
}

static void
agent_jobs_stall(struct agent *a)
{
	struct agent_job *aj;

	for (aj = a->jobs; aj != NULL; aj = aj->next)
		if (aj->j.state == JOB_RUNNING || agent_job_lingers(a, aj))
			agent_job_watch(a, aj);
}

void
agent_jobs_resume(struct agent *a)
{
	struct agent_job *aj, *next;

	if (!a->stalled || a->window == 0)
		return;
	a->stalled = false;
	for (aj = a->jobs; aj != NULL; aj = next) {
		next = aj->next;
		if (aj->j.state == JOB_RUNNING || agent_job_lingers(a, aj))
			agent_job_watch(a, aj);
		else if (aj->j.state == JOB_DRAINING)
			agent_job_drain(a, aj);
	}
}

/* --- signals and events ---------------------------------------------------------------------------------------------- */

void
agent_job_signal(struct agent *a, const struct frame *f, int signo)
{
	const struct agent_job *aj = agent_job_of(a, f);

	if (aj != NULL)
		proc_kill(aj->j.pid, signo);
}

void
agent_job_finish(struct agent *a, const struct frame *f)
{
	struct agent_job *aj = agent_job_of(a, f);

	if (aj == NULL)
		return;
	if (aj->waits) { /* it was never there */
		aj->j.killed = true;
		aj->j.status = SIGTERM;
		aj->j.start_ns = aj->j.end_ns = 0;
		agent_job_done(a, aj);
		return;
	}
	ending_begin(a->ending, &aj->j, clock_mono_ns());
	if (aj->j.state == JOB_DRAINING) { /* it has lingered */
		ending_exited(a->ending, &aj->j, clock_mono_ns());
		agent_job_drain(a, aj);
	}
}

void
agent_job_fd(struct agent *a, struct agent_job *aj, int fd)
{
	int side = fd == aj->j.capture.side[1].fd;

	if (aj->j.feeder != NULL && feeder_fd(aj->j.feeder) == fd) {
		agent_job_push(a, aj);
		return;
	}
	if (aj->j.capture.side[side].fd != fd)
		return;
	agent_job_read(a, aj, side, false);
	if (capture_is_open(&aj->j.capture))
		return;
	if (aj->j.state == JOB_DRAINING)
		aj->j.end_ns = clock_mono_ns();
	agent_job_event(a, aj, EV_EOF);
}

static struct agent_job *
agent_job_by_pid(struct agent *a, pid_t pid)
{
	struct agent_job *aj;

	for (aj = a->jobs; aj != NULL; aj = aj->next)
		if (aj->j.pid == pid && aj->j.state != JOB_DRAINING)
			return aj;
	return NULL;
}

void
agent_job_exit(struct agent *a, const struct loop_event *ev)
{
	struct agent_job *aj;
	bool draining;

	if (!a->ready || (aj = agent_job_by_pid(a, ev->pid)) == NULL)
		return;
	if (starter_ended(a->starter, ev->pid) < 0 && !aj->j.killed) {
		agent_job_retry(a, aj);
		return;
	}
	aj->j.status = ev->status;
	aj->j.usage = ev->usage;
	aj->j.end_ns = clock_mono_ns();
	if (aj->j.feeder != NULL)
		aj->j.fed_bytes = feeder_total(aj->j.feeder) - feeder_unread(aj->j.feeder);
	ending_exited(a->ending, &aj->j, aj->j.end_ns);
	draining = aj->j.state == JOB_RUNNING;
	agent_job_event(a, aj, EV_EXIT);
	if (draining && !agent_job_lingers(a, aj))
		agent_job_drain(a, aj);
}

void
agent_jobs_tick(struct agent *a, int64_t now)
{
	struct agent_job *aj;
	bool shut = a->shut;

	a->shut = false;
	for (aj = a->jobs; aj != NULL; aj = aj->next) {
		if (shut && aj->j.feeder != NULL && feeder_fd(aj->j.feeder) < 0)
			agent_job_push(a, aj);
		if (aj->j.deadline_ns > 0 && now >= aj->j.deadline_ns)
			ending_step(a->ending, &aj->j, now);
		if (aj->j.deadline_ns > 0)
			agent_wake_at(a, aj->j.deadline_ns);
	}
	if (a->shut)
		agent_wake_at(a, now + SHUT_NS);
	if (a->stalled)
		agent_jobs_stall(a);
	ending_tick(a->ending, now, &a->wake_ns);
	agent_late_tick(a, now);
}

void
agent_jobs_kill(struct agent *a)
{
	const struct agent_job *aj;
	AUTO_KIN k = { 0 };
	size_t i;

	starter_free(a->starter); /* whoever is being started has a group then */
	a->starter = NULL;
	for (aj = a->jobs; aj != NULL; aj = aj->next)
		if (aj->j.pid > 0)
			kin_below(aj->j.pid, &k); /* those with a session of their own too */
	for (i = 0; i < a->guard.n; i++)
		if (a->guard.group != NULL && a->guard.group[i] > 1)
			proc_kill(a->guard.group[i], SIGKILL);
	for (i = 0; i < k.n; i++)
		kill(k.v[i], SIGKILL);
	if (a->ending != NULL)
		ending_kill(a->ending);
	agent_jobs_free(a);
}
