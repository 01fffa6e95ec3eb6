/* --onall, --nonall: the whole run once on every host. The outer run's jobs are runs of our own program, one per host, which get
 * our command line and the name of their host (--onall-host, which opts.c knows). */
#ifndef FH_PAR_ONALL_H
#define FH_PAR_ONALL_H

#include "err.h"
#include "opts.h"

struct onall;

/* The options of the outer run, in *out, borrowed until onall_free. Inputs on stdin are copied to a file, for each host to read; a joblog
 * gets its header here, for the inner runs to add to. say is told of hosts that --filter-hosts leaves out. Returns 0 or -1 with words. */
int onall_new(const struct opts *o, int argc, char *argv[], void (*say)(const char *line), struct onall **out, struct err *e);
const struct opts *onall_opts(const struct onall *a);
/* NULL is allowed. */
void onall_free(struct onall *a);

#endif
