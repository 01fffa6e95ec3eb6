/* Decides how a job of the agent's is started, and how its input comes to it. Must never know the runner, nor what it prints.
 * Invariants: 1. a job's input is bounded by what the runner may send before TOOK.
 *             2. no read or write here waits. */
#include "agent_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "mem.h"
#include "shq.h"

#define TOOK_BYTES 16384        /* told at once */

/* --- its input ------------------------------------------------------------------------------------------------------- */

int
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
	if (error < 0 && !aj->waits)
		ending_begin(a->ending, &aj->j, clock_mono_ns()); /* it must not take half of its input for all */
	return error;
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
	struct exec_line line = { 0 };
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
	s->env_kept = line.env_kept;
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
	int r;

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
	r = agent_job_push(a, aj);
	if (r < 0 && aj->waits)
		agent_job_refuse(a, aj, -r, "cannot make the input of a job");
	else if (aj->waits && f->kind == FRAME_INPUT_END)
		agent_job_start(a, aj);
	return 0;
}

void
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
