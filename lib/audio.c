/* Decides whether a file is sound, by the container that its first bytes announce. Must never know why it is asked.
 * Invariant: work is bounded for hostile input (TAGS_MAX, CHUNKS_MAX, PAGES_MAX; mpa.c, mp4.c have their own bounds). */
#include "audio.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "io.h"
#include "mp4.h"
#include "mpa.h"
#include "peek.h"

#define TAGS_MAX 8     /* ID3 tags in front */
#define CHUNKS_MAX 512 /* of a WAV or FLAC file before the sound */
#define PAGES_MAX 64   /* of an OGG file */
#define STREAMED 0xfffffff0u /* a WAV size from here on: written into a pipe, goes to the end */

static uint32_t
le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool
has(struct peek *p, uint64_t at, const char *magic, size_t n)
{
	const unsigned char *b = peek_at(p, at, n);

	return b != NULL && memcmp(b, magic, n) == 0;
}

/* Behind the ID3v2 tags (id3.org/id3v2.4.0-structure, 3.1): their size is four times seven bits. */
static uint64_t
tags_skip(struct peek *p)
{
	const unsigned char *b;
	uint64_t at = 0;
	unsigned i;

	for (i = 0; i < TAGS_MAX && has(p, at, "ID3", 3) && (b = peek_at(p, at, 10)) != NULL; i++)
		at += 10 + ((b[6] & 127u) << 21 | (b[7] & 127u) << 14 | (b[8] & 127u) << 7 | (b[9] & 127u)) +
		      ((b[5] & 0x10) != 0 ? 10 : 0);
	return at;
}

/* A data chunk of size bytes that should be at offset at. */
static int
wave_data(const struct peek *p, uint64_t at, uint32_t size, unsigned frame, struct err *e)
{
	if (size >= STREAMED)
		size = p->size - at < STREAMED ? (uint32_t)(p->size - at) : STREAMED;
	if (size < frame || frame == 0)
		return err_set(e, 0, "holds no sound");
	if (size > p->size - at)
		return err_set(e, 0, "cut: %llu bytes of sound of %lu", (unsigned long long)(p->size - at), (unsigned long)size);
	return 0;
}

/* RIFF (Multimedia Programming Interface and Data Specifications 1.0): chunks of id, size, bytes, padded to two. */
static int
wave_check(struct peek *p, struct err *e)
{
	unsigned frame = 0, i;
	const unsigned char *b;
	uint64_t at = 12;
	uint32_t size;

	for (i = 0; i < CHUNKS_MAX && (b = peek_at(p, at, 8)) != NULL; i++) {
		size = le32(b + 4);
		at += 8;
		if (memcmp(b, "data", 4) == 0)
			return wave_data(p, at, size, frame, e);
		if (memcmp(b, "fmt ", 4) == 0) {
			if (size < 16 || (b = peek_at(p, at, 16)) == NULL || b[2] + b[3] == 0 || le32(b + 4) == 0)
				return err_set(e, 0, "a WAV file of no known format");
			frame = b[12] | (unsigned)b[13] << 8;
		}
		at += (uint64_t)size + (size & 1);
	}
	return err_set(e, 0, "cut: a WAV file without sound");
}

/* The page at offset at (RFC 3533, section 6). Returns its bytes, 0 where there is no whole page; *timed: whether a
 * packet of sound ends on it. */
static uint64_t
ogg_page(struct peek *p, uint64_t at, bool *timed)
{
	const unsigned char *b = peek_at(p, at, 27);
	uint64_t n = 27;
	unsigned i, segments;

	if (b == NULL || memcmp(b, "OggS", 5) != 0)
		return 0;
	*timed = memcmp(b + 6, "\0\0\0\0\0\0\0\0", 8) != 0 && memcmp(b + 6, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) != 0;
	segments = b[26];
	if ((b = peek_at(p, at + n, segments)) == NULL)
		return 0;
	n += segments;
	for (i = 0; i < segments; i++)
		n += b[i];
	return n <= p->size - at ? n : 0;
}

static int
ogg_check(struct peek *p, struct err *e)
{
	static const struct { const char *magic; size_t n; } kinds[] = { { "\x01vorbis", 7 }, { "OpusHead", 8 },
		{ "\x7f" "FLAC", 5 }, { "Speex   ", 8 } };
	bool sound = false, timed = false;
	const unsigned char *b;
	uint64_t at = 0, n;
	unsigned pages;
	size_t i;

	for (pages = 0; pages < PAGES_MAX && (n = ogg_page(p, at, &timed)) != 0; pages++, at += n) {
		if (sound && timed)
			return 0;
		if ((b = peek_at(p, at + 26, 1)) == NULL)
			break;
		for (i = 0; i < ARRAY_LEN(kinds); i++)
			sound |= has(p, at + 27 + b[0], kinds[i].magic, kinds[i].n);
	}
	return err_set(e, 0, sound ? "cut: an OGG file without sound" : "an OGG file of no known sound");
}

/* Metadata blocks up to the last (RFC 9639, section 8), then a frame. */
static int
flac_check(struct peek *p, uint64_t at, struct err *e)
{
	const unsigned char *b;
	bool last = false;
	unsigned i;

	for (i = 0, at += 4; i < CHUNKS_MAX && !last && (b = peek_at(p, at, 4)) != NULL; i++) {
		last = (b[0] & 0x80) != 0;
		if (i == 0 && ((b[0] & 0x7f) != 0 || b[3] != 34))
			return err_set(e, 0, "a FLAC file that does not say what it holds");
		at += 4 + ((uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 | b[3]);
	}
	b = last ? peek_at(p, at, 2) : NULL;
	return b != NULL && b[0] == 0xff && (b[1] & 0xfe) == 0xf8 ? 0 : err_set(e, 0, "cut: a FLAC file without sound");
}

static int
film_check(const struct peek *p, struct err *e)
{
	struct mp4 m;

	if ((p->fd < 0 ? mp4_read_memory(p->mem, (size_t)p->size, &m, e) : mp4_read(p->fd, &m, e)) < 0)
		return -1;
	return m.audio.samples > 0 ? 0 : err_set(e, 0, "holds no sound");
}

static int
sound_check(struct peek *p, struct err *e)
{
	const unsigned char *b;
	uint64_t at = tags_skip(p);

	if (p->size == 0)
		return err_set(e, 0, "is empty");
	if (at >= p->size)
		return err_set(e, 0, "cut: nothing follows its tags");
	if (has(p, at, "fLaC", 4))
		return flac_check(p, at, e);
	if (has(p, 0, "RIFF", 4) && has(p, 8, "WAVE", 4))
		return wave_check(p, e);
	if (has(p, 0, "OggS", 4))
		return ogg_check(p, e);
	if ((b = peek_at(p, 0, 12)) != NULL && mp4_is(b, 12))
		return film_check(p, e);
	return mpa_check(p, at, e);
}

int
audio_check(int dirfd, const char *name, struct err *e)
{
	AUTO_FD fd = io_open_regular(dirfd, name);
	struct peek p;
	int r;

	if (fd == -EINVAL)
		return err_set(e, EINVAL, "no regular file");
	if (fd < 0)
		return err_set(e, -fd, "%s", strerror(-fd));
	if (peek_open(&p, fd, e) < 0)
		return -1;
	r = sound_check(&p, e);
	if (p.error != 0)
		return err_sys(e, p.error, "cannot read");
	return r;
}

int
audio_check_memory(const void *data, size_t n, struct err *e)
{
	struct peek p;

	peek_memory(&p, data, n);
	return sound_check(&p, e);
}
