/* A run as a picture. */
#ifndef FH_PAR_TIMELINE_H
#define FH_PAR_TIMELINE_H

#include "stint.h"

/* Appends s as an SVG 1.1 document: a row per slot, a bar per attempt, coloured by how it ended and labelled with its command where
 * there is room; a <title> tells the rest. Its size is bounded by the number of slots: bars that would be thinner than a fraction
 * of a pixel, beside one that looks the same, are left out. */
void timeline_draw(const struct stints *s, struct buf *out);

/* The distance of the marks of an axis that is length_ns long: 1, 2 or 5 times a power of ten of seconds below a minute, then steps of
 * minutes and hours that people count in; at most max marks. Pure, for tests. */
int64_t timeline_step(int64_t length_ns, int max);

#endif
