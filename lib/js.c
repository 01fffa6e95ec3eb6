/* Decides whether a text is JSON. Must never know what the text is about.
 *
 * Why json-c (0.16), not jansson (2.14), both in Debian 12; checked here by running both:
 *   - reading 17 KB of state costs json-c 0.55 million instructions, jansson 2.35 million (a function pointer per character);
 *   - both keep the order of keys; json-c keeps the text of doubles (1.10, 1e5), jansson prints them by %.17g;
 *   - jansson refuses integers over 64 bits and halves of surrogate pairs, which Python writes; json-c lets them pass
 *     (its own values of them are saturated and U+FFFD: one reason why values are read from the text, js_view.c).
 * json-c, even strict, lets through what RFC 8259 does not have: control characters in strings, overlong UTF-8 and
 * encoded surrogates, "-01", "1." and "1.e5", NaN and Infinity, form feed as space; its depth limit is 32 unless told.
 * So the work is split: the words (strings, numbers, names, spaces, depth) are checked here, in one pass over the
 * bytes, and json-c is the judge of the grammar. It gets the document's skeleton (keys are "", values null, no
 * space, runs of them shortened), which it accepts where it accepts the document, at a tenth of the time; only to say where
 * a grammar is wrong it reads the document itself.
 * Invariant: text that js_check passed is walked without bounds checks by js_view.c, which relies on the brackets and
 * quotes that json-c saw. */
#include "js.h"

#include <errno.h>
#include <json-c/json_object.h>
#include <json-c/json_tokener.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "utf8.h"

struct lex {
	const char *text, *p, *end;
	enum js_flags flags;
	unsigned depth, deepest;
	struct buf skeleton; /* of what lies before p */
	const char *wrong; /* words for what is wrong at p */
};

/* "line L column C: words" for the byte at offset at. */
static int
js_fail(const char *text, size_t at, const char *words, struct err *e)
{
	size_t i, line = 1, column = 1;

	for (i = 0; i < at; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return err_set(e, EBADMSG, "line %zu column %zu: %s", line, column, words);
}

static bool
lex_fail(struct lex *l, const char *at, const char *words)
{
	l->p = at;
	l->wrong = words;
	return false;
}

/* Whether all n bytes are UTF-8; else p is on the first character that is not. */
static bool
lex_utf8(struct lex *l, size_t n)
{
	struct utf8 u = { 0 };
	size_t good = utf8_scan(&u, l->text, n);

	if (good == n && u.need == 0)
		return true;
	while (u.need != 0 && good > 0 && (l->text[--good] & 0xc0) == 0x80)
		;
	return lex_fail(l, l->text + good, "invalid UTF-8");
}

static bool
lex_escape(struct lex *l)
{
	int i;

	if (l->end - l->p < 2 || strchr("\"\\/bfnrtu", l->p[1]) == NULL || l->p[1] == '\0')
		return lex_fail(l, l->p, "no such escape");
	if (l->p[1] == 'u') {
		for (i = 2; i < 6; i++) {
			if (l->end - l->p <= i || strchr("0123456789abcdefABCDEF", l->p[i]) == NULL || l->p[i] == '\0')
				return lex_fail(l, l->p, "\\u without four hex digits");
		}
		l->p += 4;
	}
	l->p += 2;
	return true;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
/* Bit 7 of each byte of x that is zero (and perhaps of one above such a byte). */
#define ZEROS(x) (((x) - EACH(1)) & ~(x) & EACH(0x80))

const char *
js_skip_plain(const char *p, const char *end)
{
	uint64_t x;

	while (end - p >= 8) {
		memcpy(&x, p, 8);
		if ((ZEROS(x ^ EACH('"')) | ZEROS(x ^ EACH('\\')) | ZEROS(x ^ EACH(0x7f)) | ((x - EACH(0x20)) & EACH(0x80)) |
		        (x & EACH(0x80))) != 0)
			break;
		p += 8;
	}
	while (p < end && *p != '"' && *p != '\\' && *(const unsigned char *)p >= 0x20 && *(const unsigned char *)p < 0x7f)
		p++;
	return p;
}

static bool
lex_string(struct lex *l)
{
	const char *start = l->p++;

	for (;;) {
		l->p = js_skip_plain(l->p, l->end);
		if (l->p >= l->end)
			return lex_fail(l, start, "string without an end");
		if (*l->p == '"') {
			l->p++;
			return true;
		}
		if (*(const unsigned char *)l->p >= 0x7f) {
			l->p++; /* UTF-8 was checked before */
			continue;
		}
		if (*l->p != '\\')
			return lex_fail(l, l->p, "control character in a string");
		if (!lex_escape(l))
			return false;
	}
}

static size_t
lex_digits(struct lex *l)
{
	const char *start = l->p;

	while (l->p < l->end && *l->p >= '0' && *l->p <= '9')
		l->p++;
	return (size_t)(l->p - start);
}

static bool
lex_number(struct lex *l)
{
	const char *start = l->p, *whole;
	size_t n;

	if (*l->p == '-')
		l->p++;
	whole = l->p;
	n = lex_digits(l);
	if (n == 0)
		return lex_fail(l, start, "number expected");
	if (n > 1 && *whole == '0')
		return lex_fail(l, start, "number with a leading zero");
	if (l->p < l->end && *l->p == '.') {
		l->p++;
		if (lex_digits(l) == 0)
			return lex_fail(l, start, "number without digits after the point");
	}
	if (l->p < l->end && (*l->p == 'e' || *l->p == 'E')) {
		l->p++;
		if (l->p < l->end && (*l->p == '+' || *l->p == '-'))
			l->p++;
		if (lex_digits(l) == 0)
			return lex_fail(l, start, "number without digits in its exponent");
	}
	return true;
}

static bool
lex_word(struct lex *l)
{
	static const char *const words[] = { "true", "false", "null", "NaN", "Infinity", "-Infinity" };
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		n = strlen(words[i]);
		if ((size_t)(l->end - l->p) < n || memcmp(l->p, words[i], n) != 0)
			continue;
		if (i >= 3 && !(l->flags & JS_PYTHON))
			return lex_fail(l, l->p, "NaN and Infinity are not JSON");
		l->p += n;
		return true;
	}
	if (*l->p == '-')
		return lex_number(l);
	return lex_fail(l, l->p, "value expected");
}

static bool
lex_bracket(struct lex *l)
{
	if (*l->p == '}' || *l->p == ']') {
		if (l->depth > 0)
			l->depth--;
	} else {
		if (++l->depth > l->deepest)
			l->deepest = l->depth;
		if (l->depth > JS_DEPTH_MAX)
			return lex_fail(l, l->p, "nested too deeply");
	}
	buf_addc(&l->skeleton, *l->p++);
	return true;
}

static void
skip_space(struct lex *l)
{
	while (l->p < l->end && (*l->p == ' ' || *l->p == '\n' || *l->p == '\r' || *l->p == '\t'))
		l->p++;
}

/* After a string: before a colon it is a key, anywhere else it is as good or bad as any value. */
static bool
lex_named(struct lex *l)
{
	skip_space(l);
	if (l->p < l->end && *l->p == ':')
		buf_add(&l->skeleton, "\"\"", 2);
	else
		buf_add(&l->skeleton, "null ", 5);
	return true;
}

/* Whether the skeleton ends with unit twice, and the first does not begin after the byte not. */
static bool
ends_alike(const struct buf *skeleton, const char *unit, size_t n, char not)
{
	const char *twice;

	if (skeleton->len <= 2 * n)
		return false;
	twice = skeleton->data + (skeleton->len - 2 * n);
	return memcmp(twice, unit, n) == 0 && memcmp(twice + n, unit, n) == 0 && twice[-1] != not;
}

/* A comma. Two elements or members alike are as good as one: after `null,` in an array, or `"":null,` in an object, the
 * judge stands where it stood before it. So the second is left out. A `null,` after a colon is half of a member, no element. */
static void
lex_comma(struct lex *l)
{
	buf_addc(&l->skeleton, *l->p++);
	if (ends_alike(&l->skeleton, "\"\":null ,", 9, '\0'))
		l->skeleton.len -= 9;
	else if (ends_alike(&l->skeleton, "null ,", 6, ':'))
		l->skeleton.len -= 6;
	buf_grown(&l->skeleton, 0);
}

static bool
lex_token(struct lex *l)
{
	switch (*l->p) {
	case ' ':
	case '\t':
	case '\n':
	case '\r':
		skip_space(l);
		return true;
	case ',':
		lex_comma(l);
		return true;
	case ':':
		buf_addc(&l->skeleton, *l->p++);
		return true;
	case '{':
	case '[':
	case '}':
	case ']':
		return lex_bracket(l);
	case '"':
		return lex_string(l) && lex_named(l);
	default:
		buf_add(&l->skeleton, "null ", 5);
		return *l->p >= '0' && *l->p <= '9' ? lex_number(l) : lex_word(l);
	}
}

/* The judge of the grammar: the verdict on n bytes of text, and in *at where it is wrong. No tree is kept: it would have
 * lost number text and halves of pairs. */
static const char *
js_judge(const char *text, size_t n, unsigned depth, size_t *at)
{
	struct json_tokener *tok = json_tokener_new_ex((int)depth + 2);
	enum json_tokener_error code;

	if (tok == NULL)
		return "out of memory";
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	json_object_put(json_tokener_parse_ex(tok, text, (int)n + 1)); /* the NUL tells it that this is all */
	code = json_tokener_get_error(tok);
	*at = json_tokener_get_parse_end(tok);
	json_tokener_free(tok);
	return code == json_tokener_success ? NULL : json_tokener_error_desc(code);
}

static int
js_grammar(const struct lex *l, size_t n, struct err *e)
{
	const char *wrong;
	size_t at = 0;

	if (js_judge(buf_str(&l->skeleton), l->skeleton.len, l->deepest, &at) == NULL)
		return 0;
	wrong = js_judge(l->text, n, l->deepest, &at);
	return js_fail(l->text, at < n ? at : n, wrong != NULL ? wrong : "not JSON", e);
}

static int
js_lex(struct lex *l, size_t n, struct err *e)
{
	if (n >= 3 && memcmp(l->text, "\xef\xbb\xbf", 3) == 0)
		return js_fail(l->text, 0, "byte order mark", e);
	if (!lex_utf8(l, n))
		return js_fail(l->text, (size_t)(l->p - l->text), l->wrong, e);
	while (l->p < l->end) {
		if (!lex_token(l))
			return js_fail(l->text, (size_t)(l->p - l->text), l->wrong, e);
	}
	return js_grammar(l, n, e);
}

int
js_check(const char *text, size_t n, enum js_flags flags, struct err *e)
{
	struct lex l = { .text = text, .p = text, .end = text + n, .flags = flags };
	int r;

	if (n > JS_SIZE_MAX)
		return err_set(e, EFBIG, "larger than %zu MiB", JS_SIZE_MAX >> 20);
	r = js_lex(&l, n, e);
	buf_fini(&l.skeleton);
	return r;
}

size_t
js_extent(const char *text, size_t n, size_t at)
{
	size_t depth = 0;

	for (; at < n; at++) {
		switch (text[at]) {
		case '"':
			for (at++; at < n && text[at] != '"'; at++)
				at += text[at] == '\\';
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return at + 1;
			break;
		}
	}
	return 0;
}
