/* fh-parallel's input side: rx, record, columns, feed, source. Expectations are what GNU parallel 20221122 does. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "opts.h"
#include "record.h"
#include "rx.h"
#include "source.h"

/* --- rx ---------------------------------------------------------------------------------------------------------- */
static const struct {
	const char *re, *text, *found; /* found: [match][group 1]...; NULL: no match; "!" not understood */
} regexps[] = {
	{ "b", "abc", "[b]" }, { "a.c", "xabc", "[abc]" }, { "a.c", "a\nc", NULL }, { "(?s)a.c", "a\nc", "[a\nc]" },
	{ "^b", "ab", NULL }, { "b$", "ab\n", "[b]" }, { "b\\z", "ab\n", NULL }, { "(?m)^b", "a\nb", "[b]" },
	{ "x*", "aa", "[]" }, { "a+?", "aaa", "[a]" }, { "a{2}", "aaa", "[aa]" }, { "a{2,}", "aaaa", "[aaaa]" },
	{ "a{1,2}?", "aaa", "[a]" }, { "a{,2}", "a{,2}", "[a{,2}]" }, { "(a|b)*c", "ababc", "[ababc][b]" },
	{ "(a*)*b", "aaac", NULL }, { "(a|ab)(c|bcd)(d*)", "abcd", "[abcd][a][bcd][]" }, { "(\\w+) \\1", "the the", "[the the][the]" },
	{ "(?i)ABC", "xaBc", "[aBc]" }, { "a(?i:B)c", "abC", NULL }, { "a(?=b)", "acab", "[a]" }, { "a(?!c)", "acab", "[a]" },
	{ "\\bfoo\\b", "a foo b", "[foo]" }, { "\\d+\\s\\D", "12 x", "[12 x]" }, { "[^a-c]", "abcd", "[d]" },
	{ "[]a]+", "x]a]", "[]a]]" }, { "[a\\]]+", "x]a", "[]a]" }, { "[[:digit:]_]+", "ab1_2", "[1_2]" }, { "[\\d-]+", "a1-2", "[1-2]" },
	{ "\\Qa.b\\E.", "a.bc", "[a.bc]" }, { "\\x41\\x{42}\\103", "ABC", "[ABC]" }, { "\\t\\.", "\t.", "[\t.]" },
	{ "a|b|", "c", "[]" }, { "(a)|(b)", "b", "[b][-][b]" }, { "(?:ab)+", "ababa", "[abab]" }, { "(?x) a b # c", "ab", "[ab]" },
	{ "\xc3\xa4+", "x\xc3\xa4\xc3\xa4", "[\xc3\xa4]" }, { "(?<=a)b", "ab", "!" }, { "a++", "a", "!" }, { "\\p{L}", "a", "!" },
	{ "(", "a", "!" }, { "a)", "a", "!" }, { "[a", "a", "!" }, { "*a", "a", "!" }, { "\\", "a", "!" }, { "[b-a]", "a", "!" },
	{ "(b|)*", "a", "[][]" }, { "(?!(a))x|a", "a", "[a][-]" }, { "(?:(?=(a))ab|a)c", "ac", "[ac][-]" }, { "(?:(?=(a))a)c", "ac", "[ac][a]" },
	{ "a\\b{wb}", "a", "!" },
};

START_TEST(rx_walks)
{
	const char *re = regexps[_i].re, *text = regexps[_i].text;
	AUTO_BUF got = { 0 };
	struct rx_match m;
	struct rx *r = NULL;
	struct err e;
	size_t i;

	if (rx_new(re, strlen(re), 0, &r, &e) < 0)
		buf_adds(&got, "!");
	else if (rx_find(r, text, strlen(text), 0, &m))
		for (i = 0; i <= m.ngroups; i++)
			buf_addf(&got, "[%.*s]", m.group[i].s != NULL ? (int)m.group[i].len : 1,
			    m.group[i].s != NULL ? m.group[i].s : "-");
	rx_free(r);
	ck_assert_msg(regexps[_i].found == NULL ? got.len == 0 : strcmp(buf_str(&got), regexps[_i].found) == 0,
	    "/%s/ on '%s': %s", re, text, buf_str(&got));
}
END_TEST

/* Each would take longer than the sun burns without what rx_run remembers, or rx leaves out. */
static const struct { const char *re, *text; int len; } slow[] = {
	{ "(|){95}..1!", "ab.a", -1 }, { "(a+)+b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1 },
	{ "(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", -1 },
	{ "(?:x*y*)*z", "xyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxyxy", -1 },
	{ "(?:(?:a?)*b?)*c", "ababababababababababababababababababababababababababababc", 57 },
	{ "(.||.||||)+.$..\n", "abcdefghijklmnopqrstuvwxyz\nabc\n", -1 },
	{ "(a*)*(a*)*(a*)*(a*)*b|a{40}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40 },
	{ "(?:(?:(?:(?:(?:){1000}){1000}){1000}){1000}){0,1000}x", "ax", 1 }, /* in the compiler */
	{ "(?:(?=(?:(?=(?:a?)*b)?a)*c)?a)*d", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1 },
};

START_TEST(rx_is_never_slow)
{
	struct rx_match m;
	struct rx *r;
	struct err e;

	ck_assert_int_eq(rx_new(slow[_i].re, strlen(slow[_i].re), 0, &r, &e), 0);
	if (rx_find(r, slow[_i].text, strlen(slow[_i].text), 0, &m))
		ck_assert_int_eq((int)(m.end - m.start), slow[_i].len);
	else
		ck_assert_int_eq(slow[_i].len, -1);
	rx_free(r);
}
END_TEST

START_TEST(rx_survives_long_input)
{
	AUTO_BUF text = { 0 };
	struct rx_match m;
	struct rx *r;
	struct err e;
	size_t i;

	for (i = 0; i < 200000; i++)
		buf_addc(&text, 'a');
	ck_assert_int_eq(rx_new("(a|b)*c", 7, 0, &r, &e), 0);
	ck_assert(!rx_find(r, text.data, 3000, 0, &m));
	rx_free(r);
	ck_assert_int_eq(rx_new("(?:a|b)*$", 9, 0, &r, &e), 0);
	ck_assert(rx_find(r, text.data, text.len, 0, &m));
	ck_assert_uint_eq(m.end, text.len);
	rx_free(r);
}
END_TEST

/* --- record ------------------------------------------------------------------------------------------------------ */
START_TEST(reader_never_waits)
{
	struct view v;
	struct reader *r;
	struct err e;
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	r = reader_new(p[0], true, "pipe", "\n", 1);
	ck_assert_int_eq(record_next(r, &v, &e), NEXT_WAIT);
	ck_assert_int_eq(write(p[1], "one\ntw", 6), 6);
	ck_assert_int_eq(record_next(r, &v, &e), NEXT_GOT);
	ck_assert(v.len == 3 && memcmp(v.s, "one", 3) == 0);
	ck_assert_int_eq(record_next(r, &v, &e), NEXT_WAIT);
	ck_assert_int_eq(write(p[1], "o", 1), 1);
	close(p[1]);
	ck_assert_int_eq(record_next(r, &v, &e), NEXT_GOT);
	ck_assert(v.len == 3 && memcmp(v.s, "two", 3) == 0);
	ck_assert_int_eq(record_next(r, &v, &e), NEXT_END);
	ck_assert_int_eq(record_next(r, &v, &e), NEXT_END);
	reader_free(r);
}
END_TEST

START_TEST(records_cross_blocks)
{
	FILE *f = tmpfile();
	struct view v;
	struct reader *r;
	struct err e;
	size_t i, n;

	for (i = 0; i < 3000; i++)
		fprintf(f, "%0*zu\r\n", (int)(i % 200) + 5, i);
	fprintf(f, "%0300000d", 7);
	rewind(f);
	r = reader_new(fileno(f), false, "file", "\r\n", 2);
	for (i = 0; record_next(r, &v, &e) == NEXT_GOT; i++) {
		n = i < 3000 ? i % 200 + 5 : 300000;
		ck_assert_uint_eq(v.len, n);
		ck_assert_uint_eq(strtoul(v.s, NULL, 10), i < 3000 ? i : 7);
	}
	ck_assert_uint_eq(i, 3001);
	reader_free(r);
	fclose(f);
}
END_TEST

START_TEST(delimiters)
{
	static const struct {
		const char *text, *bytes;
		int n;
	} t[] = { { ",", ",", 1 }, { "\\n", "\n", 1 }, { "\\t,", "\t,", 2 }, { "\\0", "", 1 }, { "\\101", "A", 1 }, { "", "", 0 },
		{ "\\x41", "\\x41", 4 }, { "\\\\", "\\\\", 2 }, { "\\", "\\", 1 } };
	char out[RECORD_DELIM_MAX], longer[RECORD_DELIM_MAX + 2];
	struct err e;
	size_t i;

	for (i = 0; i < ARRAY_LEN(t); i++) {
		ck_assert_int_eq(record_delim(t[i].text, out, &e), t[i].n);
		ck_assert_mem_eq(out, t[i].bytes, (size_t)t[i].n);
	}
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	ck_assert_int_eq(record_delim(longer, out, &e), -1);
}
END_TEST

/* --- source ------------------------------------------------------------------------------------------------------ */
/* The words (separated by '~') of a command line, what comes by descriptor 3 ("-a IN"), and the tuples: columns by '~',
 * tuples by ';'. */
static const struct {
	const char *words, *in, *tuples;
} inputs[] = {
	{ "echo~:::~a~b", "", "a;b;" },
	{ "echo~:::~1~2~:::~a~b", "", "1~a;1~b;2~a;2~b;" },
	{ "echo~:::~1~2~:::~a~b~:::~X~Y", "", "1~a~X;1~a~Y;1~b~X;1~b~Y;2~a~X;2~a~Y;2~b~X;2~b~Y;" },
	{ "echo~:::~a~b~:::+~1~2~:::~X~Y~:::+~11~22~33", "", "a~1~X~11;a~1~Y~22;b~2~X~11;b~2~Y~22;" },
	{ "echo~:::~a~b~c~:::+~1~2", "", "a~1;b~2;" },
	{ "echo~:::~a~b~:::+", "", "a~;" },
	{ "echo~:::~:::+~a~b", "", "~a;" },
	{ "echo~:::+~a~b", "", "a;b;" },
	{ "echo~:::~:::~a~b", "", "~a;~b;" },
	{ "echo~:::~a~:::~:::~b", "", "a~~b;" },
	{ "echo~:::~:::", "", "" },
	{ "echo~:::", "", "" },
	{ "echo~::::", "", "" },
	{ "--link~echo~:::~a~b~c~:::~1~2", "", "a~1;b~2;c~1;" },
	{ "--link~echo~:::~a~:::~1~2~:::+~X~Y~Z", "", "a~1~X;a~2~Y;a~1~Z;" },
	{ "echo~:::~a\nb~c\n~~\n", "", "a;b;c;;;;;" },
	{ "-d~,~echo~:::~d,e\n~,", "", "d;e\n;;;" },
	{ "-0~echo~:::~a\nb", "", "a\nb;" },
	{ "-d~~echo~:::~a,b\nc", "", "a,b\nc;" },
	{ "-a~IN~echo", "a\n\nb", "a;;b;" },
	{ "-a~IN~echo", "", "" },
	{ "-a~IN~echo", "\n", ";" },
	{ "-a~IN~-d~,~echo", "a,b\n", "a;b\n;" },
	{ "-a~IN~-d~XY~echo", "aXYbXcXY", "a;bXc;" },
	{ "-a~IN~-d~~echo", "a\nb", "a\nb;" },
	{ "-a~IN~echo~:::~x~y", "1\n2\n", "1~x;1~y;2~x;2~y;" },
	{ "echo~:::~x~y~::::~IN", "1\n2\n", "x~1;x~2;y~1;y~2;" },
	{ "echo~:::~x~y~::::+~IN", "1\n2\n", "x~1;y~2;" },
	{ "--arg-sep~,,~--arg-file-sep~@~echo~,,~:::~y~@~IN", "1\n", ":::~1;y~1;" },
	{ "-E~b~echo~:::~a~b~c~:::~1~b~2", "", "a~1;" },
	{ "-E~b~echo~:::~a~c~:::~b~1", "", "a~;c~;" },
	{ "-E~~echo~:::~a~~b", "", "a;;b;" },
	{ "-eb~echo~:::~a~b", "", "a;" },
	{ "-r~echo~:::~a~ \t~~b", "", "a;b;" },
	{ "-r~echo~:::~a~:::~", "", "a~;" },
	{ "--skip-first-line~echo~:::~a~b~:::~c", "", "b~c;" },
	{ "--header~:~echo~:::~x~a~b~:::~y~c", "", "a~c;b~c;" },
	{ "--header~:~-a~IN~echo", "x\ty\n1\t2\n", "1~2;" },
	{ "--trim~l~echo~:::~ a ", "", " a ;" },
	{ "--trim~rl~echo~:::~ a \t~\v", "", " a \t;\v;" },
	{ "-C~,~echo~:::~a,b,c~ a , b ~a,~,a~,,~", "", "a~b~c; a ~ b ;a~;~a;~~;;" },
	{ "-C~,~--trim~n~echo~:::~ a , b ", "", " a ~ b ;" },
	{ "-C~|~echo~:::~a|b|", "", "a~b~;" },
	{ "-C~~echo~:::~abc", "", "a~b~c~;" },
	{ "-C~[,;]~echo~:::~a,b;c", "", "a~b~c;" },
	{ "-C~\\|~echo~:::~a|b", "", "a~b;" },
	{ "-C~\\t~echo~:::~a\tb", "", "a~b;" },
	{ "-C~\\s+~echo~:::~a b   c", "", "a~b~c;" },
	{ "-C~(,)~echo~:::~a,b", "", "a~,~b;" },
	{ "-C~.~echo~:::~abc", "", "~~~;" },
	{ "-C~ ~echo~:::~ a b  c ", "", "~a~b~~c~;" },
	{ "-C~\\bb~echo~:::~abc bcd", "", "abc ~cd;" },
	{ "-C~(?=b)~echo~:::~abab", "", "a~ba~b;" },
	{ "-C~(,)|(;)~echo~:::~a,b;c", "", "a~,~~b~~;~c;" },
	{ "-C~,~echo~:::~a,b~:::~c,d,e", "", "a~b~c~d~e;" },
	{ "--csv~-a~IN~echo", "\"1 big, 2 small\",\"2\"\"x4\"\" plank\",12.34\n,\n", "1 big, 2 small~2\"x4\" plank~12.34;~;" },
	{ "--csv~-C~;~-a~IN~echo", "\"a\nb\";c\n", "a\nb~c;" },
	{ "-L1~-a~IN~echo", "a \nb\nc\t\n\nd\n", "a b;c\td;" },
	{ "-L1~-a~IN~echo", "\n\na\n\nb \n", ";;a;;b ;" },
	{ "-L1~-C~,~-a~IN~echo", "a,b \nc,d\n", "a~b c~d;" },
	{ "-a~IN~echo", "a\\0b", "a\\0b;" },
};

static size_t
words_split(char *text, char **argv)
{
	size_t n = 0;

	for (argv[n++] = text; (text = strchr(text, '~')) != NULL; argv[n++] = text)
		*text++ = '\0';
	argv[n] = NULL;
	return n;
}

static void
tuples_show(struct source *s, struct buf *out)
{
	struct tuple t = { 0 };
	struct err e;
	size_t i;

	while (source_next(s, &t, &e) == NEXT_GOT)
		for (i = 0; i < t.n; i++)
			buf_addf(out, "%.*s%c", (int)t.v[i].len, t.v[i].s, i + 1 < t.n ? '~' : ';');
	tuple_fini(&t);
}

START_TEST(source_walks)
{
	AUTO_BUF all = { 0 }, got = { 0 }, say = { 0 };
	char name[64], *argv[64], *p;
	struct source *s;
	struct opts o;
	struct err e;
	FILE *f = tmpfile();
	size_t argc;

	fputs(inputs[_i].in, f);
	rewind(f);
	snprintf(name, sizeof name, "/proc/self/fd/%d", fileno(f));
	buf_addf(&all, "parallel~--plain~%s", inputs[_i].words);
	if ((p = strstr(all.data, "IN")) != NULL)
		buf_splice(&all, (size_t)(p - all.data), 2, name, strlen(name));
	argc = words_split(all.data, argv);
	ck_assert_msg(opts_load(&o, (int)argc, argv, &say, &e) == OPTS_RUN, "%s: %s", inputs[_i].words, e.msg);
	ck_assert_msg(source_new(&o, &s, &e) == 0, "%s: %s", inputs[_i].words, e.msg);
	tuples_show(s, &got);
	ck_assert_msg(strcmp(buf_str(&got), inputs[_i].tuples) == 0, "%s\ngot  %s\nwant %s", inputs[_i].words, buf_str(&got),
	    inputs[_i].tuples);
	source_free(s);
	opts_fini(&o);
	fclose(f);
}
END_TEST

START_TEST(shuf_keeps_all)
{
	char *argv[] = { "parallel", "--plain", "--shuf", "echo", ":::", "a", "b", "c", "d", NULL };
	AUTO_BUF got = { 0 }, say = { 0 };
	struct source *s;
	struct opts o;
	struct err e;
	const char *c;

	ck_assert_int_eq(opts_load(&o, 9, argv, &say, &e), OPTS_RUN);
	ck_assert_int_eq(source_new(&o, &s, &e), 0);
	tuples_show(s, &got);
	ck_assert_uint_eq(got.len, 8);
	for (c = "abcd"; *c != '\0'; c++)
		ck_assert(strchr(got.data, *c) != NULL);
	source_free(s);
	opts_fini(&o);
}
END_TEST

START_TEST(source_waits_inside_products)
{
	char *argv[] = { "parallel", "--plain", "echo", ":::", "a", "b", "::::", NULL, NULL }, name[64];
	AUTO_BUF say = { 0 };
	struct tuple t = { 0 };
	struct source *s;
	struct opts o;
	struct err e;
	int p[2], n;

	ck_assert_int_eq(pipe(p), 0);
	snprintf(name, sizeof name, "/proc/self/fd/%d", p[0]);
	argv[7] = name;
	ck_assert_int_eq(opts_load(&o, 8, argv, &say, &e), OPTS_RUN);
	ck_assert_int_eq(source_new(&o, &s, &e), 0);
	ck_assert_int_eq(source_next(s, &t, &e), NEXT_WAIT);
	ck_assert_int_ge(source_fd(s), 0);
	ck_assert_int_eq(write(p[1], "1\n", 2), 2);
	ck_assert_int_eq(source_next(s, &t, &e), NEXT_WAIT);
	close(p[1]);
	for (n = 0; source_next(s, &t, &e) == NEXT_GOT; n++)
		ck_assert_uint_eq(t.n, 2);
	ck_assert_int_eq(n, 2);
	tuple_fini(&t);
	source_free(s);
	opts_fini(&o);
	close(p[0]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("par_input");
	TCase *tc = tcase_create("all");
	SRunner *sr = srunner_create(s);
	int bad;

	tcase_add_loop_test(tc, rx_walks, 0, ARRAY_LEN(regexps));
	tcase_add_loop_test(tc, rx_is_never_slow, 0, ARRAY_LEN(slow));
	tcase_add_test(tc, rx_survives_long_input);
	tcase_add_test(tc, reader_never_waits);
	tcase_add_test(tc, records_cross_blocks);
	tcase_add_test(tc, delimiters);
	tcase_add_loop_test(tc, source_walks, 0, ARRAY_LEN(inputs));
	tcase_add_test(tc, shuf_keeps_all);
	tcase_add_test(tc, source_waits_inside_products);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_NORMAL);
	bad = srunner_ntests_failed(sr);
	srunner_free(sr);
	return bad != 0;
}
