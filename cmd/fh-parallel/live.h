/* What the jobs that run are doing: --live, and --latest-line on a terminal. */
#ifndef FH_PAR_LIVE_H
#define FH_PAR_LIVE_H

#include "observer.h"
#include "screen.h"

struct live_conf {
	bool latest;            /* a line for each job, in the order they started, that shows what it printed last and stays there; else a
	                         * line for each that runs and a sum */
	bool color;             /* the lines of --live; with latest: every job in a colour of its own (--color) */
	struct screen *screen;  /* NULL: there is no terminal, plain lines go to fd; never with latest; borrowed */
	int fd;
	uint64_t total;         /* jobs in all; 0: not known */
};

/* Fills out; its free() frees everything. start_ns: monotonic, when the run began. */
void live_new(const struct live_conf *c, int64_t start_ns, struct observer *out);

/* --- pure, for tests --- */

/* One line, without its end, at most width columns, of a job that has run for elapsed_ns: slot, time, what (n bytes), and what it
 * printed last (nlast bytes). */
struct live_line {
	uint64_t slot;
	int64_t elapsed_ns;
	const char *what, *last;
	size_t nwhat, nlast;
};
void live_row(const struct live_line *l, bool color, size_t width, struct buf *out);

/* The sum: done, failed, running, left, time to go. */
void live_sum(const struct sched_counts *n, uint64_t total, int64_t elapsed_ns, size_t width, struct buf *out);

#endif
