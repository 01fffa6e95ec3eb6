/* Any bytes as a film: no crash, no read outside them, what is counted as samples has bytes, and the file gives what the
 * memory gives. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mp4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
same_from_file(const uint8_t *data, size_t n, const struct mp4 *want, int result, const struct err *words)
{
	static FILE *file;
	struct mp4 m;
	struct err e = { .msg = "" };

	if (file == NULL && (file = tmpfile()) == NULL)
		return;
	if (ftruncate(fileno(file), 0) < 0 || pwrite(fileno(file), data, n, 0) != (ssize_t)n)
		return;
	memset(&m, 0, sizeof m);
	if (mp4_read(fileno(file), &m, &e) != result || (result < 0 && strcmp(e.msg, words->msg) != 0) ||
	    (result == 0 && memcmp(&m, want, sizeof m) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mp4 m;
	struct err e = { .msg = "" };
	int r;

	memset(&m, 0, sizeof m);
	r = mp4_read_memory(data, n, &m, &e);
	if (n % 128 == 0) /* a file is ten times as slow */
		same_from_file(data, n, &m, r, &e);
	if (r < 0) {
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
