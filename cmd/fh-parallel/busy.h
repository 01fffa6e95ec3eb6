/* How busy is the busiest disk? From two looks at the kernel's statistics. Pure: who calls reads them and the clock. */
#ifndef FH_PAR_BUSY_H
#define FH_PAR_BUSY_H

#include <stdint.h>

#include "buf.h"

/* All-zero: never looked. */
struct busy {
	struct buf last;  /* the statistics of last time */
	int64_t at_ns;
	int percent;
};

/* The share of time, in percent (0-100), that the busiest disk was at work between the last look and this one; 0 where this is the
 * first. stats: /proc/diskstats (the 10th number behind a disk's name: milliseconds at work); taken over by b. */
int busy_look(struct busy *b, struct buf *stats, int64_t now);
void busy_fini(struct busy *b);

#endif
