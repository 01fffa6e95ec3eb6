/* Brings blocks to jobs (--pipe, --pipe-part): the side of run that joins intake, spread and feeders with the loop. Decides
 * nothing but who is asked when.
 * What feeds a run at all: run_feed_open.c.
 * Invariants: 1. a job's feeder is made before it starts and is gone once its exit is known.
 *             2. a block is read only where somebody can take it, but for one that is read ahead. */
#include "run_int.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "clock.h"

#define LEAVE_MAX 256 /* files for so many jobs that never run, at most */
#define SHUT_NS (2 * CLOCK_MS) /* between two looks whether a fifo was opened */

/* --- the next job ------------------------------------------------------------------------------------------------- */

/* Its values: with --cat and --fifo where it finds its input, which only its shell knows; else those of ::: where there are any
 * left. */
static void
run_feed_value(const struct run *r, struct job *j)
{
	args_reset(&j->args);
	if (r->o->cat || r->o->fifo)
		args_add(&j->args, "$PARALLEL_TMP", strlen("$PARALLEL_TMP"));
	else if (r->o->pipe_part)
		args_add(&j->args, ARGS_NONE, ARGS_NONE_LEN);
	else
		args_add(&j->args, "", 0);
	args_end_tuple(&j->args);
}

static enum next
run_feed_args(struct run *r, struct job *j, struct err *e)
{
	enum next n = r->o->ninputs == 0 || r->o->pipe_part || r->o->cat || r->o->fifo ? NEXT_END : batch_next(r->batch, &j->args, e);

	if (n == NEXT_FAIL || n == NEXT_GOT)
		return n;
	run_feed_value(r, j);
	return NEXT_GOT;
}

static void
run_feed_tell_growth(struct run *r)
{
	size_t was, is;

	if (intake_has_grown(r->feed.intake, &was, &is))
		run_say(r, "warning: a record was longer than %zu: increasing to --block %zu", was, is);
}

/* A block that is to be read by somebody. */
static enum next
run_feed_block(struct run *r, struct block **k, struct err *e)
{
	enum next n;

	for (;;) {
		n = intake_next(r->feed.intake, k, e);
		run_feed_tell_growth(r);
		if (n != NEXT_GOT || block_size(*k) > 0)
			return n;
		block_unref(*k);
		if (!r->o->no_run_if_empty)
			output_skip(r->output, ++r->seq);
	}
}

/* --results: the reference begins a job for every slot before it knows of blocks; so files are there for as many. */
static void
run_feed_leave(struct run *r)
{
	struct job j = { .capture = CAPTURE_INIT };
	uint64_t seq = r->seq;
	struct err e;

	if (r->o->pipe_part || r->o->round_robin || !results_keeps_files(r->results) || r->slots > LEAVE_MAX)
		return;
	while (++seq <= (uint64_t)r->slots) {
		j.seq = j.slot = seq;
		run_feed_value(r, &j);
		if (launch_leave(r->launch, &j, &e) < 0) {
			run_fail(r, &e);
			break;
		}
	}
	job_fini(&j);
}

/* --round-robin: the reference has a job in every slot before it knows of blocks, so they all run. */
static bool
run_feed_fills_slots(const struct run *r)
{
	return r->o->round_robin && !r->o->pipe_part && r->slots <= LEAVE_MAX;
}

enum next
run_feed_input(struct run *r, struct job *j, struct err *e)
{
	struct run_feed *f = &r->feed;
	bool own = f->spread == NULL || r->o->round_robin;
	enum next n = NEXT_GOT;

	block_unref(j->block);
	j->block = NULL;
	if (f->spread != NULL && f->made == f->jobs)
		return NEXT_END;
	if (own)
		n = run_feed_block(r, &j->block, e);
	j->idle = own && n == NEXT_END && run_feed_fills_slots(r);
	if (j->idle)
		n = NEXT_GOT;
	if (own && (n == NEXT_END || n == NEXT_FAIL)) {
		f->jobs = f->made;
		f->failed = n == NEXT_FAIL;
		run_feed_leave(r);
	}
	if (n == NEXT_WAIT && r->o->block_timeout_ns > 0 && f->hurry_ns < 0)
		f->hurry_ns = clock_mono_ns() + r->o->block_timeout_ns;
	if (n != NEXT_GOT)
		return n;
	f->hurry_ns = -1;
	r->input_ended = f->spread != NULL && ++f->made == f->jobs;
	j->seq = ++r->seq;
	if (r->input_ended && !own)
		run_feed_leave(r);
	if (!r->o->tee)
		return run_feed_args(r, j, e);
	n = batch_next(r->batch, &j->args, e);
	if (n == NEXT_GOT && (r->o->cat || r->o->fifo))
		run_feed_value(r, j);
	return n;
}

int
run_feed_fd(const struct run *r)
{
	return intake_fd(r->feed.intake);
}

/* --- one job's input ---------------------------------------------------------------------------------------------- */

static int
run_feed_try(struct run *r, struct job *j)
{
	int fd = feeder_fd(j->feeder), error;
	enum feed how = feeder_push(j->feeder, &error);

	if (how == FEED_FULL) {
		if (loop_watch(r->loop, feeder_fd(j->feeder), POLLOUT, j) < 0)
			err_bug("run: a job's input cannot be watched");
	} else if (fd >= 0) {
		loop_forget(r->loop, fd);
	}
	if (how == FEED_SHUT)
		r->feed.shut = true;
	return error;
}

void
run_feed_push(struct run *r, struct job *j)
{
	int error = run_feed_try(r, j);
	struct err e;

	if (error < 0) {
		err_sys(&e, -error, "input of job %" PRIu64, j->seq);
		run_fail(r, &e);
		run_end_job(r, j, clock_mono_ns());
	}
}

static void
run_feed_add_header(struct run *r, struct job *j)
{
	struct view h = intake_header(r->feed.intake);
	struct block *k = block_new();

	buf_add(&k->data, h.s, h.len);
	feeder_add(j->feeder, k);
	block_unref(k);
}

int
run_feed_start(struct run *r, struct job *j)
{
	struct run_feed *f = &r->feed;
	int error = feeder_new(r->engine != NULL || j->remote ? FEEDER_PIPE : f->kind, r->o->tmpdir, j->block == NULL ? UINT64_MAX : block_size(j->block), &j->feeder);

	if (error < 0)
		return error;
	if (f->spread != NULL) {
		spread_add(f->spread, j->feeder);
		if (r->o->round_robin && !j->idle)
			run_feed_add_header(r, j);
	}
	if (j->block != NULL)
		feeder_add(j->feeder, j->block);
	if (f->spread == NULL || f->ended)
		feeder_end(j->feeder);
	if ((error = run_feed_try(r, j)) < 0)
		run_feed_undo(r, j); /* it must not run on half of its input */
	return error;
}

static void
run_feed_drop(struct run *r, struct job *j)
{
	if (j->feeder == NULL)
		return;
	if (feeder_fd(j->feeder) >= 0)
		loop_forget(r->loop, feeder_fd(j->feeder));
	if (j->worker != NULL && feeder_job_fd(j->feeder) >= 0)
		loop_forget(r->loop, feeder_job_fd(j->feeder));
	if (r->feed.spread != NULL)
		spread_drop(r->feed.spread, j->feeder);
	feeder_free(j->feeder);
	j->feeder = NULL;
}

/* It did not start: it will be added again, or its place is nobody's. */
void
run_feed_undo(struct run *r, struct job *j)
{
	if (j->feeder != NULL && r->feed.spread != NULL)
		spread_undo(r->feed.spread, j->feeder);
	run_feed_drop(r, j);
}

static uint64_t
run_feed_unread(const struct job *j)
{
	return j->worker == NULL ? feeder_unread(j->feeder) : feeder_total(j->feeder) - j->far_took;
}

/* A job that leaves more unread than a pipe holds would have been the death of who feeds it: the reference counts that as the
 * job's own end; what has had half of its input has not done its work. Files at offsets (--pipe-part) and who takes several blocks are excused there;
 * so are jobs of a login, whose sshd takes all. */
void
run_feed_exit(struct run *r, struct job *j)
{
	bool plain = r->feed.spread == NULL && !r->o->pipe_part;

	if (j->feeder == NULL)
		return;
	if (plain || (r->o->round_robin && !r->o->pipe_part))
		j->fed_bytes = feeder_total(j->feeder);
	if (feeder_is_broken(j->feeder) && j->status == 0)
		j->status = SIGPIPE;
	if (plain && r->feed.kind == FEEDER_PIPE && !j->killed && !(j->remote && j->worker != NULL) && run_feed_unread(j) > FEEDER_UNREAD_MAX)
		j->status = SIGPIPE;
	run_feed_drop(r, j);
}

/* --- every round -------------------------------------------------------------------------------------------------- */
static void
run_feed_wait(struct run *r)
{
	if (r->o->block_timeout_ns > 0 && r->feed.hurry_ns < 0)
		r->feed.hurry_ns = clock_mono_ns() + r->o->block_timeout_ns;
	r->input_waits = loop_watch(r->loop, run_feed_fd(r), POLLIN, r) == 0;
}

static void
run_feed_push_all(struct run *r, bool end)
{
	struct job *j;

	for (j = r->running; j != NULL; j = j->next) {
		if (j->feeder == NULL)
			continue;
		if (end)
			feeder_end(j->feeder);
		if (end || feeder_left(j->feeder) > 0)
			run_feed_push(r, j);
	}
}

/* Gives out what is there, as long as somebody takes it. */
static void
run_feed_spread(struct run *r)
{
	struct run_feed *f = &r->feed;
	enum next n = f->failed ? NEXT_FAIL : NEXT_GOT;
	struct block *k;
	struct err e;

	while (n == NEXT_GOT && spread_is_alive(f->spread) && spread_is_ready(f->spread)) {
		n = run_feed_block(r, &k, &e);
		if (n == NEXT_GOT && spread_give(f->spread, k, &e) < 0)
			n = NEXT_FAIL;
		if (n == NEXT_GOT) {
			block_unref(k);
			run_feed_push_all(r, false);
		}
	}
	if (n == NEXT_WAIT)
		run_feed_wait(r);
	if (n == NEXT_FAIL && !f->failed)
		run_fail(r, &e);
	if (n == NEXT_END || n == NEXT_FAIL) {
		f->ended = true;
		run_feed_push_all(r, true);
	}
}

static void
run_feed_shut(struct run *r)
{
	struct job *j;

	r->feed.shut = false;
	for (j = r->running; j != NULL; j = j->next)
		if (j->feeder != NULL && feeder_fd(j->feeder) < 0)
			run_feed_push(r, j);
	if (r->feed.shut)
		run_wake_at(r, clock_mono_ns() + SHUT_NS);
}

bool
run_feed_gathers(const struct run *r)
{
	return r->feed.spread != NULL && !r->o->round_robin && !r->feed.ended;
}

/* Whether somebody who is to have his part waits to be started, and will be. */
static bool
run_feed_lacks_one(const struct run *r)
{
	const struct job *j;

	for (j = r->again; j != NULL && run_feed_gathers(r) && !sched_stopped(r->sched); j = j->next)
		if (j->attempt == 0)
			return true;
	return false;
}

void
run_feed_tick(struct run *r)
{
	struct run_feed *f = &r->feed;

	if (f->intake == NULL || r->killing)
		return;
	if (f->shut)
		run_feed_shut(r);
	if (f->hurry_ns >= 0 && clock_mono_ns() >= f->hurry_ns) {
		intake_hurry(f->intake);
		loop_watch(r->loop, run_feed_fd(r), 0, r);
		r->input_waits = false;
		run_wake_at(r, f->hurry_ns);
		f->hurry_ns = -1;
	}
	run_wake_at(r, f->hurry_ns);
	if (f->spread != NULL && f->made == f->jobs && !f->ended && !r->input_waits && !run_feed_lacks_one(r))
		run_feed_spread(r);
}

/* No slot is free: meanwhile the next block is read. */
void
run_feed_ahead(struct run *r)
{
	struct run_feed *f = &r->feed;

	if (f->intake != NULL && f->spread == NULL && !r->input_ended && !r->input_waits && !r->killing && intake_ahead(f->intake))
		run_feed_wait(r);
}
