/* Decides where words wait whose turn has not come. Must never know jobs or turns.
 * Invariants: 1. what waits is bounded: HELD_BYTES in memory, HELD_FDS descriptors; the rest is in one unlinked file.
 *             2. a byte of that file is not overwritten as long as a chunk points to it (refs). */
#include "spool.h"

#include <errno.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "mem.h"

#define HELD_BYTES (1024 * 1024) /* in memory, of all that wait */
#define HELD_FDS 32
#define COPY_BYTES 65536         /* of a file at a time */

struct spool {
	const char *dir;
	int fd;                 /* -1: none yet */
	int64_t end;
	uint64_t refs, fd_refs; /* chunks that point into the file; that hold a file of their own */
	size_t held_bytes;      /* in memory, roughly */
	bool cramped;           /* a disk was full when a file on it was given back */
};

struct spool *
spool_new(const char *dir)
{
	struct spool *s = xcalloc(1, sizeof *s);

	s->dir = dir;
	s->fd = -1;
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

/* Where the next bytes go; -errno where there can be none. */
static int64_t
spool_start(struct spool *s)
{
	if (s->refs == 0)
		s->end = 0; /* nobody reads it now: start over */
	if (s->fd < 0 && (s->fd = file_temp(s->dir)) < 0)
		return s->fd;
	return s->end;
}

static int
spool_append(struct spool *s, const void *p, size_t n)
{
	int r;

	if (lseek(s->fd, s->end, SEEK_SET) < 0)
		return -errno;
	if ((r = io_write_full(s->fd, p, n)) == 0)
		s->end += (int64_t)n;
	return r;
}

/* All bytes of c are in the file, from start on. */
static void
spool_take(struct spool *s, struct chunk *c, int64_t start)
{
	s->held_bytes -= c->held;
	c->held = 0;
	c->fd = s->fd;
	c->own = false;
	c->at = start;
	c->end = s->end;
	c->refs = &s->refs;
	s->refs++;
}

/* Bytes in memory go to the file. They are tagged already. */
static void
spool_move_memory(struct spool *s, struct chunk *c)
{
	int64_t start = spool_start(s);

	if (start < 0 || spool_append(s, c->mem.data, c->mem.len) < 0)
		return;
	buf_fini(&c->mem);
	spool_take(s, c, start);
}

/* Whether c, which has a file of its own, is better kept in ours: its descriptor, or its memory, is wanted. What is packed is no
 * more than its descriptor. */
static bool
spool_wants_file(const struct spool *s, const struct chunk *c)
{
	return s->fd_refs > HELD_FDS || s->held_bytes > HELD_BYTES || (c->packed != NULL && c->held < COPY_BYTES);
}

/* What is in a file of its own goes to ours, so that its descriptor can go. */
static void
spool_move_file(struct spool *s, struct chunk *c)
{
	int64_t start = spool_start(s), at = c->at;
	char raw[COPY_BYTES];
	ssize_t n = 0;

	while (start >= 0 && at < c->end) {
		n = pread(c->fd, raw, c->end - at < COPY_BYTES ? (size_t)(c->end - at) : COPY_BYTES, at);
		if (n <= 0 || spool_append(s, raw, (size_t)n) < 0)
			break;
		at += n;
	}
	if (at < c->end)
		return; /* not whole: it stays in its own file */
	s->cramped |= file_is_cramped(c->fd);
	close(c->fd);
	(*c->refs)--;
	spool_take(s, c, start);
}

void
spool_hold(struct spool *s, struct chunk *c)
{
	for (; c != NULL; c = c->next) {
		if (c->held > 0 || (c->fd >= 0 && !c->own))
			continue;
		/* a file may well be one in memory */
		c->held = c->fd < 0 ? c->mem.len : (size_t)(c->end - c->at);
		s->held_bytes += c->held;
		if (c->fd >= 0 && c->refs == NULL) {
			c->refs = &s->fd_refs;
			s->fd_refs++;
		}
		if (c->fd < 0 && s->held_bytes > HELD_BYTES)
			spool_move_memory(s, c);
		else if (c->fd >= 0 && spool_wants_file(s, c))
			spool_move_file(s, c);
	}
}

void
spool_release(struct spool *s, struct chunk *c)
{
	for (; c != NULL; c = c->next) {
		s->held_bytes -= c->held;
		c->held = 0;
	}
}

bool
spool_was_cramped(struct spool *s)
{
	bool was = s->cramped;

	s->cramped = false;
	return was;
}

/* Tags are put before lines when bytes of a file leave: they would be put at the seam too. */
static bool
chunk_is_plain(const struct chunk *c)
{
	return c->fd >= 0 && !c->own && c->refs != NULL && c->mem.len == 0 && c->tag == NULL && !c->painted && c->packed == NULL;
}

bool
spool_join(struct chunk *last, struct chunk *c)
{
	if (c->next != NULL || !chunk_is_plain(last) || !chunk_is_plain(c) || last->refs != c->refs)
		return false;
	if (last->side != c->side || last->end != c->at)
		return false;
	last->end = c->end;
	chunk_free(c);
	return true;
}
