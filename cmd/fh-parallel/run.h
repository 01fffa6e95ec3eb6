/* The run: who calls whom. */
#ifndef FH_PAR_RUN_H
#define FH_PAR_RUN_H

#include "err.h"
#include "opts.h"

/* Runs all jobs that o asks for. Returns the exit status; words for stderr, where there are any, are printed through say
 * as they come up (one line each, no newline). Returns -1 with words in e where nothing could be started: status 255. */
int run_all(const struct opts *o, void (*say)(const char *line), struct err *e);

#endif
