/* How busy disks are, from made-up statistics. */
#include <check.h>
#include <stdlib.h>

#include "busy.h"

#define MS INT64_C(1000000)

static int
look(struct busy *b, int64_t now, const char *text)
{
	struct buf stats = { 0 };

	buf_adds(&stats, text);
	return busy_look(b, &stats, now);
}

START_TEST(the_busiest_disk_counts)
{
	struct busy b = { 0 };

	ck_assert_int_eq(look(&b, 1000 * MS, "8 0 sda 1 1 1 1 1 1 1 1 0 500 9\n8 1 sdb 1 1 1 1 1 1 1 1 0 100 9\n"), 0);
	ck_assert_int_eq(look(&b, 2000 * MS, "8 0 sda 1 1 1 1 1 1 1 1 0 600 9\n8 1 sdb 1 1 1 1 1 1 1 1 0 450 9\n"), 35);
	ck_assert_int_eq(look(&b, 2500 * MS, "8 0 sda 1 1 1 1 1 1 1 1 0 2600 9\n"), 100);
	ck_assert_int_eq(look(&b, 3500 * MS, "8 0 sda 1 1 1 1 1 1 1 1 0 2600 9\n"), 0);
	busy_fini(&b);
}
END_TEST

START_TEST(loops_and_new_disks_say_nothing)
{
	struct busy b = { 0 };

	look(&b, 1000 * MS, "7 0 loop0 1 1 1 1 1 1 1 1 0 0 9\n");
	ck_assert_int_eq(look(&b, 2000 * MS, "7 0 loop0 1 1 1 1 1 1 1 1 0 900 9\n8 0 sda 1 1 1 1 1 1 1 1 0 900 9\nnonsense"), 0);
	ck_assert_int_eq(look(&b, 3000 * MS, "7 0 loop0 1 1 1 1 1 1 1 1 0 1900 9\n8 0 sda 1 1 1 1 1 1 1 1 0 1000 9\n"), 10);
	busy_fini(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("busy");
	TCase *t = tcase_create("busy");
	SRunner *r;
	int failed;

	tcase_add_test(t, the_busiest_disk_counts);
	tcase_add_test(t, loops_and_new_disks_say_nothing);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
