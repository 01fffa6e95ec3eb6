/* Decides how a state is told: values, shell code, lines of scenes. Must never change anything.
 * Invariant: whatever a value holds, the shell code of state_show_load is five assignments (put_export is the only way
 * out, and a quoted word ends only where it says). */
#include "state_show.h"

#include <stdlib.h>
#include <string.h>

#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"
#include "project.h"
#include "shq.h"
#include "state_repr.h"

void
state_show_value(struct buf *out, struct js v, bool json)
{
	enum js_type t = js_type(v);

	if (t == JS_NONE || (t == JS_NULL && !json))
		return;
	if (json || t == JS_ARRAY || t == JS_OBJECT)
		js_print(out, v, &js_line, "", 0);
	else
		state_str(out, v);
}

/* --- load -------------------------------------------------------------------------------------------------------- */
/* export NAME='value', or NAME=value and NUL. A NUL cannot be in a shell's variable: U+FFFD stands for it. */
static void
put_export(struct buf *out, bool pairs, const char *name, const char *value, size_t n)
{
	AUTO_BUF text = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (value[i] == '\0')
			buf_adds(&text, "\xef\xbf\xbd");
		else
			buf_addc(&text, value[i]);
	}
	buf_adds(out, pairs ? "" : "export ");
	buf_addf(out, "%s=", name);
	if (pairs)
		buf_add(out, buf_str(&text), text.len + 1);
	else
		shq_eval(out, buf_str(&text), text.len);
	if (!pairs)
		buf_addc(out, '\n');
}

static void
put_value(struct buf *out, bool pairs, const char *name, struct js v)
{
	AUTO_BUF text = { 0 };

	state_str(&text, v);
	put_export(out, pairs, name, buf_str(&text), text.len);
}

int
state_show_load(struct buf *out, struct js root, bool pairs, struct err *e)
{
	static const char *const names[] = { "phase", "run_count", "flags", "current_scene_index" };
	struct js v[ARRAY_LEN(names)], phase, count, flags, index;
	const char *review;

	js_pick(root, names, ARRAY_LEN(names), v);
	phase = v[0], count = v[1], flags = v[2], index = v[3];
	review = js_truthy(js_member(flags, "needs_human_review")) ? "True" : "False";
	if (phase.p == NULL || count.p == NULL)
		return err_set(e, 0, "%s: missing: fh-state normalize repairs it", phase.p == NULL ? "phase" : "run_count");
	if (js_type(flags) != JS_OBJECT)
		return err_set(e, 0, "flags: is %s, not an object: fh-state normalize repairs it", js_type_name(flags));
	put_value(out, pairs, "STATE_PHASE", phase);
	put_value(out, pairs, "STATE_RUN_COUNT", count);
	put_export(out, pairs, "STATE_NEEDS_REVIEW", review, strlen(review));
	if (js_type(index) <= JS_NULL)
		put_export(out, pairs, "STATE_CURRENT_SCENE_INDEX", "0", 1);
	else
		put_value(out, pairs, "STATE_CURRENT_SCENE_INDEX", index);
	put_export(out, pairs, "STATE_CACHE_VALID", "1", 1);
	return 0;
}

void
state_show_invalid(struct buf *out, bool pairs)
{
	static const char *const names[] = { "STATE_PHASE", "STATE_RUN_COUNT", "STATE_NEEDS_REVIEW",
		"STATE_CURRENT_SCENE_INDEX" };
	size_t i;

	put_export(out, pairs, "STATE_CACHE_VALID", "0", 1);
	for (i = 0; i < ARRAY_LEN(names); i++)
		put_export(out, pairs, names[i], "", 0);
}

/* --- lines of scenes --------------------------------------------------------------------------------------------- */
/* One field of a line. Whether it can stand there. */
static bool
put_field(struct buf *line, const char *text, size_t n, bool last)
{
	buf_add(line, text, n);
	buf_addc(line, last ? '\n' : '|');
	return n == 0 || (memchr(text, '|', n) == NULL && memchr(text, '\n', n) == NULL && memchr(text, '\0', n) == NULL);
}

static bool
put_scene(struct buf *line, struct js scene)
{
	static const char *const names[] = { "id", "file", "class_name", "estimated_duration" };
	AUTO_BUF text = { 0 };
	bool good = true;
	struct js v;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		v = js_member(scene, names[i]);
		buf_reset(&text);
		if (js_truthy(v))
			state_str(&text, v);
		else if (i == 3)
			buf_adds(&text, "0s");
		good &= text.len > 0;
		good &= put_field(line, buf_str(&text), text.len, i == 3);
	}
	line->data[line->len - 1] = '\0';
	line->len--;
	return good;
}

static void
put_missing(struct buf *out, struct js scene)
{
	buf_adds(out, "  - id=");
	state_repr(out, js_member(scene, "id"));
	buf_adds(out, " file=");
	state_repr(out, js_member(scene, "file"));
	buf_adds(out, " class_name=");
	state_repr(out, js_member(scene, "class_name"));
	buf_addc(out, '\n');
}

size_t
state_show_scenes(struct buf *out, struct js root, char end, struct buf *missing)
{
	struct js list = js_member(root, "scenes"), key, scene;
	struct js_iter it = js_iter(list);
	AUTO_BUF line = { 0 };
	size_t lines = 0;

	while (js_type(list) == JS_ARRAY && js_next(&it, &key, &scene)) {
		buf_reset(&line);
		if (!put_scene(&line, scene)) {
			put_missing(missing, scene);
			continue;
		}
		buf_add(out, line.data, line.len);
		buf_addc(out, end);
		lines++;
	}
	return lines;
}

/* The text of member name of scene; nothing where it is missing or empty. */
static void
text_or(struct buf *out, struct js scene, const char *name)
{
	struct js v = js_member(scene, name);

	if (js_truthy(v))
		state_str(out, v);
}

int
state_show_current(struct buf *out, struct js root, char end, struct err *e)
{
	struct js scenes = js_member(root, "scenes"), at = js_member(root, "current_scene_index"), scene;
	AUTO_BUF id = { 0 }, field = { 0 };
	bool good;

	scene = js_element(scenes, js_is_int(at) && *at.p != '-' ? strtoul(at.p, NULL, 10) : 0);
	if (js_type(scene) != JS_OBJECT)
		return err_set(e, 0, "no current scene: %zu scenes, index %.*s", js_count(scenes), at.p != NULL ? (int)at.n : 1,
		    at.p != NULL ? at.p : "0");
	text_or(&id, scene, "id");
	good = put_field(out, buf_str(&id), id.len, false);
	text_or(&field, scene, "file");
	if (field.len == 0)
		project_scene_file(&field, buf_str(&id));
	good &= put_field(out, field.data, field.len, false);
	buf_reset(&field);
	text_or(&field, scene, "class_name");
	if (field.len == 0)
		project_class_of_id(buf_str(&id), &field);
	good &= put_field(out, buf_str(&field), field.len, false);
	buf_reset(&field);
	text_or(&field, scene, "narration_key");
	good &= put_field(out, field.len > 0 ? field.data : buf_str(&id), field.len > 0 ? field.len : id.len, true);
	out->data[out->len - 1] = end;
	if (!good)
		return err_set(e, 0, "the current scene has a '|' or a line end in id, file, class or key");
	return 0;
}
