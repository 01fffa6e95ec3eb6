/* Decides what a job of the agent does next: the same table as the runner's own (job.c), the same starts, ends and pipes. Must
 * never know who asked for it.
 * Invariants: 1. EXIT is told once, after all that the job printed; nothing of a job is told after it.
 *             2. a job's input is bounded by what the runner may send before TOOK; its output waits in its pipe while there is
 *                no window.
 *             3. no read or write here waits. */
#include "agent_int.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "kin.h"
#include "mem.h"
#include "shq.h"

#define SHUT_NS (2 * CLOCK_MS)  /* between two looks whether a fifo was opened */
#define TOOK_BYTES 16384        /* told at once */

/* --- jobs there are -------------------------------------------------------------------------------------------------- */

static struct agent_job *
agent_job_of(const struct agent *a, const struct frame *f)
{
	return f->job >= 1 && f->job <= a->conf.slots ? a->job[f->job - 1] : NULL;
}

static struct agent_job *
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

static void
agent_job_forget(struct agent *a, struct agent_job *aj)
{
	int i;

	for (i = 0; i < 2; i++)
		if (aj->j.capture.side[i].fd >= 0)
			loop_forget(a->loop, aj->j.capture.side[i].fd);
	if (aj->j.feeder != NULL && feeder_fd(aj->j.feeder) >= 0)
		loop_forget(a->loop, feeder_fd(aj->j.feeder));
	capture_close(&aj->j.capture);
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

static void
agent_job_done(struct agent *a, struct agent_job *aj)
{
	const struct rusage *u = &aj->j.usage;

	frame_put_exit(&a->say, (uint32_t)aj->j.seq, &(struct frame_exit){ .status = (uint64_t)aj->j.status,
		.ran_ns = (uint64_t)(aj->j.end_ns - aj->j.start_ns), .took = aj->j.fed_bytes,
		.user_us = (uint64_t)u->ru_utime.tv_sec * 1000000 + (uint64_t)u->ru_utime.tv_usec,
		.sys_us = (uint64_t)u->ru_stime.tv_sec * 1000000 + (uint64_t)u->ru_stime.tv_usec, .peak_kib = (uint64_t)u->ru_maxrss });
	agent_job_forget(a, aj);
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

static void
agent_job_watch(struct agent *a, struct agent_job *aj)
{
	int i;

	for (i = 0; i < 2; i++)
		if (aj->j.capture.side[i].open &&
		    loop_watch(a->loop, aj->j.capture.side[i].fd, a->stalled ? 0 : POLLIN, aj) < 0)
			err_bug("agent: a pipe cannot be watched");
}

static void
agent_jobs_stall(struct agent *a)
{
	struct agent_job *aj;

	for (aj = a->jobs; aj != NULL; aj = aj->next)
		if (aj->j.state == JOB_RUNNING)
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
		if (aj->j.state == JOB_RUNNING)
			agent_job_watch(a, aj);
		else if (aj->j.state == JOB_DRAINING)
			agent_job_drain(a, aj);
	}
}

/* --- its input ------------------------------------------------------------------------------------------------------- */

static void
agent_job_push(struct agent *a, struct agent_job *aj)
{
	int error = 0;
	enum feed f = feeder_push(aj->j.feeder, &error);
	uint64_t took = feeder_total(aj->j.feeder) - feeder_left(aj->j.feeder);
	int fd = feeder_fd(aj->j.feeder);

	if (fd >= 0 && loop_watch(a->loop, fd, f == FEED_FULL ? POLLOUT : 0, aj) < 0 && f == FEED_FULL)
		agent_wake_at(a, clock_mono_ns() + SHUT_NS);
	a->shut |= f == FEED_SHUT;
	if (f == FEED_OVER)
		took = UINT64_MAX; /* whatever comes is nobody's */
	if (took == UINT64_MAX ? aj->told != took : took - aj->told >= TOOK_BYTES || (took > aj->told && f != FEED_FULL)) {
		frame_put_number(&a->say, FRAME_TOOK, (uint32_t)aj->j.seq, took == UINT64_MAX ? INT64_MAX : took - aj->told);
		aj->told = took;
	}
}

static int
agent_job_feeder(struct agent *a, struct agent_job *aj)
{
	static const enum feeder_kind kind[] = { [FRAME_IN_PIPE] = FEEDER_PIPE, [FRAME_IN_FILE] = FEEDER_FILE, [FRAME_IN_FIFO] = FEEDER_FIFO };
	const char *dir = a->conf.tmpdir.len > 0 ? a->conf.tmpdir.s : NULL;

	return aj->what.input == FRAME_IN_NULL ? 0 : feeder_new(kind[aj->what.input], dir, UINT64_MAX, &aj->j.feeder);
}

/* --- its start ------------------------------------------------------------------------------------------------------- */

static void
agent_job_spawned(struct agent *a, struct agent_job *aj)
{
	capture_started(&aj->j.capture);
	job_event(&aj->j, EV_SPAWNED);
	agent_job_watch(a, aj);
	if (aj->j.feeder != NULL)
		agent_job_push(a, aj);
}

static void
agent_job_refuse(struct agent *a, struct agent_job *aj, int error, const char *what)
{
	struct err e;

	err_sys(&e, error, "%s", what);
	frame_put_error(&a->say, FRAME_REFUSED, (uint32_t)aj->j.seq, error, e.msg);
	agent_job_forget(a, aj);
}

/* The words, for a shell: it has the words for what cannot be run. */
static void
agent_job_quote(struct agent_job *aj)
{
	size_t i;

	buf_reset(&aj->text);
	if (aj->what.words.n == 0)
		buf_add(&aj->text, aj->what.text.s, aj->what.text.len);
	for (i = 0; i < aj->what.words.n; i++) {
		buf_adds(&aj->text, i > 0 ? " " : "");
		shq_add(&aj->text, aj->what.words.v[i].s, aj->what.words.v[i].len);
	}
}

/* Fills s; shell: whatever the command is. */
static void
agent_job_describe(struct agent *a, struct agent_job *aj, bool shell, struct proc_spec *s)
{
	struct exec_job x = { .seq = aj->what.seq, .slot = aj->what.slot, .words = shell ? NULL : aj->argv };
	struct exec_line line;
	bool need_text = false;

	if (aj->j.feeder != NULL)
		x.input_name = feeder_name(aj->j.feeder);
	if (x.words == NULL)
		agent_job_quote(aj);
	x.text = x.words == NULL ? buf_str(&aj->text) : NULL;
	exec_wrap(a->exec, &x, &line, &need_text);
	if (need_text) {
		agent_job_describe(a, aj, true, s);
		return;
	}
	s->file = line.file;
	s->argv = line.argv;
	s->envp = line.envp;
	s->dir = aj->what.dir.len > 0 ? aj->what.dir.s : NULL;
	s->fd[0] = aj->j.feeder != NULL && feeder_job_fd(aj->j.feeder) >= 0 ? feeder_job_fd(aj->j.feeder) : a->null_fd;
	s->fd[1] = aj->j.capture.side[0].job_fd;
	s->fd[2] = aj->j.capture.side[1].job_fd;
	s->nice = (int)a->conf.nice;
	s->group = s->bound = true;
	s->mask = &loop_sig(a->loop)->child_mask;
	s->defaults = &loop_sig(a->loop)->child_reset;
	s->mark = &a->guard.group[aj->j.seq - 1];
	s->nofile = &a->nofile;
}

static void
agent_job_spawn(struct agent *a, struct agent_job *aj)
{
	struct proc_spec s = PROC_SPEC_INIT;
	int r;

	agent_job_describe(a, aj, false, &s);
	r = proc_spawn(&s, &aj->j.pid);
	if (r == -ENOEXEC && aj->argv != NULL) {
		agent_job_describe(a, aj, true, &s); /* a script without "#!": the shell's business */
		r = proc_spawn(&s, &aj->j.pid);
	}
	if (r < 0)
		agent_job_refuse(a, aj, -r, "cannot start a job");
	else
		agent_job_spawned(a, aj);
}

static void
agent_job_start(struct agent *a, struct agent_job *aj)
{
	struct proc_spec s = PROC_SPEC_INIT;
	int r = aj->what.dir.len > 0 ? file_mkdirs(AT_FDCWD, aj->what.dir.s, 0777) : 0;

	aj->waits = false;
	if (r < 0) {
		agent_job_refuse(a, aj, -r, aj->what.dir.s);
		return;
	}
	if ((r = capture_open(&aj->j.capture, CAPTURE_PIPE, NULL, NULL)) < 0) {
		agent_job_refuse(a, aj, -r, "cannot make a pipe");
		return;
	}
	aj->j.start_ns = clock_mono_ns();
	starter_wait(a->starter);
	if (starter_is_fast(a->starter, aj->j.start_ns)) {
		agent_job_describe(a, aj, false, &s);
		if (starter_hand(a->starter, &s, &aj->j.pid)) {
			agent_job_spawned(a, aj);
			return;
		}
	}
	agent_job_spawn(a, aj);
}

static void
agent_job_argv(struct agent_job *aj)
{
	const struct frame_words *w = &aj->what.words;
	size_t i;

	if (w->n == 0)
		return;
	aj->argv = xcalloc(w->n + 1, sizeof *aj->argv);
	for (i = 0; i < w->n; i++)
		aj->argv[i] = (char *)(uintptr_t)w->v[i].s; /* execve takes it as const in all but name */
}

int
agent_job_add(struct agent *a, const struct frame *f, struct err *e)
{
	struct frame own = *f;
	struct agent_job *aj;
	int r;

	if (f->job < 1 || f->job > a->conf.slots || a->job[f->job - 1] != NULL)
		return err_set(e, 0, "job %u cannot be", f->job);
	aj = agent_job_new(a, f->job);
	buf_reset(&aj->raw);
	buf_add(&aj->raw, f->body.s, f->body.len);
	own.body.s = buf_str(&aj->raw);
	if (frame_get_job(&own, &aj->what, e) < 0)
		return -1;
	agent_job_argv(aj);
	if ((r = agent_job_feeder(a, aj)) < 0)
		agent_job_refuse(a, aj, -r, "cannot make the input of a job");
	else if (aj->what.input == FRAME_IN_FILE)
		aj->waits = true;
	else
		agent_job_start(a, aj);
	return 0;
}

int
agent_job_input(struct agent *a, const struct frame *f, struct err *e)
{
	struct agent_job *aj = agent_job_of(a, f);
	struct block *k;

	if (aj == NULL)
		return 0; /* it has ended, and the runner does not know yet */
	if (aj->j.feeder == NULL)
		return err_set(e, 0, "input for a job without");
	if (f->kind == FRAME_INPUT_END) {
		feeder_end(aj->j.feeder);
	} else {
		k = block_new();
		buf_add(&k->data, f->body.s, f->body.len);
		feeder_add(aj->j.feeder, k);
		block_unref(k);
	}
	agent_job_push(a, aj);
	if (aj->waits && f->kind == FRAME_INPUT_END)
		agent_job_start(a, aj);
	return 0;
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
		aj->j.status = SIGTERM;
		aj->j.start_ns = aj->j.end_ns = 0;
		agent_job_done(a, aj);
	} else {
		ending_begin(a->ending, &aj->j, clock_mono_ns());
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
	if (!capture_is_open(&aj->j.capture))
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

/* Its process never ran the program: it is tried once more and waited for, which has the words. */
static void
agent_job_retry(struct agent *a, struct agent_job *aj)
{
	int i, r;

	for (i = 0; i < 2; i++)
		if (aj->j.capture.side[i].fd >= 0)
			loop_forget(a->loop, aj->j.capture.side[i].fd);
	capture_close(&aj->j.capture);
	job_event(&aj->j, EV_REFUSED);
	if ((r = capture_open(&aj->j.capture, CAPTURE_PIPE, NULL, NULL)) < 0)
		agent_job_refuse(a, aj, -r, "cannot make a pipe");
	else
		agent_job_spawn(a, aj);
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
	a->guard.group[aj->j.seq - 1] = 0;
	ending_exited(a->ending, &aj->j, aj->j.end_ns);
	draining = aj->j.state == JOB_RUNNING;
	agent_job_event(a, aj, EV_EXIT);
	if (draining)
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
