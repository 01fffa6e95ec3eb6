/* Decides what the verbs on scenes do with their operands. Must never know files or locks. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "js_text.h"
#include "js_view.h"
#include "project.h"
#include "state_edit.h"
#include "state_path.h"
#include "state_scene.h"
#include "state_show.h"
#include "state_verb.h"

int
state_verb_scenes(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF missing = { 0 };
	size_t lines = state_show_scenes(c->out, state_root(s), c->o->nul ? '\0' : '\n', &missing);

	if (missing.len > 0) {
		buf_addf(c->err, "Missing required scene metadata in %s (need id, file, class_name):\n%s", c->path, missing.data);
		return STATE_USAGE;
	}
	if (lines == 0)
		return err_set(e, 0, "%s: no scenes", c->path);
	return STATE_YES;
}

static int
scene_set(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF json = { 0 };
	struct js scene;
	int i, r;

	if (c->argc < 4 || c->argc % 2 != 0)
		return state_verb_usage(e, "scene set: use ID FIELD VALUE");
	for (i = 2; i < c->argc; i += 2) {
		buf_reset(&json);
		scene = state_scene(state_root(s), c->argv[1], NULL);
		r = state_verb_value(c->o, c->argv[i + 1], scene.p != NULL ? state_get(scene, c->argv[i]) : scene, &json, e);
		if (r != 0)
			return r;
		if (state_scene_set(s, c->argv[1], c->argv[i], json.data, e) < 0)
			return -1;
	}
	return STATE_YES;
}

static int
scene_get(struct state_call *c, struct state *s, struct err *e)
{
	struct js scene = state_scene(state_root(s), c->argv[1], NULL), v;
	int i, status = STATE_YES;

	if (scene.p == NULL)
		return err_set(e, 0, "%s: no such scene", c->argv[1]);
	for (i = 2; i < c->argc; i++) {
		v = state_get(scene, c->argv[i]);
		if (js_type(v) > JS_NULL)
			state_show_value(c->out, v, c->o->json);
		else if (c->o->fallback != NULL)
			buf_adds(c->out, c->o->fallback);
		else
			status = STATE_NO;
		if (c->argc > 3 || status == STATE_YES)
			buf_addc(c->out, c->o->nul ? '\0' : '\n');
	}
	return status;
}

int
state_verb_scene(struct state_call *c, struct state *s, struct err *e)
{
	const char *what = c->argc > 0 ? c->argv[0] : "current";

	if (strcmp(what, "current") == 0 && c->argc <= 1)
		return state_show_current(c->out, state_root(s), c->o->nul ? '\0' : '\n', e);
	if (strcmp(what, "get") == 0 && c->argc >= 3)
		return scene_get(c, s, e);
	if (strcmp(what, "set") == 0 && c->argc >= 2)
		return scene_set(c, s, e);
	if (strcmp(what, "revert") == 0 && c->argc == 2)
		return state_scene_revert(s, c->argv[1], e);
	return state_verb_usage(e, "scene: use current, get ID FIELD, set ID FIELD VALUE, or revert ID");
}

/* The folder that paths in the state start from. */
static int
folder_open(const struct state_call *c, struct err *e)
{
	int fd = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? err_sys(e, errno, "%s", c->folder) : fd;
}

static int
duration_option(const char *text, double *seconds, struct err *e)
{
	char *end;

	*seconds = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(*seconds) || *seconds < 0)
		return state_verb_usage(e, "--duration %s: not a number of seconds", text);
	return 0;
}

/* What is known of the video: from the options, the rest from the file. */
static int
video_look(struct state_call *c, struct state_video *v, struct err *e)
{
	AUTO_FD dir = folder_open(c, e);
	struct stat st;
	int r;

	if (dir < 0)
		return -1;
	if (c->o->duration == NULL) {
		r = state_video_read(dir, v->file, v, e);
	} else if ((r = duration_option(c->o->duration, &v->duration_s, e)) == 0) {
		if (fstatat(dir, v->file, &st, 0) < 0)
			return err_sys(e, errno, "%s", v->file);
		if (!S_ISREG(st.st_mode) || st.st_size == 0)
			return err_set(e, 0, "%s: %s", v->file, S_ISREG(st.st_mode) ? "empty" : "not a regular file");
		v->size_bytes = st.st_size;
		v->audio = true;
	}
	if (c->o->no_audio)
		v->audio = false;
	return r;
}

/* The video's name: as given, as noted before, or where the renderer puts it. */
static int
video_name(struct state_call *c, struct js scene, struct buf *out, struct err *e)
{
	AUTO_BUF class = { 0 };

	if (c->o->video != NULL) {
		buf_adds(out, c->o->video);
		return 0;
	}
	if (js_type(js_member(scene, "video_file")) == JS_STRING && js_truthy(js_member(scene, "video_file"))) {
		js_decode(out, js_member(scene, "video_file"));
		return 0;
	}
	if (js_type(js_member(scene, "class_name")) != JS_STRING)
		return state_verb_usage(e, "mark %s rendered: which video? give --video FILE", c->argv[0]);
	js_decode(&class, js_member(scene, "class_name"));
	project_video(out, c->argv[0], "1440p60", buf_str(&class));
	return 0;
}

static int
mark_rendered(struct state_call *c, struct state *s, struct err *e)
{
	struct js scene = state_scene(state_root(s), c->argv[0], NULL);
	struct state_video v = { 0 };
	AUTO_BUF name = { 0 };
	int r;

	if (scene.p == NULL)
		return err_set(e, 0, "%s: no such scene", c->argv[0]);
	if ((r = video_name(c, scene, &name, e)) != 0)
		return r;
	v.file = buf_str(&name);
	if ((r = video_look(c, &v, e)) != 0)
		return r;
	return state_scene_rendered(s, c->argv[0], &v, c->now, e);
}

int
state_verb_mark(struct state_call *c, struct state *s, struct err *e)
{
	const char *id = c->argv[0], *status = c->argv[1];

	if (strcmp(status, "rendered") == 0)
		return mark_rendered(c, s, e);
	if (strcmp(status, "built") != 0 && strcmp(status, "pending") != 0)
		return state_verb_usage(e, "%s: a scene is pending, built or rendered", status);
	if (state_scene_set_text(s, id, "status", status, e) < 0)
		return -1;
	if (c->o->scene_file != NULL && state_scene_set_text(s, id, "file", c->o->scene_file, e) < 0)
		return -1;
	if (c->o->class_name != NULL && state_scene_set_text(s, id, "class_name", c->o->class_name, e) < 0)
		return -1;
	return STATE_YES;
}

int
state_verb_repair(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_FD dir = folder_open(c, e);
	size_t count;

	if (dir < 0)
		return -1;
	return state_scenes_repair(s, dir, c->now, &count, e);
}
