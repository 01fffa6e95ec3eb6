/* Decides where a box begins and ends and how its bytes are read. Must never know what a box means, mdat excepted.
 * Invariants: 1. body <= end <= end of the parent <= size of the file (box_fit).
 *             2. no byte outside a box is handed out (box_bytes).
 *             3. work is bounded by BOX_MAX and BOX_READ_MAX, whatever the file says (box_spend, box_next). */
#include "box.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

#define MDAT BOX_TYPE('m', 'd', 'a', 't')
#define UUID BOX_TYPE('u', 'u', 'i', 'd')

static uint32_t
be32(const unsigned char *p)
{
	return BOX_TYPE(p[0], p[1], p[2], p[3]);
}

static uint64_t
be64(const unsigned char *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

int
box_file_open(struct box_file *f, int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "cannot look");
	if (!S_ISREG(st.st_mode))
		return err_set(e, 0, "not a regular file");
	*f = (struct box_file){ .fd = fd, .size = (uint64_t)st.st_size };
	return 0;
}

void
box_file_memory(struct box_file *f, const void *mem, size_t n)
{
	*f = (struct box_file){ .fd = -1, .mem = mem, .size = n };
}

static int
box_spend(struct box_file *f, size_t n, struct err *e)
{
	f->read += n;
	return f->read <= BOX_READ_MAX ? 0 : err_set(e, 0, "tables too large to be believed");
}

/* Exactly n bytes at offset at, which the caller knows to be inside the file as it was when opened. */
static int
box_pread(struct box_file *f, uint64_t at, void *p, size_t n, struct err *e)
{
	size_t got = 0;
	ssize_t r;

	if (box_spend(f, n, e) < 0)
		return -1;
	if (f->fd < 0) {
		memcpy(p, f->mem + at, n);
		return 0;
	}
	while (got < n) {
		r = pread(f->fd, (char *)p + got, n - got, (off_t)(at + got));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return err_sys(e, errno, "cannot read");
		if (r == 0)
			return err_set(e, 0, "became shorter while it was read");
		got += (size_t)r;
	}
	return 0;
}

/* The n <= BOX_NEAR bytes at offset at (of left that the file has from there), out of what was read ahead. Returns NULL
 * with words. */
static const unsigned char *
box_near(struct box_file *f, uint64_t at, size_t n, uint64_t left, struct err *e)
{
	if (f->fd < 0)
		return f->mem + at;
	if (at < f->near_at || at + n > f->near_at + f->near_len) {
		f->near_len = 0;
		if (box_pread(f, at, f->near, left < sizeof f->near ? (size_t)left : sizeof f->near, e) < 0)
			return NULL;
		f->near_at = at;
		f->near_len = left < sizeof f->near ? (size_t)left : sizeof f->near;
	}
	return f->near + (at - f->near_at);
}

char *
box_name(uint32_t type, char out[5])
{
	int i;

	for (i = 0; i < 4; i++) {
		out[i] = (char)(type >> (24 - 8 * i));
		if (out[i] < 0x20 || out[i] > 0x7e)
			out[i] = '?';
	}
	out[4] = '\0';
	return out;
}

/* size is what the header says (0: to the end); head is the bytes of the header. */
static int
box_fit(struct box *b, uint64_t size, uint64_t head, uint64_t end, struct err *e)
{
	char name[5];

	if (b->type == UUID)
		head += 16;
	if (size == 0)
		size = end - b->start;
	if (size < head)
		return err_set(e, 0, "box %s at byte %" PRIu64 ": size %" PRIu64 " is smaller than its header",
		    box_name(b->type, name), b->start, size);
	if (size > end - b->start)
		return err_set(e, 0, "cut: box %s at byte %" PRIu64 " has %" PRIu64 " bytes, %" PRIu64 " are there",
		    box_name(b->type, name), b->start, size, end - b->start);
	b->body = b->start + head;
	b->end = b->start + size;
	return 0;
}

int
box_next(struct box_file *f, uint64_t *at, uint64_t end, struct box *out, struct err *e)
{
	uint64_t left = end - *at;
	const unsigned char *h;

	if (left == 0)
		return 0;
	if (left < 8)
		return err_set(e, 0, "cut: %" PRIu64 " bytes at byte %" PRIu64 " are no box", left, *at);
	if (++f->boxes > BOX_MAX)
		return err_set(e, 0, "more than %u boxes", BOX_MAX);
	if ((h = box_near(f, *at, left < 16 ? 8 : 16, f->size - *at, e)) == NULL)
		return -1;
	*out = (struct box){ .type = be32(h + 4), .start = *at };
	if (be32(h) == 1 && left < 16)
		return err_set(e, 0, "cut: box header at byte %" PRIu64, *at);
	if (be32(h) == 1 ? box_fit(out, be64(h + 8) ? be64(h + 8) : 1, 16, end, e) < 0
	                 : box_fit(out, be32(h), 8, end, e) < 0)
		return -1;
	*at = out->end;
	return 1;
}

int
box_child(struct box_file *f, const struct box *parent, uint32_t type, struct box *out, struct err *e)
{
	uint64_t at = parent->body;

	/* QuickTime closes some lists with four zero bytes: what is too short for a header ends the search. */
	while (parent->end - at >= 8) {
		if (box_next(f, &at, parent->end, out, e) < 0)
			return -1;
		if (out->type == type)
			return 1;
	}
	return 0;
}

void
box_cur_init(struct box_cur *c, struct box_file *f, const struct box *b)
{
	c->f = f;
	c->at = b->body;
	c->end = b->end;
	c->pos = c->len = 0;
}

uint64_t
box_left(const struct box_cur *c)
{
	return c->end - c->at + (c->len - c->pos);
}

const unsigned char *
box_bytes(struct box_cur *c, size_t n, struct err *e)
{
	size_t keep = c->len - c->pos, more;

	if (keep < n) {
		if (box_left(c) < n) {
			err_set(e, 0, "box ends before its contents, at byte %" PRIu64, c->end);
			return NULL;
		}
		memmove(c->win, c->win + c->pos, keep);
		more = sizeof c->win - keep < c->end - c->at ? sizeof c->win - keep : (size_t)(c->end - c->at);
		if (box_pread(c->f, c->at, c->win + keep, more, e) < 0)
			return NULL;
		c->at += more;
		c->pos = 0;
		c->len = keep + more;
	}
	c->pos += n;
	return c->win + c->pos - n;
}

int
box_u16(struct box_cur *c, uint32_t *out, struct err *e)
{
	const unsigned char *p = box_bytes(c, 2, e);

	if (p == NULL)
		return -1;
	*out = (uint32_t)p[0] << 8 | p[1];
	return 0;
}

int
box_u32(struct box_cur *c, uint32_t *out, struct err *e)
{
	const unsigned char *p = box_bytes(c, 4, e);

	if (p == NULL)
		return -1;
	*out = be32(p);
	return 0;
}

int
box_u64(struct box_cur *c, uint64_t *out, struct err *e)
{
	const unsigned char *p = box_bytes(c, 8, e);

	if (p == NULL)
		return -1;
	*out = be64(p);
	return 0;
}

int
box_uint(struct box_cur *c, bool wide, uint64_t *out, struct err *e)
{
	uint32_t v;

	if (wide)
		return box_u64(c, out, e);
	if (box_u32(c, &v, e) < 0)
		return -1;
	*out = v;
	return 0;
}

int
box_skip(struct box_cur *c, uint64_t n, struct err *e)
{
	size_t here = c->len - c->pos;

	if (n > box_left(c))
		return err_set(e, 0, "box ends before its contents, at byte %" PRIu64, c->end);
	if (n <= here) {
		c->pos += (size_t)n;
		return 0;
	}
	c->at += n - here;
	c->pos = c->len;
	return 0;
}

int
box_full(struct box_cur *c, unsigned *version, uint32_t *flags, struct err *e)
{
	uint32_t v;

	if (box_u32(c, &v, e) < 0)
		return -1;
	*version = v >> 24;
	*flags = v & 0xffffff;
	return *version <= 1 ? 0 : err_set(e, 0, "a box of version %u, which is not known", *version);
}

int
box_map_load(struct box_map *m, struct box_file *f, struct err *e)
{
	uint64_t at = 0;
	struct box b;
	int r;

	while ((r = box_next(f, &at, f->size, &b, e)) > 0) {
		m->boxes = xgrow(m->boxes, m->nboxes, &m->boxes_cap, sizeof *m->boxes);
		m->boxes[m->nboxes++] = b;
		if (b.type != MDAT)
			continue;
		m->media = xgrow(m->media, m->nmedia, &m->media_cap, sizeof *m->media);
		m->media[m->nmedia++] = b;
	}
	return r;
}

void
box_map_fini(struct box_map *m)
{
	free(m->boxes);
	free(m->media);
	*m = (struct box_map){ 0 };
}

bool
box_map_holds(const struct box_map *m, uint64_t at, uint64_t n)
{
	size_t lo = 0, hi = m->nmedia, mid;

	if (n == 0)
		return true;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (m->media[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->nmedia && m->media[lo].body <= at && n <= m->media[lo].end - at;
}
