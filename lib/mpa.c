/* Decides whether bytes are MPEG audio frames. Must never know what file they are in.
 * A sync word of eleven bits comes up by chance in any data; four headers at the distances that they state themselves do
 * not. Invariant: no more than SEARCH places are tried, each with CHAIN frames. */
#include "mpa.h"

#include <string.h>

#define CHAIN 4       /* frames in a row that prove it */
#define SEARCH 65536  /* bytes in which the first of them must begin: some encoders pad */

typedef size_t frame_fn(const unsigned char *h);

size_t
mpa_frame(const unsigned char *h)
{
	/* kbit/s by [column][index]: MPEG 1 layers I, II, III; MPEG 2 and 2.5 layer I, layers II and III */
	static const unsigned short kbit[5][16] = {
		{ 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448 },
		{ 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384 },
		{ 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 },
		{ 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256 },
		{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 },
	};
	static const unsigned hertz[4] = { 44100, 48000, 32000, 0 };
	unsigned version = h[1] >> 3 & 3, layer = 4 - (h[1] >> 1 & 3), rate = h[2] >> 2 & 3, pad = h[2] >> 1 & 1, bits, hz;

	if (h[0] != 0xff || (h[1] & 0xe0) != 0xe0 || version == 1 || layer == 4 || rate == 3 || (h[3] & 3) == 2)
		return 0;
	bits = kbit[version == 3 ? layer - 1 : layer == 1 ? 3 : 4][h[2] >> 4] * 1000u;
	hz = hertz[rate] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	if (layer == 1)
		return (12 * bits / hz + pad) * (bits > 0) * 4;
	return bits == 0 ? 0 : (layer == 3 && version != 3 ? 72 : 144) * bits / hz + pad;
}

size_t
mpa_adts_frame(const unsigned char *h)
{
	size_t n = (size_t)(h[3] & 3) << 11 | (size_t)h[4] << 3 | h[5] >> 5;

	if (h[0] != 0xff || (h[1] & 0xf6) != 0xf0 || (h[2] >> 2 & 15) > 12)
		return 0;
	return n >= MPA_HEAD ? n : 0;
}

/* Whether the sound ends at offset at: what players skip, or nothing, follows. */
static bool
sound_ends(struct peek *p, uint64_t at)
{
	static const char *const tags[] = { "TAG", "APETAGEX", "LYRICSBEGIN", "ID3", "3DI" };
	const unsigned char *b;
	size_t i;

	if (peek_at(p, at, MPA_HEAD) == NULL)
		return true;
	for (i = 0; i < ARRAY_LEN(tags); i++)
		if ((b = peek_at(p, at, strlen(tags[i]))) != NULL && memcmp(b, tags[i], strlen(tags[i])) == 0)
			return true;
	b = peek_at(p, at, MPA_HEAD);
	return b != NULL && b[0] == 0 && memcmp(b, b + 1, MPA_HEAD - 1) == 0;
}

/* Whole frames in a row from offset at, at most CHAIN; 0 where something else follows them too early. */
static unsigned
frames_at(struct peek *p, uint64_t at, frame_fn *frame)
{
	const unsigned char *h;
	unsigned n = 0;
	size_t len;

	for (; n < CHAIN && (h = peek_at(p, at, MPA_HEAD)) != NULL; n++, at += len) {
		len = frame(h);
		if (len == 0)
			return sound_ends(p, at) ? n : 0;
		if (len > p->size - at)
			break;
	}
	return n;
}

/* What the Xing or Info header inside the frame of len bytes at offset at says of the bytes from there on; 0: nothing. */
static uint64_t
bytes_stated(struct peek *p, uint64_t at, size_t len)
{
	const unsigned char *b = peek_at(p, at, len < PEEK_MAX ? len : PEEK_MAX);
	size_t n = len < PEEK_MAX ? len : PEEK_MAX, i;

	for (i = 4; b != NULL && i + 16 <= n && i <= 40; i++) {
		if ((memcmp(b + i, "Xing", 4) == 0 || memcmp(b + i, "Info", 4) == 0) && (b[i + 7] & 3) == 3)
			return (uint64_t)b[i + 12] << 24 | (uint64_t)b[i + 13] << 16 | (uint64_t)b[i + 14] << 8 | b[i + 15];
	}
	return 0;
}

/* The first place from at on where frames stand, or UINT64_MAX. */
static uint64_t
frames_find(struct peek *p, uint64_t at, frame_fn *frame)
{
	const unsigned char *h;
	uint64_t i;

	if (frames_at(p, at, frame) > 0)
		return at;
	for (i = at; i - at < SEARCH && (h = peek_at(p, i, MPA_HEAD)) != NULL; i++)
		if (h[0] == 0xff && frame(h) != 0 && frames_at(p, i, frame) == CHAIN)
			return i;
	return UINT64_MAX;
}

int
mpa_check(struct peek *p, uint64_t at, struct err *e)
{
	uint64_t first, stated;
	const unsigned char *h;

	first = frames_find(p, at, mpa_frame);
	if (first != UINT64_MAX && (h = peek_at(p, first, MPA_HEAD)) != NULL) {
		stated = bytes_stated(p, first, mpa_frame(h));
		if (stated > p->size - first)
			return err_set(e, 0, "cut: %llu bytes of sound of %llu", (unsigned long long)(p->size - first),
			               (unsigned long long)stated);
		return 0;
	}
	return frames_find(p, at, mpa_adts_frame) != UINT64_MAX ? 0 : err_set(e, 0, "no audio file that is known here");
}
