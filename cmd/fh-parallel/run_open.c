/* Makes all rooms of a run, and unmakes them. Decides only who gets what. */
#include "run_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "autojobs.h"
#include "kin.h"
#include "mem.h"
#include "memo.h"

/* --- set-up ------------------------------------------------------------------------------------------------------- */

static enum capture_mode
run_capture_mode(const struct opts *o)
{
	return o->ungroup ? CAPTURE_INHERIT : o->line_buffer ? CAPTURE_PIPE : CAPTURE_FILE;
}

static int
run_open_input(struct run *r, struct err *e)
{
	const char *const *names;
	size_t n;

	if (run_feed_opts(r, e) < 0 || source_new(&r->input_opts, &r->source, e) < 0)
		return -1;
	names = source_names(r->source, &n);
	if (tmpl_set_new(r->o, names, n, &r->set, e) < 0)
		return -1;
	r->exec = exec_local_new(r->o);
	if (exec_shell_there(r->exec, e) < 0)
		return -1;
	tmpl_set_shell(r->set, shq_kind_of(exec_shell(r->exec)));
	if (results_new(r->o, r->set, source_shown(r->source), n, &r->results, e) < 0)
		return -1;
	n = r->o->retry_failed && r->o->joblog != NULL ? 0 : r->input_opts.ncommand; /* then the commands come from the log */
	return tmpl_compile(r->set, r->input_opts.command, n, TMPL_COMMAND, &r->command, e);
}

static int
run_open_sched(struct run *r, struct sched_conf *c, struct err *e)
{
	const struct opts *o = r->o;

	*c = (struct sched_conf){ .delay_ns = o->delay_ns, .delay_auto = o->delay_auto, .memfree = o->memfree,
		.tries = run_feed_spreads(o) ? 1 : o->retries, .timeout_ns = o->timeout_ns,
		.timeout_millipercent = o->timeout_millipercent };
	if (halt_parse(o->halt, &c->halt, e) < 0)
		return err_wrap(e, "--halt");
	r->cpus = cpu_count(o->use_sockets ? CPU_SOCKETS : o->use_cores ? CPU_CORES : CPU_THREADS);
	if (slots_is_auto(o->jobs) ? autojobs(r->cpus, memo_find(o->command, o->ncommand), &c->slots, NULL, e) < 0 :
	    slots_parse(o->jobs, r->cpus, &c->slots, &r->slots_in_file, e) < 0)
		return err_wrap(e, "--jobs");
	r->slots_max = c->slots;
	if (run_hosts_open(r, &c->slots, e) < 0)
		return -1;
	r->sched = sched_new(c);
	return 0;
}

/* Descriptors that one running job costs us: a file or a pipe for each of stdout and stderr, two ends of one for --pipe;
 * with --compress a pipe of its own, one of a program, and a file. */
static int64_t
run_job_fds(const struct opts *o)
{
	return (o->ungroup ? 0 : opts_compress(o) ? 8 : 2) + (o->pipe || o->pipe_part ? 2 : 0);
}

static void
run_row(void *results, const struct job *j, const struct buf text[2], struct buf *row)
{
	results_row(results, j, text, row);
}

/* What the machine is asked before a start. */
static int
run_open_world(struct run *r, struct err *e)
{
	struct world_conf c = { .opts = r->o, .cpus = r->cpus, .shell = exec_shell(r->exec), .sig = loop_sig(r->loop) };
	double load_max;

	if (world_new(&c, &r->world, &load_max, e) < 0)
		return -1;
	sched_set_load_max(r->sched, load_max);
	return 0;
}

/* Under make -j the jobs are make's too. Before the jobs' environment is made. */
static int
run_open_tokens(struct run *r, struct err *e)
{
	if (r->o->dry_run || r->o->semaphore)
		return 0;
	jobserver_join(getenv("MAKEFLAGS"), &r->tokens);
	return r->tokens == NULL && r->o->jobserver ? jobserver_serve(r->slots, &r->tokens, e) : 0;
}

/* Where output goes that is too large for memory must be there, though it may never be needed. */
static int
run_check_tmpdir(const struct opts *o, struct err *e)
{
	const char *dir = o->tmpdir != NULL ? o->tmpdir : getenv("TMPDIR");

	if (o->ungroup || dir == NULL || dir[0] == '\0' || access(dir, W_OK | X_OK) == 0)
		return 0;
	return err_sys(e, errno, "%s: %s", o->tmpdir != NULL ? "--tmpdir" : "TMPDIR", dir);
}

/* It ends the jobs where we are killed, gives make's tokens back, and removes what --cat and --fifo have made. */
static int
run_open_guard(struct run *r)
{
	size_t n = (size_t)(r->slots > r->slots_max ? r->slots : r->slots_max);
	bool files = r->o->cat || r->o->fifo;
	AUTO_BUF dir = { 0 };
	AUTO_BUF prefix = { 0 };
	int error;

	if (files)
		feeder_place(r->o->tmpdir, &dir, &prefix);
	if (r->tokens == NULL)
		return guard_open(&r->guard, n, files ? buf_str(&dir) : NULL, buf_str(&prefix));
	error = guard_open_owing(&r->guard, n, files ? buf_str(&dir) : NULL, buf_str(&prefix), jobserver_give_fd(r->tokens));
	if (error == 0)
		jobserver_owe(r->tokens, r->guard.debt);
	return error;
}

static int
run_open_loop(struct run *r, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGHUP };
	int error = loop_new(&r->loop, signals, ARRAY_LEN(signals) - sig_is_ignored(SIGHUP));

	if (error < 0)
		return err_sys(e, -error, "cannot watch signals");
	kin_adopt();
	return 0;
}

/* As many slots as are asked for (wanted), as far as there are descriptors. */
static void
run_open_slots(struct run *r, int64_t wanted, struct rlimit *nofile)
{
	if (r->engine != NULL)
		wanted = r->slots;
	r->slots = slots_fit(wanted, run_job_fds(r->o), nofile);
	if (r->slots < wanted && wanted < SLOTS_MAX)
		run_say(r, "warning: only enough file handles to run %" PRId64 " jobs in parallel", r->slots);
	sched_set_slots(r->sched, r->engine != NULL && !engine_steps(r->engine) ? 0 : r->slots);
}

/* What is there besides us: make's tokens, the guard. */
static int
run_open_company(struct run *r, struct err *e)
{
	int error;

	if (run_open_tokens(r, e) < 0)
		return -1;
	if (!r->o->dry_run && r->engine == NULL && (error = run_open_guard(r)) < 0)
		return err_sys(e, -error, "cannot start a second process");
	if (r->tokens != NULL) { /* the jobs' environment has another MAKEFLAGS now */
		exec_free(r->exec);
		r->exec = exec_local_new(r->o);
	}
	return 0;
}

/* Whether somebody reads the text of a job's command, be it run without a shell. */
static bool
run_wants_text(const struct opts *o, const struct sched_conf *c)
{
	return c->halt.when != HALT_NEVER || c->timeout_ns > 0 || c->timeout_millipercent > 0 || o->joblog != NULL ||
	    o->results != NULL || o->json_log != NULL || o->trace_file != NULL || o->timeline != NULL || o->interactive || o->live;
}

static int
run_open_launch(struct run *r, const struct sched_conf *c, const struct rlimit *nofile, struct err *e)
{
	struct launch_conf lc = { .opts = r->o, .set = r->set, .command = r->command, .mode = run_capture_mode(r->o),
		.nofile = *nofile, .pack = r->packs.on ? &r->packs.with : NULL, .marks = r->guard.group, .far = r->engine != NULL,
		.results = r->results, .exec = r->exec, .remote = r->remote, .sig = loop_sig(r->loop),
		.lanes = (size_t)(r->slots < r->cpus ? r->slots : r->cpus), .max_slots = (uint64_t)r->slots,
		.want_text = run_wants_text(r->o, c) };

	if (r->o->interactive)
		lc.lanes = 0; /* what is asked about stays the job that launch has expanded last */
	if (launch_new(&lc, &r->launch, e) < 0 || (r->o->interactive && ask_open(&r->ask, e) < 0))
		return -1;
	if (launch_attach(r->launch) != NULL)
		run_say(r, "see output with: %s", launch_attach(r->launch));
	return 0;
}

static void
run_open_output(struct run *r)
{
	bool silent = results_keeps_files(r->results);
	bool lines_named = r->o->line_buffer && r->o->results != NULL; /* as the reference: the names are shown */
	struct output_conf oc = { .ordered = r->o->keep_order, .dir = r->o->tmpdir, .tagged = launch_tags(r->launch),
		.painted = r->o->color, .paint_failed = r->o->color_failed, .silent = silent,
		.named = r->o->files || r->o->files0 || (lines_named && silent) };

	run_open_screen(r);
	oc.screen = r->screen;
	oc.what = r->draws_latest ? OUTPUT_NONE : r->o->latest_line ? OUTPUT_LATEST : r->o->live ? OUTPUT_REMEMBER : OUTPUT_ALL;
	if (results_is_table(r->results, &oc.row_fd)) {
		oc.row = run_row;
		oc.row_self = r->results;
	}
	r->output = output_new(&oc, r->loop, 1);
}

static int
run_open_rooms(struct run *r, struct err *e)
{
	struct sched_conf c;
	struct rlimit nofile = { 0 };

	if (run_check_tmpdir(r->o, e) < 0 || run_open_sched(r, &c, e) < 0 || ending_new(r->o->termseq, &r->ending, e) < 0)
		return -1;
	if (run_open_loop(r, e) < 0 || run_far_open(r, e) < 0)
		return -1;
	run_open_slots(r, c.slots, &nofile);
	if (run_open_company(r, e) < 0)
		return -1;
	run_pack_open(r);
	if (run_open_launch(r, &c, &nofile, e) < 0)
		return -1;
	r->batch = batch_new(&r->input_opts, r->source, r->command, (uint64_t)r->slots);
	run_open_output(r);
	return 0;
}

/* Whoever needs the number of all jobs makes us read all input first. */
static int
run_count(struct run *r, struct err *e)
{
	struct halt h;

	halt_parse(r->o->halt, &h, NULL);
	if (!tmpl_set_needs_total(r->set) && !r->o->shuf && !r->o->bar && !r->o->eta && !r->o->live && r->o->longest_first == NULL &&
	    !(h.when != HALT_NEVER && h.millipercent > 0))
		return 0;
	if (r->o->total_jobs > 0 && !r->o->shuf && r->o->longest_first == NULL)
		r->total = (uint64_t)r->o->total_jobs; /* --total-jobs: the user knows */
	else if (batch_total(r->batch, &r->total, e) < 0)
		return -1;
	sched_set_total(r->sched, r->total);
	launch_set_total(r->launch, r->total);
	return 0;
}

/* Before the joblog is begun anew: it may tell how long jobs take. */
static int
run_open_longest(struct run *r, struct err *e)
{
	struct longest_conf c = { .col = r->o->longest_first, .joblog = r->o->joblog, .command = r->command, .total = r->total };

	if (c.col == NULL || r->o->retry_failed)
		return 0;
	if (r->feed.intake != NULL)
		return err_set(e, 0, "--longest-first: not with --pipe");
	c.names = source_names(r->source, &c.nnames);
	return longest_new(&c, r->batch, &r->longest, e) < 0 ? err_wrap(e, "--longest-first") : 0;
}

/* What the run needs beside its rooms. */
static int
run_prepare(struct run *r, struct err *e)
{
	return run_open_world(r, e) < 0 || run_count(r, e) < 0 || run_open_longest(r, e) < 0 ? -1 : run_open_observers(r, e);
}

int
run_open(struct run *r, struct err *e)
{
	return run_open_input(r, e) < 0 || run_open_rooms(r, e) < 0 || run_open_feed(r, e) < 0 ? -1 : run_prepare(r, e);
}

static void
run_free_jobs(struct job **list)
{
	struct job *j;

	while ((j = run_pop(list)) != NULL) {
		job_fini(j);
		free(j);
	}
}

/* What jobs have said that never came to their end is output's to free. */
static void
run_forget_output(struct run *r)
{
	struct job *const lists[] = { r->running, r->packing, r->held };
	struct job *j;
	size_t i;

	if (r->output == NULL)
		return;
	for (i = 0; i < ARRAY_LEN(lists); i++)
		for (j = lists[i]; j != NULL; j = j->next)
			output_discard(r->output, j);
}

void
run_close(struct run *r)
{
	size_t i;

	run_forget_output(r);
	output_free(r->output);
	for (i = 0; i < r->nobs; i++)
		if (r->obs[i].free != NULL)
			r->obs[i].free(r->obs[i].self);
	screen_free(r->screen);
	joblog_close(r->joblog);
	run_free_jobs(&r->idle);
	if (r->asked != NULL)
		run_link(&r->again, r->asked);
	run_free_jobs(&r->again);
	run_free_jobs(&r->running);
	run_free_jobs(&r->dry);
	run_free_jobs(&r->held);
	run_free_jobs(&r->packing);
	run_pack_close(r);
	run_close_feed(r);
	ask_free(r->ask);
	batch_free(r->batch);
	longest_free(r->longest);
	run_far_close(r);
	launch_free(r->launch);
	results_free(r->results);
	exec_free(r->exec);
	run_hosts_close(r);
	ending_free(r->ending);
	world_free(r->world);
	jobserver_free(r->tokens);
	sched_free(r->sched);
	tmpl_free(r->command);
	tmpl_set_free(r->set);
	source_free(r->source);
	guard_close(&r->guard);
	loop_free(r->loop);
}
