/* Colours of --color, --ctag and --color-failed. */
#ifndef FH_PAR_PAINT_H
#define FH_PAR_PAINT_H

#include <stdint.h>

#include "buf.h"

#define PAINT_OFF "\033[m" /* before the end of every line that has a colour */

/* Appends what begins a line of job seq (from 1): each has its own colour, and the neighbours differ much. */
void paint_add(struct buf *out, uint64_t seq);
/* The colour of what failed. */
void paint_add_failed(struct buf *out);

#endif
