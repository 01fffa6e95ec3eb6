/* The one line of --bar, --eta and --progress, as a table; and what the observer writes to something that is no terminal. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "progress.h"

static const struct {
	struct progress_conf c;
	struct sched_counts n;
	int64_t elapsed_s;
	const char *what;
	size_t width;
	const char *line;
} lines[] = {
	{ { .eta = true, .total = 20 }, { .done = 5, .running = 2 }, 10, NULL, 200, "25 % 5/20 done, eta 30.0 s" },
	{ { .eta = true, .total = 20 }, { .done = 0 }, 10, NULL, 200, "0 % 0/20 done" },
	{ { .progress = true }, { .done = 4, .failed = 1, .running = 2 }, 10, NULL, 200,
	    "4 done, 1 failed, 2 running, 2.50 s each" },
	{ { .bar = true, .total = 3 }, { .done = 1 }, 1, "x", 60, "##########.................... 33 % 1/3 done, eta 2.00 s  x" },
	{ { .bar = true, .total = 3 }, { .done = 3 }, 1, NULL, 45, "############################## 100 % 3/3 done" },
	{ { .bar = true, .color = true, .total = 2 }, { .done = 0 }, 1, NULL, 45,
	    "\033[7m\033[0m.............................. 0 % 0/2 done" },
	{ { .eta = true, .total = 2 }, { .done = 0 }, 1, "\xc3\xa4\xc3\xb6\xc3\xbc", 16, "0 % 0/2 done  \xc3\xa4\xc3\xb6" },
};

START_TEST(line_says_where_we_are)
{
	AUTO_BUF out = { 0 };

	progress_line(&lines[_i].c, &lines[_i].n, lines[_i].elapsed_s * CLOCK_S, lines[_i].what, lines[_i].width, &out);
	ck_assert_str_eq(buf_str(&out), lines[_i].line);
}
END_TEST

/* A value that holds a terminal's controls is shown without them, a plain file gets whole lines, nothing unasked. */
START_TEST(observer_writes_plain_lines)
{
	struct progress_conf c = { .eta = true, .total = 2 };
	struct sched_counts n = { .running = 1 };
	struct job j = { .seq = 1 };
	struct observer o;
	int64_t wake = 0;
	char got[512];
	ssize_t len;
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	c.fd = p[1];
	progress_new(&c, 0, &o);
	args_add(&j.args, "a\033[31mb", 7);
	args_end_tuple(&j.args);
	o.started(o.self, &j, &n);
	o.tick(o.self, CLOCK_S, &n, false, &wake);
	ck_assert_int_eq(wake, 2 * CLOCK_S);
	o.tick(o.self, 2 * CLOCK_S, &n, false, &wake);
	o.tick(o.self, 3 * CLOCK_S, &n, true, &wake);
	ck_assert_int_eq(wake, -1);
	len = read(p[0], got, sizeof got - 1);
	ck_assert_int_gt(len, 0);
	got[len] = '\0';
	ck_assert_str_eq(got, "0 % 0/2 done  a?[31mb\n0 % 0/2 done\n");
	o.free(o.self);
	args_fini(&j.args);
	close(p[0]);
	close(p[1]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("progress");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, line_says_where_we_are, 0, ARRAY_LEN(lines));
	tcase_add_test(t, observer_writes_plain_lines);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
