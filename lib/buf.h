/* Growable bytes. All-zero is an empty buffer. data[len] is always NUL once data is not NULL, so text can be used
 * as a C string; NULs inside are allowed. */
#ifndef FH_BUF_H
#define FH_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "cleanup.h"

struct buf {
	char *data; /* NULL until the first write */
	size_t len; /* bytes, without the closing NUL */
	size_t cap; /* bytes allocated */
};

/* Room for n more bytes and the NUL; returns where they go (write, then add to len with buf_grown). */
char *buf_room(struct buf *b, size_t n);
void buf_grown(struct buf *b, size_t n);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) FH_PRINTF(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) FH_PRINTF(2, 0);
/* Puts n bytes in place of the cut bytes at offset at (at + cut <= len). p must not point into b. */
void buf_splice(struct buf *b, size_t at, size_t cut, const void *p, size_t n);

/* The text, "" where nothing was written. Borrowed until the next write. */
const char *buf_str(const struct buf *b);
/* Empties, keeps the memory. */
void buf_reset(struct buf *b);
void buf_fini(struct buf *b);
/* The bytes, now the caller's to free (never NULL); b is empty. */
char *buf_take(struct buf *b);

#define AUTO_BUF __attribute__((cleanup(buf_fini))) struct buf

#endif
