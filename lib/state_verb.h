/* The verbs of fh-state, one function each: what they share. The program, `fh-state edit` and the shell's builtin call
 * the same functions; none of them prints or exits. */
#ifndef FH_STATE_VERB_H
#define FH_STATE_VERB_H

#include <stdbool.h>

#include "buf.h"
#include "clock.h"
#include "err.h"
#include "js.h"
#include "state.h"
#include "state_cache.h"

/* What the options say (cmd/fh-state.opt.c fills it). */
struct state_opts {
	const char *file, *project_dir;
	const char *fallback; /* --default */
	const char *phase;    /* apply --phase */
	const char *video, *duration, *scene_file, *class_name; /* mark */
	const char *name, *topic; /* new */
	const char *wait;     /* for the lock, a duration */
	const char *var, *array; /* a shell's: where the output goes; state_cmd leaves that to it, but gives arrays their elements */
	bool json, string, nul, quiet, force, touch, load, fields, all, no_audio;
};

/* Exit statuses. */
enum { STATE_YES = 0, STATE_NO = 1, STATE_USAGE = 2, STATE_WORLD = 3 };

/* What a shell that has us inside adds. */
struct state_shell {
	struct state_cache *cache;
	bool text;       /* what is printed counts, not what is set: we are in $(...) or a pipeline */
	struct buf vars; /* NAME=VALUE, each ended by NUL: what the code that load, increment and invalidate print would set */
};

/* One call of a verb. */
struct state_call {
	const struct state_opts *o;
	struct state_shell *shell; /* or NULL */
	const char *path;       /* the state file */
	const char *folder;     /* the project folder */
	int argc;               /* what follows the verb */
	char **argv;
	struct buf *out;        /* for standard output */
	struct buf *err;        /* lines for standard error beside the one that e makes */
	int64_t wait_ns;
	char now[CLOCK_UTC_LEN];
};

/* Does the verb on s (NULL for verbs that open files by themselves). Returns an exit status of which STATE_YES lets an edit be saved, or
 * -1 with words in e: exit status STATE_WORLD where e->code is set, else STATE_NO. */
typedef int state_verb_fn(struct state_call *c, struct state *s, struct err *e);

enum state_verb_kind {
	STATE_VERB_FREE, /* opens what it needs by itself */
	STATE_VERB_READ, /* gets the state, may not change it */
	STATE_VERB_EDIT, /* gets the state locked; it is saved after */
	STATE_VERB_ASK,  /* as EDIT with operands, as READ without */
};

struct state_verb {
	const char *name;
	enum state_verb_kind kind;
	int min, max; /* operands; max < 0: any number */
	state_verb_fn *fn;
};

/* Puts "words" and STATE_USAGE together: `return state_verb_usage(e, ...)`. */
int state_verb_usage(struct err *e, const char *fmt, ...) FH_PRINTF(2, 3);

/* Appends to out the JSON that operand text means under the options: with json any JSON, with string a string, else a number, true, false or null as
 * what it is, and all else as a string. old: the value that is there; where it is a boolean, True and False (as `get` prints them) are
 * booleans. Returns 0, or STATE_USAGE with words in e. */
int state_verb_value(const struct state_opts *o, const char *text, struct js old, struct buf *out, struct err *e);

/* Appends v as get prints it, ended by a newline, or with -0 by NUL (NULs inside are left out then: a value is one piece). */
void state_verb_put(struct state_call *c, struct js v);
/* Appends the list's elements, each as state_verb_put. */
void state_verb_list(struct state_call *c, struct js list);

state_verb_fn state_verb_load, state_verb_invalidate, state_verb_increment, state_verb_get, state_verb_set,
    state_verb_delete, state_verb_append, state_verb_phase, state_verb_flag, state_verb_error, state_verb_history,
    state_verb_touch;
state_verb_fn state_verb_scenes, state_verb_scene, state_verb_mark, state_verb_repair;
state_verb_fn state_verb_new, state_verb_backup, state_verb_restore, state_verb_validate, state_verb_normalize,
    state_verb_apply;

#endif
