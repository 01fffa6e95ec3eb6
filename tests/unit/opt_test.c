/* opt: command lines as tables, under the rules of getopt (plain) and of GNU parallel (perl). */
#include <check.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "opt.h"

struct things {
	bool keep, dry, off;
	unsigned verbose;
	int64_t jobs;
	const char *file, *mode, *repl, *lines;
	struct opt_list list;
	int64_t set_calls;
};

static const char *const modes[] = { "fast", "slow", NULL };

static int
set_odd(void *o, const struct opt *row FH_UNUSED, const char *arg, struct err *e)
{
	struct things *t = o;

	t->set_calls += arg != NULL ? atoi(arg) : 100;
	return arg != NULL && atoi(arg) % 2 == 0 ? err_set(e, 0, "'%s': not odd", arg) : 0;
}

#define F(f) OPT_FIELD(things, f)
static const struct opt rows[] = {
	{ "keep-order", 'k', "keeporder", F(keep), .group = "A", .help = "keep the order" },
	{ "dry-run", 0, "dryrun just-print", F(dry), .group = "A", .help = "only show" },
	{ "on", 0, NULL, F(off), .negated = true, .group = "B", .help = "switch it off" },
	{ "verbose", 'v', NULL, F(verbose), .group = "A", .help = "say more" },
	{ "jobs", 'j', "max-procs P", F(jobs), .arg = "N", .min = -5, .max = 99, .group = "B", .help = "run N" },
	{ "joblog", 0, NULL, F(file), .arg = "FILE", .complete = OPT_C_FILE, .group = "B", .help = "write a log" },
	{ "mode", 'm', NULL, F(mode), .arg = "MODE", .choices = modes, .group = "B", .help = "choose" },
	{ "replace", 'i', NULL, F(repl), .arg = "STR", .arg_optional = true, .group = "B", .help = "stand-in" },
	{ "max-lines", 'l', NULL, F(lines), .arg = "N", .arg_optional = true, .number = true, .group = "B", .help = "lines" },
	{ "arg-file", 'a', NULL, F(list), .arg = "FILE", .group = "B", .help = "input" },
	{ "odd", 'o', NULL, .type = OPT_NONE, .arg = "N", .arg_optional = true, .set = set_odd, .sample = "3", .group = "B", .help = "odd" },
	{ "re", 0, NULL, F(keep), .group = "B", .help = "shorter than replace" },
	{ "sql", 0, "sql-master", .type = OPT_NONE, .arg = "DB", .kind = OPT_REFUSED, .help = "databases are left out" },
};
static const struct opt_exit exits[] = { { "0", "all is well" }, { "1", "it is not" } };
static const struct opt_verb verbs[] = { { "get", "FIELD ...", "print fields", NULL } };
static const struct tool plain = { "fh-t", "test things", "VERB [FILE ...]\n-x FILE", rows, ARRAY_LEN(rows), verbs, 1, exits, 2,
	OPT_C_FILE, false };
static const struct tool perl = { "fh-p", "test things", "COMMAND", rows, ARRAY_LEN(rows), NULL, 0, exits, 2,
	OPT_C_COMMAND, true };

/* The line's words are separated by single spaces, '_' is an empty word. want: fields that were set, operands after |. */
struct line { const char *line, *want; };

static char *
show(const struct things *t, int first, int argc, char **argv)
{
	AUTO_BUF b = { 0 };
	size_t i;

	buf_addf(&b, "%s%s%s", t->keep ? "keep " : "", t->dry ? "dry " : "", t->off ? "" : "off ");
	if (t->verbose)
		buf_addf(&b, "v=%u ", t->verbose);
	if (t->jobs != 7)
		buf_addf(&b, "jobs=%" PRId64 " ", t->jobs);
	if (t->file)
		buf_addf(&b, "file=%s ", t->file);
	if (t->mode)
		buf_addf(&b, "mode=%s ", t->mode);
	if (t->repl)
		buf_addf(&b, "repl=%s ", t->repl);
	if (t->lines)
		buf_addf(&b, "lines=%s ", t->lines);
	for (i = 0; i < t->list.n; i++)
		buf_addf(&b, "a=%s ", t->list.v[i]);
	if (t->set_calls)
		buf_addf(&b, "odd=%" PRId64 " ", t->set_calls);
	buf_addc(&b, '|');
	for (; first < argc; first++)
		buf_addf(&b, " %s", argv[first]);
	return buf_take(&b);
}

static void
try(const struct tool *tool, const struct line *l)
{
	struct things t = { .jobs = 7, .off = true };
	AUTO_FREE char *copy = xstrdup(l->line), *got = NULL;
	char *argv[32] = { (char[]){ "prog" } }, *save = NULL, *w;
	struct err e = { 0 };
	int argc = 1, first = -1;

	for (w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		argv[argc++] = strcmp(w, "_") == 0 ? w + 1 : w;
	switch (opt_parse(tool, &t, argc, argv, &first, &e)) {
	case OPT_RUN:
		got = show(&t, first, argc, argv);
		break;
	case OPT_HELP:
		got = xstrdup("HELP");
		break;
	case OPT_VERSION:
		got = xstrdup("VERSION");
		break;
	case OPT_BAD:
		got = xstrdup(e.msg);
		break;
	}
	free(t.list.v);
	ck_assert_msg(strcmp(got, l->want) == 0, "%s: '%s'\n got  %s\n want %s", tool->name, l->line, got, l->want);
}

static const struct line both[] = {
	{ "", "|" },
	{ "a b", "| a b" },
	{ "--keep-order a", "keep | a" },
	{ "--keep a", "keep | a" },
	{ "--keeporder", "keep |" },
	{ "--just a", "dry | a" },
	{ "--on", "off |" },
	{ "-vvk -v", "keep v=3 |" },
	{ "--jobs 4 --jobs=5", "jobs=5 |" },
	{ "-j4", "jobs=4 |" },
	{ "-j 4", "jobs=4 |" },
	{ "-kj4", "keep jobs=4 |" },
	{ "-kj 4 x", "keep jobs=4 | x" },
	{ "-P3", "jobs=3 |" },
	{ "--max-p 3", "jobs=3 |" },
	{ "-j -1 x", "jobs=-1 | x" },
	{ "-j-1 x", "jobs=-1 | x" },
	{ "--jobs -1", "jobs=-1 |" },
	{ "--joblog -- x", "file=-- | x" },
	{ "--joblog --jobs", "file=--jobs |" },
	{ "-- -k", "| -k" },
	{ "-k -- -- -v", "keep | -- -v" },
	{ "--jo 4", "--jo: ambiguous (--jobs, --joblog)" },
	{ "--re", "keep |" },
	{ "--rep=x", "repl=x |" },
	{ "--d", "dry |" },
	{ "-a 1 --arg-file=2 -a3", "a=1 a=2 a=3 |" },
	{ "-ix", "repl=x |" },
	{ "--replace=--", "repl=-- |" },
	{ "-o3", "odd=3 |" },
	{ "-o2", "--odd: '2': not odd" },
	{ "--odd", "odd=100 |" },
	{ "--mode slow", "mode=slow |" },
	{ "--mode solw", "--mode: 'solw': not one of fast, slow (did you mean 'slow'?)" },
	{ "--mode x", "--mode: 'x': not one of fast, slow" },
	{ "--jobs abc", "--jobs: 'abc': not a number" },
	{ "--jobs 100", "--jobs: '100': more than 99" },
	{ "-j -6", "--jobs: '-6': less than -5" },
	{ "--max-lines=x", "--max-lines: 'x': not a number" },
	{ "--jobs", "--jobs: needs a value (N)" },
	{ "-j", "--jobs: needs a value (N)" },
	{ "--keep-order=1", "--keep-order: takes no value" },
	{ "--nope", "--nope: unknown option" },
	{ "--keeep-order", "--keeep-order: unknown option (did you mean --keep-order?)" },
	{ "--=", "--=: unknown option" },
	{ "-x", "-x: unknown option" },
	{ "--sql x", "--sql: databases are left out" },
	{ "--sql-m", "--sql: databases are left out" },
	{ "--help", "HELP" },
	{ "-h --nope", "HELP" },
	{ "--ver", "--ver: ambiguous (--verbose, --version)" },
	{ "-V", "VERSION" },
	{ "-kV", "VERSION" },
};

static const struct line getopt_rules[] = {
	{ "--m 4", "--m: ambiguous (--max-procs, --mode, --max-lines)" },
	{ "-kx", "-x: unknown option in -kx" },
	{ "a -k b --jobs 3 c", "keep jobs=3 | a b c" },
	{ "a -k b -- -v c", "keep | a b -v c" },
	{ "set n -5 -k .5 -.5", "keep | set n -5 .5 -.5" },
	{ "- a", "| - a" },
	{ "--KEEP", "--KEEP: unknown option" },
	{ "--replace x", "repl= | x" },
	{ "-l 2", "lines= | 2" },
	{ "-j2k", "--jobs: '2k': not a number" },
	{ "--joblog=", "file= |" },
	{ "--joblog _ x", "file= | x" },
	{ "+k", "| +k" },
	{ "--j 4", "--j: ambiguous (--just-print, --jobs, --joblog)" },
};

static const struct line perl_rules[] = {
	{ "-k a -v", "keep | a -v" },
	{ "- -v", "| - -v" },
	{ "-kx", "-x: unknown option" },
	{ "--KEEP-Order", "keep |" },
	{ "+keep a", "keep | a" },
	{ "+k a", "keep | a" },
	{ "+jobs 3", "jobs=3 |" },
	{ "+jobs=3", "--jobs=3: unknown option (did you mean --jobs?)" },
	{ "+ a", "+: no option follows" },
	{ "--j 4", "jobs=4 |" },
	{ "--K", "keep |" },
	{ "-i x", "repl=x |" },
	{ "-i -k x", "keep repl= | x" },
	{ "-i - x", "repl=- | x" },
	{ "-i +k x", "keep repl= | x" },
	{ "-i", "repl= |" },
	{ "--replace= x", "repl= | x" },
	{ "-l 2 x", "lines=2 | x" },
	{ "-l 1.5e3 x", "lines=1.5e3 | x" },
	{ "-l x", "lines= | x" },
	{ "-l2k x", "keep lines=2 | x" },
	{ "-lk x", "keep lines= | x" },
	{ "-kj2v3", "-3: unknown option" },
	{ "-j2k", "keep jobs=2 |" },
	{ "-j2.5", "-.: unknown option" },
	{ "-jx", "--jobs: 'x': not a number" },
	{ "--joblog=", "--joblog: needs a value (FILE)" },
	{ "--joblog _ x", "file= | x" },
	{ "-1", "-1: unknown option" },
};

START_TEST(both_rules)
{
	try(&plain, &both[_i]);
	try(&perl, &both[_i]);
}
END_TEST

START_TEST(plain_rules)
{
	try(&plain, &getopt_rules[_i]);
}
END_TEST

START_TEST(parallel_rules)
{
	try(&perl, &perl_rules[_i]);
}
END_TEST

static const struct { const char *name, *arg, *want; } assigns[] = {
	{ "jobs", "5", "jobs=5 |" }, { "keep-order", "yes", "keep |" }, { "keep-order", "0", "|" }, { "on", "true", "off |" },
	{ "jobs", "x", "--jobs: 'x': not a number" }, { "job", "5", "--job: unknown option" },
	{ "keep-order", "maybe", "--keep-order: 'maybe': not true or false" }, { "sql", "x", "--sql: databases are left out" },
	{ "odd", "3", "odd=3 |" }, { "mode", "slow", "mode=slow |" },
};

START_TEST(assigns_by_name)
{
	struct things t = { .jobs = 7, .off = true };
	struct err e = { 0 };
	AUTO_FREE char *got = NULL;

	if (opt_assign(&plain, &t, assigns[_i].name, assigns[_i].arg, &e) < 0)
		got = xstrdup(e.msg);
	else
		got = show(&t, 0, 0, NULL);
	ck_assert_str_eq(got, assigns[_i].want);
}
END_TEST

START_TEST(samples_fit)
{
	struct things t = { 0 };
	struct err e = { 0 };
	const struct opt *row = &rows[_i];

	if (row->kind == OPT_NORMAL && row->arg != NULL)
		ck_assert_msg(opt_assign(&plain, &t, row->name, opt_sample(row), &e) == 0, "%s", e.msg);
	free(t.list.v);
}
END_TEST

static const struct { struct opt rows[2]; const char *want; } faults[] = {
	{ { { "a1", .type = OPT_NONE, .help = "h", .group = "g" }, { "a1", .type = OPT_NONE, .help = "h", .group = "g" } },
	    "fh-f: a1: twice in the table" },
	{ { { "a1", 'x', .type = OPT_NONE, .help = "h", .group = "g" },
	      { "b1", .aliases = "x", .type = OPT_NONE, .help = "h", .group = "g" } }, "fh-f: -x: twice in the table" },
	{ { { "a1", .type = OPT_NONE, .group = "g" }, { "b1", .type = OPT_NONE, .help = "h", .group = "g" } },
	    "fh-f: --a1: has no help" },
	{ { { "a1", F(keep), .arg = "X", .help = "h", .group = "g" }, { "b1", .type = OPT_NONE, .help = "h", .group = "g" } },
	    "fh-f: --a1: a flag takes no value" },
	{ { { "a1", F(jobs), .help = "h", .group = "g" }, { "b1", .type = OPT_NONE, .help = "h", .group = "g" } },
	    "fh-f: --a1: has no metavar" },
};

START_TEST(tables_are_checked)
{
	struct tool t = { "fh-f", "", NULL, faults[_i].rows, 2 };
	struct err e = { 0 };

	ck_assert_int_eq(opt_check(&t, &e), -1);
	ck_assert_str_eq(e.msg, faults[_i].want);
	ck_assert_int_eq(opt_check(&plain, &e), 0);
}
END_TEST

START_TEST(help_shows_every_row)
{
	AUTO_BUF b = { 0 };
	const char *line, *end;
	size_t i;

	opt_help(&plain, &b);
	ck_assert_ptr_nonnull(strstr(b.data, "usage: fh-t [option ...] VERB [FILE ...]\n       fh-t [option ...] -x FILE\n"));
	ck_assert_ptr_nonnull(strstr(b.data, "  -j, --jobs=N              run N\n"));
	ck_assert_ptr_nonnull(strstr(b.data, "  -i, --replace[=STR]       stand-in\n"));
	ck_assert_ptr_nonnull(strstr(b.data, "  get FIELD ...             print fields\n"));
	ck_assert_ptr_null(strstr(b.data, "sql"));
	for (i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert(rows[i].kind != OPT_NORMAL || strstr(b.data, rows[i].name) != NULL);
	for (line = b.data; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert_msg(end - line <= 80, "%.*s", (int)(end - line), line);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("opt");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, both_rules, 0, ARRAY_LEN(both));
	tcase_add_loop_test(t, plain_rules, 0, ARRAY_LEN(getopt_rules));
	tcase_add_loop_test(t, parallel_rules, 0, ARRAY_LEN(perl_rules));
	tcase_add_loop_test(t, assigns_by_name, 0, ARRAY_LEN(assigns));
	tcase_add_loop_test(t, samples_fit, 0, ARRAY_LEN(rows));
	tcase_add_loop_test(t, tables_are_checked, 0, ARRAY_LEN(faults));
	tcase_add_test(t, help_shows_every_row);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
