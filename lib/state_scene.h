/* The scenes of a state: found by id, changed one by one. Returns and errors as in state_edit.h. */
#ifndef FH_STATE_SCENE_H
#define FH_STATE_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "js.h"
#include "state.h"

/* The first scene whose id is id, *index its place from 0 (NULL: not wanted); absent where there is none. */
struct js state_scene(struct js root, const char *id, size_t *index);

/* Sets field (as in state_path.h, within the scene) of scene id to the checked JSON value json. */
int state_scene_set(struct state *s, const char *id, const char *field, const char *json, struct err *e);
int state_scene_set_text(struct state *s, const char *id, const char *field, const char *text, struct err *e);

/* Scene id becomes pending, current_scene_index its place, phase build_scenes: it is built anew. */
int state_scene_revert(struct state *s, const char *id, struct err *e);

/* A rendered video as it was verified. */
struct state_video {
	const char *file;   /* path within the project folder */
	int64_t size_bytes;
	double duration_s;
	bool audio;
};

/* Reads the MP4 file (path relative to dirfd) and fills all of v but file. Returns 0, or -1 with words. */
int state_video_read(int dirfd, const char *file, struct state_video *v, struct err *e);

/* Scene id becomes rendered, with video_file and verification (verified_at: now). */
int state_scene_rendered(struct state *s, const char *id, const struct state_video *v, const char *now, struct err *e);

/* Fills in what scenes lack: file, where ID.py is in folder dirfd, and class_name, from that file. What was done is noted in history,
 * updated_at becomes now. *count: how many fields were filled in (0: nothing is changed). */
int state_scenes_repair(struct state *s, int dirfd, const char *now, size_t *count, struct err *e);

#endif
