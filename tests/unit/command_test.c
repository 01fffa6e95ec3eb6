/* command: splitting as tables, and the promise that a value stays inside its word. */
#include <check.h>
#include <string.h>

#include "buf.h"
#include "command.h"

static const struct command_value values[] = { { "file", "a b'c\"$(x)" }, { "id", "{file}" }, { "none", NULL } };

/* The words of text joined by '|', or the error after '!'. */
static void
show(struct buf *out, const char *text)
{
	AUTO_COMMAND c = { 0 };
	AUTO_ARENA a = { 0 };
	struct err e;
	char **w;

	if (command_compile(&c, text, values, ARRAY_LEN(values), &e) < 0) {
		buf_addf(out, "!%s", e.msg);
		return;
	}
	for (w = command_expand(&c, values, ARRAY_LEN(values), &a); *w != NULL; w++)
		buf_addf(out, "%s|", *w);
}

#define KNOWN "(known: {file} {id} {none}; write {{ for a brace)"
static const struct { const char *text, *want; } rows[] = {
	{ "a", "a|" },
	{ "  a\tb\n c  ", "a|b|c|" },
	{ "a 'b c' \"d e\" f\\ g", "a|b c|d e|f g|" },
	{ "a'b'\"c\"d", "abcd|" },
	{ "a '' \"\"", "a|||" },
	{ "a 'b\\' \"c\\\"\\\\\\d\"", "a|b\\|c\"\\\\d|" },
	{ "a {file}", "a|a b'c\"$(x)|" },
	{ "a x{file}y{id}z", "a|xa b'c\"$(x)y{file}z|" },
	{ "a '{file}'", "a|a b'c\"$(x)|" },
	{ "a {{file}} }} { {", "!unknown placeholder { " KNOWN },
	{ "a {{file}} }} x}", "a|{file}|}|x}|" },
	{ "a {none}", "a||" },
	{ "{file}", "a b'c\"$(x)|" },
	{ "$HOME *", "$HOME|*|" },
	{ "a ; b # c", "a|;|b|#|c|" },
	{ "", "!names no program" },
	{ " \t\n", "!names no program" },
	{ "'' a", "!names no program" },
	{ "a 'b", "!a quote has no end" },
	{ "a \"b\\\"", "!a quote has no end" },
	{ "a b\\", "!a backslash at the end" },
	{ "a {nil}", "!unknown placeholder {nil} " KNOWN },
	{ "a {}", "!unknown placeholder {} " KNOWN },
	{ "a {file", "!unknown placeholder {file " KNOWN },
};

START_TEST(a_row_splits)
{
	AUTO_BUF got = { 0 };

	show(&got, rows[_i].text);
	ck_assert_str_eq(buf_str(&got), rows[_i].want);
}
END_TEST

START_TEST(one_word_is_filled)
{
	AUTO_ARENA a = { 0 };
	struct err e;

	ck_assert_str_eq(command_fill("m/{id}/'x y'", values, ARRAY_LEN(values), &a, &e), "m/{file}/'x y'");
	ck_assert_ptr_null(command_fill("m/{nil}", values, ARRAY_LEN(values), &a, &e));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("command");
	TCase *tc = tcase_create("command");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, a_row_splits, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, one_word_is_filled);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
