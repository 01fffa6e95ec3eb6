/* fh-parallel's run as a whole, its real rooms from options to joblog, on a machine made from a seed (sim.h): options, exits,
 * failures, starts that are refused, signals, load, memory pressure, a reader that stalls or fails, crashes and resumes.
 *
 *     FH_SCHEDULES=1000000 build/plain/tests/unit/sim_test     that many seeds, from FH_SEED on (1)
 *
 * A failure prints its seed and the command line. */
#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "opts.h"
#include "run.h"
#include "sim.h"

#define MS CLOCK_MS
#define WORDS_MAX 128

static char words[WORDS_MAX][64], log_name[64];
static char *argv_of[WORDS_MAX];
static int nwords;

void
sim_die(const char *what, int line)
{
	int i;

	sim.on = false;
	fprintf(stderr, "seed %" PRIu64 ": line %d: not %s, at %" PRId64 " ms\n   ", sim.first_seed, line, what, sim.now / MS);
	for (i = 0; i < nwords; i++)
		fprintf(stderr, " %s", words[i]);
	fputc('\n', stderr);
	for (i = 0; i < sim.nproc; i++)
		fprintf(stderr, "    job %" PRIu64 ".%d: %" PRId64 "-%" PRId64 " ms, status %d%s%s%s%s\n", sim.proc[i].seq,
		    sim.proc[i].attempt, sim.proc[i].start / MS, sim.proc[i].due / MS, sim.proc[i].status, sim.proc[i].over ? "" : ", runs",
		    sim.proc[i].stopped ? ", stopped" : "", sim.proc[i].termed ? ", told to end" : "", sim.proc[i].gave_way ? ", gave way" : "");
	ck_abort_msg("seed %" PRIu64, sim.first_seed);
}

static void
say(const char *line)
{
	(void)line;
}

/* --- what is asked for ----------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static void
word(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words[nwords], sizeof words[0], fmt, ap);
	va_end(ap);
	argv_of[nwords] = words[nwords];
	nwords++;
}

static void
draw_halt(void)
{
	static const char *const names[] = { "", "fail", "success", "done" };

	if (sim_random(3) != 0)
		return;
	sim.halt_on = 1 + (int)sim_random(3);
	sim.halt_n = 1 + (int64_t)sim_random(5);
	word("--halt");
	word("%s,%s=%d", sim_random(2) == 0 ? "now" : "soon", names[sim.halt_on], (int)sim.halt_n);
}

static void
draw_options(bool log, bool resume)
{
	sim.slots = 1 + (int64_t)sim_random(sim_random(2) == 0 ? 3 : 70);
	sim.tries = 1;
	word("fh-parallel");
	word("-j%d", (int)sim.slots);
	if ((sim.ordered = sim_random(3) == 0))
		word("-k");
	if ((sim.lines = sim_random(4) == 0))
		word("--lb");
	if (sim_random(3) == 0)
		word("--retries=%d", (int)(sim.tries = 2 + (int64_t)sim_random(3)));
	if (sim_random(4) == 0) {
		sim.delay = (int64_t)(1 + sim_random(30)) * 10 * MS;
		word("--delay=%.2f", (double)sim.delay / CLOCK_S);
	}
	draw_halt();
	sim.world = sim_random(5) == 0;
	sim.press = sim.world && sim_random(2) == 0;
	if (sim.world)
		word(sim.press ? "--memsuspend=1k" : "--load=3");
	if (!sim.press && sim_random(4) == 0) {
		sim.timeout = (int64_t)(1 + sim_random(20)) * 50 * MS;
		word("--timeout=%.2f", (double)sim.timeout / CLOCK_S);
	}
	if (log) {
		word("--joblog");
		word("%s", log_name);
	}
	if (resume)
		word("--resume");
}

static void
draw_jobs(int njobs)
{
	int i;

	word("/bin/true");
	word(":::");
	for (i = 1; i <= njobs; i++)
		word("%d", i);
	sim.njobs = njobs;
}

static void
draw_fate(bool may_crash)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1 };
	int i;

	sim.crash_at = may_crash && sim_random(2) == 0 ? (int64_t)sim_random(3000) * MS : -1;
	sim.fails_after = sim_random(30) == 0 ? (int)sim_random(30) + 1 : -1;
	sim.stall_again = sim_random(3) == 0 ? 1 + (int64_t)sim_random(10) : 0;
	if (!sim.press && sim_random(4) != 0) /* who is stopped twice must go on once: that is rare enough */
		return;
	sim.nsignals = 1 + (int)sim_random(3);
	for (i = 0; i < sim.nsignals; i++) {
		sim.signals[i] = sim.press && sim_random(2) == 0 ? SIGTSTP : signals[sim_random(sizeof signals / sizeof *signals)];
		sim.signal_at[i] = (int64_t)sim_random(2000) * MS;
	}
}

/* --- what was seen ---------------------------------------------------------------------------------------------------- */

/* What was printed: each job's last attempt, whole, once; -k: in order; grouped: in one piece. */
static void
check_output(int shown[SIM_JOBS + 1])
{
	const char *s = buf_str(&sim.out), *lf;
	unsigned long long seq, open = 0;
	int attempt, open_attempt = 0, last = 0;
	char what;

	for (; *s != '\0'; s = lf + 1) {
		SIM_MUST((lf = strchr(s, '\n')) != NULL && sscanf(s, "%c %llu %d", &what, &seq, &attempt) == 3);
		SIM_MUST(seq >= 1 && seq <= (unsigned long long)sim.njobs && attempt <= sim.attempts[seq]);
		if (sim.ordered)
			SIM_MUST((int)seq >= last);
		last = (int)seq;
		if (!sim.lines && what == 'b') {
			SIM_MUST(open == 0 && attempt == sim.last_attempt[seq]);
			open = seq;
			open_attempt = attempt;
		} else if (!sim.lines) {
			SIM_MUST(open == seq && open_attempt == attempt);
			open = 0;
		}
		if (what == 'e' && attempt == sim.last_attempt[seq])
			SIM_MUST(++shown[seq] == 1);
	}
	SIM_MUST(open == 0 || sim.fails_after == 0);
}

/* The log as the next run will find it: whole lines, each job once at most, and all of them shown. */
static void
check_log(int shown[SIM_JOBS + 1], const int before[SIM_JOBS + 1])
{
	AUTO_BUF text = { 0 };
	const char *s, *lf;
	int in_log[SIM_JOBS + 1] = { 0 }, i;
	long seq;

	SIM_MUST(io_slurp_at(AT_FDCWD, log_name, &text, 1 << 20) == 0);
	for (s = buf_str(&text); *s != '\0'; s = lf + 1) {
		SIM_MUST((lf = strchr(s, '\n')) != NULL);
		if ((seq = strtol(s, NULL, 10)) > 0)
			SIM_MUST(seq <= SIM_JOBS && ++in_log[seq] == 1);
	}
	for (i = 1; i <= sim.njobs; i++) {
		SIM_MUST(in_log[i] == 0 || before[i] || shown[i] == 1);
		SIM_MUST(!before[i] || in_log[i] == 1);
		if (!sim.crashed && sim.fails_after != 0 && !(sim.lines && (sim.killed || sim.halted))) /* --lb shows some of what is ended */
			SIM_MUST(shown[i] == 0 || in_log[i] == 1);
	}
	for (i = 1; i <= SIM_JOBS; i++)
		sim.logged[i] = in_log[i] > 0;
}

static void
check_end(int status, const int shown[SIM_JOBS + 1])
{
	bool undisturbed = !sim.stopping && !sim.halted && !sim.crashed && sim.fails_after != 0;
	bool ended = sim.killed || (sim.halted && sim.halt_on > 0);
	int i;

	for (i = 0; i < sim.nproc; i++)
		SIM_MUST(sim.proc[i].over || sim.crashed);
	for (i = 0; i < sim.nproc; i++) /* who was told to end, or a signal has ended, took his children with him */
		SIM_MUST(!sim.proc[i].child || !(sim.proc[i].termed || WIFSIGNALED(sim.proc[i].status)) || sim.crashed);
	for (i = 1; i <= sim.njobs && undisturbed; i++)
		SIM_MUST(sim.logged[i] || (sim.final[i] == 1 && shown[i] == 1));
	for (i = 1; i <= sim.njobs && !ended && !sim.crashed && sim.fails_after != 0; i++)
		SIM_MUST(sim.final[i] == 0 || shown[i] == 1);
	if (undisturbed)
		SIM_MUST(status == sim.failed);
	if (sim.crashed)
		SIM_MUST(status == -1 || status == 255);
	else if (sim.fails_after == 0 || sim.killed || sim.interrupted)
		SIM_MUST(status == 255);
}

/* One run, as drawn. */
static void
one_run(bool log, bool resume)
{
	int shown[SIM_JOBS + 1] = { 0 }, before[SIM_JOBS + 1] = { 0 }, status, i, fd = dup(0);
	AUTO_BUF text = { 0 };
	struct opts o = { 0 };
	struct err e = { 0 };

	close(fd);
	for (i = 1; i <= SIM_JOBS; i++)
		before[i] = resume && sim.logged[i];
	SIM_MUST(opts_load(&o, nwords, argv_of, &text, &e) == OPTS_RUN);
	sim.on = true;
	status = run_all(&o, say, &e);
	sim.on = false;
	for (i = 0; i < sim.nproc; i++)
		if (sim.proc[i].fd >= 0)
			close(sim.proc[i].fd);
	opts_fini(&o);
	check_output(shown);
	check_end(status, shown);
	if (log)
		check_log(shown, before);
	SIM_MUST(dup(0) == fd); /* every descriptor was closed */
	close(fd);
}

static void
begin(uint64_t seed, bool keep_log)
{
	bool logged[SIM_JOBS + 1];
	uint64_t state = keep_log ? sim.seed : seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	memcpy(logged, sim.logged, sizeof logged);
	buf_fini(&sim.out);
	memset(&sim, 0, sizeof sim);
	sim.seed = state;
	sim.first_seed = seed;
	sim.now = CLOCK_S;
	if (keep_log)
		memcpy(sim.logged, logged, sizeof logged);
	nwords = 0;
}

/* A crash in the middle of a line's writing. */
static void
tear_log(void)
{
	AUTO_BUF text = { 0 };
	const char *s;
	size_t n;

	SIM_MUST(io_slurp_at(AT_FDCWD, log_name, &text, 1 << 20) == 0);
	if (sim_random(2) != 0 || text.len == 0)
		return;
	for (n = text.len - 1; n > 0 && text.data[n - 1] != '\n'; n--)
		;
	s = text.data + n;
	if (strtol(s, NULL, 10) > 0)
		sim.logged[strtol(s, NULL, 10)] = false;
	SIM_MUST(truncate(log_name, (off_t)(n + sim_random(text.len - n))) == 0);
}

static void
one_seed(uint64_t seed)
{
	bool log;
	int njobs, runs;

	begin(seed, false);
	log = sim_random(3) == 0;
	njobs = (int)sim_random(sim_random(3) == 0 ? SIM_JOBS + 1 : 9);
	if (log)
		unlink(log_name);
	draw_options(log, false);
	draw_jobs(njobs);
	draw_fate(log);
	one_run(log, false);
	for (runs = 0; runs < 4 && sim.crashed; runs++) {
		tear_log();
		begin(seed, true);
		draw_options(log, true);
		draw_jobs(njobs);
		draw_fate(runs < 3);
		one_run(log, true);
	}
}

START_TEST(schedules_keep_the_rules)
{
	uint64_t n = getenv("FH_SCHEDULES") != NULL ? strtoull(getenv("FH_SCHEDULES"), NULL, 10) : 1500;
	uint64_t first = getenv("FH_SEED") != NULL ? strtoull(getenv("FH_SEED"), NULL, 10) : 1, seed;
	int fd;

	setenv("HOME", "/nonexistent", 1);
	setenv("FH_INI", "", 1);
	unsetenv("PARALLEL");
	unsetenv("PARALLEL_HOME");
	unsetenv("TMPDIR");
	snprintf(log_name, sizeof log_name, "/tmp/fh-sim.XXXXXX");
	ck_assert_int_ge(fd = mkstemp(log_name), 0);
	close(fd);
	for (seed = first; seed < first + n; seed++)
		one_seed(seed);
	buf_fini(&sim.out);
	unlink(log_name);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sim");
	TCase *tc = tcase_create("sim");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, getenv("FH_SCHEDULES") != NULL ? 0 : 300);
	tcase_add_test(tc, schedules_keep_the_rules);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
