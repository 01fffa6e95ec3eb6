/* Who wants to know what becomes of jobs: joblog, progress, json-log, trace. Observers decide nothing. */
#ifndef FH_PAR_OBSERVER_H
#define FH_PAR_OBSERVER_H

#include "err.h"
#include "job.h"
#include "sched.h"

#define OBSERVERS_MAX 8

struct observer {
	/* NULL: not interested. The job is borrowed for the call. now is monotonic ns. */
	void (*started)(void *self, const struct job *j, const struct sched_counts *c);
	/* It is over (last attempt). Returns 0, or -1 with words: the run then stops in good order (exit 255). */
	int (*finished)(void *self, const struct job *j, const struct sched_counts *c, struct err *e);
	/* Called when *wake_ns (that it set itself, monotonic; -1: never) has passed, and at the end (last). */
	void (*tick)(void *self, int64_t now, const struct sched_counts *c, bool last, int64_t *wake_ns);
	void (*free)(void *self);
	void *self;
	int64_t wake_ns;        /* -1: no tick */
};

#endif
