/* Decides how bytes move whole between memory and descriptors. Must never know what they mean. */
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int
io_keep_std(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
			return -errno;
	return 0;
}

int
io_pipe(int p[2])
{
#ifdef FH_PORTABLE
	int r;

	if (pipe(p) < 0)
		return -errno;
	if (fcntl(p[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(p[1], F_SETFD, FD_CLOEXEC) == 0)
		return 0;
	r = -errno;
	close(p[0]);
	close(p[1]);
	return r;
#else
	return pipe2(p, O_CLOEXEC) < 0 ? -errno : 0;
#endif
}

ssize_t
io_read_full(int fd, void *p, size_t n)
{
	size_t got = 0;
	ssize_t r;

	while (got < n) {
		r = read(fd, (char *)p + got, n - got);
		if (r == 0)
			break;
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

int
io_write_full(int fd, const void *p, size_t n)
{
	struct pollfd w = { .fd = fd, .events = POLLOUT };
	const char *from = p;
	ssize_t r;

	while (n > 0) {
		r = write(fd, from, n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno == EAGAIN) {
			poll(&w, 1, -1);
			continue;
		}
		if (r < 0)
			return -errno;
		from += r;
		n -= (size_t)r;
	}
	return 0;
}

int
io_close(int fd)
{
	return close(fd) < 0 && errno != EINTR ? -errno : 0;
}

int
io_write_last(int fd, const void *p, size_t n)
{
	int r = io_write_full(fd, p, n);

	return r < 0 ? r : io_close(fd);
}

int
io_slurp(int fd, struct buf *out, size_t max)
{
	size_t start = out->len, want = 4096;
	struct stat st;
	ssize_t r;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((size_t)st.st_size > max)
			return -EFBIG;
		want = (size_t)st.st_size + 1; /* one more: end of file shows in the same read */
	}
	for (;;) {
		r = read(fd, buf_room(out, want), want);
		if (r == 0)
			return 0;
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		buf_grown(out, (size_t)r);
		if (out->len - start > max)
			return -EFBIG;
		want = (size_t)r == want ? 65536 : want - (size_t)r;
	}
}

int
io_open_regular(int dirfd, const char *name)
{
	AUTO_FD fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return take_fd(&fd);
}

int
io_slurp_at(int dirfd, const char *name, struct buf *out, size_t max)
{
	AUTO_FD fd = io_open_regular(dirfd, name);

	if (fd < 0)
		return fd;
	return io_slurp(fd, out, max);
}

uint32_t
io_random(void)
{
	uint32_t v;

	return getentropy(&v, sizeof v) == 0 ? v : arc4random(); /* an old kernel has the one only */
}
