/* sem: a counting semaphore among processes that know nothing of each other but a name. */
#ifndef FH_PAR_SEM_H
#define FH_PAR_SEM_H

#include "err.h"
#include "opts.h"

enum sem_result {
	SEM_RUN,  /* we hold a slot (until this process ends): o now describes one job, run it */
	SEM_OVER, /* there is nothing to run here: end with *status */
	SEM_FAIL, /* words in e */
};

/* --semaphore: waits for one of -j slots (1 where not given) of --id, and makes o the run of its one command; in the
 * background (without --fg) the caller's process gets SEM_OVER and a child of it SEM_RUN. --wait: until all who hold a
 * slot now have ended. say is given warnings. For a process with one thread. */
enum sem_result sem_enter(struct opts *o, void (*say)(const char *line), int *status, struct err *e);

/* The name of the file of slot n (from 1) of semaphore id below the folder of locks, appended to out. Pure, for tests. */
void sem_slot_name(const char *id, int64_t n, struct buf *out);

#endif
