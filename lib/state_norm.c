/* Decides what a state is made of, whatever was there: types, defaults, order of keys. Must never know files, nor what
 * phases do. The rules are those of the Python normaliser that the pipeline used (README, "State"), where it did not fail.
 * Invariants: 1. the output passes js_check and state_valid's errors (tests/unit/state_test.c). 2. normalizing twice changes
 * nothing but updated_at. 3. every object is walked once (js_pick), so that 10,000 scenes take as long as they are long. */
#include "state_norm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"
#include "state_int.h"
#include "state_phase.h"
#include "state_repr.h"
#include "state_seen.h"

/* An object being written: its members' indentation, and whether one is there. */
struct object {
	struct buf *out;
	const char *indent;
	bool begun;
};

static void
name_is(struct object *o, const char *name)
{
	buf_addf(o->out, "%s\n%s\"%s\": ", o->begun ? "," : "", o->indent, name);
	o->begun = true;
}

static void
put_value(struct object *o, const char *name, struct js v)
{
	name_is(o, name);
	js_print(o->out, v, &js_indent2, o->indent, strlen(o->indent));
}

static void
put_string(struct object *o, const char *name, const char *text, size_t n)
{
	name_is(o, name);
	js_encode(o->out, text, n);
}

/* A string, or the text of what is there instead; null stays. */
static void
put_text_or_null(struct object *o, const char *name, struct js v)
{
	AUTO_BUF text = { 0 };

	if (js_type(v) <= JS_NULL || js_type(v) == JS_STRING) {
		put_value(o, name, v);
		return;
	}
	state_str(&text, v);
	put_string(o, name, buf_str(&text), text.len);
}

/* As before, but what is null or empty becomes fallback. */
static void
put_text(struct object *o, const char *name, struct js v, const char *fallback)
{
	if (js_type(v) <= JS_NULL || (js_type(v) == JS_STRING && !js_truthy(v)))
		put_string(o, name, fallback, strlen(fallback));
	else
		put_text_or_null(o, name, v);
}

static void
put_array(struct object *o, const char *name, struct js v)
{
	if (js_type(v) == JS_ARRAY)
		put_value(o, name, v);
	else
		put_value(o, name, js_root("[]"));
}

/* An array; one value alone becomes an array of it. */
static void
put_list(struct object *o, const char *name, struct js v)
{
	AUTO_BUF one = { 0 };

	if (js_type(v) <= JS_NULL || js_type(v) == JS_ARRAY) {
		put_array(o, name, v);
		return;
	}
	buf_addc(&one, '[');
	buf_add(&one, v.p, v.n);
	buf_addc(&one, ']');
	put_value(o, name, js_root(one.data));
}

static void
put_int(struct object *o, const char *name, struct js v)
{
	name_is(o, name);
	state_int(o->out, v);
}

/* --- scenes ------------------------------------------------------------------------------------------------------ */
enum { ID, TITLE, KEY, SUMMARY, WORDS, DURATION, ANIMATIONS, COMPLEXITY, RISKS, STATUS, FILE_NAME, CLASS, VIDEO, VERIFIED, SCENE_FIELDS };

static const char *const scene_field[SCENE_FIELDS] = { "id", "title", "narration_key", "narration_summary", "estimated_words",
	"estimated_duration", "animations", "complexity", "risk_flags", "status", "file", "class_name", "video_file",
	"verification" };

/* Writes one scene; false where it is none (no object, no id). */
static bool
put_scene(struct buf *out, struct js scene, bool planned, bool first)
{
	struct object o = { .out = out, .indent = "      " };
	struct js f[SCENE_FIELDS];
	AUTO_BUF id = { 0 }, id_json = { 0 };
	int i;

	js_pick(scene, scene_field, SCENE_FIELDS, f);
	if (js_type(f[ID]) > JS_NULL)
		state_str(&id, f[ID]);
	if (id.len == 0)
		return false;
	buf_adds(out, first ? "\n    {" : ",\n    {");
	js_encode(&id_json, id.data, id.len);
	put_text(&o, "id", f[ID], "");
	for (i = TITLE; i <= KEY; i++) {
		if (js_type(f[i]) <= JS_NULL || (js_type(f[i]) == JS_STRING && !js_truthy(f[i])))
			put_value(&o, scene_field[i], js_root(id_json.data));
		else
			put_text_or_null(&o, scene_field[i], f[i]);
	}
	put_text(&o, "narration_summary", f[SUMMARY], "");
	put_int(&o, "estimated_words", f[WORDS]);
	put_text(&o, "estimated_duration", f[DURATION], "0s");
	put_list(&o, "animations", f[ANIMATIONS]);
	put_text(&o, "complexity", f[COMPLEXITY], "low");
	put_list(&o, "risk_flags", f[RISKS]);
	for (i = STATUS; i < SCENE_FIELDS && !planned; i++) {
		if (js_type(f[i]) == (i == VERIFIED ? JS_OBJECT : JS_STRING))
			put_value(&o, scene_field[i], f[i]);
	}
	if (planned)
		put_string(&o, "status", "pending", 7);
	buf_adds(out, "\n    }");
	return true;
}

static size_t
put_scenes(struct buf *out, struct js list, bool planned)
{
	struct js_iter it = js_iter(list);
	struct js key, scene;
	size_t n = 0;

	buf_addc(out, '[');
	while (js_type(list) == JS_ARRAY && js_next(&it, &key, &scene)) {
		if (js_type(scene) == JS_OBJECT)
			n += put_scene(out, scene, planned, n == 0);
	}
	buf_adds(out, n > 0 ? "\n  ]" : "]");
	return n;
}

size_t
state_norm_plan(struct buf *out, struct js plan)
{
	return put_scenes(out, plan, true);
}

/* --- the state --------------------------------------------------------------------------------------------------- */
/* Errors without nulls, each value once. */
static void
put_errors(struct object *o, struct js list)
{
	struct js_iter it = js_iter(list);
	struct state_seen seen = { 0 };
	struct js key, value;
	bool first = true;

	name_is(o, "errors");
	buf_addc(o->out, '[');
	while (js_type(list) == JS_ARRAY && js_next(&it, &key, &value)) {
		if (js_type(value) == JS_NULL || !state_seen_new(&seen, value))
			continue;
		buf_adds(o->out, first ? "\n    " : ",\n    ");
		js_print(o->out, value, &js_indent2, "    ", 4);
		first = false;
	}
	buf_adds(o->out, first ? "]" : "\n  ]");
	state_seen_fini(&seen);
}

static void
put_phase(struct object *o, struct js v)
{
	AUTO_BUF text = { 0 };

	if (js_type(v) > JS_NULL)
		state_str(&text, v);
	if (text.len == 0 || state_phase(text.data, text.len) < 0) {
		buf_reset(&text);
		buf_adds(&text, state_phase_name[STATE_PHASE_plan]);
	}
	put_string(o, "phase", text.data, text.len);
}

/* Never below zero; the index not beyond the scenes either. */
static void
put_count(struct object *o, const char *name, struct js v, const size_t *most)
{
	AUTO_BUF text = { 0 };

	state_int(&text, v);
	name_is(o, name);
	if (text.data[0] == '-')
		buf_addc(o->out, '0');
	else if (most != NULL && (text.len > 15 || strtoull(text.data, NULL, 10) > *most))
		buf_addf(o->out, "%zu", *most);
	else
		buf_add(o->out, text.data, text.len);
}

static void
put_flags(struct object *o, struct js v)
{
	struct object in = { .out = o->out, .indent = "    " };
	struct js f[STATE_FLAGS];
	size_t i;

	js_pick(js_type(v) == JS_OBJECT ? v : (struct js){ 0 }, state_flags, STATE_FLAGS, f);
	name_is(o, "flags");
	buf_addc(o->out, '{');
	for (i = 0; i < STATE_FLAGS; i++)
		put_value(&in, state_flags[i], js_root(js_truthy(f[i]) ? "true" : "false"));
	buf_adds(o->out, "\n  }");
}

enum { NAME, TOPIC, PHASE, CREATED, RUNS, PLAN, NARRATION, VOICE, SCENES, INDEX, ERRORS, HISTORY, FLAGS, FIELDS };

static const char *const field[FIELDS] = { "project_name", "topic", "phase", "created_at", "run_count", "plan_file",
	"narration_file", "voice_config_file", "scenes", "current_scene_index", "errors", "history", "flags" };

void
state_norm(struct buf *out, struct js root, const char *name, const char *now)
{
	struct object o = { .out = out, .indent = "  " };
	struct js f[FIELDS];
	size_t scenes;

	js_pick(root, field, FIELDS, f);
	buf_room(out, root.n + root.n / 8 + 1024);
	buf_addc(out, '{');
	put_text(&o, "project_name", f[NAME], name);
	put_text_or_null(&o, "topic", f[TOPIC]);
	put_phase(&o, f[PHASE]);
	put_text(&o, "created_at", f[CREATED], now);
	put_string(&o, "updated_at", now, strlen(now));
	put_count(&o, "run_count", f[RUNS], NULL);
	put_text_or_null(&o, "plan_file", f[PLAN]);
	put_text_or_null(&o, "narration_file", f[NARRATION]);
	put_text_or_null(&o, "voice_config_file", f[VOICE]);
	name_is(&o, "scenes");
	scenes = put_scenes(out, f[SCENES], false);
	put_count(&o, "current_scene_index", f[INDEX], &scenes);
	put_errors(&o, f[ERRORS]);
	put_array(&o, "history", f[HISTORY]);
	put_flags(&o, f[FLAGS]);
	buf_adds(out, "\n}\n");
}

/* --- salvage ----------------------------------------------------------------------------------------------------- */
enum state_salvage
state_salvage(const char *text, size_t n, struct buf *out, struct err *e)
{
	const char *start = memchr(text, '{', n);
	size_t end;

	if (strspn(text, " \t\r\n") == n)
		return STATE_EMPTY;
	if (js_check(text, n, JS_PYTHON, e) == 0) {
		if (js_type(js_root(text)) != JS_OBJECT) {
			err_set(e, 0, "a state is an object, this is %s", js_type_name(js_root(text)));
			return STATE_BROKEN;
		}
		buf_add(out, text, n);
		return STATE_WHOLE;
	}
	if (start == NULL || (end = js_extent(text, n, (size_t)(start - text))) == 0)
		return STATE_BROKEN;
	buf_add(out, start, end - (size_t)(start - text));
	if (js_check(out->data, out->len, JS_PYTHON, e) == 0)
		return STATE_WHOLE;
	buf_reset(out);
	return STATE_BROKEN;
}
