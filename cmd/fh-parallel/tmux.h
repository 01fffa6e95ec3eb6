/* --tmux, --tmuxpane: each job in a window, or a pane, of a tmux that anybody may look at. Knows no order and no loop. */
#ifndef FH_PAR_TMUX_H
#define FH_PAR_TMUX_H

#include "err.h"
#include "opts.h"

struct tmux;

/* What one job is, borrowed for the call. */
struct tmux_job {
	uint64_t seq, slot;
	const char *text;       /* its command, for the shell */
	const char *shell;
	const char *input_name; /* $PARALLEL_TMP; NULL: none */
};

/* Finds tmux and makes a private folder. With --fg a tmux that shows it takes the terminal. Returns 0 with *out, or -1 with words
 * (there is no tmux, or no place for the folder). o is borrowed. */
int tmux_open(const struct opts *o, struct tmux **out, struct err *e);
/* Waits for the one that has the terminal (--fg), and removes the folder; windows close themselves. NULL is allowed. */
void tmux_free(struct tmux *t);

/* How to look at it, for people: a command. Borrowed. */
const char *tmux_attach(const struct tmux *t);

/* The words of a command that runs the job in its window, waits for its end and has its exit status; when it is ended (TERM, HUP,
 * INT), so is the window. Valid until the next call. Returns 0 with *argv, or -errno (the job's script could not be written). */
int tmux_wrap(struct tmux *t, const struct tmux_job *j, char *const **argv);

#endif
