/* ini: files as strings, what they set and how a slip in them is named; then the order in which sources win. */
#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "file.h"
#include "ini.h"
#include "io.h"

static char dir[] = "/tmp/fh-ini-test.XXXXXX";
static int dirfd_;

static void
set_up(void)
{
	memcpy(strrchr(dir, '.'), ".XXXXXX", 8);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(dirfd_, 0);
	clearenv();
}

static void
tear_down(void)
{
	char cmd[64];

	close(dirfd_);
	snprintf(cmd, sizeof cmd, "/bin/rm -rf %s", dir);
	ck_assert_int_eq(system(cmd), 0);
}

static void
put(const char *name, const char *text, size_t n)
{
	int fd = openat(dirfd_, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(io_write_full(fd, text, n), 0);
	close(fd);
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static const struct { const char *text, *msg, *command; int64_t timeout_s, jobs_max; } files[] = {
	{ "", NULL, NULL, 3600, 4 },
	{ "\n; c\n# c\n[render]\n  command = a ; b # c\n", NULL, "a ; b # c", 3600, 4 },
	{ "\xef\xbb\xbf[render]\r\ncommand=x\r\n", NULL, "x", 3600, 4 },
	{ "[render]\ntimeout: 1m30s\n[parallel]\njobs_max = 9", NULL, NULL, 90, 9 },
	{ "[render]\ncommand = " LONG LONG LONG LONG " end\n", NULL, LONG LONG LONG LONG " end", 3600, 4 },
	{ "[render]\ncommand = a = b: c\n", NULL, "a = b: c", 3600, 4 },
	{ "[render]\ncommand =\n\tquality = q\n", NULL, NULL, 3600, 4 },
	{ "[render]\nquality = a\n   b = c\n", "f: line 3: [render] b: unknown key", NULL, 0, 0 },
	{ "[render]\ntiemout = 3\n", "f: line 2: [render] tiemout: unknown key (did you mean 'timeout'?)", NULL, 0, 0 },
	{ "[rendr]\n", "f: line 1: [rendr]: unknown section (did you mean 'render'?)", NULL, 0, 0 },
	{ "[xyz]\ntimeout=3\n", "f: line 1: [xyz]: unknown section", NULL, 0, 0 },
	{ "\n\ntimeout = 3\n", "f: line 3: timeout: stands before any [section]", NULL, 0, 0 },
	{ "[render]\ntimeout = abc\n",
	    "f: line 2: [render] timeout: 'abc': not a duration (such as 90, 2.5, 1m30s)", NULL, 0, 0 },
	{ "[parallel]\njobs_max = 0\n", "f: line 2: [parallel] jobs_max: '0': too small", NULL, 0, 0 },
	{ "[parallel]\njobs_percent = 75\n", "f: line 2: [parallel] jobs_percent: '75': not a percentage (such as 80%)",
	    NULL, 0, 0 },
	{ "[parallel]\njob_memory = 2X\n",
	    "f: line 2: [parallel] job_memory: '2X': not a size (a number and one of K M G T P k m g t p)", NULL, 0, 0 },
	{ "[render]\nhello\n", "f: line 2: 'hello': not 'key = value'", NULL, 0, 0 },
	{ "[render]\n= 3\n", "f: line 2: '= 3': not 'key = value'", NULL, 0, 0 },
	{ "[render\n", "f: line 1: '[render': not a [section]", NULL, 0, 0 },
	{ "[render] x\n", "f: line 1: '[render] x': not a [section]", NULL, 0, 0 },
	{ "[render]\ntimeout=1\n[parallel]\n[render]\ntimeout=2\n",
	    "f: line 5: [render] timeout: given twice, first in line 2", NULL, 0, 0 },
	{ "[render]\n" LONG " = 1\n", "f: line 2: " LONG ": unknown key", NULL, 0, 0 },
	{ "[" LONG "]\n", "f: line 1: [" LONG "]: unknown section", NULL, 0, 0 },
};

START_TEST(file_row)
{
	AUTO_INI c;
	struct err e = { 0 };
	int r;

	ini_init(&c);
	put("f", files[_i].text, strlen(files[_i].text));
	r = ini_read(&c, dirfd_, "f", "f", &e);
	ck_assert_msg(r == (files[_i].msg != NULL ? -1 : 0), "row %d: %s", _i, e.msg);
	if (files[_i].msg != NULL) {
		ck_assert_str_eq(e.msg, files[_i].msg);
		return;
	}
	ck_assert_pstr_eq(c.render.command, files[_i].command);
	ck_assert_int_eq(c.render.timeout_ns, files[_i].timeout_s * 1000000000);
	ck_assert_int_eq(c.parallel.jobs_max, files[_i].jobs_max);
}
END_TEST

START_TEST(presets_hold)
{
	AUTO_INI c;

	ini_init(&c);
	ck_assert_int_eq(c.parallel.job_memory_bytes, INT64_C(1610612736));
	ck_assert_int_eq(c.parallel.jobs_millipercent, 75000);
	ck_assert_int_eq(c.parallel.jobs_min, 1);
	ck_assert_str_eq(c.render.transient, "too_many_concurrent_requests");
}
END_TEST

START_TEST(odd_files)
{
	AUTO_INI c;
	struct err e = { 0 };

	ini_init(&c);
	ck_assert_int_eq(ini_read(&c, dirfd_, "none", "none", &e), 0);
	put("nul", "[render]\ncommand=a\0b\n", 20);
	ck_assert_int_eq(ini_read(&c, dirfd_, "nul", "nul", &e), -1);
	ck_assert_str_eq(e.msg, "nul: not a text file");
	ck_assert_int_eq(mkdirat(dirfd_, "d", 0755), 0);
	ck_assert_int_eq(ini_read(&c, dirfd_, "d", "d", &e), -1);
	ck_assert_str_eq(e.msg, "d: Is a directory");
	ck_assert_int_eq(e.code, EISDIR);
}
END_TEST

static void
load(struct ini *c, int want, const char *msg)
{
	struct err e = { 0 };
	int r = ini_load(c, dirfd_, &e);

	ck_assert_msg(r == want, "%s", e.msg);
	if (msg != NULL)
		ck_assert_msg(strstr(e.msg, msg) != NULL, "'%s' is not in '%s'", msg, e.msg);
}

/* The system's file cannot be written by a test; the other three and the environment can. */
START_TEST(later_sources_win)
{
	static const char user[] = "[render]\ntimeout=1\nquality=user\nvideo=user\n";
	static const char project[] = "[render]\ntimeout=2\nquality=project\n";
	AUTO_BUF path = { 0 };
	AUTO_INI a, b, c, d;

	ck_assert_int_eq(file_mkdirs(dirfd_, ".config/fh", 0755), 0);
	ck_assert_int_eq(file_mkdirs(dirfd_, "xdg/fh", 0755), 0);
	put(".config/fh/fh.ini", user, strlen(user));
	put("xdg/fh/fh.ini", "[render]\nvideo=xdg\n", 19);
	put("fh.ini", project, strlen(project));
	setenv("HOME", dir, 1);
	setenv("FH_RENDER_TIMEOUT", "3", 1);
	load(&a, 0, NULL);
	ck_assert_int_eq(a.render.timeout_ns, INT64_C(3000000000));
	ck_assert_str_eq(a.render.quality, "project");
	ck_assert_str_eq(a.render.video, "user");
	buf_addf(&path, "%s/xdg", dir);
	setenv("XDG_CONFIG_HOME", path.data, 1);
	load(&b, 0, NULL);
	ck_assert_str_eq(b.render.video, "xdg");
	setenv("FH_INI", "", 1);
	load(&c, 0, NULL);
	ck_assert_ptr_null(c.render.video);
	ck_assert_int_eq(c.render.timeout_ns, INT64_C(3000000000));
	setenv("FH_RENDER_TIMEOUT", "x", 1);
	load(&d, -1, "FH_RENDER_TIMEOUT: 'x': not a duration");
}
END_TEST

START_TEST(named_file_must_exist)
{
	AUTO_INI c;

	setenv("FH_INI", "/nonexistent/fh.ini", 1);
	load(&c, -1, "/nonexistent/fh.ini: No such file or directory");
}
END_TEST

/* Every row takes its own preset and forgets it again on an empty value. */
START_TEST(every_row_works)
{
	const struct ini_key *k = &ini_keys[_i];
	const char *sample = k->preset != NULL ? k->preset : k->choices != NULL ? k->choices[0] : "x";
	struct err e = { 0 };
	AUTO_INI c;

	ini_init(&c);
	ck_assert_msg(ini_set(&c, k->section, k->name, sample, &e) == 0, "%s", e.msg);
	ck_assert_msg(ini_set(&c, k->section, k->name, "", &e) == 0, "%s", e.msg);
	ck_assert(k->help != NULL && k->arg != NULL && strlen(k->name) < 48);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ini");
	TCase *t = tcase_create("all");
	SRunner *r;
	int failed;

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, file_row, 0, ARRAY_LEN(files));
	tcase_add_test(t, presets_hold);
	tcase_add_test(t, odd_files);
	tcase_add_test(t, later_sources_win);
	tcase_add_test(t, named_file_must_exist);
	tcase_add_loop_test(t, every_row_works, 0, (int)ini_nkeys);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
