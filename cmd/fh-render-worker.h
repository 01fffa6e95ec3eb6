/* What the option table fills. */
#ifndef FH_RENDER_WORKER_H
#define FH_RENDER_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#define WORKER_UNSET INT64_MIN /* a number that no option set: the settings decide */

struct worker_opts {
	const char *profile; /* NULL: the settings decide */
	int64_t attempts;
	int64_t backoff_ns, timeout_ns, transient_ns, grace_ns;
	bool force, check, json, quiet, no_state;
};

#endif
