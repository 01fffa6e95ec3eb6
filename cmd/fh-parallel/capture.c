/* Decides where one job's bytes go while it runs. Must never know another job, or when bytes may be shown.
 * Invariants: 1. every descriptor here is CLOEXEC; the job gets its own by proc.
 *             2. FILE: the job writes into the file itself, nothing is copied while it runs.
 *             3. after capture_started no writing end of a pipe is left with us, or its end would never come. */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static void
capture_set(struct capture *c, int i, int fd, int job_fd)
{
	c->side[i] = (struct capture_side){ .fd = fd, .job_fd = job_fd, .open = c->mode == CAPTURE_PIPE };
}

static int
capture_pipe(struct capture *c, int i)
{
	int p[2];

#ifdef FH_PORTABLE
	if (pipe(p) < 0)
		return -errno;
	fcntl(p[0], F_SETFD, FD_CLOEXEC);
	fcntl(p[1], F_SETFD, FD_CLOEXEC);
#else
	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
#endif
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	capture_set(c, i, p[0], p[1]);
	return 0;
}

static int
capture_file(struct capture *c, int i, const char *dir)
{
	int fd = file_temp(dir);

	if (fd < 0)
		return fd;
	fcntl(fd, F_SETFL, O_APPEND); /* stdout and stderr of several processes of one job must not overwrite each other */
	capture_set(c, i, fd, fd);
	return 0;
}

int
capture_open(struct capture *c, enum capture_mode mode, const char *dir)
{
	int i, r = 0;

	*c = (struct capture)CAPTURE_INIT;
	c->mode = mode;
	for (i = 0; i < 2 && r == 0; i++)
		r = mode == CAPTURE_PIPE ? capture_pipe(c, i) : mode == CAPTURE_FILE ? capture_file(c, i, dir) : 0;
	if (r < 0)
		capture_close(c);
	return r;
}

void
capture_use(struct capture *c, int out, int err)
{
	*c = (struct capture)CAPTURE_INIT;
	c->mode = CAPTURE_FILE;
	capture_set(c, 0, out, out);
	capture_set(c, 1, err, err);
}

void
capture_started(struct capture *c)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (c->mode == CAPTURE_PIPE && c->side[i].job_fd >= 0)
			close(c->side[i].job_fd);
		c->side[i].job_fd = -1;
	}
}

bool
capture_is_open(const struct capture *c)
{
	return c->side[0].open || c->side[1].open;
}

int64_t
capture_size(const struct capture *c, int i)
{
	struct stat st;

	if (c->mode != CAPTURE_FILE || c->side[i].fd < 0 || fstat(c->side[i].fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return st.st_size;
}

void
capture_close(struct capture *c)
{
	enum capture_mode mode = c->mode;
	int i;

	capture_started(c);
	for (i = 0; i < 2; i++)
		if (c->side[i].fd >= 0)
			close(c->side[i].fd);
	*c = (struct capture)CAPTURE_INIT;
	c->mode = mode;
}

int
capture_take(struct capture *c, int i)
{
	int fd = c->side[i].fd;

	c->side[i].fd = -1;
	return fd;
}
