/* Decides which file is our own program. Must never know what it is wanted for.
 * Linux tells (/proc/self/exe, also where argv0 is somebody's invention: exec -a). With FH_PORTABLE, or where /proc is not
 * there, argv0 is looked for as the shell did that called us: the same file unless PATH or the folder has changed since. */
#include "self.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "mem.h"
#include "proc.h"

int
self_find(const char *argv0, struct buf *out)
{
	AUTO_BUF found = { 0 };
	AUTO_FREE char *path = NULL;
	int r = proc_find(argv0, getenv("PATH"), &found);

	if (r < 0)
		return r;
	if ((path = realpath(buf_str(&found), NULL)) == NULL)
		return -errno;
	buf_adds(out, path);
	return 0;
}

#ifdef FH_PORTABLE

static int
self_told(struct buf *out)
{
	(void)out;
	return -ENOTSUP;
}

static int
self_open_told(void)
{
	return -ENOTSUP;
}

#else

static int
self_told(struct buf *out)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);

	if (n <= 0 || n == (ssize_t)sizeof path)
		return n < 0 ? -errno : -ENAMETOOLONG;
	buf_add(out, path, (size_t)n);
	return 0;
}

static int
self_open_told(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
#endif

char *
self_path(const char *argv0)
{
	AUTO_BUF path = { 0 };

	if (self_told(&path) < 0 && self_find(argv0, &path) < 0)
		return xstrdup(argv0);
	return xstrndup(buf_str(&path), path.len);
}

int
self_open(const char *argv0)
{
	AUTO_BUF path = { 0 };
	int fd = self_open_told(), r;

	if (fd >= 0)
		return fd;
	if ((r = self_find(argv0, &path)) < 0)
		return r;
	fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
