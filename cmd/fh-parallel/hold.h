/* A child that holds something for us (an allocation) until we end, however we end: its stdin is a pipe that only we hold. It
 * first tells, a line each, what it holds, and "end". */
#ifndef FH_PAR_HOLD_H
#define FH_PAR_HOLD_H

#include "buf.h"
#include "err.h"
#include "loop.h"

struct hold {
	pid_t pid;   /* 0: it has ended */
	int in, out; /* -1: closed */
	bool told;
};

/* Starts argv and waits until it has told all (appended to out); that may take long. Returns 0, or -1 with words: it ended, or
 * a signal of the loop came. hold_end in any case. */
int hold_begin(struct hold *h, struct loop *l, char *const *argv, struct buf *out, struct err *e);
/* Lets go, and waits a little for its end. */
void hold_end(struct hold *h);

#endif
