/* make's jobserver: a pipe that holds a token (a byte) for each job that may run besides those that run. Whoever is started has
 * one of its own already. Protocol: GNU make manual, "POSIX Jobserver Interaction" (fifo and pipe forms). */
#ifndef FH_PAR_JOBSERVER_H
#define FH_PAR_JOBSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "guard.h"

struct jobserver;

/* Where makeflags (MAKEFLAGS' value; NULL: none) names a jobserver that can be used, *out is its client, else NULL. */
void jobserver_join(const char *makeflags, struct jobserver **out);
/* Makes one with slots - 1 tokens for us and for our children, which find it by MAKEFLAGS (set in our environment). Returns 0
 * and *out, or -1 with words. */
int jobserver_serve(int64_t slots, struct jobserver **out, struct err *e);
/* Gives all tokens back. NULL is allowed. */
void jobserver_free(struct jobserver *s);

/* Whether one more job than running (those that run) may start; takes a token where that needs one. False: none is there now,
 * poll jobserver_fd for POLLIN. */
bool jobserver_may(struct jobserver *s, uint64_t running);
/* Gives back the tokens that so many running jobs do not need. */
void jobserver_settle(struct jobserver *s, uint64_t running);
int jobserver_fd(const struct jobserver *s);

/* Where tokens are written back; borrowed. */
int jobserver_give_fd(const struct jobserver *s);
/* What is held is also in d (borrowed, of the size of the slots), so that it goes back where we are killed. */
void jobserver_owe(struct jobserver *s, struct guard_debt *d);

/* Finds the last jobserver in makeflags: the fifo's name into path (n bytes), or the two descriptors. False: none. Pure, for
 * tests. */
bool jobserver_parse(const char *makeflags, char *path, size_t n, int *rfd, int *wfd);

#endif
