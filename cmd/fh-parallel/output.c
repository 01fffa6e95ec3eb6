/* Decides when the bytes of a job may be shown, and where they wait until then. Must never know processes or slots.
 * Invariants: 1. ordered: only the job whose seq is o->next, and those done before it, have bytes in the pump: the
 *                contiguous prefix (output_advance is the only place that moves next).
 *             2. a line of --line-buffer is put into the pump whole. */
#include "output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cells.h"
#include "file.h"
#include "io.h"
#include "mem.h"
#include "packing.h"
#include "paint.h"
#include "pump.h"
#include "spool.h"

#define SMALL_BYTES 8192         /* output of a job that is taken into memory */
#define READ_BYTES 65536         /* of a pipe at a time */
#define LATEST_BYTES 1024        /* of a line that is remembered: more is never shown */
#define LATEST_COLUMNS 80        /* of one that is written where there is no terminal */

/* What is known of one seq, in the ring of those not printed yet. */
struct turn {
	struct job *live;   /* it runs: its chunks are with the job */
	struct chunk *done; /* it has ended: what it said (NULL: nothing) */
	struct chunk *last; /* it has ended: where its last words are, if they wait, be it behind those of the one before */
	bool over;
};

struct output {
	struct output_conf c;
	struct pump *pump;
	struct turn *ring;  /* seq s is at s % cap */
	size_t cap;         /* a power of two */
	uint64_t next, end; /* seqs next .. end - 1 are in the ring */
	struct spool *spool; /* where what waits is kept */
	int unpack_status;  /* as pump_unpack_status, of what became rows */
	int lost;           /* errno where what a job printed could not be read; 0: all could */
	bool begun;         /* the table has its header */
	struct buf lead;    /* what begins the lines now made: colour and tag */
};

struct output *
output_new(const struct output_conf *c, struct loop *l, uint64_t first)
{
	struct output *o = xcalloc(1, sizeof *o);

	o->c = *c;
	o->pump = pump_new(l);
	if (c->row != NULL && c->row_fd != STDOUT_FILENO)
		pump_set_file(o->pump, c->row_fd);
	pump_set_screen(o->pump, c->screen);
	o->next = o->end = first;
	o->spool = spool_new(c->dir);
	return o;
}

void
output_free(struct output *o)
{
	uint64_t s;

	if (o == NULL)
		return;
	for (s = o->next; o->cap > 0 && s < o->end; s++)
		chunk_free_list(o->ring[s & (o->cap - 1)].done);
	pump_free(o->pump);
	spool_free(o->spool);
	buf_fini(&o->lead);
	free(o->ring);
	free(o);
}

static void
output_grow(struct output *o, uint64_t seq)
{
	size_t cap = o->cap > 0 ? o->cap : 64;
	struct turn *ring;
	uint64_t s;

	while (seq - o->next >= cap)
		cap *= 2;
	if (cap == o->cap)
		return;
	ring = xcalloc(cap, sizeof *ring);
	for (s = o->next; s < o->end; s++)
		ring[s & (cap - 1)] = o->ring[s & (o->cap - 1)];
	free(o->ring);
	o->ring = ring;
	o->cap = cap;
}

static struct turn *
output_turn(struct output *o, uint64_t seq)
{
	if (seq < o->next)
		err_bug("output: seq %llu is over already", (unsigned long long)seq);
	output_grow(o, seq);
	for (; o->end <= seq; o->end++)
		o->ring[o->end & (o->cap - 1)] = (struct turn){ 0 };
	return &o->ring[seq & (o->cap - 1)];
}

static bool
output_is_front(const struct output *o, const struct job *j)
{
	return !o->c.ordered || j->seq == o->next;
}

static void
output_add(struct job *j, struct chunk *c)
{
	if (j->out == NULL)
		j->out_end = &j->out;
	*j->out_end = c;
	j->out_end = &c->next;
}

/* --- turns -------------------------------------------------------------------------------------------------------- */

/* Its turn has come; but where a program unpacks what came before, that takes its time. */
static void
output_show(struct output *o, struct chunk *list)
{
	spool_release(o->spool, list);
	if (pump_waits(o->pump)) {
		spool_hold(o->spool, list);
		spool_release(o->spool, list);
	}
	pump_put(o->pump, list);
}

/* Moves on over all that are over; the next one, if it runs, may speak at once. */
static void
output_advance(struct output *o)
{
	struct turn *t;

	while (o->next < o->end) {
		t = &o->ring[o->next & (o->cap - 1)];
		if (!t->over)
			break;
		output_show(o, t->done);
		*t = (struct turn){ 0 };
		o->next++;
	}
	if (o->next < o->end && (t = &o->ring[o->next & (o->cap - 1)])->live != NULL &&
	    t->live->capture.mode == CAPTURE_PIPE && t->live->out != NULL) {
		output_show(o, t->live->out);
		t->live->out = NULL;
	}
}

/* The words of seq, which is over, wait. What follows the words of the one before in the spool becomes one with them: so many jobs
 * that wait need no more memory than few. */
static void
output_keep(struct output *o, struct turn *t, uint64_t seq, struct chunk *list)
{
	const struct turn *before = &o->ring[(seq - 1) & (o->cap - 1)];
	struct chunk *last = before->over ? before->last : NULL;

	spool_hold(o->spool, list);
	if (last != NULL && list != NULL && spool_join(last, list)) {
		t->last = last;
		return;
	}
	t->done = t->last = list;
	while (t->last != NULL && t->last->next != NULL)
		t->last = t->last->next;
}

static void
output_over(struct output *o, uint64_t seq, struct chunk *list)
{
	struct turn *t;

	if (!o->c.ordered) {
		output_show(o, list);
		return;
	}
	t = output_turn(o, seq);
	*t = (struct turn){ .over = true };
	if (seq == o->next)
		t->done = list;
	else
		output_keep(o, t, seq, list);
	output_advance(o);
}

void
output_skip(struct output *o, uint64_t seq)
{
	output_over(o, seq, NULL);
}

void
output_flush_held(struct output *o)
{
	uint64_t s;

	for (s = o->next; o->cap > 0 && s < o->end; s++)
		o->ring[s & (o->cap - 1)].over = true;
	output_advance(o);
}

/* --- one job ------------------------------------------------------------------------------------------------------ */

static const char *
output_tag(const struct output *o, const struct job *j)
{
	return o->c.tagged ? buf_str(&j->tag) : NULL;
}


/* Whether j is shown in a colour; o->lead then begins its lines. */
static bool
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

/* Lines of job j, as they are to be shown; last: none follow. */
static struct chunk *
output_dress(struct output *o, const struct job *j, int side, const char *s, size_t n, bool last)
{
	if (output_paints(o, j))
		return chunk_painted(side, buf_str(&o->lead), s, n, last);
	return chunk_text(side, output_tag(o, j), s, n);
}

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

static int
output_row_side(const struct output *o)
{
	return o->c.row_fd == STDOUT_FILENO ? 0 : 2;
}

/* The command line before the output. Where the colour depends on how the job ends it is dressed then (output_dress_note). */
static struct chunk *
output_note(struct output *o, const struct job *j, const char *note, size_t n)
{
	if (j->capture.mode == CAPTURE_INHERIT)
		return chunk_text(0, output_tag(o, j), note, n);
	if (o->c.paint_failed && o->c.row == NULL && j->capture.mode != CAPTURE_PIPE)
		return chunk_text(0, NULL, note, n);
	return output_dress(o, j, 0, note, n, true);
}

static void
output_dress_note(struct output *o, struct job *j)
{
	struct chunk *note = j->out, *c;

	if (!o->c.paint_failed || o->c.row != NULL || note == NULL || note->fd >= 0)
		return;
	c = output_dress(o, j, 0, buf_str(&note->mem), note->mem.len, true);
	buf_reset(&note->mem);
	buf_add(&note->mem, c->mem.data, c->mem.len);
	chunk_free(c);
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
	AUTO_BUF header = { 0 };
	bool now = j->capture.mode == CAPTURE_PIPE && output_is_front(o, j);

	if (o->c.row != NULL && !o->begun) {
		o->c.row(o->c.row_self, j, NULL, &header);
		pump_bytes(o->pump, output_row_side(o), buf_str(&header), header.len);
		o->begun = true;
	}
	if (o->c.ordered)
		output_turn(o, j->seq)->live = j;
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

/* --latest-line where it is not drawn: as GNU parallel writes a job's line for the last time. What had no newline yet follows as
 * it is. */
static void
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
	char raw[READ_BYTES];
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

/* What the packed bytes of c stand for. */
static void
output_gather_packed(struct output *o, const struct chunk *c, struct buf *text)
{
	AUTO_BUF plain = { 0 };
	const struct packed what = chunk_packed(c);
	bool in_line = false;
	int status = pack_gather(c->packed, &what, &plain);

	if (o->unpack_status == 0 && !c->doubted)
		o->unpack_status = status;
	if (c->tag != NULL)
		tag_add(text, c->tag, &in_line, plain.data, plain.len);
	else
		buf_add(text, plain.data, plain.len);
}

/* All that the list says on one side. */
static void
output_gather(struct output *o, const struct chunk *list, int side, struct buf *text)
{
	char raw[READ_BYTES];
	bool in_line = false;
	int64_t at;
	ssize_t n;

	for (; list != NULL; list = list->next) {
		if (list->side != side)
			continue;
		buf_add(text, list->mem.data, list->mem.len);
		if (list->packed != NULL) {
			output_gather_packed(o, list, text);
			continue;
		}
		for (at = list->at; list->fd >= 0 && at < list->end; at += n) {
			n = pread(list->fd, raw, list->end - at < READ_BYTES ? (size_t)(list->end - at) : READ_BYTES, at);
			if (n < 0)
				o->lost = errno;
			if (n <= 0)
				break;
			if (list->tag != NULL)
				tag_add(text, list->tag, &in_line, raw, (size_t)n);
			else
				buf_add(text, raw, (size_t)n);
		}
	}
}

/* The row of job j instead of its output (FILE), or behind what has been shown already. */
static struct chunk *
output_row(struct output *o, struct job *j, struct chunk *list)
{
	bool shown = j->capture.mode == CAPTURE_PIPE;
	struct chunk *row = chunk_new(output_row_side(o)), **end = &list;
	struct buf text[2] = { { 0 }, { 0 } };
	int i;

	for (i = 0; i < 2; i++) {
		if (shown)
			buf_add(&text[i], j->kept[i].data, j->kept[i].len);
		else if (!o->c.named || i == 1)
			output_gather(o, list, i, &text[i]);
		else if (j->file.len > 0)
			buf_add(&text[0], j->file.data, j->file.len - 1);
	}
	o->c.row(o->c.row_self, j, text, &row->mem);
	buf_fini(&text[0]);
	buf_fini(&text[1]);
	if (!shown && !o->c.named) {
		chunk_free_list(list);
		return row;
	}
	while (*end != NULL)
		end = &(*end)->next;
	*end = row;
	return list;
}

void
output_finished(struct output *o, struct job *j)
{
	struct chunk *list;
	int i;

	if (j->capture.mode == CAPTURE_FILE)
		output_dress_note(o, j);
	if (o->c.what == OUTPUT_LATEST && !j->skipped)
		output_latest(o, j);
	for (i = 0; i < 2; i++) {
		if (j->capture.mode == CAPTURE_FILE)
			output_files_side(o, j, i);
		if (j->capture.mode == CAPTURE_PIPE)
			output_lines(o, j, i, buf_str(&j->partial[i]), j->partial[i].len, false);
		buf_reset(&j->partial[i]);
	}
	if (j->capture.mode == CAPTURE_FILE)
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

/* --- the way out -------------------------------------------------------------------------------------------------- */

void
output_pump(struct output *o)
{
	pump_run(o->pump);
}

const void *
output_who(const struct output *o)
{
	return o->pump;
}

bool
output_room(const struct output *o)
{
	return !pump_is_stalled(o->pump);
}

uint64_t
output_next(const struct output *o)
{
	return o->c.ordered ? o->next : UINT64_MAX;
}

bool
output_waits(const struct output *o)
{
	return pump_is_stalled(o->pump) || pump_waits(o->pump);
}

bool
output_exited(struct output *o, pid_t pid, int status)
{
	return pump_exited(o->pump, pid, status);
}

int
output_unpack_status(const struct output *o)
{
	return o->unpack_status != 0 ? o->unpack_status : pump_unpack_status(o->pump);
}

bool
output_is_flushed(const struct output *o)
{
	return pump_is_empty(o->pump);
}

bool
output_was_cramped(struct output *o)
{
	bool pump = pump_was_cramped(o->pump), spool = spool_was_cramped(o->spool);

	return pump || spool;
}

bool
output_lost(const struct output *o)
{
	return o->lost != 0;
}

int
output_failed(const struct output *o)
{
	return o->lost != 0 ? o->lost : -pump_failed(o->pump);
}
