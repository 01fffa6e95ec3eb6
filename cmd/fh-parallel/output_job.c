/* Decides what becomes of each thing a job says while it runs and when it ends. Must never know whose turn it is (output_turn.c).
 * Invariant: a line of --line-buffer is put into the pump whole. */
#include "output_int.h"

#include <errno.h>
#include <unistd.h>

#include "cells.h"
#include "packing.h"

#define LATEST_BYTES 1024 /* of a line that is remembered: more is never shown */

/* Text of job j: into the pump, or to what it has to say later. */
static void
output_text(struct output *o, struct job *j, struct chunk *c, bool now)
{
	if (now) {
		pump_bytes(o->pump, c->side, buf_str(&c->mem), c->mem.len);
		chunk_free(c);
		return;
	}
	output_add(j, c);
	if (o->c.ordered)
		spool_hold(o->spool, c);
}

static void
output_remember(struct job *j, const char *s, size_t n)
{
	const char *line;
	size_t len = cells_last_line(s, n, &line);

	if (len == 0)
		return;
	buf_reset(&j->latest);
	buf_add(&j->latest, line, len < LATEST_BYTES ? len : LATEST_BYTES);
}

void
output_started(struct output *o, struct job *j, const char *note, size_t n)
{
	bool now = j->capture.mode == CAPTURE_PIPE && output_is_front(o, j);

	if (o->c.row != NULL && !o->begun)
		output_row_header(o, j);
	if (o->c.ordered)
		output_runs(o, j);
	if (o->c.what >= OUTPUT_LATEST)
		output_remember(j, note, n);
	else if (n > 0 && !o->c.silent)
		output_text(o, j, output_note(o, j, note, n), now);
	j->note_bytes = n;
}

void
output_say(struct output *o, int side, const char *text, size_t n)
{
	pump_bytes(o->pump, side, text, n);
}

static void
output_lines(struct output *o, struct job *j, int side, const char *s, size_t n, bool whole)
{
	j->sent_bytes[side] += n;
	if (o->c.what != OUTPUT_ALL && whole)
		output_remember(j, s, n);
	if (o->c.what >= OUTPUT_LATEST)
		return;
	if (o->c.row != NULL && n > 0)
		buf_add(&j->kept[side], s, n);
	if (!o->c.silent && n > 0)
		output_text(o, j, whole ? output_dress(o, j, side, s, n, false) : chunk_text(side, output_tag(o, j), s, n),
		    output_is_front(o, j));
}

/* New bytes of a pipe: whole lines are shown, the rest waits for its end. */
static void
output_took(struct output *o, struct job *j, int side, const char *s, size_t n)
{
	struct buf *part = &j->partial[side];
	size_t whole = n;

	while (whole > 0 && s[whole - 1] != '\n' && s[whole - 1] != '\r')
		whole--;
	if (whole > 0 && part->len > 0) {
		buf_add(part, s, whole);
		output_lines(o, j, side, part->data, part->len, true);
		buf_reset(part);
	} else {
		output_lines(o, j, side, s, whole, true);
	}
	buf_add(part, s + whole, n - whole);
}

/* New bytes of a pipe go where the job's output goes. Returns whether more of them are wanted. */
static bool
output_pass(struct output *o, struct job *j, int side, const char *s, size_t n)
{
	int r;

	if (j->capture.mode != CAPTURE_PACK) {
		output_took(o, j, side, s, n);
		return true;
	}
	if ((r = packing_add(&j->capture, side, s, n)) < 0 && r != -EPIPE)
		o->lost = -r;
	return r == 0;
}

enum job_event
output_read(struct output *o, struct job *j, int side)
{
	struct capture_side *c = &j->capture.side[side];
	char raw[OUTPUT_READ_BYTES];
	ssize_t n;

	do
		n = read(c->fd, raw, sizeof raw);
	while (n < 0 && errno == EINTR);
	if (n > 0 && output_pass(o, j, side, raw, (size_t)n))
		return EV_NEVENT;
	if (n < 0 && errno == EAGAIN)
		return EV_EMPTY;
	if (n < 0)
		o->lost = errno;
	close(c->fd);
	c->fd = -1;
	c->open = false;
	return EV_EOF;
}

void
output_give(struct output *o, struct job *j, int side, const char *s, size_t n)
{
	if (j->capture.mode == CAPTURE_PIPE)
		output_took(o, j, side, s, n);
	else
		pump_bytes(o->pump, side, s, n);
}

void
output_finished(struct output *o, struct job *j)
{
	bool files = j->capture.mode == CAPTURE_FILE;
	struct chunk *list;
	int i;

	if (files && o->c.paint_failed)
		output_dress_note(o, j);
	if (o->c.what == OUTPUT_LATEST && !j->skipped)
		output_latest(o, j);
	if (files)
		output_files(o, j);
	for (i = 0; i < 2; i++) {
		if (j->capture.mode == CAPTURE_PIPE)
			output_lines(o, j, i, buf_str(&j->partial[i]), j->partial[i].len, false);
		buf_reset(&j->partial[i]);
	}
	if (files)
		j->sent_bytes[0] += j->note_bytes;
	if (o->c.named && j->file.len > 0)
		output_add(j, chunk_text(0, output_tag(o, j), buf_str(&j->file), j->file.len));
	list = j->out;
	j->out = NULL;
	if (o->c.row != NULL)
		list = output_row(o, j, list);
	capture_close(&j->capture);
	if (o->c.ordered)
		spool_release(o->spool, list); /* output_over counts it anew */
	output_over(o, j->seq, list);
}

void
output_discard(struct output *o, struct job *j)
{
	if (o->c.ordered)
		spool_release(o->spool, j->out);
	chunk_free_list(j->out);
	j->out = NULL;
	buf_reset(&j->partial[0]);
	buf_reset(&j->partial[1]);
	capture_close(&j->capture);
}
