/* Holds one job back until somebody has said whether it is to run (--interactive). Meanwhile none is started, and those that
 * run go on.
 * Invariant: the job asked about has a slot and is in no list; it leaves here by an answer or by the end of the run. */
#include "run_int.h"

#include "clock.h"

bool
run_ask(struct run *r, struct job *j)
{
	if (r->ask == NULL)
		return false;
	run_pump(r);
	screen_pause(r->screen, true);
	ask_put(r->ask, buf_str(&j->command), j->command.len);
	if (loop_watch(r->loop, ask_fd(r->ask), POLLIN, r->ask) < 0)
		err_bug("run: the terminal cannot be watched");
	r->asked = j;
	return true;
}

static struct job *
run_take_asked(struct run *r)
{
	struct job *j = r->asked;

	loop_forget(r->loop, ask_fd(r->ask));
	r->asked = NULL;
	screen_pause(r->screen, false);
	return j;
}

/* It does not start, and nobody has refused it. */
static void
run_withdraw(struct run *r)
{
	struct job *j = run_take_asked(r);

	sched_refused(r->sched, j->slot, clock_mono_ns());
	output_skip(r->output, j->seq);
	run_forget(r, j);
}

void
run_answer(struct run *r)
{
	struct err e;

	if (r->asked == NULL)
		return;
	switch (ask_get(r->ask, &e)) {
	case ASK_WAIT:
		return;
	case ASK_YES:
		run_begin(r, run_take_asked(r));
		return;
	case ASK_NO:
		run_refuse(r, run_take_asked(r));
		return;
	case ASK_FAIL:
		run_withdraw(r);
		run_fail(r, &e);
	}
}

void
run_settle_asked(struct run *r)
{
	if (r->asked != NULL && (r->killing || sched_stopped(r->sched)))
		run_withdraw(r);
}
