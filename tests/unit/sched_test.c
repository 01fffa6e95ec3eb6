/* sched, job, ending, slots: decisions as tables, time as an argument, and schedules made from a seed. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "ending.h"
#include "io.h"
#include "job.h"
#include "proc.h"
#include "sched.h"
#include "slots.h"

static const struct {
	const char *text;
	struct halt want;
} halts[] = {
	{ NULL, { HALT_NEVER } },
	{ "never", { HALT_NEVER } },
	{ "0", { HALT_NEVER } },
	{ "1", { HALT_SOON, HALT_FAIL, 1, 0 } },
	{ "2", { HALT_NOW, HALT_FAIL, 1, 0 } },
	{ "-1", { HALT_SOON, HALT_SUCCESS, 1, 0 } },
	{ "-2", { HALT_NOW, HALT_SUCCESS, 1, 0 } },
	{ "now,fail=1", { HALT_NOW, HALT_FAIL, 1, 0 } },
	{ "soon,done=12", { HALT_SOON, HALT_DONE, 12, 0 } },
	{ "now,success=20%", { HALT_NOW, HALT_SUCCESS, 0, 20000 } },
	{ "7%", { HALT_SOON, HALT_FAIL, 0, 7000 } },
};

START_TEST(halt_is_read)
{
	struct halt h;

	ck_assert_int_eq(halt_parse(halts[_i].text, &h, NULL), 0);
	ck_assert_int_eq(h.when, halts[_i].want.when);
	ck_assert_int_eq(h.on, halts[_i].want.on);
	ck_assert_int_eq(h.count, halts[_i].want.count);
	ck_assert_int_eq(h.millipercent, halts[_i].want.millipercent);
}
END_TEST

static const char *const bad_halts[] = { "", "3", "now", "now,", "now,fail", "now,fail=", "now,fail=x", "later,fail=1",
	"soon,fail=1x", "soon,maybe=1", "-3", "%", "soon,fail=-1" };

START_TEST(bad_halt_is_refused)
{
	struct err e;
	struct halt h;

	ck_assert_int_eq(halt_parse(bad_halts[_i], &h, &e), -1);
	ck_assert_uint_gt(strlen(e.msg), 0);
}
END_TEST

/* Runs one job after the other with these exit values; returns how many were started. */
static int
run_serially(struct sched *s, const int *exits, int n)
{
	struct sched_world w = { 0 };
	struct sched_end end;
	int64_t wake;
	int i;

	for (i = 0; i < n && sched_next(s, i, &w, &wake) == SCHED_START; i++) {
		end = (struct sched_end){ .slot = sched_started(s, i), .attempt = 1, .exitval = exits[i] };
		sched_finished(s, &end);
	}
	return i;
}

/* Observed with GNU parallel 20221122, -j1. */
static const struct {
	const char *halt;
	int exits[10], n;
	int started, status;
} stops[] = {
	{ "never", { 1, 0, 3 }, 3, 3, 2 },
	{ "now,fail=1", { 0, 3, 4, 5 }, 4, 2, 3 },
	{ "soon,fail=2", { 7, 8, 9 }, 3, 2, 2 },
	{ "soon,fail=3", { 7, 8, 9 }, 3, 3, 3 },
	{ "soon,fail=4", { 7, 8, 9 }, 3, 3, 3 },
	{ "soon,success=2", { 1, 0, 1, 0, 1, 0 }, 6, 4, 0 },
	{ "soon,success=5", { 1, 0, 1, 0, 1, 0 }, 6, 6, 3 },
	{ "soon,done=3", { 1, 0, 1, 0, 1, 0 }, 6, 3, 2 },
	{ "soon,done=1", { 4, 5, 7 }, 3, 1, 4 },
	{ "soon,fail=10%", { 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 }, 10, 1, 1 },
	{ "soon,fail=10%", { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 }, 10, 1, 5 },
	{ "soon,fail=20%", { 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 }, 10, 2, 20 },
	{ "soon,done=40%", { 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 }, 10, 4, 30 },
	{ "soon,success=20%", { 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 }, 10, 5, 0 },
	{ "soon,success=50%", { 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 }, 10, 10, 60 },
	{ "soon,fail=100%", { 1, 1, 1, 0, 0, 1, 1, 1, 0, 0 }, 10, 10, 60 },
	{ "soon,fail=50%", { 1, 1 }, 2, 1, 1 },
	{ "soon,fail=50%", { 1, 1, 1 }, 3, 2, 67 },
	{ "soon,fail=50%", { 1, 1, 1, 1 }, 4, 2, 50 },
	{ "soon,fail=10%", { 1, 1, 1, 0, 0, 0, 0 }, 7, 1, 15 },
};

START_TEST(halt_stops_and_says_status)
{
	struct sched_conf c = { .slots = 1, .tries = 1 };
	struct sched *s;

	ck_assert_int_eq(halt_parse(stops[_i].halt, &c.halt, NULL), 0);
	s = sched_new(&c);
	sched_set_total(s, (uint64_t)stops[_i].n);
	ck_assert_int_eq(run_serially(s, stops[_i].exits, stops[_i].n), stops[_i].started);
	ck_assert_int_eq(sched_status(s), stops[_i].status);
	sched_free(s);
}
END_TEST

static const struct {
	struct sched_end end;
	int status; /* with --halt now,fail=1 */
} ends[] = {
	{ { .exitval = 3 }, 3 },
	{ { .signo = 9 }, 137 },
	{ { .signo = 15, .timed_out = true }, 255 },
};

START_TEST(halt_gives_the_jobs_own_status)
{
	struct sched_conf c = { .slots = 1, .tries = 1, .halt = { HALT_NOW, HALT_FAIL, 1, 0 } };
	struct sched *s = sched_new(&c);
	struct sched_end end = ends[_i].end;

	end.slot = sched_started(s, 0);
	end.attempt = 1;
	ck_assert_int_eq(sched_finished(s, &end), SCHED_HALT_NOW);
	ck_assert_int_eq(sched_status(s), ends[_i].status);
	sched_free(s);
}
END_TEST

START_TEST(status_ends_at_101)
{
	struct sched_conf c = { .slots = 1, .tries = 1 };
	struct sched *s = sched_new(&c);
	int i, one = 1;

	for (i = 1; i <= 150; i++) {
		run_serially(s, &one, 1);
		ck_assert_int_eq(sched_status(s), i > 101 ? 101 : i);
	}
	sched_free(s);
}
END_TEST

START_TEST(lowest_free_slot_is_taken)
{
	struct sched_conf c = { .slots = 200, .tries = 1 };
	struct sched *s = sched_new(&c);
	struct sched_end end = { .attempt = 1 };
	uint64_t i;

	for (i = 1; i <= 200; i++)
		ck_assert_uint_eq(sched_started(s, 0), i);
	end.slot = 150;
	sched_finished(s, &end);
	end.slot = 70;
	sched_finished(s, &end);
	ck_assert_uint_eq(sched_started(s, 0), 70);
	ck_assert_uint_eq(sched_started(s, 0), 150);
	sched_free(s);
}
END_TEST

START_TEST(delay_load_and_memory_hold_back)
{
	struct sched_conf c = { .slots = 9, .tries = 1, .delay_ns = 100, .load_max = 2, .memfree = 1000 };
	struct sched *s = sched_new(&c);
	struct sched_world w = { .load = 1, .mem_free = 2000 };
	int64_t wake;

	ck_assert_int_eq(sched_next(s, 1000, &w, &wake), SCHED_START);
	sched_started(s, 1000);
	ck_assert_int_eq(sched_next(s, 1099, &w, &wake), SCHED_LATER);
	ck_assert_int_eq(wake, 1100);
	ck_assert_int_eq(sched_next(s, 1100, &w, &wake), SCHED_START);
	w.load = 3;
	ck_assert_int_eq(sched_next(s, 1100, &w, &wake), SCHED_LATER);
	ck_assert_int_gt(wake, 1100);
	w = (struct sched_world){ .load = 1, .mem_free = 999 };
	ck_assert_int_eq(sched_next(s, 1100, &w, &wake), SCHED_LATER);
	sched_stop(s);
	ck_assert_int_eq(sched_next(s, 9999, &w, &wake), SCHED_STOP);
	sched_free(s);
}
END_TEST

START_TEST(refused_start_pauses_and_gives_the_slot_back)
{
	struct sched_conf c = { .slots = 2, .tries = 1 };
	struct sched *s = sched_new(&c);
	struct sched_world w = { 0 };
	int64_t wake, first;

	sched_refused(s, sched_started(s, 0), 0);
	ck_assert_uint_eq(sched_running(s), 0);
	ck_assert_int_eq(sched_next(s, 1, &w, &first), SCHED_LATER);
	ck_assert_int_eq(sched_next(s, first, &w, &wake), SCHED_START);
	sched_refused(s, sched_started(s, first), first);
	ck_assert_int_eq(sched_next(s, first + 1, &w, &wake), SCHED_LATER);
	ck_assert_int_gt(wake - first, first); /* longer each time */
	ck_assert_int_eq(sched_status(s), 0);
	sched_free(s);
}
END_TEST

START_TEST(timeout_follows_the_median)
{
	struct sched_conf c = { .slots = 1, .tries = 1, .timeout_millipercent = 200000 };
	struct sched *s = sched_new(&c);
	static const int64_t ran[] = { 900, 100, 300, 200, 1000 }, limits[] = { 0, 1801, 1801, 601, 601 };
	struct sched_end end = { .attempt = 1 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ran); i++) {
		ck_assert_int_eq(sched_timeout_ns(s), limits[i]);
		end.slot = sched_started(s, 0);
		end.ran_ns = ran[i];
		sched_finished(s, &end);
	}
	ck_assert_int_eq(sched_timeout_ns(s), 601);
	sched_free(s);
}
END_TEST

/* --- schedules from a seed: what must hold at every step ----------------------------------------------------------- */

/* ck_assert tells the parent each time; here are millions */
#define MUST(x)                                   \
	do {                                      \
		if (!(x))                         \
			ck_abort_msg("%s", #x);   \
	} while (0)

struct sim {
	uint64_t seed;
	struct sched_conf c;
	struct sched *s;
	int64_t now;
	struct { bool on; int id; int64_t attempt; } slot[65]; /* by slot number */
	int tries[300], over[300], njobs, next, again[300], nagain;
	int running;
	bool halted;
};

static uint64_t
sim_random(struct sim *m, uint64_t below)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return (m->seed >> 11) % below;
}

static void
sim_init(struct sim *m, uint64_t seed)
{
	*m = (struct sim){ .seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };
	m->c.slots = 1 + (int64_t)sim_random(m, 64);
	m->c.tries = 1 + (int64_t)sim_random(m, 4);
	m->c.delay_ns = sim_random(m, 3) == 0 ? (int64_t)sim_random(m, 50) : 0;
	m->c.load_max = sim_random(m, 3) == 0 ? 4 : 0;
	if (sim_random(m, 2) == 0)
		m->c.halt = (struct halt){ 1 + (enum halt_when)sim_random(m, 2), (enum halt_on)sim_random(m, 3),
			(int64_t)sim_random(m, 20), 1000 * (int64_t)(1 + sim_random(m, 100)) };
	m->njobs = (int)sim_random(m, 300);
	m->s = sched_new(&m->c);
	sched_set_total(m->s, (uint64_t)m->njobs);
}

static void
sim_start(struct sim *m)
{
	uint64_t slot, i;
	int id = m->nagain > 0 ? m->again[--m->nagain] : m->next++;

	MUST(!m->halted);
	slot = sched_started(m->s, m->now);
	MUST(slot >= 1 && (int64_t)slot <= m->c.slots && !m->slot[slot].on);
	for (i = 1; i < slot; i++)
		MUST(m->slot[i].on); /* the lowest free one */
	m->slot[slot].on = true;
	m->slot[slot].id = id;
	m->slot[slot].attempt = ++m->tries[id];
	MUST(m->tries[id] <= m->c.tries);
	m->running++;
	if (sim_random(m, 50) == 0) { /* no process to be had */
		sched_refused(m->s, slot, m->now);
		m->slot[slot].on = false;
		m->tries[id]--;
		m->running--;
		m->again[m->nagain++] = id;
	}
}

static void
sim_end(struct sim *m)
{
	uint64_t slot = 1 + sim_random(m, (uint64_t)m->c.slots);
	struct sched_end end = { .exitval = sim_random(m, 3) == 0, .ran_ns = (int64_t)sim_random(m, 1000) };
	enum sched_verdict v;

	while (!m->slot[slot].on)
		slot = slot % (uint64_t)m->c.slots + 1;
	end.slot = slot;
	end.attempt = m->slot[slot].attempt;
	v = sched_finished(m->s, &end);
	m->slot[slot].on = false;
	m->running--;
	if (v == SCHED_RETRY)
		m->again[m->nagain++] = m->slot[slot].id;
	else
		m->over[m->slot[slot].id]++;
	if (v == SCHED_HALT_SOON || v == SCHED_HALT_NOW) {
		MUST(!m->halted);
		m->halted = true;
	}
}

/* One schedule to its end; a step that never comes would be a lost wake-up. */
static void
sim_run(struct sim *m)
{
	struct sched_world w = { 0 };
	int64_t wake;
	int steps, i;

	for (steps = 0; m->running > 0 || (!m->halted && (m->next < m->njobs || m->nagain > 0)); steps++) {
		MUST(steps < 100000);
		w.load = (double)sim_random(m, 6);
		MUST(sched_running(m->s) == (uint64_t)m->running && m->running <= m->c.slots);
		switch (m->next < m->njobs || m->nagain > 0 ? sched_next(m->s, m->now, &w, &wake) : SCHED_FULL) {
		case SCHED_START:
			sim_start(m);
			break;
		case SCHED_LATER:
			MUST(wake > m->now);
			m->now = wake;
			break;
		case SCHED_STOP:
			MUST(m->halted);
			/* FALLTHROUGH */
		case SCHED_FULL:
			MUST(m->running > 0); /* else nothing would ever happen again */
			sim_end(m);
		}
		m->now += (int64_t)sim_random(m, 20);
	}
	for (i = 0; i < m->njobs; i++)
		MUST(m->over[i] == 1 || (m->halted && m->over[i] == 0));
}

START_TEST(schedules_keep_the_rules)
{
	uint64_t seed, n = getenv("FH_SCHEDULES") != NULL ? strtoull(getenv("FH_SCHEDULES"), NULL, 10) : 2000;
	struct sim m;

	for (seed = 1; seed <= n; seed++) {
		sim_init(&m, seed);
		sim_run(&m);
		sched_free(m.s);
	}
}
END_TEST

/* --- jobs ----------------------------------------------------------------------------------------------------------- */

START_TEST(job_ends_by_its_table)
{
	static const struct {
		enum job_event ev[8];
		int n;
	} lives[] = {
		{ { EV_SPAWNED, EV_EXIT, EV_EMPTY }, 3 },
		{ { EV_SPAWNED, EV_EXIT, EV_EOF }, 3 },
		{ { EV_SPAWNED, EV_EOF, EV_EXIT }, 3 },
		{ { EV_SPAWNED, EV_TIMEOUT, EV_EOF, EV_EXIT }, 4 },
		{ { EV_SPAWNED, EV_REFUSED, EV_SPAWNED, EV_EOF, EV_REFUSED, EV_SPAWNED, EV_EOF, EV_EXIT }, 8 },
	};
	size_t i;
	int k;

	for (i = 0; i < ARRAY_LEN(lives); i++) {
		struct job j = { .capture = CAPTURE_INIT };

		for (k = 0; k < lives[i].n; k++)
			ck_assert_int_eq(job_event(&j, lives[i].ev[k]), k == lives[i].n - 1);
		job_again(&j);
		ck_assert_int_eq(j.state, JOB_QUEUED);
		job_fini(&j);
	}
}
END_TEST

/* Every state but DONE leads to DONE, and only an exit brings a job there. */
START_TEST(job_table_has_no_dead_end)
{
	bool reaches[JOB_NSTATE] = { [JOB_DONE] = true };
	int round, s, ev;

	for (round = 0; round < JOB_NSTATE; round++)
		for (s = 0; s < JOB_NSTATE; s++)
			for (ev = 0; ev < EV_NEVENT; ev++)
				if (job_next_state((enum job_state)s, (enum job_event)ev) != JOB_NSTATE &&
				    reaches[job_next_state((enum job_state)s, (enum job_event)ev)])
					reaches[s] = true;
	for (s = 0; s < JOB_NSTATE; s++)
		ck_assert_msg(reaches[s], "%s", job_state_name((enum job_state)s));
	for (ev = 0; ev < EV_NEVENT; ev++) {
		ck_assert_int_ne(job_next_state(JOB_QUEUED, (enum job_event)ev), JOB_DONE);
		ck_assert_int_ne(job_next_state(JOB_RUNNING, (enum job_event)ev), JOB_DONE);
		ck_assert_int_eq(job_next_state(JOB_DONE, (enum job_event)ev), JOB_NSTATE);
	}
}
END_TEST

START_TEST(job_tells_the_reference_figures)
{
	struct job j = { .status = 3 << 8 };

	ck_assert_int_eq(job_exitval(&j), 3);
	ck_assert_int_eq(job_signal(&j), 0);
	j.status = SIGKILL;
	ck_assert_int_eq(job_exitval(&j), 0);
	ck_assert_int_eq(job_signal(&j), SIGKILL);
	j.status = SIGTERM;
	j.timed_out = true;
	ck_assert_int_eq(job_exitval(&j), -1);
	ck_assert_int_eq(job_signal(&j), SIGTERM);
}
END_TEST

/* --- ending --------------------------------------------------------------------------------------------------------- */

static const char *const bad_termseqs[] = { "", "FOO", "TERM,x", "TERM,100,", "TERM,-1", "0" };

START_TEST(bad_termseq_is_refused)
{
	struct ending *n = NULL;
	struct err e;

	ck_assert_int_eq(ending_new(bad_termseqs[_i], &n, &e), -1);
}
END_TEST

START_TEST(ending_goes_on_to_kill)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "trap '' TERM; sleep 20 & wait; sleep 20" }, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	struct job j = { .capture = CAPTURE_INIT };
	int64_t now, wake;
	struct ending *n;
	int status, i;

	s.file = "/bin/sh";
	s.argv = argv;
	s.group = true;
	ck_assert_int_eq(ending_new("TERM,10,KILL,10", &n, NULL), 0);
	ck_assert_int_eq(proc_spawn(&s, &j.pid), 0);
	clock_sleep_ns(200 * CLOCK_MS); /* the trap is set */
	now = clock_mono_ns();
	ending_begin(n, &j, now);
	ck_assert(j.killed && j.deadline_ns == now + 10 * CLOCK_MS);
	clock_sleep_ns(50 * CLOCK_MS);
	ck_assert_int_eq(waitpid(j.pid, &status, WNOHANG), 0); /* TERM is ignored */
	ending_step(n, &j, clock_mono_ns());
	ck_assert_int_eq(waitpid(j.pid, &status, 0), j.pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ending_exited(n, &j, clock_mono_ns());
	for (i = 0; i < 1000 && !ending_is_over(n); i++) {
		clock_sleep_ns(5 * CLOCK_MS);
		wake = -1;
		ending_tick(n, clock_mono_ns(), &wake);
	}
	ck_assert(ending_is_over(n));
	ending_free(n);
}
END_TEST

/* --- slots ---------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	int64_t cpus, want; /* want 0: refused */
} jobs[] = {
	{ NULL, 4, 4 }, { "3", 4, 3 }, { "010", 4, 10 }, { "+2", 4, 6 }, { "-1", 4, 3 }, { "-4", 4, 0 }, { "-100", 4, 0 },
	{ "50%", 4, 2 }, { "51%", 4, 3 }, { "75%", 2, 2 }, { "1%", 4, 1 }, { "0%", 4, 0 }, { "150%", 4, 6 }, { "0", 4, SLOTS_MAX }, { "auto", 1, 1 },
	{ "auto", 4, 3 }, { "auto", 64, 4 }, { "3x", 4, 0 }, { "1.5", 4, 0 }, { "", 4, 0 }, { "/nonexistent", 4, 0 },
};

START_TEST(jobs_are_counted)
{
	struct err e;
	int64_t n = 0;
	bool file;
	int r;

	setenv("FH_TEST_ROOT", "/nonexistent", 1);
	setenv("FH_INI", "", 1);
	r = slots_parse(jobs[_i].text, jobs[_i].cpus, &n, &file, &e);
	ck_assert_int_eq(r, jobs[_i].want == 0 ? -1 : 0);
	if (r == 0)
		ck_assert_int_eq(n, jobs[_i].want);
}
END_TEST

START_TEST(jobs_may_stand_in_a_file)
{
	char name[] = "/tmp/fh-slots.XXXXXX";
	int fd = mkstemp(name);
	int64_t n = 0;
	bool file = false;

	ck_assert_int_eq(io_write_full(fd, "+1 \nx\n", 6), 0);
	ck_assert_int_eq(slots_parse(name, 4, &n, &file, NULL), 0);
	ck_assert_int_eq(n, 5);
	ck_assert(file);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(slots_parse(name, 4, &n, &file, NULL), -1);
	close(fd);
	unlink(name);
}
END_TEST

START_TEST(descriptors_bound_the_slots)
{
	struct rlimit low = { 100, 200 }, was;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
	ck_assert_int_eq(slots_fit(60, 2, &was), 60); /* the soft limit is raised */
	ck_assert_uint_eq(was.rlim_cur, 100);
	ck_assert_int_eq(slots_fit(1000, 2, &was), 68);
	ck_assert_int_eq(slots_fit(1000, 0, &was), 1000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sched");
	TCase *tc = tcase_create("sched");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, halt_is_read, 0, ARRAY_LEN(halts));
	tcase_add_loop_test(tc, bad_halt_is_refused, 0, ARRAY_LEN(bad_halts));
	tcase_add_loop_test(tc, halt_stops_and_says_status, 0, ARRAY_LEN(stops));
	tcase_add_loop_test(tc, halt_gives_the_jobs_own_status, 0, ARRAY_LEN(ends));
	tcase_add_test(tc, status_ends_at_101);
	tcase_add_test(tc, lowest_free_slot_is_taken);
	tcase_add_test(tc, delay_load_and_memory_hold_back);
	tcase_add_test(tc, refused_start_pauses_and_gives_the_slot_back);
	tcase_add_test(tc, timeout_follows_the_median);
	tcase_add_test(tc, schedules_keep_the_rules);
	tcase_add_test(tc, job_ends_by_its_table);
	tcase_add_test(tc, job_table_has_no_dead_end);
	tcase_add_test(tc, job_tells_the_reference_figures);
	tcase_add_loop_test(tc, bad_termseq_is_refused, 0, ARRAY_LEN(bad_termseqs));
	tcase_add_test(tc, ending_goes_on_to_kill);
	tcase_add_loop_test(tc, jobs_are_counted, 0, ARRAY_LEN(jobs));
	tcase_add_test(tc, jobs_may_stand_in_a_file);
	tcase_add_test(tc, descriptors_bound_the_slots);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
