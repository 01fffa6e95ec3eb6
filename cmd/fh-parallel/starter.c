/* Decides whether a lane is worth its making, and who starts what. Must never know why.
 * Invariant: what a lane cannot start, or fails to, is its caller's to start anew: it has the words then. */
#include "starter.h"

#include "clock.h"
#include "lanes.h"
#include "mem.h"

#define LANES_AFTER 16 /* so many starts within a second, and lanes are worth their making */

struct starter {
	size_t want;
	struct lanes *lanes; /* NULL: none, or not yet */
	bool none;           /* there never will be */
	unsigned starts;     /* since first_ns */
	int64_t first_ns;
};

struct starter *
starter_new(size_t lanes)
{
	struct starter *st = xcalloc(1, sizeof *st);

	st->want = lanes;
	st->none = lanes < 2;
	return st;
}

void
starter_free(struct starter *st)
{
	if (st == NULL)
		return;
	lanes_close(st->lanes);
	free(st);
}

bool
starter_is_fast(struct starter *st, int64_t now)
{
	if (st->lanes != NULL || st->none)
		return st->lanes != NULL;
	if (st->starts == 0 || now - st->first_ns > CLOCK_S) {
		st->starts = 0;
		st->first_ns = now;
	}
	if (++st->starts <= LANES_AFTER)
		return false;
	st->none = lanes_open(&st->lanes, st->want) < 0;
	if (!st->none)
		proc_take_short_turns();
	return !st->none;
}

const struct proc_birth *
starter_birth(const struct starter *st, pid_t pid)
{
	return st->lanes != NULL ? lanes_birth(st->lanes, pid) : NULL;
}

bool
starter_is_busy(const struct starter *st)
{
	return st->starts > LANES_AFTER;
}

bool
starter_hand(struct starter *st, const struct proc_spec *s, pid_t *pid)
{
	return st->lanes != NULL && lanes_start(st->lanes, s, pid) == 0;
}

void
starter_wait(struct starter *st)
{
	if (st->lanes != NULL)
		lanes_wait(st->lanes);
}

int
starter_ended(struct starter *st, pid_t pid)
{
	return st != NULL && st->lanes != NULL ? lanes_ended(st->lanes, pid) : 0;
}
