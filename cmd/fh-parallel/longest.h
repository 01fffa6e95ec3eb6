/* --longest-first: all jobs are read, and handed out in the order of how long they are said to take. */
#ifndef FH_PAR_LONGEST_H
#define FH_PAR_LONGEST_H

#include "args.h"
#include "batch.h"
#include "err.h"
#include "tmpl.h"

struct longest;

struct longest_conf {
	const char *col;             /* a column (1 is the first), its name, or the file of a joblog; "": joblog below */
	const char *joblog;          /* a former run's; read before this run begins it anew; NULL: none */
	const char *const *names;    /* of columns; n of them */
	size_t nnames;
	const struct tmpl *command;  /* what commands look like in the joblog */
	uint64_t total;
};

/* Takes all jobs out of b. Durations: "45s", "1m30s", "2.5" in a column (of several inputs in a job the sum); with a joblog the
 * last time of the same command. What says nothing is taken for average. Equal ones keep the order of the input. Returns 0 and
 * *out, or -1 with words (no such column, an unreadable joblog). */
int longest_new(const struct longest_conf *c, struct batch *b, struct longest **out, struct err *e);
void longest_free(struct longest *l);

/* The next job: its values into out (reset first), and its number in the input. False: that was all. */
bool longest_next(struct longest *l, struct args *out, uint64_t *seq);

#endif
