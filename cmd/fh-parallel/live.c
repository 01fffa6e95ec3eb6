/* Decides how jobs that run look. Must never know why they start or end, nor how lines get onto a terminal (screen.c).
 * Invariants: 1. every text of a job passes cells_add.
 *             2. a job is looked at from started to ended only; run frees none in between.
 *             3. nothing is drawn more often than PERIOD. */
#include "live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "cells.h"
#include "clock.h"
#include "io.h"
#include "mem.h"
#include "num.h"
#include "paint.h"

#define PERIOD (CLOCK_S / 10)
#define TAIL_BYTES 1024
#define WHAT_BYTES 400  /* kept of a command */
#define WIDTH_PLAIN 200

struct row {
	const struct job *job;  /* NULL: it is over */
	uint64_t seq, slot;
	int64_t start_ns;
	struct buf what;        /* its command; latest: its tag */
	struct buf last;        /* what it printed last */
	int64_t seen[2];        /* bytes of its files that last was taken from */
};

struct live {
	struct live_conf c;
	int64_t start_ns;
	struct row **row;       /* in the order they started */
	size_t nrows, cap;
	struct buf text;
	uint64_t over;          /* jobs, for plain lines */
};

/* --- lines --------------------------------------------------------------------------------------------------------- */

static const char *
duration(int64_t ns, char *out, size_t n)
{
	if (ns < 60 * CLOCK_S)
		snprintf(out, n, "%.1f s", (double)ns / CLOCK_S);
	else
		num_show_duration(ns, out, n);
	return out;
}

void
live_row(const struct live_line *l, bool color, size_t width, struct buf *out)
{
	char head[64], time[32];
	size_t used, third = width / 3 > 10 ? width / 3 : 10;

	snprintf(head, sizeof head, "%2" PRIu64 " %7s  ", l->slot, duration(l->elapsed_ns, time, sizeof time));
	used = cells_add(out, head, strlen(head), width);
	if (used >= width)
		return;
	if (l->nlast == 0) {
		cells_add(out, l->what, l->nwhat, width - used);
		return;
	}
	if (third > width - used)
		third = width - used;
	used += cells_add(out, l->what, l->nwhat, third);
	if (used + 3 >= width)
		return;
	buf_addf(out, "%s  ", color ? "\033[2m" : "");
	cells_add(out, l->last, l->nlast, width - used - 2);
	buf_adds(out, color ? "\033[m" : "");
}

void
live_sum(const struct sched_counts *n, uint64_t total, int64_t elapsed_ns, size_t width, struct buf *out)
{
	AUTO_BUF line = { 0 };
	char text[32];

	buf_addf(&line, "%" PRIu64 " done, %" PRIu64 " failed", n->done, n->failed);
	if (n->running > 0)
		buf_addf(&line, ", %" PRIu64 " running", n->running);
	if (total >= n->done && total > 0)
		buf_addf(&line, ", %" PRIu64 " left", total - n->done - (total - n->done >= n->running ? n->running : 0));
	buf_addf(&line, ", %s", duration(elapsed_ns, text, sizeof text));
	if (total > n->done && n->done > 0 && n->running > 0)
		buf_addf(&line, ", eta %s",
		    duration((int64_t)((double)elapsed_ns / (double)n->done * (double)(total - n->done)), text, sizeof text));
	cells_add(out, line.data, line.len, width);
}

/* --- what a job printed last --------------------------------------------------------------------------------------- */

/* Of side i of a job whose output goes to files; nothing where it did not grow. */
static void
row_look(struct row *r, int i)
{
	const struct capture *c = &r->job->capture;
	const struct buf *early = &c->early[i];
	int64_t size = c->side[i].fd < 0 ? (int64_t)early->len : capture_size(c, i), from;
	const char *line;
	char tail[TAIL_BYTES];
	ssize_t n;
	size_t len;

	if (size < 0 || size == r->seen[i])
		return;
	r->seen[i] = size;
	from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
	if (c->side[i].fd < 0)
		memcpy(tail, early->data + from, (size_t)(n = size - from));
	else
		n = pread(c->side[i].on_disk > from ? c->side[i].disk : c->side[i].fd, tail, (size_t)(size - from), from);
	if (n <= 0 || (len = cells_last_line(tail, (size_t)n, &line)) == 0)
		return;
	buf_reset(&r->last);
	buf_add(&r->last, line, len);
}

static void
row_update(struct row *r)
{
	const struct buf *from = NULL;
	int i;

	if (r->job == NULL)
		return;
	if (r->job->capture.mode == CAPTURE_FILE && r->job->capture.with == NULL) {
		for (i = 0; i < 2; i++)
			row_look(r, i);
		return;
	}
	from = r->job->partial[0].len > 0 ? &r->job->partial[0] : r->job->partial[1].len > 0 ? &r->job->partial[1] : &r->job->latest;
	buf_reset(&r->last);
	buf_add(&r->last, from->data, from->len < TAIL_BYTES ? from->len : TAIL_BYTES);
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static void
row_free(struct row *r)
{
	buf_fini(&r->what);
	buf_fini(&r->last);
	free(r);
}

static size_t
row_find(const struct live *v, const struct job *j)
{
	size_t i;

	for (i = 0; i < v->nrows && v->row[i]->job != j; i++)
		;
	return i;
}

static void
rows_remove(struct live *v, size_t i)
{
	row_free(v->row[i]);
	memmove(&v->row[i], &v->row[i + 1], (--v->nrows - i) * sizeof(struct row *));
}

/* The row of job j; where it has none, a new one. */
static struct row *
row_for(struct live *v, const struct job *j)
{
	size_t i = row_find(v, j);

	if (i < v->nrows)
		return v->row[i];
	v->row = xgrow(v->row, v->nrows, &v->cap, sizeof(struct row *));
	v->row[v->nrows] = xcalloc(1, sizeof(struct row));
	return v->row[v->nrows++];
}

/* What tells jobs apart: their values, or (there are none: --pipe) the command. */
static void
row_name(struct row *r, const struct job *j)
{
	size_t i;

	for (i = 0; i < j->args.n && r->what.len < WHAT_BYTES; i++) {
		buf_adds(&r->what, r->what.len > 0 ? " " : "");
		buf_add(&r->what, args_at(&j->args, i), j->args.v[i].len);
	}
	if (r->what.len == 0)
		buf_add(&r->what, j->command.data, j->command.len);
}

static void
live_started(void *self, const struct job *j, const struct sched_counts *c FH_UNUSED)
{
	struct live *v = self;
	struct row *r = row_for(v, j);

	r->job = j;
	r->seq = j->seq;
	r->slot = j->slot;
	r->start_ns = j->start_ns;
	r->seen[0] = r->seen[1] = 0;
	buf_reset(&r->last);
	buf_reset(&r->what);
	if (v->c.latest)
		buf_add(&r->what, j->tag.data, j->tag.len);
	else
		row_name(r, j);
	if (r->what.len > WHAT_BYTES)
		buf_splice(&r->what, WHAT_BYTES, r->what.len - WHAT_BYTES, "", 0);
}

/* Where there is no terminal: a line for each end. */
static void
live_say(struct live *v, const struct job *j, enum observer_fate fate)
{
	const char *how = fate == FATE_AGAIN ? "failed, tried again" : fate == FATE_DROPPED ? "killed" : j->timed_out ? "timed out" :
	    job_failed(j) ? "failed" : "ok";
	char text[32];
	AUTO_BUF out = { 0 };

	v->over += fate != FATE_AGAIN;
	buf_addf(&out, "%" PRIu64, v->over);
	if (v->c.total > 0)
		buf_addf(&out, "/%" PRIu64, v->c.total);
	buf_addf(&out, " %s, %s: ", how, duration(j->end_ns - j->start_ns, text, sizeof text));
	cells_add(&out, j->command.data, j->command.len, WIDTH_PLAIN);
	buf_addc(&out, '\n');
	(void)io_write_full(v->c.fd, out.data, out.len);
}

static void
live_ended(void *self, const struct job *j, enum observer_fate fate)
{
	struct live *v = self;
	size_t i = row_find(v, j);

	if (v->c.screen == NULL)
		live_say(v, j, fate);
	if (i == v->nrows)
		return; /* it could not be started */
	row_update(v->row[i]);
	v->row[i]->job = NULL;
	if (!v->c.latest || fate == FATE_AGAIN)
		rows_remove(v, i);
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

static void
live_add_latest(struct live *v, const struct row *r, size_t width)
{
	AUTO_BUF line = { 0 };

	buf_add(&line, r->what.data, r->what.len);
	buf_add(&line, r->last.data, r->last.len);
	if (v->c.color)
		paint_add(&v->text, r->seq);
	cells_add(&v->text, line.data, line.len, width);
	buf_adds(&v->text, v->c.color ? "\033[m\n" : "\n");
}

static void
live_add_row(struct live *v, const struct row *r, int64_t now, size_t width)
{
	struct live_line l = { .slot = r->slot, .elapsed_ns = now - r->start_ns, .what = r->what.data, .nwhat = r->what.len,
		.last = r->last.data, .nlast = r->last.len };

	live_row(&l, v->c.color, width, &v->text);
	buf_addc(&v->text, '\n');
}

/* latest: the first jobs, as far as they are over, scroll away. */
static void
live_settle(struct live *v, size_t width)
{
	buf_reset(&v->text);
	while (v->nrows > 0 && v->row[0]->job == NULL) {
		live_add_latest(v, v->row[0], width);
		rows_remove(v, 0);
	}
	screen_above(v->c.screen, v->text.data, v->text.len);
}

static void
live_draw_sum(struct live *v, int64_t now, const struct sched_counts *n, bool last, size_t width)
{
	buf_reset(&v->text);
	live_sum(n, v->c.total, now - v->start_ns, width, &v->text);
	buf_addc(&v->text, '\n');
	screen_set(v->c.screen, SCREEN_SUM, v->text.data, last ? 0 : v->text.len);
	if (last)
		screen_above(v->c.screen, v->text.data, v->text.len);
}

static void
live_draw(struct live *v, int64_t now, const struct sched_counts *n, bool last)
{
	size_t width = screen_width(v->c.screen), height, i, shown;
	char more[40];

	if (v->c.latest)
		live_settle(v, width);
	else
		live_draw_sum(v, now, n, last, width);
	buf_reset(&v->text);
	height = screen_rows(v->c.screen);
	shown = v->nrows > height && height > 0 ? height - 1 : v->nrows;
	for (i = 0; i < shown; i++) {
		row_update(v->row[i]);
		if (v->c.latest)
			live_add_latest(v, v->row[i], width);
		else
			live_add_row(v, v->row[i], now, width);
	}
	if (shown < v->nrows) {
		snprintf(more, sizeof more, "... and %zu more", v->nrows - shown);
		cells_add(&v->text, more, strlen(more), width);
		buf_addc(&v->text, '\n');
	}
	screen_set(v->c.screen, SCREEN_ROWS, v->text.data, v->text.len);
	screen_draw(v->c.screen);
}

static void
live_tick(void *self, int64_t now, const struct sched_counts *n, bool last, int64_t *wake_ns)
{
	struct live *v = self;

	*wake_ns = last ? -1 : now + PERIOD;
	if (v->c.screen != NULL) {
		live_draw(v, now, n, last);
	} else if (last) {
		buf_reset(&v->text);
		live_sum(n, v->c.total, now - v->start_ns, WIDTH_PLAIN, &v->text);
		buf_addc(&v->text, '\n');
		(void)io_write_full(v->c.fd, v->text.data, v->text.len);
	}
}

static void
live_free(void *self)
{
	struct live *v = self;

	while (v->nrows > 0)
		rows_remove(v, v->nrows - 1);
	free(v->row);
	buf_fini(&v->text);
	free(v);
}

void
live_new(const struct live_conf *c, int64_t start_ns, struct observer *out)
{
	struct live *v = xcalloc(1, sizeof *v);

	v->c = *c;
	v->start_ns = start_ns;
	*out = (struct observer){ .started = live_started, .ended = live_ended, .tick = live_tick, .free = live_free, .self = v,
		.wake_ns = c->screen != NULL ? start_ns : -1 };
}
