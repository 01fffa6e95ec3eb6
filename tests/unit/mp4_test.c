/* box, track, frag, mp4: files built box by box, each damage a row; and real ones as ffmpeg writes them, cut at every
 * byte. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "mem.h"
#include "mp4.h"

/* What the builder makes: a film of one video and one audio track, 4 samples each in 2 chunks, 2 seconds. */
struct film {
	bool moov_last, mdat_64, mdat_open, co64, v1, no_audio, no_video, no_moov, each_same, no_source, source_bad;
	unsigned stz2; /* bits of an entry; 0: stsz */
	uint32_t scale, movie_scale, count, times, handler_lie, version, shifts_add, sources_add, per_chunk, first_chunk, offset_add, header_s, chunks_add, runs_add,
	    entry, entries_add, entry_bytes;
	int32_t wait; /* ms of an empty edit, -1: no edit list */
	const char *without; /* a box that is left out */
	uint32_t grow; /* added to the size of moov */
};

static const struct film good = {
	.scale = 1000, .movie_scale = 1000, .count = 4, .times = 4, .per_chunk = 2, .first_chunk = 1, .entry = 1, .header_s = 2, .wait = -1,
};

static void
put32(struct buf *b, uint32_t v)
{
	unsigned char p[4] = { (unsigned char)(v >> 24), (unsigned char)(v >> 16), (unsigned char)(v >> 8),
		(unsigned char)v };

	buf_add(b, p, 4);
}

static void
put_wide(struct buf *b, bool wide, uint64_t v)
{
	if (wide)
		put32(b, (uint32_t)(v >> 32));
	put32(b, (uint32_t)v);
}

static size_t
box_begin(struct buf *b, const char *type)
{
	put32(b, 0);
	buf_add(b, type, 4);
	return b->len - 8;
}

static void
box_end(struct buf *b, size_t at, uint32_t add)
{
	uint32_t n = (uint32_t)(b->len - at) + add;
	unsigned char p[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
		(unsigned char)n };

	memcpy(b->data + at, p, 4);
}

/* Ends the box, or takes it back where the film is to go without it. */
static void
box_done(struct buf *b, size_t at, const struct film *f)
{
	if (f->without != NULL && memcmp(b->data + at + 4, f->without, 4) == 0)
		buf_splice(b, at, b->len - at, "", 0);
	else
		box_end(b, at, 0);
}

static void
put_sizes(struct buf *b, const struct film *f)
{
	size_t at = box_begin(b, f->stz2 ? "stz2" : "stsz");
	uint32_t i;

	put32(b, 0);
	put32(b, f->stz2 ? f->stz2 : f->each_same ? 10 : 0);
	put32(b, f->count);
	for (i = 0; !f->each_same && i < f->count; i++) {
		if (f->stz2 == 0)
			put32(b, 10);
		else if (f->stz2 == 16)
			buf_add(b, "\0\n", 2);
		else if (f->stz2 == 8)
			buf_addc(b, 10);
		else if (i % 2 == 0)
			buf_addc(b, (char)0xaa);
	}
	box_done(b, at, f);
}

static void
put_stbl(struct buf *b, const struct film *f, uint32_t media, const char *codec)
{
	size_t stbl = box_begin(b, "stbl"), at = box_begin(b, "stsd");
	uint32_t i;

	put32(b, 0), put32(b, 1 + f->entries_add), put32(b, f->entry_bytes ? f->entry_bytes : 16), buf_add(b, codec, 4), put32(b, 0), put32(b, 0);
	box_done(b, at, f);
	at = box_begin(b, "stts");
	put32(b, 0), put32(b, 1), put32(b, f->times), put32(b, f->scale / 2);
	box_done(b, at, f);
	at = box_begin(b, "stsc");
	put32(b, 0), put32(b, 1 + f->runs_add), put32(b, f->first_chunk), put32(b, f->per_chunk), put32(b, f->entry);
	box_done(b, at, f);
	at = box_begin(b, "ctts");
	put32(b, 0), put32(b, 1 + f->shifts_add), put32(b, f->count), put32(b, 0);
	box_done(b, at, f);
	put_sizes(b, f);
	at = box_begin(b, f->co64 ? "co64" : "stco");
	put32(b, 0), put32(b, 2 + f->chunks_add);
	for (i = 0; i < 2; i++)
		put_wide(b, f->co64, media + i * 20 + f->offset_add);
	box_done(b, at, f);
	box_done(b, stbl, f);
}

static void
put_edits(struct buf *b, const struct film *f)
{
	size_t edts = box_begin(b, "edts"), at = box_begin(b, "elst");

	put32(b, f->v1 ? 1u << 24 : 0), put32(b, 2);
	put_wide(b, f->v1, (uint64_t)f->wait * f->movie_scale / 1000), put_wide(b, f->v1, UINT64_MAX), put32(b, 0x10000);
	put_wide(b, f->v1, 2 * f->movie_scale), put_wide(b, f->v1, 0), put32(b, 0x10000);
	box_end(b, at, 0);
	box_end(b, edts, 0);
}

static void
put_trak(struct buf *b, const struct film *f, uint32_t id, const char *handler, uint32_t media)
{
	size_t trak = box_begin(b, "trak"), at = box_begin(b, "tkhd"), mdia, minf, dinf;

	put32(b, f->v1 ? 1u << 24 : 0), put_wide(b, f->v1, 0), put_wide(b, f->v1, 0), put32(b, id), put32(b, 0);
	box_done(b, at, f);
	if (f->wait >= 0)
		put_edits(b, f);
	mdia = box_begin(b, "mdia");
	at = box_begin(b, "mdhd");
	put32(b, f->version << 24 | (f->v1 ? 1u << 24 : 0)), put_wide(b, f->v1, 0), put_wide(b, f->v1, 0), put32(b, f->scale);
	put_wide(b, f->v1, 2 * f->scale), put32(b, 0);
	box_done(b, at, f);
	at = box_begin(b, "hdlr");
	put32(b, 0), put32(b, 0), buf_add(b, f->handler_lie ? "text" : handler, 4), put32(b, 0), put32(b, 0), put32(b, 0);
	box_done(b, at, f);
	minf = box_begin(b, "minf");
	dinf = box_begin(b, "dinf"), at = box_begin(b, "dref");
	put32(b, 0), put32(b, f->no_source ? 0 : 1 + f->sources_add), put32(b, f->source_bad ? 1 : 12), buf_adds(b, "url "), put32(b, 1);
	box_done(b, at, f);
	box_done(b, dinf, f);
	put_stbl(b, f, media, strcmp(handler, "vide") == 0 ? "avc1" : "mp4a");
	box_done(b, minf, f);
	box_done(b, mdia, f);
	box_done(b, trak, f);
}

static void
put_moov(struct buf *b, const struct film *f, uint32_t media)
{
	size_t moov = box_begin(b, "moov"), at = box_begin(b, "mvhd");

	put32(b, f->v1 ? 1u << 24 : 0), put_wide(b, f->v1, 0), put_wide(b, f->v1, 0), put32(b, f->movie_scale);
	put_wide(b, f->v1, f->header_s * f->movie_scale), put32(b, 0);
	box_done(b, at, f);
	if (!f->no_video)
		put_trak(b, f, 1, "vide", media);
	if (!f->no_audio)
		put_trak(b, f, 2, "soun", media + 40);
	box_end(b, moov, f->grow);
}

static void
put_mdat(struct buf *b, const struct film *f)
{
	char media[80] = { 0 };
	uint32_t head = f->mdat_64 ? 16 : 8;

	put32(b, f->mdat_open ? 0 : f->mdat_64 ? 1 : head + sizeof media);
	buf_adds(b, "mdat");
	if (f->mdat_64)
		put_wide(b, true, head + sizeof media);
	buf_add(b, media, sizeof media);
}

/* Twice where moov comes first: its size says where the media bytes are. */
static void
film_build(struct buf *b, const struct film *f)
{
	uint32_t head = f->mdat_64 ? 16 : 8, media = 0;
	int round;

	for (round = 0; round < 2; round++) {
		buf_reset(b);
		put32(b, 16), buf_adds(b, "ftypisom"), put32(b, 512);
		if (f->moov_last)
			media = (uint32_t)b->len + head, put_mdat(b, f);
		if (!f->no_moov)
			put_moov(b, f, media);
		if (!f->moov_last)
			media = (uint32_t)b->len + head, put_mdat(b, f);
	}
}

static int
film_read(const struct film *f, struct mp4 *m, struct err *e)
{
	AUTO_BUF b = { 0 };
	AUTO_FREE char *exact = NULL;

	film_build(&b, f);
	exact = xmemdup(b.data, b.len); /* so that a sanitizer sees a read behind the end */
	return mp4_read_memory(exact, b.len, m, e);
}

#pragma GCC diagnostic ignored "-Woverride-init" /* a row overrides what is good */

/* G(x): the good film with x changed. */
#define G(...) { .f = { .scale = 1000, .movie_scale = 1000, .count = 4, .times = 4, .per_chunk = 2, .first_chunk = 1, \
	.entry = 1, .header_s = 2, .wait = -1, __VA_ARGS__ }
static const struct {
	struct film f;
	int64_t ns;
} whole[] = {
	G(.wait = -1), 2000000000 },
	G(.moov_last = true), 2000000000 },
	G(.moov_last = true, .mdat_64 = true), 2000000000 },
	G(.mdat_64 = true, .co64 = true, .v1 = true), 2000000000 },
	G(.mdat_open = true), 2000000000 },
	G(.each_same = true), 2000000000 },
	G(.stz2 = 16), 2000000000 },
	G(.stz2 = 8), 2000000000 },
	G(.stz2 = 4), 2000000000 },
	G(.per_chunk = 100, .count = 4), 2000000000 },
	G(.header_s = 0), 2000000000 },
	G(.header_s = 4000), 2000000000 }, /* a header that lies */
	G(.scale = 44100, .movie_scale = 90000), 2000000000 },
	G(.wait = 1500, .header_s = 0), 3500000000 },
	G(.wait = 1500, .v1 = true, .header_s = 0), 3500000000 },
};

START_TEST(a_whole_film_is_read)
{
	struct mp4 m;
	struct err e;

	ck_assert_msg(film_read(&whole[_i].f, &m, &e) == 0, "row %d: %s", _i, e.msg);
	ck_assert_uint_eq(m.video.tracks, 1);
	ck_assert_uint_eq(m.video.samples, 4);
	ck_assert_str_eq(m.video.codec, "avc1");
	ck_assert_uint_eq(m.audio.samples, 4);
	ck_assert_uint_eq(m.audio.bytes, 40);
	ck_assert_str_eq(m.audio.codec, "mp4a");
	ck_assert_int_eq(m.duration_ns, whole[_i].ns);
}
END_TEST

START_TEST(tracks_are_told_apart)
{
	struct film f = good;
	struct mp4 m;

	f.no_audio = true;
	ck_assert_int_eq(film_read(&f, &m, NULL), 0);
	ck_assert(m.audio.tracks == 0 && m.audio.samples == 0 && m.video.samples == 4);
	f.no_video = true;
	ck_assert_int_eq(film_read(&f, &m, NULL), 0);
	ck_assert(m.video.tracks == 0 && m.duration_ns == 0);
	f = good;
	f.handler_lie = 1;
	ck_assert_int_eq(film_read(&f, &m, NULL), 0);
	ck_assert(m.video.tracks == 0 && m.audio.tracks == 0);
	f = good;
	f.count = f.times = 0;
	ck_assert_int_eq(film_read(&f, &m, NULL), 0);
	ck_assert(m.audio.tracks == 1 && m.audio.samples == 0 && m.duration_ns == 0);
}
END_TEST

static const struct {
	struct film f;
	const char *words;
} broken[] = {
	G(.no_moov = true), "no moov box" },
	G(.without = "mvhd"), "no mvhd box" },
	G(.without = "tkhd"), "no tkhd box" },
	G(.without = "mdia"), "no mdia box" },
	G(.without = "mdhd"), "no mdhd box" },
	G(.without = "hdlr"), "no hdlr box" },
	G(.without = "minf"), "no minf box" },
	G(.without = "stbl"), "no stbl box" },
	G(.without = "stsd"), "no stsd box" },
	G(.without = "stts"), "no stts box" },
	G(.without = "stsc"), "no stsc box" },
	G(.without = "stsz"), "no stsz box" },
	G(.without = "stco"), "no stco box" },
	G(.scale = 0), "time scale 0" },
	G(.movie_scale = 0), "time scale 0" },
	G(.times = 3), "4 samples have a size, 3 have a time" },
	G(.count = 5, .times = 5), "1 samples are in no chunk" },
	G(.per_chunk = 1), "2 samples are in no chunk" },
	G(.first_chunk = 2), "2 samples are in no chunk" },
	G(.first_chunk = 0), "out of order" },
	G(.offset_add = 70), "not within the media bytes" },
	G(.offset_add = 21), "not within the media bytes" },
	G(.offset_add = 0xffffff00), "not within the media bytes" },
	G(.each_same = true, .count = 0x7fffffff, .times = 0x7fffffff, .per_chunk = 0x7fffffff), "not within the media" },
	G(.grow = 100000), "cut: box moov" },
	G(.entries_add = 1), "box ends before its contents" },
	G(.entry_bytes = 17), "box ends before its contents" },
	G(.entry_bytes = 7), "an entry of 7 bytes" },
	G(.chunks_add = 1), "3 chunks do not fit" },
	G(.chunks_add = 0xde000000), "chunks do not fit" },
	G(.runs_add = 1), "2 runs of chunks do not fit" },
	G(.stz2 = 5), "entries of 5 bits" },
	G(.version = 2), "version 2, which is not known" },
	G(.version = 0xff), "version 255, which is not known" },
	G(.shifts_add = 1), "ctts box: 2 entries do not fit" },
	G(.shifts_add = 0xfffffffe), "ctts box: 4294967295 entries do not fit" },
	G(.no_source = true), "dref box: no entry" },
	G(.sources_add = 1), "dref box: 1 entries do not fit" },
	G(.source_bad = true), "cut: box header" },
	G(.first_chunk = 3), "chunk 3 of 2" },
	G(.entry = 2), "entry 2 of stsd, which has 1" },
	G(.entry = 0), "entry 0 of stsd, which has 1" },
};

START_TEST(a_broken_film_is_told)
{
	struct mp4 m;
	struct err e = { .msg = "" };

	ck_assert_msg(film_read(&broken[_i].f, &m, &e) == -1, "row %d: %s is taken as whole", _i, broken[_i].words);
	ck_assert_msg(strstr(e.msg, broken[_i].words) != NULL, "row %d: %s, not %s", _i, e.msg, broken[_i].words);
}
END_TEST

/* Every 32-bit word set to what hurts: no crash, no hang, and never more samples than there are bytes for. */
START_TEST(no_word_hurts)
{
	static const uint32_t bad[] = { 0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff };
	AUTO_BUF b = { 0 };
	struct film f = good;
	struct mp4 m;
	size_t at, i;

	f.wait = 100;
	film_build(&b, &f);
	for (at = 0; at + 4 <= b.len; at++)
		for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
			AUTO_FREE unsigned char *p = xmemdup(b.data, b.len);

			p[at] = (unsigned char)(bad[i] >> 24), p[at + 1] = (unsigned char)(bad[i] >> 16);
			p[at + 2] = (unsigned char)(bad[i] >> 8), p[at + 3] = (unsigned char)bad[i];
			if (mp4_read_memory(p, b.len, &m, NULL) == 0)
				ck_assert_uint_le(m.video.bytes + m.audio.bytes, 2 * b.len);
		}
}
END_TEST

START_TEST(no_prefix_is_whole)
{
	AUTO_BUF b = { 0 };
	struct mp4 m;
	struct err e;
	struct film f = good;
	size_t n;

	f.moov_last = _i;
	film_build(&b, &f);
	for (n = 0; n < b.len; n++) {
		AUTO_FREE char *p = xmemdup(b.data, n);

		ck_assert_msg(mp4_read_memory(p, n, &m, &e) == -1, "%zu of %zu bytes are taken as whole", n, b.len);
		ck_assert(e.msg[0] != '\0');
	}
}
END_TEST

START_TEST(what_is_no_film_is_told)
{
	struct mp4 m;
	struct err e;
	AUTO_FD dir = open(".", O_RDONLY | O_CLOEXEC), null = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(mp4_read_memory("", 0, &m, &e), -1);
	ck_assert_str_eq(e.msg, "empty");
	ck_assert_int_eq(mp4_read_memory("hello world, I am text", 22, &m, &e), -1);
	ck_assert_int_eq(mp4_read(dir, &m, &e), -1);
	ck_assert_int_eq(mp4_read(null, &m, &e), -1);
	ck_assert_str_eq(e.msg, "not a regular file");
	ck_assert(mp4_is("\0\0\0\x18""ftypisom", 12));
	ck_assert(!mp4_is("\x1a\x45\xdf\xa3\x9f\x42\x86\x81", 8));
	ck_assert(!mp4_is("\0\0\0\x18", 4));
}
END_TEST

/* A sparse giant of boxes and tables costs bounded time (the test's own limit is 4 s). */
START_TEST(a_giant_is_bounded)
{
	char name[] = "/tmp/fh-mp4.XXXXXX";
	AUTO_FD fd = mkstemp(name);
	AUTO_BUF b = { 0 };
	struct mp4 m;
	struct err e;
	uint32_t i;

	unlink(name);
	for (i = 0; i < 1100000; i++)
		put32(&b, 8), buf_adds(&b, "free");
	ck_assert_int_eq(io_write_full(fd, b.data, b.len), 0);
	ck_assert_int_eq(mp4_read(fd, &m, &e), -1);
	ck_assert_msg(strncmp(e.msg, "more than", 9) == 0, "%s", e.msg);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	buf_reset(&b);
	put32(&b, 1), buf_adds(&b, "moov"), put_wide(&b, true, UINT64_C(1) << 40);
	put32(&b, 1000), buf_adds(&b, "mvhd"), put32(&b, 0), put32(&b, 0), put32(&b, 0), put32(&b, 1000), put32(&b, 0);
	ck_assert_int_eq(pwrite(fd, b.data, b.len, 0), (ssize_t)b.len);
	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 40), 0);
	ck_assert_int_eq(mp4_read(fd, &m, &e), 0);
	ck_assert_uint_eq(m.video.tracks, 0);
}
END_TEST

static const struct {
	const char *name, *args;
	int64_t video, audio; /* samples */
	bool fragments;
} real[] = {
	{ "plain", "-c:v mpeg4 -c:a aac", 20, 36, false },
	{ "moov first", "-c:v mpeg4 -c:a aac -movflags +faststart", 20, 36, false },
	{ "no sound", "-c:v mpeg4 -an", 20, 0, false },
	{ "fragments", "-c:v mpeg4 -g 5 -c:a aac -movflags frag_keyframe+empty_moov", 20, 36, true },
	{ "fragments by moof", "-c:v mpeg4 -g 5 -c:a aac -movflags frag_keyframe+empty_moov+default_base_moof", 20, 36, true },
	{ "a fragment each", "-c:v mpeg4 -c:a aac -movflags frag_every_frame+empty_moov", 20, 36, true },
	{ "first in moov", "-c:v mpeg4 -g 5 -c:a aac -movflags frag_keyframe", 20, 36, true },
};

/* Makes row i with ffmpeg. Returns whether there is one. */
static bool
real_make(int i, struct buf *b)
{
	char name[] = "/tmp/fh-mp4.XXXXXX";
	int fd = mkstemp(name);
	char cmd[512];
	bool made;

	close(fd);
	snprintf(cmd, sizeof cmd, "ffmpeg -nostdin -v error -y -f lavfi -i testsrc=s=32x32:r=25:d=0.8 "
	    "-f lavfi -i sine=d=0.8:r=44100 %s -f mp4 %s 2>/dev/null", real[i].args, name);
	made = system(cmd) == 0 && io_slurp_at(AT_FDCWD, name, b, SIZE_MAX / 2) == 0;
	unlink(name);
	return made;
}

/* With the number of 4 bytes at p another one, the film is refused with these words. */
static void
refused_with(struct buf *b, char *p, char last_byte, const char *words)
{
	char was[4];
	struct err e = { .msg = "" };
	struct mp4 m;

	memcpy(was, p, 4);
	memcpy(p, "\0\0\0", 3);
	p[3] = last_byte;
	ck_assert_int_eq(mp4_read_memory(b->data, b->len, &m, &e), -1);
	ck_assert_msg(strstr(e.msg, words) != NULL, "%s, not %s", e.msg, words);
	memcpy(p, was, 4);
}

/* What fragments go by (ISO 14496-12, 8.8.3, 8.8.7): a trex for their track, a sample entry that is there, a size for samples that
 * have none of their own (each_by_default: none has). */
static void
fragments_break(struct buf *b, bool each_by_default)
{
	char *trex = memmem(b->data, b->len, "trex", 4), *tfhd = memmem(b->data, b->len, "tfhd", 4);

	if (trex == NULL)
		return;
	refused_with(b, trex + 8, 77, "has no trex box");
	refused_with(b, memmem(b->data, b->len, "mvex", 4), 0, "has no trex box");
	refused_with(b, trex + 12, 2, "samples of entry 2 of stsd, which has 1");
	if (each_by_default) /* behind flags, track and where the bytes lie, its ticks and bytes */
		refused_with(b, tfhd + 12 + (tfhd[7] & 1 ? 8 : 0) + 4, 0, "samples whose size nothing says");
}

/* Fragments that all begin at 0 (tfdt) lie upon each other: they last as long as the longest, not as long as all. */
static void
times_decide(struct buf *b, int64_t whole_ns)
{
	AUTO_FREE char *copy = xmemdup(b->data, b->len);
	char *at = copy;
	struct err e = { .msg = "" };
	struct mp4 m;

	while ((at = memmem(at, b->len - (size_t)(at - copy), "tfdt", 4)) != NULL) {
		memset(at + 8, 0, at[4] == 1 ? 8 : 4);
		at += 4;
	}
	ck_assert_msg(mp4_read_memory(copy, b->len, &m, &e) == 0, "%s", e.msg);
	ck_assert_int_gt(m.duration_ns, 0);
	ck_assert_int_lt(m.duration_ns, whole_ns / 2);
}

/* A fragment without samples (the last one, emptied) ends nowhere, whenever it begins. */
static void
empty_ends_nowhere(struct buf *b, int64_t whole_ns)
{
	AUTO_FREE char *copy = xmemdup(b->data, b->len);
	char *at = copy, *tfdt = NULL, *trun;
	struct err e = { .msg = "" };
	struct mp4 m;

	for (; (at = memmem(at, b->len - (size_t)(at - copy), "tfdt", 4)) != NULL; at += 4)
		tfdt = at;
	ck_assert_ptr_nonnull(tfdt);
	trun = memmem(tfdt, b->len - (size_t)(tfdt - copy), "trun", 4);
	ck_assert_ptr_nonnull(trun);
	tfdt[tfdt[4] == 1 ? 12 : 8] = 1; /* 2^24 ticks */
	memset(trun + 8, 0, 4);
	ck_assert_msg(mp4_read_memory(copy, b->len, &m, &e) == 0, "%s", e.msg);
	ck_assert_int_gt(m.duration_ns, 0);
	ck_assert_int_le(m.duration_ns, whole_ns);
}

START_TEST(real_films_are_read)
{
	AUTO_BUF b = { 0 };
	struct mp4 m, cut;
	struct err e;
	size_t n;

	if (!real_make(_i, &b))
		return; /* a machine without ffmpeg */
	ck_assert_msg(mp4_read_memory(b.data, b.len, &m, &e) == 0, "%s: %s", real[_i].name, e.msg);
	ck_assert_int_eq((int64_t)m.video.samples, real[_i].video);
	ck_assert_int_eq((int64_t)m.audio.samples, real[_i].audio);
	ck_assert(m.fragmented == real[_i].fragments);
	ck_assert_int_ge(m.duration_ns, 760000000);
	ck_assert_int_le(m.duration_ns, 900000000);
	for (n = 0; n < b.len; n++)
		if (mp4_read_memory(b.data, n, &cut, NULL) == 0)
			ck_assert_msg(real[_i].fragments && cut.video.samples <= m.video.samples,
			    "%s: %zu of %zu bytes are taken as whole", real[_i].name, n, b.len);
	if (m.fragmented) {
		times_decide(&b, m.duration_ns);
		empty_ends_nowhere(&b, m.duration_ns);
	}
	fragments_break(&b, strcmp(real[_i].name, "a fragment each") == 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mp4");
	TCase *tc = tcase_create("mp4");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_whole_film_is_read, 0, sizeof whole / sizeof whole[0]);
	tcase_add_test(tc, tracks_are_told_apart);
	tcase_add_loop_test(tc, a_broken_film_is_told, 0, sizeof broken / sizeof broken[0]);
	tcase_add_test(tc, no_word_hurts);
	tcase_add_loop_test(tc, no_prefix_is_whole, 0, 2);
	tcase_add_test(tc, what_is_no_film_is_told);
	tcase_add_test(tc, a_giant_is_bounded);
	tcase_add_loop_test(tc, real_films_are_read, 0, sizeof real / sizeof real[0]);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
