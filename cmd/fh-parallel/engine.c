/* Decides which workers a run has. Must never know what they do. */
#include "engine.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "num.h"
#include "slots.h"

#define AGENTS_MAX 10000 /* local-agent,N: for tests and simulations */

enum engine_kind { ENGINE_AGENTS };

struct engine {
	enum engine_kind kind;
	const struct opts *o;
	char *self;       /* our own program */
	int64_t workers;  /* AGENTS */
	int64_t each;     /* slots of one */
};

/* Our own program, as others can start it. */
static char *
engine_self(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);

	return n > 0 && n < (ssize_t)sizeof path ? xstrndup(path, (size_t)n) : xstrdup("fh-parallel");
}

/* "local-agent", "local-agent,N": agents as plain children of ours. */
static int
engine_agents(struct engine *n, const char *rest, int64_t cpus, struct err *e)
{
	bool file;

	n->kind = ENGINE_AGENTS;
	n->workers = 1;
	if (*rest == ',' && num_int(rest + 1, 1, AGENTS_MAX, &n->workers, e) < 0)
		return -1;
	return slots_parse(n->o->jobs, cpus, &n->each, &file, e);
}

int
engine_new(const struct opts *o, struct loop *l, int64_t cpus, struct engine **out, struct err *e)
{
	const char *name = o->engine != NULL ? o->engine : "local";
	size_t agent = strlen("local-agent");
	struct engine *n;
	int r;

	(void)l;
	*out = NULL;
	if (strcmp(name, "local") == 0 || o->dry_run)
		return 0;
	n = xcalloc(1, sizeof *n);
	n->o = o;
	n->self = engine_self();
	if (strncmp(name, "local-agent", agent) == 0 && (name[agent] == '\0' || name[agent] == ','))
		r = engine_agents(n, name + agent, cpus, e);
	else
		r = err_set(e, 0, "%s: not one of local, slurm, slurm,step", name);
	if (r < 0) {
		engine_free(n);
		return err_wrap(e, "--engine");
	}
	*out = n;
	return 0;
}

void
engine_free(struct engine *n)
{
	if (n == NULL)
		return;
	free(n->self);
	free(n);
}

int64_t
engine_slots(const struct engine *n)
{
	return n->workers * n->each;
}

bool
engine_queues(const struct engine *n)
{
	(void)n;
	return false;
}

bool
engine_steps(const struct engine *n)
{
	(void)n;
	return false;
}

int
engine_call(struct engine *n, struct fleet *f, struct err *e)
{
	static char plain[] = "--plain", agent[] = "--agent";
	char *argv[] = { n->self, plain, agent, NULL };
	int64_t i;

	for (i = 0; i < n->workers; i++)
		if (fleet_add(f, NULL, ":", argv, (uint64_t)n->each, false, e) < 0)
			return -1;
	return 0;
}

int
engine_call_one(struct engine *n, struct fleet *f, struct err *e)
{
	(void)n, (void)f;
	return err_set(e, 0, "no steps");
}
