/* Decides how bytes get out: whole files by sendfile, the rest by write, never waiting for a reader that has stalled.
 * Must never know whose bytes they are.
 * Invariants: 1. bytes leave in the order in which they were put, over both descriptors (one queue).
 *             2. our own descriptors 1 and 2 are never set non-blocking: they are shared with others (sink_open opens
 *                the same pipe or terminal anew, or writes what poll says will fit).
 *             3. after a failed write to stdout nothing is written there any more. */
#include "pump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#ifndef FH_PORTABLE
#include <sys/sendfile.h>
#endif

#include "file.h"
#include "mem.h"

#define SEND_BYTES (1 << 20) /* of a file sent at a time */
#define MERGE_BYTES 65536    /* chunks in memory grow to about that */

enum sink_kind {
	SINK_DIRECT,   /* files and devices: a write does not wait for anybody */
	SINK_NONBLOCK, /* a description of our own */
	SINK_POLL,     /* shared: only as much as poll promises */
};

struct sink {
	int fd;
	bool own;
	enum sink_kind kind;
	bool no_sendfile;
};

struct pump {
	struct loop *l;
	struct sink sink[3];
	struct chunk *head, *tail;
	int stalled; /* the side that waits for its reader, -1: none */
	int failed;  /* -errno of stdout */
	int source;  /* the end of a program that is watched, -1: none */
	bool waits;  /* for a program that unpacks */
	int unpack_status; /* of the first one that failed */
	bool cramped; /* a disk was full when a file on it was given back */
	struct screen *screen; /* NULL: none */
	bool open;   /* what was written last is no end of a line; only with a screen */
};

static void
sink_open(struct sink *k, int fd)
{
	struct stat st;
	bool waits;

	*k = (struct sink){ .fd = fd, .kind = SINK_DIRECT };
	if (fstat(fd, &st) < 0)
		return;
	waits = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || (S_ISCHR(st.st_mode) && isatty(fd));
	if (!waits)
		return;
	k->kind = SINK_POLL;
#ifndef FH_PORTABLE
	if (!S_ISSOCK(st.st_mode)) {
		char name[32] = "/proc/self/fd/0";
		int own;

		name[14] = (char)('0' + fd);
		own = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (own >= 0)
			*k = (struct sink){ .fd = own, .own = true, .kind = SINK_NONBLOCK };
	}
#endif
}

struct pump *
pump_new(struct loop *l)
{
	struct pump *p = xcalloc(1, sizeof *p);

	p->l = l;
	p->stalled = p->source = -1;
	sink_open(&p->sink[0], STDOUT_FILENO);
	sink_open(&p->sink[1], STDERR_FILENO);
	return p;
}

void
pump_set_file(struct pump *p, int fd)
{
	sink_open(&p->sink[2], fd);
}

void
pump_set_screen(struct pump *p, struct screen *s)
{
	p->screen = s;
}

void
pump_free(struct pump *p)
{
	int i;

	if (p == NULL)
		return;
	if (p->source >= 0)
		loop_forget(p->l, p->source);
	chunk_free_list(p->head);
	for (i = 0; i < 2; i++) {
		loop_forget(p->l, p->sink[i].fd);
		if (p->sink[i].own)
			close(p->sink[i].fd);
	}
	free(p);
}

void
pump_put(struct pump *p, struct chunk *list)
{
	if (list == NULL)
		return;
	if (p->head == NULL)
		p->head = list;
	else
		p->tail->next = list;
	while (list->next != NULL)
		list = list->next;
	p->tail = list;
}

void
pump_bytes(struct pump *p, int side, const char *s, size_t n)
{
	struct chunk *c = p->head != NULL ? p->tail : NULL;

	if (n == 0)
		return;
	if (c == NULL || c->side != side || c->fd >= 0 || c->mem.len > MERGE_BYTES) {
		c = chunk_new(side);
		pump_put(p, c);
	}
	buf_add(&c->mem, s, n);
}

bool
pump_is_empty(const struct pump *p)
{
	return p->head == NULL;
}

bool
pump_is_stalled(const struct pump *p)
{
	return p->stalled >= 0;
}

bool
pump_waits(const struct pump *p)
{
	return p->waits;
}

bool
pump_exited(struct pump *p, pid_t pid, int status)
{
	return p->head != NULL && p->head->unpack != NULL && unpack_exited(p->head->unpack, pid, status);
}

int
pump_unpack_status(const struct pump *p)
{
	return p->unpack_status;
}

bool
pump_was_cramped(struct pump *p)
{
	bool was = p->cramped;

	p->cramped = false;
	return was;
}

int
pump_failed(const struct pump *p)
{
	return p->failed;
}

/* How many of n bytes may be written now without waiting; 0: none. */
static size_t
sink_room(const struct sink *k, size_t n)
{
	struct pollfd w = { .fd = k->fd, .events = POLLOUT };

	if (k->kind != SINK_POLL)
		return n;
	if (poll(&w, 1, 0) <= 0)
		return 0;
	return n < PIPE_BUF ? n : PIPE_BUF;
}

/* Bytes written, -EAGAIN, or another -errno. */
static ssize_t
sink_write(struct sink *k, const char *s, size_t n)
{
	ssize_t r;

	n = sink_room(k, n);
	if (n == 0)
		return -EAGAIN;
	do
		r = write(k->fd, s, n);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r;
}

/* As sink_write, from a file; -EINVAL where that way is closed. */
static ssize_t
sink_send(struct sink *k, struct chunk *c)
{
#ifdef FH_PORTABLE
	(void)k, (void)c;
	return -EINVAL;
#else
	int64_t left = c->end - c->at;
	off_t at = c->at;
	ssize_t r;

	if (k->kind == SINK_POLL || k->no_sendfile)
		return -EINVAL;
	do
		r = sendfile(k->fd, c->fd, &at, left < SEND_BYTES ? (size_t)left : SEND_BYTES);
	while (r < 0 && errno == EINTR);
	if (r < 0 && (errno == EINVAL || errno == ENOSYS)) {
		k->no_sendfile = true;
		return -EINVAL;
	}
	return r < 0 ? -errno : r;
#endif
}

static int
pump_unpack(struct pump *p, struct chunk *c)
{
	int status = 0, r = chunk_unpack(c, &status);

	if (!c->doubted && p->unpack_status == 0)
		p->unpack_status = status;
	return r;
}

/* Bytes of c were written: how do they end? */
static void
pump_note_end(struct pump *p, const struct chunk *c, bool from_file)
{
	char last = '\n';

	if (p->screen == NULL)
		return;
	if (!from_file)
		last = c->mem.data[c->mem_at - 1];
	else if (pread(c->fd, &last, 1, c->at - 1) != 1)
		return;
	p->open = last != '\n';
}

/* Some bytes of the chunk. 0: go on; 1: it is done; or -errno. */
static int
pump_step(struct pump *p, struct chunk *c)
{
	struct sink *k = &p->sink[c->side];
	ssize_t r;

	if (c->mem_at < c->mem.len) {
		r = sink_write(k, c->mem.data + c->mem_at, c->mem.len - c->mem_at);
		if (r > 0) {
			c->mem_at += (size_t)r;
			pump_note_end(p, c, false);
		}
		return r < 0 ? (int)r : 0;
	}
	if (c->fd < 0 || c->at >= c->end)
		return 1;
	if (c->packed != NULL)
		return pump_unpack(p, c);
	r = c->tag == NULL ? sink_send(k, c) : -EINVAL;
	if (r == -EINVAL)
		return chunk_refill(c);
	if (r >= 0)
		c->at = r == 0 ? c->end : c->at + r;
	if (r > 0)
		pump_note_end(p, c, true);
	return r < 0 ? (int)r : 0;
}

/* Tells when fd, a program's, has something; -1: none. */
static void
pump_watch_source(struct pump *p, int fd)
{
	if (p->source == fd)
		return;
	if (p->source >= 0)
		loop_forget(p->l, p->source);
	p->source = fd >= 0 && loop_watch(p->l, fd, POLLIN, p) == 0 ? fd : -1;
}

static void
pump_drop_head(struct pump *p)
{
	struct chunk *c = p->head;

	pump_watch_source(p, -1);
	p->head = c->next;
	p->cramped |= c->own && file_is_cramped(c->fd);
	chunk_free(c);
}

static void
pump_stall(struct pump *p, int side)
{
	if (p->stalled >= 0)
		loop_watch(p->l, p->sink[p->stalled].fd, 0, p);
	if (side >= 0 && loop_watch(p->l, p->sink[side].fd, POLLOUT, p) < 0)
		side = -1; /* cannot be waited for: tried again in the next round */
	p->stalled = side;
}

void
pump_run(struct pump *p)
{
	int r = 0;

	if (p->head == NULL && p->stalled < 0)
		return;
	screen_hide(p->screen);
	while (p->head != NULL) {
		r = p->failed < 0 && p->head->side != 1 ? 1 : pump_step(p, p->head);
		if (r == -EAGAIN || r == -EINPROGRESS)
			break;
		if (r < 0 && p->head->side != 1)
			p->failed = r;
		if (r != 0)
			pump_drop_head(p); /* done; or lost, which for stderr has nobody left to be told to */
	}
	p->waits = r == -EINPROGRESS;
	pump_watch_source(p, p->waits ? unpack_fd(p->head->unpack) : -1);
	if ((r == -EAGAIN) != (p->stalled >= 0) || (r == -EAGAIN && p->stalled != p->head->side))
		pump_stall(p, r == -EAGAIN ? p->head->side : -1);
	screen_told(p->screen, p->open);
}
