/* Phases: what moves a project on. */
#ifndef FH_STATE_APPLY_H
#define FH_STATE_APPLY_H

#include "err.h"
#include "state.h"
#include "state_phase.h"

/* Moves normalized state s on from phase, by what is in the project folder dirfd (README, "Phases"): the next phase, or an error noted in
 * the state once. now: the time for history. Returns 0, or -1 with words in e where the state must stay as it is: no usable plan.json, a
 * folder that cannot be read. */
int state_apply(struct state *s, enum state_phase phase, int dirfd, const char *now, struct err *e);

#endif
