/* Decides when output of running jobs leaves memory for the disk. Jobs write into files in memory (capture.c), which costs
 * no disk where they say little; nobody tells when they say much, so it is looked at now and then: the sooner, the
 * less is left of what may be used.
 * Invariants: 1. a look is due before jobs that write RATE bytes a second together could use up what is left.
 *             2. where nothing can be moved the run ends before it has twice of what may be used. */
#include "run_int.h"

#include "autojobs.h"
#include "clock.h"

#define RATE (INT64_C(2) << 30)
#define LOOK_FIRST_NS (50 * CLOCK_MS) /* most jobs are over before */
#define LOOK_MIN_NS (10 * CLOCK_MS)
#define LOOK_MAX_NS (CLOCK_S / 2)
#define MEMORY_MIN (INT64_C(64) << 20)
#define MEMORY_MAX (INT64_C(1) << 30)
#define PART 8                        /* of the memory that is free */
#define MOVE (INT64_C(16) << 20)      /* of one job's output at a time */
#define SMALL (INT64_C(1) << 20)      /* not worth moving */

static int64_t
run_memory_max(void)
{
	static const struct autojobs_roots roots = { .proc = "/proc", .cgroup = "/sys/fs/cgroup" };
	struct autojobs_facts f = { 0 };
	int64_t n = MEMORY_MAX;

	autojobs_look(&roots, &f);
	if (f.mem_available >= 0 && f.mem_available / PART < n)
		n = f.mem_available / PART;
	if (f.mem_cgroup >= 0 && f.mem_cgroup / PART < n)
		n = f.mem_cgroup / PART;
	return n < MEMORY_MIN ? MEMORY_MIN : n;
}

/* Bytes in memory of all that runs. */
static int64_t
run_in_memory(struct run *r)
{
	struct job *j;
	int64_t sum = 0;

	for (j = r->running; j != NULL; j = j->next)
		sum += capture_memory(&j->capture, 0) + capture_memory(&j->capture, 1);
	return sum;
}

/* A part of each large one is moved. Returns the bytes moved, or -errno. */
static int64_t
run_relieve(struct run *r)
{
	int64_t moved = 0, n, share = r->memory_max / 2 / (int64_t)sched_running(r->sched);
	struct job *j;
	int i, error = 0;

	if (share > SMALL)
		share = SMALL;
	for (j = r->running; j != NULL; j = j->next) {
		for (i = 0; i < 2; i++) {
			n = capture_memory(&j->capture, i) > share ? capture_relieve(&j->capture, i, r->o->tmpdir, MOVE) : 0;
			if (n < 0)
				error = (int)n;
			else
				moved += n;
		}
	}
	return moved > 0 ? moved : error;
}

/* No disk, and no memory: rather than to be ended by the kernel, and half of the machine with us, we give up. */
static void
run_give_up(struct run *r, int error)
{
	struct err e;

	if (r->killing)
		return;
	err_sys(&e, error, "output is too large for memory, and cannot be put into a temporary file (--tmpdir)");
	run_fail(r, &e);
	run_kill_all(r);
}

/* How long until the next look. */
static int64_t
run_relief_wait(struct run *r)
{
	int64_t left, wait, moved;

	if (r->memory_max == 0)
		r->memory_max = run_memory_max();
	left = r->memory_max - run_in_memory(r);
	if (left < 0) {
		moved = run_relieve(r);
		if (moved < 0 && left < -r->memory_max)
			run_give_up(r, (int)-moved);
		return moved > 0 ? 0 : LOOK_MIN_NS;
	}
	wait = left * CLOCK_S / RATE;
	return wait < LOOK_MIN_NS ? LOOK_MIN_NS : wait > LOOK_MAX_NS ? LOOK_MAX_NS : wait;
}

void
run_relief(struct run *r, int64_t now)
{
	if (r->running == NULL || r->o->ungroup || r->o->line_buffer || results_keeps_files(r->results)) {
		r->relief_ns = 0;
		return;
	}
	if (r->relief_ns == 0)
		r->relief_ns = now + LOOK_FIRST_NS;
	if (now >= r->relief_ns)
		r->relief_ns = now + run_relief_wait(r);
	run_wake_at(r, r->relief_ns);
}
