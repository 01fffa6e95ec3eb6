/* num and near: tables of what is accepted, what it is worth, and what is refused. */
#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "near.h"
#include "num.h"

#define NS INT64_C(1000000000)

static const struct { const char *s; int64_t min, max, want; const char *msg; } ints[] = {
	{ "0", INT64_MIN, INT64_MAX, 0, NULL }, { "-1", -1, 1, -1, NULL }, { "+1", -1, 1, 1, NULL }, { "007", 0, 9, 7, NULL },
	{ "9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, NULL },
	{ "-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, NULL },
	{ "9223372036854775808", INT64_MIN, INT64_MAX, 0, "'9223372036854775808': more than 9223372036854775807" },
	{ "-9223372036854775809", -5, 5, 0, "'-9223372036854775809': less than -5" },
	{ "99999999999999999999", 0, 5, 0, "'99999999999999999999': more than 5" },
	{ "6", 0, 5, 0, "'6': more than 5" }, { "-1", 0, 5, 0, "'-1': less than 0" },
	{ "", 0, 5, 0, "'': not a number" }, { "-", 0, 5, 0, "'-': not a number" }, { " 1", 0, 5, 0, "' 1': not a number" },
	{ "1 ", 0, 5, 0, "'1 ': not a number" }, { "1.0", 0, 5, 0, "'1.0': not a number" },
	{ "0x1", 0, 5, 0, "'0x1': not a number" }, { "--1", -5, 5, 0, "'--1': not a number" },
	{ "a\nb", 0, 5, 0, "'a?b': not a number" },
};

START_TEST(int_row)
{
	struct err e = { 0 };
	int64_t v = 77;
	int r = num_int(ints[_i].s, ints[_i].min, ints[_i].max, &v, &e);

	ck_assert_int_eq(r, ints[_i].msg != NULL ? -1 : 0);
	if (ints[_i].msg != NULL)
		ck_assert_str_eq(e.msg, ints[_i].msg);
	ck_assert_int_eq(v, ints[_i].msg != NULL ? 77 : ints[_i].want);
}
END_TEST

typedef int read_fn(const char *, int64_t *, struct err *);

static const struct { read_fn *fn; const char *s; bool good; int64_t want; } units[] = {
	{ num_size, "0", true, 0 }, { num_size, "1k", true, 1000 }, { num_size, "1K", true, 1024 },
	{ num_size, "1.5G", true, 1610612736 }, { num_size, "-1", true, -1 }, { num_size, ".5M", true, 524288 },
	{ num_size, "3p", true, INT64_C(3000000000000000) }, { num_size, "8191P", true, INT64_C(8191) << 50 },
	{ num_size, "8192P", false, 0 }, { num_size, "99999999999999999999", false, 0 }, { num_size, "1KB", false, 0 },
	{ num_size, "", false, 0 }, { num_size, "K", false, 0 }, { num_size, "1 K", false, 0 }, { num_size, ".", false, 0 },
	{ num_size, "0.1t", true, INT64_C(100000000000) }, { num_size, "1e3", false, 0 }, { num_size, "--1", false, 0 },
	{ num_duration, "10", true, 10 * NS }, { num_duration, "2.5", true, 5 * NS / 2 },
	{ num_duration, "1.5h", true, 5400 * NS }, { num_duration, "1m30s", true, 90 * NS },
	{ num_duration, "2d", true, 172800 * NS }, { num_duration, "45s", true, 45 * NS },
	{ num_duration, "250ms", true, NS / 4 }, { num_duration, "1m30", true, 90 * NS }, { num_duration, "0", true, 0 },
	{ num_duration, "1d3.5h16.6m4s", true, 86400 * NS + 12600 * NS + 996 * NS + 4 * NS },
	{ num_duration, "-1", false, 0 }, { num_duration, "", false, 0 }, { num_duration, "1x", false, 0 },
	{ num_duration, "s", false, 0 }, { num_duration, "1.2.3", false, 0 }, { num_duration, "1 s", false, 0 },
	{ num_duration, "106751d", true, INT64_C(106751) * 86400 * NS }, { num_duration, "106752d", false, 0 },
	{ num_duration, "106751d1d", false, 0 },
	{ num_percent, "80%", true, 80000 }, { num_percent, "12.5%", true, 12500 }, { num_percent, "0%", true, 0 },
	{ num_percent, "80", false, 0 }, { num_percent, "%", false, 0 }, { num_percent, "-1%", false, 0 },
	{ num_percent, "1%%", false, 0 }, { num_percent, "250%", true, 250000 },
};

START_TEST(unit_row)
{
	struct err e = { 0 };
	int64_t v = 77;
	int r = units[_i].fn(units[_i].s, &v, &e);

	ck_assert_msg(r == (units[_i].good ? 0 : -1), "'%s': %s", units[_i].s, e.msg);
	ck_assert_msg(v == (units[_i].good ? units[_i].want : 77), "'%s': %" PRId64, units[_i].s, v);
	ck_assert_msg(units[_i].good || strstr(e.msg, units[_i].s) != NULL, "'%s' is not in: %s", units[_i].s, e.msg);
}
END_TEST

static const struct { int64_t ns; const char *want; } shown[] = {
	{ 0, "0.00 s" }, { 310000000, "0.31 s" }, { 9994999999, "9.99 s" }, { 9995000000, "10.0 s" },
	{ 12400000000, "12.4 s" }, { 59949999999, "59.9 s" }, { 59950000000, "1m00s" }, { 90 * NS, "1m30s" },
	{ 3599 * NS, "59m59s" }, { 3599500000000, "1h00m" }, { 7500 * NS, "2h05m" }, { 180000 * NS, "50h00m" },
	{ -310000000, "-0.31 s" }, { INT64_MAX, "2562047h47m" }, { INT64_MIN, "-2562047h47m" },
};

START_TEST(duration_shown)
{
	char out[32];

	ck_assert_str_eq(num_show_duration(shown[_i].ns, out, sizeof out), shown[_i].want);
}
END_TEST

static const struct { int64_t n; const char *want; } sizes[] = {
	{ 0, "0 B" }, { 512, "512 B" }, { 1023, "1023 B" }, { 1024, "1.0 KiB" }, { 1572864, "1.5 MiB" },
	{ 1048575, "1.0 MiB" }, { INT64_MAX, "8.0 EiB" }, { -2048, "-2.0 KiB" }, { INT64_MIN, "-8.0 EiB" },
};

START_TEST(size_shown)
{
	char out[32];

	ck_assert_str_eq(num_show_size(sizes[_i].n, out, sizeof out), sizes[_i].want);
}
END_TEST

static const struct { const char *word, *want; } nears[] = {
	{ "timeuot", "timeout" }, { "tiemout", "timeout" }, { "timeot", "timeout" }, { "jbos", "jobs" }, { "job", "jobs" },
	{ "j", NULL }, { "abc", NULL }, { "", NULL }, { "retrys", "retry" },
	{ "a-word-that-is-far-longer-than-any-option-name-is", NULL },
};

START_TEST(near_finds)
{
	static const char *const words[] = { "jobs", "timeout", "retries", "retry",
		"a-word-that-is-far-longer-than-any-option-name-it" };
	struct near n = { .word = nears[_i].word, .len = strlen(nears[_i].word) };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		near_try(&n, words[i], strlen(words[i]));
	ck_assert_pstr_eq(n.best, nears[_i].want);
}
END_TEST

START_TEST(numbers_put)
{
	static const uint64_t numbers[] = { 0, 1, 9, 10, 99, 100, 4294967296, 18446744073709551615u };
	char want[32], got[NUM_DIGITS];
	size_t i;

	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		snprintf(want, sizeof want, "%llu", (unsigned long long)numbers[i]);
		ck_assert_uint_eq(num_put(numbers[i], got), strlen(want));
		ck_assert_str_eq(got, want);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("num");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, int_row, 0, ARRAY_LEN(ints));
	tcase_add_loop_test(t, unit_row, 0, ARRAY_LEN(units));
	tcase_add_loop_test(t, duration_shown, 0, ARRAY_LEN(shown));
	tcase_add_loop_test(t, size_shown, 0, ARRAY_LEN(sizes));
	tcase_add_test(t, numbers_put);
	tcase_add_loop_test(t, near_finds, 0, ARRAY_LEN(nears));
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
