/* Sums of sizes: each row was tried with GNU parallel 20221122 (--block), those that are wrong excepted. */
#include <check.h>
#include <string.h>

#include "mem.h"
#include "sum.h"

static const struct {
	const char *s;
	double want; /* -1: refused */
} rows[] = {
	{ "0", 0 }, { "4k", 4000 }, { "4K", 4096 }, { " 4 k ", 4000 }, { "+4k", 4000 }, { ".004m", 4000 }, { "2.3k", 2300 },
	{ "1_000", 1000 }, { "010k", 8000 }, { "1M-12*2k", 1024576 }, { "10k/2", 5000 }, { "10k/2k", 5000000 },
	{ "5k - 1k", 4000 }, { "2*-1k+5k", 3000 }, { "-1k*-2", 2000 }, { "(1+2)k", 3000 }, { "((4))k", 4000 },
	{ "2**12", 4096 }, { "2**3k", 8000 }, { "2**3**1k", 8000 }, { "10000%3000", 1000 }, { "2m%3k", 2000 },
	{ "1kk", 1000000 }, { "1k5", 10005 }, { "1K5", 10245 }, { "2k*.5", 1000 }, { "5/2", 2.5 }, { "7%-5", -3 },
	{ "1e3", 9e18 }, { "1x", 9e18 }, { "-1x", -9e18 }, { "2p", 2e15 },
	{ "", -1 }, { "x", -1 }, { ".", -1 }, { "4kb", -1 }, { "0x1000", -1 }, { "08k", -1 }, { "1.5.2k", -1 }, { "4k*", -1 },
	{ "4k+", -1 }, { "()", -1 }, { "(1", -1 }, { "1)", -1 }, { "7/0", -1 }, { "7%0", -1 }, { "4k,5", -1 },
};

START_TEST(sum_row)
{
	struct err e = { 0 };
	double got = 77;
	int r = sum_eval(rows[_i].s, &got, &e);

	ck_assert_msg(r == (rows[_i].want == -1 ? -1 : 0), "'%s': %s", rows[_i].s, e.msg);
	ck_assert_msg(got == (r < 0 ? 77 : rows[_i].want), "'%s': %f", rows[_i].s, got);
	ck_assert_msg(r == 0 || strstr(e.msg, rows[_i].s) != NULL, "'%s' is not in: %s", rows[_i].s, e.msg);
}
END_TEST

START_TEST(long_text_is_refused)
{
	struct err e;
	char text[4000];
	double got;

	memset(text, '(', sizeof text);
	text[sizeof text - 1] = '\0';
	ck_assert_int_eq(sum_eval(text, &got, &e), -1);
	memset(text, '-', sizeof text - 1);
	ck_assert_int_eq(sum_eval(text, &got, &e), -1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sum");
	TCase *tc = tcase_create("sum");
	SRunner *run = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, sum_row, 0, (int)ARRAY_LEN(rows));
	tcase_add_test(tc, long_text_is_refused);
	suite_add_tcase(s, tc);
	srunner_run_all(run, CK_NORMAL);
	failed = srunner_ntests_failed(run);
	srunner_free(run);
	return failed ? 1 : 0;
}
