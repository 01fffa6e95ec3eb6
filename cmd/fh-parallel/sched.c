/* Decides what may start, what is tried again, when all stops, and the exit status. Must never know clocks, descriptors
 * or command lines: now, load and memory come in as arguments.
 * Invariants: 1. running <= slots at every start (sched_next), and a slot number is held by one job (the bitmap).
 *             2. once halted or stopped, SCHED_START is never answered again (halted and stopped are never cleared).
 *             3. every started attempt is given back once: sched_finished or sched_refused.
 *             4. an attempt is counted as done or failed once, and only where it is not tried again. */
#include "sched.h"

#include <string.h>

#include "clock.h"
#include "mem.h"
#include "num.h"

#define STATUS_MAX 101             /* more failed jobs than a status can tell */
#define STATUS_OTHER 255           /* a job that was ended by us, as the reference counts it under --halt */
#define REFUSED_NS (100 * CLOCK_MS) /* the first pause when the system has no room for a process; doubles to a second */
#define LOOK_NS (CLOCK_S / 2)      /* how often load and memory are looked at while they forbid a start */
#define MEDIAN_MAX 4096            /* run times remembered: the median of so many is steady */

struct sched {
	struct sched_conf c;
	uint64_t running;
	uint64_t *used;         /* bitmap of slots, slot 1 is bit 0 */
	size_t nused;           /* words */
	uint64_t low;           /* no slot below this one is free */
	int64_t not_before;     /* the next start: --delay, pauses */
	int64_t pause_ns;       /* the last one, 0: none lately */
	bool stopped;           /* from outside */
	bool halted;            /* by --halt */
	int halt_status;
	uint64_t done, failed, succeeded, total;
	int64_t *ran;           /* run times of successful jobs, sorted */
	size_t nran, ran_cap;
};

static int
halt_parse_why(const char *why, struct halt *h, struct err *e)
{
	static const struct {
		const char *name;
		enum halt_on on;
	} ons[] = { { "fail=", HALT_FAIL }, { "success=", HALT_SUCCESS }, { "done=", HALT_DONE } };
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(ons); i++) {
		n = strlen(ons[i].name);
		if (strncmp(why, ons[i].name, n) != 0)
			continue;
		h->on = ons[i].on;
		if (why[n] != '\0' && why[strlen(why) - 1] == '%')
			return num_percent(why + n, &h->millipercent, e);
		return num_int(why + n, 0, INT64_MAX, &h->count, e);
	}
	return err_set(e, 0, "%s: expected fail=, success= or done=", why);
}

int
halt_parse(const char *text, struct halt *h, struct err *e)
{
	static const struct {
		const char *text;
		struct halt halt;
	} old[] = {
		{ "never", { HALT_NEVER } },
		{ "0", { HALT_NEVER } },
		{ "1", { HALT_SOON, HALT_FAIL, 1, 0 } },
		{ "2", { HALT_NOW, HALT_FAIL, 1, 0 } },
		{ "-1", { HALT_SOON, HALT_SUCCESS, 1, 0 } },
		{ "-2", { HALT_NOW, HALT_SUCCESS, 1, 0 } },
	};
	size_t i;

	*h = (struct halt){ HALT_NEVER };
	for (i = 0; i < ARRAY_LEN(old); i++)
		if (text == NULL || strcmp(text, old[i].text) == 0) {
			*h = text == NULL ? *h : old[i].halt;
			return 0;
		}
	h->when = strncmp(text, "now,", 4) == 0 ? HALT_NOW : HALT_SOON;
	if (strncmp(text, "now,", 4) == 0)
		return halt_parse_why(text + 4, h, e);
	if (strncmp(text, "soon,", 5) == 0)
		return halt_parse_why(text + 5, h, e);
	h->on = HALT_FAIL;
	if (num_percent(text, &h->millipercent, NULL) == 0 && h->millipercent > 0)
		return 0;
	return err_set(e, 0, "%s: expected never, now,WHY=N or soon,WHY=N%%, WHY being fail, success or done", text);
}

struct sched *
sched_new(const struct sched_conf *c)
{
	struct sched *s = xcalloc(1, sizeof *s);

	s->c = *c;
	s->low = 1;
	return s;
}

void
sched_free(struct sched *s)
{
	if (s == NULL)
		return;
	free(s->used);
	free(s->ran);
	free(s);
}

static void
sched_at_least(int64_t *wake_ns, int64_t t)
{
	if (*wake_ns < t)
		*wake_ns = t;
}

enum sched_answer
sched_next(struct sched *s, int64_t now, const struct sched_world *w, int64_t *wake_ns)
{
	*wake_ns = -1;
	if (s->stopped || s->halted)
		return SCHED_STOP;
	if ((int64_t)s->running >= s->c.slots)
		return SCHED_FULL;
	if (now < s->not_before)
		sched_at_least(wake_ns, s->not_before);
	if (w->hold || (s->c.load_max > 0 && w->load >= s->c.load_max) || (s->c.memfree > 0 && w->mem_free < s->c.memfree))
		sched_at_least(wake_ns, now + LOOK_NS);
	return *wake_ns < 0 ? SCHED_START : SCHED_LATER;
}

static uint64_t
sched_take_slot(struct sched *s)
{
	size_t i = (size_t)(s->low - 1) / 64;
	unsigned bit;

	for (;; i++) {
		if (i >= s->nused) {
			s->used = xreallocarray(s->used, s->nused + 16, sizeof *s->used);
			memset(s->used + s->nused, 0, 16 * sizeof *s->used);
			s->nused += 16;
		}
		if (~s->used[i] == 0)
			continue;
		bit = (unsigned)__builtin_ctzll(~s->used[i]);
		s->used[i] |= UINT64_C(1) << bit;
		s->low = i * 64 + bit + 2;
		return i * 64 + bit + 1;
	}
}

static void
sched_give_slot(struct sched *s, uint64_t slot)
{
	uint64_t mask = UINT64_C(1) << ((slot - 1) % 64);

	if (slot == 0 || (slot - 1) / 64 >= s->nused || (s->used[(slot - 1) / 64] & mask) == 0)
		err_bug("sched: slot %llu was not taken", (unsigned long long)slot);
	s->used[(slot - 1) / 64] &= ~mask;
	if (slot < s->low)
		s->low = slot;
	s->running--;
}

uint64_t
sched_started(struct sched *s, int64_t now)
{
	s->running++;
	if (s->c.delay_ns > 0)
		s->not_before = now + s->c.delay_ns;
	return sched_take_slot(s);
}

void
sched_begun(struct sched *s, int64_t now)
{
	if (s->c.delay_ns > 0)
		sched_at_least(&s->not_before, now + s->c.delay_ns);
}

void
sched_refused(struct sched *s, uint64_t slot, int64_t now)
{
	sched_give_slot(s, slot);
	s->pause_ns = s->pause_ns == 0 ? REFUSED_NS : s->pause_ns < CLOCK_S ? s->pause_ns * 2 : s->pause_ns;
	sched_at_least(&s->not_before, now + s->pause_ns);
}

static void
sched_remember(struct sched *s, int64_t ran_ns)
{
	size_t lo = 0, hi = s->nran, mid;

	if (s->c.timeout_millipercent == 0 || s->nran >= MEDIAN_MAX)
		return;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->ran[mid] <= ran_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	s->ran = xgrow(s->ran, s->nran, &s->ran_cap, sizeof *s->ran);
	memmove(s->ran + lo + 1, s->ran + lo, (s->nran - lo) * sizeof *s->ran);
	s->ran[lo] = ran_ns;
	s->nran++;
}

/* Failed jobs as a percentage of all, rounded up. */
static int
sched_percent(const struct sched *s)
{
	if (s->total == 0)
		return s->failed > 0 ? 100 : 0;
	return (int)((s->failed * 100 + s->total - 1) / s->total);
}

static int
sched_count(const struct sched *s)
{
	return s->failed > STATUS_MAX ? STATUS_MAX : (int)s->failed;
}

/* The status that --halt gives when its condition is met by the job that ended last. Reference: one job (or a percentage
 * that comes to exactly one) gives its own status. */
static int
sched_halt_status(const struct sched *s, const struct sched_end *end, bool one)
{
	if (s->c.halt.on == HALT_SUCCESS)
		return 0;
	if (one)
		return end->timed_out ? STATUS_OTHER : end->signo != 0 ? 128 + end->signo : end->exitval;
	if (s->c.halt.millipercent > 0)
		return sched_percent(s);
	if (s->c.halt.count == 0)
		return 0;
	if (s->c.halt.on == HALT_DONE && s->failed == 0)
		return STATUS_MAX; /* odd, but so does the reference */
	return sched_count(s);
}

static bool
sched_halts(struct sched *s, const struct sched_end *end, bool failed)
{
	const struct halt *h = &s->c.halt;
	uint64_t n = h->on == HALT_FAIL ? s->failed : h->on == HALT_SUCCESS ? s->succeeded : s->done;
	uint64_t part = (uint64_t)h->millipercent * s->total; /* in 1/100000 jobs */
	bool mine = h->on == HALT_DONE || failed == (h->on == HALT_FAIL) || (h->count == 0 && h->millipercent == 0);

	if (h->when == HALT_NEVER || s->halted || !mine)
		return false;
	if (h->millipercent == 0 ? n < (uint64_t)h->count : n * 100000 < part)
		return false;
	s->halted = true;
	s->halt_status = sched_halt_status(s, end, h->millipercent == 0 ? h->count == 1 : part == 100000);
	return true;
}

/* --delay Nauto. */
static void
sched_adapt(struct sched *s, bool failed)
{
	if (!s->c.delay_auto)
		return;
	if (failed)
		s->c.delay_ns = s->c.delay_ns < CLOCK_MS ? CLOCK_MS : s->c.delay_ns > CLOCK_S * 3600 ? s->c.delay_ns : s->c.delay_ns * 2;
	else
		s->c.delay_ns -= s->c.delay_ns / 10;
}

enum sched_verdict
sched_finished(struct sched *s, const struct sched_end *end)
{
	bool failed = end->exitval != 0 || end->signo != 0 || end->timed_out;

	sched_give_slot(s, end->slot);
	s->pause_ns = 0;
	sched_adapt(s, failed);
	if (!s->halted && !s->stopped && !end->skipped && (end->again || (failed && end->attempt < s->c.tries)))
		return SCHED_RETRY;
	s->done++;
	s->failed += failed;
	s->succeeded += !failed;
	if (!failed)
		sched_remember(s, end->ran_ns);
	if (!sched_halts(s, end, failed))
		return SCHED_KEEP;
	return s->c.halt.when == HALT_NOW ? SCHED_HALT_NOW : SCHED_HALT_SOON;
}

void
sched_stop(struct sched *s)
{
	s->stopped = true;
}

bool
sched_stopped(const struct sched *s)
{
	return s->stopped || s->halted;
}

void
sched_set_slots(struct sched *s, int64_t slots)
{
	s->c.slots = slots;
}

void
sched_set_load_max(struct sched *s, double max)
{
	s->c.load_max = max;
}

void
sched_set_total(struct sched *s, uint64_t total)
{
	s->total = total;
}

int64_t
sched_timeout_ns(const struct sched *s)
{
	if (s->c.timeout_millipercent == 0)
		return s->c.timeout_ns;
	if (s->nran == 0)
		return 0;
	return (int64_t)((double)s->ran[s->nran / 2] * (double)s->c.timeout_millipercent / 100000.0) + 1;
}

uint64_t
sched_running(const struct sched *s)
{
	return s->running;
}

int
sched_status(const struct sched *s)
{
	if (s->halted)
		return s->halt_status;
	if (s->c.halt.when != HALT_NEVER && s->c.halt.millipercent > 0)
		return sched_percent(s);
	return sched_count(s);
}

struct sched_counts
sched_counts(const struct sched *s)
{
	return (struct sched_counts){ s->done, s->failed, s->running };
}
