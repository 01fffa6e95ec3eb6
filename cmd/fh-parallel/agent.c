/* Decides when the agent begins, and when it ends. What becomes of a job is agent_job.c's.
 * Invariants: 1. nothing is written to the runner but whole frames, in order, without ever waiting (agent_flush).
 *             2. whoever ends us, no job's group is left: by our own hand where we can, by guard's where we cannot.
 *             3. what waits to be told is bounded: output by the runner's window, the rest by the number of jobs. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent_int.h"
#include "clock.h"
#include "io.h"
#include "mem.h"
#include "opt.h"
#include "slots.h"

#define HEAR_BYTES 65536
#define JOB_FDS 5                       /* that a job may cost */
#define SLOTS_AGENT_MAX 1000000
#define SILENCE_MIN_NS (120 * CLOCK_S)  /* without a word from the runner, and we go */
#define SILENCE_BEATS 20

void
agent_wake_at(struct agent *a, int64_t t)
{
	if (t >= 0 && (a->wake_ns < 0 || t < a->wake_ns))
		a->wake_ns = t;
}

/* --- the runner ------------------------------------------------------------------------------------------------------ */

static void
agent_flush(struct agent *a)
{
	ssize_t n;

	while (a->said < a->say.len) {
		n = write(a->out, a->say.data + a->said, a->say.len - a->said);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			a->gone = true;
		if (n < 0)
			break;
		a->said += (size_t)n;
	}
	if (a->said == a->say.len || a->gone) {
		buf_reset(&a->say);
		a->said = 0;
	} else if (a->said > HEAR_BYTES) {
		buf_splice(&a->say, 0, a->said, "", 0);
		a->said = 0;
	}
	if (loop_watch(a->loop, a->out, a->say.len > 0 ? POLLOUT : 0, a) < 0)
		a->gone = true;
}

static uint64_t
agent_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGE_SIZE);

	return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes : 0;
}

static void
agent_hello(struct agent *a)
{
	char host[256] = "?";

	gethostname(host, sizeof host - 1);
	buf_add(&a->say, FRAME_MAGIC, FRAME_MAGIC_BYTES);
	frame_put_hello(&a->say, &(struct frame_hello){ .version = FRAME_VERSION, .tool = { FH_VERSION, strlen(FH_VERSION) },
		.host = { host, strlen(host) }, .cpus = (uint64_t)cpu_count(CPU_THREADS), .memory = agent_memory(),
		.pid = (uint64_t)getpid() });
}

static const char *
agent_text(struct view v)
{
	return v.len > 0 ? v.s : NULL;
}

/* NAME=value. */
static int
agent_setenv(struct view entry)
{
	size_t n = strcspn(entry.s, "=");
	AUTO_FREE char *name = xstrndup(entry.s, n);

	return setenv(name, n < entry.len ? entry.s + n + 1 : "", 1);
}

static int
agent_prepare(struct agent *a, struct err *e)
{
	const struct frame_setup *s = &a->conf;
	struct exec_place p = { .login = s->login.s, .host = s->host.s, .pid = (long)s->pid, .slot_var = agent_text(s->slot_var),
		.tmpdir = agent_text(s->tmpdir) };
	size_t i;
	int r;

	for (i = 0; i < s->env.n; i++)
		if (agent_setenv(s->env.v[i]) < 0)
			return err_sys(e, errno, "environment");
	if (s->dir.len > 0 && chdir(s->dir.s) < 0)
		return err_sys(e, errno, "cannot enter %s", s->dir.s);
	p.by_ssh = a->by_ssh = strcmp(s->shell.s, FRAME_LOGIN) == 0;
	if (!a->by_ssh && s->shell.len > 0 && access(s->shell.s, X_OK) == 0)
		p.shell = s->shell.s;
	if (ending_new(agent_text(s->termseq), &a->ending, e) < 0)
		return -1;
	if (s->slots < 1 || s->slots > SLOTS_AGENT_MAX)
		return err_set(e, 0, "%llu slots", (unsigned long long)s->slots);
	slots_fit((int64_t)s->slots, JOB_FDS, &a->nofile);
	if ((r = guard_open(&a->guard, (size_t)s->slots, NULL, NULL)) < 0)
		return err_sys(e, -r, "cannot start a second process");
	a->exec = exec_place_new(&p);
	a->starter = starter_new(s->slots > 1 ? (size_t)cpu_count(CPU_THREADS) : 1);
	a->job = xcalloc((size_t)s->slots, sizeof *a->job);
	a->window = s->window;
	return 0;
}

/* Returns 0, or -1 with words: the runner is told them too. */
static int
agent_setup(struct agent *a, const struct frame *f, struct err *e)
{
	struct frame own = *f;
	int r;

	if (a->ready)
		return err_set(e, 0, "a second SETUP");
	buf_add(&a->setup, f->body.s, f->body.len);
	own.body.s = buf_str(&a->setup);
	if (frame_get_setup(&own, &a->conf, e) < 0)
		return -1;
	a->ready = true;
	r = agent_prepare(a, e);
	frame_put_error(&a->say, FRAME_READY, 0, r < 0 ? EINVAL : 0, r < 0 ? e->msg : "");
	agent_flush(a); /* before a job, which might be our death */
	return r;
}

/* The runner sleeps (SIGSTOP), or wakes (SIGCONT): so do the jobs. */
static void
agent_sleep(struct agent *a, int signo)
{
	size_t i;

	a->stopped = signo == SIGSTOP;
	for (i = 0; i < a->guard.n; i++)
		if (a->guard.group[i] > 1)
			proc_kill(a->guard.group[i], signo);
}

/* A signal to one job, or, job 0, to us all. */
static int
agent_signal(struct agent *a, const struct frame *f, struct err *e)
{
	uint64_t signo;

	if (frame_number(f, &signo, e) < 0)
		return -1;
	if (signo >= NSIG)
		return err_set(e, 0, "signal %llu", (unsigned long long)signo);
	if (f->job != 0)
		agent_job_signal(a, f, (int)signo);
	else
		agent_sleep(a, (int)signo);
	return 0;
}

static int
agent_window(struct agent *a, const struct frame *f, struct err *e)
{
	uint64_t n;

	if (frame_number(f, &n, e) < 0)
		return -1;
	a->window += n;
	if (a->window > a->conf.window)
		return err_set(e, 0, "a window of more than was agreed");
	agent_jobs_resume(a);
	return 0;
}

static int
agent_frame(struct agent *a, const struct frame *f, struct err *e)
{
	if (!a->ready && f->kind != FRAME_SETUP && f->kind != FRAME_QUIT && f->kind != FRAME_BEAT)
		return err_set(e, 0, "%s before SETUP", frame_kind_name(f->kind));
	switch (f->kind) {
	case FRAME_SETUP:
		return agent_setup(a, f, e);
	case FRAME_JOB:
		return agent_job_add(a, f, e);
	case FRAME_INPUT:
	case FRAME_INPUT_END:
		return agent_job_input(a, f, e);
	case FRAME_WINDOW:
		return agent_window(a, f, e);
	case FRAME_SIGNAL:
		return agent_signal(a, f, e);
	case FRAME_FINISH:
		agent_job_finish(a, f);
		return 0;
	case FRAME_QUIT:
		a->quit = true;
		return 0;
	case FRAME_BEAT:
		return 0;
	default:
		return err_set(e, 0, "%s is not for an agent", frame_kind_name(f->kind));
	}
}

/* What makes no sense ends us: the runner is told why. */
static void
agent_take_frames(struct agent *a)
{
	struct frame f;
	enum next got = NEXT_GOT;
	struct err e;
	size_t at = 0;

	while (!a->gone && (got = frame_next(a->heard.data, a->heard.len, &at, &f, &e)) == NEXT_GOT)
		if (agent_frame(a, &f, &e) < 0) {
			got = NEXT_FAIL;
			break;
		}
	if (got == NEXT_FAIL) {
		frame_put(&a->say, FRAME_SAY, 0, 0, e.msg, strlen(e.msg));
		agent_flush(a);
		a->gone = true;
	}
	if (at > 0)
		buf_splice(&a->heard, 0, at, "", 0);
}

static void
agent_hear(struct agent *a)
{
	ssize_t n = read(a->in, buf_room(&a->heard, HEAR_BYTES), HEAR_BYTES);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		loop_forget(a->loop, a->in);
		a->gone = a->gone || !a->quit;
		if (a->gone && a->stopped)
			agent_sleep(a, SIGCONT); /* nobody else will wake them, who must end */
		return;
	}
	buf_grown(&a->heard, (size_t)n);
	a->heard_ns = clock_mono_ns();
	agent_take_frames(a);
}

static void
agent_beat(struct agent *a, int64_t now)
{
	int64_t every = (int64_t)a->conf.beat_ns, silence = SILENCE_BEATS * every;

	if (!a->ready || every <= 0)
		return;
	if (a->tick_ns > 0 && now - a->tick_ns > 2 * every)
		a->heard_ns = now; /* it was us who slept */
	a->tick_ns = now;
	if (now >= a->beat_ns) {
		frame_put(&a->say, FRAME_BEAT, 0, 0, "", 0);
		a->beat_ns = now + every;
	}
	agent_wake_at(a, a->beat_ns);
	if (silence < SILENCE_MIN_NS)
		silence = SILENCE_MIN_NS;
	if (!a->stopped && !a->quit && now - a->heard_ns > silence)
		a->gone = true;
}

/* --- the loop -------------------------------------------------------------------------------------------------------- */

static void
agent_dispatch(struct agent *a, const struct loop_event *ev)
{
	if (ev->kind == LOOP_SIGNAL)
		a->gone = true;
	else if (ev->kind == LOOP_EXIT)
		agent_job_exit(a, ev);
	else if (ev->fd == a->in)
		agent_hear(a);
	else if (ev->fd != a->out)
		agent_job_fd(a, ev->who, ev->fd);
}

static int
agent_loop(struct agent *a)
{
	struct loop_event ev;
	int64_t now;
	int r;

	for (;;) {
		now = clock_mono_ns();
		a->wake_ns = -1;
		if (a->ready)
			agent_jobs_tick(a, now);
		agent_beat(a, now);
		agent_flush(a);
		if (a->gone)
			return 1;
		if (a->quit && a->njobs == 0 && a->late == NULL && a->say.len == 0 && (!a->ready || ending_is_over(a->ending)))
			return 0;
		if ((r = loop_wait(a->loop, a->wake_ns)) < 0)
			return r;
		while (!a->gone && loop_next(a->loop, &ev))
			agent_dispatch(a, &ev);
	}
}

/* stdin and stdout are the runner's; nobody else is to have them by accident. */
static int
agent_take_stdio(struct agent *a)
{
	a->in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	a->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	a->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (a->in < 0 || a->out < 0 || a->null_fd < 0 || dup2(a->null_fd, STDIN_FILENO) < 0 ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return -errno;
	fcntl(a->in, F_SETFL, fcntl(a->in, F_GETFL) | O_NONBLOCK);
	fcntl(a->out, F_SETFL, fcntl(a->out, F_GETFL) | O_NONBLOCK);
	return 0;
}

static void
agent_close(struct agent *a)
{
	agent_jobs_free(a);
	starter_free(a->starter);
	guard_close(&a->guard);
	ending_free(a->ending);
	exec_free(a->exec);
	loop_free(a->loop);
	frame_words_free(&a->conf.env);
	buf_fini(&a->heard);
	buf_fini(&a->say);
	buf_fini(&a->setup);
	free(a->job);
	close(a->in);
	close(a->out);
	close(a->null_fd);
}

int
agent_run(struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP };
	struct agent a = { .in = -1, .out = -1 };
	int r;

	if ((r = agent_take_stdio(&a)) < 0)
		return err_sys(e, -r, "--agent");
	if ((r = loop_new(&a.loop, signals, ARRAY_LEN(signals))) < 0 || (r = loop_watch(a.loop, a.in, POLLIN, &a)) < 0)
		return err_sys(e, -r, "--agent: cannot wait for the runner");
	a.late_tail = &a.late;
	a.heard_ns = clock_mono_ns();
	agent_hello(&a);
	r = agent_loop(&a);
	if (r != 0)
		agent_jobs_kill(&a);
	agent_close(&a);
	return r < 0 ? err_sys(e, -r, "--agent") : r;
}
