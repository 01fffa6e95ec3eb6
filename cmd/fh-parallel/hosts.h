/* The machines that jobs may run on: which there are, how many jobs each takes, and which one takes the next job. How a job
 * gets there is remote's, or an agent's.
 *
 * run has no table where no option names a host: then everything is local. With one, a job has a host (job.host) from
 * hosts_take to hosts_give. */
#ifndef FH_PAR_HOSTS_H
#define FH_PAR_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "opts.h"

struct worker;

struct host {
	const char *name;   /* the sshlogin: $PARALLEL_SSHLOGIN, Host of the joblog, tag of --nonall; ":" is this machine */
	const char *host;   /* the host in it: $PARALLEL_SSHHOST */
	const char *groups; /* "name+group+...", $PARALLEL_HOSTGROUPS: always its own name too */
	char *const *ssh;   /* the command that reaches it, NULL-terminated, its last word the host: a remote command is to be added
	                     * as "--" and one word. NULL: this machine, or somebody else's way */
	size_t nssh;        /* words in it */
	int64_t cpus;       /* -1: not known (yet) */
	int64_t slots;      /* jobs that it may run at once; hosts_set_slots */
	int64_t running;    /* jobs that it runs */
	uint64_t started;   /* in all */
	size_t number;      /* in the table, from 0 */
	bool lost;          /* takes no more jobs, for good */
	bool gone;          /* not in its --sshloginfile any more: no more jobs, unless it comes back */
	bool told;          /* somebody has said that it cannot be reached */
	bool alone;         /* there is no agent to be had: each job has an ssh of its own */
	struct worker *agent; /* who takes its jobs; NULL: nobody has been called yet. Another's */
};

struct hosts;

/* -S, --sshloginfile. *out is NULL where none is given. Asks no host. Returns 0, or -1 with words (no such file, not a host). */
int hosts_new(const struct opts *o, struct hosts **out, struct err *e);
/* An empty table, for who fills it with hosts_add (an engine). */
struct hosts *hosts_new_empty(const struct opts *o);
void hosts_free(struct hosts *h);

/* A host that is not reached by ssh; cpus: -1 where that is not known. The name is copied. */
struct host *hosts_add(struct hosts *h, const char *name, int64_t cpus);

size_t hosts_count(const struct hosts *h);
struct host *hosts_at(const struct hosts *h, size_t i); /* the pointer stays good as long as h lives */
/* Whether any host is another machine. */
bool hosts_are_remote(const struct hosts *h);

/* -j for each host: text as slots_parse takes it (NULL: 100%), for those whose cpus are known (others count as 1). Returns 0 with *file
 * (-j FILE: ask again now and then), or -1 with words. */
int hosts_set_slots(struct hosts *h, const char *text, bool *file, struct err *e);
/* Whether that needs hosts' cpus, and some are not known: hosts_ask first. */
bool hosts_need_cpus(const struct hosts *h, const char *text);
/* Jobs in all that may run at once: slots of those that are neither lost nor gone. */
int64_t hosts_slots(const struct hosts *h);
/* Whether any host is left that could take a job. */
bool hosts_are_left(const struct hosts *h);

#define HOSTS_TRIED 64

/* Which host may a job be given to? */
struct host_wish {
	const char *groups;    /* "a+b": only to hosts that are in one of them; NULL or "": any */
	uint64_t tried;        /* hosts (bit: number % HOSTS_TRIED) where it failed: only where it has failed everywhere */
};

/* The host that takes such a job best now: the one with the smallest part of its slots in use. NULL: none is free. */
struct host *hosts_choose(const struct hosts *h, const struct host_wish *w);
void hosts_take(struct host *t);
void hosts_give(struct host *t);
/* It takes no more jobs. */
void hosts_lose(struct host *t);

/* --hostgroups: hosts of that name are made where no host is in group "a" of "a+b" (the reference). Returns whether there are new
 * ones, -1 with words (not a host). */
int hosts_make_groups(struct hosts *h, const char *groups, struct err *e);
/* All groups there are, "a+b+c". */
const char *hosts_groups(struct hosts *h);

/* Reads --sshloginfile again where it has changed, at most once a second. Returns whether it has: then there may be new
 * hosts, and hosts_set_slots is due. now: monotonic ns. */
bool hosts_reread(struct hosts *h, int64_t now);

#endif
