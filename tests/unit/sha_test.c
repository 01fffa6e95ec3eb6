/* sha: published vectors, and text hashed the way Python's text mode reads it, cut at every place. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "sha.h"

#define S(lit) lit, sizeof lit - 1

static const struct vector {
	const char *text;
	size_t n;
	const char *hex;
} vectors[] = { /* FIPS 180-4 examples, NIST CAVP byte vectors */
	{ S(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ S("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ S("\xd3"), "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1" },
};

static void
hash(const char *p, size_t n, char hex[SHA_HEX])
{
	struct sha s;

	sha_init(&s);
	sha_add(&s, p, n);
	sha_end(&s, hex);
}

START_TEST(vectors_hold)
{
	char hex[SHA_HEX];

	hash(vectors[_i].text, vectors[_i].n, hex);
	ck_assert_str_eq(hex, vectors[_i].hex);
}
END_TEST

/* A million "a", in pieces of odd sizes. */
START_TEST(pieces_make_the_whole)
{
	char piece[997], hex[SHA_HEX];
	size_t left = 1000000, n;
	struct sha s;

	memset(piece, 'a', sizeof piece);
	sha_init(&s);
	for (; left > 0; left -= n) {
		n = left < sizeof piece ? left : 1 + left % sizeof piece;
		sha_add(&s, piece, n);
	}
	ck_assert_str_eq(sha_end(&s, hex), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

static const struct {
	const char *raw;
	size_t nraw;
	const char *text; /* NULL: no UTF-8 */
	size_t ntext;     /* or the offset of the first bad byte */
} texts[] = {
	{ S(""), S("") },
	{ S("a\nb\n"), S("a\nb\n") },
	{ S("a\r\nb\r\n"), S("a\nb\n") },
	{ S("a\rb\r"), S("a\nb\n") },
	{ S("\r\r\n\n\r\n\r"), S("\n\n\n\n\n") },
	{ S("\n\r\n\r"), S("\n\n\n") },
	{ S("\r\n"), S("\n") },
	{ S("\r\r\r"), S("\n\n\n") },
	{ S("nul\0in\r\nside"), S("nul\0in\nside") },
	{ S("\xef\xbb\xbf" "bom stays\r\n"), S("\xef\xbb\xbf" "bom stays\n") },
	{ S("\xc2\x85\xe2\x80\xa8\v\f are no newlines here"), S("\xc2\x85\xe2\x80\xa8\v\f are no newlines here") },
	{ S("\xc3\xbc\r\n\xe2\x82\xac\r\xf0\x9f\x98\x80"), S("\xc3\xbc\n\xe2\x82\xac\n\xf0\x9f\x98\x80") },
	{ S("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"), S("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf") },
	{ S("long enough for eight at a time \xc3\xbc and again"), S("long enough for eight at a time \xc3\xbc and again") },
	{ S("0123456789\x80"), NULL, 10 },
	{ S("a\xc3"), NULL, 2 },
	{ S("\xc0\x80"), NULL, 0 },
	{ S("\xc1\xbf"), NULL, 0 },
	{ S("ab\xe0\x9f\xbf"), NULL, 3 },
	{ S("\xed\xa0\x80"), NULL, 1 },
	{ S("\xf0\x8f\xbf\xbf"), NULL, 1 },
	{ S("\xf4\x90\x80\x80"), NULL, 1 },
	{ S("\xf5\x80\x80\x80"), NULL, 0 },
	{ S("\xff"), NULL, 0 },
	{ S("\xe2\x82 x"), NULL, 2 },
	{ S("\xc3\r\n"), NULL, 1 },
};

/* Every text, cut into two at every place, and fed byte by byte (cut == nraw + 1). */
START_TEST(texts_are_read_as_python_reads_them)
{
	const char *raw = texts[_i].raw;
	size_t n = texts[_i].nraw, cut, k;
	char want[SHA_HEX] = "", hex[SHA_HEX];
	struct sha_text t;
	int r;

	if (texts[_i].text != NULL)
		hash(texts[_i].text, texts[_i].ntext, want);
	for (cut = 0; cut <= n + 1; cut++) {
		sha_text_init(&t);
		r = 0;
		if (cut <= n) {
			r = sha_text_add(&t, raw, cut);
			if (r == 0)
				r = sha_text_add(&t, raw + cut, n - cut);
		} else {
			for (k = 0; r == 0 && k < n; k++)
				r = sha_text_add(&t, raw + k, 1);
		}
		if (r == 0)
			r = sha_text_end(&t, hex);
		ck_assert_int_eq(r, texts[_i].text != NULL ? 0 : -1);
		if (r == 0)
			ck_assert_str_eq(hex, want);
		else
			ck_assert_uint_eq(t.at, texts[_i].ntext);
	}
}
END_TEST

/* A CR at the end of one 64 KiB read and its LF at the start of the next. */
START_TEST(newlines_across_reads)
{
	static char raw[200000], text[200000];
	size_t pad = 65534 + (size_t)_i, ntext = pad;
	char want[SHA_HEX], hex[SHA_HEX];
	AUTO_FD fd = file_temp(NULL);
	struct err e;

	ck_assert_int_ge(fd, 0);
	memset(raw, 'x', sizeof raw);
	memset(text, 'x', sizeof text);
	memcpy(raw + pad, "\r\n\xc3\xbc\r", 5);
	memcpy(text + pad, "\n\xc3\xbc\n", 4);
	ntext += 4 + 1000;
	ck_assert_int_eq(io_write_full(fd, raw, pad + 5 + 1000), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	hash(text, ntext, want);
	ck_assert_int_eq(sha_text_fd(fd, hex, &e), 0);
	ck_assert_str_eq(hex, want);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	hash(raw, pad + 5 + 1000, want);
	ck_assert_int_eq(sha_fd(fd, hex, &e), 0);
	ck_assert_str_eq(hex, want);
}
END_TEST

START_TEST(failures_have_words)
{
	AUTO_FD fd = file_temp(NULL);
	char hex[SHA_HEX];
	struct err e;

	ck_assert_int_eq(io_write_full(fd, "ab\xff", 3), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(sha_text_fd(fd, hex, &e), -1);
	ck_assert_str_eq(e.msg, "byte 3: not valid UTF-8");
	ck_assert_int_eq(e.code, EILSEQ);
	ck_assert_int_eq(sha_text_fd(-1, hex, &e), -1);
	ck_assert_int_eq(e.code, EBADF);
	ck_assert_int_eq(sha_fd(-1, hex, &e), -1);
	ck_assert_int_eq(e.code, EBADF);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sha");
	TCase *tc = tcase_create("sha");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, vectors_hold, 0, (int)ARRAY_LEN(vectors));
	tcase_add_test(tc, pieces_make_the_whole);
	tcase_add_loop_test(tc, texts_are_read_as_python_reads_them, 0, (int)ARRAY_LEN(texts));
	tcase_add_loop_test(tc, newlines_across_reads, 0, 4);
	tcase_add_test(tc, failures_have_words);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
