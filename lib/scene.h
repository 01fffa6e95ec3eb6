/* One scene of a project: its files by name, and what the project's files say about it. All names are relative to the
 * project folder, which is where we are. */
#ifndef FH_SCENE_H
#define FH_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "fresh.h"

struct scene {
	const char *id, *file, *class, *estimate; /* as given; estimate may be NULL */
	const char *video;     /* what is rendered */
	const char *partials;  /* folder of the renderer's pieces */
	const char *log, *errors; /* the renderer's output */
	const char *title;     /* never NULL: the id where nothing else is known */
	const char *key;       /* of its narration; never NULL: the id */
	const char *text;      /* the narration itself, else a summary; NULL: not known */
	const char *audio;     /* file of the recorded narration, there or not */
	int64_t audio_ns;      /* its length by the voice cache; 0: not known */
	bool in_state;
	bool rendered;         /* the state says so, of this video */
	int64_t rendered_bytes;
	struct fresh_key now;  /* FRESH_TEXT is filled by scene_learn */
	struct arena arena;
};

#define SCENE_VIDEO "media/videos/{id}/1440p60/{class}.mp4"
#define SCENE_VALUES 11

/* Names of the files, from the four words in s and template video. Returns 0, or -1 with words where id or class can be no
 * part of a path ('/', "..", control characters), the file's name is empty, or the template is wrong or leads out of the
 * project. */
int scene_name(struct scene *s, const char *video, struct err *e);

/* What state, narration script and voice cache know. What is missing or unreadable stays unknown. */
void scene_learn(struct scene *s);

/* The values of the placeholders in a command: file class id stem video dir title key audio duration quality. */
void scene_values(const struct scene *s, const char *quality, struct command_value values[SCENE_VALUES]);

/* The estimate as seconds, "45" of "45s" or "0" where it is none. */
const char *scene_seconds(const struct scene *s);

/* Removes what an earlier rendering left: key, video, partials. told(ctx, what, name) is called for each that was there.
 * Returns 0, or -1 with words. */
int scene_clean(const struct scene *s, void (*told)(void *ctx, const char *what, const char *name), void *ctx,
    struct err *e);

/* Removes the folder of pieces alone, where it is there, and the one around it when that is then empty. Returns 1, 0 where it was not, or -errno. */
int scene_clean_partials(const struct scene *s);

/* Whether the video was made from what is there now (s->now); was: its key. One that nothing is known of (was is empty) is judged by time,
 * as the pipeline always did. False: why says what is not so. */
bool scene_is_unchanged(const struct scene *s, const struct fresh_key *was, struct err *why);

/* Whether there is no room for the video, or for the log, where the renderer's own words of it then found none either. */
bool scene_lacks_room(const struct scene *s);

void scene_fini(struct scene *s);

#define AUTO_SCENE __attribute__((cleanup(scene_fini))) struct scene

#endif
