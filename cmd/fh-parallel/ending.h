/* How jobs are made to end: the signals of --termseq, one after the other, to the job's whole process group, until nobody of
 * the group is left. Knows no reasons. */
#ifndef FH_PAR_ENDING_H
#define FH_PAR_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "job.h"

#define ENDING_DEFAULT "TERM,200,TERM,100,TERM,50,KILL,25"

struct ending;

/* termseq: signals (names or numbers) and milliseconds in turn; NULL: ENDING_DEFAULT. Returns 0 and *out, or -1 with words. */
int ending_new(const char *termseq, struct ending **out, struct err *e);
void ending_free(struct ending *n);

/* The first signal to a job that runs (one that is being ended already, or has no pid yet, is left alone); sets its
 * deadline_ns for the next step. */
void ending_begin(struct ending *n, struct job *j, int64_t now);
/* The job's deadline has passed: the next signal. deadline_ns is 0 after the last. */
void ending_step(struct ending *n, struct job *j, int64_t now);
/* A job has exited (its status is known). Where it was being ended, or a signal from elsewhere has ended it (kill -9 of a shell leaves
 * what the shell had started), what is left of its group goes on getting the signals; else it may stay. */
void ending_exited(struct ending *n, const struct job *j, int64_t now);

/* A process that a job has left in a group of its own: it gets all the signals too (not where its group is ours). */
void ending_stray(struct ending *n, pid_t pid, int64_t now);

/* Signals to what is left of groups, where they are due. *wake_ns: lowered to when the next is due (-1: none). */
void ending_tick(struct ending *n, int64_t now, int64_t *wake_ns);
/* SIGKILL to all that is left of groups, at once. */
void ending_kill(struct ending *n);
/* No group is left to be ended. */
bool ending_is_over(const struct ending *n);

#endif
