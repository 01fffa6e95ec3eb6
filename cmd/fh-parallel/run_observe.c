/* Who watches the run, and what they are told. Decides nothing: options say who is there, run_job.c and run.c when they hear. */
#include "run_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "jsonlog.h"
#include "live.h"
#include "progress.h"
#include "recorder.h"

/* --- what they are told -------------------------------------------------------------------------------------------- */

void
run_observe_started(struct run *r, const struct job *j)
{
	struct sched_counts c = sched_counts(r->sched);
	size_t i;

	for (i = 0; i < r->nobs; i++)
		if (r->obs[i].started != NULL)
			r->obs[i].started(r->obs[i].self, j, &c);
}

void
run_observe_finished(struct run *r, const struct job *j)
{
	struct sched_counts c = sched_counts(r->sched);
	struct err e;
	size_t i;

	for (i = 0; i < r->nobs; i++)
		if (r->obs[i].finished != NULL && r->obs[i].finished(r->obs[i].self, j, &c, &e) < 0)
			run_fail(r, &e);
}

void
run_observe_ended(struct run *r, const struct job *j, enum observer_fate fate)
{
	size_t i;

	for (i = 0; i < r->nobs; i++)
		if (r->obs[i].ended != NULL)
			r->obs[i].ended(r->obs[i].self, j, fate);
}

void
run_tick(struct run *r, bool last)
{
	struct sched_counts c = sched_counts(r->sched);
	int64_t now = clock_mono_ns();
	struct observer *ob;
	size_t i;

	for (i = 0; i < r->nobs; i++) {
		ob = &r->obs[i];
		if (ob->tick != NULL && (last || (ob->wake_ns >= 0 && now >= ob->wake_ns)))
			ob->tick(ob->self, now, &c, last, &ob->wake_ns);
		if (ob->tick != NULL)
			run_wake_at(r, ob->wake_ns);
	}
}

int
run_observe_over(struct run *r)
{
	struct err e;
	int worst = 0;
	size_t i;

	for (i = 0; i < r->nobs; i++)
		if (r->obs[i].over != NULL && r->obs[i].over(r->obs[i].self, &e) < 0) {
			run_say(r, "%s", e.msg);
			worst = -1;
		}
	return worst;
}

/* --- who they are -------------------------------------------------------------------------------------------------- */

static int
run_open_recorder(struct run *r, struct err *e)
{
	struct recorder_conf c = { .trace = r->o->trace_file, .timeline = r->o->timeline, .begun_ns = clock_mono_ns(),
		.begun_wall_ns = clock_wall_ns() };

	if ((c.trace == NULL && c.timeline == NULL) || r->o->dry_run)
		return 0;
	if (recorder_open(&c, &r->obs[r->nobs], e) < 0)
		return -1;
	r->nobs++;
	return 0;
}

/* NO_COLOR (no-color.org): set, and not empty. */
static bool
run_wants_color(void)
{
	const char *no = getenv("NO_COLOR");

	return no == NULL || no[0] == '\0';
}

/* A terminal whose cursor can be moved. */
static bool
run_can_draw(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) == 1 && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

/* Where jobs write on the terminal themselves nothing can be drawn below their output. */
void
run_open_screen(struct run *r)
{
	const struct opts *o = r->o;
	bool direct = o->open_tty || (o->ungroup && (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO))) || (o->tmux && o->fg);

	if (direct || o->semaphore)
		return;
	r->draws_latest = o->latest_line && run_can_draw(STDOUT_FILENO);
	if (r->draws_latest)
		r->screen = screen_new(STDOUT_FILENO);
	else if ((o->live || o->bar || o->eta || o->progress) && run_can_draw(STDERR_FILENO))
		r->screen = screen_new(STDERR_FILENO);
}

static void
run_open_live(struct run *r)
{
	struct live_conf c = { .latest = r->draws_latest, .screen = r->screen, .fd = STDERR_FILENO, .total = r->total,
		.color = r->draws_latest ? r->o->color : run_wants_color() };

	if (r->draws_latest || r->o->live)
		live_new(&c, clock_mono_ns(), &r->obs[r->nobs++]);
}

static void
run_open_progress(struct run *r, bool bar, bool eta, bool progress)
{
	bool terminal = isatty(STDERR_FILENO) == 1;
	struct progress_conf c = { .bar = bar, .eta = eta, .progress = progress, .fd = STDERR_FILENO, .terminal = terminal,
		.screen = r->screen, .color = terminal && run_wants_color(), .total = r->total, .hosts = r->hosts };

	if (r->nobs == OBSERVERS_MAX)
		return;
	r->progress = &r->obs[r->nobs++];
	progress_new(&c, clock_mono_ns(), r->progress);
}

void
run_toggle_progress(struct run *r)
{
	if (r->progress == NULL)
		run_open_progress(r, false, false, true);
	else
		progress_toggle(r->progress);
}

int
run_open_observers(struct run *r, struct err *e)
{
	const struct opts *o = r->o;
	struct joblog_conf c = { .name = o->joblog, .append = o->joblog_append, .resume = o->resume,
		.failed_too = o->resume_failed, .retry = o->retry_failed, .ask = o->dry_run, .ordered = o->keep_order,
		.extra = o->joblog_extra };

	run_open_live(r);
	if (o->bar || o->eta || o->progress)
		run_open_progress(r, o->bar, o->eta, o->progress);
	if (o->joblog == NULL && o->results == NULL && (o->resume || o->resume_failed))
		return err_set(e, 0, "--resume: needs --joblog or --results");
	if (o->json_log != NULL && !o->dry_run) {
		if (jsonlog_open(o->json_log, &r->obs[r->nobs], e) < 0)
			return -1;
		r->nobs++;
	}
	if (run_open_recorder(r, e) < 0)
		return -1;
	if (o->joblog == NULL || (o->dry_run && !o->resume && !o->resume_failed && !o->retry_failed))
		return 0;
	return joblog_open(&c, &r->joblog, e) < 0 ? err_wrap(e, "--joblog") : 0;
}
