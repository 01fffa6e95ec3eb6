/* Decides how what a job wrote to its files becomes its words: in memory, as part of the file, or packed. Must never know when they
 * are shown.
 * Invariant: what is given away as a chunk is the chunk's: its file is closed with it (output_part). */
#include "output_int.h"

#include <unistd.h>

#include "mem.h"

#define SMALL_BYTES 8192 /* output of a job that is taken into memory */

/* Bytes at..end of fd, now the chunk's, as words of the job. */
static void
output_part(struct output *o, struct job *j, int side, int fd, int64_t at, int64_t end)
{
	struct chunk *c = chunk_new(side);
	char last;

	c->fd = fd;
	c->own = true;
	c->at = at;
	c->end = end;
	c->packed = j->capture.with;
	c->doubted = j->pack_failed;
	if ((c->painted = output_paints(o, j)))
		c->tag = xstrdup(buf_str(&o->lead));
	else if (o->c.tagged)
		c->tag = xstrdup(buf_str(&j->tag));
	c->in_line = at > 0 && pread(j->capture.side[side].disk, &last, 1, at - 1) == 1 && last != '\n' && last != '\r';
	output_add(j, c);
}

/* Output that was too large for memory: its end goes where its beginning is. Where the disk is full, both stay. */
static void
output_large(struct output *o, struct job *j, int side, int64_t size)
{
	struct capture *c = &j->capture;
	int64_t on_disk;

	while (capture_memory(c, side) > 0 && capture_relieve(c, side, o->c.dir, INT64_MAX) > 0)
		continue;
	on_disk = c->side[side].on_disk;
	output_part(o, j, side, c->side[side].disk, 0, on_disk);
	if (on_disk < size)
		output_part(o, j, side, capture_take(c, side), on_disk, size);
	capture_take_disk(c, side);
}

/* What is in the job's file stands for its words. */
static void
output_packed(struct output *o, struct job *j, int side)
{
	int64_t size = capture_size(&j->capture, side);

	if (size < 0)
		o->lost = (int)-size;
	if (size != 0)
		j->sent_bytes[side] += (uint64_t)j->capture.side[side].raw;
	if (size > 0 && !o->c.silent)
		output_part(o, j, side, capture_take(&j->capture, side), 0, size);
}

/* What is in the job's file becomes its last words; a small one is taken into memory, so that the file can go. */
static void
output_file(struct output *o, struct job *j, int side)
{
	const struct buf *early = &j->capture.early[side];
	int64_t size = capture_size(&j->capture, side);
	char small[SMALL_BYTES];
	ssize_t n;

	if (j->capture.with != NULL) {
		output_packed(o, j, side);
		return;
	}
	if (early->len > 0 && j->capture.side[side].fd < 0) {
		j->sent_bytes[side] += early->len;
		if (!o->c.silent)
			output_add(j, output_dress(o, j, side, early->data, early->len, true));
		return;
	}
	if (size < 0) {
		o->lost = (int)-size;
		return;
	}
	j->sent_bytes[side] += (uint64_t)size;
	if (size == 0 || o->c.silent)
		return;
	if (size <= SMALL_BYTES && (n = pread(j->capture.side[side].fd, small, (size_t)size, 0)) == size) {
		output_add(j, output_dress(o, j, side, small, (size_t)n, true));
		return;
	}
	if (j->capture.side[side].on_disk > 0)
		output_large(o, j, side, size);
	else
		output_part(o, j, side, capture_take(&j->capture, side), 0, size);
}

/* Whether side ends within a line that is to be ended all the same: with --color-failed, for the reference does it, painted or not. */
static bool
output_ends_open(struct output *o, const struct job *j, int side)
{
	const struct capture_side *s = &j->capture.side[side];
	const struct buf *early = &j->capture.early[side];
	char last = '\n';
	int64_t size;

	if (!o->c.paint_failed || o->c.row != NULL || o->c.silent || output_paints(o, j))
		return false;
	if (j->capture.with != NULL)
		last = s->raw > 0 ? s->last : '\n';
	else if (s->fd < 0 && early->len > 0)
		last = early->data[early->len - 1];
	else if ((size = capture_size(&j->capture, side)) > 0 && pread(s->on_disk == size ? s->disk : s->fd, &last, 1, size - 1) != 1)
		return false;
	return last != '\n';
}

static void
output_files_side(struct output *o, struct job *j, int side)
{
	bool open = output_ends_open(o, j, side);

	output_file(o, j, side);
	if (open)
		output_add(j, chunk_text(side, NULL, "\n", 1));
}

void
output_files(struct output *o, struct job *j)
{
	output_files_side(o, j, 0);
	output_files_side(o, j, 1);
}
