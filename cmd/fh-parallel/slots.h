/* How many jobs at once: -j in all its forms, CPUs, and what descriptors and processes allow. */
#ifndef FH_PAR_SLOTS_H
#define FH_PAR_SLOTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "buf.h"
#include "err.h"

enum cpu_kind { CPU_THREADS, CPU_CORES, CPU_SOCKETS };

/* CPUs of this machine, at least 1. THREADS: those that this process may run on. */
int64_t cpu_count(enum cpu_kind kind);

#define SLOTS_MAX INT64_C(1000000) /* -j0: as many as there are inputs, within what the system allows */

/* -j's argument for a machine of cpus: "N", "+N", "-N", "N%", "0", "auto" or the name of a file that holds one of these. NULL:
 * "100%". *file: whether it is a file (to be read again while jobs run). Returns 0 and *slots (>= 1), or -1 with words. */
int slots_parse(const char *text, int64_t cpus, int64_t *slots, bool *file, struct err *e);

/* Whether -j says auto. */
bool slots_is_auto(const char *text);

/* How -j's argument becomes a number, in lines (first "jobs: N"). NULL: as auto. learned: autojobs. Returns 0, or -1 with words. */
int slots_explain(const char *text, int64_t cpus, int64_t learned, struct buf *out, struct err *e);

/* Makes room for want jobs that need fds descriptors each (and spare ones for us): raises the soft limit of descriptors as
 * far as it goes. Returns how many of them fit; *was: the limits before, for the jobs. */
int64_t slots_fit(int64_t want, int64_t fds, struct rlimit *was);

#endif
