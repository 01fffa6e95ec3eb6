/* How far the run is, on stderr: --bar, --eta, --progress. On a terminal one line that is redrawn, elsewhere plain lines. */
#ifndef FH_PAR_PROGRESS_H
#define FH_PAR_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "hosts.h"
#include "observer.h"
#include "screen.h"

struct progress_conf {
	bool bar, eta, progress; /* which of them; several stand in one line */
	int fd;                  /* where it goes */
	bool terminal;           /* fd is one: redraw; else a line now and then */
	struct screen *screen;   /* the line is its foot; NULL: it is drawn over itself; borrowed */
	bool color;              /* the bar in reverse video; only on a terminal */
	uint64_t total;          /* jobs in all; 0: not known */
	const struct hosts *hosts; /* where jobs run, for progress; NULL: here; borrowed */
};

/* Fills out; its free() frees everything. start_ns: monotonic, when the run began. */
void progress_new(const struct progress_conf *c, int64_t start_ns, struct observer *out);

/* Says nothing from now on, or does so again. self: as progress_new filled it. */
void progress_toggle(struct observer *self);

/* The state of a run as one line without its end, at most width columns, into out (emptied first). Pure, for tests.
 * what: the value of the job started last, NULL: none. */
void progress_line(const struct progress_conf *c, const struct sched_counts *n, int64_t elapsed_ns, const char *what,
    size_t width, struct buf *out);

#endif
