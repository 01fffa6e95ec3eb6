/* Decides what is run for a scene. Must never know how it is run, or how it ended.
 * Invariant: what reaches the command or the environment from outside the settings is in the key (renderer_hash), or in one of
 * its other parts. */
#include "renderer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "file.h"
#include "io.h"
#include "path.h"
#include "proof.h"
#include "render.h"
#include "slide.h"

extern char **environ;

static int
renderer_split_env(struct renderer *r, const struct command_value v[SCENE_VALUES], struct err *e)
{
	size_t i;

	if (command_compile(&r->env, r->ini->render.env, v, SCENE_VALUES, e) < 0)
		return -1;
	for (i = 0; i < r->env.nwords; i++)
		if (strchr(r->env.words[i], '=') == NULL || r->env.words[i][0] == '=')
			return err_set(e, 0, "%s: not NAME=VALUE", r->env.words[i]);
	return 0;
}

int
renderer_init(struct renderer *r, const struct ini *ini, const struct scene *s, struct err *e)
{
	const char *command = ini->render.command, *profile = ini->render.profile;
	struct command_value v[SCENE_VALUES];

	r->ini = ini;
	r->quality = ini->render.quality != NULL ? ini->render.quality : RENDERER_QUALITY;
	r->slide = command == NULL && profile != NULL && strcmp(profile, "ffmpeg") == 0;
	scene_values(s, r->quality, v);
	if (command_compile(&r->command, command != NULL ? command : RENDERER_COMMAND, v, SCENE_VALUES, e) < 0)
		return err_wrap(e, "[render] command");
	if (ini->render.env != NULL && renderer_split_env(r, v, e) < 0)
		return err_wrap(e, "[render] env");
	return 0;
}

void
renderer_hash(const struct renderer *r, struct scene *s)
{
	struct command_value v[SCENE_VALUES];
	AUTO_BUF all = { 0 };
	char **word;

	if (r->slide) {
		buf_addf(&all, "%s%c%s%c%s%c", SLIDE_VERSION, 0, s->title, 0, r->ini->render.font ? r->ini->render.font : "", 0);
		if (s->now.hash[FRESH_TEXT][0] == '\0')
			buf_adds(&all, s->text != NULL ? s->text : "");
	} else {
		scene_values(s, r->quality, v);
		for (word = command_expand(&r->command, v, SCENE_VALUES, &s->arena); *word != NULL; word++)
			buf_add(&all, *word, strlen(*word) + 1);
		buf_addf(&all, "%s%c", r->ini->render.env != NULL ? r->ini->render.env : "", 0);
		if (io_slurp_at(AT_FDCWD, "manim.cfg", &all, 1 << 20) < 0)
			buf_addc(&all, 0);
	}
	fresh_bytes(&s->now, FRESH_SETTINGS, all.data, all.len);
}

/* Whether dir is the pipeline's own folder: the script, or one of its packages. */
static bool
is_repo(const char *dir)
{
	static const char *const marks[] = { "scripts/build_video.sh", "flaming_horse_voice", "scripts/flaming_horse_voice.py" };
	AUTO_BUF name = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(marks); i++) {
		buf_reset(&name);
		path_join(&name, dir, marks[i]);
		if (access(buf_str(&name), F_OK) == 0)
			return true;
	}
	return false;
}

/* The pipeline's own folder, in a: as set, or above us, or where a worker in its scripts folder was started from; NULL. */
static const char *
find_repo(const struct renderer *r, struct arena *a)
{
	AUTO_FREE char *here = realpath(".", NULL);
	AUTO_FREE char *self = realpath(r->self, NULL);
	const char *from[] = { here, self };
	AUTO_BUF dir = { 0 };
	size_t i;

	if (r->ini->render.repo != NULL)
		return r->ini->render.repo;
	for (i = 0; i < ARRAY_LEN(from); i++) {
		buf_reset(&dir);
		buf_adds(&dir, from[i] != NULL ? from[i] : "/");
		while (strcmp(buf_str(&dir), "/") != 0) {
			if (is_repo(buf_str(&dir)))
				return arena_strdup(a, buf_str(&dir));
			AUTO_FREE char *child = buf_take(&dir);

			path_dir(&dir, child);
		}
	}
	return NULL;
}

char **
renderer_environment(const struct renderer *r, const struct scene *s, struct arena *a)
{
	static const char *const always[] = { "HF_HUB_OFFLINE=1", "TRANSFORMERS_OFFLINE=1", "TOKENIZERS_PARALLELISM=false" };
	const char *repo = find_repo(r, a), *old = getenv("PYTHONPATH");
	struct command_value v[SCENE_VALUES];
	AUTO_BUF path = { 0 };
	const char **all;
	char **words;
	size_t n, i;

	scene_values(s, r->quality, v);
	words = command_expand(&r->env, v, SCENE_VALUES, a);
	all = arena_alloc(a, (ARRAY_LEN(always) + 1 + r->env.nwords) * sizeof *all);
	for (n = 0; n < ARRAY_LEN(always); n++)
		all[n] = always[n];
	if (repo != NULL) {
		buf_addf(&path, "PYTHONPATH=%s:%s/scripts:%s", repo, repo, old != NULL ? old : "");
		all[n++] = arena_strdup(a, buf_str(&path));
	}
	for (i = 0; i < r->env.nwords; i++)
		all[n++] = words[i];
	return render_environment(environ, all, n, a);
}

/* The built-in renderer's command, in a; NULL with words. */
static char **
slide_command(const struct renderer *r, struct scene *s, struct child_home *h, struct arena *a, bool *plain, struct err *e)
{
	struct slide slide = { .title = s->title, .text = s->text != NULL ? s->text : "", .audio = s->audio,
		.video = s->video, .work = s->partials, .font = r->ini->render.font };
	bool audio;
	char **argv;
	int made = file_mkdirs(AT_FDCWD, s->partials, 0777);

	if (made < 0) {
		err_sys(e, -made, "%s", s->partials);
		return NULL;
	}
	if (access(s->audio, R_OK) < 0) {
		err_sys(e, errno, "%s: narration of %s", s->audio, s->key);
		return NULL;
	}
	if (proof_probe(h, s->audio, &slide.audio_ns, &audio, e) < 0) {
		err_wrap(e, "%s", s->audio);
		return NULL;
	}
	if (!audio || slide.audio_ns <= 0) {
		err_set(e, 0, "%s: no sound in it", s->audio);
		return NULL;
	}
	s->audio_ns = slide.audio_ns;
	return slide_make(&slide, a, &argv, plain, e) < 0 ? NULL : argv;
}

/* The command of the template, in a. The pipeline prefers manim-ce. */
static char **
template_command(const struct renderer *r, const struct scene *s, struct arena *a)
{
	struct command_value v[SCENE_VALUES];
	AUTO_BUF found = { 0 };
	char **argv;

	scene_values(s, r->quality, v);
	argv = command_expand(&r->command, v, SCENE_VALUES, a);
	if (r->ini->render.command == NULL && proc_find("manim-ce", getenv("PATH"), &found) == 0)
		argv[0] = arena_strdup(a, "manim-ce");
	return argv;
}

char **
renderer_command(const struct renderer *r, struct scene *s, struct child_home *h, struct arena *a, bool *plain,
    struct err *e)
{
	*plain = false;
	return r->slide ? slide_command(r, s, h, a, plain, e) : template_command(r, s, a);
}

void
renderer_fini(struct renderer *r)
{
	command_fini(&r->command);
	command_fini(&r->env);
}
