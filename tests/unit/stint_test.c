/* Text in columns (cells), and a run as a trace and as a picture. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "clock.h"
#include "js.h"
#include "mem.h"
#include "stint.h"
#include "timeline.h"
#include "trace.h"

static const struct {
	const char *in;
	size_t width;
	const char *out;
	size_t columns;
} cells[] = {
	{ "abc", 3, "abc", 3 },
	{ "abcd", 3, "ab>", 3 },
	{ "abcd", 0, "", 0 },
	{ "ab", 1, ">", 1 },
	{ "", 5, "", 0 },
	{ "a\tb", 20, "a       b", 9 },
	{ "12345678\tb", 20, "12345678        b", 17 },
	{ "a\tb", 4, "a>", 2 },
	{ "\033[1;31mred\033[0m", 10, "red", 3 },
	{ "\033]0;title\ax", 10, "x", 1 },
	{ "\033]0;title\033\\x", 10, "x", 1 },
	{ "\033(Bx\033", 10, "x", 1 },
	{ "\033[", 10, "", 0 },
	{ "a\bb\177c", 10, "a?b?c", 5 },
	{ "\xc2\x9b" "31m", 10, "?31m", 4 },                            /* a C1 control */
	{ "\xff\xc3", 10, "??", 2 },                                    /* no UTF-8 */
	{ "\xed\xa0\x80", 10, "???", 3 },                               /* a surrogate */
	{ "\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac", 4 }, /* two columns each */
	{ "\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5>", 3 },
	{ "\xe6\x97\xa5\xe6\x9c\xac", 2, ">", 1 },
	{ "a\xe6\x97\xa5\xe6\x9c\xac", 3, "a>", 2 },
	{ "e\xcc\x81x", 2, "e\xcc\x81x", 2 },                           /* combining */
	{ "a\xe2\x80\xae" "b", 5, "ab", 2 },                            /* turns the direction */
	{ "\xf0\x9f\x98\x80!", 3, "\xf0\x9f\x98\x80!", 3 },             /* emoji */
};

START_TEST(text_is_cut_to_columns)
{
	AUTO_BUF out = { 0 };

	ck_assert_uint_eq(cells_add(&out, cells[_i].in, strlen(cells[_i].in), cells[_i].width), cells[_i].columns);
	ck_assert_str_eq(buf_str(&out), cells[_i].out);
}
END_TEST

/* Whatever comes in, what comes out moves no cursor and is not too wide. */
START_TEST(any_bytes_are_harmless)
{
	AUTO_BUF out = { 0 };
	unsigned seed = 1;
	size_t i, k, width;
	char in[64];

	for (i = 0; i < 2000; i++) {
		for (k = 0; k < sizeof in; k++) {
			seed = seed * 1103515245 + 12345;
			in[k] = (char)(seed >> 16);
		}
		width = i % 70;
		buf_reset(&out);
		ck_assert_uint_le(cells_add(&out, in, sizeof in, width), width);
		for (k = 0; k < out.len; k++)
			ck_assert_msg((unsigned char)out.data[k] >= 0x20 && out.data[k] != 0x7f &&
			    !(out.data[k] == '\xc2' && (unsigned char)out.data[k + 1] < 0xa0), "byte %zu of round %zu", k, i);
	}
}
END_TEST

START_TEST(last_line)
{
	static const struct { const char *in, *line; } t[] = { { "", "" }, { "a", "a" }, { "a\n", "a" }, { "a\nb", "b" },
		{ "a\nb\n\n", "b" }, { "10%\r20%\r", "20%" }, { "x\r\n", "x" }, { "\n\n", "" } };
	const char *line;
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(t); i++) {
		n = cells_last_line(t[i].in, strlen(t[i].in), &line);
		ck_assert_uint_eq(n, strlen(t[i].line));
		ck_assert_int_eq(memcmp(line, t[i].line, n), 0);
	}
}
END_TEST

/* --- pictures ------------------------------------------------------------------------------------------------------ */

static void
add(struct stints *s, struct stint one, const char *text)
{
	one.text = s->text.len;
	one.text_len = strlen(text);
	buf_adds(&s->text, text);
	s->v = xgrow(s->v, s->n, &s->cap, sizeof *s->v);
	s->v[s->n++] = one;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

START_TEST(trace_has_every_stint)
{
	AUTO_BUF out = { 0 };
	struct stints s = { 0 };
	struct err e;

	add(&s, (struct stint){ .seq = 1, .slot = 1, .attempt = 1, .start_ns = 1500, .end_ns = 2500 }, "echo \"a\"");
	add(&s, (struct stint){ .seq = 2, .slot = 3, .attempt = 2, .start_ns = 2000, .end_ns = CLOCK_S, .exitval = 7, .fate = STINT_FAILED },
	    "\xff\n</script>");
	trace_draw(&s, &out);
	ck_assert_msg(js_check(buf_str(&out), out.len, JS_STRICT, &e) == 0, "%s", e.msg);
	ck_assert_uint_eq(count(out.data, "\"ph\": \"X\""), 2);
	ck_assert_uint_eq(count(out.data, "\"thread_name\""), 3);
	ck_assert_ptr_nonnull(strstr(out.data, "\\ufffd\\n</script>"));
	ck_assert_ptr_nonnull(strstr(out.data, "\"tid\": 1, \"cname\": \"good\", \"ts\": 1.500, \"dur\": 1.000"));
	ck_assert_ptr_nonnull(strstr(out.data, "\"result\": \"failed\", \"exitval\": 7"));
	ck_assert_ptr_nonnull(strstr(out.data, "\"ts\": 2.000, \"args\": {\"jobs\": 2}"));
	ck_assert_ptr_nonnull(strstr(out.data, "\"ts\": 1000000.000, \"args\": {\"jobs\": 0}"));
	free(s.v);
	buf_fini(&s.text);
}
END_TEST

START_TEST(trace_of_nothing)
{
	AUTO_BUF out = { 0 };
	struct stints s = { 0 };
	struct err e;

	trace_draw(&s, &out);
	ck_assert_msg(js_check(buf_str(&out), out.len, JS_STRICT, &e) == 0, "%s", e.msg);
	buf_reset(&out);
	timeline_draw(&s, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "0 jobs"));
}
END_TEST

START_TEST(timeline_escapes_and_cuts)
{
	AUTO_BUF out = { 0 };
	struct stints s = { 0 };

	add(&s, (struct stint){ .seq = 1, .slot = 1, .attempt = 1, .end_ns = CLOCK_S }, "echo <&\"\001\xff>");
	add(&s, (struct stint){ .seq = 2, .slot = 2, .attempt = 1, .end_ns = CLOCK_S / 10, .signo = 9, .fate = STINT_FAILED },
	    "a command that is far too long for its bar, which is only so wide");
	timeline_draw(&s, &out);
	ck_assert_ptr_nonnull(strstr(out.data, ">echo &lt;&amp;&quot;??&gt;</text>"));
	ck_assert_ptr_nonnull(strstr(out.data, ">a command that&gt;</text>"));
	s.v[1].name = 2;
	s.v[1].name_len = 9;
	buf_reset(&out);
	timeline_draw(&s, &out);
	ck_assert_ptr_nonnull(strstr(out.data, ">ho &lt;&amp;&quot;??&gt;</text>")); /* what does not fit gives way to the values */
	ck_assert_ptr_nonnull(strstr(out.data, "<title>job 2: failed, 0.10 s, signal 9\na command that is far too long for its bar, which"));
	ck_assert_ptr_nonnull(strstr(out.data, "1 ok, 1 failed; 2 slots, busy 55 %"));
	free(s.v);
	buf_fini(&s.text);
}
END_TEST

/* A hundred thousand jobs of one slot are no hundred thousand bars. */
START_TEST(timeline_is_bounded)
{
	AUTO_BUF out = { 0 };
	struct stints s = { 0 };
	int64_t i;

	for (i = 0; i < 100000; i++)
		add(&s, (struct stint){ .seq = (uint64_t)i + 1, .slot = 1, .attempt = 1, .start_ns = i * 1000, .end_ns = i * 1000 + 900 }, "x");
	timeline_draw(&s, &out);
	ck_assert_uint_lt(count(out.data, "<g>"), 4000);
	ck_assert_uint_gt(count(out.data, "<g>"), 1000);
	free(s.v);
	buf_fini(&s.text);
}
END_TEST

START_TEST(axis_has_few_marks)
{
	static const int64_t lengths[] = { 1, 1000, 999999, CLOCK_S / 2, CLOCK_S, 59 * CLOCK_S, 61 * CLOCK_S, 3600 * CLOCK_S,
		86400 * CLOCK_S, 4000000 * CLOCK_S };
	size_t i;

	for (i = 0; i < ARRAY_LEN(lengths); i++)
		ck_assert_int_le(lengths[i] / timeline_step(lengths[i], 12), 11);
	ck_assert_int_eq(timeline_step(10 * CLOCK_S, 12), CLOCK_S);
	ck_assert_int_eq(timeline_step(60 * CLOCK_S, 12), 10 * CLOCK_S);
	ck_assert_int_eq(timeline_step(600 * CLOCK_S, 12), 60 * CLOCK_S);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stint");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, text_is_cut_to_columns, 0, ARRAY_LEN(cells));
	tcase_add_test(t, any_bytes_are_harmless);
	tcase_add_test(t, last_line);
	tcase_add_test(t, trace_has_every_stint);
	tcase_add_test(t, trace_of_nothing);
	tcase_add_test(t, timeline_escapes_and_cuts);
	tcase_add_test(t, timeline_is_bounded);
	tcase_add_test(t, axis_has_few_marks);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
