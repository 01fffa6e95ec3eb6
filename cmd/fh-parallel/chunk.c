/* Decides how the words of a job look as bytes, those that are in a file too: tagged, coloured, unpacked. Must never know where they are
 * written, nor when.
 * Invariant: of a file no more than a window is in memory. */
#include "chunk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "paint.h"

#define WINDOW_BYTES 65536 /* of a file read at a time */

struct chunk *
chunk_new(int side)
{
	struct chunk *c = xcalloc(1, sizeof *c);

	c->side = side;
	c->fd = -1;
	return c;
}

struct chunk *
chunk_text(int side, const char *tag, const char *text, size_t n)
{
	struct chunk *c = chunk_new(side);

	if (tag != NULL)
		tag_add(&c->mem, tag, &c->in_line, text, n);
	else
		buf_add(&c->mem, text, n);
	return c;
}

/* The end of the line that starts at p: behind its LF or CR; end where it has none. */
static const char *
tag_line_end(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p)), *cr;

	cr = memchr(p, '\r', (size_t)((lf != NULL ? lf : end) - p));
	return cr != NULL ? cr + 1 : lf != NULL ? lf + 1 : end;
}

/* As tag_add, with the colour off before every end of a line. */
static void
paint_lines(struct buf *out, const char *tag, bool *in_line, const char *p, size_t n)
{
	const char *end = p + n, *line;
	size_t ended;

	for (; p < end; p = line) {
		line = tag_line_end(p, end);
		ended = line[-1] == '\n' || line[-1] == '\r';
		if (!*in_line)
			buf_adds(out, tag);
		buf_add(out, p, (size_t)(line - p) - ended);
		if (ended)
			buf_adds(out, PAINT_OFF);
		buf_add(out, line - ended, ended);
		*in_line = !ended;
	}
}

/* The text ended with byte last: so does its line. */
static void
paint_end(struct buf *out, const char *tag, bool in_line, char last)
{
	if (last == '\n')
		return;
	if (!in_line)
		buf_adds(out, tag);
	buf_adds(out, PAINT_OFF "\n");
}

struct chunk *
chunk_painted(int side, const char *tag, const char *text, size_t n, bool last)
{
	struct chunk *c = chunk_new(side);

	paint_lines(&c->mem, tag, &c->in_line, text, n);
	if (last && n > 0)
		paint_end(&c->mem, tag, c->in_line, text[n - 1]);
	return c;
}

void
chunk_free(struct chunk *c)
{
	if (c->own && c->fd >= 0)
		close(c->fd);
	unpack_free(c->unpack);
	if (c->refs != NULL)
		(*c->refs)--;
	buf_fini(&c->mem);
	free(c->tag);
	free(c);
}

struct packed
chunk_packed(const struct chunk *c)
{
	return (struct packed){ .fd = c->fd, .at = c->at, .end = c->end, .whole = c->own };
}

void
chunk_free_list(struct chunk *c)
{
	struct chunk *next;

	for (; c != NULL; c = next) {
		next = c->next;
		chunk_free(c);
	}
}

void
tag_add(struct buf *out, const char *tag, bool *in_line, const char *p, size_t n)
{
	const char *end = p + n, *line;

	for (; p < end; p = line) {
		line = tag_line_end(p, end);
		if (!*in_line)
			buf_adds(out, tag);
		buf_add(out, p, (size_t)(line - p));
		*in_line = line[-1] != '\n' && line[-1] != '\r';
	}
}

/* --- what is in a file ------------------------------------------------------------------------------------------------ */

/* Bytes of the chunk's file become its memory, dressed. */
static void
chunk_dress(struct chunk *c, const char *raw, size_t n)
{
	if (c->painted)
		paint_lines(&c->mem, c->tag, &c->in_line, raw, n);
	else if (c->tag != NULL)
		tag_add(&c->mem, c->tag, &c->in_line, raw, n);
	else
		buf_add(&c->mem, raw, n);
}

int
chunk_refill(struct chunk *c)
{
	char raw[WINDOW_BYTES];
	int64_t left = c->end - c->at;
	ssize_t r;

	buf_reset(&c->mem);
	c->mem_at = 0;
	do
		r = pread(c->fd, raw, left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES, c->at);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	c->at = r == 0 ? c->end : c->at + r; /* shorter than it was: somebody cut it */
	chunk_dress(c, raw, (size_t)r);
	if (c->painted && r > 0 && c->at >= c->end)
		paint_end(&c->mem, c->tag, c->in_line, raw[r - 1]);
	return 0;
}

int
chunk_unpack(struct chunk *c, int *status)
{
	const struct packed what = chunk_packed(c);
	char raw[WINDOW_BYTES];
	ssize_t n;

	buf_reset(&c->mem);
	c->mem_at = 0;
	if (c->unpack == NULL && unpack_new(c->packed, &what, &c->unpack) < 0) {
		*status = UNPACK_NOT_STARTED;
		c->at = c->end;
		return 0;
	}
	n = unpack_read(c->unpack, raw, sizeof raw);
	if (n == -EAGAIN)
		return -EINPROGRESS;
	if (n > 0) {
		chunk_dress(c, raw, (size_t)n);
		c->last = raw[n - 1];
		return 0;
	}
	c->at = c->end;
	*status = n < 0 ? UNPACK_NOT_STARTED : unpack_status(c->unpack);
	if (c->painted && c->last != '\0')
		paint_end(&c->mem, c->tag, c->in_line, c->last);
	return 0;
}
