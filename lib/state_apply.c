/* Decides when a phase is over, by what is on disk, and what the state says then. Must never know the file of the state
 * itself. One function per phase, in a table; a phase without one does not move by itself.
 * Invariant: the same state and folder give the same result: nothing is remembered elsewhere. */
#include "state_apply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io.h"
#include "js_text.h"
#include "js_view.h"
#include "path.h"
#include "project.h"
#include "state_edit.h"
#include "state_norm.h"
#include "state_path.h"
#include "state_repr.h"

#define PLAN_MAX ((size_t)64 << 20)

struct apply {
	struct state *s;
	int dirfd;
	const char *now;
	struct err *e;
};

static bool
is_there(const struct apply *a, const char *name, struct stat *st)
{
	return fstatat(a->dirfd, name, st, 0) == 0;
}

static int
set_words(struct apply *a, const char *field, const char *text)
{
	return state_set_text(a->s, field, text, strlen(text), a->e);
}

static int
review_flag(struct apply *a, bool on)
{
	return state_set(a->s, "flags.needs_human_review", on ? "true" : "false", a->e);
}

static int
note(struct apply *a, enum state_phase phase, const char *action, size_t n)
{
	AUTO_BUF json = { 0 };

	buf_addf(&json, "{\"timestamp\": \"%s\", \"phase\": \"%s\", \"action\": ", a->now, state_phase_name[phase]);
	js_encode(&json, action, n);
	buf_addc(&json, '}');
	return state_history_add(a->s, json.data, a->e);
}

/* phase is over: the next one, nobody needs to look, and a line in history. */
static int
advance(struct apply *a, enum state_phase phase, enum state_phase next, const char *action)
{
	if (set_words(a, "phase", state_phase_name[next]) < 0 || review_flag(a, false) < 0)
		return -1;
	return note(a, phase, action, strlen(action));
}

/* Notes the error "words file rest", once. */
static int
fail_at(struct apply *a, const char *words, const struct buf *file, const char *rest)
{
	AUTO_BUF text = { 0 };

	buf_adds(&text, words);
	buf_add(&text, file->data, file->len);
	buf_adds(&text, rest);
	return state_error_add(a->s, text.data, text.len, a->e);
}

static int
fail(struct apply *a, const char *words)
{
	return state_error_add(a->s, words, strlen(words), a->e);
}

/* Clears the errors that begin with one of the words up to NULL. */
static int
clear(struct apply *a, const char *const *prefixes)
{
	size_t n = 0, cleared;

	while (prefixes[n] != NULL)
		n++;
	return state_error_clear(a->s, prefixes, n, &cleared, a->e);
}

/* --- plan -------------------------------------------------------------------------------------------------------- */
static int
apply_plan(struct apply *a)
{
	AUTO_BUF text = { 0 }, scenes = { 0 };
	struct js list;
	int r = io_slurp_at(a->dirfd, PROJECT_PLAN, &text, PLAN_MAX);

	if (r < 0) {
		err_sys(a->e, -r, "%s", PROJECT_PLAN);
		a->e->code = 0; /* no plan is an answer, not a failure of the machine */
		return -1;
	}
	if (js_check(buf_str(&text), text.len, JS_PYTHON, a->e) < 0) {
		err_wrap(a->e, "%s", PROJECT_PLAN);
		a->e->code = 0;
		return -1;
	}
	list = js_member(js_root(text.data), "scenes");
	if (js_type(list) != JS_ARRAY || !js_truthy(list))
		return err_set(a->e, 0, "%s: scenes: %s", PROJECT_PLAN, js_type(list) == JS_ARRAY ? "empty" : js_type_name(list));
	if (state_norm_plan(&scenes, list) == 0)
		return err_set(a->e, 0, "%s: scenes: none has an id", PROJECT_PLAN);
	if (set_words(a, "plan_file", PROJECT_PLAN) < 0 || state_set(a->s, "scenes", scenes.data, a->e) < 0 ||
	    state_set(a->s, "current_scene_index", "0", a->e) < 0)
		return -1;
	return advance(a, STATE_PHASE_plan, STATE_PHASE_review, "Applied plan.json to project_state.json (deterministic)");
}

static int
apply_review(struct apply *a)
{
	return advance(a, STATE_PHASE_review, STATE_PHASE_narration, "Advanced to narration (deterministic)");
}

static int
apply_narration(struct apply *a)
{
	static const char *const over[] = { "narration failed:", NULL };
	struct stat st;

	if (!is_there(a, PROJECT_NARRATION, &st)) {
		if (fail(a, "narration failed: " PROJECT_NARRATION " missing") < 0)
			return -1;
		return review_flag(a, true);
	}
	if (set_words(a, "narration_file", PROJECT_NARRATION) < 0 || clear(a, over) < 0)
		return -1;
	return advance(a, STATE_PHASE_narration, STATE_PHASE_build_scenes,
	    "Detected narration_script.py; advanced to build_scenes (deterministic)");
}

/* --- build_scenes ------------------------------------------------------------------------------------------------ */
/* The scene at the index is built: its file and class are noted, the next one is due. */
static int
scene_built(struct apply *a, size_t index, size_t count, const char *file, const char *class)
{
	static const char *const over[] = { "build_scenes incomplete: expected",
		"build_scenes incomplete: could not infer class name", NULL };
	const char *const fields[][2] = { { "status", "built" }, { "file", file }, { "class_name", class } };
	AUTO_BUF action = { 0 };
	char name[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(fields); i++) {
		snprintf(name, sizeof name, "scenes.%zu.%s", index, fields[i][0]);
		if (set_words(a, name, fields[i][1]) < 0)
			return -1;
	}
	snprintf(name, sizeof name, "%zu", index + 1);
	if (state_set(a->s, "current_scene_index", name, a->e) < 0 || clear(a, over) < 0 ||
	    set_words(a, "phase", state_phase_name[index + 1 >= count ? STATE_PHASE_scene_qc : STATE_PHASE_build_scenes]) < 0)
		return -1;
	buf_addf(&action, "Marked built: %s (%s); advanced index to %zu", file, class, index + 1);
	return note(a, STATE_PHASE_build_scenes, action.data, action.len);
}

static int
build_scene(struct apply *a, struct js scene, size_t index, size_t count)
{
	AUTO_BUF id = { 0 }, file = { 0 }, class = { 0 };
	struct stat st;

	state_str(&id, js_member(scene, "id"));
	buf_add(&file, id.data, id.len); /* not project_scene_file: a NUL may be inside */
	buf_adds(&file, ".py");
	if (strlen(buf_str(&id)) != id.len || !path_is_inside(file.data) || !is_there(a, file.data, &st))
		return fail_at(a, "build_scenes incomplete: expected ", &file, " not found");
	if (project_class_at(a->dirfd, file.data, &class) <= 0)
		return fail_at(a, "build_scenes incomplete: could not infer class name from ", &file, "");
	return scene_built(a, index, count, file.data, class.data);
}

static int
apply_build_scenes(struct apply *a)
{
	static const char *const over[] = { "build_scenes incomplete:", NULL };
	struct js scenes = js_member(state_root(a->s), "scenes");
	struct js at = js_member(state_root(a->s), "current_scene_index");
	size_t index = strtoull(at.p, NULL, 10), count = js_count(scenes);

	if (count == 0) {
		if (fail(a, "build_scenes failed: no scenes in state (did " PROJECT_PLAN " apply run?)") < 0)
			return -1;
		return review_flag(a, true);
	}
	if (index < count)
		return build_scene(a, js_element(scenes, index), index, count);
	if (clear(a, over) < 0)
		return -1;
	return set_words(a, "phase", state_phase_name[STATE_PHASE_scene_qc]);
}

/* --- the checks of what a step left behind ----------------------------------------------------------------------- */
static int
apply_scene_qc(struct apply *a)
{
	static const char *const over[] = { "scene_qc incomplete:", "scene_qc failed:", NULL };
	struct stat st;

	if (!is_there(a, PROJECT_QC_REPORT, &st) || st.st_size == 0) {
		if (set_words(a, "phase", state_phase_name[STATE_PHASE_scene_qc]) < 0)
			return -1;
		return fail(a, "scene_qc incomplete: " PROJECT_QC_REPORT " missing");
	}
	if (clear(a, over) < 0)
		return -1;
	return advance(a, STATE_PHASE_scene_qc, STATE_PHASE_precache_voiceovers,
	    "Detected scene_qc_report.md; advanced to precache_voiceovers (deterministic)");
}

static int
apply_precache(struct apply *a)
{
	static const char *const over[] = { "precache_voiceovers incomplete:", "precache_voiceovers failed:", NULL };
	struct stat st;

	if (!is_there(a, PROJECT_VOICE_INDEX, &st)) {
		if (set_words(a, "phase", state_phase_name[STATE_PHASE_precache_voiceovers]) < 0)
			return -1;
		return fail(a, "precache_voiceovers incomplete: " PROJECT_VOICE_INDEX " missing");
	}
	if (clear(a, over) < 0)
		return -1;
	return advance(a, STATE_PHASE_precache_voiceovers, STATE_PHASE_final_render,
	    "Detected media/voiceovers/qwen/cache.json; advanced to final_render (deterministic)");
}

int
state_apply(struct state *s, enum state_phase phase, int dirfd, const char *now, struct err *e)
{
	static int (*const rules[STATE_NPHASES])(struct apply *) = {
		[STATE_PHASE_plan] = apply_plan,
		[STATE_PHASE_review] = apply_review,
		[STATE_PHASE_narration] = apply_narration,
		[STATE_PHASE_build_scenes] = apply_build_scenes,
		[STATE_PHASE_scene_qc] = apply_scene_qc,
		[STATE_PHASE_precache_voiceovers] = apply_precache,
	};
	struct apply a = { .s = s, .dirfd = dirfd, .now = now, .e = e };

	return rules[phase] != NULL ? rules[phase](&a) : 0;
}
