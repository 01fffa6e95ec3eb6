/* -j auto: how many jobs this process may sensibly run. Looking, deciding and telling are apart, so that tests can look at
 * folders of their own and decide on facts of their own. */
#ifndef FH_PAR_AUTOJOBS_H
#define FH_PAR_AUTOJOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

/* Where the kernel tells: "/proc" and "/sys/fs/cgroup"; a test has its own. */
struct autojobs_roots {
	const char *proc, *cgroup;
};

struct autojobs_facts {
	int64_t cpus;          /* that we may run on (affinity) */
	int64_t cpu_milli;     /* what cgroups allow, 1/1000 cores; -1: no limit */
	int64_t mem_available; /* bytes, MemAvailable of /proc/meminfo; -1: not known */
	int64_t mem_cgroup;    /* bytes that our cgroups leave (limit less what is in use and not cache); -1: no limit */
};

struct autojobs_limits {
	int64_t job_memory;  /* bytes that one job needs, >= 1 */
	bool learned;        /* from earlier runs */
	int64_t min, max;    /* jobs */
	int64_t millipercent; /* share of the cores, 75 % = 75000 */
};

/* Reads memory and cgroups (v1, v2 and both; the tightest limit from our own group up to the root counts). Formats: cgroups(7),
 * kernel Documentation cgroup-v2.rst, cgroup-v1/memory.rst, proc(5). What cannot be read is no limit. f->cpus is the caller's. */
void autojobs_look(const struct autojobs_roots *roots, struct autojobs_facts *f);

/* The number: the share of the cores, rounded down, no more than memory holds, within min..max. min wins. Pure. */
int64_t autojobs_decide(const struct autojobs_facts *f, const struct autojobs_limits *l);

/* How it came about, a line for each reason. Pure. */
void autojobs_explain(const struct autojobs_facts *f, const struct autojobs_limits *l, struct buf *out);

/* Limits from fh.ini ([parallel] jobs_percent, jobs_min, jobs_max, job_memory). Returns 0, or -1 with words. */
int autojobs_limits(struct autojobs_limits *l, struct err *e);

/* autojobs_look at the true roots; $FH_TEST_ROOT stands in front of both where it is set (for tests). */
void autojobs_here(struct autojobs_facts *f);

/* All of it for this process: the number into *jobs (learned: bytes that a job of this command has needed, -1: not known; what fh.ini
 * says comes first), and where out is not NULL the explanation. Returns 0, or -1 with words. */
int autojobs(int64_t cpus, int64_t learned, int64_t *jobs, struct buf *out, struct err *e);

/* Bytes that may still be used: the lesser of mem_available and mem_cgroup; -1: not known. */
int64_t autojobs_mem_free(const struct autojobs_facts *f);

#endif
