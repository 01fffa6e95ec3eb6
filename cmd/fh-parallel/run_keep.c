/* Decides when a job counts as done for later runs (--joblog, --resume): when it is over and what it printed has been taken by
 * whoever reads us, whole. What is not so is in flight, and a later run repeats it.
 * Invariants: 1. no line is logged while bytes of that job wait (run_log asks output_is_flushed).
 *             2. once our output or the folder of temporary files has failed, no more is logged. */
#include "run_int.h"

#include <errno.h>
#include <stdlib.h>

static bool
run_is_trusted(const struct run *r)
{
	return !r->disk_full && output_failed(r->output) == 0;
}

/* Said once, not for each job that runs still. */
static void
run_cannot_keep(struct run *r, const struct err *e)
{
	if (!r->keep_told)
		run_fail(r, e);
	r->keep_told = true;
}

static void
run_log_until(struct run *r, uint64_t next)
{
	struct err e;

	if (r->joblog == NULL || !output_is_flushed(r->output) || !run_is_trusted(r) || joblog_shown(r->joblog, next, &e) == 0)
		return;
	err_wrap(&e, "--joblog");
	run_cannot_keep(r, &e);
}

void
run_log(struct run *r)
{
	run_log_until(r, output_next(r->output));
}

void
run_log_rest(struct run *r)
{
	run_log_until(r, r->killing ? output_next(r->output) : UINT64_MAX);
}

void
run_remember(struct run *r, const struct job *j)
{
	struct err e;

	if (r->joblog != NULL)
		run_pump(r);
	if (!run_is_trusted(r))
		return;
	if (results_done(r->results, j->seq, &j->file, j->in_folder, &e) < 0)
		run_cannot_keep(r, &e);
	if (r->joblog != NULL)
		joblog_finished(r->joblog, j);
	run_log(r);
}

static bool
run_writes_to_disk(const struct run *r)
{
	const struct job *j;

	for (j = r->running; j != NULL; j = j->next)
		if (capture_is_on_disk(&j->capture))
			return true;
	return false;
}

static void
run_disk_full(struct run *r)
{
	bool named = r->o->results != NULL && results_keeps_files(r->results);
	const char *dir = named ? r->o->results : r->o->tmpdir != NULL ? r->o->tmpdir : getenv("TMPDIR");
	struct err e;

	r->disk_full = true;
	err_set(&e, ENOSPC, "%s: the disk is full: what jobs print may not be whole%s", dir != NULL && dir[0] != '\0' ? dir : "/tmp",
	    named ? "" : "; --tmpdir names another folder");
	run_fail(r, &e);
}

/* Before a job's files are given back, which makes room: was there any left? All that run now may have lost some of what
 * they printed. */
void
run_look_at_disk(struct run *r, const struct job *j)
{
	bool was_full = output_was_cramped(r->output) && (capture_is_on_disk(&j->capture) || run_writes_to_disk(r));

	if (!r->disk_full && (was_full || capture_is_cramped(&j->capture)))
		run_disk_full(r);
}

/* What goes out takes its file along, and the room that this makes hides that there was none. */
void
run_pump(struct run *r)
{
	output_pump(r->output);
	if (output_was_cramped(r->output) && !r->disk_full && run_writes_to_disk(r))
		run_disk_full(r);
}
