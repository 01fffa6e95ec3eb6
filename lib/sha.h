/* SHA-256 (FIPS 180-4), of bytes and of text as Python's text mode reads it. */
#ifndef FH_SHA_H
#define FH_SHA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "utf8.h"

#define SHA_HEX 65 /* 64 lower-case hex digits and the NUL */

/* A running hash. Opaque: only sha.c knows the library behind it. */
struct sha {
	uint64_t opaque[16];
};

void sha_init(struct sha *s);
void sha_add(struct sha *s, const void *p, size_t n);
/* The hash of all that was added. s is spent. Returns hex. */
char *sha_end(struct sha *s, char hex[SHA_HEX]);

/* A running hash over text: strict UTF-8 (RFC 3629: no surrogates, no overlong forms), CR LF and lone CR hashed as LF, as
 * Python's open(encoding="utf-8") reads it (PEP 278). Pieces may be cut anywhere, also inside a character. */
struct sha_text {
	struct sha sha;
	uint64_t at; /* bytes taken; after a failure the offset of the first byte that is no UTF-8 */
	struct utf8 utf8;
	bool cr;     /* the last byte was a CR */
};

void sha_text_init(struct sha_text *t);
/* Returns 0, or -1 where the text stopped being UTF-8 (t->at says where; t is spent). */
int sha_text_add(struct sha_text *t, const void *p, size_t n) FH_MUST_CHECK;
/* Returns 0 with the hash in hex, or -1 where the text ends inside a character. t is spent. */
int sha_text_end(struct sha_text *t, char hex[SHA_HEX]) FH_MUST_CHECK;

/* The hash of all that is left of fd, raw bytes or text, in constant memory. Returns 0; or -1 with words in e, whose
 * code is EILSEQ for what is no UTF-8 text, else the errno value of the failed read. */
int sha_fd(int fd, char hex[SHA_HEX], struct err *e);
int sha_text_fd(int fd, char hex[SHA_HEX], struct err *e);

#endif
