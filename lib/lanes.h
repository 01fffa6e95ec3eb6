/* Children started by several processes at the same time, yet all of them ours: who starts a child must wait until it has
 * executed its program, and one who waits can start only so many a second, however many processors there are. A lane is a
 * copy of us that shares our descriptors, takes one proc_spec at a time and starts a child that has us as its parent
 * (CLONE_PARENT). Its exit comes to us as every other. Linux only: with FH_PORTABLE there are no lanes. */
#ifndef FH_LANES_H
#define FH_LANES_H

#include <stdbool.h>
#include <stddef.h>

#include "proc.h"

struct lanes;

/* Makes n lanes, for a process with one thread that watches SIGCHLD. Returns 0 or -errno (-ENOSYS: there are none here). */
int lanes_open(struct lanes **out, size_t n);
/* Ends them; what they have begun is done first. NULL is allowed. */
void lanes_close(struct lanes *l);

/* Hands s, which is copied, to a free lane; its descriptors must stay open until that start is told by lanes_next or
 * lanes_claim. who is any number of the caller's but 0. Returns 0; -EAGAIN where no lane is free, -E2BIG where s is too
 * large: proc_spawn it is then. SIGCHLD comes where a start failed. */
int lanes_start(struct lanes *l, const struct proc_spec *s, const void *who);

/* The next start that is through: *pid, or *error (< 0, as proc_spawn). False: none for now. */
bool lanes_next(struct lanes *l, const void **who, pid_t *pid, int *error);

/* A child has ended whose start was not told yet: tells it. False: it was started by none of the lanes. Where *error is set it
 * never ran its program. */
bool lanes_claim(struct lanes *l, pid_t pid, const void **who, int *error);

#endif
