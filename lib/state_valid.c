/* Decides what is wrong with a state, all of it at once. Must never change or repair anything (state_norm.c does).
 * The schema is the tables below. Invariant: a normalized state has no errors, only warnings at most, since the build
 * validates after each normalize and stops at an error. */
#include "state_valid.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "js_text.h"
#include "js_view.h"
#include "state_phase.h"
#include "state_repr.h"
#include "state_seen.h"

enum want { STRING, STRING_OR_NULL, TEXT, COUNT, ARRAY, OBJECT, BOOLEAN, INTEGER, NUMBER, TIME, STATUS_WORD };

static const char *const want_words[] = {
	[STRING] = "must be a string", [STRING_OR_NULL] = "must be string or null", [TEXT] = "must be a string, not empty",
	[COUNT] = "must be a whole number, at least 0", [ARRAY] = "must be an array", [OBJECT] = "must be an object",
	[BOOLEAN] = "must be true or false", [INTEGER] = "must be a whole number", [NUMBER] = "must be a number",
	[TIME] = "should be a time as 2026-01-31T12:00:00Z", [STATUS_WORD] = "should be pending, built or rendered",
};

struct rule {
	const char *name;
	enum want want;
	bool required;
	bool odd; /* a breach is a warning */
};

static const struct rule state_rules[] = {
	{ "project_name", STRING, true, false }, { "topic", STRING_OR_NULL, false, false }, { "phase", STRING, true, false },
	{ "created_at", STRING, true, false }, { "updated_at", STRING, true, false }, { "run_count", COUNT, true, false },
	{ "plan_file", STRING_OR_NULL, false, false }, { "narration_file", STRING_OR_NULL, false, false },
	{ "voice_config_file", STRING_OR_NULL, false, false }, { "scenes", ARRAY, true, false },
	{ "current_scene_index", COUNT, true, false }, { "errors", ARRAY, true, false }, { "history", ARRAY, true, false },
	{ "flags", OBJECT, true, false }, { "created_at", TIME, false, true }, { "updated_at", TIME, false, true },
};

static const struct rule flag_rules[] = {
	{ "needs_human_review", BOOLEAN, true, false }, { "dry_run", BOOLEAN, true, false }, { "force_replan", BOOLEAN, true, false },
};

static const struct rule scene_rules[] = {
	{ "id", TEXT, true, false }, { "title", STRING, false, false }, { "narration_key", STRING, false, false },
	{ "narration_summary", STRING, false, false }, { "estimated_words", INTEGER, false, false },
	{ "estimated_duration", STRING, false, false }, { "animations", ARRAY, false, false },
	{ "complexity", STRING, false, false }, { "risk_flags", ARRAY, false, false }, { "status", STRING, false, false },
	{ "status", STATUS_WORD, false, true }, { "file", STRING, false, false }, { "class_name", STRING, false, false },
	{ "video_file", STRING, false, false }, { "verification", OBJECT, false, false },
};

static const struct rule verification_rules[] = {
	{ "file_size_bytes", COUNT, false, true }, { "duration_seconds", NUMBER, false, true },
	{ "audio_present", BOOLEAN, false, true }, { "verified_at", TIME, false, true },
};

#define RULES_MAX ARRAY_LEN(state_rules) /* the longest table */

struct report {
	struct buf *out;
	size_t errors;
};

static void
tell(struct report *r, bool odd, const char *what, const char *path, const char *name, const char *words)
{
	size_t from = r->out->len;

	buf_addf(r->out, "%s %s%s%s%s%s%s%s", odd ? "\xe2\x9a\xa0" : "\xe2\x9d\x8c", what, *words ? "'" : "", path, name,
	    *words ? "' (" : "", words, *words ? ")" : "");
	err_harmless(r->out->data + from, r->out->len - from);
	buf_addc(r->out, '\n');
	r->errors += !odd;
}

static bool
is_time(struct js v)
{
	static const char form[] = "\"0000-00-00T00:00:00Z\"";
	size_t i;

	if (v.n != sizeof form - 1)
		return false;
	for (i = 0; i < v.n; i++) {
		if (form[i] == '0' ? v.p[i] < '0' || v.p[i] > '9' : v.p[i] != form[i])
			return false;
	}
	return true;
}

static bool
fits(struct js v, enum want want)
{
	enum js_type t = js_type(v);

	switch (want) {
	case STRING:
		return t == JS_STRING;
	case STRING_OR_NULL:
		return t == JS_STRING || t == JS_NULL;
	case TEXT:
		return t == JS_STRING && v.n > 2;
	case COUNT:
		return js_is_int(v) && (*v.p != '-' || strncmp(v.p, "-0", v.n) == 0);
	case ARRAY:
		return t == JS_ARRAY;
	case OBJECT:
		return t == JS_OBJECT;
	case BOOLEAN:
		return t == JS_BOOL;
	case INTEGER:
		return js_is_int(v);
	case NUMBER:
		return t == JS_NUMBER;
	case TIME:
		return t != JS_STRING || is_time(v);
	case STATUS_WORD:
		return t != JS_STRING || js_is(v, "pending") || js_is(v, "built") || js_is(v, "rendered");
	}
	return true;
}

/* The rules for object o, whose path (with a dot at the end, or empty) is path. */
static void
check(struct report *r, struct js o, const char *path, const struct rule *rules, size_t n)
{
	const char *names[RULES_MAX] = { NULL };
	struct js found[RULES_MAX], v;
	size_t i;

	for (i = 0; i < n; i++)
		names[i] = rules[i].name;
	js_pick(o, names, n, found);
	for (i = 0; i < n; i++) {
		v = found[i];
		if (v.p == NULL && rules[i].required)
			tell(r, false, "Missing required field: ", path, rules[i].name, "");
		else if (v.p != NULL && !fits(v, rules[i].want))
			tell(r, rules[i].odd, rules[i].odd ? "Odd value of " : "Invalid type for ", path, rules[i].name,
			    want_words[rules[i].want]);
	}
}

static void
check_phase(struct report *r, struct js phase)
{
	AUTO_BUF text = { 0 };

	if (js_type(phase) != JS_STRING)
		return;
	state_str(&text, phase);
	if (state_phase(buf_str(&text), text.len) < 0)
		tell(r, false, "Invalid phase: ", buf_str(&text), "", "");
}

static void
check_scenes(struct report *r, struct js list)
{
	struct js_iter it = js_iter(list);
	struct state_seen ids = { 0 };
	struct js key, scene, id;
	AUTO_BUF path = { 0 };
	size_t i;

	for (i = 0; js_type(list) == JS_ARRAY && js_next(&it, &key, &scene); i++) {
		buf_reset(&path);
		buf_addf(&path, "scenes.%zu", i);
		if (js_type(scene) != JS_OBJECT) {
			tell(r, false, "Invalid type for ", path.data, "", want_words[OBJECT]);
			continue;
		}
		buf_addc(&path, '.');
		check(r, scene, path.data, scene_rules, ARRAY_LEN(scene_rules));
		id = js_member(scene, "id");
		if (js_type(id) == JS_STRING && !state_seen_new(&ids, id))
			tell(r, true, "Odd value of ", path.data, "id", "another scene has it too");
		buf_adds(&path, "verification.");
		check(r, js_member(scene, "verification"), path.data, verification_rules, ARRAY_LEN(verification_rules));
	}
	state_seen_fini(&ids);
}

static void
check_history(struct report *r, struct js list)
{
	struct js_iter it = js_iter(list);
	struct js key, entry;
	AUTO_BUF path = { 0 };
	size_t i;

	for (i = 0; js_type(list) == JS_ARRAY && js_next(&it, &key, &entry); i++) {
		if (js_type(entry) == JS_STRING || js_type(entry) == JS_OBJECT)
			continue;
		buf_reset(&path);
		buf_addf(&path, "history.%zu", i);
		tell(r, true, "Odd value of ", path.data, "", "should be a string or an object");
	}
}

static void
check_index(struct report *r, struct js index, struct js scenes)
{
	size_t n = js_count(scenes);

	if (fits(index, COUNT) && js_type(scenes) == JS_ARRAY && (index.n > 15 || strtoull(index.p, NULL, 10) > n))
		tell(r, true, "Odd value of ", "current_scene_index", "", "beyond the last scene");
}

size_t
state_valid(struct buf *out, const char *text, size_t n)
{
	struct report r = { .out = out };
	struct js root;
	struct err e;

	if (n == 0)
		err_set(&e, 0, "line 1 column 1: empty file");
	if (n == 0 || js_check(text, n, JS_PYTHON, &e) < 0) {
		tell(&r, false, "Invalid JSON: ", e.msg, "", "");
		return r.errors;
	}
	root = js_root(text);
	if (js_type(root) != JS_OBJECT) {
		tell(&r, false, "Invalid JSON: line 1 column 1: a state is an object, this is ", js_type_name(root), "", "");
		return r.errors;
	}
	if (js_check(text, n, JS_STRICT, &e) < 0)
		tell(&r, true, "Not JSON to others: ", e.msg, "", "");
	check(&r, root, "", state_rules, ARRAY_LEN(state_rules));
	check_phase(&r, js_member(root, "phase"));
	check(&r, js_member(root, "flags"), "flags.", js_type(js_member(root, "flags")) == JS_OBJECT ? flag_rules : NULL,
	    js_type(js_member(root, "flags")) == JS_OBJECT ? ARRAY_LEN(flag_rules) : 0);
	check_scenes(&r, js_member(root, "scenes"));
	check_history(&r, js_member(root, "history"));
	check_index(&r, js_member(root, "current_scene_index"), js_member(root, "scenes"));
	return r.errors;
}
