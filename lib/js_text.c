/* Decides how JSON strings are read and written. Must never know where in a document they stand.
 * Invariants: 1. js_decode undoes js_encode for any bytes. 2. js_recode changes the spelling, never the characters
 * (a half of a surrogate pair stays one). */
#include "js_text.h"

#include <string.h>

#include "utf8.h"

static const char hex[] = "0123456789abcdef";

static void
add_unit(struct buf *out, unsigned u)
{
	char *to = buf_room(out, 6);

	to[0] = '\\';
	to[1] = 'u';
	to[2] = hex[u >> 12 & 15];
	to[3] = hex[u >> 8 & 15];
	to[4] = hex[u >> 4 & 15];
	to[5] = hex[u & 15];
	buf_grown(out, 6);
}

/* One character as json.dumps spells it. */
static void
add_char(struct buf *out, unsigned c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *special = c < 0x80 && c != 0 ? strchr(plain, (int)c) : NULL;

	if (special != NULL) {
		buf_addc(out, '\\');
		buf_addc(out, letters[special - plain]);
	} else if (c >= 0x20 && c < 0x7f) {
		buf_addc(out, (char)c);
	} else if (c < 0x10000) {
		add_unit(out, c);
	} else {
		add_unit(out, 0xd800 + ((c - 0x10000) >> 10));
		add_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
}

static unsigned
hex4(const char *p)
{
	unsigned u = 0;
	int i;

	for (i = 0; i < 4; i++)
		u = u << 4 | (unsigned)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
	return u;
}

/* The character of the escape at p ("\n", "\u00e9", a pair); *used: its bytes. */
static unsigned
escape_char(const char *p, const char *end, size_t *used)
{
	static const char letters[] = "bfnrt", chars[] = "\b\f\n\r\t";
	const char *at = strchr(letters, p[1]);
	unsigned u, low;

	*used = 2;
	if (p[1] != 'u')
		return (unsigned char)(at != NULL ? chars[at - letters] : p[1]);
	*used = 6;
	u = hex4(p + 2);
	if (u < 0xd800 || u > 0xdbff || end - p < 12 || p[6] != '\\' || p[7] != 'u')
		return u;
	low = hex4(p + 8);
	if (low < 0xdc00 || low > 0xdfff)
		return u;
	*used = 12;
	return 0x10000 + ((u - 0xd800) << 10) + (low - 0xdc00);
}

/* The character of UTF-8 at p; 0xdc00 + byte where there is none. */
static unsigned
utf8_char(const char *p, const char *end, size_t *used)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned c = *(const unsigned char *)p;
	size_t n = c < 0x80 ? 1 : c < 0xc0 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf8 ? 4 : 0, i;

	*used = 1;
	if (n == 1)
		return c;
	if (n == 0 || (size_t)(end - p) < n)
		return 0xdc00 + c;
	c &= 0x7fU >> n;
	for (i = 1; i < n; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0xdc00 + *(const unsigned char *)p;
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0xdc00 + *(const unsigned char *)p;
	*used = n;
	return c;
}

unsigned
js_char(const char *p, const char *end, size_t *used)
{
	return *p == '\\' ? escape_char(p, end, used) : utf8_char(p, end, used);
}

static void
add_utf8(struct buf *out, unsigned c)
{
	if (c >= 0xdc80 && c <= 0xdcff)
		buf_addc(out, (char)(c - 0xdc00));
	else
		buf_grown(out, utf8_put(c, buf_room(out, 4)));
}

void
js_decode(struct buf *out, struct js s)
{
	const char *p = s.p + 1, *end = s.p + s.n - 1, *stop;
	size_t used;

	while (p < end) {
		stop = memchr(p, '\\', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		buf_add(out, p, (size_t)(stop - p));
		p = stop;
		if (p < end) {
			add_utf8(out, escape_char(p, end, &used));
			p += used;
		}
	}
	buf_room(out, 0);
}

void
js_encode(struct buf *out, const char *bytes, size_t n)
{
	const char *p = bytes, *end = bytes + n;
	size_t used;

	buf_addc(out, '"');
	while (p < end) {
		used = (size_t)(js_skip_plain(p, end) - p);
		buf_add(out, p, used);
		p += used;
		if (p < end) {
			add_char(out, utf8_char(p, end, &used));
			p += used;
		}
	}
	buf_addc(out, '"');
}

void
js_recode(struct buf *out, struct js s)
{
	const char *p = s.p + 1, *end = s.p + s.n - 1;
	size_t used;

	buf_addc(out, '"');
	while (p < end) {
		used = (size_t)(js_skip_plain(p, end) - p);
		buf_add(out, p, used);
		p += used;
		if (p < end) {
			add_char(out, js_char(p, end, &used));
			p += used;
		}
	}
	buf_addc(out, '"');
}
