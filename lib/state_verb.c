/* Decides how operands of fh-state become values, and values lines. Must never know a single verb. */
#include "state_verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "js_text.h"
#include "js_view.h"
#include "state_show.h"

int
state_verb_usage(struct err *e, const char *fmt, ...)
{
	char words[ERR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	err_set(e, 0, "%s", words);
	return STATE_USAGE;
}

/* Whether text is a number, true, false or null and nothing more. */
static bool
is_scalar(const char *text, size_t n)
{
	if (n == 0 || strchr("-0123456789tfn", *text) == NULL || js_check(text, n, JS_STRICT, NULL) < 0)
		return false;
	return js_root(text).n == n;
}

int
state_verb_value(const struct state_opts *o, const char *text, struct js old, struct buf *out, struct err *e)
{
	size_t n = strlen(text);

	if (o->json && js_check(text, n, JS_STRICT, e) < 0) {
		err_wrap(e, "not JSON");
		return STATE_USAGE;
	}
	if (o->json || (!o->string && is_scalar(text, n)))
		buf_add(out, text, n);
	else if (!o->string && js_type(old) == JS_BOOL && (strcmp(text, "True") == 0 || strcmp(text, "False") == 0))
		buf_adds(out, *text == 'T' ? "true" : "false");
	else
		js_encode(out, text, n);
	return 0;
}

void
state_verb_put(struct state_call *c, struct js v)
{
	size_t from = c->out->len, to = from, i;

	state_show_value(c->out, v, c->o->json);
	for (i = from; c->o->nul && i < c->out->len; i++) {
		if (c->out->data[i] != '\0')
			c->out->data[to++] = c->out->data[i];
	}
	if (c->o->nul)
		c->out->len = to;
	buf_addc(c->out, c->o->nul ? '\0' : '\n');
}

void
state_verb_list(struct state_call *c, struct js list)
{
	struct js_iter it = js_iter(list);
	struct js key, value;

	while (js_next(&it, &key, &value))
		state_verb_put(c, value);
}
