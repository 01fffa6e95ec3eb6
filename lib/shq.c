/* Decides how text becomes a word of shell source. Must never know which command it is a word of.
 * Invariant: what is appended, read by a shell, is the text again, byte for byte (tests/unit/shq_test.c asks sh). */
#include "shq.h"

#include <string.h>

bool
shq_is_bare(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char c = s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
		        c == '/' || c == '.' || c == '+' || c == '-'))
			return false;
	}
	return n > 0;
}

/* s in '...', each inner quote as the given text, which must end and reopen the quotes. */
static void
add_quoted(struct buf *out, const char *s, size_t n, const char *inner)
{
	size_t i, from = 0;

	buf_addc(out, '\'');
	for (i = 0; i < n; i++) {
		if (s[i] != '\'' && s[i] != '\0')
			continue;
		buf_add(out, s + from, i - from);
		if (s[i] == '\'')
			buf_adds(out, inner);
		from = i + 1;
	}
	buf_add(out, s + from, n - from);
	buf_addc(out, '\'');
}

/* The reference leaves out the empty quotes that a ' at either end leaves behind. */
void
shq_add(struct buf *out, const char *s, size_t n)
{
	size_t from = out->len;

	if (shq_is_bare(s, n)) {
		buf_add(out, s, n);
		return;
	}
	add_quoted(out, s, n, "'\"'\"'");
	if (out->len - from > 2 && memcmp(out->data + from, "''", 2) == 0)
		buf_splice(out, from, 2, "", 0);
	if (out->len - from > 2 && memcmp(out->data + out->len - 2, "''", 2) == 0)
		buf_splice(out, out->len - 2, 2, "", 0);
}

void
shq_fish(struct buf *out, const char *s, size_t n)
{
	size_t i, from = out->len;

	shq_add(out, s, n);
	for (i = from; i < out->len; i++)
		if (out->data[i] == '\\')
			buf_splice(out, i++, 0, "\\", 1);
}

void
shq_adds(struct buf *out, const char *s)
{
	shq_add(out, s, strlen(s));
}

void
shq_eval(struct buf *out, const char *s, size_t n)
{
	add_quoted(out, s, n, "'\\''");
}

void
shq_twice(struct buf *out, const char *s, size_t n)
{
	AUTO_BUF once = { 0 };

	shq_add(&once, s, n);
	shq_add(out, buf_str(&once), once.len);
}

void
shq_argv(struct buf *out, char *const argv[])
{
	size_t i;

	for (i = 0; argv[i] != NULL; i++) {
		if (i > 0)
			buf_addc(out, ' ');
		shq_adds(out, argv[i]);
	}
}
