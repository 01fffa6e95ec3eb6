/* render: how often the renderer is run and what is told meanwhile; what counts as a passing failure; its environment and report. */
#include <check.h>
#include <errno.h>

#include "clock.h"
#include "folder.h"
#include "js.h"
#include "js_view.h"
#include "render.h"

#define HOUR (3600 * CLOCK_S)

extern char **environ;

/* What was told, as words: "retry 1 5" is the first attempt, and 5 ns of waiting. */
static void
tell(void *ctx, enum render_event ev, int64_t n, int64_t wait_ns)
{
	buf_addf(ctx, "%s %lld %lld;", ev == RENDER_RETRY ? "retry" : "passing", (long long)n, (long long)wait_ns);
}

/* One call, with all that came of it. */
struct try {
	struct render_plan plan; /* argv is set by try_run */
	struct child_home home;
	struct render_result result;
	struct err err;
	struct buf told;
	int r;
};

#define TRY_INIT { .plan = { .attempts = 1, .log = "log", .errors = "errors", .transient_tries = 1 }, .home = { .grace_ns = HOUR } }
#define AUTO_TRY __attribute__((cleanup(try_fini))) struct try

static void
try_fini(struct try *t)
{
	child_home_close(&t->home);
	buf_fini(&t->told);
}

static void
try_run(struct try *t, const char *script)
{
	AUTO_FREE char *text = strdup(script);
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, text, NULL };

	t->plan.argv = argv;
	t->plan.envp = environ;
	t->r = render_run(&t->home, &t->plan, tell, &t->told, &t->result, &t->err);
	t->plan.argv = NULL;
}

/* --- attempts ------------------------------------------------------------------------------------------------------- */

START_TEST(success_is_the_end_of_it)
{
	AUTO_TRY t = TRY_INIT;

	put("log", "before\n");
	t.plan.attempts = 5;
	try_run(&t, "echo out; echo err >&2; read x || echo eof");
	ck_assert_int_eq(t.r, 0);
	ck_assert_int_eq(t.result.attempts, 1);
	ck_assert_int_eq(t.result.transients, 0);
	ck_assert_int_eq(t.result.status, 0);
	ck_assert_int_gt(t.result.wall_ns, 0);
	ck_assert_int_gt(t.result.peak_bytes, 0);
	ck_assert_str_eq(buf_str(&t.told), "");
	holds("log", "before\nout\neof\n"); /* appended, and there is nothing to read */
	holds("errors", "err\n");
}
END_TEST

static const struct {
	const char *script, *words; /* it begins so */
	int64_t timeout_ns;
} failing[] = {
	{ "exit 3", "sh: exit status 3", 0 },
	{ "kill -9 $$", "sh: ended by signal 9 (Killed)", HOUR },
	{ "exec sleep 1000", "sh: time limit reached after ", 20 * CLOCK_MS },
};

START_TEST(failure_is_repeated_and_worded)
{
	AUTO_TRY t = TRY_INIT;

	t.plan.attempts = 3;
	t.plan.backoff_ns = 7;
	t.plan.timeout_ns = failing[_i].timeout_ns;
	try_run(&t, failing[_i].script);
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.err.code, 0);
	ck_assert_int_eq(strncmp(t.err.msg, failing[_i].words, strlen(failing[_i].words)), 0);
	ck_assert_int_eq(t.result.attempts, 3);
	ck_assert_int_eq(t.result.timed_out, failing[_i].timeout_ns == 20 * CLOCK_MS);
	ck_assert_str_eq(buf_str(&t.told), "retry 1 7;retry 2 7;"); /* not after the last */
}
END_TEST

START_TEST(a_later_attempt_may_succeed)
{
	AUTO_TRY t = TRY_INIT;

	t.plan.attempts = 9;
	t.plan.backoff_ns = 1;
	try_run(&t, "echo x >>runs; [ $(wc -l <runs) = 3 ]");
	ck_assert_int_eq(t.r, 0);
	ck_assert_int_eq(t.result.attempts, 3);
	ck_assert_str_eq(buf_str(&t.told), "retry 1 1;retry 2 1;");
}
END_TEST

START_TEST(waiting_is_no_time_of_the_runs)
{
	AUTO_TRY t = TRY_INIT;
	int64_t start = clock_mono_ns();

	t.plan.attempts = 3;
	t.plan.backoff_ns = 100 * CLOCK_MS;
	try_run(&t, "exit 1");
	ck_assert_int_ge(clock_mono_ns() - start, 200 * CLOCK_MS + t.result.wall_ns);
}
END_TEST

/* --- passing failures ----------------------------------------------------------------------------------------------- */

START_TEST(passing_failures_wait_ever_longer)
{
	AUTO_TRY t = TRY_INIT;

	t.plan.transient = "busy";
	t.plan.transient_ns = 10;
	t.plan.transient_tries = 4;
	try_run(&t, "echo 'the card is busy' >&2; exit 2");
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.result.attempts, 1);
	ck_assert_int_eq(t.result.transients, 3);
	ck_assert_str_eq(buf_str(&t.told), "passing 1 10;passing 2 20;passing 3 40;");
	ck_assert_str_eq(t.err.msg, "sh: exit status 2");
}
END_TEST

START_TEST(each_attempt_has_its_passing_failures)
{
	AUTO_TRY t = TRY_INIT;

	t.plan.attempts = 2;
	t.plan.backoff_ns = 5;
	t.plan.transient = "busy";
	t.plan.transient_ns = 1;
	t.plan.transient_tries = 2;
	try_run(&t, "echo busy; exit 2");
	ck_assert_int_eq(t.result.transients, 2);
	ck_assert_str_eq(buf_str(&t.told), "passing 1 1;retry 1 5;passing 1 1;");
}
END_TEST

START_TEST(what_an_earlier_run_said_does_not_count)
{
	AUTO_TRY t = TRY_INIT;

	put("log", "busy\n");
	put("errors", "busy\n");
	t.plan.transient = "busy";
	t.plan.transient_ns = 1;
	t.plan.transient_tries = 9;
	try_run(&t, "[ -e second ] || { >second; echo busy; }; exit 1");
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.result.transients, 1);
}
END_TEST

static const struct {
	const char *text;
	int before; /* bytes of output before it */
	int passing;
} places[] = {
	{ "busy", 0, 1 },
	{ "busy", 65534, 1 }, /* over the end of what is read at once */
	{ "busy", 65536, 1 },
	{ "busy", 200000, 1 },
	{ "busi", 65534, 0 },
	{ "", 0, 0 }, /* none is looked for */
	{ NULL, 0, 0 },
};

START_TEST(the_text_is_found_wherever_it_stands)
{
	AUTO_TRY t = TRY_INIT;
	char script[128];

	t.plan.transient = places[_i].text;
	t.plan.transient_ns = 1;
	t.plan.transient_tries = 2;
	snprintf(script, sizeof script, "head -c %d /dev/zero; echo busy; exit 1", places[_i].before);
	try_run(&t, script);
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.result.transients, places[_i].passing);
}
END_TEST

START_TEST(a_text_longer_than_half_a_block_is_never_found)
{
	AUTO_TRY t = TRY_INIT;
	char text[40000];

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	t.plan.transient = text;
	t.plan.transient_ns = 1;
	t.plan.transient_tries = 2;
	try_run(&t, "head -c 100000 /dev/zero | tr '\\0' x; exit 1");
	ck_assert_int_eq(t.result.transients, 0);
}
END_TEST

/* --- what is in the way --------------------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_run_is_not_tried_again)
{
	AUTO_TRY t = TRY_INIT;
	char *argv[] = { (char[]){ "fh-no-such-renderer" }, NULL };

	t.plan.attempts = 3;
	t.plan.argv = argv;
	t.plan.envp = environ;
	ck_assert_int_eq(render_run(&t.home, &t.plan, tell, &t.told, &t.result, &t.err), -1);
	ck_assert_int_eq(t.err.code, ENOENT);
	ck_assert_str_eq(t.err.msg, "fh-no-such-renderer: No such file or directory");
	ck_assert_str_eq(buf_str(&t.told), "");
}
END_TEST

START_TEST(files_that_cannot_be_opened_are_named)
{
	AUTO_TRY t = TRY_INIT;

	t.plan.log = "no/log";
	try_run(&t, "echo >ran");
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.err.code, ENOENT);
	ck_assert_str_eq(t.err.msg, "no/log: No such file or directory");
	t.plan.log = "log";
	t.plan.errors = ".";
	try_run(&t, "echo >ran");
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.err.code, EISDIR);
	ck_assert_str_eq(t.err.msg, ".: Is a directory");
	ck_assert_int_lt(access("ran", F_OK), 0);
}
END_TEST

START_TEST(a_signal_ends_the_run_and_all_that_would_follow)
{
	AUTO_TRY t = TRY_INIT;

	signal(SIGTERM, SIG_DFL);
	t.plan.attempts = 5;
	try_run(&t, "kill -TERM $PPID; exec sleep 1000");
	ck_assert_int_eq(t.r, -1);
	ck_assert_int_eq(t.err.code, EINTR);
	ck_assert_str_eq(t.err.msg, "interrupted");
	ck_assert_int_eq(t.home.signo, SIGTERM);
	ck_assert_str_eq(buf_str(&t.told), "");
}
END_TEST

/* The signal comes while nothing runs: from what is told before the wait. */
static void
tell_and_interrupt(void *ctx, enum render_event ev, int64_t n, int64_t wait_ns)
{
	tell(ctx, ev, n, wait_ns);
	raise(SIGTERM);
}

START_TEST(a_signal_ends_the_wait)
{
	AUTO_TRY t = TRY_INIT;
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "echo busy; exit 1" }, NULL };

	signal(SIGTERM, SIG_DFL);
	t.plan.argv = argv;
	t.plan.envp = environ;
	t.plan.attempts = 2;
	t.plan.backoff_ns = t.plan.transient_ns = HOUR;
	t.plan.transient = _i == 0 ? NULL : "busy";
	t.plan.transient_tries = 2;
	ck_assert_int_eq(render_run(&t.home, &t.plan, tell_and_interrupt, &t.told, &t.result, &t.err), -1);
	ck_assert_int_eq(t.err.code, EINTR);
	ck_assert_str_eq(t.err.msg, "interrupted");
	ck_assert_str_eq(buf_str(&t.told), _i == 0 ? "retry 1 3600000000000;" : "passing 1 3600000000000;");
}
END_TEST

/* --- environment and report ----------------------------------------------------------------------------------------- */

START_TEST(settings_go_over_the_environment)
{
	AUTO_ARENA a = { 0 };
	char *base[] = { (char[]){ "A=1" }, (char[]){ "AB=2" }, (char[]){ "C=3" }, NULL };
	static const char *const settings[] = { "C=4", "A=x", "D=", "A=5=6" };
	static const char *const want[] = { "AB=2", "C=4", "D=", "A=5=6", NULL };
	char **env = render_environment(base, settings, ARRAY_LEN(settings), &a);
	size_t i;

	for (i = 0; want[i] != NULL; i++)
		ck_assert_str_eq(env[i], want[i]);
	ck_assert_ptr_null(env[i]);
	env = render_environment(base, NULL, 0, &a);
	for (i = 0; base[i] != NULL; i++)
		ck_assert_str_eq(env[i], base[i]);
	ck_assert_ptr_null(env[i]);
}
END_TEST

static const struct {
	struct render_result r;
	const char *member; /* of the report */
	long long want;
} reported[] = {
	{ { .attempts = 2 }, "attempts", 2 },
	{ { .attempts = 2, .transients = 5 }, "transient_failures", 5 },
	{ { .attempts = 1, .peak_bytes = 1LL << 40 }, "peak_memory_bytes", 1LL << 40 },
	{ { .attempts = 1, .status = 3 << 8 }, "renderer_status", 3 },
	{ { .attempts = 1, .status = 9 }, "renderer_signal", 9 },
	{ { .attempts = 0, .status = 9 }, "renderer_signal", -1 }, /* nothing was run: not there */
	{ { .attempts = 0 }, "renderer_status", -1 },
};

START_TEST(report_says_what_was_done)
{
	AUTO_BUF b = { 0 };
	struct js v;

	render_json(&b, &reported[_i].r);
	buf_addc(&b, '}');
	ck_assert_int_eq(js_check(buf_str(&b), b.len, 0, NULL), 0);
	v = js_member(js_root(b.data), reported[_i].member);
	ck_assert_int_eq(v.p == NULL, reported[_i].want < 0);
	if (v.p != NULL)
		ck_assert_int_eq(strtoll(v.p, NULL, 10), reported[_i].want);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("render");
	TCase *tc = tcase_create("render");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, folder_enter, folder_leave);
	tcase_add_test(tc, success_is_the_end_of_it);
	tcase_add_loop_test(tc, failure_is_repeated_and_worded, 0, ARRAY_LEN(failing));
	tcase_add_test(tc, a_later_attempt_may_succeed);
	tcase_add_test(tc, waiting_is_no_time_of_the_runs);
	tcase_add_test(tc, passing_failures_wait_ever_longer);
	tcase_add_test(tc, each_attempt_has_its_passing_failures);
	tcase_add_test(tc, what_an_earlier_run_said_does_not_count);
	tcase_add_loop_test(tc, the_text_is_found_wherever_it_stands, 0, ARRAY_LEN(places));
	tcase_add_test(tc, a_text_longer_than_half_a_block_is_never_found);
	tcase_add_test(tc, what_cannot_be_run_is_not_tried_again);
	tcase_add_test(tc, files_that_cannot_be_opened_are_named);
	tcase_add_test(tc, a_signal_ends_the_run_and_all_that_would_follow);
	tcase_add_loop_test(tc, a_signal_ends_the_wait, 0, 2);
	tcase_add_test(tc, settings_go_over_the_environment);
	tcase_add_loop_test(tc, report_says_what_was_done, 0, ARRAY_LEN(reported));
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
