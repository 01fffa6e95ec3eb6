/* Decides which whole number a value stands for. Must never know which field it is in. */
#include "state_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "js_text.h"
#include "js_view.h"

/* Digits, perhaps with single underscores between them, without zeros in front; false where there is anything else. */
static bool
put_digits(struct buf *out, const char *p, const char *end)
{
	size_t from = out->len;
	const char *q;

	if (p == end || *p == '_' || end[-1] == '_')
		return false;
	for (q = p; q < end; q++) {
		if ((*q < '0' || *q > '9') && (*q != '_' || q[1] == '_'))
			return false;
		if (*q != '_' && (out->len > from || *q != '0'))
			buf_addc(out, *q);
	}
	if (out->len == from)
		buf_addc(out, '0');
	return true;
}

/* A signed number of digits alone; false where it is none. */
static bool
put_whole(struct buf *out, const char *p, const char *end)
{
	AUTO_BUF digits = { 0 };
	bool below = p < end && *p == '-';

	p += p < end && (*p == '-' || *p == '+');
	if (!put_digits(&digits, p, end))
		return false;
	if (below && strcmp(digits.data, "0") != 0)
		buf_addc(out, '-');
	buf_add(out, digits.data, digits.len);
	return true;
}

static bool
put_text(struct buf *out, struct js v)
{
	AUTO_BUF text = { 0 };
	const char *p, *end;

	js_decode(&text, v);
	p = buf_str(&text);
	end = p + text.len;
	while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
		p++;
	while (end > p && (end[-1] == ' ' || (end[-1] >= '\t' && end[-1] <= '\r')))
		end--;
	return put_whole(out, p, end);
}

static bool
put_number(struct buf *out, struct js v)
{
	AUTO_BUF text = { 0 };
	double x;

	if (js_is_int(v))
		return put_whole(out, v.p, v.p + v.n);
	x = js_number(v);
	if (!isfinite(x))
		return false;
	buf_addf(&text, "%.0f", trunc(x));
	return put_whole(out, text.data, text.data + text.len);
}

void
state_int(struct buf *out, struct js v)
{
	bool good = false;

	if (js_type(v) == JS_NUMBER)
		good = put_number(out, v);
	else if (js_type(v) == JS_STRING)
		good = put_text(out, v);
	if (!good)
		buf_addc(out, js_is_true(v) ? '1' : '0');
}
