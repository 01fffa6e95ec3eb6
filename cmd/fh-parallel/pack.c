/* Decides how bytes get through a program without anybody waiting for it. Must never know whose bytes they are, or what a
 * failure means.
 * Invariants: 1. every descriptor here is CLOEXEC, so that the end of one stream never waits for another one's program.
 *             2. a program is in a group of its own: what ends the jobs at the terminal must not end it before it has written all.
 *             3. no more waits in memory than what was given at once. */
#include "pack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "mem.h"
#include "proc.h"

#define COPY_BYTES 65536

/* As GNU parallel's manual has them, in its order. */
static const char *const programs[] = { "pzstd", "lbzip2", "pbzip2", "zstd", "pigz", "lz4", "lzop", "plzip", "lzip", "lrz", "gzip",
	"pxz", "lzma", "bzip2", "xz", "clzip" };

const char *
pack_find(struct buf *there, struct buf *back)
{
	AUTO_BUF path = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(programs); i++) {
		buf_reset(&path);
		if (proc_find(programs[i], getenv("PATH"), &path) < 0)
			continue;
		buf_addf(there, "%s -c -1", programs[i]);
		buf_addf(back, "%s -dc", programs[i]);
		return programs[i];
	}
	return NULL;
}

/* --- a program ------------------------------------------------------------------------------------------------------ */

/* One that reads or writes a pipe of ours. */
struct filter {
	pid_t pid;  /* 0: it has ended */
	int fd;     /* our end, not blocking; -1: closed */
	int status;
};

/* Starts text; our end of the pipe is its side ours (0: its stdin, 1: its stdout), file is its other side. */
static int
filter_start(struct filter *f, const struct pack_with *with, const char *text, int ours, int file)
{
	static char dash_c[] = "-c";
	AUTO_FREE char *shell = xstrdup(with->shell), *copy = xstrdup(text);
	char *argv[] = { shell, dash_c, copy, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	int p[2], r;

	if ((r = io_pipe(p)) < 0)
		return r;
	s.file = shell;
	s.argv = argv;
	s.fd[ours] = p[ours];
	s.fd[1 - ours] = file;
	s.group = true;
	s.mask = &with->sig->child_mask;
	s.defaults = &with->sig->child_reset;
	r = proc_spawn(&s, &f->pid);
	close(p[ours]);
	if (r < 0) {
		close(p[1 - ours]);
		return r;
	}
	f->fd = p[1 - ours];
	fcntl(f->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

static void
filter_close(struct filter *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void
filter_kill(const struct filter *f)
{
	if (f->pid > 0)
		proc_kill(f->pid, SIGKILL); /* it is reaped by whoever waits for our children */
}

static bool
filter_exited(struct filter *f, pid_t pid, int status)
{
	if (f->pid <= 0 || f->pid != pid)
		return false;
	f->pid = 0;
	f->status = status;
	return true;
}

/* --- there ---------------------------------------------------------------------------------------------------------- */

struct pack {
	struct filter f;
	struct buf rest; /* what it has not taken yet, from at on */
	size_t at;
	bool deaf;       /* it reads no more */
	bool lost;       /* it was not given all, and that is our failure */
};

int
pack_new(const struct pack_with *with, int file, struct pack **out)
{
	struct pack *p = xcalloc(1, sizeof *p);
	int r = filter_start(&p->f, with, with->there, 0, file);

	if (r < 0) {
		free(p);
		return r;
	}
	*out = p;
	return 0;
}

void
pack_free(struct pack *p)
{
	if (p == NULL)
		return;
	filter_kill(&p->f);
	filter_close(&p->f);
	buf_fini(&p->rest);
	free(p);
}

int
pack_push(struct pack *p)
{
	ssize_t n;

	while (!p->deaf && p->at < p->rest.len) {
		n = write(p->f.fd, p->rest.data + p->at, p->rest.len - p->at);
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n >= 0) {
			p->at += (size_t)n;
		} else if (errno != EINTR) {
			p->deaf = true;
			p->lost |= errno != EPIPE;
		}
	}
	buf_reset(&p->rest);
	p->at = 0;
	return p->deaf ? -EPIPE : 0;
}

int
pack_add(struct pack *p, const void *s, size_t n)
{
	if (!p->deaf && p->f.fd >= 0)
		buf_add(&p->rest, s, n);
	return pack_push(p);
}

bool
pack_waits(const struct pack *p)
{
	return p->rest.len > 0;
}

int
pack_fd(const struct pack *p)
{
	return p->f.fd;
}

void
pack_end(struct pack *p)
{
	if (!pack_waits(p))
		filter_close(&p->f);
}

bool
pack_exited(struct pack *p, pid_t pid, int status)
{
	if (!filter_exited(&p->f, pid, status))
		return false;
	p->deaf = true;
	pack_push(p); /* what waits is nobody's */
	return true;
}

void
pack_kill(const struct pack *p)
{
	filter_kill(&p->f);
}

bool
pack_runs(const struct pack *p)
{
	return p->f.pid > 0;
}

int
pack_status(const struct pack *p)
{
	return p->f.status == 0 && p->lost ? PACK_NOT_GIVEN : p->f.status;
}

/* --- and back ------------------------------------------------------------------------------------------------------- */

struct unpack {
	struct filter f;
	bool ended; /* its output; the descriptor is kept until the end, for it may be watched */
};

/* A file that has just those bytes, its offset at their beginning. -errno: there is none. */
static int
unpack_part(const struct pack_with *with, const struct packed *what)
{
	AUTO_FD part = file_temp(with->dir);
	int64_t at = what->at, end = what->end;
	char raw[COPY_BYTES];
	ssize_t n;
	int r = part < 0 ? part : 0;

	for (; r == 0 && at < end; at += n) {
		n = pread(what->fd, raw, end - at < COPY_BYTES ? (size_t)(end - at) : COPY_BYTES, at);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		r = io_write_full(part, raw, (size_t)n);
	}
	if (r < 0 || lseek(part, 0, SEEK_SET) < 0)
		return r < 0 ? r : -errno;
	return take_fd(&part);
}

int
unpack_new(const struct pack_with *with, const struct packed *what, struct unpack **out)
{
	struct unpack *u;
	AUTO_FD part = -1;
	int r;

	if (!what->whole && (part = unpack_part(with, what)) < 0)
		return part; /* the program reads to the end of its file */
	if (what->whole && lseek(what->fd, what->at, SEEK_SET) < 0)
		return -errno;
	u = xcalloc(1, sizeof *u);
	if ((r = filter_start(&u->f, with, with->back, 1, part >= 0 ? part : what->fd)) < 0) {
		free(u);
		return r;
	}
	*out = u;
	return 0;
}

void
unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	filter_kill(&u->f);
	filter_close(&u->f);
	free(u);
}

ssize_t
unpack_read(struct unpack *u, char *s, size_t n)
{
	ssize_t got = 0;

	if (!u->ended) {
		do
			got = read(u->f.fd, s, n);
		while (got < 0 && errno == EINTR);
		if (got < 0)
			return -errno;
	}
	if (got > 0)
		return got;
	u->ended = true;
	return u->f.pid > 0 ? -EAGAIN : 0;
}

int
unpack_fd(const struct unpack *u)
{
	return u->ended ? -1 : u->f.fd;
}

bool
unpack_exited(struct unpack *u, pid_t pid, int status)
{
	return filter_exited(&u->f, pid, status);
}

int
unpack_status(const struct unpack *u)
{
	return u->f.status;
}

int
pack_gather(const struct pack_with *with, const struct packed *what, struct buf *out)
{
	struct unpack *u;
	struct pollfd w = { .events = POLLIN };
	ssize_t n;
	int status = 0;

	if (unpack_new(with, what, &u) < 0)
		return UNPACK_NOT_STARTED;
	w.fd = u->f.fd;
	while (!u->ended) {
		n = unpack_read(u, buf_room(out, COPY_BYTES), COPY_BYTES);
		if (n > 0)
			buf_grown(out, (size_t)n);
		else if (n == -EAGAIN && !u->ended)
			poll(&w, 1, -1);
		else if (n < 0)
			u->ended = true;
	}
	if (u->f.pid > 0)
		waitpid(u->f.pid, &status, 0);
	u->f.pid = 0;
	unpack_free(u);
	return status;
}
