/* Collects the stints of a run and writes them as files when it is over: --trace, --timeline. */
#ifndef FH_PAR_RECORDER_H
#define FH_PAR_RECORDER_H

#include "observer.h"

struct recorder_conf {
	const char *trace, *timeline; /* files to write; NULL: not this one; borrowed */
	int64_t begun_ns, begun_wall_ns; /* when the run began: monotonic, since 1970 */
};

/* Fills out with who collects, and writes the files (atomically: whole or not at all) when the run is over. Returns 0, or -1 with
 * words where a file can never be written (no such folder, a folder itself). */
int recorder_open(const struct recorder_conf *c, struct observer *out, struct err *e);

#endif
