/* Any bytes as a narration script: no crash, and the dict that comes out is one that Python could hold. A dict that was
 * read is written as a plain literal and read again: it must be the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pylit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Bytes as a Python literal; what is no character stands as the surrogate that means it. */
static void
literal_put(struct buf *out, const char *text, size_t n)
{
	size_t i;

	buf_addc(out, '"');
	for (i = 0; i < n; i++) {
		const unsigned char *p = (const unsigned char *)text + i;

		if (*p < 0x80)
			buf_addf(out, "\\x%02x", *p);
		else if (*p == 0xed && i + 2 < n && p[1] >= 0xa0) {
			buf_addf(out, "\\u%04x", 0xd000u | (unsigned)(p[1] & 0x3f) << 6 | (p[2] & 0x3f));
			i += 2;
		} else
			buf_addc(out, (char)*p);
	}
	buf_addc(out, '"');
}

static void
check_same(const struct pydict *d)
{
	AUTO_PYDICT again = { 0 };
	AUTO_BUF text = { 0 };
	struct err e;
	size_t i;

	buf_adds(&text, "SCRIPT = {");
	for (i = 0; i < d->n; i++) {
		literal_put(&text, d->pairs[i].key, d->pairs[i].nkey);
		buf_addc(&text, ':');
		literal_put(&text, d->pairs[i].text, d->pairs[i].ntext);
		buf_addc(&text, ',');
	}
	buf_addc(&text, '}');
	if (pylit_parse(buf_str(&text), text.len, "SCRIPT", &again, &e) < 0) {
		if (strstr(e.msg, "UTF-8") != NULL)
			return; /* a lone byte, by \udcxx: literal_put does not tell it from a cut character */
		abort();
	}
	if (again.n != d->n)
		abort();
	for (i = 0; i < d->n; i++) {
		const struct pydict_pair *a = &d->pairs[i], *b = &again.pairs[i];

		if (a->nkey != b->nkey || a->ntext != b->ntext || memcmp(a->key, b->key, a->nkey) != 0 ||
		    memcmp(a->text, b->text, a->ntext) != 0 || pydict_find(d, b->key, b->nkey) != a)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_PYDICT d = { 0 };
	struct err e = { .msg = "" };
	unsigned line, column;

	if (pylit_parse((const char *)data, n, "SCRIPT", &d, &e) < 0) {
		if (sscanf(e.msg, "line %u, column %u: ", &line, &column) != 2 || line == 0 || column == 0 || d.n != 0)
			abort();
		return 0;
	}
	check_same(&d);
	return 0;
}
