/* Any text as a number: what is accepted was read whole, and a number that is shown and read again is itself. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FREE char *s = xstrndup((const char *)data, n);
	char text[32], shown[32];
	struct err e = { .msg = "" };
	int64_t v, again;

	if (num_int(s, INT64_MIN, INT64_MAX, &v, &e) == 0) {
		snprintf(text, sizeof text, "%" PRId64, v);
		if (num_int(text, v, v, &again, &e) < 0 || again != v)
			abort();
		num_show_duration(v, shown, sizeof shown);
		num_show_size(v, shown, sizeof shown);
	} else if (e.msg[0] == '\0')
		abort();
	if (num_duration(s, &v, &e) == 0 && v < 0)
		abort();
	if (num_percent(s, &v, &e) == 0 && v < 0)
		abort();
	if (num_size(s, &v, &e) == 0 && (v < 0) != (*s == '-' && v != 0))
		abort();
	return 0;
}
