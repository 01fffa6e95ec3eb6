/* --interactive: whether a command is to be run, asked on the terminal. Knows no jobs. */
#ifndef FH_PAR_ASK_H
#define FH_PAR_ASK_H

#include "err.h"

struct ask;

enum answer {
	ASK_WAIT, /* no whole line yet: poll ask_fd() for POLLIN */
	ASK_YES,
	ASK_NO,   /* anything that does not begin with y or Y; an end of file too */
	ASK_FAIL, /* the terminal is gone: words in e */
};

/* Opens the controlling terminal, whatever stdin is. Returns 0 with *out, or -1 with words where there is none. */
int ask_open(struct ask **out, struct err *e);
/* NULL is allowed. */
void ask_free(struct ask *a);
int ask_fd(const struct ask *a);

/* Shows the command (n bytes) and "?..." on stderr, as GNU parallel does; controls in it are harmless. */
void ask_put(struct ask *a, const char *command, size_t n);
/* What has been typed since; never waits. */
enum answer ask_get(struct ask *a, struct err *e);

#endif
