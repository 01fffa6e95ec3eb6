/* Any bytes as a film: no crash, no read outside them, and what is counted as samples has bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "mp4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mp4 m;
	struct err e = { .msg = "" };

	if (mp4_read_memory(data, n, &m, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return 0;
	}
	if (m.duration_ns < 0 || m.video.duration_ns < 0 || m.audio.duration_ns < 0)
		abort();
	if (m.video.bytes > (uint64_t)n * n || (m.audio.tracks == 0 && m.audio.samples > 0))
		abort(); /* a track's chunks may overlap, but each has its own entry */
	return 0;
}
