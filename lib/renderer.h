/* How a scene is rendered here: by the command of fh.ini, by manim, or by the built-in slide; with which environment. */
#ifndef FH_RENDERER_H
#define FH_RENDERER_H

#include "child.h"
#include "command.h"
#include "ini.h"
#include "scene.h"

#define RENDERER_COMMAND "manim render {file} {class} {quality}"
#define RENDERER_QUALITY "-qh"

struct renderer {
	const char *self;       /* what we were started as: a worker in the pipeline's scripts folder finds it from there */
	const struct ini *ini;
	const char *quality;
	bool slide;             /* profile ffmpeg */
	struct command command; /* split; unused for the slide */
	struct command env;     /* [render] env, split; no words where there is none */
};

/* By the settings, which must live as long as r. r is all-zero but for self. Returns 0, or -1 with words where a
 * template is wrong. */
int renderer_init(struct renderer *r, const struct ini *ini, const struct scene *s, struct err *e);

/* Fills FRESH_SETTINGS of the scene's key: all that the renderer is told beside the scene's file, its text and its sound. */
void renderer_hash(const struct renderer *r, struct scene *s);

/* The command, NULL-terminated, in a; manim-ce is taken for manim where it is on PATH. For the slide the narration's
 * length is measured (s->audio_ns) and its texts are written into s->partials; *plain: no font was found. Returns NULL with
 * words. */
char **renderer_command(const struct renderer *r, struct scene *s, struct child_home *h, struct arena *a, bool *plain,
    struct err *e);

/* Our environment and what the pipeline's scenes need over it: no network for models, PYTHONPATH with the pipeline's own
 * folder and its scripts, [render] env. In a. */
char **renderer_environment(const struct renderer *r, const struct scene *s, struct arena *a);

void renderer_fini(struct renderer *r);

#endif
