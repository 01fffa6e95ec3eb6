/* Sums with sizes in them, "1M-12*2k" -> a number. */
#ifndef FH_SUM_H
#define FH_SUM_H

#include "err.h"

/* What s comes to: numbers (a leading 0: octal, as in Perl), + - * / % **, parentheses, blanks, and behind a number or a
 * parenthesis units as GNU parallel 20221122 has them: K M G T P E Z Y X are powers of 1024, the small letters powers of
 * 1000. A unit is a product of its own, from left to right: 10k/2k is 10*1000/2*1000. Digits behind a unit belong to its
 * last factor, as there: 1k5 is 1*10005. Returns 0, or -1 with words in e, which quote s. */
int sum_eval(const char *s, double *out, struct err *e);

#endif
