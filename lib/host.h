/* What is up to the process that we live in: a program of our own, or a shell that has loaded us. Who links another host.c (the
 * shell's builtin does) decides otherwise; nothing else in lib/ ends the process. */
#ifndef FH_HOST_H
#define FH_HOST_H

#include <stdbool.h>

#include "cleanup.h"

/* Ends all work at once after one line on stderr: no memory, or a broken invariant. status: the exit status. */
void host_die(int status, const char *line) FH_NORETURN;

/* Whether who waits for something should stop waiting: the user or a signal wants the process back. A program's signals end it, so that
 * it need not ask. */
bool host_stop(void);

#endif
