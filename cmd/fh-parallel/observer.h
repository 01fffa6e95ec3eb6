/* Who wants to know what becomes of jobs: joblog, progress, json-log, trace, live. Observers decide nothing. */
#ifndef FH_PAR_OBSERVER_H
#define FH_PAR_OBSERVER_H

#include "err.h"
#include "job.h"
#include "sched.h"

#define OBSERVERS_MAX 8

enum observer_fate {
	FATE_LAST,    /* finished() follows, with keep-order perhaps much later */
	FATE_AGAIN,   /* it will be tried again */
	FATE_DROPPED, /* it was ended with the whole run, and is not shown */
};

struct observer {
	/* NULL: not interested. The job is borrowed for the call; from started to ended it may be looked at in between. now is
	 * monotonic ns. */
	void (*started)(void *self, const struct job *j, const struct sched_counts *c);
	/* It is over (last attempt). Returns 0, or -1 with words: the run then stops in good order (exit 255). */
	int (*finished)(void *self, const struct job *j, const struct sched_counts *c, struct err *e);
	/* An attempt is over: its status, times and slot are known, what it printed may not be shown yet. */
	void (*ended)(void *self, const struct job *j, enum observer_fate fate);
	/* Called when *wake_ns (that it set itself, monotonic; -1: never) has passed, and at the end (last). */
	void (*tick)(void *self, int64_t now, const struct sched_counts *c, bool last, int64_t *wake_ns);
	/* The run is over, whatever ended it. Returns 0, or -1 with words (exit 255). */
	int (*over)(void *self, struct err *e);
	void (*free)(void *self);
	void *self;
	int64_t wake_ns;        /* -1: no tick */
};

#endif
