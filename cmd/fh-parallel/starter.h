/* Starts processes: one after the other, or, where starts come fast, by lanes, several at a time. Knows no jobs: who is what the
 * caller calls them. */
#ifndef FH_PAR_STARTER_H
#define FH_PAR_STARTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc.h"

struct starter;

/* lanes: starts at the same time, once many are needed; < 2: always one after the other. Never fails. */
struct starter *starter_new(size_t lanes);
/* What was handed over is started first. NULL is allowed. */
void starter_free(struct starter *st);

/* Whether there is any use in handing over the start that is due now (monotonic). */
bool starter_is_fast(struct starter *st, int64_t now);
/* Hands s over to a lane: starter_told or starter_claim tell of it, and SIGCHLD comes where it failed. Its descriptors must stay open till then. False: use proc_spawn. */
bool starter_hand(struct starter *st, const struct proc_spec *s, const void *who);

/* The next one that was handed over and runs since, as *pid; *failed: it could not be started. NULL: none for now. */
void *starter_told(struct starter *st, pid_t *pid, bool *failed);
/* The one that was handed over and has ended as pid already, untold; *failed: it never ran its program. NULL: none. */
void *starter_claim(struct starter *st, pid_t pid, bool *failed);

#endif
