/* The command line of fh-voicecheck, for the program and for the shell's builtin. */
#ifndef FH_VOICE_CMD_H
#define FH_VOICE_CMD_H

#include <stdbool.h>

#include "buf.h"

/* What its options say. */
struct voice_opts {
	const char *keys;    /* NULL: not asked; "": all that are not fresh, with their state; else one state, or "need" */
	const char *text;    /* the key whose text is printed, or NULL */
	const char *backend; /* NULL: from the environment */
	const char *var, *array; /* a shell's: where the output goes */
	bool audio, update, dry_run, json, nul, quiet;
};

/* Exit statuses. */
enum { VOICE_YES = 0, VOICE_NO = 1, VOICE_USAGE = 2, VOICE_WORLD = 3 };

/* Does what o and the argc operands of argv say. Appends what goes to standard output to out and lines for standard error, each
 * beginning "fh-voicecheck: ", to err. Returns the exit status. Never prints, never exits. */
int voice_cmd(const struct voice_opts *o, int argc, char **argv, struct buf *out, struct buf *err);

#endif
