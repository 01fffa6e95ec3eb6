/* Decides which value a field names. Must never know what the fields of a state mean.
 * Invariant: getting and setting read a field by the same two functions (parse, step). */
#include "state_path.h"

#include <stdlib.h>
#include <string.h>

#include "js_text.h"
#include "js_view.h"

struct part {
	const char *p;
	size_t n;
};

struct field {
	struct part *v;
	size_t n, cap;
	struct arena unescaped;
};

static void
field_fini(struct field *f)
{
	free(f->v);
	arena_fini(&f->unescaped);
}

#define AUTO_FIELD __attribute__((cleanup(field_fini))) struct field

/* ~1 is '/', ~0 is '~' (RFC 6901, section 4). */
static void
unescape(struct field *f, struct part *part)
{
	char *to = arena_strndup(&f->unescaped, part->p, part->n);
	size_t i, n = 0;

	for (i = 0; i < part->n; i++) {
		to[n] = part->p[i];
		if (to[n] == '~' && i + 1 < part->n && (part->p[i + 1] == '0' || part->p[i + 1] == '1'))
			to[n] = part->p[++i] == '1' ? '/' : '~';
		n++;
	}
	*part = (struct part){ .p = to, .n = n };
}

static void
parse(struct field *f, const char *text)
{
	char sep = *text == '/' ? '/' : '.';
	const char *end;

	*f = (struct field){ 0 };
	if (*text == '\0')
		return;
	for (text += sep == '/';; text = end + 1) {
		end = strchrnul(text, sep);
		f->v = xgrow(f->v, f->n, &f->cap, sizeof *f->v);
		f->v[f->n] = (struct part){ .p = text, .n = (size_t)(end - text) };
		if (sep == '/' && memchr(text, '~', (size_t)(end - text)) != NULL)
			unescape(f, &f->v[f->n]);
		f->n++;
		if (*end == '\0')
			return;
	}
}

/* "0", "12", "-1": a position in an array of count elements. Whether it is one, and within it. */
static bool
position(struct part part, size_t count, size_t *out)
{
	bool back = part.n > 0 && *part.p == '-';
	const char *p = part.p + back;
	size_t n = part.n - back, i, at = 0;

	if (n == 0 || n > 15 || (n > 1 && *p == '0'))
		return false;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		at = at * 10 + (size_t)(p[i] - '0');
	}
	if (back && (at == 0 || at > count))
		return false;
	*out = back ? count - at : at;
	return *out < count;
}

static bool
is_end(struct part part)
{
	return part.n == 1 && *part.p == '-';
}

static struct js
step(struct js v, struct part part)
{
	size_t i;

	if (js_type(v) == JS_OBJECT)
		return js_member_n(v, part.p, part.n);
	if (js_type(v) == JS_ARRAY && *part.p != '-' && position(part, SIZE_MAX, &i))
		return js_element(v, i);
	if (js_type(v) == JS_ARRAY && position(part, js_count(v), &i))
		return js_element(v, i);
	return (struct js){ 0 };
}

struct js
state_get(struct js root, const char *field)
{
	AUTO_FIELD f = { 0 };
	struct js v = root;
	size_t i;

	parse(&f, field);
	for (i = 0; i < f.n && v.p != NULL; i++)
		v = step(v, f.v[i]);
	return v;
}

/* The last value on the way to field that is there; *i: the parts that lead to it. */
static struct js
deepest(const struct field *f, struct js root, size_t *i)
{
	struct js v = root, next;

	for (*i = 0; *i < f->n; ++*i) {
		next = step(v, f->v[*i]);
		if (next.p == NULL)
			break;
		v = next;
	}
	return v;
}

/* new inside the objects that parts from..n-1 name: {"b": {"c": new}}. */
static void
wrap(struct buf *out, const struct field *f, size_t from, const char *new)
{
	size_t i;

	for (i = from; i < f->n; i++) {
		buf_addc(out, '{');
		js_encode(out, f->v[i].p, f->v[i].n);
		buf_adds(out, ": ");
	}
	buf_adds(out, new);
	for (i = from; i < f->n; i++)
		buf_addc(out, '}');
}

int
state_path_set(struct js_edits *edits, const char *text, const char *field, const char *new, struct err *e)
{
	AUTO_BUF inner = { 0 };
	AUTO_FIELD f = { 0 };
	struct js at;
	size_t i;

	parse(&f, field);
	at = deepest(&f, js_root(text), &i);
	if (i == f.n) {
		js_edit_replace(edits, text, at, new);
		return 0;
	}
	wrap(&inner, &f, i + 1, new);
	if (js_type(at) == JS_OBJECT)
		js_edit_add_member(edits, text, at, f.v[i].p, f.v[i].n, inner.data);
	else if (js_type(at) == JS_ARRAY && is_end(f.v[i]))
		js_edit_add_element(edits, text, at, inner.data);
	else if (js_type(at) == JS_ARRAY)
		return err_set(e, 0, "%s: no position %.*s in an array of %zu", field, (int)f.v[i].n, f.v[i].p, js_count(at));
	else
		return err_set(e, 0, "%s: %.*s cannot be inside %s", field, (int)f.v[i].n, f.v[i].p, js_type_name(at));
	return 0;
}

struct target {
	const struct part *part;
	size_t i;
};

static bool
is_target(const void *arg, size_t i, struct js key, struct js value)
{
	const struct target *t = arg;

	(void)value;
	return key.p != NULL ? js_is_n(key, t->part->p, t->part->n) : i == t->i;
}

int
state_path_delete(struct js_edits *edits, const char *text, const char *field, struct err *e)
{
	AUTO_FIELD f = { 0 };
	struct js v = js_root(text);
	struct target t;
	size_t i;

	parse(&f, field);
	if (f.n == 0)
		return err_set(e, 0, "the whole state cannot be deleted");
	for (i = 0; i + 1 < f.n && v.p != NULL; i++)
		v = step(v, f.v[i]);
	t = (struct target){ .part = &f.v[f.n - 1], .i = SIZE_MAX };
	if (js_type(v) == JS_ARRAY)
		position(*t.part, js_count(v), &t.i);
	if (js_edit_drop(edits, text, v, is_target, &t) == 0)
		return err_set(e, 0, "%s: no such field", field);
	return 0;
}

int
state_path_append(struct js_edits *edits, const char *text, const char *field, const char *new, struct err *e)
{
	AUTO_BUF list = { 0 };
	struct js at = state_get(js_root(text), field);

	if (js_type(at) == JS_ARRAY) {
		js_edit_add_element(edits, text, at, new);
		return 0;
	}
	if (at.p != NULL)
		return err_set(e, 0, "%s: is %s, not an array", field, js_type_name(at));
	buf_addf(&list, "[%s]", new);
	return state_path_set(edits, text, field, list.data, e);
}
