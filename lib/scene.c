/* Decides where a scene's files are and what is known of it. Must never know how it is rendered, nor change the state.
 * Invariant: id and class are plain names before any path is made of them (scene_name comes first). */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "io.h"
#include "js.h"
#include "js_text.h"
#include "js_view.h"
#include "path.h"
#include "project.h"
#include "pylit.h"
#include "state.h"
#include "state_scene.h"

#define SCRIPT_MAX ((size_t)16 << 20)
#define INDEX_MAX ((size_t)64 << 20)

static char *
scene_printf(struct scene *s, const char *a, const char *b, const char *c)
{
	AUTO_BUF text = { 0 };

	buf_adds(&text, a);
	buf_adds(&text, b);
	buf_adds(&text, c);
	return arena_strdup(&s->arena, buf_str(&text));
}

static int
scene_check(const struct scene *s, struct err *e)
{
	if (!project_name_ok(s->id))
		return err_set(e, 0, "%s: cannot be a scene id: it names a file", s->id);
	if (!project_name_ok(s->class) || s->class[0] == '-')
		return err_set(e, 0, "%s: cannot be a class name", s->class);
	if (s->file[0] == '\0')
		return err_set(e, 0, "%s: the scene file has no name", s->id);
	return 0;
}

int
scene_name(struct scene *s, const char *video, struct err *e)
{
	struct command_value v[SCENE_VALUES];
	AUTO_BUF dir = { 0 };

	if (scene_check(s, e) < 0)
		return -1;
	if (s->file[0] == '-')
		s->file = scene_printf(s, "./", s->file, "");
	s->title = s->key = s->id;
	s->log = scene_printf(s, "render_", s->id, ".log");
	s->errors = scene_printf(s, "render_", s->id, ".err");
	s->video = s->audio = "";
	scene_values(s, "", v);
	if ((s->video = command_fill(video, v, SCENE_VALUES, &s->arena, e)) == NULL)
		return err_wrap(e, "[render] video");
	if (!path_is_inside(s->video) || s->video[strlen(s->video) - 1] == '/')
		return err_set(e, 0, "[render] video: %s: not a file inside the project", s->video);
	path_dir(&dir, s->video);
	buf_adds(&dir, "/partial_movie_files/");
	s->partials = scene_printf(s, buf_str(&dir), s->class, "");
	s->audio = scene_printf(s, PROJECT_VOICES "/", s->key, ".mp3");
	return 0;
}

/* The string member name of o, decoded; NULL where there is none, or an empty one. */
static const char *
member_text(struct scene *s, struct js o, const char *name)
{
	struct js v = js_member(o, name);
	AUTO_BUF text = { 0 };

	if (js_type(v) != JS_STRING)
		return NULL;
	js_decode(&text, v);
	return text.len > 0 && strlen(buf_str(&text)) == text.len ? arena_strdup(&s->arena, buf_str(&text)) : NULL;
}

static void
learn_state(struct scene *s)
{
	AUTO_STATE state = STATE_INIT;
	struct js o, size;
	const char *text;

	if (access(PROJECT_STATE, F_OK) < 0 || state_open(&state, PROJECT_STATE, STATE_READ, 0, NULL) < 0)
		return;
	o = state_scene(state_root(&state), s->id, NULL);
	if (js_type(o) != JS_OBJECT)
		return;
	s->in_state = true;
	if ((text = member_text(s, o, "title")) != NULL)
		s->title = text;
	if ((text = member_text(s, o, "narration_key")) != NULL)
		s->key = text;
	s->text = member_text(s, o, "narration_summary");
	size = js_member(js_member(o, "verification"), "file_size_bytes");
	if (js_is(js_member(o, "status"), "rendered") && js_is(js_member(o, "video_file"), s->video) && js_is_int(size)) {
		s->rendered = true;
		s->rendered_bytes = strtoll(size.p, NULL, 10);
	}
}

/* A script that cannot be read as a dict counts as a whole: any change in it may be one of this text. */
static void
learn_text(struct scene *s)
{
	AUTO_BUF script = { 0 };
	AUTO_PYDICT dict = { 0 };
	const struct pydict_pair *pair;

	if (io_slurp_at(AT_FDCWD, PROJECT_NARRATION, &script, SCRIPT_MAX) < 0)
		return;
	if (pylit_parse(buf_str(&script), script.len, "SCRIPT", &dict, NULL) < 0) {
		fresh_bytes(&s->now, FRESH_TEXT, buf_str(&script), script.len);
		return;
	}
	if ((pair = pydict_find(&dict, s->key, strlen(s->key))) == NULL)
		return;
	fresh_bytes(&s->now, FRESH_TEXT, pair->text, pair->ntext);
	s->text = arena_strndup(&s->arena, pair->text, pair->ntext);
}

/* An entry of the voice cache: is it about our key? */
static void
learn_entry(struct scene *s, struct js entry)
{
	const char *file = member_text(s, entry, "audio_file");
	struct js length = js_member(entry, "duration_seconds");
	double seconds = js_type(length) == JS_NUMBER ? strtod(length.p, NULL) : 0;

	if (file == NULL)
		file = member_text(s, entry, "final_audio");
	if (!js_is(js_member(entry, "narration_key"), s->key))
		return;
	if (file != NULL && path_is_inside(file))
		s->audio = scene_printf(s, PROJECT_VOICES "/", file, "");
	s->audio_ns = seconds > 0 && seconds < 1e6 ? (int64_t)(seconds * CLOCK_S) : 0;
}

static void
learn_audio(struct scene *s)
{
	AUTO_BUF text = { 0 };
	struct js_iter it;
	struct js key, entry;

	if (path_is_inside(s->key))
		s->audio = scene_printf(s, PROJECT_VOICES "/", s->key, ".mp3");
	if (io_slurp_at(AT_FDCWD, PROJECT_VOICE_INDEX, &text, INDEX_MAX) < 0 ||
	    js_check(buf_str(&text), text.len, JS_PYTHON, NULL) < 0)
		return;
	it = js_iter(js_root(buf_str(&text)));
	while (js_next(&it, &key, &entry))
		learn_entry(s, entry);
}

void
scene_learn(struct scene *s)
{
	learn_state(s);
	learn_text(s);
	learn_audio(s);
}

const char *
scene_seconds(const struct scene *s)
{
	const char *p = s->estimate != NULL ? s->estimate : "";
	size_t whole = strspn(p, "0123456789"), n = whole;

	if (p[n] == '.')
		n += 1 + strspn(p + n + 1, "0123456789");
	if (whole == 0 || (p[n] != '\0' && strcmp(p + n, "s") != 0))
		return "0";
	return arena_strndup((struct arena *)(uintptr_t)&s->arena, p, n);
}

void
scene_values(const struct scene *s, const char *quality, struct command_value values[SCENE_VALUES])
{
	struct arena *a = (struct arena *)(uintptr_t)&s->arena;
	const char *base = path_base(s->file), *dot = strrchr(base, '.');
	AUTO_BUF dir = { 0 };

	path_dir(&dir, s->video);
	values[0] = (struct command_value){ "file", s->file };
	values[1] = (struct command_value){ "class", s->class };
	values[2] = (struct command_value){ "id", s->id };
	values[3] = (struct command_value){ "stem",
		arena_strndup(a, base, dot != NULL && dot > base ? (size_t)(dot - base) : strlen(base)) };
	values[4] = (struct command_value){ "video", s->video };
	values[5] = (struct command_value){ "dir", arena_strdup(a, buf_str(&dir)) };
	values[6] = (struct command_value){ "title", s->title };
	values[7] = (struct command_value){ "key", s->key };
	values[8] = (struct command_value){ "audio", s->audio };
	values[9] = (struct command_value){ "duration", scene_seconds(s) };
	values[10] = (struct command_value){ "quality", quality };
}

/* Removes a folder and all in it, following no links. Returns 1, 0 where there was none, or -errno. */
static int
remove_tree(const char *dir)
{
	char *roots[] = { (char *)(uintptr_t)dir, NULL };
	FTS *walk;
	FTSENT *f;
	int r = 0;

	if (access(dir, F_OK) < 0)
		return 0;
	if ((walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL)
		return -errno;
	while ((f = fts_read(walk)) != NULL)
		if (f->fts_info != FTS_D && (f->fts_info == FTS_DP ? rmdir(f->fts_accpath) : unlink(f->fts_accpath)) < 0)
			r = -errno;
	fts_close(walk);
	return r < 0 ? r : 1;
}

int
scene_clean_partials(const struct scene *s)
{
	AUTO_BUF parent = { 0 };
	int r = remove_tree(s->partials);

	path_dir(&parent, s->partials);
	rmdir(buf_str(&parent)); /* where other classes have pieces in it, it stays */
	return r;
}

int
scene_clean(const struct scene *s, void (*told)(void *ctx, const char *what, const char *name), void *ctx,
    struct err *e)
{
	int r = scene_clean_partials(s);

	fresh_forget(s->video);
	if (r < 0)
		return err_sys(e, -r, "%s: cannot be removed", s->partials);
	if (r > 0)
		told(ctx, "partials", s->partials);
	if (unlink(s->video) == 0)
		told(ctx, "output", s->video);
	else if (errno != ENOENT && errno != ENOTDIR)
		return err_sys(e, errno, "%s: cannot be removed", s->video);
	return 0;
}

bool
scene_is_unchanged(const struct scene *s, const struct fresh_key *was, struct err *why)
{
	char words[160];

	if (was->hash[FRESH_SCENE][0] != '\0') {
		fresh_changes(was, &s->now, words, sizeof words);
		if (words[0] == '\0')
			return true;
		err_set(why, 0, "%s changed", words);
		return false;
	}
	if (fresh_is_newer(s->file, s->video) || fresh_is_newer(s->audio, s->video)) {
		err_set(why, 0, "older than its sources");
		return false;
	}
	return true;
}

static bool
is_full(const char *dir)
{
	AUTO_FD fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && file_is_cramped(fd);
}

bool
scene_lacks_room(const struct scene *s)
{
	AUTO_BUF dir = { 0 };

	path_dir(&dir, s->video);
	return is_full(buf_str(&dir)) || is_full(".");
}

void
scene_fini(struct scene *s)
{
	arena_fini(&s->arena);
}
