/* The far side: runs jobs for a runner elsewhere, who speaks in frames on our stdin and listens on our stdout. */
#ifndef FH_PAR_AGENT_H
#define FH_PAR_AGENT_H

#include "err.h"

/* Serves until the runner says QUIT and the last job has ended (returns 0), or until nobody is there any more, or a signal asks
 * us to go: then the groups of all jobs are killed (returns 1). Returns -1 with words where it could not begin. stdin and
 * stdout are given up. */
int agent_run(struct err *e);

#endif
