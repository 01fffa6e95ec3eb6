/* Decides what happens to one scene. Must never know phases in general (state_phase.c), nor how files are rendered. */
#include "state_scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io.h"
#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"
#include "mp4.h"
#include "project.h"
#include "state_edit.h"
#include "state_repr.h"

struct js
state_scene(struct js root, const char *id, size_t *index)
{
	struct js_iter it = js_iter(js_member(root, "scenes"));
	struct js key, scene;
	size_t i;

	for (i = 0; js_next(&it, &key, &scene); i++) {
		if (key.p == NULL && js_is(js_member(scene, "id"), id)) {
			if (index != NULL)
				*index = i;
			return scene;
		}
	}
	return (struct js){ 0 };
}

static int
find(const struct state *s, const char *id, size_t *index, struct err *e)
{
	if (state_scene(state_root(s), id, index).p == NULL)
		return err_set(e, 0, "%s: no such scene", id);
	return 0;
}

int
state_scene_set(struct state *s, const char *id, const char *field, const char *json, struct err *e)
{
	AUTO_BUF path = { 0 };
	size_t i;

	if (find(s, id, &i, e) < 0)
		return -1;
	if (*field == '/')
		buf_addf(&path, "/scenes/%zu%s", i, field);
	else
		buf_addf(&path, "scenes.%zu.%s", i, field);
	return state_set(s, path.data, json, e);
}

int
state_scene_set_text(struct state *s, const char *id, const char *field, const char *text, struct err *e)
{
	AUTO_BUF json = { 0 };

	js_encode(&json, text, strlen(text));
	return state_scene_set(s, id, field, json.data, e);
}

int
state_scene_revert(struct state *s, const char *id, struct err *e)
{
	char number[24];
	size_t i;

	if (find(s, id, &i, e) < 0)
		return -1;
	snprintf(number, sizeof number, "%zu", i);
	if (state_scene_set_text(s, id, "status", "pending", e) < 0 ||
	    state_set(s, "current_scene_index", number, e) < 0)
		return -1;
	return state_set(s, "phase", "\"build_scenes\"", e);
}

int
state_video_read(int dirfd, const char *file, struct state_video *v, struct err *e)
{
	AUTO_FD fd = io_open_regular(dirfd, file);
	struct mp4 m;

	if (fd < 0)
		return err_sys(e, -fd, "%s", file);
	if (mp4_read(fd, &m, e) < 0)
		return err_wrap(e, "%s", file);
	v->size_bytes = (int64_t)m.size_bytes;
	v->duration_s = (double)m.duration_ns / 1e9;
	v->audio = m.audio.samples > 0;
	return 0;
}

int
state_scene_rendered(struct state *s, const char *id, const struct state_video *v, const char *now, struct err *e)
{
	char seconds[JS_DOUBLE_LEN];
	AUTO_BUF json = { 0 };

	buf_addf(&json, "{\"file_size_bytes\": %lld, \"duration_seconds\": %s, \"audio_present\": %s, \"verified_at\": \"%s\"}",
	    (long long)v->size_bytes, js_double(v->duration_s, seconds), v->audio ? "true" : "false", now);
	if (state_scene_set_text(s, id, "status", "rendered", e) < 0 ||
	    state_scene_set_text(s, id, "video_file", v->file, e) < 0)
		return -1;
	return state_scene_set(s, id, "verification", json.data, e);
}

/* --- repair ------------------------------------------------------------------------------------------------------ */
struct repair {
	struct state *s;
	int dirfd;
	struct js_edits edits;
	struct buf notes;
	size_t count;
};

static void
repair_fini(struct repair *r)
{
	js_edits_fini(&r->edits);
	buf_fini(&r->notes);
}

/* Puts text where scene has nothing of that name. */
static void
fill_in(struct repair *r, struct js scene, const char *name, const struct buf *id, const struct buf *text)
{
	struct js old = js_member(scene, name);
	AUTO_BUF json = { 0 };

	js_encode(&json, buf_str(text), text->len);
	if (old.p != NULL)
		js_edit_replace(&r->edits, r->s->text.data, old, json.data);
	else
		js_edit_add_member(&r->edits, r->s->text.data, scene, name, strlen(name), json.data);
	buf_addf(&r->notes, "%sset %s for %s -> %s", r->count > 0 ? "; " : "", name, buf_str(id), buf_str(text));
	r->count++;
}

/* Whether text can be the name of a file here: no NUL inside. */
static bool
is_name(const struct buf *text)
{
	return text->len > 0 && strlen(text->data) == text->len;
}

static void
repair_scene(struct repair *r, struct js scene)
{
	AUTO_BUF id = { 0 }, file = { 0 }, class = { 0 };
	struct stat st;

	if (!js_truthy(js_member(scene, "id")))
		return;
	state_str(&id, js_member(scene, "id"));
	if (js_truthy(js_member(scene, "file"))) {
		state_str(&file, js_member(scene, "file"));
	} else if (is_name(&id)) {
		project_scene_file(&file, id.data);
		if (fstatat(r->dirfd, file.data, &st, 0) < 0)
			return;
		fill_in(r, scene, "file", &id, &file);
	}
	if (js_truthy(js_member(scene, "class_name")) || !is_name(&file))
		return;
	if (project_class_at(r->dirfd, file.data, &class) > 0)
		fill_in(r, scene, "class_name", &id, &class);
}

static int
repair_note(struct repair *r, const char *now, struct err *e)
{
	AUTO_BUF entry = { 0 }, action = { 0 };

	buf_addf(&action, "Repaired missing scene metadata in state: %s", buf_str(&r->notes));
	buf_addf(&entry, "{\"timestamp\": \"%s\", \"phase\": \"final_render\", \"action\": ", now);
	js_encode(&entry, action.data, action.len);
	buf_addc(&entry, '}');
	if (state_touch(r->s, now, e) < 0)
		return -1;
	return state_history_add(r->s, entry.data, e);
}

int
state_scenes_repair(struct state *s, int dirfd, const char *now, size_t *count, struct err *e)
{
	__attribute__((cleanup(repair_fini))) struct repair r = { .s = s, .dirfd = dirfd };
	struct js_iter it = js_iter(js_member(state_root(s), "scenes"));
	struct js key, scene;

	while (js_next(&it, &key, &scene)) {
		if (js_type(scene) == JS_OBJECT && key.p == NULL)
			repair_scene(&r, scene);
	}
	*count = r.count;
	if (r.count == 0)
		return 0;
	state_make(s, &r.edits);
	return repair_note(&r, now, e);
}
