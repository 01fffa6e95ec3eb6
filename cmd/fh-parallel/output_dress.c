/* Decides how what a job says looks: tag, colour, the command before it, its latest line alone. Must never know when it is shown. */
#include "output_int.h"

#include "cells.h"
#include "paint.h"

#define LATEST_COLUMNS 80 /* of a line that is written where there is no terminal */

bool
output_paints(struct output *o, const struct job *j)
{
	bool failed = o->c.paint_failed && j->state == JOB_DONE && j->capture.mode == CAPTURE_FILE &&
	    job_exitval(j) != 0; /* the reference leaves out what a signal ended */

	if (o->c.row != NULL || (!failed && !o->c.painted))
		return false;
	buf_reset(&o->lead);
	if (failed)
		paint_add_failed(&o->lead);
	else
		paint_add(&o->lead, j->seq);
	if (o->c.tagged)
		buf_add(&o->lead, j->tag.data, j->tag.len);
	return true;
}

const char *
output_tag(const struct output *o, const struct job *j)
{
	return o->c.tagged ? buf_str(&j->tag) : NULL;
}

struct chunk *
output_dress(struct output *o, const struct job *j, int side, const char *s, size_t n, bool last)
{
	if (output_paints(o, j))
		return chunk_painted(side, buf_str(&o->lead), s, n, last);
	return chunk_text(side, output_tag(o, j), s, n);
}

struct chunk *
output_note(struct output *o, const struct job *j, const char *note, size_t n)
{
	if (j->capture.mode == CAPTURE_INHERIT)
		return chunk_text(0, output_tag(o, j), note, n);
	if (o->c.paint_failed && o->c.row == NULL && j->capture.mode != CAPTURE_PIPE)
		return chunk_text(0, NULL, note, n);
	return output_dress(o, j, 0, note, n, true);
}

void
output_dress_note(struct output *o, struct job *j)
{
	struct chunk *note = j->out, *c;

	if (o->c.row != NULL || note == NULL || note->fd >= 0)
		return;
	c = output_dress(o, j, 0, buf_str(&note->mem), note->mem.len, true);
	buf_reset(&note->mem);
	buf_add(&note->mem, c->mem.data, c->mem.len);
	chunk_free(c);
}

void
output_latest(struct output *o, struct job *j)
{
	struct chunk *c = chunk_new(0);
	AUTO_BUF line = { 0 };

	if (o->c.tagged)
		buf_add(&line, j->tag.data, j->tag.len);
	buf_add(&line, j->latest.data, j->latest.len);
	buf_addc(&line, ' ');
	buf_addc(&c->mem, '\r');
	if (o->c.painted)
		paint_add(&c->mem, j->seq);
	cells_add(&c->mem, line.data, line.len, LATEST_COLUMNS);
	buf_adds(&c->mem, o->c.painted ? "\033[m\n" : "\n");
	buf_add(&c->mem, j->partial[0].data, j->partial[0].len);
	buf_add(&c->mem, j->partial[1].data, j->partial[1].len);
	output_add(j, c);
}
