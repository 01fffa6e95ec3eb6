/* What the machine says of starting one more job, and of those that run: load, memory, swapping, --limit's command. */
#ifndef FH_PAR_WORLD_H
#define FH_PAR_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "opts.h"
#include "sched.h"
#include "sig.h"

struct world;

struct world_conf {
	const struct opts *opts;  /* borrowed: --load --memfree --memsuspend --noswap --limit */
	int64_t cpus;             /* what --load 100% is */
	const char *shell;        /* for --limit; borrowed */
	const struct sig *sig;    /* what its command must be given back; borrowed */
};

enum world_wish {
	WORLD_FINE,
	WORLD_KILL,    /* end the youngest job, to be run again later */
	WORLD_SUSPEND, /* stop one more job, if another goes on */
	WORLD_SQUEEZE, /* stop all jobs but one */
	WORLD_RESUME,  /* let one more go on */
};

/* Returns 0 and *out (NULL where no option asks for any of it), *load_max for sched (0: none); or -1 with words. */
int world_new(const struct world_conf *c, struct world **out, double *load_max, struct err *e);
void world_free(struct world *w);

/* Before a start, while running jobs run: fills what sched asks for. --limit's command is run, and waited for. NULL: nothing is
 * filled. */
void world_look(struct world *w, int64_t now, uint64_t running, struct sched_world *out);

/* What is to become of the jobs that run. */
enum world_wish world_wish(struct world *w);
/* The same from free memory (bytes, -1: not known) alone. Pure, for tests. */
enum world_wish world_memory_wish(int64_t memfree, int64_t memsuspend, int64_t free_bytes);

/* --load's argument: a number (fraction allowed), or as -j's. Returns 0 or -1 with words. */
int world_load_parse(const char *text, int64_t cpus, double *max, struct err *e);

#define WORLD_LOOK_NS (CLOCK_S / 2) /* how often world_wish is worth asking */

#endif
