/* Decides after which bunch a block is full. Must never know who reads it.
 * Invariant: a record is compared once, with the one before it, as long as the bytes stay. */
#include "bunch.h"

/* A bunch counts so many bytes more than it has: the reference puts a mark before each, cuts that stream by the size of a
 * block, and only where a mark stands whole. */
#define MARK 20

void
bunches_reset(struct bunches *u)
{
	u->at = u->last = 0;
	u->n = 0;
	u->over = false;
	u->cut = BORDER_NONE;
}

/* One more begins at u->at. What stands before it may be a block, unless that is nothing. */
static void
bunches_begin(struct bunches *u, size_t limit)
{
	bool fits = u->want > 0 || u->at + (u->n + 1) * MARK <= limit;

	if (u->n > 0 && fits)
		u->cut = u->at;
	u->over = u->want > 0 ? u->n >= u->want : u->n > 0 && !fits;
	u->n++;
}

int
bunches_scan(struct bunches *u, const char *s, size_t len, bool ended, size_t limit, struct err *e)
{
	struct view now;
	size_t next;
	int same;

	for (; u->at < len && !u->over; u->at = next) {
		next = border_first(u->border, s, len, u->at);
		if (next == BORDER_NONE && !ended)
			return 0;
		next = next == BORDER_NONE ? len : next;
		now = (struct view){ s + u->at, next - u->at };
		same = u->n == 0 ? 0 : u->same(u->self, (struct view){ s + u->last, u->at - u->last }, now, e);
		if (same < 0)
			return -1;
		if (!same)
			bunches_begin(u, limit);
		u->last = u->at;
	}
	return 0;
}

bool
bunches_fill(const struct bunches *u, size_t limit)
{
	return u->over || (u->want == 0 && u->at + u->n * MARK >= limit);
}
