/* One track of an ISO base media file and its sample tables (ISO/IEC 14496-12, 8.3 to 8.7): how many samples, how long,
 * and whether each of their bytes is there. */
#ifndef FH_TRACK_H
#define FH_TRACK_H

#include "box.h"

enum track_kind { TRACK_OTHER, TRACK_VIDEO, TRACK_AUDIO };

struct track {
	enum track_kind kind;
	uint32_t id;
	uint32_t codec;     /* type of the first sample entry, such as avc1, mp4a; 0: none */
	uint32_t entries;   /* sample entries (stsd); samples name theirs by number, from 1 */
	uint32_t timescale; /* ticks in a second, never 0 */
	uint64_t samples;
	uint64_t bytes;     /* of all samples */
	uint64_t ticks;     /* length of all samples */
	uint64_t end;       /* fragments: where all that came before them and they have ended, in ticks; 0: none */
	int64_t wait_ns;    /* edit list: nothing is shown for so long */
	int64_t edit_ns;    /* edit list: what of the samples is shown; 0: all */
	/* what the samples of fragments have where a fragment does not say (trex) */
	uint32_t sample_entry, sample_ticks, sample_bytes;
	bool grows; /* fragments may add to it: it has a trex */
};

/* Reads a trak box and checks that its samples lie within the media bytes of m. movie_scale (not 0) is what edit lists
 * count in. Returns 0, or -1 with words. */
int track_read(struct track *t, struct box_file *f, const struct box_map *m, const struct box *trak,
    uint32_t movie_scale, struct err *e);

/* Adds samples, their ticks and bytes. Returns 0, or -1 with words where a sum overflows. */
int track_add(struct track *t, uint64_t samples, uint64_t ticks, uint64_t bytes, struct err *e);

/* How long the track plays, edit list counted, in nanoseconds; 0 where it has no samples. */
int64_t track_length_ns(const struct track *t);

/* ticks in nanoseconds, at most TRACK_NS_MAX. */
#define TRACK_NS_MAX (INT64_MAX / 4)
int64_t track_ns(uint64_t ticks, uint32_t timescale);

#endif
