/* utf8: every code point goes out and is taken back; what RFC 3629 forbids is not. */
#include <check.h>
#include <string.h>

#include "utf8.h"

START_TEST(every_code_point)
{
	char b[4];
	uint32_t c;
	size_t n;

	for (c = 0; c <= 0x10ffff; c++) { /* an assertion for each would take seconds */
		struct utf8 u = { 0 };

		n = utf8_put(c, b);
		if (n != (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4) ||
		    utf8_scan(&u, b, n) != (c >= 0xd800 && c < 0xe000 ? 1 : n))
			ck_abort_msg("U+%04X", (unsigned)c);
	}
}
END_TEST

/* All strings of two bytes, and all of three that begin as a longer character: counted against the standard's table. */
START_TEST(nothing_else_passes)
{
	unsigned char s[4] = { 0 };
	unsigned a, b, c, good2 = 0, good3 = 0;

	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			struct utf8 u = { 0 };

			s[0] = (unsigned char)a;
			s[1] = (unsigned char)b;
			good2 += utf8_scan(&u, s, 2) == 2 && u.need == 0;
			for (c = 0; a >= 0xe0 && c < 256; c++) {
				u = (struct utf8){ 0 };
				s[2] = (unsigned char)c;
				good3 += utf8_scan(&u, s, 3) == 3 && u.need == 0;
			}
		}
	}
	ck_assert_uint_eq(good2, 128 * 128 + 0x800 - 0x80);
	ck_assert_uint_eq(good3, 0x10000 - 0x800 - 0x800);
}
END_TEST

START_TEST(a_cut_character_is_due)
{
	struct utf8 u = { 0 };

	ck_assert_uint_eq(utf8_scan(&u, "12345678\xf0\x9f", 10), 10);
	ck_assert_uint_eq(u.need, 2);
	ck_assert_uint_eq(utf8_scan(&u, "\x98\x80.", 3), 3);
	ck_assert_uint_eq(u.need, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("utf8");
	TCase *t = tcase_create("utf8");
	SRunner *r;
	int failed;

	tcase_add_test(t, every_code_point);
	tcase_add_test(t, nothing_else_passes);
	tcase_add_test(t, a_cut_character_is_due);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
