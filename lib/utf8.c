/* Decides what is UTF-8. Must never know whose text it is. */
#include "utf8.h"

#include <stdbool.h>
#include <string.h>

/* The first byte of a character that is not ASCII: how many follow, and the range of the next (RFC 3629, section 4). */
static bool
utf8_lead(struct utf8 *u, unsigned char c)
{
	u->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	u->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	u->need = c < 0xc2 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 0;
	return u->need != 0;
}

size_t
utf8_scan(struct utf8 *u, const void *text, size_t n)
{
	const unsigned char *p = text;
	uint64_t eight;
	size_t i = 0;

	while (i < n) {
		if (u->need != 0) {
			if (p[i] < u->low || p[i] > u->high)
				return i;
			u->need--;
			u->low = 0x80;
			u->high = 0xbf;
		} else if (p[i] >= 0x80) {
			if (!utf8_lead(u, p[i]))
				return i;
		} else if (n - i > 8 && (memcpy(&eight, p + i, 8), (eight & UINT64_C(0x8080808080808080)) == 0)) {
			i += 8;
			continue;
		}
		i++;
	}
	return n;
}

size_t
utf8_put(uint32_t c, char out[4])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
	static const unsigned char lead[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };

	for (i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	return n;
}
