/* Decides how wide text is and what of it is harmless. Must never know where it is shown.
 * Invariant: what comes out holds no byte below 0x20, no 0x7f, no C1 control and only whole UTF-8 characters, whatever came in. */
#include "cells.h"

#include <stdbool.h>
#include <stdint.h>

#include "mem.h"
#include "utf8.h"

struct range {
	uint32_t first, last;
};

/* Unicode 15, EastAsianWidth.txt: W and F; neighbours with unassigned gaps between them are one. */
static const struct range wide[] = { { 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec },
	{ 0x23f0, 0x23f0 }, { 0x23f3, 0x23f3 }, { 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x267f, 0x267f },
	{ 0x2693, 0x2693 }, { 0x26a1, 0x26a1 }, { 0x26aa, 0x26ab }, { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 }, { 0x26ce, 0x26ce },
	{ 0x26d4, 0x26d4 }, { 0x26ea, 0x26ea }, { 0x26f2, 0x26f3 }, { 0x26f5, 0x26f5 }, { 0x26fa, 0x26fa }, { 0x26fd, 0x26fd },
	{ 0x2705, 0x2705 }, { 0x270a, 0x270b }, { 0x2728, 0x2728 }, { 0x274c, 0x274c }, { 0x274e, 0x274e }, { 0x2753, 0x2755 },
	{ 0x2757, 0x2757 }, { 0x2795, 0x2797 }, { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf }, { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 },
	{ 0x2b55, 0x2b55 }, { 0x2e80, 0x303e }, { 0x3041, 0x4dbf }, { 0x4e00, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe10, 0xfe19 }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x16fe0, 0x1b2ff },
	{ 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f320 },
	{ 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 },
	{ 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc },
	{ 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f54e }, { 0x1f550, 0x1f567 }, { 0x1f57a, 0x1f57a }, { 0x1f595, 0x1f596 },
	{ 0x1f5a4, 0x1f5a4 }, { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc }, { 0x1f6d0, 0x1f6d7 },
	{ 0x1f6dc, 0x1f6df }, { 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7eb }, { 0x1f7f0, 0x1f7f0 },
	{ 0x1f90c, 0x1f93a }, { 0x1f93c, 0x1f945 }, { 0x1f947, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd } };

/* Marks that stand over the character before (of the scripts that many write), joiners, variation selectors. */
static const struct range none[] = { { 0x300, 0x36f }, { 0x483, 0x489 }, { 0x591, 0x5bd }, { 0x610, 0x61a }, { 0x64b, 0x65f },
	{ 0x670, 0x670 }, { 0x6d6, 0x6dc }, { 0x6df, 0x6e4 }, { 0x93c, 0x93c }, { 0x941, 0x948 }, { 0x94d, 0x94d }, { 0xe31, 0xe31 },
	{ 0xe34, 0xe3a }, { 0xe47, 0xe4e }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x2060, 0x2064 },
	{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0100, 0xe01ef } };

/* They turn the direction of what follows, also of what is not theirs. */
static const struct range turning[] = { { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x206f } };

static bool
is_in(const struct range *r, size_t n, uint32_t c)
{
	size_t low = 0, mid;

	while (low < n) {
		mid = low + (n - low) / 2;
		if (c > r[mid].last)
			low = mid + 1;
		else if (c < r[mid].first)
			n = mid;
		else
			return true;
	}
	return false;
}

/* The character at s, and its bytes in *used. 0: a byte that is none. */
static uint32_t
next_char(const char *s, size_t n, size_t *used)
{
	static const unsigned char lead[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	struct utf8 u = { 0 };
	uint32_t c;
	size_t i = 0, k;

	do
		if (i == n || utf8_scan(&u, s + i, 1) != 1) {
			*used = 1;
			return 0;
		}
	while (i++, u.need > 0);
	c = (unsigned char)s[0] & lead[i];
	for (k = 1; k < i; k++)
		c = c << 6 | ((unsigned char)s[k] & 0x3f);
	*used = i;
	return c;
}

/* Bytes of the escape sequence at s (ECMA-48: CSI, the string ones up to BEL or ST, else one more character). */
static size_t
escape_length(const char *s, size_t n)
{
	size_t i = 2;

	if (n < 2)
		return n;
	if (s[1] == '[') {
		while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x40)
			i++;
		return i < n ? i + 1 : n;
	}
	if (s[1] == ']' || s[1] == 'P' || s[1] == '_' || s[1] == '^' || s[1] == 'X') {
		while (i < n && s[i] != '\a' && !(s[i] == '\033' && i + 1 < n && s[i + 1] == '\\'))
			i++;
		return i < n ? i + 1 + (s[i] == '\033') : n;
	}
	while (i < n && (unsigned char)s[i - 1] >= 0x20 && (unsigned char)s[i - 1] < 0x30)
		i++;
	return i;
}

/* One thing at s: what stands for it in text (*text, *len) and its columns; *used bytes of s are it. */
static size_t
cells_one(const char *s, size_t n, size_t column, const char **text, size_t *len, size_t *used)
{
	uint32_t c = next_char(s, n, used);

	*text = s;
	*len = *used;
	if (c == '\033') {
		*used = escape_length(s, n);
		return *len = 0;
	}
	if (c == '\t') {
		*text = "        ";
		return *len = 8 - column % 8;
	}
	if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
		*text = "?";
		return *len = 1;
	}
	if (is_in(turning, ARRAY_LEN(turning), c))
		return *len = 0;
	return is_in(none, ARRAY_LEN(none), c) ? 0 : is_in(wide, ARRAY_LEN(wide), c) ? 2 : 1;
}

size_t
cells_add(struct buf *out, const char *s, size_t n, size_t width)
{
	size_t i, used, len, columns, at = 0, cut_len = out->len, cut_at = 0;
	const char *text;

	for (i = 0; i < n; i += used) {
		columns = cells_one(s + i, n - i, at, &text, &len, &used);
		if (at + columns > width) {
			buf_splice(out, cut_len, out->len - cut_len, ">", width > 0);
			return cut_at + (width > 0);
		}
		buf_add(out, text, len);
		at += columns;
		if (at < width) {
			cut_len = out->len; /* as far as text may go with a '>' behind it */
			cut_at = at;
		}
	}
	return at;
}

static bool
is_end(char c)
{
	return c == '\n' || c == '\r';
}

size_t
cells_last_line(const char *s, size_t n, const char **line)
{
	size_t end = n, begin;

	while (end > 0 && is_end(s[end - 1]))
		end--;
	for (begin = end; begin > 0 && !is_end(s[begin - 1]); begin--)
		;
	*line = s + begin;
	return end - begin;
}
