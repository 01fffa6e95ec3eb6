/* Where jobs run that do not run here: which workers there are to be, and how each is called. */
#ifndef FH_PAR_ENGINE_H
#define FH_PAR_ENGINE_H

#include "fleet.h"
#include "opts.h"

struct engine;

/* What o->engine asks for. *out is NULL where jobs run here ("local", or none given). Waits for
 * an allocation where one must be made. Returns 0, or -1 with words. */
int engine_new(const struct opts *o, struct loop *l, int64_t cpus, struct engine **out, struct err *e);
/* What was allocated for it is given back. NULL is allowed. */
void engine_free(struct engine *n);

/* Jobs that may run at once when all workers are there. */
int64_t engine_slots(const struct engine *n);
size_t engine_workers(const struct engine *n);
/* Workers may come long after they were called: they wait in somebody's queue. */
bool engine_queues(const struct engine *n);
/* Every job has a worker of its own, called by engine_call_one. */
bool engine_steps(const struct engine *n);
bool engine_is_slurm(const struct engine *n);

/* Calls all workers; summon: summon_text, for hosts. Returns 0, or -1 with words. */
int engine_call(struct engine *n, struct fleet *f, const char *summon, struct err *e);
int engine_call_one(struct engine *n, struct fleet *f, struct err *e);

#endif
