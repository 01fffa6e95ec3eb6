/* project_state.json as a file: found, locked, read, replaced. Everybody who changes it goes
 *     struct state s = STATE_INIT;
 *     state_open(&s, path, STATE_EDIT, STATE_WAIT_NS, &e);  lock, read, check
 *     ...edits (state_edit.h, state_scene.h, state_norm.h)  in memory, in the text itself
 *     state_save(&s, &e);                                   replace, durably, if something changed
 *     state_close(&s);                                      unlock
 * so that no update is lost. A save ends the right to write: what is to be written next begins at state_open.
 * Failures: e->code is an errno value where the world is to blame (no file, no lock in time, no JSON: EBADMSG, changed behind our back:
 * ESTALE) and 0 where the state says no (no such scene, not an array). */
#ifndef FH_STATE_H
#define FH_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "js.h"

#define STATE_WAIT_NS (30 * CLOCK_S) /* how long an edit waits for the lock unless told */
#define STATE_SIZE_MAX JS_SIZE_MAX   /* a larger file is refused */

enum state_mode {
	STATE_READ,   /* no lock: what the name leads to is always a whole file */
	STATE_EDIT,   /* locked */
	STATE_REPAIR, /* locked; the text may be anything, also no JSON */
};

struct state {
	struct buf text;  /* the file's text; but for STATE_REPAIR checked JSON, an object */
	struct buf path;  /* the file's name, as it was found */
	int lock;         /* descriptor that holds the lock, or -1 */
	struct stat was;  /* the file as it was read */
	bool changed;     /* text is not what was read */
};

#define STATE_INIT { .lock = -1 }

/* Appends to out the name of the state file: file, else project_dir/project_state.json, else what $FH_STATE_FILE, $STATE_FILE, or
 * $PROJECT_DIR (a folder) say, else ./project_state.json. NULL and empty ones are passed over. */
void state_find(const char *file, const char *project_dir, struct buf *out);

/* Opens the state at path. wait_ns: how long to wait for the lock (0: not at all, < 0: for ever). Returns 0, or -1 with
 * words in e that begin with the file's name; s is then closed. */
int state_open(struct state *s, const char *path, enum state_mode mode, int64_t wait_ns, struct err *e);

/* Puts s->text in place of the file, atomically and durably, where s->changed; temporaries that killed writers left are
 * removed. Returns 0, or -1 with words in e: the old content stands. */
int state_save(struct state *s, struct err *e);

/* Reads the file at path into s, unchecked and without a lock: text, path and was. Returns and errors as state_open. */
int state_read(struct state *s, const char *path, struct err *e);

void state_close(struct state *s);
#define AUTO_STATE __attribute__((cleanup(state_close))) struct state

/* The whole value. */
struct js state_root(const struct state *s);

/* Writes n bytes of data to the file path, which must not be there unless force (then it is locked as in state_open). Used for new and
 * restored states. mode: of a new file, less the umask. Returns 0, or -1 with words in e. */
int state_create(const char *path, const char *data, size_t n, mode_t mode, bool force, int64_t wait_ns, struct err *e);

/* Checks that text is a JSON object as states may be: Python's NaN and Infinity are let pass. 0, or -1 with words in e. */
int state_check(const char *text, size_t n, struct err *e);

/* Appends the folder of the state file at path (its own, links not followed), "." for one without a folder. */
void state_folder(struct buf *out, const char *path);

#endif
