/* Decides which samples a fragment adds. Must never know what the tracks are for.
 * Invariant: every sample counted lies within an mdat box of the file (run_read). */
#include "frag.h"

#include <inttypes.h>

#define T(a, b, c, d) BOX_TYPE(a, b, c, d)

/* tfhd flags */
#define TF_BASE     0x000001u
#define TF_DESC     0x000002u
#define TF_TICKS    0x000008u
#define TF_BYTES    0x000010u
#define TF_FLAGS    0x000020u
#define TF_MOOF     0x020000u
/* trun flags */
#define TR_OFFSET   0x000001u
#define TR_FIRST    0x000004u
#define TR_TICKS    0x000100u
#define TR_BYTES    0x000200u
#define TR_FLAGS    0x000400u
#define TR_SHIFT    0x000800u

/* Where a track fragment stands. */
struct frag {
	struct track *track;
	uint64_t base; /* what data offsets count from */
	uint64_t next; /* where the next run's bytes begin when it does not say */
	uint64_t time; /* when the next sample begins, in ticks */
	uint32_t ticks, bytes; /* of a sample, where its run does not say */
};

static struct track *
track_by_id(struct track *tracks, size_t ntracks, uint32_t id)
{
	size_t i;

	for (i = 0; i < ntracks; i++)
		if (tracks[i].id == id)
			return &tracks[i];
	return NULL;
}

int
frag_defaults(struct track *tracks, size_t ntracks, struct box_file *f, const struct box *mvex, struct err *e)
{
	uint64_t at = mvex->body;
	struct box b;
	struct box_cur c;
	struct track *t;
	uint32_t id, entry;

	while (mvex->end - at >= 8) {
		if (box_next(f, &at, mvex->end, &b, e) < 0)
			return -1;
		if (b.type != T('t', 'r', 'e', 'x'))
			continue;
		box_cur_init(&c, f, &b);
		if (box_skip(&c, 4, e) < 0 || box_u32(&c, &id, e) < 0 || box_u32(&c, &entry, e) < 0)
			return -1;
		if ((t = track_by_id(tracks, ntracks, id)) == NULL)
			continue;
		t->grows = true;
		t->sample_entry = entry;
		if (box_u32(&c, &t->sample_ticks, e) < 0 || box_u32(&c, &t->sample_bytes, e) < 0)
			return -1;
	}
	return 0;
}

/* tfhd. moof is where this moof begins, after where the bytes of the track fragment before ended. */
static int
frag_header(struct frag *g, struct track *tracks, size_t ntracks, struct box_cur *c, uint64_t moof, uint64_t after,
    struct err *e)
{
	unsigned version;
	uint32_t flags, id, entry;

	if (box_full(c, &version, &flags, e) < 0 || box_u32(c, &id, e) < 0)
		return -1;
	if ((g->track = track_by_id(tracks, ntracks, id)) == NULL)
		return err_set(e, 0, "fragment of track %" PRIu32 ", which is not there", id);
	if (!g->track->grows)
		return err_set(e, 0, "fragment of track %" PRIu32 ", which has no trex box", id);
	g->base = flags & TF_MOOF ? moof : after;
	if (flags & TF_BASE && box_u64(c, &g->base, e) < 0)
		return -1;
	g->next = g->base;
	g->time = g->track->ticks;
	g->ticks = g->track->sample_ticks;
	g->bytes = g->track->sample_bytes;
	entry = g->track->sample_entry;
	if (flags & TF_DESC && box_u32(c, &entry, e) < 0)
		return -1;
	if (entry < 1 || entry > g->track->entries)
		return err_set(e, 0, "samples of entry %" PRIu32 " of stsd, which has %" PRIu32, entry, g->track->entries);
	if (flags & TF_TICKS && box_u32(c, &g->ticks, e) < 0)
		return -1;
	return flags & TF_BYTES ? box_u32(c, &g->bytes, e) : 0;
}

/* The samples of a run, as the table says or by default. */
static int
run_sum(const struct frag *g, struct box_cur *c, uint32_t flags, uint32_t count, uint64_t *ticks, uint64_t *bytes,
    struct err *e)
{
	unsigned rest = (flags & TR_FLAGS ? 4u : 0) + (flags & TR_SHIFT ? 4u : 0);
	uint32_t i, v;

	*ticks = flags & TR_TICKS ? 0 : (uint64_t)g->ticks * count;
	*bytes = flags & TR_BYTES ? 0 : (uint64_t)g->bytes * count;
	if (!(flags & (TR_TICKS | TR_BYTES)))
		return box_skip(c, (uint64_t)rest * count, e);
	for (i = 0; i < count; i++) {
		if (flags & TR_TICKS) {
			if (box_u32(c, &v, e) < 0)
				return -1;
			*ticks += v;
		}
		if (flags & TR_BYTES) {
			if (box_u32(c, &v, e) < 0)
				return -1;
			*bytes += v;
		}
		if (box_skip(c, rest, e) < 0)
			return -1;
	}
	return 0;
}

static int
run_read(struct frag *g, struct box_file *f, const struct box_map *m, const struct box *trun, struct err *e)
{
	struct box_cur c;
	uint32_t flags, count, offset;
	uint64_t ticks, bytes, end = g->track->end > 0 ? g->track->end : g->track->ticks;
	unsigned version;

	box_cur_init(&c, f, trun);
	if (box_full(&c, &version, &flags, e) < 0 || box_u32(&c, &count, e) < 0)
		return -1;
	if (flags & TR_OFFSET) {
		if (box_u32(&c, &offset, e) < 0)
			return -1;
		g->next = g->base + (uint64_t)(int64_t)(int32_t)offset; /* signed; a wrong one is out of the file */
	}
	if (count > 0 && !(flags & TR_BYTES) && g->bytes == 0)
		return err_set(e, 0, "%" PRIu32 " samples whose size nothing says", count);
	if ((flags & TR_FIRST && box_skip(&c, 4, e) < 0) || run_sum(g, &c, flags, count, &ticks, &bytes, e) < 0 ||
	    track_add(g->track, count, ticks, bytes, e) < 0)
		return -1;
	if (!box_map_holds(m, g->next, bytes))
		return err_set(e, 0, "samples at byte %" PRIu64 " (%" PRIu64
		    " bytes) is not within the media bytes of the file", g->next, bytes);
	g->next += bytes;
	if (__builtin_add_overflow(g->time, ticks, &g->time) || track_ns(g->time, g->track->timescale) == TRACK_NS_MAX)
		return err_set(e, 0, "time too large to be believed");
	if (count > 0)
		g->track->end = g->time > end ? g->time : end;
	return 0;
}

/* tfdt: when the fragment begins. */
static int
frag_time(struct frag *g, struct box_file *f, const struct box *tfdt, struct err *e)
{
	struct box_cur c;
	unsigned version;
	uint32_t flags;

	box_cur_init(&c, f, tfdt);
	if (box_full(&c, &version, &flags, e) < 0)
		return -1;
	return box_uint(&c, version == 1, &g->time, e);
}

/* One traf box; *after moves behind its bytes. */
static int
traf_read(struct track *tracks, size_t ntracks, struct box_file *f, const struct box_map *m, const struct box *traf,
    uint64_t moof, uint64_t *after, struct err *e)
{
	uint64_t at = traf->body;
	struct frag g;
	struct box_cur c;
	struct box b;

	switch (box_child(f, traf, T('t', 'f', 'h', 'd'), &b, e)) {
	case 0:
		return err_set(e, 0, "no tfhd box");
	case -1:
		return -1;
	}
	box_cur_init(&c, f, &b);
	if (frag_header(&g, tracks, ntracks, &c, moof, *after, e) < 0)
		return -1;
	while (traf->end - at >= 8) {
		if (box_next(f, &at, traf->end, &b, e) < 0)
			return -1;
		if ((b.type == T('t', 'f', 'd', 't') && frag_time(&g, f, &b, e) < 0) ||
		    (b.type == T('t', 'r', 'u', 'n') && run_read(&g, f, m, &b, e) < 0))
			return err_wrap(e, "track %" PRIu32, g.track->id);
	}
	*after = g.next;
	return 0;
}

int
frag_read(struct track *tracks, size_t ntracks, struct box_file *f, const struct box_map *m,
    const struct box *moof, struct err *e)
{
	uint64_t at = moof->body, after = moof->start;
	struct box b;

	while (moof->end - at >= 8) {
		if (box_next(f, &at, moof->end, &b, e) < 0)
			return -1;
		if (b.type == T('t', 'r', 'a', 'f') && traf_read(tracks, ntracks, f, m, &b, moof->start, &after, e) < 0)
			return err_wrap(e, "moof box at byte %" PRIu64, moof->start);
	}
	return 0;
}
