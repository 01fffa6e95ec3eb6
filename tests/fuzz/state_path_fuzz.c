/* FIELD NUL JSON NUL DOCUMENT: what is set at a field is there, the document stays valid, and deleting takes it away. */
#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "js_fmt.h"
#include "js_view.h"
#include "state_edit.h"
#include "state_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must_be_valid(const struct state *s)
{
	if (js_check(s->text.data, s->text.len, JS_PYTHON, NULL) < 0)
		abort();
}

/* Whether a part of the field is "-", the place behind the last: what is set there is not found by that name again. */
static bool
appends(const char *field)
{
	const char *p = field;

	for (; (p = strchr(p, '-')) != NULL; p++)
		if ((p == field || strchr("/.", p[-1]) != NULL) && (p[1] == '\0' || strchr("/.", p[1]) != NULL))
			return true;
	return false;
}

static void
set_and_delete(struct state *s, const char *field, const char *json)
{
	AUTO_BUF want = { 0 }, got = { 0 };
	struct err e;

	if (state_set(s, field, json, &e) == 0) {
		must_be_valid(s);
		js_canon(&want, js_root(json));
		js_canon(&got, state_get(state_root(s), appends(field) ? "" : field));
		if (!appends(field) && strcmp(want.data, got.data) != 0)
			abort();
	}
	if (state_append(s, field, json, &e) == 0)
		must_be_valid(s);
	if (state_delete(s, field, &e) == 0)
		must_be_valid(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_BUF all = { 0 };
	AUTO_STATE s = STATE_INIT;
	const char *json, *doc;

	buf_add(&all, data, n);
	json = all.data + strlen(all.data) + 1;
	if (json > all.data + n)
		return 0;
	doc = json + strlen(json) + 1;
	if (doc > all.data + n || js_check(json, strlen(json), JS_STRICT, NULL) < 0 ||
	    js_check(doc, strlen(doc), JS_PYTHON, NULL) < 0 || js_type(js_root(doc)) != JS_OBJECT)
		return 0;
	buf_adds(&s.text, doc);
	set_and_delete(&s, all.data, json);
	return 0;
}
