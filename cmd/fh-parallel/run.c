/* Who calls whom: the one loop. It decides nothing itself: sched says what may start and what is tried again, output when
 * bytes appear, ending how a job dies, job what state it is in; run_job.c carries one job through them.
 * Invariants: 1. nothing is read from the input before a slot is free (run_fill).
 *             2. the run is over when nothing runs, nothing is to be retried, no group is left and all output is out. */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"
#include "memo.h"
#include "run_int.h"

/* --- what is next ------------------------------------------------------------------------------------------------- */

static struct job *
run_new_job(struct run *r)
{
	struct job *j = run_pop(&r->idle);

	if (j == NULL) {
		j = xcalloc(1, sizeof *j);
		j->capture = (struct capture)CAPTURE_INIT;
	}
	return j;
}

/* The values of the next job, and its number. */
static enum next
run_input(struct run *r, struct job *j, struct err *e)
{
	const char *command;
	enum next n;
	size_t len;

	if (r->feed.intake != NULL)
		return run_feed_input(r, j, e);
	if (r->longest != NULL) {
		if (!longest_next(r->longest, &j->args, &j->seq))
			return NEXT_END;
		r->seq = j->seq;
		return NEXT_GOT;
	}
	if (r->joblog == NULL || !r->o->retry_failed) {
		n = batch_next(r->batch, &j->args, e);
		j->seq = n == NEXT_GOT ? ++r->seq : 0;
		return n;
	}
	if (!joblog_retry_next(r->joblog, &j->seq, &command, &len))
		return NEXT_END;
	for (; r->seq + 1 < j->seq; r->seq++)
		output_skip(r->output, r->seq + 1);
	r->seq = j->seq;
	args_reset(&j->args);
	args_add(&j->args, command, len);
	args_end_tuple(&j->args);
	return NEXT_GOT;
}

/* --resume: whether a former run has done it. */
static bool
run_is_done(struct run *r, const struct job *j)
{
	struct tmpl_job v = { .args = &j->args, .seq = j->seq };

	if (r->joblog != NULL && joblog_skips(r->joblog, j->seq))
		return true;
	return r->o->resume && !r->o->resume_failed && results_are_there(r->results, &v);
}

struct job *
run_next_input(struct run *r)
{
	struct job *j;
	struct err e;

	if (r->input_ended || r->input_waits)
		return NULL;
	j = run_new_job(r);
	for (;;) {
		switch (run_input(r, j, &e)) {
		case NEXT_GOT:
			if (!run_is_done(r, j))
				return j;
			output_skip(r->output, j->seq);
			continue;
		case NEXT_WAIT:
			r->input_waits = loop_watch(r->loop, r->feed.intake != NULL ? run_feed_fd(r) : batch_fd(r->batch), POLLIN, r) == 0;
			break;
		case NEXT_FAIL:
			run_fail(r, &e);
			/* FALLTHROUGH */
		case NEXT_END:
			r->input_ended = true;
			break;
		}
		run_forget(r, j);
		return NULL;
	}
}

/* The next job to start, or NULL: none now. */
static struct job *
run_next_job(struct run *r)
{
	struct job *j;

	if (r->hosts != NULL)
		return run_hosts_next(r);
	j = run_pop(&r->again);
	return j != NULL ? j : run_next_input(r);
}

static void
run_reread_slots(struct run *r)
{
	int64_t slots;
	bool file;

	if (r->hosts != NULL)
		run_hosts_reread(r);
	else if (r->slots_in_file && slots_parse(r->o->jobs, r->cpus, &slots, &file, NULL) == 0)
		sched_set_slots(r->sched, slots < r->slots ? slots : r->slots);
}

/* The machine is asked only where a job might start. */
static bool
run_may_start(struct run *r, int64_t *wake)
{
	struct sched_world w = { 0 };
	int64_t now = clock_mono_ns();

	if (r->world != NULL && (int64_t)sched_running(r->sched) < r->slots && (r->again != NULL || !r->input_ended))
		world_look(r->world, now, sched_running(r->sched), &w);
	if (sched_next(r->sched, now, &w, wake) != SCHED_START)
		return false;
	r->token_waits = r->tokens != NULL && (r->again != NULL || !r->input_ended) &&
	    !jobserver_may(r->tokens, sched_running(r->sched));
	return !r->token_waits;
}

/* Tokens of make's that nothing runs on go back; more are waited for only where a job could use one. */
static void
run_settle_tokens(struct run *r)
{
	if (r->tokens == NULL)
		return;
	jobserver_settle(r->tokens, sched_running(r->sched));
	if (loop_watch(r->loop, jobserver_fd(r->tokens), r->token_waits ? POLLIN : 0, r->tokens) < 0)
		err_bug("run: the jobserver cannot be watched");
}

static void
run_fill(struct run *r)
{
	struct job *j;
	int64_t wake = -1;

	run_reread_slots(r);
	while (r->asked == NULL && output_room(r->output) && run_far_has_room(r) && run_may_start(r, &wake)) {
		if ((j = run_next_job(r)) == NULL)
			return;
		launch_wait(r->launch);
		run_start(r, j);
	}
	run_feed_ahead(r);
	if (output_room(r->output) && r->asked == NULL)
		run_wake_at(r, wake);
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

static void
run_child(struct run *r, const struct loop_event *ev)
{
	if (r->fleet != NULL)
		fleet_exited(r->fleet, ev->pid);
	run_exit(r, ev);
}

static void
run_dispatch(struct run *r, const struct loop_event *ev)
{
	if (ev->kind == LOOP_SIGNAL)
		run_signal(r, ev->signo);
	else if (ev->kind == LOOP_EXIT)
		run_child(r, ev);
	else if (r->fleet != NULL && run_far_fd(r, ev))
		return;
	else if (ev->who != NULL && ev->who == r->ask)
		run_answer(r);
	else if (ev->who == r)
		loop_watch(r->loop, ev->fd, 0, r), r->input_waits = false;
	else if (ev->who != output_who(r->output) && ev->who != r->tokens)
		run_pipe(r, ev->who, ev->fd);
}

/* What it is that fails where output does. */
static void
run_name_output(const struct run *r, struct buf *out)
{
	int fd = STDOUT_FILENO;

	if (output_lost(r->output))
		buf_adds(out, "what a job printed");
	else if (results_is_table(r->results, &fd) && fd != STDOUT_FILENO)
		buf_addf(out, "--results: %s", r->o->results);
	else
		buf_adds(out, "standard output");
}

/* Our reader is gone, or the disk is full. */
static void
run_check_output(struct run *r)
{
	AUTO_BUF what = { 0 };
	int error = output_failed(r->output);

	if (error == 0 || r->output_told || (error == EPIPE && r->killing))
		return;
	r->output_told = true;
	r->status = STATUS_OTHER;
	if (error == EPIPE) {
		r->broken_pipe = true;
		run_kill_all(r);
		return;
	}
	run_name_output(r, &what);
	run_say(r, "%s: %s", buf_str(&what), strerror(error));
	sched_stop(r->sched);
}

/* What a job printed cannot be shown, for nobody can read its file. */
static void
run_check_unpacked(struct run *r)
{
	int status = output_unpack_status(r->output);

	if (status == 0 || r->status != 0)
		return;
	r->status = STATUS_OTHER;
	run_pack_failed(r, "--decompress-program", r->packs.with.back, status);
}

static bool
run_is_over(const struct run *r)
{
	bool nothing_new = sched_stopped(r->sched) || (r->input_ended && r->again == NULL);

	return nothing_new && r->running == NULL && r->dry == NULL && r->packing == NULL && r->held == NULL && r->asked == NULL &&
	    ending_is_over(r->ending);
}

bool
run_round(struct run *r)
{
	do {
		r->wake_ns = -1;
		r->token_waits = false;
		run_far_events(r);
		if (!r->killing)
			run_fill(r);
		run_feed_tick(r);
		run_end_dry(r);
		run_settle_asked(r);
		run_settle_tokens(r);
		run_settle(r, false);
		run_press(r, clock_mono_ns());
		run_deadlines(r, clock_mono_ns());
		run_relief(r, clock_mono_ns());
		ending_tick(r->ending, clock_mono_ns(), &r->wake_ns);
		run_tick(r, false);
		run_pump(r);
		run_log(r);
		run_check_output(r);
		run_check_unpacked(r);
		run_far_tick(r);
		run_watch_pipes(r, output_room(r->output));
		if (r->killing && r->running == NULL)
			run_orphans(r, NULL);
		if (run_is_over(r))
			return false;
		/* nothing to wait for: there is room for the next */
	} while (sched_running(r->sched) == 0 && !r->input_waits && r->wake_ns < 0 && output_room(r->output));
	return true;
}

void
run_events(struct run *r)
{
	struct loop_event ev;

	while (loop_next(r->loop, &ev))
		run_dispatch(r, &ev);
}

static int
run_loop(struct run *r)
{
	int error;

	while (run_round(r)) {
		run_turns_look(r);
		if ((error = loop_wait(r->loop, r->wake_ns)) < 0)
			return error;
		run_events(r);
	}
	return 0;
}

/* All jobs are over, and the reader of our output is behind: does the signal mean that what he has not got is lost? */
static bool
run_gives_up(struct run *r, int signo)
{
	bool first = signo == SIGINT && r->interrupts++ == 0;

	if (signo == SIGTSTP)
		kill(getpid(), SIGSTOP);
	if (first)
		run_say(r, "interrupted: waiting for the reader of our output; again to end");
	if (signo != SIGINT && signo != SIGTERM && signo != SIGQUIT)
		return false;
	r->status = STATUS_OTHER;
	return !first;
}

/* All that is held is said, and the reader is waited for. */
static void
run_flush(struct run *r)
{
	struct loop_event ev;
	int error;

	if (!r->killing)
		output_flush_held(r->output);
	for (;;) {
		output_pump(r->output);
		if (output_is_flushed(r->output))
			return;
		if ((error = loop_wait(r->loop, output_waits(r->output) ? -1 : 0)) < 0) {
			run_say(r, "cannot wait until all output is out: %s", strerror(-error));
			r->status = STATUS_OTHER;
			return;
		}
		while (loop_next(r->loop, &ev))
			if (ev.kind == LOOP_EXIT)
				output_exited(r->output, ev.pid, ev.status);
			else if (ev.kind == LOOP_SIGNAL && run_gives_up(r, ev.signo))
				return;
	}
}

int
run_all(const struct opts *o, void (*say)(const char *line), struct err *e)
{
	struct run r = { .o = o, .say = say, .wake_ns = -1 };
	int status = -1, error;

	if (run_open(&r, e) < 0)
		goto out;
	if ((error = run_loop(&r)) < 0) {
		err_sys(e, -error, "cannot wait for jobs");
		run_kill_now(&r);
		run_turns_close(&r);
		goto out;
	}
	run_turns_close(&r);
	run_flush(&r);
	output_close(r.output);
	run_check_output(&r);
	run_check_unpacked(&r);
	run_log_rest(&r);
	run_tick(&r, true);
	status = r.status != 0 ? r.status : sched_status(r.sched);
	run_far_requeue(&r);
	if (slots_is_auto(o->jobs) && r.peak_bytes > 0)
		memo_store(o->command, o->ncommand, r.peak_bytes); /* a run does not fail for want of a cache */
out:
	if (run_observe_over(&r) < 0)
		status = STATUS_OTHER;
	run_close(&r);
	if (r.broken_pipe)
		raise(SIGPIPE); /* as if it had killed us: it does where nobody ignores it */
	return status;
}
