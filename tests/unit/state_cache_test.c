/* state_cache: what was read is kept as long as the file is the same, and never longer: also where somebody writes in place within one
 * tick of the clock, same size, or puts the times back. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "js_view.h"
#include "state_cache.h"

static char dir[] = "/tmp/fh-cache-test.XXXXXX", path[64];
static struct state_cache c;

static void
set_up(void)
{
	memcpy(strrchr(dir, '.'), ".XXXXXX", 8);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s.json", dir);
	c = (struct state_cache){ 0 };
}

static void
tear_down(void)
{
	state_cache_fini(&c);
	unlink(path);
	rmdir(dir);
}

static void
write_in_place(const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600); /* to truncate would flush, on ext4 */

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(ftruncate(fd, (off_t)strlen(text)), 0);
	close(fd);
}

static void
make_old(void)
{
	struct timespec old[2] = { { .tv_sec = 1700000000, .tv_nsec = 5 }, { .tv_sec = 1700000000, .tv_nsec = 5 } };

	ck_assert_int_eq(utimensat(AT_FDCWD, path, old, 0), 0);
}

static void
reads(const char *phase)
{
	struct err e;
	struct state *s = state_cache_get(&c, path, &e);

	ck_assert_msg(s != NULL, "%s", e.msg);
	ck_assert_msg(js_is(js_member(state_root(s), "phase"), phase), "%s is not %s", s->text.data, phase);
}

/* Same size, same inode, as fast as we can: many of these fall into one tick. */
START_TEST(in_place_within_a_tick)
{
	int i;

	for (i = 0; i < 5000; i++) {
		write_in_place(i % 2 ? "{\"phase\": \"one\"}" : "{\"phase\": \"two\"}");
		reads(i % 2 ? "one" : "two");
		if (i % 3 == 0)
			reads(i % 2 ? "one" : "two");
	}
}
END_TEST

START_TEST(by_rename_and_times_put_back)
{
	int i;

	for (i = 0; i < 100; i++) {
		const char *text = i % 2 ? "{\"phase\": \"one\"}" : "{\"phase\": \"two\"}";

		if (i % 3)
			ck_assert_int_eq(file_replace(AT_FDCWD, path, text, strlen(text), 0600), 0);
		else
			write_in_place(text);
		make_old();
		reads(i % 2 ? "one" : "two");
	}
}
END_TEST

/* Once the file has been left alone, the text stays where it is: nothing is read. */
START_TEST(left_alone)
{
	struct err e;
	const char *text;
	int i;

	write_in_place("{\"phase\": \"one\"}");
	reads("one");
	text = c.s.text.data;
	ck_assert(!c.settled);
	for (i = 0; i < 100 && !c.settled; i++) {
		clock_sleep_ns(10 * CLOCK_MS);
		reads("one");
	}
	ck_assert(c.settled);
	reads("one");
	ck_assert_ptr_eq(c.s.text.data, text); /* and was parsed once */
	write_in_place("{\"phase\": \"one\"");
	ck_assert_ptr_null(state_cache_get(&c, path, &e));
	write_in_place("{\"phase\": \"one\"}");
	reads("one");
	unlink(path);
	ck_assert_ptr_null(state_cache_get(&c, path, &e));
	ck_assert_int_eq(e.code, ENOENT);
}
END_TEST

START_TEST(answers_go_with_the_text)
{
	struct buf out = { 0 };
	int status = 7, i;
	char key[16];

	write_in_place("{\"phase\": \"one\"}");
	reads("one");
	buf_adds(&out, "answer");
	state_cache_keep(&c, "key", 3, &out, 1);
	buf_reset(&out);
	ck_assert(!state_cache_recall(&c, "kex", 3, &out, &status));
	ck_assert(state_cache_recall(&c, "key", 3, &out, &status));
	ck_assert_str_eq(buf_str(&out), "answer");
	ck_assert_int_eq(status, 1);
	write_in_place("{\"phase\": \"one\" }");
	reads("one");
	ck_assert(!state_cache_recall(&c, "key", 3, &out, &status));
	for (i = 0; i < 100; i++) { /* eight are kept */
		snprintf(key, sizeof key, "k%d", i);
		state_cache_keep(&c, key, strlen(key), &out, 0);
	}
	ck_assert(!state_cache_recall(&c, "k91", 3, &out, &status));
	ck_assert(state_cache_recall(&c, "k92", 3, &out, &status));
	buf_fini(&out);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("state_cache");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, in_place_within_a_tick);
	tcase_add_test(t, by_rename_and_times_put_back);
	tcase_add_test(t, left_alone);
	tcase_add_test(t, answers_go_with_the_text);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
