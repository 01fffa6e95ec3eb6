/* Is a rendered video whole? Reads ISO base media files (.mp4, .m4a, .m4v, .mov; ISO/IEC 14496-12) in this process:
 * boxes within the file, sample tables that agree, each sample's bytes inside the file. Takes tens of microseconds
 * for a scene, where starting ffprobe takes 60 ms. */
#ifndef FH_MP4_H
#define FH_MP4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* All tracks of one kind together. */
struct mp4_stream {
	unsigned tracks;
	uint64_t samples;
	uint64_t bytes;      /* of the samples */
	int64_t duration_ns; /* of the longest track: its samples, edit list counted */
	char codec[5];       /* of the first track, such as "avc1", "mp4a"; "" where it has none */
};

struct mp4 {
	uint64_t size_bytes;  /* of the file */
	int64_t duration_ns;  /* what the header says where the samples bear it out (as ffprobe shows it), else the samples' */
	bool fragmented;
	struct mp4_stream video, audio;
};

/* Whether the n bytes at head (the first of a file; 12 are enough) begin an ISO base media file. */
bool mp4_is(const void *head, size_t n);

/* Reads the regular file open at fd (borrowed, its offset untouched) into out. Returns 0, or -1 with words (which do not
 * name the file): cut, no moov box, a sample outside the file, ... Tracks and durations may be 0: the caller decides
 * what it needs. Bounded for hostile input: see box.h. */
int mp4_read(int fd, struct mp4 *out, struct err *e);

/* As mp4_read, of n bytes at data. */
int mp4_read_memory(const void *data, size_t n, struct mp4 *out, struct err *e);

#endif
