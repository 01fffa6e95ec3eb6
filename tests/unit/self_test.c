/* self: which file we are. Where the system tells, argv[0] does not matter; where it does not, argv[0] is looked for. */
#include <sys/stat.h>

#include "self.h"

#include "folder.h"

static const char *called; /* as we were */

/* The one that may be executed is found. */
static void
program(const char *name)
{
	put(name, "#!/bin/sh\n");
	ck_assert_int_eq(chmod(name, 0755), 0);
}

static void
finds(const char *argv0, const char *want)
{
	AUTO_FREE char *here = realpath(".", NULL);
	AUTO_BUF path = { 0 };
	AUTO_BUF all = { 0 };

	buf_addf(&all, "%s/%s", here, want);
	ck_assert_int_eq(self_find(argv0, &path), 0);
	ck_assert_str_eq(buf_str(&path), buf_str(&all));
}

START_TEST(argv0_is_looked_for)
{
	AUTO_BUF path = { 0 };
	AUTO_BUF none = { 0 };

	mkdir("one", 0777);
	mkdir("two", 0777);
	put("one/p", "not executable");
	program("two/p");
	ck_assert_int_eq(symlink("two/p", "link"), 0);
	buf_addf(&path, "%s/one:%s/two", folder, folder);
	setenv("PATH", buf_str(&path), 1);
	finds("p", "two/p");
	finds("./two/p", "two/p"); /* a path is no name */
	finds("./link", "two/p");
	setenv("PATH", ":/nowhere", 1); /* the folder where we are */
	program("q");
	finds("q", "q");
	ck_assert_int_eq(self_find("p", &none), -ENOENT);
	ck_assert_int_eq(self_find("one/p", &none), -EACCES);
	ck_assert_uint_eq(none.len, 0);
}
END_TEST

static ino_t
inode(const char *name)
{
	struct stat st;

	ck_assert_msg(stat(name, &st) == 0, "%s: %s", name, strerror(errno));
	return st.st_ino;
}

/* Whatever there is in a folder on PATH: we are ourselves. */
START_TEST(we_are_found)
{
	AUTO_FREE char *path = self_path(called);
	AUTO_FD fd = self_open(called);
	struct stat st;

	ck_assert_int_eq(*path, '/');
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_ino, inode(path));
	ck_assert_uint_eq(st.st_ino, inode(called));
}
END_TEST

START_TEST(an_invented_name_is_told_by_the_system_or_stays)
{
	AUTO_FREE char *path = self_path("no such program");
	AUTO_FD fd = self_open("no such program");

#ifdef FH_PORTABLE
	ck_assert_str_eq(path, "no such program");
	ck_assert_int_eq(fd, -ENOENT);
#else
	ck_assert_uint_eq(inode(path), inode(called));
	ck_assert_int_ge(fd, 0);
#endif
}
END_TEST

int
main(int argc, char *argv[])
{
	Suite *s = suite_create("self");
	TCase *tc = tcase_create("self");
	AUTO_FREE char *path = realpath(argv[0], NULL); /* a test goes to a folder of its own */
	SRunner *r;
	int failed;

	(void)argc;
	called = path;
	tcase_add_checked_fixture(tc, folder_enter, folder_leave);
	tcase_add_test(tc, argv0_is_looked_for);
	tcase_add_test(tc, we_are_found);
	tcase_add_test(tc, an_invented_name_is_told_by_the_system_or_stays);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
