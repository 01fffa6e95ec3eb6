/* Decides what a file holds as a whole: its tracks, its length. Must never know what a scene needs.
 * Invariants: 1. nothing is counted whose bytes are not in the file (track_read, frag_read).
 *             2. at most TRACKS_MAX tracks, so no lookup is long. */
#include "mp4.h"

#include <inttypes.h>
#include <string.h>

#include "frag.h"
#include "mem.h"

#define T(a, b, c, d) BOX_TYPE(a, b, c, d)
#define TRACKS_MAX 128
#define HEADER_SLACK_NS INT64_C(100000000) /* a header that is further off its samples is not believed */

bool
mp4_is(const void *head, size_t n)
{
	static const char first[] = "ftypmoovmdatfreeskipwidestyppnot";
	const char *p = head, *f;

	if (n < 8)
		return false;
	for (f = first; *f != '\0'; f += 4)
		if (memcmp(p + 4, f, 4) == 0)
			return true;
	return false;
}

/* mvhd: what the header says. */
static int
movie_length(struct box_file *f, const struct box *moov, uint32_t *scale, int64_t *ns, struct err *e)
{
	struct box b;
	struct box_cur c;
	unsigned version;
	uint32_t flags;
	uint64_t ticks;
	int r = box_child(f, moov, T('m', 'v', 'h', 'd'), &b, e);

	if (r <= 0)
		return r < 0 ? -1 : err_set(e, 0, "no mvhd box");
	box_cur_init(&c, f, &b);
	if (box_full(&c, &version, &flags, e) < 0 || box_skip(&c, version == 1 ? 16 : 8, e) < 0 ||
	    box_u32(&c, scale, e) < 0 || box_uint(&c, version == 1, &ticks, e) < 0)
		return -1;
	if (*scale == 0)
		return err_set(e, 0, "mvhd box: time scale 0");
	*ns = track_ns(ticks, *scale);
	return 0;
}

static int
movie_tracks(struct box_file *f, const struct box_map *m, const struct box *moov, uint32_t scale,
    struct track *tracks, size_t *n, struct err *e)
{
	uint64_t at = moov->body;
	struct box b;

	for (*n = 0; moov->end - at >= 8;) {
		if (box_next(f, &at, moov->end, &b, e) < 0)
			return -1;
		if (b.type != T('t', 'r', 'a', 'k'))
			continue;
		if (*n == TRACKS_MAX)
			return err_set(e, 0, "more than %d tracks", TRACKS_MAX);
		if (track_read(&tracks[(*n)++], f, m, &b, scale, e) < 0)
			return -1;
	}
	return 0;
}

static int
movie_fragments(struct box_file *f, const struct box_map *m, const struct box *moov, struct track *tracks, size_t n,
    struct mp4 *out, struct err *e)
{
	struct box mvex;
	size_t i;
	int r = box_child(f, moov, T('m', 'v', 'e', 'x'), &mvex, e);

	if (r < 0 || (r > 0 && frag_defaults(tracks, n, f, &mvex, e) < 0))
		return -1;
	for (i = 0; i < m->nboxes; i++) {
		if (m->boxes[i].type != T('m', 'o', 'o', 'f'))
			continue;
		if (frag_read(tracks, n, f, m, &m->boxes[i], e) < 0)
			return -1;
		out->fragmented = true;
	}
	return 0;
}

static void
stream_add(struct mp4_stream *s, const struct track *t)
{
	int64_t ns = track_length_ns(t);

	if (s->tracks++ == 0 && t->codec != 0)
		box_name(t->codec, s->codec);
	if (__builtin_add_overflow(s->samples, t->samples, &s->samples))
		s->samples = UINT64_MAX;
	if (__builtin_add_overflow(s->bytes, t->bytes, &s->bytes))
		s->bytes = UINT64_MAX;
	if (ns > s->duration_ns)
		s->duration_ns = ns;
}

/* The header's length is rounded as other tools show it; but only what samples bear out is real, and it
 * knows nothing of fragments. */
static void
movie_sum(struct mp4 *out, const struct track *tracks, size_t n, int64_t header_ns)
{
	size_t i;
	int64_t real;

	for (i = 0; i < n; i++)
		if (tracks[i].kind != TRACK_OTHER)
			stream_add(tracks[i].kind == TRACK_VIDEO ? &out->video : &out->audio, &tracks[i]);
	real = out->video.duration_ns > out->audio.duration_ns ? out->video.duration_ns : out->audio.duration_ns;
	out->duration_ns = real;
	if (!out->fragmented && real > 0 && header_ns > 0 && header_ns > real - HEADER_SLACK_NS && header_ns - HEADER_SLACK_NS < real)
		out->duration_ns = header_ns;
}

static int
movie_read(struct box_file *f, struct mp4 *out, struct err *e)
{
	AUTO_BOX_MAP m = { 0 };
	AUTO_FREE struct track *tracks = NULL;
	int64_t header_ns = 0;
	uint32_t scale;
	size_t n, i;

	*out = (struct mp4){ .size_bytes = f->size };
	if (f->size == 0)
		return err_set(e, 0, "empty");
	if (box_map_load(&m, f, e) < 0)
		return -1;
	for (i = 0; i < m.nboxes && m.boxes[i].type != T('m', 'o', 'o', 'v'); i++)
		continue;
	if (i == m.nboxes)
		return err_set(e, 0, "no moov box: cut, or never finished");
	tracks = xcalloc(TRACKS_MAX, sizeof *tracks);
	if (movie_length(f, &m.boxes[i], &scale, &header_ns, e) < 0 ||
	    movie_tracks(f, &m, &m.boxes[i], scale, tracks, &n, e) < 0 ||
	    movie_fragments(f, &m, &m.boxes[i], tracks, n, out, e) < 0)
		return -1;
	movie_sum(out, tracks, n, header_ns);
	return 0;
}

int
mp4_read(int fd, struct mp4 *out, struct err *e)
{
	struct box_file f;

	if (box_file_open(&f, fd, e) < 0)
		return -1;
	return movie_read(&f, out, e);
}

int
mp4_read_memory(const void *data, size_t n, struct mp4 *out, struct err *e)
{
	struct box_file f;

	box_file_memory(&f, data, n);
	return movie_read(&f, out, e);
}
