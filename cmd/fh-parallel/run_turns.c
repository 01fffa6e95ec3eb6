/* Decides when the end of a job is met by a thread of its own, which goes on with the run where we sleep in the loop: where jobs are short
 * and many. Must never know what a round does.
 * Invariants: 1. r belongs to who has the baton; we have it but within loop_wait.
 *             2. each job has its thread: ends of children need not wake the loop, too, but where others than jobs are waited for. */
#include "run_int.h"

/* Programs that pack, agents, hosts and blocks of input have ends of their own, which the loop is to tell. */
static bool
run_turns_suit(const struct run *r)
{
	return r->slots >= 2 && r->slots <= TURNS_MAX && !r->slots_in_file && r->hosts == NULL && r->engine == NULL && r->fleet == NULL && r->world == NULL &&
	    r->tokens == NULL && r->ask == NULL && r->feed.intake == NULL && !r->packs.on && !r->o->tmux && !r->o->tmuxpane;
}

/* A thread's turn: a job of ours has ended, unless somebody was there before. */
static void
run_turn(void *ctx)
{
	struct run *r = ctx;
	bool goes_on;

	loop_reap(r->loop);
	run_events(r);
	goes_on = run_round(r);
	loop_tell_exits(r->loop, r->killing);
	loop_hurry(r->loop, goes_on ? r->wake_ns : 0);
}

static void
run_leave(void *ctx)
{
	struct run *r = ctx;

	turns_give(r->turns);
}

static void
run_enter(void *ctx)
{
	struct run *r = ctx;

	turns_take(r->turns);
}

static void
run_turns_open(struct run *r)
{
	const struct job *j;

	r->turns_tried = true;
	if (loop_share(r->loop, run_leave, run_enter, r) < 0)
		return;
	if (turns_open(&r->turns, (size_t)r->slots, run_turn, r) < 0) {
		loop_share(r->loop, NULL, NULL, NULL);
		return;
	}
	for (j = r->running; j != NULL; j = j->next)
		run_turns_expect(r, j->pid);
}

void
run_turns_look(struct run *r)
{
	if (!r->turns_tried && launch_is_busy(r->launch) && run_turns_suit(r))
		run_turns_open(r);
	if (r->turns != NULL)
		loop_tell_exits(r->loop, r->killing);
}

void
run_turns_expect(struct run *r, pid_t pid)
{
	if (r->turns != NULL && pid > 0)
		turns_expect(r->turns, pid, launch_birth(r->launch, pid));
}

void
run_turns_close(struct run *r)
{
	if (r->turns == NULL)
		return;
	loop_share(r->loop, NULL, NULL, NULL);
	loop_tell_exits(r->loop, true);
	turns_close(r->turns);
	r->turns = NULL;
}
