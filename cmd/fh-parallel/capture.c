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
#ifndef FH_PORTABLE
#include <sys/mman.h>
#include <sys/sendfile.h>
#endif
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "mem.h"

/* --- files that are used again -------------------------------------------------------------------------------------- */

struct capture_spare {
	int *fd;
	size_t n, cap;
	bool memory; /* what kind they are, all of them */
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

/* The same file, opened anew. -1: there is no way to. */
static int
spare_open(int fd, int flags)
{
	char name[32] = "/proc/self/fd/", digits[12];
	size_t n = 0, at = 14;

	do
		digits[n++] = (char)('0' + fd % 10);
	while ((fd /= 10) > 0);
	while (n > 0)
		name[at++] = digits[--n];
	return open(name, O_RDWR | O_CLOEXEC | flags);
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
spare_open(int fd, int flags)
{
	(void)fd, (void)flags;
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
spare_keep(struct capture_spare *s, int fd, bool memory)
{
	struct stat st;

	if (s->n > 0 && s->memory != memory)
		return false;
	s->memory = memory;
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
	bool piped = c->mode == CAPTURE_PIPE || c->mode == CAPTURE_PACK;

	c->side[i] = (struct capture_side){ .fd = fd, .job_fd = job_fd, .open = piped, .disk = -1, .file = -1 };
}

static int
capture_pipe(struct capture *c, int i)
{
	int p[2], r = io_pipe(p);

	if (r < 0)
		return r;
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	capture_set(c, i, p[0], p[1]);
	return 0;
}

/* A file in memory where there are such: to have thousands of files without a name costs a disk's file system dearly. */
static int
capture_make(const char *dir, bool *memory)
{
	int fd = -1;

#ifndef FH_PORTABLE
	AUTO_FD made = memfd_create("fh-output", MFD_CLOEXEC);

	/* memfd_create does not count as having it open for writing, and spare_is_alone would overlook one who has */
	if (made >= 0)
		fd = spare_open(made, 0);
#endif
	*memory = fd >= 0;
	return fd >= 0 ? fd : file_temp(dir);
}

/* O_APPEND: several processes of one job must not overwrite each other. */
static int
capture_file(struct capture *c, int i, const char *dir)
{
	struct capture_spare *s = c->spare;
	bool used = s != NULL && s->n > 0;
	bool memory = used && s->memory;
	int fd = used ? s->fd[--s->n] : capture_make(dir, &memory), job_fd;

	if (fd < 0)
		return fd;
	job_fd = s != NULL ? spare_open(fd, O_APPEND) : -1;
	if (job_fd < 0) {
		job_fd = fd; /* the very same open file: it can never be used again */
		fcntl(fd, F_SETFL, O_APPEND);
	} else if (!used) {
		spare_quiet(fd);
	}
	capture_set(c, i, fd, job_fd);
	c->side[i].again = job_fd != fd;
	c->side[i].memory = memory;
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
		r = mode == CAPTURE_FILE ? capture_file(c, i, dir) : mode != CAPTURE_INHERIT ? capture_pipe(c, i) : 0;
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

bool
capture_is_on_disk(const struct capture *c)
{
	return c->mode == CAPTURE_FILE && c->side[0].fd >= 0 && !c->side[0].memory;
}

bool
capture_is_cramped(const struct capture *c)
{
	return capture_is_on_disk(c) && file_is_cramped(c->side[0].fd);
}

int64_t
capture_size(const struct capture *c, int i)
{
	struct stat st;

	if (c->mode != CAPTURE_FILE || c->side[i].fd < 0)
		return 0;
	if (fstat(c->side[i].fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? st.st_size : 0;
}

#ifndef FH_PORTABLE
/* The job has cut its file (>/dev/stdout does, and tee /dev/stderr): what is on disk is from before, and the new bytes are where
 * a hole was. */
static void
capture_follow_cut(struct capture_side *s, int64_t size)
{
	int64_t data = lseek(s->fd, 0, SEEK_DATA), page = sysconf(_SC_PAGESIZE), end = size < s->on_disk ? size : s->on_disk;

	if (data >= 0 && data < s->on_disk / page * page && data < end)
		end = data;
	if (end == s->on_disk || ftruncate(s->disk, end) < 0 || lseek(s->disk, end, SEEK_SET) < 0)
		return;
	s->on_disk = end;
}

int64_t
capture_memory(struct capture *c, int i)
{
	struct capture_side *s = &c->side[i];
	int64_t size = s->memory ? capture_size(c, i) : 0;

	if (s->memory && s->on_disk > 0)
		capture_follow_cut(s, size);
	return size <= 0 ? 0 : size - s->on_disk;
}

int64_t
capture_relieve(struct capture *c, int i, const char *dir, int64_t max)
{
	struct capture_side *s = &c->side[i];
	int64_t left = capture_memory(c, i), moved = 0;
	off_t at = s->on_disk;
	ssize_t n;

	if (s->disk < 0 && (s->disk = file_temp(dir)) < 0)
		return s->disk;
	if (left > max)
		left = max;
	while (moved < left) {
		n = sendfile(s->disk, s->fd, &at, (size_t)(left - moved));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		moved += n;
	}
	if (moved > 0) /* from the first byte: only whole pages are given back */
		fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, s->on_disk + moved);
	s->on_disk += moved;
	return moved > 0 || left == 0 ? moved : -errno;
}
#else
int64_t
capture_memory(struct capture *c, int i)
{
	(void)c, (void)i;
	return 0;
}

int64_t
capture_relieve(struct capture *c, int i, const char *dir, int64_t max)
{
	(void)c, (void)i, (void)dir, (void)max;
	return 0;
}
#endif

static void
capture_close_side(struct capture *c, struct capture_side *s)
{
	bool kept = s->fd >= 0 && s->again && s->on_disk == 0 && spare_keep(c->spare, s->fd, s->memory);

	if (s->fd >= 0 && !kept)
		close(s->fd);
	if (s->disk >= 0)
		close(s->disk);
	pack_free(s->pack);
	if (s->file >= 0)
		close(s->file);
}

void
capture_close(struct capture *c)
{
	enum capture_mode mode = c->mode;
	int i;

	capture_started(c);
	for (i = 0; i < 2; i++)
		capture_close_side(c, &c->side[i]);
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
	c->side[i].memory = false;
	return fd;
}

int
capture_take_disk(struct capture *c, int i)
{
	int fd = c->side[i].disk;

	c->side[i].disk = -1;
	return fd;
}
