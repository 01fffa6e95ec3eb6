/* Brings one job to where it runs: gives it its slot, input and words, asks launch, or an agent, to start it. Decides only what
 * becomes of a job that cannot be started.
 * Invariant: a job that is started is in the running list; one that is not is in another, or was forgotten. */
#include "run_int.h"

#include <errno.h>
#include <inttypes.h>

#include "clock.h"
#include "perl.h"

static void
run_watch(struct run *r, struct job *j)
{
	int i;

	for (i = 0; i < 2; i++)
		if (j->capture.side[i].open && loop_watch(r->loop, j->capture.side[i].fd, run_pipe_events(r, j, i), j) < 0)
			err_bug("run: a pipe cannot be watched");
}

void
run_watch_pipes(struct run *r, bool on)
{
	struct job *j;

	if (r->pipes_quiet == !on)
		return;
	r->pipes_quiet = !on;
	for (j = r->running; j != NULL; j = j->next)
		run_watch(r, j);
}

static void
run_command_line(const struct job *j, struct buf *out)
{
	buf_add(out, buf_str(&j->command), j->command.len);
	buf_addc(out, '\n');
}

/* What is said before a job is started, for it may print at once: -t, and -v where its output is not captured. */
static void
run_announce(struct run *r, const struct job *j)
{
	bool verbose = r->o->verbose > 0 && r->o->ungroup && !r->o->dry_run &&
	    (r->o->results == NULL || !results_keeps_files(r->results)); /* else it goes with the output */
	AUTO_BUF line = { 0 };

	if (!verbose && (!r->o->trace || r->ask != NULL))
		return; /* who was asked has read it */
	run_command_line(j, &line);
	output_say(r->output, r->o->trace ? 1 : 0, line.data, line.len);
	run_pump(r);
}

static void
run_started(struct run *r, struct job *j)
{
	AUTO_BUF note = { 0 };

	if (((r->o->verbose > 0 && !r->o->ungroup) || r->o->dry_run) && !results_keeps_files(r->results))
		run_command_line(j, &note);
	output_started(r->output, j, buf_str(&note), note.len);
	run_time_out_at(r, j, sched_timeout_ns(r->sched));
	run_observe_started(r, j);
}

/* It runs its program. */
static void
run_spawned(struct run *r, struct job *j)
{
	if (j->pid > 0)
		run_found(r, j);
	run_turns_expect(r, j->pid);
	capture_started(&j->capture);
	r->later_told = false;
	job_event(j, EV_SPAWNED);
	run_watch(r, j);
	run_pack_look(r, j, 0);
	if (!capture_is_open(&j->capture))
		job_event(j, EV_EOF);
	if (r->killing)
		run_end_job(r, j, clock_mono_ns());
}

/* It could not be started at all, which was said: it counts as a job that failed as a shell would tell it. */
static void
run_unstartable(struct run *r, struct job *j, const struct err *e)
{
	run_feed_undo(r, j);
	j->status = e->code == ENOENT ? 127 << 8 : 126 << 8;
	j->end_ns = clock_mono_ns();
	job_event(j, EV_SPAWNED);
	output_started(r->output, j, "", 0);
	job_event(j, EV_EOF);
	job_event(j, EV_EXIT);
	run_finished(r, j);
}

/* It was not started, and nor will be any other: the run ends in good order. */
static void
run_stuck(struct run *r, struct job *j, const struct err *e)
{
	run_fail(r, e);
	run_feed_undo(r, j);
	run_hosts_left(r, j, false);
	sched_refused(r->sched, j->slot, clock_mono_ns());
	run_forget(r, j);
}

/* An expression of its died: that ends the run, with what perl says. False: none did. */
static bool
run_perl_died(struct run *r, struct job *j, const struct err *e)
{
	int status = perl_status(tmpl_set_perl(r->set));

	if (status < 0)
		return false;
	run_stuck(r, j, e);
	r->status = status;
	return true;
}

/* Descriptors are our own affair: where nothing of ours runs, and nothing waits to be printed, none will come free. */
static void
run_later(struct run *r, struct job *j, const struct err *e)
{
	bool alone = sched_running(r->sched) == 1 || run_feed_gathers(r);

	if (alone && e->code == EMFILE && output_is_flushed(r->output)) {
		run_stuck(r, j, e);
		return;
	}
	if (alone && !r->later_told) {
		run_say(r, "%s: trying again", e->msg);
		r->later_told = true;
	}
	run_feed_undo(r, j);
	run_hosts_left(r, j, false);
	sched_refused(r->sched, j->slot, clock_mono_ns());
	j->attempt--;
	run_link(&r->again, j);
}

static void run_launched(struct run *r, struct job *j, enum launch_result how, const struct err *e);

/* It is not to be run: all is done for it but that, as with --dry-run. */
static void
run_pretend(struct run *r, struct job *j)
{
	enum launch_result how;
	struct err e;

	run_feed_undo(r, j);
	run_hosts_left(r, j, false);
	j->skipped = true;
	run_announce(r, j);
	how = launch_start(r->launch, j, true, &e);
	run_launched(r, j, how, &e);
}

static void
run_launched(struct run *r, struct job *j, enum launch_result how, const struct err *e)
{
	switch (how) {
	case LAUNCH_SKIP:
		run_pretend(r, j);
		return;
	case LAUNCH_LATER:
		run_later(r, j, e);
		return;
	case LAUNCH_STOP:
		if (!run_perl_died(r, j, e))
			run_stuck(r, j, e);
		return;
	case LAUNCH_FAIL:
		if (run_perl_died(r, j, e))
			return;
		run_say(r, "%s", e->msg);
		run_unstartable(r, j, e);
		return;
	case LAUNCH_DRY:
	case LAUNCH_RUNS:
		run_link(how == LAUNCH_DRY ? &r->dry : &r->running, j);
		run_started(r, j);
		run_spawned(r, j);
	}
}

void
run_start_over(struct run *r, struct job *j)
{
	enum launch_result how;
	struct err e;

	run_unlink(&r->running, j);
	job_event(j, EV_REFUSED);
	run_discard(r, j);
	j->worker = NULL;
	how = launch_expand(r->launch, j, &e);
	if (how == LAUNCH_RUNS)
		how = launch_start(r->launch, j, true, &e);
	run_launched(r, j, how, &e);
}

void
run_refused_far(struct run *r, struct job *j, const struct err *e, bool later)
{
	run_unlink(&r->running, j);
	output_discard(r->output, j);
	job_again(j);
	if (later) {
		run_later(r, j, e);
	} else {
		run_say(r, "%s", e->msg);
		run_unstartable(r, j, e);
	}
}

/* Its stdin, where it has any. */
static enum launch_result
run_prepare_input(struct run *r, struct job *j, struct err *e)
{
	int error = r->feed.intake == NULL || r->o->dry_run ? 0 : run_feed_start(r, j);
	AUTO_BUF folder = { 0 };
	AUTO_BUF prefix = { 0 };

	if (error == 0)
		return LAUNCH_RUNS;
	if (r->feed.kind != FEEDER_PIPE)
		feeder_place(r->o->tmpdir, &folder, &prefix);
	err_sys(e, -error, "cannot make the input of a job%s%s", folder.len > 0 ? " in " : "", buf_str(&folder));
	return error == -EMFILE || error == -ENFILE ? LAUNCH_LATER : LAUNCH_STOP;
}

void
run_start(struct run *r, struct job *j)
{
	enum launch_result how;
	struct err e;

	j->slot = sched_started(r->sched, clock_mono_ns());
	j->attempt++;
	how = launch_expand(r->launch, j, &e);
	if (how != LAUNCH_RUNS)
		run_launched(r, j, how, &e);
	else if (!run_ask(r, j))
		run_begin(r, j);
	sched_begun(r->sched, clock_mono_ns());
}

void
run_refuse(struct run *r, struct job *j)
{
	run_launched(r, j, LAUNCH_SKIP, NULL);
}

/* Where it is to run. */
static enum launch_result
run_launch(struct run *r, struct job *j, struct err *e)
{
	if (r->engine != NULL || run_agents_for(r, j->remote ? j->host : NULL) != NULL)
		return run_far_start(r, j, e);
	j->worker = NULL;
	return launch_start(r->launch, j, run_is_first(r, j), e);
}

void
run_begin(struct run *r, struct job *j)
{
	enum launch_result how;
	struct err e;

	how = run_prepare_input(r, j, &e);
	if (how == LAUNCH_RUNS) {
		run_announce(r, j);
		how = run_launch(r, j, &e);
	}
	run_launched(r, j, how, &e);
	if (how == LAUNCH_RUNS)
		run_let_begin(r, j);
}
