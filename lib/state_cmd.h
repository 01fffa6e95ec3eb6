/* The command line of fh-state, for the program and for the shell's builtin. */
#ifndef FH_STATE_CMD_H
#define FH_STATE_CMD_H

#include "buf.h"
#include "opt.h"
#include "state_verb.h"

extern const struct state_verb state_verbs[];
extern const size_t state_nverbs;

/* Does what the argc words of argv say (operands: verb first, options are in o; t reads the options in the lines of `edit`). shell: NULL in a program. Appends what
 * goes to standard output to out (nothing on failure) and lines for standard error, each beginning "fh-state: ", to err. Returns the
 * exit status. Never prints, never exits; reads standard input for `edit` without operands only. */
int state_cmd(const struct tool *t, const struct state_opts *o, int argc, char **argv, struct state_shell *shell, struct buf *out,
              struct buf *err);

#endif
