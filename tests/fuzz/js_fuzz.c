/* Any bytes as JSON: the check reads nothing outside them; what it passes is walked, printed, read again and equal. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "js.h"
#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
walk(struct js v, const char *text, size_t n)
{
	struct js_iter it = js_iter(v);
	struct js key, value;
	AUTO_BUF said = { 0 }, token = { 0 };
	size_t members = 0;

	if (v.p < text || v.p + v.n > text + n || js_type(v) == JS_NONE)
		abort();
	for (; js_next(&it, &key, &value); members++) {
		if (key.p != NULL)
			walk(key, text, n);
		walk(value, text, n);
	}
	if (members != js_count(v))
		abort();
	if (js_type(v) != JS_STRING)
		return;
	js_decode(&said, v);
	if (!js_is_n(v, buf_str(&said), said.len))
		abort();
	js_recode(&token, v);
	if (js_check(token.data, token.len, JS_STRICT, NULL) < 0 || !js_is_n(js_root(token.data), buf_str(&said), said.len))
		abort();
}

static void
print_and_compare(struct js v, const struct js_style *style, const char *canon)
{
	AUTO_BUF text = { 0 }, again = { 0 };

	js_print(&text, v, style, "", 0);
	if (js_check(text.data, text.len, JS_PYTHON, NULL) < 0)
		abort();
	js_canon(&again, js_root(text.data));
	if (strcmp(again.data, canon) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_BUF text = { 0 }, canon = { 0 };
	struct err e = { .msg = "" };
	const char *open;

	buf_add(&text, data, n);
	open = memchr(text.data, '{', n);
	if (open != NULL && js_extent(text.data, n, (size_t)(open - text.data)) > n)
		abort();
	if (js_check(text.data, n, JS_PYTHON, &e) < 0) {
		if (strncmp(e.msg, "line ", 5) != 0 || js_check(text.data, n, JS_STRICT, NULL) == 0)
			abort();
		return 0;
	}
	walk(js_root(text.data), text.data, n);
	js_canon(&canon, js_root(text.data));
	print_and_compare(js_root(text.data), &js_line, canon.data);
	print_and_compare(js_root(text.data), &js_indent2, canon.data);
	return 0;
}
