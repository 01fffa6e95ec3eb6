/* Decides how a report looks as JSON. Must never know what it reports. */
#include "js_put.h"

#include <inttypes.h>
#include <string.h>

#include "js_text.h"

static void
put_name(struct buf *b, const char *name)
{
	buf_adds(b, b->len == 0 ? "{" : ", ");
	js_encode(b, name, strlen(name));
	buf_adds(b, ": ");
}

void
js_put_text(struct buf *b, const char *name, const char *text)
{
	put_name(b, name);
	if (text != NULL)
		js_encode(b, text, strlen(text));
	else
		buf_adds(b, "null");
}

void
js_put_int(struct buf *b, const char *name, int64_t n)
{
	put_name(b, name);
	buf_addf(b, "%" PRId64, n);
}

void
js_put_bool(struct buf *b, const char *name, bool yes)
{
	put_name(b, name);
	buf_adds(b, yes ? "true" : "false");
}

void
js_put_seconds(struct buf *b, const char *name, int64_t ns)
{
	put_name(b, name);
	buf_addf(b, "%" PRId64 ".%06" PRId64, ns / 1000000000, ns % 1000000000 / 1000);
}

void
js_put_object(struct buf *b, const char *name, const struct buf *object)
{
	put_name(b, name);
	buf_adds(b, object->len > 0 ? buf_str(object) : "{");
	buf_addc(b, '}');
}
