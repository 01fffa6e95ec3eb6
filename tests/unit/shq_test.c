/* shq: the spelling as a table, and sh itself asked to read every byte back. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "shq.h"

static const struct { const char *in, *gnu, *eval, *twice; } rows[] = {
	{ "", "''", "''", "\"'\"''\"'\"" },
	{ "abc", "abc", "'abc'", "abc" },
	{ "/a/b_c.d+e-9", "/a/b_c.d+e-9", "'/a/b_c.d+e-9'", "/a/b_c.d+e-9" },
	{ "a b", "'a b'", "'a b'", "\"'\"'a b'\"'\"" },
	{ "a'b", "'a'\"'\"'b'", "'a'\\''b'", NULL },
	{ "'", "\"'\"", "''\\'''", NULL },
	{ "a'", "'a'\"'\"", "'a'\\'''", NULL },
	{ "'a", "\"'\"'a'", "''\\''a'", NULL },
	{ "''", "\"'\"''\"'\"", "''\\'''\\'''", "'\"'\"'\"'\"'\"'\"''\"'\"'\"'\"'\"'\"'" },
	{ "a=b", "'a=b'", "'a=b'", NULL }, { "a:b", "'a:b'", "'a:b'", NULL }, { "a,b", "'a,b'", "'a,b'", NULL },
	{ "~", "'~'", "'~'", NULL }, { "@%", "'@%'", "'@%'", NULL }, { "\xc3\xa9", "'\xc3\xa9'", "'\xc3\xa9'", NULL },
	{ "a\nb", "'a\nb'", "'a\nb'", NULL }, { "!\\$`\"", "'!\\$`\"'", "'!\\$`\"'", NULL },
};

START_TEST(spelling)
{
	AUTO_BUF gnu = { 0 }, eval = { 0 }, twice = { 0 };
	size_t n = strlen(rows[_i].in);

	shq_add(&gnu, rows[_i].in, n);
	shq_eval(&eval, rows[_i].in, n);
	shq_twice(&twice, rows[_i].in, n);
	ck_assert_str_eq(buf_str(&gnu), rows[_i].gnu);
	ck_assert_str_eq(buf_str(&eval), rows[_i].eval);
	if (rows[_i].twice != NULL)
		ck_assert_str_eq(buf_str(&twice), rows[_i].twice);
}
END_TEST

/* As GNU parallel 20221122 --shellquote has them for csh; fish's backslashes are ours. */
static const struct { const char *in, *csh, *fish; } others[] = {
	{ "", "''", "''" },
	{ "%+,-./:@_09azAZ", "%+,-./:@_09azAZ", "'%+,-./:@_09azAZ'" },
	{ "a b", "a\\ b", "'a b'" },
	{ "a'b", "a\\'b", "'a'\"'\"'b'" },
	{ "a\\b", "a\\\\b", "'a\\\\b'" },
	{ "\\\\'", "\\\\\\\\\\'", "'\\\\\\\\'\"'\"" },
	{ "x;y$z!*~", "x\\;y\\$z\\!\\*\\~", "'x;y$z!*~'" },
	{ "a\nb", "a\"\\\n\"b", "'a\nb'" },
	{ "\xc3\xa9", "\\\xc3\\\xa9", "'\xc3\xa9'" },
};

START_TEST(spelling_for_other_shells)
{
	AUTO_BUF csh = { 0 }, fish = { 0 };
	size_t n = strlen(others[_i].in);

	shq_for(SHQ_CSH, &csh, others[_i].in, n);
	shq_for(SHQ_FISH, &fish, others[_i].in, n);
	ck_assert_str_eq(buf_str(&csh), others[_i].csh);
	ck_assert_str_eq(buf_str(&fish), others[_i].fish);
}
END_TEST

static const struct { const char *shell; enum shq_kind kind; } kinds[] = {
	{ "/bin/sh", SHQ_SH }, { "bash", SHQ_SH }, { "/usr/bin/fish", SHQ_FISH }, { "fish", SHQ_FISH }, { "/fish/sh", SHQ_SH },
	{ "/bin/csh", SHQ_CSH }, { "tcsh", SHQ_CSH }, { "/usr/bin/bsd-csh", SHQ_CSH }, { "", SHQ_SH },
};

START_TEST(shells_by_name)
{
	AUTO_BUF b = { 0 };

	ck_assert_int_eq(shq_kind_of(kinds[_i].shell), kinds[_i].kind);
	shq_for(kinds[_i].kind, &b, "\\", 1);
	ck_assert_str_eq(buf_str(&b), kinds[_i].kind == SHQ_SH ? "'\\'" : kinds[_i].kind == SHQ_FISH ? "'\\\\'" : "\\\\");
}
END_TEST

START_TEST(nul_is_left_out)
{
	AUTO_BUF b = { 0 };
	AUTO_BUF csh = { 0 };

	shq_csh(&csh, "a\0b\0", 4);
	ck_assert_str_eq(buf_str(&csh), "ab");
	shq_add(&b, "a\0b\0", 4);
	ck_assert_str_eq(buf_str(&b), "'ab'");
}
END_TEST

static const struct {
	const char *command;
	void (*quote)(struct buf *, const char *, size_t);
} how[] = {
	{ "printf %s ", shq_add }, { "printf %s ", shq_eval }, { "eval printf %s ", shq_twice },
};

/* All bytes but NUL. */
START_TEST(sh_reads_it_back)
{
	AUTO_BUF text = { 0 }, cmd = { 0 }, got = { 0 };
	FILE *p;
	int c;

	for (c = 1; c < 256; c++)
		buf_addc(&text, (char)c);
	buf_adds(&text, "'' \\' end");
	buf_adds(&cmd, how[_i].command);
	how[_i].quote(&cmd, text.data, text.len);
	p = popen(cmd.data, "r");
	ck_assert_ptr_nonnull(p);
	while ((c = getc(p)) != EOF)
		buf_addc(&got, (char)c);
	ck_assert_int_eq(pclose(p), 0);
	ck_assert_uint_eq(got.len, text.len);
	ck_assert_mem_eq(got.data, text.data, text.len);
}
END_TEST

START_TEST(command_line)
{
	char *argv[] = { (char[]){ "echo" }, (char[]){ "" }, (char[]){ "a b" }, NULL };
	AUTO_BUF b = { 0 };

	shq_argv(&b, argv);
	ck_assert_str_eq(buf_str(&b), "echo '' 'a b'");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("shq");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, spelling, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, spelling_for_other_shells, 0, ARRAY_LEN(others));
	tcase_add_loop_test(t, shells_by_name, 0, ARRAY_LEN(kinds));
	tcase_add_test(t, nul_is_left_out);
	tcase_add_loop_test(t, sh_reads_it_back, 0, ARRAY_LEN(how));
	tcase_add_test(t, command_line);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
