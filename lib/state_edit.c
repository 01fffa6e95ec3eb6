/* Decides how the fields of a state change. Must never know phases, scenes or files.
 * Invariant: every change goes through state_make(), which notes it in s->changed; equal text is no change. */
#include "state_edit.h"

#include <stdlib.h>
#include <string.h>

#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"
#include "state_path.h"

#define ERRORS "errors"
#define HISTORY "history"

void
state_make(struct state *s, struct js_edits *edits)
{
	const struct js_cut *c = edits->v;

	if (edits->n == 1 && c->cut == c->bytes &&
	    memcmp(s->text.data + c->at, buf_str(&edits->bytes), c->bytes) == 0)
		return;
	if (edits->n > 0)
		s->changed = true;
	js_edit_make(edits, &s->text);
}

/* A text that no reader would take again is not made. */
static int
check_depth(const char *field, const char *json, struct err *e)
{
	size_t depth = js_depth(js_root(json)) + 1, i;

	for (i = 0; field[i] != '\0'; i++)
		depth += field[i] == '.' || field[i] == '/';
	if (depth >= JS_DEPTH_MAX)
		return err_set(e, 0, "%.64s: nested too deeply", field);
	return 0;
}

int
state_set(struct state *s, const char *field, const char *json, struct err *e)
{
	AUTO_EDITS edits = { 0 };

	if (*field == '\0' && js_type(js_root(json)) != JS_OBJECT)
		return err_set(e, 0, "a state is an object, not %s", js_type_name(js_root(json)));
	if (check_depth(field, json, e) < 0 || state_path_set(&edits, s->text.data, field, json, e) < 0)
		return -1;
	state_make(s, &edits);
	return 0;
}

int
state_set_text(struct state *s, const char *field, const char *text, size_t n, struct err *e)
{
	AUTO_BUF json = { 0 };

	js_encode(&json, text, n);
	return state_set(s, field, json.data, e);
}

int
state_delete(struct state *s, const char *field, struct err *e)
{
	AUTO_EDITS edits = { 0 };

	if (state_path_delete(&edits, s->text.data, field, e) < 0)
		return -1;
	state_make(s, &edits);
	return 0;
}

int
state_append(struct state *s, const char *field, const char *json, struct err *e)
{
	AUTO_EDITS edits = { 0 };

	if (check_depth(field, json, e) < 0 || state_path_append(&edits, s->text.data, field, json, e) < 0)
		return -1;
	state_make(s, &edits);
	return 0;
}

void
state_replace(struct state *s, struct js v, const char *json)
{
	AUTO_EDITS edits = { 0 };

	js_edit_replace(&edits, s->text.data, v, json);
	state_make(s, &edits);
}

void
state_put(struct state *s, struct js o, const char *name, const char *json)
{
	AUTO_EDITS edits = { 0 };
	struct js v = js_member(o, name);

	if (v.p != NULL)
		js_edit_replace(&edits, s->text.data, v, json);
	else
		js_edit_add_member(&edits, s->text.data, o, name, strlen(name), json);
	state_make(s, &edits);
}

int
state_touch(struct state *s, const char *now, struct err *e)
{
	return state_set_text(s, "updated_at", now, strlen(now), e);
}

/* The whole number v and one. A number has as many digits as it likes. */
static void
count_up(struct buf *out, struct js v)
{
	bool below = *v.p == '-';
	char *first, *d;

	if (v.n <= 18) {
		buf_addf(out, "%lld", strtoll(v.p, NULL, 10) + 1);
		return;
	}
	buf_adds(out, below ? "-" : "0"); /* the place for a carry */
	buf_add(out, v.p + below, v.n - below);
	first = out->data + below;
	for (d = out->data + out->len - 1; *d == (below ? '0' : '9'); d--)
		*d = below ? '9' : '0';
	*d = (char)(below ? *d - 1 : *d + 1);
	if (*first == '0')
		buf_splice(out, below, 1, "", 0);
}

int
state_increment(struct state *s, const char *now, struct err *e)
{
	struct js v = js_member(state_root(s), "run_count");
	AUTO_BUF next = { 0 };
	char text[JS_DOUBLE_LEN];

	if (js_type(v) != JS_NUMBER)
		return err_set(e, 0, "run_count: is %s, not a number", js_type_name(v));
	if (js_is_int(v))
		count_up(&next, v);
	else
		buf_adds(&next, js_double(js_number(v) + 1, text));
	if (state_set(s, "run_count", next.data, e) < 0)
		return -1;
	return state_touch(s, now, e);
}

/* The array at name; absent is fine, anything else is not. */
static int
list_at(const struct state *s, const char *name, struct js *list, struct err *e)
{
	*list = js_member(state_root(s), name);
	if (list->p != NULL && js_type(*list) != JS_ARRAY)
		return err_set(e, 0, "%s: is %s, not an array: fh-state normalize repairs it", name, js_type_name(*list));
	return 0;
}

int
state_error_add(struct state *s, const char *text, size_t n, struct err *e)
{
	struct js list, key, value;
	AUTO_BUF json = { 0 };
	struct js_iter it;

	if (list_at(s, ERRORS, &list, e) < 0)
		return -1;
	it = js_iter(list);
	while (js_next(&it, &key, &value)) {
		if (js_is_n(value, text, n))
			return 0;
	}
	js_encode(&json, text, n);
	return state_append(s, ERRORS, json.data, e);
}

struct prefixes {
	const char *const *v;
	size_t n;
};

static bool
begins_so(const void *arg, size_t at, struct js key, struct js value)
{
	const struct prefixes *p = arg;
	size_t i;

	(void)at;
	(void)key;
	for (i = 0; i < p->n; i++) {
		if (p->v[i][0] == '\0' || js_begins(value, p->v[i], strlen(p->v[i])))
			return true;
	}
	return false;
}

int
state_error_clear(struct state *s, const char *const *prefixes, size_t count, size_t *cleared, struct err *e)
{
	struct prefixes p = { .v = prefixes, .n = count };
	AUTO_EDITS edits = { 0 };
	struct js list;

	*cleared = 0;
	if (list_at(s, ERRORS, &list, e) < 0)
		return -1;
	*cleared = js_edit_drop(&edits, s->text.data, list, begins_so, &p);
	state_make(s, &edits);
	return 0;
}

int
state_history_add(struct state *s, const char *json, struct err *e)
{
	struct js list;

	if (list_at(s, HISTORY, &list, e) < 0)
		return -1;
	return state_append(s, HISTORY, json, e);
}
