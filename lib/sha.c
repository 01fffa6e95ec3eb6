/* Decides how bytes and text are hashed; the only user of libcrypto. Must never know whose file it is.
 * The low-level SHA256_* calls are taken on purpose: EVP fetches its digest through the provider machinery, which
 * costs 3 ms in a program that runs for half of one (static OpenSSL 3.0: 0.5 ms against 4 ms for a whole process).
 * Invariants: 1. what reaches the hash of a text has no CR (newlines_add is the only way there).
 *             2. nothing is hashed after the first byte that is no UTF-8 (utf8_scan comes first). */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "sha.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <string.h>

#include "io.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha), "struct sha holds the library's state");

#define CHUNK 65536

void
sha_init(struct sha *s)
{
	SHA256_Init((SHA256_CTX *)s->opaque);
}

void
sha_add(struct sha *s, const void *p, size_t n)
{
	SHA256_Update((SHA256_CTX *)s->opaque, p, n);
}

char *
sha_end(struct sha *s, char hex[SHA_HEX])
{
	static const char digit[] = "0123456789abcdef";
	unsigned char md[SHA256_DIGEST_LENGTH];
	size_t i;

	SHA256_Final(md, (SHA256_CTX *)s->opaque);
	for (i = 0; i < sizeof md; i++) {
		hex[2 * i] = digit[md[i] >> 4];
		hex[2 * i + 1] = digit[md[i] & 15];
	}
	hex[2 * i] = '\0';
	return hex;
}

void
sha_text_init(struct sha_text *t)
{
	*t = (struct sha_text){ 0 };
	sha_init(&t->sha);
}

static void
newlines_add(struct sha_text *t, const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n, *cr;

	while (p < end) {
		if (t->cr && *p == '\n')
			p++;
		cr = memchr(p, '\r', (size_t)(end - p));
		t->cr = cr != NULL;
		sha_add(&t->sha, p, (size_t)((cr != NULL ? cr : end) - p));
		if (cr == NULL)
			break;
		sha_add(&t->sha, "\n", 1);
		p = cr + 1;
	}
}

int
sha_text_add(struct sha_text *t, const void *p, size_t n)
{
	size_t good = utf8_scan(&t->utf8, p, n);

	t->at += good;
	if (good < n)
		return -1;
	newlines_add(t, p, n);
	return 0;
}

int
sha_text_end(struct sha_text *t, char hex[SHA_HEX])
{
	if (t->utf8.need != 0)
		return -1;
	sha_end(&t->sha, hex);
	return 0;
}

int
sha_fd(int fd, char hex[SHA_HEX], struct err *e)
{
	unsigned char chunk[CHUNK];
	struct sha s;
	ssize_t n;

	sha_init(&s);
	while ((n = io_read_full(fd, chunk, sizeof chunk)) > 0)
		sha_add(&s, chunk, (size_t)n);
	if (n < 0)
		return err_sys(e, (int)-n, "read");
	sha_end(&s, hex);
	return 0;
}

int
sha_text_fd(int fd, char hex[SHA_HEX], struct err *e)
{
	unsigned char chunk[CHUNK];
	struct sha_text t;
	ssize_t n;
	int r = 0;

	sha_text_init(&t);
	while (r == 0 && (n = io_read_full(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0)
			return err_sys(e, (int)-n, "read");
		r = sha_text_add(&t, chunk, (size_t)n);
	}
	if (r < 0 || sha_text_end(&t, hex) < 0)
		return err_set(e, EILSEQ, "byte %" PRIu64 ": not valid UTF-8", t.at + 1);
	return 0;
}
