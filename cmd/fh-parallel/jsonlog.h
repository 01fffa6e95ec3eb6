/* --json-log FILE: one JSON object a line for each event of the run (start of a job's attempt, its end, end of the run): each
 * start is followed by one of retry, dropped and end of the same seq, be it only the end of the run. */
#ifndef FH_PAR_JSONLOG_H
#define FH_PAR_JSONLOG_H

#include "err.h"
#include "observer.h"

/* Opens (and empties) the file and fills out; its free() writes the last line and closes. Returns 0, or -1 with words. */
int jsonlog_open(const char *name, struct observer *out, struct err *e);

/* The objects, each with its newline, appended to out. Pure, for tests. now: wall clock, ns. */
void jsonlog_start(const struct job *j, struct buf *out);
/* The attempt is not the last (again), or was ended with the run. */
void jsonlog_left(const struct job *j, bool again, int64_t now, struct buf *out);
void jsonlog_end(const struct job *j, const struct sched_counts *c, int64_t now, struct buf *out);

#endif
