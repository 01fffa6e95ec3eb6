/* UTF-8 (RFC 3629), strict: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef FH_UTF8_H
#define FH_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Where a scan stands. All-zero: between two characters. */
struct utf8 {
	unsigned char need;      /* continuation bytes still due; 0: between two characters */
	unsigned char low, high; /* range of the next of them */
};

/* How many of the n bytes at p go on as UTF-8 from where u stands; n where all do. The text may be cut anywhere, also
 * inside a character: it is whole when the last call returned its n and u->need is 0. */
size_t utf8_scan(struct utf8 *u, const void *p, size_t n);

/* Writes code point c (any value up to 0x10ffff, surrogates too, as "WTF-8" does) to out. Returns its length, 1 to 4. */
size_t utf8_put(uint32_t c, char out[4]);

#endif
