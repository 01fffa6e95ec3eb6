/* The lines of --live, and what a screen writes for them. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "live.h"
#include "screen.h"

static const struct {
	uint64_t slot;
	int64_t ms;
	const char *what, *last;
	size_t width;
	const char *line;
} rows[] = {
	{ 1, 1234, "a", "", 40, " 1   1.2 s  a" },
	{ 12, 61000, "a", "out", 40, "12   1m01s  a  out" },
	{ 1, 0, "a long name that takes more than a third", "out", 40, " 1   0.0 s  a long name >  out" },
	{ 1, 0, "name", "a line that is too long for it", 30, " 1   0.0 s  name  a line that>" },
	{ 1, 0, "a long name", "out", 14, " 1   0.0 s  a>" },
	{ 1, 0, "name", "out", 5, " 1  >" },
	{ 1, 0, "name", "out", 1, ">" },
	{ 1, 0, "a\033[2Jb", "\xe6\x97\xa5\a", 40, " 1   0.0 s  ab  \xe6\x97\xa5?" },
};

START_TEST(row)
{
	struct live_line l = { .slot = rows[_i].slot, .elapsed_ns = rows[_i].ms * CLOCK_MS, .what = rows[_i].what,
		.nwhat = strlen(rows[_i].what), .last = rows[_i].last, .nlast = strlen(rows[_i].last) };
	AUTO_BUF out = { 0 };

	live_row(&l, false, rows[_i].width, &out);
	ck_assert_str_eq(buf_str(&out), rows[_i].line);
}
END_TEST

static const struct {
	struct sched_counts n;
	uint64_t total;
	int64_t s;
	size_t width;
	const char *line;
} sums[] = {
	{ { .done = 2, .failed = 1, .running = 3 }, 10, 4, 99, "2 done, 1 failed, 3 running, 5 left, 4.0 s, eta 16.0 s" },
	{ { .done = 0, .running = 3 }, 0, 4, 99, "0 done, 0 failed, 3 running, 4.0 s" },
	{ { .done = 10 }, 10, 100, 99, "10 done, 0 failed, 0 left, 1m40s" },
	{ { .done = 5, .running = 1 }, 3, 1, 99, "5 done, 0 failed, 1 running, 1.0 s" }, /* --total-jobs was wrong */
	{ { .done = 2, .running = 2 }, 3, 1, 99, "2 done, 0 failed, 2 running, 1 left, 1.0 s, eta 0.5 s" },
	{ { .done = 2, .failed = 1 }, 10, 4, 10, "2 done, 1>" },
};

START_TEST(sum)
{
	AUTO_BUF out = { 0 };

	live_sum(&sums[_i].n, sums[_i].total, sums[_i].s * CLOCK_S, sums[_i].width, &out);
	ck_assert_str_eq(buf_str(&out), sums[_i].line);
}
END_TEST

/* --- the screen, on a pseudo terminal ------------------------------------------------------------------------------ */

static int master, slave;

static void
setup(void)
{
	struct winsize w = { .ws_row = 4, .ws_col = 20 };

	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(slave, 0);
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &w), 0);
}

static void
teardown(void)
{
	close(master);
	close(slave);
}

/* What was written since, CR LF as one (the terminal adds a CR to ours). */
static const char *
written(void)
{
	static char got[4096];
	char raw[2048];
	size_t n = 0;
	ssize_t r, i;

	while ((r = read(master, raw, sizeof raw)) > 0)
		for (i = 0; i < r && n < sizeof got - 1; i++)
			if (raw[i] != '\r' || i + 1 >= r || (raw[i + 1] != '\n' && raw[i + 1] != '\r'))
				got[n++] = raw[i];
	got[n] = '\0';
	return got;
}

static void
put(struct screen *s, enum screen_part part, const char *text)
{
	screen_set(s, part, text, strlen(text));
}

START_TEST(screen_draws_what_changed)
{
	struct screen *s = screen_new(slave);

	ck_assert_uint_eq(screen_width(s), 19);
	ck_assert_uint_eq(screen_rows(s), 3);
	put(s, SCREEN_ROWS, "a\nb\n");
	put(s, SCREEN_FOOT, "sum\n");
	screen_draw(s);
	ck_assert_str_eq(written(), "\033[?7l\ra\033[K\nb\033[K\nsum\033[K\033[J\033[?7h");
	screen_draw(s);
	ck_assert_str_eq(written(), "");
	put(s, SCREEN_ROWS, "a\nb\nc\nd\n"); /* more than fits: the sum stays */
	screen_draw(s);
	ck_assert_str_eq(written(), "");
	put(s, SCREEN_ROWS, "a\n");
	screen_above(s, "gone\n", 5);
	screen_draw(s);
	ck_assert_str_eq(written(), "\033[?7l\r\033[2Agone\033[K\na\033[K\nsum\033[K\033[J\033[?7h");
	screen_free(s);
	ck_assert_str_eq(written(), "\r\033[1A\033[J");
}
END_TEST

START_TEST(screen_makes_room)
{
	struct screen *s = screen_new(slave);

	screen_hide(s);
	screen_told(s, true);
	ck_assert_str_eq(written(), ""); /* nothing was there, nothing comes back */
	put(s, SCREEN_FOOT, "sum\n");
	screen_draw(s);
	ck_assert_str_eq(written(), "\n\033[?7l\rsum\033[K\033[J\033[?7h");
	screen_hide(s);
	ck_assert_str_eq(written(), "\r\033[J");
	screen_told(s, false);
	ck_assert_str_eq(written(), "\033[?7l\rsum\033[K\033[J\033[?7h");
	screen_pause(s, true);
	written();
	screen_draw(s);
	ck_assert_str_eq(written(), "");
	screen_pause(s, false);
	screen_draw(s);
	ck_assert_str_ne(written(), "");
	screen_free(s);
}
END_TEST

/* The terminal has broken the lines that do not fit any more: so much further up is the first. */
START_TEST(screen_follows_the_width)
{
	struct winsize w = { .ws_row = 9, .ws_col = 7 };
	struct screen *s = screen_new(slave);

	put(s, SCREEN_ROWS, "ten wide..\n\033[2mx\033[m\n");
	put(s, SCREEN_FOOT, "fifteen wide...\n");
	screen_draw(s);
	written();
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &w), 0);
	put(s, SCREEN_ROWS, "a\n");
	put(s, SCREEN_FOOT, "b\n");
	screen_draw(s);
	ck_assert_str_eq(written(), "\033[?7l\r\033[5Aa\033[K\nb\033[K\033[J\033[?7h");
	screen_free(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("live");
	TCase *t = tcase_create("lines"), *u = tcase_create("screen");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, row, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, sum, 0, ARRAY_LEN(sums));
	suite_add_tcase(s, u);
	tcase_add_checked_fixture(u, setup, teardown);
	tcase_add_test(u, screen_draws_what_changed);
	tcase_add_test(u, screen_makes_room);
	tcase_add_test(u, screen_follows_the_width);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
