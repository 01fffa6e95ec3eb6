/* What is only asked for: numbers of this machine, limits, the version whose options these are. */
#ifndef FH_PAR_QUERY_H
#define FH_PAR_QUERY_H

#include <stdbool.h>

#include "opts.h"

/* Appends the answer to what o asks for. *over: that was all, and *status is the exit status (0; 255 where --minversion asks
 * for more than we are); else the jobs are run behind it. */
void query_answer(const struct opts *o, struct buf *out, bool *over, int *status);

#endif
