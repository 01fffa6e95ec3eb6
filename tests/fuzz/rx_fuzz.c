/* An expression, a newline and a text: no crash, and what matches lies in the text. Without back references it is not slow
 * either: with them, backtracking may take exponential time, so that the text is kept short. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *nl = memchr(s, '\n', n);
	struct err e = { .msg = "" };
	struct rx_match m;
	struct rx *r;
	size_t i, len;

	/* (|){97}\1: 2^97 ways, and each leaves another group */
	if (nl != NULL && memchr(s, '\\', (size_t)(nl - s)) != NULL && memchr(s, '{', (size_t)(nl - s)) != NULL)
		return 0;
	if (nl == NULL || nl - s > 24 || (len = n - (size_t)(nl + 1 - s)) > (memchr(s, '\\', (size_t)(nl - s)) ? 5 : 12))
		return 0;
	if (rx_new(s, (size_t)(nl - s), 0, &r, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return 0;
	}
	if (rx_find(r, nl + 1, len, 0, &m)) {
		if (m.start > m.end || m.end > len)
			abort();
		for (i = 0; i <= m.ngroups; i++)
			if (m.group[i].s != NULL && (m.group[i].s < nl + 1 || m.group[i].s + m.group[i].len > nl + 1 + len))
				abort();
	}
	rx_free(r);
	return 0;
}
