/* err, mem, buf, clock, path: the rooms that know only bytes and words. */
#include <check.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "mem.h"
#include "path.h"

START_TEST(err_says_what_and_why)
{
	struct err e;

	ck_assert_int_eq(err_sys(&e, ENOENT, "%s", "a\nb"), -1);
	ck_assert_str_eq(e.msg, "a?b: No such file or directory");
	ck_assert_int_eq(err_wrap(&e, "x%d", 1), -1);
	ck_assert_str_eq(e.msg, "x1: a?b: No such file or directory");
	ck_assert_int_eq(e.code, ENOENT);
}
END_TEST

START_TEST(err_keeps_utf8_and_drops_controls)
{
	char s[] = "\xc3\x9c\x1b[31m\xc2\x9b\x9b\x7f\t.";

	err_harmless(s, strlen(s));
	ck_assert_str_eq(s, "\xc3\x9c?[31m???? .");
}
END_TEST

START_TEST(buf_splices)
{
	AUTO_BUF b = { 0 };

	buf_addf(&b, "%s-%0100d", "abc", 7);
	ck_assert_uint_eq(b.len, 104);
	buf_splice(&b, 3, 101, "XY", 2);
	ck_assert_str_eq(buf_str(&b), "abcXY");
	buf_splice(&b, 0, 3, "", 0);
	ck_assert_str_eq(buf_str(&b), "XY");
	buf_splice(&b, 2, 0, "z", 1);
	ck_assert_str_eq(buf_str(&b), "XYz");
}
END_TEST

START_TEST(arena_aligns_and_keeps)
{
	AUTO_ARENA a = { 0 };
	char *s = arena_strdup(&a, "keep");
	size_t i;

	for (i = 1; i < 9000; i = i * 3 + 1)
		ck_assert_uint_eq((uintptr_t)arena_alloc(&a, i) % _Alignof(max_align_t), 0);
	ck_assert_str_eq(s, "keep");
	arena_reset(&a);
	ck_assert_str_eq(arena_strndup(&a, "abcdef", 3), "abc");
}
END_TEST

static const struct { int64_t s; const char *text; } days[] = {
	{ 0, "1970-01-01T00:00:00Z" }, { 951782400, "2000-02-29T00:00:00Z" }, { 1700000000, "2023-11-14T22:13:20Z" },
	{ 4107542399, "2100-02-28T23:59:59Z" }, { -1, "1969-12-31T23:59:59Z" },
};

START_TEST(clock_knows_the_calendar)
{
	char out[CLOCK_UTC_LEN];

	ck_assert_str_eq(clock_utc(days[_i].s * CLOCK_S, out), days[_i].text);
}
END_TEST

static const struct { const char *path, *base, *dir; bool inside; } paths[] = {
	{ "a", "a", ".", true }, { "/a", "a", "/", false }, { "a/b/c", "c", "a/b", true }, { "a/../b", "b", "a/..", false },
	{ "a..b/c", "c", "a..b", true }, { "..", "..", ".", false }, { "", "", ".", false },
};

START_TEST(path_cuts)
{
	AUTO_BUF d = { 0 };

	path_dir(&d, paths[_i].path);
	ck_assert_str_eq(buf_str(&d), paths[_i].dir);
	ck_assert_str_eq(path_base(paths[_i].path), paths[_i].base);
	ck_assert(path_is_inside(paths[_i].path) == paths[_i].inside);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_test(t, err_says_what_and_why);
	tcase_add_test(t, err_keeps_utf8_and_drops_controls);
	tcase_add_test(t, buf_splices);
	tcase_add_test(t, arena_aligns_and_keeps);
	tcase_add_loop_test(t, clock_knows_the_calendar, 0, ARRAY_LEN(days));
	tcase_add_loop_test(t, path_cuts, 0, ARRAY_LEN(paths));
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
