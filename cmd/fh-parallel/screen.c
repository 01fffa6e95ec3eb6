/* Decides which bytes make the terminal show the lines. Must never know what they say.
 * Invariants: 1. every frame is one write that leaves the terminal's modes as they were, the cursor behind the last line: whoever
 *                ends us, and however, nothing has to be put right.
 *             2. nothing is written to a terminal that would make us wait.
 *             3. the cursor moves up only over lines that a frame of ours has made (lines). */
#include "screen.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "cells.h"
#include "clock.h"
#include "io.h"
#include "mem.h"

#define WIDTH_UNKNOWN 80
#define HEIGHT_UNKNOWN 24
#define BACK_NS (CLOCK_S / 10)

struct screen {
	int fd;
	struct buf part[SCREEN_NPARTS], above;
	struct buf shown;     /* the frame drawn last */
	size_t lines;         /* of it; 0: nothing stands there */
	size_t width;         /* columns of the terminal then */
	bool open, paused;
	bool hidden;          /* it was drawn, and had to make room */
	int64_t back_ns;      /* when it came back last because of that */
};

struct screen *
screen_new(int fd)
{
	struct screen *s = xcalloc(1, sizeof *s);

	s->fd = fd;
	return s;
}

static struct winsize
screen_size(const struct screen *s)
{
	struct winsize w = { 0 };

	if (ioctl(s->fd, TIOCGWINSZ, &w) < 0 || w.ws_col == 0 || w.ws_row == 0) {
		w.ws_col = WIDTH_UNKNOWN;
		w.ws_row = HEIGHT_UNKNOWN;
	}
	return w;
}

size_t
screen_width(const struct screen *s)
{
	struct winsize w = screen_size(s);

	return w.ws_col > 1 ? w.ws_col - 1u : 1;
}

/* Lines that all parts together may have. */
static size_t
screen_room(const struct screen *s)
{
	struct winsize w = screen_size(s);

	return w.ws_row > 1 ? w.ws_row - 1u : 1;
}

void
screen_set(struct screen *s, enum screen_part part, const char *text, size_t n)
{
	buf_reset(&s->part[part]);
	buf_add(&s->part[part], text, n);
}

void
screen_above(struct screen *s, const char *text, size_t n)
{
	buf_add(&s->above, text, n);
}

static bool
screen_ready(const struct screen *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

/* How many lines more than we drew stand there: a terminal that has become narrower has broken those that did not fit. */
static size_t
screen_broken(const struct screen *s, size_t width)
{
	const char *p = buf_str(&s->shown), *end = p + s->shown.len, *nl;
	size_t more = 0, columns;
	AUTO_BUF plain = { 0 };

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl != NULL ? nl : end;
		columns = cells_add(&plain, p, (size_t)(nl - p) - (nl < end), SIZE_MAX); /* less its CR */
		more += columns > 0 ? (columns - 1) / width : 0;
	}
	return more;
}

/* To the first column of the first of our lines. */
static void
screen_home(const struct screen *s, struct buf *out)
{
	size_t up = s->lines > 0 ? s->lines - 1 : 0, width = screen_width(s) + 1;

	if (width < s->width && s->lines > 0)
		up += screen_broken(s, width);
	buf_adds(out, "\r");
	if (up > 0)
		buf_addf(out, "\033[%zuA", up);
}

static size_t
count_lines(const struct buf *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

size_t
screen_rows(const struct screen *s)
{
	size_t room = screen_room(s), below = count_lines(&s->part[SCREEN_SUM]) + count_lines(&s->part[SCREEN_FOOT]);

	return room > below ? room - below : 0;
}

/* Lines of b, at most max; each but the first of all begins a new line. */
static void
add_lines(struct buf *out, const struct buf *b, size_t max, size_t *before)
{
	const char *p = buf_str(b), *end = p + b->len, *nl;

	for (; p < end && max > 0; p = nl + 1, max--) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl != NULL ? nl : end;
		buf_adds(out, (*before)++ > 0 ? "\r\n" : "");
		buf_add(out, p, (size_t)(nl - p));
		buf_adds(out, "\033[K");
	}
}

/* All parts as they are to stand there; returns how many lines. */
static size_t
screen_compose(const struct screen *s, struct buf *out)
{
	size_t room = screen_room(s), lines = 0;

	add_lines(out, &s->part[SCREEN_ROWS], screen_rows(s), &lines);
	add_lines(out, &s->part[SCREEN_SUM], room - lines, &lines);
	add_lines(out, &s->part[SCREEN_FOOT], room - lines, &lines);
	return lines;
}

void
screen_draw(struct screen *s)
{
	AUTO_BUF frame = { 0 };
	AUTO_BUF out = { 0 };
	size_t lines, before = 0;

	if (s->paused || !screen_ready(s))
		return;
	lines = screen_compose(s, &frame);
	if (s->above.len == 0 && lines == s->lines && s->width == screen_width(s) + 1 && frame.len == s->shown.len &&
	    (lines == 0 || memcmp(frame.data, s->shown.data, frame.len) == 0))
		return;
	if (s->open)
		buf_adds(&out, "\r\n");
	s->open = false;
	buf_adds(&out, "\033[?7l"); /* what is wider than we think does not wrap */
	screen_home(s, &out);
	add_lines(&out, &s->above, SIZE_MAX, &before);
	buf_adds(&out, before > 0 ? "\r\n" : "");
	buf_add(&out, frame.data, frame.len);
	buf_adds(&out, "\033[J\033[?7h");
	(void)io_write_full(s->fd, out.data, out.len); /* a terminal that is gone is nobody's failure */
	buf_reset(&s->above);
	buf_reset(&s->shown);
	buf_add(&s->shown, frame.data, frame.len);
	s->lines = lines;
	s->hidden = false;
	s->width = screen_width(s) + 1;
}

void
screen_hide(struct screen *s)
{
	AUTO_BUF out = { 0 };

	if (s == NULL || s->lines == 0)
		return;
	screen_home(s, &out);
	buf_adds(&out, "\033[J");
	(void)io_write_full(s->fd, out.data, out.len);
	s->lines = 0;
	s->hidden = true;
}

void
screen_told(struct screen *s, bool open)
{
	int64_t now;

	if (s == NULL)
		return;
	s->open = open;
	if (s->lines > 0 || !s->hidden || (now = clock_mono_ns()) - s->back_ns < BACK_NS)
		return; /* where much is written the next drawing is soon enough */
	s->back_ns = now;
	screen_draw(s);
}

void
screen_pause(struct screen *s, bool on)
{
	if (s == NULL)
		return;
	if (on)
		screen_hide(s);
	s->paused = on;
}

void
screen_free(struct screen *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < SCREEN_NPARTS; i++)
		buf_reset(&s->part[i]);
	if (s->above.len > 0)
		screen_draw(s);
	screen_hide(s);
	for (i = 0; i < SCREEN_NPARTS; i++)
		buf_fini(&s->part[i]);
	buf_fini(&s->above);
	buf_fini(&s->shown);
	free(s);
}
