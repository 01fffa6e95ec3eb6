/* A run as a trace that Perfetto (ui.perfetto.dev) and chrome://tracing read. */
#ifndef FH_PAR_TRACE_H
#define FH_PAR_TRACE_H

#include "stint.h"

/* Appends s in the Trace Event Format (JSON object form): the slots are the threads of one process, an attempt is a complete event
 * ("ph": "X") with what is known of it in args, the number of jobs that run is a counter. Times are microseconds since the run
 * began. Source of the format: "Trace Event Format" of the Chromium project. */
void trace_draw(const struct stints *s, struct buf *out);

#endif
