/* Decides how bytes get into a job. Must never know which, or when.
 * Invariants: 1. a pipe is written without waiting; the reading end stays open here until the job is gone, so that what it left
 *                can be counted.
 *             2. bytes of a file's range go from the page cache into the pipe (splice), never through our memory.
 *             3. a fifo's writing end exists only once a reader has opened it: else bytes written early would be lost. */
#include "feeder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"

#define FEEDER_PIPE_SIZE (1 << 20)
#define FEEDER_CHUNK 65536
#define FIFO_TRIES 1000 /* to open it, where it is descriptors or memory that we lack */

struct feeder {
	enum feeder_kind kind;
	int fd;              /* we write; -1: not yet, or no more */
	int job_fd;          /* the job reads */
	struct buf name;
	struct block **queue;
	size_t first, n, cap; /* of queue */
	uint64_t done;       /* bytes of queue[first] that are written */
	uint64_t left, total;
	bool ended, over;
	bool broken;         /* not all could be written, and that is not for want of a reader */
	int tries;           /* of FIFO_TRIES */
};

static int
feeder_pipe(struct feeder *f, uint64_t expect)
{
	int p[2], r = io_pipe(p);

	if (r < 0)
		return r;
#ifdef FH_PORTABLE
	(void)expect;
#else
	if (expect > FEEDER_UNREAD_MAX)
		fcntl(p[1], F_SETPIPE_SZ, FEEDER_PIPE_SIZE); /* where it is not allowed, it is slower */
#endif
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	f->job_fd = p[0];
	f->fd = p[1];
	return 0;
}

void
feeder_place(const char *dir, struct buf *folder, struct buf *prefix)
{
	const char *where = dir != NULL ? dir : getenv("TMPDIR");

	buf_adds(folder, where != NULL && *where != '\0' ? where : "/tmp");
	buf_addf(prefix, "par%ld.", (long)getpid());
}

static int
feeder_make(struct feeder *f, const char *dir)
{
	AUTO_BUF prefix = { 0 };

	feeder_place(dir, &f->name, &prefix);
	buf_addf(&f->name, "/%sXXXXXX", buf_str(&prefix));
	f->fd = mkostemp(f->name.data, O_CLOEXEC);
	if (f->fd < 0) {
		buf_reset(&f->name);
		return -errno;
	}
	if (f->kind == FEEDER_FILE)
		return 0;
	close(f->fd); /* the name is ours; a fifo takes its place */
	f->fd = -1;
	return unlink(f->name.data) < 0 || mkfifo(f->name.data, 0600) < 0 ? -errno : 0;
}

int
feeder_new(enum feeder_kind kind, const char *dir, uint64_t expect, struct feeder **out)
{
	struct feeder *f = xcalloc(1, sizeof *f);
	int r;

	f->kind = kind;
	f->fd = f->job_fd = -1;
	r = kind == FEEDER_PIPE ? feeder_pipe(f, expect) : feeder_make(f, dir);
	if (r < 0) {
		feeder_free(f);
		return r;
	}
	*out = f;
	return 0;
}

static void
feeder_close(struct feeder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	f->over = true;
}

static void
feeder_shift(struct feeder *f)
{
	block_unref(f->queue[f->first++]);
	f->done = 0;
	if (f->first == f->n)
		f->first = f->n = 0;
}

void
feeder_free(struct feeder *f)
{
	if (f == NULL)
		return;
	feeder_close(f);
	while (f->first < f->n)
		feeder_shift(f);
	if (f->job_fd >= 0)
		close(f->job_fd);
	if (f->name.len > 0)
		unlink(buf_str(&f->name));
	buf_fini(&f->name);
	free(f->queue);
	free(f);
}

int
feeder_job_fd(const struct feeder *f)
{
	return f->job_fd;
}

const char *
feeder_name(const struct feeder *f)
{
	return f->name.len > 0 ? f->name.data : NULL;
}

int
feeder_fd(const struct feeder *f)
{
	return f->fd;
}

void
feeder_add(struct feeder *f, struct block *k)
{
	uint64_t size = block_size(k);

	if (size == 0 || f->over)
		return;
	if (f->n == f->cap && f->first > 0) {
		memmove(f->queue, f->queue + f->first, (f->n - f->first) * sizeof *f->queue);
		f->n -= f->first;
		f->first = 0;
	}
	f->queue = xgrow(f->queue, f->n, &f->cap, sizeof *f->queue);
	f->queue[f->n++] = block_ref(k);
	f->left += size;
	f->total += size;
}

void
feeder_end(struct feeder *f)
{
	f->ended = true;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* A part of a file's range, by way of our memory: where the kernel cannot move it itself. */
static ssize_t
feeder_copy(int to, int from, uint64_t at, size_t n)
{
	char buf[FEEDER_CHUNK];
	ssize_t got = pread(from, buf, n < sizeof buf ? n : sizeof buf, (off_t)at);

	return got <= 0 ? got : write(to, buf, (size_t)got);
}

static ssize_t
feeder_move(const struct feeder *f, const struct block *k, uint64_t skip)
{
	uint64_t at = k->at + skip, n = k->len - skip;
	ssize_t r;

	if (n > FEEDER_PIPE_SIZE)
		n = FEEDER_PIPE_SIZE;
#ifndef FH_PORTABLE
	if (f->kind != FEEDER_FILE) {
		loff_t from = (loff_t)at;

		r = splice(k->fd, &from, f->fd, NULL, (size_t)n, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
		if (r >= 0 || errno != EINVAL)
			return r;
	}
#endif
	r = feeder_copy(f->fd, k->fd, at, (size_t)n);
	return r;
}

/* Writes some of the first block. Returns how much, 0 where its file is shorter than thought, or -1 with errno. */
static ssize_t
feeder_write(const struct feeder *f)
{
	const struct block *k = f->queue[f->first];
	size_t text = k->data.len - k->from;

	if (f->done < text)
		return write(f->fd, k->data.data + k->from + f->done, text - (size_t)f->done);
	return feeder_move(f, k, f->done - text);
}

static enum feed
feeder_failed(struct feeder *f, int error, int *out)
{
	f->broken = error != EPIPE;
	if (f->broken)
		*out = -error;
	feeder_close(f);
	return FEED_OVER;
}

/* 0, where we can write; -EAGAIN: not yet; another -errno: never. A job that has removed its fifo wants nothing of it. */
static int
feeder_open(struct feeder *f)
{
	if (f->kind != FEEDER_FIFO || f->fd >= 0)
		return 0;
	f->fd = open(buf_str(&f->name), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (f->fd >= 0)
		return 0;
	if (errno == ENXIO || errno == ENOENT || errno == EINTR)
		return -EAGAIN;
	if ((errno == EMFILE || errno == ENFILE || errno == ENOMEM) && f->tries++ < FIFO_TRIES)
		return -EAGAIN;
	return -errno;
}

enum feed
feeder_push(struct feeder *f, int *error)
{
	ssize_t n;
	int r;

	*error = 0;
	if (f->over)
		return FEED_OVER;
	if ((r = feeder_open(f)) < 0)
		return r == -EAGAIN ? FEED_SHUT : feeder_failed(f, -r, error);
	while (f->first < f->n) {
		n = feeder_write(f);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return FEED_FULL;
		if (n <= 0)
			return feeder_failed(f, n < 0 ? errno : EIO, error);
		f->done += (uint64_t)n;
		f->left -= (uint64_t)n;
		if (f->done == block_size(f->queue[f->first]))
			feeder_shift(f);
	}
	if (!f->ended)
		return FEED_IDLE;
	feeder_close(f);
	return FEED_OVER;
}

bool
feeder_is_broken(const struct feeder *f)
{
	return f->broken;
}

uint64_t
feeder_left(const struct feeder *f)
{
	return f->left;
}

uint64_t
feeder_total(const struct feeder *f)
{
	return f->total;
}

uint64_t
feeder_unread(const struct feeder *f)
{
	int n = 0;

	if (f->job_fd >= 0 && ioctl(f->job_fd, FIONREAD, &n) < 0)
		n = 0;
	return f->left + (uint64_t)n;
}
