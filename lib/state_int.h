/* Whole numbers out of whatever stands for one. */
#ifndef FH_STATE_INT_H
#define FH_STATE_INT_H

#include "buf.h"
#include "js.h"

/* Appends the digits of what Python's int() makes of v: numbers lose their fraction, true is 1, strings are read ("12", " +1_000 ").
 * "0" where int() would fail. Of any length, "-" in front where it is below zero. */
void state_int(struct buf *out, struct js v);

#endif
