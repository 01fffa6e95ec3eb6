/* Decides where one job's bytes go while it runs. Must never know another job, or when bytes may be shown.
 * Invariants: 1. every descriptor here is CLOEXEC; the job gets its own by proc.
 *             2. FILE: the job writes into the file itself, nothing is copied while it runs.
 *             3. after capture_started no writing end of a pipe is left with us, or its end would never come.
 *             4. a file is used again only where the kernel says that nobody else has it (spare_keep): what a process left
 *                behind by one job writes never gets among what another job says. */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "mem.h"

/* --- files that are used again -------------------------------------------------------------------------------------- */

struct capture_spare {
	int *fd;
	size_t n, cap;
};

struct capture_spare *
capture_spare_new(void)
{
	return xcalloc(1, sizeof(struct capture_spare));
}

void
capture_spare_free(struct capture_spare *s)
{
	if (s == NULL)
		return;
	while (s->n > 0)
		close(s->fd[--s->n]);
	free(s->fd);
	free(s);
}

#if defined(F_SETLEASE) && !defined(FH_PORTABLE)
/* A write lease is given only for a file that nobody else has open: the job's descriptor is an open file of its own (spare_open),
 * so that whoever still holds it is seen. */
static bool
spare_is_alone(int fd)
{
	return fcntl(fd, F_SETLEASE, F_WRLCK) == 0 && fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
}

/* The same file, opened anew for the job. -1: there is no way to. */
static int
spare_open(int fd)
{
	char name[32] = "/proc/self/fd/", digits[12];
	size_t n = 0, at = 14;

	do
		digits[n++] = (char)('0' + fd % 10);
	while ((fd /= 10) > 0);
	while (n > 0)
		name[at++] = digits[--n];
	return open(name, O_RDWR | O_APPEND | O_CLOEXEC);
}

static void
spare_quiet(int fd)
{
	fcntl(fd, F_SETSIG, SIGURG); /* who opens the file at the wrong moment must not end us by SIGIO */
}
#else
static bool
spare_is_alone(int fd)
{
	(void)fd;
	return false;
}

static int
spare_open(int fd)
{
	(void)fd;
	return -1;
}

static void
spare_quiet(int fd)
{
	(void)fd;
}
#endif

/* Puts fd by for another job; false: it cannot be used again. */
static bool
spare_keep(struct capture_spare *s, int fd)
{
	struct stat st;

	if (!spare_is_alone(fd) || fstat(fd, &st) < 0 || (st.st_size > 0 && ftruncate(fd, 0) < 0))
		return false;
	s->fd = xgrow(s->fd, s->n, &s->cap, sizeof *s->fd);
	s->fd[s->n++] = fd;
	return true;
}

/* --- one job -------------------------------------------------------------------------------------------------------- */

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

/* O_APPEND: several processes of one job must not overwrite each other. */
static int
capture_file(struct capture *c, int i, const char *dir)
{
	struct capture_spare *s = c->spare;
	bool used = s != NULL && s->n > 0;
	int fd = used ? s->fd[--s->n] : file_temp(dir), job_fd;

	if (fd < 0)
		return fd;
	job_fd = s != NULL ? spare_open(fd) : -1;
	if (job_fd < 0) {
		job_fd = fd; /* the very same open file: it can never be used again */
		fcntl(fd, F_SETFL, O_APPEND);
	} else if (!used) {
		spare_quiet(fd);
	}
	capture_set(c, i, fd, job_fd);
	c->side[i].again = job_fd != fd;
	return 0;
}

int
capture_open(struct capture *c, enum capture_mode mode, const char *dir, struct capture_spare *spare)
{
	int i, r = 0;

	*c = (struct capture)CAPTURE_INIT;
	c->mode = mode;
	c->spare = spare;
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

#define EARLY_BYTES 4096 /* of a side in memory */

void
capture_far(struct capture *c, enum capture_mode mode)
{
	*c = (struct capture)CAPTURE_INIT;
	c->mode = mode;
}

int
capture_add(struct capture *c, int i, const char *dir, const void *s, size_t n)
{
	struct capture_side *side = &c->side[i];
	int fd, r;

	if (side->fd < 0 && c->early[i].len + n <= EARLY_BYTES) {
		buf_add(&c->early[i], s, n);
		return 0;
	}
	if (side->fd < 0) {
		if ((fd = file_temp(dir)) < 0)
			return fd;
		side->fd = fd;
	}
	if (c->early[i].len > 0 && (r = io_write_full(side->fd, c->early[i].data, c->early[i].len)) < 0)
		return r;
	buf_reset(&c->early[i]);
	return io_write_full(side->fd, s, n);
}

void
capture_started(struct capture *c)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (c->side[i].job_fd >= 0 && c->side[i].job_fd != c->side[i].fd)
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
		if (c->side[i].fd >= 0 && !(c->side[i].again && spare_keep(c->spare, c->side[i].fd)))
			close(c->side[i].fd);
	buf_fini(&c->early[0]);
	buf_fini(&c->early[1]);
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
