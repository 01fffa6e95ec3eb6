/* Decides how text becomes a word of shell source. Must never know which command it is a word of.
 * Invariant: what is appended, read by a shell, is the text again, byte for byte (tests/unit/shq_test.c asks sh). */
#include "shq.h"

#include <ctype.h>
#include <string.h>

#include "path.h"

/* The bytes that a word may hold unquoted, each in its place: a table, since values come by the million. */
static const char bare[256] =
    "                                "
    "           + -./0123456789      "
    " ABCDEFGHIJKLMNOPQRSTUVWXYZ    _"
    " abcdefghijklmnopqrstuvwxyz     ";

size_t
shq_bare(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && bare[(unsigned char)s[i]] > ' ')
		i++;
	return i;
}

bool
shq_is_bare(const char *s, size_t n)
{
	return n > 0 && shq_bare(s, n) == n;
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

bool
shq_csh_is_bare(unsigned char c)
{
	return (c >= 27 && c <= 31) || c == 1 || (c >= 127 && c <= 129) ||
	    (c > 31 && c < 127 && (isalnum(c) || strchr("%+,-./:@_", c) != NULL));
}

void
shq_csh(struct buf *out, const char *s, size_t n)
{
	if (n == 0)
		buf_adds(out, "''");
	for (; n > 0; n--, s++) {
		if (*s == '\n') {
			buf_adds(out, "\"\\\n\"");
			continue;
		}
		if (*s == '\0')
			continue;
		if (!shq_csh_is_bare((unsigned char)*s))
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
}

enum shq_kind
shq_kind_of(const char *shell)
{
	const char *name = path_base(shell);

	if (strcmp(name, "csh") == 0 || strcmp(name, "tcsh") == 0 || strcmp(name, "bsd-csh") == 0)
		return SHQ_CSH;
	return strcmp(name, "fish") == 0 ? SHQ_FISH : SHQ_SH;
}

void
shq_for(enum shq_kind kind, struct buf *out, const char *s, size_t n)
{
	if (kind == SHQ_FISH)
		shq_fish(out, s, n);
	else if (kind == SHQ_CSH)
		shq_csh(out, s, n);
	else
		shq_add(out, s, n);
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
