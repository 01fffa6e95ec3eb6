/* child: a program ends, or is ended, as a whole group; signals reach it through us; the home is left as it was found. */
#include <check.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "child.h"
#include "clock.h"
#include "folder.h"

#define HOUR (3600 * CLOCK_S)

/* Whoever runs the tests may have these ignored (nohup, a shell's background job), and then so would we. */
static void
set_up(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
	size_t i;

	for (i = 0; i < ARRAY_LEN(signals); i++)
		signal(signals[i], SIG_DFL);
	folder_enter();
}

static int
sh(struct child_home *h, const char *script, int64_t timeout_ns, struct child_end *end)
{
	AUTO_FREE char *text = strdup(script);
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, text, NULL };
	struct proc_spec s = PROC_SPEC_INIT;

	s.file = "sh";
	s.argv = argv;
	return child_run(h, &s, timeout_ns, end);
}

/* What the script left in the file "pid" led a group: is anybody of it left? */
static void
group_is_gone(void)
{
#ifndef FH_PORTABLE /* there the end of an orphan is init's business */
	AUTO_BUF text = { 0 };

	ck_assert_int_eq(io_slurp_at(AT_FDCWD, "pid", &text, 64), 0);
	ck_assert_int_eq(kill(-(pid_t)strtol(buf_str(&text), NULL, 10), 0), -1);
	ck_assert_int_eq(errno, ESRCH);
#endif
}

/* --- how it ends ---------------------------------------------------------------------------------------------------- */

static const struct {
	const char *script;
	int status; /* as a shell has it */
} plain[] = {
	{ "exit 0", 0 },
	{ "exit 7", 7 },
	{ "kill -9 $$", 128 + SIGKILL },
	{ "[ \"$(ps -o pgid= -p $$ | tr -d ' ')\" = $$ ]", 0 }, /* in a group of its own */
	{ "kill -TERM 0", 128 + SIGTERM }, /* which is not ours */
};

START_TEST(end_is_told)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;

	ck_assert_int_eq(sh(&h, plain[_i].script, HOUR, &end), 0);
	ck_assert_int_eq(proc_shell_status(end.status), plain[_i].status);
	ck_assert(!end.timed_out && !end.left_over);
	ck_assert_int_gt(end.wall_ns, 0);
	ck_assert_int_gt(end.usage.ru_maxrss, 0);
	ck_assert_int_eq(h.signo, 0);
	ck_assert_int_eq(*h.guard.group, 0); /* nobody to be answerable for any more */
}
END_TEST

START_TEST(what_cannot_be_started_is_told)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct proc_spec s = PROC_SPEC_INIT;
	char *argv[] = { (char[]){ "x" }, NULL };
	struct child_end end;

	s.argv = argv;
	s.file = "no/such";
	ck_assert_int_eq(child_run(&h, &s, 0, &end), -ENOENT);
	s.file = "fh-no-such-program";
	ck_assert_int_eq(child_run(&h, &s, 0, &end), -ENOENT);
	s.file = folder;
	ck_assert_int_eq(child_run(&h, &s, 0, &end), -EACCES);
	ck_assert_int_eq(sh(&h, "exit 3", 0, &end), 0); /* the home is as good as before */
	ck_assert_int_eq(proc_shell_status(end.status), 3);
}
END_TEST

START_TEST(time_limit_asks_first)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;

	ck_assert_int_eq(sh(&h, "echo $$ >pid; sleep 1000", 50 * CLOCK_MS, &end), 0);
	ck_assert(end.timed_out && !end.left_over);
	ck_assert_int_eq(proc_shell_status(end.status), 128 + SIGTERM);
	ck_assert_int_ge(end.wall_ns, 50 * CLOCK_MS);
	ck_assert_int_eq(h.signo, 0);
}
END_TEST

START_TEST(who_will_not_go_is_killed_after_the_grace)
{
	AUTO_CHILD_HOME h = { .grace_ns = 30 * CLOCK_MS };
	struct child_end end;

	signal(SIGTERM, SIG_IGN); /* it inherits that */
	ck_assert_int_eq(sh(&h, "sleep 1000 & sleep 1000", 50 * CLOCK_MS, &end), 0);
	ck_assert(end.timed_out);
	ck_assert_int_eq(proc_shell_status(end.status), 128 + SIGKILL);
	ck_assert_int_ge(end.wall_ns, 80 * CLOCK_MS);
}
END_TEST

START_TEST(stopped_group_is_ended_too)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;

	ck_assert_int_eq(sh(&h, "trap 'exit 5' TERM; kill -STOP $$; sleep 1000", 50 * CLOCK_MS, &end), 0);
	ck_assert(end.timed_out);
	ck_assert(proc_shell_status(end.status) == 5 || proc_shell_status(end.status) == 128 + SIGTERM); /* before its trap */
}
END_TEST

START_TEST(who_is_left_behind_is_ended)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;

	ck_assert_int_eq(sh(&h, "echo $$ >pid; sleep 1000 & exit 4", 0, &end), 0);
	ck_assert(end.left_over && !end.timed_out);
	ck_assert_int_eq(proc_shell_status(end.status), 4);
	group_is_gone();
}
END_TEST

START_TEST(who_is_left_behind_and_will_not_go_is_killed)
{
	AUTO_CHILD_HOME h = { .grace_ns = 30 * CLOCK_MS };
	struct child_end end;

	ck_assert_int_eq(sh(&h, "echo $$ >pid; trap '' TERM; sleep 1000 & exit 0", 0, &end), 0);
	ck_assert(end.left_over);
	ck_assert_int_eq(end.status, 0);
	ck_assert_int_ge(end.wall_ns, 30 * CLOCK_MS);
	group_is_gone();
}
END_TEST

/* --- signals to us -------------------------------------------------------------------------------------------------- */

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* exec: dash blocks signals while it forks, and a child made then has never heard of the TERM to its group. */
START_TEST(a_signal_ends_it_and_nothing_is_started_after_it)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;
	char script[64];

	snprintf(script, sizeof script, "kill -%d $PPID; exec sleep 1000", ending[_i]);
	ck_assert_int_eq(sh(&h, script, HOUR, &end), 0);
	ck_assert_int_eq(h.signo, ending[_i]);
	ck_assert(!end.timed_out);
	ck_assert_int_eq(proc_shell_status(end.status), 128 + SIGTERM);
	ck_assert_int_eq(sh(&h, "echo >started", 0, &end), -EINTR);
	ck_assert_int_eq(child_nap(&h, HOUR), -EINTR);
	ck_assert_int_lt(access("started", F_OK), 0);
}
END_TEST

START_TEST(a_second_signal_kills)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;

	ck_assert_int_eq(sh(&h, "trap 'kill -HUP $PPID' TERM; kill -INT $PPID; while :; do sleep 0.01; done", HOUR, &end), 0);
	ck_assert_int_eq(h.signo, SIGINT); /* the first */
	ck_assert_int_eq(proc_shell_status(end.status), 128 + SIGKILL);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	struct child_end end;

	signal(SIGHUP, SIG_IGN);
	ck_assert_int_eq(sh(&h, "kill -HUP $PPID; kill -HUP $$; exit 6", HOUR, &end), 0);
	ck_assert_int_eq(proc_shell_status(end.status), 6);
	ck_assert_int_eq(h.signo, 0);
}
END_TEST

/* Waits until the file name does not grow any more; false where it does so for a minute. */
static bool
stands_still(const char *name)
{
	struct stat before, after;
	int i;

	for (i = 0; i < 600; i++) {
		ck_assert_int_eq(stat(name, &before), 0);
		clock_sleep_ns(100 * CLOCK_MS);
		ck_assert_int_eq(stat(name, &after), 0);
		if (after.st_size == before.st_size)
			return true;
	}
	return false;
}

START_TEST(we_stop_and_go_on_together)
{
	struct child_home h = { .grace_ns = HOUR };
	struct child_end end;
	pid_t keeper = fork();
	int status;

	if (keeper == 0) {
		status = sh(&h, "kill -TSTP $PPID; until [ -e go ]; do echo >>grows; done", HOUR, &end);
		_exit(status == 0 && end.status == 0 && h.signo == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(keeper, &status, WUNTRACED), keeper);
	ck_assert(WIFSTOPPED(status));
	put("grows", "");
	ck_assert(stands_still("grows"));
	put("go", "");
	ck_assert_int_eq(kill(keeper, SIGCONT), 0);
	ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(it_does_not_outlive_us)
{
	struct child_home h = { .grace_ns = HOUR };
	struct child_end end;
	int p[2], status;
	pid_t keeper;
	char c;

	ck_assert_int_eq(pipe(p), 0);
	if ((keeper = fork()) == 0) {
		dup2(p[1], 1);
		close(p[1]);
		sh(&h, "sleep 1000 & echo; sleep 1000", 0, &end);
		_exit(1);
	}
	close(p[1]);
	ck_assert_int_eq(read(p[0], &c, 1), 1);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
	ck_assert_int_eq(read(p[0], &c, 1), 0); /* none of them has it any more */
}
END_TEST

/* --- waiting -------------------------------------------------------------------------------------------------------- */

START_TEST(nap_lasts)
{
	AUTO_CHILD_HOME h = { .grace_ns = HOUR };
	int64_t start = clock_mono_ns();

	ck_assert_int_eq(child_nap(&h, 30 * CLOCK_MS), 0);
	ck_assert_int_ge(clock_mono_ns() - start, 30 * CLOCK_MS);
	ck_assert_int_eq(child_nap(&h, 0), 0);
	ck_assert_int_eq(h.signo, 0);
}
END_TEST

START_TEST(nap_is_stopped_and_ended_by_signals)
{
	struct child_home h = { .grace_ns = HOUR };
	int p[2], status;
	pid_t keeper;
	char c;

	ck_assert_int_eq(pipe(p), 0);
	if ((keeper = fork()) == 0) {
		if (child_nap(&h, 1) == 0 && write(p[1], "", 1) == 1 && child_nap(&h, HOUR) == -EINTR)
			_exit(h.signo == SIGQUIT ? 0 : 1);
		_exit(2);
	}
	ck_assert_int_eq(read(p[0], &c, 1), 1);
	ck_assert_int_eq(kill(keeper, SIGTSTP), 0);
	ck_assert_int_eq(waitpid(keeper, &status, WUNTRACED), keeper);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(kill(keeper, SIGCONT), 0);
	ck_assert_int_eq(kill(keeper, SIGQUIT), 0);
	ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* --- the home ------------------------------------------------------------------------------------------------------- */

START_TEST(home_is_left_as_it_was)
{
	struct child_home h = { .grace_ns = HOUR };
	struct child_end end;
	sigset_t before, after;
	int next = dup(0), i;

	close(next);
	child_home_close(&h); /* never opened */
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	ck_assert_int_eq(sh(&h, "exit 0", 0, &end), 0);
	child_home_close(&h);
	ck_assert(!h.open);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &after), 0);
	for (i = 1; i < NSIG; i++)
		ck_assert_int_eq(sigismember(&before, i), sigismember(&after, i));
	ck_assert_int_eq(dup(0), next);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no second process either */
	child_home_close(&h);
}
END_TEST

/* However few descriptors there are: it runs, or says so and leaves nothing. */
START_TEST(descriptors_run_out)
{
	struct child_home h = { .grace_ns = HOUR };
	struct rlimit old, low;
	struct child_end end;
	int next = dup(0), r;

	close(next);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)next;
	do {
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
		r = sh(&h, "exit 0", 0, &end);
		setrlimit(RLIMIT_NOFILE, &old);
		ck_assert_msg(r == 0 || (r == -EMFILE), "%d with %d descriptors", r, (int)low.rlim_cur - next);
		if (h.open)
			child_home_close(&h);
		ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
		ck_assert_int_eq(dup(0), next);
		close(next);
	} while (low.rlim_cur++ < (rlim_t)next + 20 && r < 0);
	ck_assert_int_eq(r, 0);
	ck_assert_int_gt(low.rlim_cur, (rlim_t)next + 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("child");
	TCase *tc = tcase_create("child");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, set_up, folder_leave);
	tcase_add_loop_test(tc, end_is_told, 0, ARRAY_LEN(plain));
	tcase_add_test(tc, what_cannot_be_started_is_told);
	tcase_add_test(tc, time_limit_asks_first);
	tcase_add_test(tc, who_will_not_go_is_killed_after_the_grace);
	tcase_add_test(tc, stopped_group_is_ended_too);
	tcase_add_test(tc, who_is_left_behind_is_ended);
	tcase_add_test(tc, who_is_left_behind_and_will_not_go_is_killed);
	tcase_add_loop_test(tc, a_signal_ends_it_and_nothing_is_started_after_it, 0, ARRAY_LEN(ending));
	tcase_add_test(tc, a_second_signal_kills);
	tcase_add_test(tc, an_ignored_signal_stays_ignored);
	tcase_add_test(tc, we_stop_and_go_on_together);
	tcase_add_test(tc, it_does_not_outlive_us);
	tcase_add_test(tc, nap_lasts);
	tcase_add_test(tc, nap_is_stopped_and_ended_by_signals);
	tcase_add_test(tc, home_is_left_as_it_was);
	tcase_add_test(tc, descriptors_run_out);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
