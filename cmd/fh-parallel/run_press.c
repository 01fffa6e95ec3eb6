/* Decides which of the jobs that run give way when the machine is short of memory, or --limit's command says so: always the
 * youngest. */
#include "run_int.h"

#include <signal.h>

#include "clock.h"
#include "proc.h"

/* The youngest (or oldest) job that runs, is not being ended, and is stopped as asked. NULL: none. */
static struct job *
press_pick(const struct run *r, bool youngest, bool stopped)
{
	struct job *j, *best = NULL;

	for (j = r->running; j != NULL; j = j->next)
		if (j->pid > 0 && !j->killed && j->stopped == stopped &&
		    (best == NULL || (j->start_ns > best->start_ns) == youngest))
			best = j;
	return best;
}

static bool
press_stop_one(struct run *r)
{
	struct job *j = press_pick(r, true, false);

	if (j == NULL || j == press_pick(r, false, false))
		return false; /* one must go on */
	job_kill(j, SIGSTOP);
	j->stopped = true;
	return true;
}

static void
press_resume_one(struct run *r)
{
	struct job *j = press_pick(r, false, true);

	if (j == NULL)
		return;
	job_kill(j, SIGCONT);
	j->stopped = false;
}

static void
press_kill_one(struct run *r, int64_t now)
{
	struct job *j = press_pick(r, true, false);

	if (j == NULL)
		return;
	run_say(r, "warning: job %llu is ended, to be run again later: too little memory, or over the limit",
	    (unsigned long long)j->seq);
	j->gave_way = true;
	ending_begin(r->ending, j, now);
	run_due(r, j);
}

void
run_press(struct run *r, int64_t now)
{
	if (r->world == NULL || r->killing || r->running == NULL)
		return;
	if (now >= r->press_ns) {
		r->press_ns = now + WORLD_LOOK_NS;
		switch (world_wish(r->world)) {
		case WORLD_KILL:
			press_kill_one(r, now);
			break;
		case WORLD_SQUEEZE:
			while (press_stop_one(r))
				;
			break;
		case WORLD_SUSPEND:
			press_stop_one(r);
			break;
		case WORLD_RESUME:
			press_resume_one(r);
			break;
		case WORLD_FINE:
			break;
		}
	}
	if (press_pick(r, false, false) == NULL)
		press_resume_one(r); /* the one that went on has ended */
	run_wake_at(r, r->press_ns);
}
