/* The joblog: one line for each job that is over, and what a former run has left there.
 * Format: the reference's (GNU parallel 20221122): a header line, then
 * Seq Host Starttime JobRuntime Send Receive Exitval Signal Command, separated by TABs; a newline in a command is stored as NUL. */
#ifndef FH_PAR_JOBLOG_H
#define FH_PAR_JOBLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "job.h"

struct joblog;

struct joblog_conf {
	const char *name;
	bool append;     /* add to what is there, without a header */
	bool resume;     /* jobs of the log are skipped */
	bool failed_too; /* but those that failed are not (--resume-failed) */
	bool retry;      /* the log's failed commands are the jobs (--retry-failed) */
	bool ask;        /* only what the former run has left is asked for: nothing is written (--dry-run) */
	bool extra;      /* with Utime Stime PeakKiB Attempts before Command, where the log is new or has them already */
	bool ordered;    /* a line is written when the job's turn has come (-k), so that the log tells what was printed */
};

/* Opens the log and reads what it must know of the former run; a line that a crash has cut short is taken off. Returns 0,
 * or -1 with words that name the file. */
int joblog_open(const struct joblog_conf *c, struct joblog **out, struct err *e);
/* Lines that wait for their turn still are forgotten: what they tell of was not printed. NULL is allowed. */
void joblog_close(struct joblog *g);

/* Whether that job is over as the former run has left it: it is not to be run again. */
bool joblog_skips(const struct joblog *g, uint64_t seq);

/* retry: the next failed job of the log: its number, and its command (borrowed from g). False: there is none. */
bool joblog_retry_next(struct joblog *g, uint64_t *seq, const char **command, size_t *len);

/* The job is over; its line waits for joblog_shown. */
void joblog_finished(struct joblog *g, const struct job *j);
/* What finished jobs have said has been printed (ordered: of those before next only): their lines are written. Returns 0, or -1
 * with words. */
int joblog_shown(struct joblog *g, uint64_t next, struct err *e);

#endif
