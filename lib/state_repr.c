/* Decides what Python's str() and repr() would make of a JSON value: the text that stands where a string was due. Must
 * never know why it is wanted. Numbers keep their text. */
#include "state_repr.h"

#include <stdbool.h>
#include <string.h>

#include "js_text.h"
#include "js_view.h"
#include "utf8.h"

/* Ranges above ASCII that Python's str.isprintable() denies (Unicode: Cc Cf Cs Co Zl Zp Zs), those that occur. */
static bool
is_printable(unsigned c)
{
	static const unsigned no[][2] = {
		{ 0x7f, 0xa0 }, { 0xad, 0xad }, { 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd }, { 0x70f, 0x70f },
		{ 0x1680, 0x1680 }, { 0x180e, 0x180e }, { 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
		{ 0x3000, 0x3000 }, { 0xd800, 0xf8ff }, { 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff },
		{ 0xe0000, 0x10ffff },
	};
	size_t i;

	if (c < 0x20)
		return false;
	for (i = 0; i < ARRAY_LEN(no); i++) {
		if (c >= no[i][0] && c <= no[i][1])
			return false;
	}
	return true;
}

static void
repr_char(struct buf *out, unsigned c, char quote)
{
	if (c == '\n' || c == '\r' || c == '\t')
		buf_addf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
	else if (c == '\\' || c == (unsigned char)quote)
		buf_addf(out, "\\%c", (int)c);
	else if (is_printable(c))
		buf_grown(out, utf8_put(c, buf_room(out, 4)));
	else if (c < 0x100)
		buf_addf(out, "\\x%02x", c);
	else if (c < 0x10000)
		buf_addf(out, "\\u%04x", c);
	else
		buf_addf(out, "\\U%08x", c);
}

/* Python takes double quotes where the text has single ones only. */
static char
repr_quote(const char *p, const char *end)
{
	bool single = false;
	size_t used;
	unsigned c;

	for (; p < end; p += used) {
		c = js_char(p, end, &used);
		if (c == '"')
			return '\'';
		single |= c == '\'';
	}
	return single ? '"' : '\'';
}

static void
repr_string(struct buf *out, struct js v)
{
	const char *p = v.p + 1, *end = v.p + v.n - 1;
	char quote = repr_quote(p, end);
	size_t used;

	buf_addc(out, quote);
	for (; p < end; p += used)
		repr_char(out, js_char(p, end, &used), quote);
	buf_addc(out, quote);
}

static void
repr_members(struct buf *out, struct js v)
{
	struct js_iter it = js_iter(v);
	struct js key, value;
	bool first = true;

	for (; js_next(&it, &key, &value); first = false) {
		if (!first)
			buf_adds(out, ", ");
		if (key.p != NULL) {
			repr_string(out, key);
			buf_adds(out, ": ");
		}
		state_repr(out, value);
	}
}

void
state_repr(struct buf *out, struct js v)
{
	switch (js_type(v)) {
	case JS_NONE:
	case JS_NULL:
		buf_adds(out, "None");
		return;
	case JS_BOOL:
		buf_adds(out, js_is_true(v) ? "True" : "False");
		return;
	case JS_STRING:
		repr_string(out, v);
		return;
	case JS_ARRAY:
	case JS_OBJECT:
		buf_addc(out, *v.p);
		repr_members(out, v);
		buf_addc(out, v.p[v.n - 1]);
		return;
	case JS_NUMBER:
		buf_add(out, v.p, v.n);
	}
}

void
state_str(struct buf *out, struct js v)
{
	if (js_type(v) == JS_STRING)
		js_decode(out, v);
	else
		state_repr(out, v);
}
