/* Decides what a track holds. Must never know which tracks a caller wants, nor anything of fragments.
 * Invariants: 1. tables are streamed, memory does not depend on their size (struct box_cur).
 *             2. time is linear in the bytes of the tables: a chunk costs its own entries only (chunk_bytes).
 *             3. every sample counted lies within an mdat box of the file (track_chunks). */
#include "track.h"

#include <inttypes.h>

#define T(a, b, c, d) BOX_TYPE(a, b, c, d)

/* The boxes of a sample table. */
struct tables {
	struct box stsd, stts, sizes, stsc, offsets;
	bool compact; /* sizes is stz2 */
	bool wide;    /* offsets is co64 */
};

/* Sample sizes, one after another. */
struct sizes {
	struct box_cur cur;
	uint64_t count;
	uint64_t left; /* samples not yet taken */
	uint32_t each; /* bytes of every sample; 0: in the table */
	unsigned bits; /* of an entry: 32, or 16, 8, 4 in stz2 */
	int half;      /* second half of a byte, or -1 */
};

/* The map from chunks to their number of samples (stsc): runs of chunks. */
struct runs {
	struct box_cur cur;
	uint32_t left;       /* entries not yet read */
	uint32_t next_first; /* first chunk of the next run; 0: none */
	uint32_t next_per;
	uint32_t per;        /* samples in a chunk of the current run */
	uint32_t chunks;     /* of stco */
	uint32_t entries;    /* of stsd: what a run may say its samples are */
};

int
track_add(struct track *t, uint64_t samples, uint64_t ticks, uint64_t bytes, struct err *e)
{
	if (__builtin_add_overflow(t->samples, samples, &t->samples) ||
	    __builtin_add_overflow(t->ticks, ticks, &t->ticks) ||
	    __builtin_add_overflow(t->bytes, bytes, &t->bytes))
		return err_set(e, 0, "sums too large to be believed");
	return 0;
}

int64_t
track_ns(uint64_t ticks, uint32_t timescale)
{
	uint64_t s = ticks / timescale, rest = ticks % timescale;

	if (s >= TRACK_NS_MAX / 1000000000u)
		return TRACK_NS_MAX;
	return (int64_t)(s * 1000000000u + rest * 1000000000u / timescale);
}

int64_t
track_length_ns(const struct track *t)
{
	int64_t ns = track_ns(t->end > 0 ? t->end : t->ticks, t->timescale);

	if (t->samples == 0)
		return 0;
	/* an edit list knows nothing of fragments that came after it was written */
	return t->wait_ns + (t->end == 0 && t->edit_ns > 0 && t->edit_ns < ns ? t->edit_ns : ns);
}

static int
need(struct box_file *f, const struct box *parent, uint32_t type, struct box *out, struct err *e)
{
	char name[5];
	int r = box_child(f, parent, type, out, e);

	return r != 0 ? r : err_set(e, 0, "no %s box", box_name(type, name));
}

static int
track_header(struct track *t, struct box_file *f, const struct box *tkhd, struct err *e)
{
	struct box_cur c;
	unsigned version;
	uint32_t flags;

	box_cur_init(&c, f, tkhd);
	if (box_full(&c, &version, &flags, e) < 0 || box_skip(&c, version == 1 ? 16 : 8, e) < 0)
		return -1;
	return box_u32(&c, &t->id, e);
}

/* mdhd and hdlr: the clock and the kind. */
static int
track_media(struct track *t, struct box_file *f, const struct box *mdia, struct err *e)
{
	struct box b;
	struct box_cur c;
	unsigned version;
	uint32_t flags, handler;

	if (need(f, mdia, T('m', 'd', 'h', 'd'), &b, e) < 0)
		return -1;
	box_cur_init(&c, f, &b);
	if (box_full(&c, &version, &flags, e) < 0 || box_skip(&c, version == 1 ? 16 : 8, e) < 0 ||
	    box_u32(&c, &t->timescale, e) < 0)
		return -1;
	if (t->timescale == 0)
		return err_set(e, 0, "mdhd box: time scale 0");
	if (need(f, mdia, T('h', 'd', 'l', 'r'), &b, e) < 0)
		return -1;
	box_cur_init(&c, f, &b);
	if (box_skip(&c, 8, e) < 0 || box_u32(&c, &handler, e) < 0)
		return -1;
	t->kind = handler == T('v', 'i', 'd', 'e')   ? TRACK_VIDEO
	          : handler == T('s', 'o', 'u', 'n') ? TRACK_AUDIO
	                                             : TRACK_OTHER;
	return 0;
}

/* elst: what is waited before the samples, and how much of them is shown. */
static int
track_edits(struct track *t, struct box_file *f, const struct box *elst, uint32_t scale, struct err *e)
{
	struct box_cur c;
	unsigned version;
	uint32_t flags, n;
	uint64_t length, from, wait = 0, show = 0, *sum;
	bool wide;

	box_cur_init(&c, f, elst);
	if (box_full(&c, &version, &flags, e) < 0 || box_u32(&c, &n, e) < 0)
		return -1;
	for (wide = version == 1; n > 0; n--) {
		if (box_uint(&c, wide, &length, e) < 0 || box_uint(&c, wide, &from, e) < 0 || box_skip(&c, 4, e) < 0)
			return -1;
		sum = from == (wide ? UINT64_MAX : UINT32_MAX) ? &wait : &show; /* media time -1: an empty edit */
		if (__builtin_add_overflow(*sum, length, sum))
			return err_set(e, 0, "elst box: lengths too large to be believed");
	}
	t->wait_ns = track_ns(wait, scale);
	t->edit_ns = track_ns(show, scale);
	return 0;
}

/* A table in parent that is not read, if there is one: its entries, of each bytes, fit in it. */
static int
table_fits(struct box_file *f, const struct box *parent, uint32_t type, unsigned each, struct err *e)
{
	struct box b;
	struct box_cur c;
	uint32_t n;
	char name[5];
	int r = box_child(f, parent, type, &b, e);

	if (r <= 0)
		return r;
	box_cur_init(&c, f, &b);
	if (box_skip(&c, 4, e) < 0 || box_u32(&c, &n, e) < 0)
		return -1;
	if ((uint64_t)n * each > box_left(&c))
		return err_set(e, 0, "%s box: %" PRIu32 " entries do not fit in it", box_name(type, name), n);
	return 0;
}

/* dref, where samples lie: at least one entry, each a box. Not looked at further: their bytes are looked for in this file. */
static int
track_sources(struct box_file *f, const struct box *minf, struct err *e)
{
	struct box dinf, dref, entry;
	struct box_cur c;
	uint64_t at;
	uint32_t n;
	int r = box_child(f, minf, T('d', 'i', 'n', 'f'), &dinf, e);

	if (r > 0)
		r = box_child(f, &dinf, T('d', 'r', 'e', 'f'), &dref, e);
	if (r <= 0)
		return r;
	box_cur_init(&c, f, &dref);
	if (box_skip(&c, 4, e) < 0 || box_u32(&c, &n, e) < 0)
		return -1;
	if (n == 0)
		return err_set(e, 0, "dref box: no entry");
	for (at = dref.body + 8; n > 0; n--)
		if ((r = box_next(f, &at, dref.end, &entry, e)) <= 0)
			return r < 0 ? -1 : err_set(e, 0, "dref box: %" PRIu32 " entries do not fit in it", n);
	return 0;
}

static int
tables_find(struct tables *s, struct box_file *f, const struct box *stbl, struct err *e)
{
	int r;

	*s = (struct tables){ 0 };
	if (table_fits(f, stbl, T('c', 't', 't', 's'), 8, e) < 0 || table_fits(f, stbl, T('s', 't', 's', 's'), 4, e) < 0)
		return -1;
	if (need(f, stbl, T('s', 't', 's', 'd'), &s->stsd, e) < 0 ||
	    need(f, stbl, T('s', 't', 't', 's'), &s->stts, e) < 0 ||
	    need(f, stbl, T('s', 't', 's', 'c'), &s->stsc, e) < 0)
		return -1;
	if ((r = box_child(f, stbl, T('s', 't', 's', 'z'), &s->sizes, e)) < 0)
		return -1;
	s->compact = r == 0;
	if (r == 0 && need(f, stbl, T('s', 't', 'z', '2'), &s->sizes, e) < 0)
		return err_set(e, 0, "no stsz box");
	if ((r = box_child(f, stbl, T('s', 't', 'c', 'o'), &s->offsets, e)) < 0)
		return -1;
	s->wide = r == 0;
	if (r == 0 && need(f, stbl, T('c', 'o', '6', '4'), &s->offsets, e) < 0)
		return err_set(e, 0, "no stco box");
	return 0;
}

/* stsd: the sample entries lie within it; the first one's type is the codec. */
static int
track_codec(struct track *t, struct box_file *f, const struct box *stsd, struct err *e)
{
	struct box_cur c;
	uint32_t n, i, size, type;

	box_cur_init(&c, f, stsd);
	if (box_skip(&c, 4, e) < 0 || box_u32(&c, &n, e) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (box_u32(&c, &size, e) < 0 || box_u32(&c, &type, e) < 0)
			return -1;
		if (size < 8)
			return err_set(e, 0, "stsd box: an entry of %" PRIu32 " bytes", size);
		if (box_skip(&c, size - 8, e) < 0)
			return -1;
		if (i == 0)
			t->codec = type;
	}
	t->entries = n;
	return 0;
}

/* stts: samples and ticks of all runs. */
static int
track_times(struct track *t, struct box_file *f, const struct box *stts, struct err *e)
{
	struct box_cur c;
	uint32_t n, count, delta;

	box_cur_init(&c, f, stts);
	if (box_skip(&c, 4, e) < 0 || box_u32(&c, &n, e) < 0)
		return -1;
	for (; n > 0; n--) {
		if (box_u32(&c, &count, e) < 0 || box_u32(&c, &delta, e) < 0)
			return -1;
		if (delta > INT32_MAX)
			delta = 0; /* some writers put small negative numbers here; readers take them as nothing */
		if (track_add(t, count, (uint64_t)count * delta, 0, e) < 0)
			return -1;
	}
	return 0;
}

static int
sizes_init(struct sizes *z, struct box_file *f, const struct tables *s, struct err *e)
{
	uint32_t field, count;

	box_cur_init(&z->cur, f, &s->sizes);
	if (box_skip(&z->cur, 4, e) < 0 || box_u32(&z->cur, &field, e) < 0 || box_u32(&z->cur, &count, e) < 0)
		return -1;
	z->each = s->compact ? 0 : field;
	z->bits = s->compact ? field & 0xff : 32;
	z->count = z->left = count;
	z->half = -1;
	if (z->bits != 32 && z->bits != 16 && z->bits != 8 && z->bits != 4)
		return err_set(e, 0, "stz2 box: entries of %u bits", z->bits);
	if (z->each == 0 && (z->count * z->bits + 7) / 8 > box_left(&z->cur))
		return err_set(e, 0, "stsz box: %" PRIu64 " samples do not fit in it", z->count);
	return 0;
}

static int
sizes_next(struct sizes *z, uint32_t *out, struct err *e)
{
	const unsigned char *p;

	if (z->bits == 32)
		return box_u32(&z->cur, out, e);
	if (z->bits == 16)
		return box_u16(&z->cur, out, e);
	if (z->half >= 0) {
		*out = (uint32_t)z->half;
		z->half = -1;
		return 0;
	}
	if ((p = box_bytes(&z->cur, 1, e)) == NULL)
		return -1;
	*out = z->bits == 8 ? *p : (uint32_t)*p >> 4;
	z->half = z->bits == 4 ? *p & 15 : -1;
	return 0;
}

/* Bytes of the next n samples (fewer where fewer are left); *took is how many. */
static int
sizes_sum(struct sizes *z, uint32_t n, uint64_t *bytes, uint64_t *took, struct err *e)
{
	uint64_t i;
	uint32_t one;

	*took = n < z->left ? n : z->left;
	z->left -= *took;
	*bytes = *took * z->each;
	for (i = 0; z->each == 0 && i < *took; i++) {
		if (sizes_next(z, &one, e) < 0)
			return -1;
		*bytes += one;
	}
	return 0;
}

/* Loads the run after the current one. */
static int
runs_load(struct runs *r, struct err *e)
{
	uint32_t before = r->next_first, entry;

	r->next_first = 0;
	if (r->left == 0)
		return 0;
	r->left--;
	if (box_u32(&r->cur, &r->next_first, e) < 0 || box_u32(&r->cur, &r->next_per, e) < 0 ||
	    box_u32(&r->cur, &entry, e) < 0)
		return -1;
	if (r->next_first <= before)
		return err_set(e, 0, "stsc box: chunks out of order");
	if (r->chunks > 0 && r->next_first > r->chunks)
		return err_set(e, 0, "stsc box: chunk %" PRIu32 " of %" PRIu32, r->next_first, r->chunks);
	if (entry < 1 || entry > r->entries)
		return err_set(e, 0, "stsc box: samples of entry %" PRIu32 " of stsd, which has %" PRIu32, entry, r->entries);
	return 0;
}

static int
runs_init(struct runs *r, struct box_file *f, const struct box *stsc, uint32_t chunks, uint32_t entries, struct err *e)
{
	*r = (struct runs){ .chunks = chunks, .entries = entries };
	box_cur_init(&r->cur, f, stsc);
	if (box_skip(&r->cur, 4, e) < 0 || box_u32(&r->cur, &r->left, e) < 0)
		return -1;
	if ((uint64_t)r->left * 12 > box_left(&r->cur))
		return err_set(e, 0, "stsc box: %" PRIu32 " runs of chunks do not fit in it", r->left);
	return runs_load(r, e);
}

/* Samples in chunk number i (from 1; to be asked in order). */
static int
runs_at(struct runs *r, uint32_t i, uint32_t *per, struct err *e)
{
	if (r->next_first == i) {
		r->per = r->next_per;
		if (runs_load(r, e) < 0)
			return -1;
	}
	*per = r->per;
	return 0;
}

/* Where each chunk lies, against the media bytes. */
static int
track_chunks(struct track *t, struct box_file *f, const struct box_map *m, const struct tables *s, struct sizes *z,
    struct err *e)
{
	struct runs runs;
	struct box_cur c;
	uint64_t at, bytes, took;
	uint32_t n, i, per;

	box_cur_init(&c, f, &s->offsets);
	if (box_skip(&c, 4, e) < 0 || box_u32(&c, &n, e) < 0)
		return -1;
	if ((uint64_t)n * (s->wide ? 8 : 4) > box_left(&c))
		return err_set(e, 0, "stco box: %" PRIu32 " chunks do not fit in it", n);
	if (runs_init(&runs, f, &s->stsc, n, t->entries, e) < 0)
		return -1;
	for (i = 1; i <= n && z->left > 0; i++) {
		if (box_uint(&c, s->wide, &at, e) < 0 || runs_at(&runs, i, &per, e) < 0 ||
		    sizes_sum(z, per, &bytes, &took, e) < 0 || track_add(t, 0, 0, bytes, e) < 0)
			return -1;
		if (!box_map_holds(m, at, bytes))
			return err_set(e, 0, "chunk %" PRIu32 " at byte %" PRIu64 " (%" PRIu64
			    " bytes) is not within the media bytes of the file", i, at, bytes);
	}
	if (z->left > 0)
		return err_set(e, 0, "%" PRIu64 " samples are in no chunk", z->left);
	return 0;
}

static int
track_table(struct track *t, struct box_file *f, const struct box_map *m, const struct box *stbl, struct err *e)
{
	struct tables s;
	struct sizes z;

	if (tables_find(&s, f, stbl, e) < 0 || track_codec(t, f, &s.stsd, e) < 0 ||
	    track_times(t, f, &s.stts, e) < 0 || sizes_init(&z, f, &s, e) < 0)
		return -1;
	if (z.count != t->samples)
		return err_set(e, 0, "%" PRIu64 " samples have a size, %" PRIu64 " have a time", z.count, t->samples);
	return track_chunks(t, f, m, &s, &z, e);
}

/* The edit list is not always there. */
static int
track_edit_list(struct track *t, struct box_file *f, const struct box *trak, uint32_t scale, struct err *e)
{
	struct box edts, elst;
	int r = box_child(f, trak, T('e', 'd', 't', 's'), &edts, e);

	if (r > 0)
		r = box_child(f, &edts, T('e', 'l', 's', 't'), &elst, e);
	return r > 0 ? track_edits(t, f, &elst, scale, e) : r;
}

int
track_read(struct track *t, struct box_file *f, const struct box_map *m, const struct box *trak,
    uint32_t movie_scale, struct err *e)
{
	struct box tkhd, mdia, minf, stbl;

	*t = (struct track){ 0 };
	if (need(f, trak, T('t', 'k', 'h', 'd'), &tkhd, e) < 0 || track_header(t, f, &tkhd, e) < 0)
		return -1;
	if (need(f, trak, T('m', 'd', 'i', 'a'), &mdia, e) < 0 || track_media(t, f, &mdia, e) < 0 ||
	    need(f, &mdia, T('m', 'i', 'n', 'f'), &minf, e) < 0 || need(f, &minf, T('s', 't', 'b', 'l'), &stbl, e) < 0 ||
	    track_sources(f, &minf, e) < 0 || track_table(t, f, m, &stbl, e) < 0 || track_edit_list(t, f, trak, movie_scale, e) < 0)
		return err_wrap(e, "track %" PRIu32, t->id);
	return 0;
}
