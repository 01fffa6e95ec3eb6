/* Decides that jobs which begin and end at almost the same time are seen in the order of their input. Nothing asks for
 * that without -k; but the reference needs milliseconds to start a job, so that there short jobs come in order nearly
 * always, and scripts have come to count on it. Costs a short wait at the start of a run, and none of a slot's time later.
 * Invariants: 1. a job that is held has given its slot back already: only what is seen of it waits.
 *             2. none is held longer than HOLD_NS, but for what is being packed, nor at all where more than RUNNING_MAX run
 *                at once. */
#include "run_int.h"

#include <errno.h>
#include <sys/wait.h>

#include "clock.h"

#define NEAR_NS (10 * CLOCK_MS) /* as far apart as the reference starts its jobs */
#define HOLD_NS (30 * CLOCK_MS)
#define PACK_FACTOR 4 /* of both, where programs for what jobs print are started in between */
#define RUNNING_MAX 64
#define FIRST_JOBS 24           /* that start one after the other */
#define FIRST_GAP_NS (3 * CLOCK_MS)
#define FIRST_NAP_NS (CLOCK_MS / 20)

bool
run_is_first(const struct run *r, const struct job *j)
{
	return j->seq <= FIRST_JOBS && r->slots > 1 && !r->o->dry_run && r->feed.intake == NULL;
}

/* The job has just been started: the next one must not overtake it before it has begun. */
void
run_let_begin(const struct run *r, const struct job *j)
{
	int64_t until = j->start_ns + FIRST_GAP_NS;
	siginfo_t si;

	if (!run_is_first(r, j) || j->pid <= 0)
		return;
	do {
		si.si_pid = 0;
		if (waitid(P_PID, (id_t)j->pid, &si, WEXITED | WNOHANG | WNOWAIT) < 0 || si.si_pid != 0)
			return;
		clock_sleep_ns(FIRST_NAP_NS);
	} while (clock_mono_ns() < until);
}

/* Whether an earlier job, begun just before j, runs still. */
static bool
run_overtakes(const struct run *r, const struct job *j)
{
	const int64_t near = r->packs.on ? NEAR_NS * PACK_FACTOR : NEAR_NS;
	const struct job *i;

	for (i = r->running; i != NULL; i = i->next)
		if (i->seq < j->seq && j->start_ns - i->start_ns < near)
			return true;
	return false;
}

/* Whether an earlier job is over like j, and what it printed is only not packed yet. */
static bool
run_outruns(const struct run *r, const struct job *j)
{
	const struct job *i;

	for (i = r->packing; i != NULL; i = i->next)
		if (i->seq < j->seq)
			return true;
	return false;
}

/* Keeps j back where it has overtaken an earlier one; run_settle shows it. False: it can be shown now. */
bool
run_hold(struct run *r, struct job *j)
{
	struct job **at = &r->held;

	if (r->o->keep_order || r->killing || r->slots > RUNNING_MAX || (r->held == NULL && !run_overtakes(r, j) && !run_outruns(r, j)))
		return false;
	while (*at != NULL && (*at)->seq < j->seq)
		at = &(*at)->next;
	j->next = *at;
	j->prev = NULL;
	*at = j;
	return true;
}

/* Until when the first of those held may wait, by the one that has been held longest: it may be behind one that ended later. */
static int64_t
run_hold_ends(const struct run *r)
{
	int64_t first = INT64_MAX;
	const struct job *j;

	for (j = r->held; j != NULL; j = j->next)
		if (j->end_ns < first)
			first = j->end_ns;
	return first + (r->packs.on ? HOLD_NS * PACK_FACTOR : HOLD_NS);
}

/* Shows those that have been held long enough, or whose forerunners have ended; all of them where all is set. */
void
run_settle(struct run *r, bool all)
{
	struct job *j;
	int64_t due;

	while ((j = r->held) != NULL) {
		if (!all && run_outruns(r, j))
			return;
		if (!all && run_overtakes(r, j) && clock_mono_ns() < (due = run_hold_ends(r))) {
			run_wake_at(r, due);
			return;
		}
		r->held = j->next;
		j->next = j->prev = NULL;
		run_show(r, j);
	}
}
