/* Decides how bytes grow. Must never know what they mean.
 * Invariant: data == NULL, or len < cap and data[len] == 0 (every writer goes through buf_room and buf_grown). */
#include "buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "mem.h"

char *
buf_room(struct buf *b, size_t n)
{
	size_t want;

	if (n > SIZE_MAX / 2 - b->len - 1)
		err_bug("buf: %zu bytes wanted", n);
	want = b->len + n + 1;
	if (want > b->cap) {
		b->cap = b->cap * 2 > want ? b->cap * 2 : want < 64 ? 64 : want;
		b->data = xrealloc(b->data, b->cap);
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void
buf_grown(struct buf *b, size_t n)
{
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_room(b, n);

	if (n != 0)
		memcpy(to, p, n);
	buf_grown(b, n);
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	to = buf_room(b, 64);
	n = vsnprintf(to, b->cap - b->len, fmt, ap);
	if (n >= 0 && (size_t)n >= b->cap - b->len) {
		to = buf_room(b, (size_t)n);
		n = vsnprintf(to, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	if (n < 0)
		err_bug("buf: format %s", fmt);
	buf_grown(b, (size_t)n);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_splice(struct buf *b, size_t at, size_t cut, const void *p, size_t n)
{
	if (at > b->len || cut > b->len - at)
		err_bug("buf: splice %zu+%zu of %zu", at, cut, b->len);
	buf_room(b, n);
	memmove(b->data + at + n, b->data + at + cut, b->len - at - cut);
	if (n != 0)
		memcpy(b->data + at, p, n);
	b->len -= cut;
	buf_grown(b, n);
}

const char *
buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
buf_fini(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

char *
buf_take(struct buf *b)
{
	char *p;

	buf_room(b, 0);
	p = b->data;
	*b = (struct buf){ 0 };
	return p;
}
