/* capture: files in memory that go to the disk, and files that serve again. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "cleanup.h"
#include "io.h"

#define CHUNK 100000

#ifndef FH_PORTABLE
static void
say(const struct capture *c, int i, char letter, size_t n)
{
	char text[CHUNK];

	memset(text, letter, sizeof text);
	ck_assert_uint_le(n, sizeof text);
	ck_assert_int_eq(io_write_full(c->side[i].job_fd, text, n), 0);
}

static long
blocks(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return (long)st.st_blocks;
}

START_TEST(memory_is_relieved)
{
	struct capture_spare *spare = capture_spare_new();
	struct capture c = CAPTURE_INIT;
	char text[3 * CHUNK];
	int i;

	ck_assert_int_eq(capture_open(&c, CAPTURE_FILE, NULL, spare), 0);
	ck_assert(c.side[0].memory);
	say(&c, 0, 'a', CHUNK);
	say(&c, 0, 'b', CHUNK);
	ck_assert_int_eq(capture_memory(&c, 0), 2 * CHUNK);
	ck_assert_int_eq(capture_relieve(&c, 0, NULL, CHUNK + 5), CHUNK + 5);
	ck_assert_int_eq(capture_memory(&c, 0), CHUNK - 5);
	ck_assert_int_le(blocks(c.side[0].fd) * 512, CHUNK + 8192); /* the memory is free again */
	say(&c, 0, 'c', CHUNK); /* the job goes on as if nothing had been */
	ck_assert_int_eq(capture_size(&c, 0), 3 * CHUNK);
	ck_assert_int_eq(capture_relieve(&c, 0, NULL, INT64_MAX), 2 * CHUNK - 5);
	ck_assert_int_eq(capture_memory(&c, 0), 0);
	ck_assert_int_eq(capture_relieve(&c, 0, NULL, INT64_MAX), 0);
	ck_assert_int_eq(pread(c.side[0].disk, text, sizeof text, 0), (ssize_t)sizeof text);
	for (i = 0; i < 3 * CHUNK; i++)
		ck_assert_msg(text[i] == 'a' + i / CHUNK, "byte %d", i);
	capture_close(&c);
	capture_spare_free(spare);
}
END_TEST

/* >/dev/stdout in a job: what it said before is gone, as in any file. */
START_TEST(a_cut_is_followed)
{
	struct capture_spare *spare = capture_spare_new();
	struct capture c = CAPTURE_INIT;
	char text[CHUNK];

	ck_assert_int_eq(capture_open(&c, CAPTURE_FILE, NULL, spare), 0);
	say(&c, 0, 'a', CHUNK);
	ck_assert_int_eq(capture_relieve(&c, 0, NULL, INT64_MAX), CHUNK);
	ck_assert_int_eq(ftruncate(c.side[0].job_fd, 0), 0);
	ck_assert_int_eq(capture_memory(&c, 0), 0);
	ck_assert_int_eq(c.side[0].on_disk, 0);
	say(&c, 0, 'b', CHUNK);
	ck_assert_int_eq(capture_relieve(&c, 0, NULL, INT64_MAX), CHUNK);
	ck_assert_int_eq(ftruncate(c.side[0].job_fd, 0), 0);
	say(&c, 0, 'c', CHUNK); /* as long as what is on disk */
	ck_assert_int_eq(capture_memory(&c, 0), CHUNK);
	ck_assert_int_eq(capture_relieve(&c, 0, NULL, INT64_MAX), CHUNK);
	ck_assert_int_eq(pread(c.side[0].disk, text, sizeof text, 0), CHUNK);
	ck_assert_int_eq(text[0] + text[CHUNK - 1], 2 * 'c');
	capture_close(&c);
	capture_spare_free(spare);
}
END_TEST

START_TEST(no_disk_loses_nothing)
{
	struct capture c = CAPTURE_INIT;

	ck_assert_int_eq(capture_open(&c, CAPTURE_FILE, NULL, NULL), 0);
	say(&c, 1, 'x', 10);
	ck_assert_int_lt(capture_relieve(&c, 1, "/nonexistent", INT64_MAX), 0);
	ck_assert_int_eq(capture_memory(&c, 1), 10);
	capture_close(&c);
}
END_TEST
#endif

/* Whoever still has a file that served a job must not see it serve another. */
START_TEST(a_file_that_is_held_is_not_used_again)
{
	struct capture_spare *spare = capture_spare_new();
	struct capture c = CAPTURE_INIT;
	int held, round;
	struct stat a, b;

	for (round = 0; round < 3; round++) {
		ck_assert_int_eq(capture_open(&c, CAPTURE_FILE, NULL, spare), 0);
		held = dup(c.side[0].job_fd); /* as a process left behind */
		capture_close(&c);
		ck_assert_int_eq(capture_open(&c, CAPTURE_FILE, NULL, spare), 0);
		ck_assert_int_eq(fstat(held, &a) + fstat(c.side[0].fd, &b), 0);
		ck_assert(a.st_ino != b.st_ino);
		ck_assert_int_eq(fstat(c.side[1].fd, &b), 0);
		ck_assert(a.st_ino != b.st_ino);
		capture_close(&c);
		close(held);
	}
	capture_spare_free(spare);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("capture");
	TCase *tc = tcase_create("capture");
	SRunner *r = srunner_create(s);
	int failed;

#ifndef FH_PORTABLE
	tcase_add_test(tc, memory_is_relieved);
	tcase_add_test(tc, a_cut_is_followed);
	tcase_add_test(tc, no_disk_loses_nothing);
#endif
	tcase_add_test(tc, a_file_that_is_held_is_not_used_again);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
