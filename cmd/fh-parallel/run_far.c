/* Joins jobs with workers elsewhere: what a worker says of a job becomes the same events that a process of ours would give.
 * Decides nothing but what is done with a job whose worker is lost.
 * Invariants: 1. a job that runs elsewhere has no pid, and its pipes count as closed: its one event is its exit, told behind all
 *                that it printed.
 *             2. a lost attempt is not the job's: what it printed and was not shown yet never is, and it is not counted. */
#include "run_int.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"
#include "opt.h"
#include "slurm.h"

#define LOSSES_MAX 5           /* workers that a job may take with it */
#define WINDOW_BYTES (1 << 20) /* of a worker's output on its way */
#define HELLO_NS (60 * CLOCK_S)
#define HELLO_EACH_NS (CLOCK_S / 10) /* more, for each: they are all called at once */
#define BEATS 5                /* in the time after which a worker is lost */

/* --- set-up ----------------------------------------------------------------------------------------------------------- */

static struct view
view_of(const char *s)
{
	return (struct view){ s != NULL ? s : "", s != NULL ? strlen(s) : 0 };
}

extern char **environ;

/* What --env names; and, where nobody logs in, exported functions: a launcher that is a shell would not hand them on. */
static bool
run_far_sends(const struct run *r, const char *entry)
{
	if (r->engine != NULL && strncmp(entry, "BASH_FUNC_", strlen("BASH_FUNC_")) == 0)
		return true;
	return remote_sends(r->o, entry);
}

static void
run_far_env(struct run *r)
{
	size_t i, n = 0;

	for (i = 0; environ[i] != NULL; i++)
		n++;
	r->far_env.v = xcalloc(n + 1, sizeof *r->far_env.v);
	for (i = 0; environ[i] != NULL; i++)
		if (run_far_sends(r, environ[i]))
			r->far_env.v[r->far_env.n++] = view_of(environ[i]);
}

int
run_far_summon(struct run *r, struct err *e)
{
	if (summon_new(r->o, &r->summon, e) < 0)
		return -1;
	summon_text(r->summon, &r->summon_text);
	return 0;
}

void
run_far_fleet(struct run *r, const char *shell)
{
	const struct opts *o = r->o;
	struct fleet_conf c = { .loop = r->loop, .silence_ns = o->worker_timeout_ns, .hello_ns = HELLO_NS, .tool = FH_VERSION };

	run_far_env(r);
	c.setup = (struct frame_setup){ .shell = view_of(shell), .dir = view_of(r->far_dir), .tmpdir = view_of(o->tmpdir),
		.slot_var = view_of(o->slot_var), .termseq = view_of(o->termseq), .pid = (uint64_t)getpid(), .window = WINDOW_BYTES,
		.beat_ns = (uint64_t)(c.silence_ns / BEATS), .nice = o->nice == INT64_MIN ? 0 : o->nice, .env = r->far_env };
	if (r->summon != NULL)
		c.gift = summon_program(r->summon);
	if (r->engine != NULL)
		c.hello_ns = engine_queues(r->engine) ? 0 : HELLO_NS + (int64_t)engine_workers(r->engine) * HELLO_EACH_NS;
	r->fleet = fleet_new(&c);
}

int
run_far_open(struct run *r, struct err *e)
{
	const struct opts *o = r->o;

	if (engine_new(o, r->loop, r->cpus, &r->engine, e) < 0)
		return -1;
	if (r->engine == NULL)
		return run_agents_open(r, e);
	r->slots = engine_slots(r->engine);
	if (o->tty)
		return err_set(e, 0, "--engine: not with --tty");
	if (opts_compress(o))
		return err_set(e, 0, "--engine: not with --compress");
	if (getcwd(r->far_dir, sizeof r->far_dir) == NULL)
		return err_sys(e, errno, "the folder that we are in");
	if (run_far_summon(r, e) < 0)
		return -1;
	r->far_exec = exec_local_new(o);
	run_far_fleet(r, exec_shell(r->far_exec));
	return engine_call(r->engine, r->fleet, buf_str(&r->summon_text), e);
}

void
run_far_close(struct run *r)
{
	fleet_free(r->fleet);
	engine_free(r->engine);
	exec_free(r->far_exec);
	summon_free(r->summon);
	buf_fini(&r->summon_text);
	frame_words_free(&r->far_env);
}

/* --- a job ------------------------------------------------------------------------------------------------------------ */

bool
run_far_has_room(const struct run *r)
{
	return r->engine == NULL || engine_steps(r->engine) || fleet_pick(r->fleet, NULL) != NULL || sched_stopped(r->sched);
}

static enum frame_input
run_far_input(const struct run *r, const struct job *j)
{
	if (j->feeder == NULL)
		return FRAME_IN_NULL;
	return r->feed.kind == FEEDER_FILE ? FRAME_IN_FILE : r->feed.kind == FEEDER_FIFO ? FRAME_IN_FIFO : FRAME_IN_PIPE;
}

/* Whoever is to have it; NULL: nobody can, words in e. */
static struct worker *
run_far_worker(struct run *r, struct job *j, struct err *e)
{
	struct worker *w;

	if (r->engine == NULL)
		return j->host->agent;
	if (engine_steps(r->engine)) {
		j->worker = NULL; /* the last one is gone */
		if (engine_call_one(r->engine, r->fleet, e) < 0)
			return NULL;
	}
	if ((w = fleet_pick(r->fleet, j->worker)) == NULL)
		err_set(e, EAGAIN, "no worker has room");
	return w;
}

enum launch_result
run_far_start(struct run *r, struct job *j, struct err *e)
{
	struct frame_job fj;
	enum launch_result how = launch_far(r->launch, j, &fj, e);
	struct worker *w;

	if (how != LAUNCH_RUNS)
		return how;
	if ((w = run_far_worker(r, j, e)) == NULL)
		return LAUNCH_LATER;
	fj.input = run_far_input(r, j);
	j->far_took = 0;
	if (worker_give(w, j, &fj) < 0) {
		j->worker = NULL;
		err_set(e, E2BIG, "a command is longer than an agent takes");
		return LAUNCH_FAIL;
	}
	run_far_feed(r, j);
	return LAUNCH_RUNS;
}

void
run_far_feed(struct run *r, struct job *j)
{
	int fd = j->feeder != NULL ? feeder_job_fd(j->feeder) : -1;
	char data[FRAME_DATA_BYTES];
	uint64_t credit = 0;
	ssize_t n = 0;

	if (fd < 0 || j->worker->state != WORKER_READY)
		return; /* not before it is sure who reads it */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		err_bug("far: a pipe cannot be read");
	while ((credit = fleet_credit(j)) > 0) {
		n = read(fd, data, credit < sizeof data ? (size_t)credit : sizeof data);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		fleet_input(r->fleet, j, data, (size_t)n);
	}
	if (credit > 0 && n == 0)
		fleet_input_end(r->fleet, j);
	if (loop_watch(r->loop, fd, credit > 0 && n < 0 ? POLLIN : 0, j) < 0)
		err_bug("far: a pipe cannot be watched");
}

void
run_end_job(struct run *r, struct job *j, int64_t now)
{
	if (r->fleet == NULL || j->pid > 0) {
		ending_begin(r->ending, j, now);
		run_due(r, j);
		return;
	}
	if (j->killed)
		return;
	if (run_agents_end(r, j))
		return;
	j->killed = true;
	j->deadline_ns = 0;
	fleet_finish(r->fleet, j);
}

bool
run_far_stops(const struct run *r)
{
	return r->engine != NULL && engine_is_slurm(r->engine);
}

int
run_far_status(struct run *r, int signo)
{
	r->far_stopped = run_far_stops(r);
	return r->far_stopped ? 128 + signo : STATUS_OTHER;
}

void
run_far_requeue(struct run *r)
{
	const char *id = getenv("SLURM_JOB_ID");
	struct err e;

	if (r->far_stopped && r->o->requeue && id != NULL && slurm_requeue(id, &e) < 0)
		run_say(r, "--requeue: %s", e.msg);
}

/* --- what workers say ------------------------------------------------------------------------------------------------- */

static void
run_far_output(struct run *r, struct job *j, int side, struct view text)
{
	struct err e;
	int error;

	if (j->capture.mode != CAPTURE_FILE) {
		output_give(r->output, j, side, text.s, text.len);
		return;
	}
	if ((error = capture_add(&j->capture, side, r->o->tmpdir, text.s, text.len)) == 0 || j->lost)
		return;
	err_sys(&e, -error, "the output of a job cannot be kept");
	run_fail(r, &e);
	j->lost = true; /* it cannot be shown as it was */
	run_end_job(r, j, clock_mono_ns());
}

static struct timeval
timeval_of(uint64_t us)
{
	return (struct timeval){ .tv_sec = (time_t)(us / 1000000), .tv_usec = (suseconds_t)(us % 1000000) };
}

static void
run_far_exit(struct run *r, struct job *j, const struct frame_exit *x)
{
	int64_t now = clock_mono_ns();

	j->status = (int)x->status;
	if (j->remote && WIFSIGNALED(j->status)) /* what sshd would say of it */
		j->status = j->killed ? SIGTERM : (128 + WTERMSIG(j->status)) << 8;
	j->far_took = x->took;
	j->usage = (struct rusage){ .ru_utime = timeval_of(x->user_us), .ru_stime = timeval_of(x->sys_us), .ru_maxrss = (long)x->peak_kib };
	j->end_ns = x->ran_ns < (uint64_t)(now - j->start_ns) ? j->start_ns + (int64_t)x->ran_ns : now;
	run_ended(r, j);
}

static void
run_far_refused(struct run *r, struct job *j, int code, const char *words)
{
	bool later = code == EAGAIN || code == ENOMEM || code == EMFILE || code == ENFILE;
	struct err e;

	err_set(&e, code, "%s", words);
	run_refused_far(r, j, &e, later);
}

/* Its worker is gone, and nobody knows how far the job came. */
static void
run_far_lost(struct run *r, struct job *j)
{
	bool fed = r->feed.spread != NULL; /* what it has read cannot be had again */

	j->end_ns = clock_mono_ns();
	j->far_took = j->feeder != NULL ? feeder_total(j->feeder) : 0;
	j->status = SIGKILL;
	if (j->timed_out) {
		j->status = SIGTERM;
	} else if (fed || ++j->losses > LOSSES_MAX) {
		run_say(r, fed ? "job %llu was lost with its worker, and its input with it" :
		    "job %llu was lost with its worker too often: it counts as failed", (unsigned long long)j->seq);
	} else {
		j->lost = j->gave_way = true;
		j->attempt--;
	}
	run_ended(r, j);
}

static void
run_far_event(struct run *r, const struct fleet_event *ev)
{
	switch (ev->kind) {
	case FLEET_OUTPUT:
		run_far_output(r, ev->job, ev->side, ev->text);
		return;
	case FLEET_EXIT:
		run_far_exit(r, ev->job, &ev->end);
		return;
	case FLEET_REFUSED:
		run_far_refused(r, ev->job, ev->code, ev->text.s);
		return;
	case FLEET_LOST:
		run_far_lost(r, ev->job);
		return;
	case FLEET_ABSENT:
		run_agents_absent(r, ev->job);
		return;
	case FLEET_READY:
		run_agents_ready(r, ev->worker);
		return;
	case FLEET_CREDIT:
		run_far_feed(r, ev->job);
		return;
	case FLEET_SAY:
		run_say(r, "%.*s", (int)ev->text.len, ev->text.s);
		return;
	case FLEET_SLOTS:
		if (r->engine != NULL && !engine_steps(r->engine))
			sched_set_slots(r->sched, (int64_t)fleet_slots(r->fleet));
	}
}

bool
run_far_fd(struct run *r, const struct loop_event *ev)
{
	return fleet_fd(r->fleet, ev->fd, ev->who, ev->revents);
}

void
run_far_events(struct run *r)
{
	struct fleet_event ev;

	while (r->fleet != NULL && fleet_next(r->fleet, &ev))
		run_far_event(r, &ev);
}

void
run_far_tick(struct run *r)
{
	struct err e;

	if (r->fleet == NULL)
		return;
	fleet_tick(r->fleet, clock_mono_ns(), output_room(r->output), &r->wake_ns);
	if (r->engine != NULL && !engine_steps(r->engine) && !fleet_is_alive(r->fleet) && !sched_stopped(r->sched) &&
	    !(r->input_ended && r->again == NULL && r->running == NULL)) {
		err_set(&e, 0, "no worker is left: %s", r->o->joblog != NULL ? "--resume runs what is not done" : "what is not done is not run");
		run_fail(r, &e);
	}
}
