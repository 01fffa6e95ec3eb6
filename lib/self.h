/* Which file the program that runs was made from, so that it can be started again or sent elsewhere. */
#ifndef FH_SELF_H
#define FH_SELF_H

#include "buf.h"

/* argv0 is what main was given. Ask before the folder or PATH becomes another. */

/* Its path, absolute and without links; argv0 itself where it cannot be found. The caller's to free. */
char *self_path(const char *argv0);

/* Opened for reading, CLOEXEC, even where its name is gone and the system can still tell. Returns the descriptor, or -errno. */
int self_open(const char *argv0);

/* How it is found where the system does not tell: as a shell would have found argv0. Appends the path. Returns 0 or -errno. */
int self_find(const char *argv0, struct buf *out);

#endif
