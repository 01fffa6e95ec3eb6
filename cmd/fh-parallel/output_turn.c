/* Decides when the bytes of a job may be shown, and where they wait until then. Must never know processes or slots, nor how the
 * bytes came to be.
 * Invariant: ordered: only the job whose seq is o->next, and those done before it, have bytes in the pump: the contiguous
 * prefix (output_advance is the only place that moves next). */
#include "output_int.h"

#include <fcntl.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"

/* What is known of one seq, in the ring of those not printed yet. */
struct turn {
	struct job *live;   /* it runs: its chunks are with the job */
	struct chunk *done; /* it has ended: what it said (NULL: nothing) */
	struct chunk *last; /* it has ended: where its last words are, if they wait, be it behind those of the one before */
	bool over;
};

struct output *
output_new(const struct output_conf *c, struct loop *l, uint64_t first)
{
	struct output *o = xcalloc(1, sizeof *o);

	o->c = *c;
	o->pump = pump_new(l);
	if (c->row != NULL && c->row_fd != STDOUT_FILENO)
		pump_set_file(o->pump, c->row_fd);
	pump_set_screen(o->pump, c->screen);
	o->next = o->end = first;
	o->spool = spool_new(c->dir);
	return o;
}

void
output_free(struct output *o)
{
	uint64_t s;

	if (o == NULL)
		return;
	for (s = o->next; o->cap > 0 && s < o->end; s++)
		chunk_free_list(o->ring[s & (o->cap - 1)].done);
	pump_free(o->pump);
	spool_free(o->spool);
	buf_fini(&o->lead);
	free(o->ring);
	free(o);
}

static void
output_grow(struct output *o, uint64_t seq)
{
	size_t cap = o->cap > 0 ? o->cap : 64;
	struct turn *ring;
	uint64_t s;

	while (seq - o->next >= cap)
		cap *= 2;
	if (cap == o->cap)
		return;
	ring = xcalloc(cap, sizeof *ring);
	for (s = o->next; s < o->end; s++)
		ring[s & (cap - 1)] = o->ring[s & (o->cap - 1)];
	free(o->ring);
	o->ring = ring;
	o->cap = cap;
}

static struct turn *
output_turn(struct output *o, uint64_t seq)
{
	if (seq < o->next)
		err_bug("output: seq %llu is over already", (unsigned long long)seq);
	output_grow(o, seq);
	for (; o->end <= seq; o->end++)
		o->ring[o->end & (o->cap - 1)] = (struct turn){ 0 };
	return &o->ring[seq & (o->cap - 1)];
}

void
output_runs(struct output *o, struct job *j)
{
	output_turn(o, j->seq)->live = j;
}

/* Its turn has come; but where a program unpacks what came before, that takes its time. */
static void
output_show(struct output *o, struct chunk *list)
{
	spool_release(o->spool, list);
	if (pump_waits(o->pump)) {
		spool_hold(o->spool, list);
		spool_release(o->spool, list);
	}
	pump_put(o->pump, list);
}

/* Moves on over all that are over; the next one, if it runs, may speak at once. */
static void
output_advance(struct output *o)
{
	struct turn *t;

	while (o->next < o->end) {
		t = &o->ring[o->next & (o->cap - 1)];
		if (!t->over)
			break;
		output_show(o, t->done);
		*t = (struct turn){ 0 };
		o->next++;
	}
	if (o->next < o->end && (t = &o->ring[o->next & (o->cap - 1)])->live != NULL &&
	    t->live->capture.mode == CAPTURE_PIPE && t->live->out != NULL) {
		output_show(o, t->live->out);
		t->live->out = NULL;
	}
}

/* The words of seq, which is over, wait. What follows the words of the one before in the spool becomes one with them: so many jobs
 * that wait need no more memory than few. */
static void
output_keep(struct output *o, struct turn *t, uint64_t seq, struct chunk *list)
{
	const struct turn *before = &o->ring[(seq - 1) & (o->cap - 1)];
	struct chunk *last = before->over ? before->last : NULL;

	spool_hold(o->spool, list);
	if (last != NULL && list != NULL && spool_join(last, list)) {
		t->last = last;
		return;
	}
	t->done = t->last = list;
	while (t->last != NULL && t->last->next != NULL)
		t->last = t->last->next;
}

void
output_over(struct output *o, uint64_t seq, struct chunk *list)
{
	struct turn *t;

	if (!o->c.ordered) {
		output_show(o, list);
		return;
	}
	t = output_turn(o, seq);
	*t = (struct turn){ .over = true };
	if (seq == o->next)
		t->done = list;
	else
		output_keep(o, t, seq, list);
	output_advance(o);
}

void
output_skip(struct output *o, uint64_t seq)
{
	output_over(o, seq, NULL);
}

void
output_flush_held(struct output *o)
{
	uint64_t s;

	for (s = o->next; o->cap > 0 && s < o->end; s++)
		o->ring[s & (o->cap - 1)].over = true;
	output_advance(o);
}

/* --- the way out -------------------------------------------------------------------------------------------------- */

void
output_pump(struct output *o)
{
	pump_run(o->pump);
}

const void *
output_who(const struct output *o)
{
	return o->pump;
}

bool
output_room(const struct output *o)
{
	return !pump_is_stalled(o->pump);
}

uint64_t
output_next(const struct output *o)
{
	return o->c.ordered ? o->next : UINT64_MAX;
}

bool
output_waits(const struct output *o)
{
	return pump_is_stalled(o->pump) || pump_waits(o->pump);
}

bool
output_exited(struct output *o, pid_t pid, int status)
{
	return pump_exited(o->pump, pid, status);
}

int
output_unpack_status(const struct output *o)
{
	return o->unpack_status != 0 ? o->unpack_status : pump_unpack_status(o->pump);
}

bool
output_is_flushed(const struct output *o)
{
	return pump_is_empty(o->pump);
}

bool
output_was_cramped(struct output *o)
{
	bool pump = pump_was_cramped(o->pump), spool = spool_was_cramped(o->spool);

	return pump || spool;
}

bool
output_lost(const struct output *o)
{
	return o->lost != 0;
}

int
output_failed(const struct output *o)
{
	return o->lost != 0 ? o->lost : o->unsent != 0 ? o->unsent : -pump_failed(o->pump);
}

void
output_close(struct output *o)
{
	int copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	if (copy >= 0)
		o->unsent = -io_close(copy);
}
