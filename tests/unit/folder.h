/* A folder of a test's own, in which it stands: fixtures and helpers for tests that need files. */
#ifndef FH_TEST_FOLDER_H
#define FH_TEST_FOLDER_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"

static char folder[64];

static inline void
folder_enter(void)
{
	snprintf(folder, sizeof folder, "/tmp/fh-unit.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static inline void
folder_leave(void)
{
	char cmd[96];

	snprintf(cmd, sizeof cmd, "/bin/rm -rf %s", folder);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(cmd), 0);
}

static inline void
put(const char *name, const char *text)
{
	AUTO_FD fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	ck_assert_msg(fd >= 0, "%s: %s", name, strerror(errno));
	ck_assert_int_eq(io_write_full(fd, text, strlen(text)), 0);
}

/* Ends the test where the file name does not hold text. */
static inline void
holds(const char *name, const char *text)
{
	AUTO_BUF got = { 0 };

	ck_assert_int_eq(io_slurp_at(AT_FDCWD, name, &got, 1 << 20), 0);
	ck_assert_str_eq(buf_str(&got), text);
}

#endif
