/* What a state says, as text for people and for the shell. */
#ifndef FH_STATE_SHOW_H
#define FH_STATE_SHOW_H

#include <stdbool.h>

#include "buf.h"
#include "err.h"
#include "js.h"

/* Appends v as `get` prints it: strings raw, numbers as in the file, True and False, the rest as JSON on one line; with
 * json everything as JSON. JS_NONE and, but for json, null append nothing. */
void state_show_value(struct buf *out, struct js v, bool json);

/* Appends the shell code of `load`: the STATE_ variables, quoted so that nothing in them can run; with pairs instead of code NAME=VALUE, each
 * ended by NUL. Returns 0, or -1 with words in e
 * (appending nothing) for a state that lacks phase, run_count or the object flags. */
int state_show_load(struct buf *out, struct js root, bool pairs, struct err *e);
/* Appends the shell code of `invalidate`, or pairs. */
void state_show_invalid(struct buf *out, bool pairs);

/* Appends a line id|file|class|duration for each scene, each ended by end. What lacks id, file or class, or cannot stand in a line (a '|' or a
 * line end inside), is named in missing, a line each. Returns the number of lines. */
size_t state_show_scenes(struct buf *out, struct js root, char end, struct buf *missing);
/* Appends id|file|class|narration_key of the scene at current_scene_index, and end. File and class are made from the id where they
 * are missing. Returns 0, or -1 with words in e: no scene is left. */
int state_show_current(struct buf *out, struct js root, char end, struct err *e);

#endif
