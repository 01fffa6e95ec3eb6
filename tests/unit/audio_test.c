/* audio: files made byte by byte, whole, cut at every place, and what only looks like sound. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "audio.h"
#include "buf.h"
#include "file.h"
#include "io.h"
#include "mem.h"
#include "mpa.h"

#define HEAD_MP3 "\xff\xfb\x90\x64"         /* MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes */
#define HEAD_MP3_24K "\xff\xf3\x84\xc4"     /* MPEG 2 layer III, 64 kbit/s, 24 kHz: 192 bytes */
#define HEAD_ADTS "\xff\xf1\x50\x80\x0c\x9f\xfc" /* AAC, 100 bytes */

static void
fill(struct buf *b, char c, size_t n)
{
	while (n-- > 0)
		buf_addc(b, c);
}

static void
frames(struct buf *b, const char *head, size_t nhead, size_t frame, unsigned n)
{
	for (; n > 0; n--) {
		buf_add(b, head, nhead);
		fill(b, 'x', frame - nhead);
	}
}

static void
le(struct buf *b, uint32_t v, unsigned n)
{
	for (; n > 0; n--, v >>= 8)
		buf_addc(b, (char)(v & 255));
}

static void
id3(struct buf *b, unsigned n)
{
	const char head[] = { 'I', 'D', '3', 4, 0, 0, 0, 0, (char)(n >> 7), (char)(n & 127) };

	buf_add(b, head, sizeof head);
	fill(b, '\xff', n);
}

static void
mp3(struct buf *b)
{
	frames(b, HEAD_MP3, 4, 417, 6);
}

static void
mp3_tagged(struct buf *b)
{
	id3(b, 300);
	id3(b, 10);
	frames(b, HEAD_MP3_24K, 4, 192, 2);
	buf_adds(b, "TAGtitle");
	fill(b, '\0', 120);
}

static void
mp3_padded(struct buf *b)
{
	fill(b, '\0', 5000);
	frames(b, HEAD_MP3, 4, 417, 5);
}

/* An Info header of six frames: the stated bytes are their sum. */
static void
mp3_info(struct buf *b)
{
	frames(b, HEAD_MP3, 4, 417, 6);
	memcpy(b->data + 36, "Info\0\0\0\x03\0\0\0\x06\0\0\x09\xc6", 16);
}

static void
adts(struct buf *b)
{
	frames(b, HEAD_ADTS, 7, 100, 5);
}

static void
wave_head(struct buf *b, uint32_t size)
{
	buf_add(b, "RIFF", 4);
	le(b, 36 + 100, 4);
	buf_adds(b, "WAVELIST");
	le(b, 3, 4);
	buf_adds(b, "abcd"); /* padded */
	buf_adds(b, "fmt ");
	le(b, 16, 4);
	le(b, 1, 2);
	le(b, 1, 2);
	le(b, 24000, 4);
	le(b, 48000, 4);
	le(b, 2, 2);
	le(b, 16, 2);
	buf_adds(b, "data");
	le(b, size, 4);
}

static void
wave(struct buf *b)
{
	wave_head(b, 100);
	fill(b, 's', 100);
}

static void
wave_streamed(struct buf *b)
{
	wave_head(b, 0xffffffffu);
	fill(b, 's', 64);
}

static void
ogg_page(struct buf *b, const char *body, size_t n, uint32_t granule)
{
	buf_add(b, "OggS\0\0", 6);
	le(b, granule, 4);
	le(b, 0, 4);
	fill(b, 'h', 12);
	buf_addc(b, 1);
	buf_addc(b, (char)n);
	buf_add(b, body, n);
}

static void
ogg(struct buf *b)
{
	ogg_page(b, "OpusHead_and_more", 17, 0);
	ogg_page(b, "OpusTags", 8, 0);
	ogg_page(b, "sound", 5, 960);
}

static void
flac(struct buf *b)
{
	buf_add(b, "fLaC\0\0\0\x22", 8);
	fill(b, 'i', 34);
	buf_add(b, "\x84\0\0\x02xx\xff\xf8", 8);
	fill(b, 's', 50);
}

/* whole: the least bytes that still pass, the rest of them is sound that a cut may shorten; 0: all of them. */
static const struct {
	const char *name;
	void (*make)(struct buf *);
	size_t whole;
} sounds[] = {
	{ "mp3", mp3, 417 },           { "mp3 with tags", mp3_tagged, 310 + 20 + 192 }, { "mp3 padded", mp3_padded, 5000 + 4 * 417 },
	{ "mp3 with Info", mp3_info, 0 }, { "adts", adts, 100 },                        { "wav", wave, 0 },
	{ "wav streamed", wave_streamed, 12 + 12 + 24 + 8 + 2 }, { "ogg", ogg, 0 },       { "flac", flac, 8 + 34 + 6 + 2 },
};

START_TEST(sound_passes_and_cuts_are_seen)
{
	AUTO_BUF b = { 0 };
	struct err e = { 0 };
	size_t n, whole;

	sounds[_i].make(&b);
	whole = sounds[_i].whole != 0 ? sounds[_i].whole : b.len;
	for (n = 0; n <= b.len; n++) {
		AUTO_FREE char *exact = xmemdup(b.data, n);
		int r = audio_check_memory(exact, n, &e);

		ck_assert_msg(r == (n >= whole ? 0 : -1), "%s of %zu bytes: %d %s", sounds[_i].name, n, r, e.msg);
	}
}
END_TEST

START_TEST(through_a_file_as_in_memory)
{
	AUTO_FREE char *name = xstrdup("/tmp/fh-audio.XXXXXX");
	AUTO_FD fd = mkstemp(name);
	AUTO_BUF b = { 0 };
	struct err e = { 0 };

	sounds[_i].make(&b);
	ck_assert_int_eq(io_write_full(fd, b.data, b.len), 0);
	ck_assert_msg(audio_check(AT_FDCWD, name, &e) == 0, "%s", e.msg);
	ck_assert_int_eq(ftruncate(fd, 20), 0);
	ck_assert_int_eq(audio_check(AT_FDCWD, name, &e), -1);
	unlink(name);
	ck_assert_int_eq(audio_check(AT_FDCWD, name, &e), -1);
	ck_assert_int_eq(e.code, ENOENT);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n;
	const char *words;
} others[] = {
#define S(lit) lit, sizeof lit - 1
	{ S(""), "is empty" },
	{ S("hello\n"), "no audio file that is known here" },
	{ S("ID3\4\0\0\0\0\0\x7f"), "cut: nothing follows its tags" },
	{ S("RIFF\0\0\0\0WAVE"), "cut: a WAV file without sound" },
	{ S("RIFF\0\0\0\0WAVEdata\4\0\0\0abcd"), "holds no sound" },
	{ S("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\1\0"), "a WAV file of no known format" },
	{ S("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\1\0\0\0\1\0\0\0\1\0\1\0data\0\0\0\0"), "holds no sound" },
	{ S("RIFF\0\0\0\0AVI LIST"), "no audio file that is known here" },
	{ S("OggS\0\2\0\0\0\0\0\0\0\0hhhhhhhhhhhh\1\7\x80theora"), "an OGG file of no known sound" },
	{ S("fLaC\1\0\0\x22"), "a FLAC file that does not say what it holds" },
	{ S("fLaC\x80\0\0\x22"), "cut: a FLAC file without sound" },
	{ S("\xff\xfb\x90\x64"), "no audio file that is known here" },
};

START_TEST(other_files_are_told)
{
	struct err e = { 0 };

	ck_assert_int_eq(audio_check_memory(others[_i].bytes, others[_i].n, &e), -1);
	ck_assert_str_eq(e.msg, others[_i].words);
}
END_TEST

START_TEST(what_is_no_file)
{
	AUTO_BUF zeros = { 0 };
	struct err e;

	ck_assert_int_eq(audio_check(AT_FDCWD, "/dev/zero", &e), -1);
	ck_assert_str_eq(e.msg, "no regular file");
	ck_assert_int_eq(audio_check(AT_FDCWD, "/", &e), -1);
	ck_assert_int_eq(e.code, EISDIR);
	fill(&zeros, '\0', 200000);
	ck_assert_int_eq(audio_check_memory(zeros.data, zeros.len, &e), -1);
	memset(zeros.data, '\xff', zeros.len);
	ck_assert_int_eq(audio_check_memory(zeros.data, zeros.len, &e), -1);
}
END_TEST

/* The length of every header that is one, against the formula of the standard: samples * bits / 8 / hertz. */
START_TEST(frame_lengths)
{
	static const struct { unsigned char h[MPA_HEAD]; size_t want; } rows[] = {
		{ { 0xff, 0xfb, 0x90, 0x64 }, 417 },  { { 0xff, 0xfb, 0x92, 0x64 }, 418 }, { { 0xff, 0xf3, 0x84, 0xc4 }, 192 },
		{ { 0xff, 0xe3, 0x18, 0xc4 }, 72 },   { { 0xff, 0xfd, 0x84, 0 }, 384 },    { { 0xff, 0xff, 0x14, 0 }, 32 },
		{ { 0xff, 0xfb, 0x00, 0x64 }, 0 },    { { 0xff, 0xfb, 0xf0, 0x64 }, 0 },   { { 0xff, 0xfb, 0x9c, 0x64 }, 0 },
		{ { 0xff, 0xeb, 0x90, 0x64 }, 0 },    { { 0xff, 0xf9, 0x90, 0x64 }, 0 },   { { 0xff, 0xfb, 0x90, 0x66 }, 0 },
		{ { 0xfe, 0xfb, 0x90, 0x64 }, 0 },    { { 0xff, 0xf5, 0x84, 0 }, 384 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(mpa_frame(rows[i].h) == rows[i].want, "row %zu: %zu, not %zu", i, mpa_frame(rows[i].h),
		              rows[i].want);
	ck_assert_uint_eq(mpa_adts_frame((const unsigned char *)HEAD_ADTS), 100);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("audio");
	TCase *t = tcase_create("audio");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, sound_passes_and_cuts_are_seen, 0, (int)ARRAY_LEN(sounds));
	tcase_add_loop_test(t, through_a_file_as_in_memory, 0, (int)ARRAY_LEN(sounds));
	tcase_add_loop_test(t, other_files_are_told, 0, (int)ARRAY_LEN(others));
	tcase_add_test(t, what_is_no_file);
	tcase_add_test(t, frame_lengths);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
