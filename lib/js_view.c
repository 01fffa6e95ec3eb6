/* Decides how a checked JSON text is read in place. Must never know what the values mean, and never reads text that
 * js_check has not passed.
 * Invariants: 1. every loop ends at a quote, bracket or NUL that the check saw. 2. the last of equal keys counts. */
#include "js_view.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "js_text.h"

static const char *
skip_space(const char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')
		p++;
	return p;
}

/* The byte after the string that starts at p: the first quote with an even number of backslashes before it. */
static const char *
skip_string(const char *p)
{
	const char *start = p++, *q;

	for (;;) {
		p = rawmemchr(p, '"');
		for (q = p; q[-1] == '\\' && q - 1 > start; q--)
			;
		p++;
		if ((p - 1 - q) % 2 == 0)
			return p;
	}
}

/* What a byte outside strings means for where a value ends. */
static const unsigned char mark[256] = { ['"'] = 1, ['{'] = 2, ['['] = 2, ['}'] = 3, [']'] = 3 };

static const char *
skip_container(const char *p)
{
	size_t depth = 0;

	for (;;) {
		switch (mark[*(const unsigned char *)p]) {
		case 0:
			p++;
			break;
		case 1:
			p = skip_string(p);
			break;
		case 2:
			p++;
			depth++;
			break;
		case 3:
			p++;
			if (--depth == 0)
				return p;
			break;
		}
	}
}

static const char *
skip_value(const char *p)
{
	if (*p == '"')
		return skip_string(p);
	if (*p == '{' || *p == '[')
		return skip_container(p);
	return p + strcspn(p, ",]} \t\r\n");
}

static struct js
view(const char *p)
{
	return (struct js){ .p = p, .n = (size_t)(skip_value(p) - p) };
}

/* No need to walk it: nothing but space follows it, and a checked text holds no NUL. */
struct js
js_root(const char *text)
{
	const char *p = skip_space(text);
	size_t n = strlen(p);

	while (n > 0 && strchr(" \n\t\r", p[n - 1]) != NULL)
		n--;
	return (struct js){ .p = p, .n = n };
}

enum js_type
js_type(struct js v)
{
	if (v.p == NULL)
		return JS_NONE;
	switch (*v.p) {
	case '"':
		return JS_STRING;
	case '{':
		return JS_OBJECT;
	case '[':
		return JS_ARRAY;
	case 't':
	case 'f':
		return JS_BOOL;
	case 'n':
		return JS_NULL;
	default:
		return JS_NUMBER;
	}
}

const char *
js_type_name(struct js v)
{
	static const char *const names[] = {
		[JS_NONE] = "missing", [JS_NULL] = "null", [JS_BOOL] = "a boolean", [JS_NUMBER] = "a number",
		[JS_STRING] = "a string", [JS_ARRAY] = "an array", [JS_OBJECT] = "an object",
	};

	return names[js_type(v)];
}

struct js_iter
js_iter(struct js v)
{
	enum js_type t = js_type(v);

	return (struct js_iter){ .p = t == JS_ARRAY || t == JS_OBJECT ? v.p + 1 : NULL, .keyed = t == JS_OBJECT };
}

bool
js_next(struct js_iter *it, struct js *key, struct js *value)
{
	const char *p;

	if (it->p == NULL)
		return false;
	p = skip_space(it->p);
	if (*p == ']' || *p == '}')
		return false;
	*key = (struct js){ 0 };
	if (it->keyed) {
		*key = view(p);
		p = skip_space(skip_space(p + key->n) + 1);
	}
	*value = view(p);
	p = skip_space(p + value->n);
	it->p = *p == ',' ? p + 1 : NULL;
	return true;
}

size_t
js_count(struct js v)
{
	struct js_iter it = js_iter(v);
	struct js key, value;
	size_t n = 0;

	while (js_next(&it, &key, &value))
		n++;
	return n;
}

size_t
js_depth(struct js v)
{
	size_t depth = 0, deepest = 0;
	const char *p = v.p;

	while (p < v.p + v.n) {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		if ((*p == '{' || *p == '[') && ++depth > deepest)
			deepest = depth;
		depth -= *p == '}' || *p == ']';
		p++;
	}
	return deepest;
}

struct js
js_member_n(struct js v, const char *name, size_t n)
{
	struct js_iter it = js_iter(v);
	struct js key, value, found = { 0 };

	while (it.keyed && js_next(&it, &key, &value)) {
		if (js_is_n(key, name, n))
			found = value;
	}
	return found;
}

struct js
js_member(struct js v, const char *name)
{
	return js_member_n(v, name, strlen(name));
}

void
js_pick(struct js v, const char *const names[], size_t n, struct js out[])
{
	struct js_iter it = js_iter(v);
	struct js key, value;
	size_t i;

	for (i = 0; i < n; i++)
		out[i] = (struct js){ 0 };
	while (it.keyed && js_next(&it, &key, &value)) {
		for (i = 0; i < n; i++) {
			if (js_is(key, names[i]))
				out[i] = value;
		}
	}
}

struct js
js_element(struct js v, size_t i)
{
	struct js_iter it = js_iter(v);
	struct js key, value;

	while (js_type(v) == JS_ARRAY && js_next(&it, &key, &value)) {
		if (i-- == 0)
			return value;
	}
	return (struct js){ 0 };
}

bool
js_is_n(struct js s, const char *name, size_t n)
{
	AUTO_BUF text = { 0 };

	if (js_type(s) != JS_STRING)
		return false;
	if (memchr(s.p, '\\', s.n) == NULL)
		return s.n - 2 == n && memcmp(s.p + 1, name, n) == 0;
	if (s.n - 2 < n)
		return false;
	js_decode(&text, s);
	return text.len == n && memcmp(buf_str(&text), name, n) == 0;
}

bool
js_is(struct js s, const char *name)
{
	return js_is_n(s, name, strlen(name));
}

bool
js_begins(struct js s, const char *prefix, size_t n)
{
	AUTO_BUF text = { 0 };

	if (js_type(s) != JS_STRING || s.n - 2 < n)
		return false;
	js_decode(&text, s);
	return text.len >= n && memcmp(buf_str(&text), prefix, n) == 0;
}

bool
js_is_true(struct js v)
{
	return v.p != NULL && *v.p == 't';
}

bool
js_truthy(struct js v)
{
	size_t i;

	switch (js_type(v)) {
	case JS_NONE:
	case JS_NULL:
		return false;
	case JS_BOOL:
		return js_is_true(v);
	case JS_STRING:
		return v.n > 2;
	case JS_ARRAY:
	case JS_OBJECT:
		return *skip_space(v.p + 1) != ']' && *skip_space(v.p + 1) != '}';
	case JS_NUMBER:
		break;
	}
	for (i = 0; i < v.n && v.p[i] != 'e' && v.p[i] != 'E'; i++) {
		if (v.p[i] != '-' && v.p[i] != '0' && v.p[i] != '.')
			return true;
	}
	return false;
}

bool
js_is_int(struct js v)
{
	size_t i;

	if (js_type(v) != JS_NUMBER)
		return false;
	for (i = *v.p == '-'; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	}
	return true;
}

double
js_number(struct js v)
{
	AUTO_BUF text = { 0 };
	const char *point = localeconv()->decimal_point;
	size_t i;

	if (js_type(v) != JS_NUMBER)
		return 0;
	for (i = 0; i < v.n; i++) {
		if (v.p[i] == '.')
			buf_adds(&text, point);
		else
			buf_addc(&text, v.p[i]);
	}
	return strtod(buf_str(&text), NULL);
}
