/* Decides which workers a run has, and by which command each is called. Must never know what they do. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "hold.h"
#include "hosts.h"
#include "mem.h"
#include "num.h"
#include "self.h"
#include "slots.h"
#include "slurm.h"

#define WORKERS_MAX 100000

enum engine_kind {
	ENGINE_AGENTS,  /* children of ours */
	ENGINE_NODES,   /* an agent on every node of an allocation */
	ENGINE_STEP,    /* a step of it for each job */
	ENGINE_ELASTIC, /* workers that are jobs of Slurm's */
	ENGINE_SSH,     /* an agent on every host of -S */
};

struct engine {
	enum engine_kind kind;
	const struct opts *o;
	char *self;       /* our own program */
	int64_t workers;  /* AGENTS, ELASTIC */
	int64_t each;     /* slots of one of them */
	struct slurm_alloc alloc;
	int64_t *slots;   /* NODES, SSH: of each; SSH: 0, as many as it has CPUs */
	struct hosts *hosts; /* SSH */
	int64_t total;
	struct hold hold;
	bool held;
};

/* --- local-agent ------------------------------------------------------------------------------------------------------ */

/* "local-agent", "local-agent,N". */
static int
engine_agents(struct engine *n, const char *rest, int64_t cpus, struct err *e)
{
	bool file;

	n->kind = ENGINE_AGENTS;
	n->workers = 1;
	if (*rest == ',' && num_int(rest + 1, 1, WORKERS_MAX, &n->workers, e) < 0)
		return -1;
	if (slots_parse(n->o->jobs, cpus, &n->each, &file, e) < 0)
		return err_wrap(e, "--jobs");
	n->total = n->workers * n->each;
	return 0;
}

/* --- Slurm ------------------------------------------------------------------------------------------------------------ */

/* An allocation that we are in. */
static int
engine_join(struct engine *n, struct err *e)
{
	const char *list = getenv("SLURM_JOB_NODELIST");
	AUTO_BUF names = { 0 };

	if (list == NULL)
		return err_set(e, 0, "SLURM_JOB_ID is set, and SLURM_JOB_NODELIST is not");
	if (slurm_hostnames(list, &names, e) < 0)
		return -1;
	return slurm_alloc_read(getenv("SLURM_JOB_ID"), buf_str(&names), getenv("SLURM_JOB_CPUS_PER_NODE"),
	    getenv("SLURM_MEM_PER_NODE"), getenv("SLURM_MEM_PER_CPU"), &n->alloc, e);
}

/* One that is made for us. */
static int
engine_allocate(struct engine *n, struct loop *l, struct err *e)
{
	struct slurm_words w = { 0 };
	AUTO_BUF told = { 0 };
	AUTO_BUF names = { 0 };
	char *field[5], *p;
	size_t i;
	int r;

	slurm_hold_words(&w, n->o->cpus_per_job, n->o->slurm_opts);
	n->held = true;
	r = hold_begin(&n->hold, l, w.v, &told, e);
	slurm_words_free(&w);
	if (r < 0)
		return -1;
	p = told.data;
	for (i = 0; i < ARRAY_LEN(field); i++)
		if ((field[i] = strsep(&p, "\n")) == NULL)
			return err_set(e, 0, "salloc tells less than it should");
	if (slurm_hostnames(field[1], &names, e) < 0)
		return -1;
	return slurm_alloc_read(field[0], buf_str(&names), field[2], field[3], field[4], &n->alloc, e);
}

/* -j counts jobs on each node, as with hosts; where it says nothing, or auto, the allocation's size counts. */
static int
engine_node_slots(struct engine *n, struct err *e)
{
	const char *jobs = n->o->jobs;
	bool size = jobs == NULL || slots_is_auto(jobs), file;
	int64_t fit;
	size_t i;

	n->slots = xcalloc(n->alloc.n, sizeof *n->slots);
	for (i = 0; i < n->alloc.n; i++) {
		fit = slurm_fit(&n->alloc, &n->alloc.node[i], n->o->cpus_per_job, n->o->mem_per_job);
		n->slots[i] = fit;
		if (!size && slots_parse(jobs, fit, &n->slots[i], &file, e) < 0)
			return err_wrap(e, "--jobs");
		if (n->slots[i] == SLOTS_MAX)
			n->slots[i] = fit; /* -j0 */
		n->total += n->slots[i];
	}
	return 0;
}

static int
engine_slurm(struct engine *n, bool step, struct loop *l, struct err *e)
{
	n->kind = step ? ENGINE_STEP : ENGINE_NODES;
	if ((getenv("SLURM_JOB_ID") != NULL ? engine_join(n, e) : engine_allocate(n, l, e)) < 0)
		return -1;
	return engine_node_slots(n, e);
}

/* Slots of a worker are -j's, 1 where it says nothing. */
static int
engine_elastic(struct engine *n, struct err *e)
{
	bool file;

	n->kind = ENGINE_ELASTIC;
	n->workers = n->o->elastic;
	n->each = 1;
	if (n->o->jobs != NULL && !slots_is_auto(n->o->jobs) && slots_parse(n->o->jobs, 1, &n->each, &file, e) < 0)
		return err_wrap(e, "--jobs");
	if (n->each == SLOTS_MAX)
		return err_set(e, 0, "--jobs 0: say how many for each worker");
	n->total = n->workers * n->each;
	return 0;
}

/* --- hosts ------------------------------------------------------------------------------------------------------------ */

static int
engine_host_slots(struct engine *n, size_t i, struct err *e)
{
	const struct host *t = hosts_at(n->hosts, i);
	bool file;

	if (n->o->jobs == NULL && t->cpus < 0)
		return 0;
	if (slots_parse(n->o->jobs, t->cpus > 0 ? t->cpus : 1, &n->slots[i], &file, e) < 0)
		return err_wrap(e, "--jobs");
	if (n->slots[i] == SLOTS_MAX)
		n->slots[i] = 0;
	return 0;
}

static int
engine_ssh(struct engine *n, struct err *e)
{
	const struct opts *o = n->o;
	size_t i;

	n->kind = ENGINE_SSH;
	if (o->transferfile.n > 0 || o->ret.n > 0 || o->basefile.n > 0 || o->cleanup || o->hostgroups || o->onall || o->nonall)
		return err_set(e, 0, "ssh: brings no files and knows no groups: use -S alone for that");
	if (hosts_new(o, &n->hosts, e) < 0)
		return -1;
	if (n->hosts == NULL)
		return err_set(e, 0, "ssh: on which hosts? (-S)");
	n->slots = xcalloc(hosts_count(n->hosts), sizeof *n->slots);
	for (i = 0; i < hosts_count(n->hosts); i++) {
		if (engine_host_slots(n, i, e) < 0)
			return -1;
		n->total += n->slots[i] > 0 ? n->slots[i] : 1;
	}
	return 0;
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static int
engine_choose(struct engine *n, const char *name, struct loop *l, int64_t cpus, struct err *e)
{
	size_t agent = strlen("local-agent");

	if (strncmp(name, "local-agent", agent) == 0 && (name[agent] == '\0' || name[agent] == ','))
		return engine_agents(n, name + agent, cpus, e);
	if (strcmp(name, "slurm") == 0 && n->o->elastic > 0)
		return engine_elastic(n, e);
	if (strcmp(name, "slurm") == 0 || strcmp(name, "slurm,step") == 0)
		return engine_slurm(n, name[5] == ',', l, e);
	if (strcmp(name, "ssh") == 0)
		return engine_ssh(n, e);
	return err_set(e, 0, "%s: not one of local, slurm, slurm,step, ssh, ssh,job", name);
}

int
engine_new(const struct opts *o, struct loop *l, int64_t cpus, struct engine **out, struct err *e)
{
	const char *name = o->engine != NULL ? o->engine : "local";
	struct engine *n;

	*out = NULL;
	if (strcmp(name, "local") == 0 || strcmp(name, "ssh,job") == 0 || o->dry_run || o->semaphore)
		return 0;
	n = xcalloc(1, sizeof *n);
	n->o = o;
	n->self = self_path(o->argv0);
	if (engine_choose(n, name, l, cpus, e) < 0) {
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
	if (n->held)
		hold_end(&n->hold);
	slurm_alloc_free(&n->alloc);
	hosts_free(n->hosts);
	free(n->slots);
	free(n->self);
	free(n);
}

int64_t
engine_slots(const struct engine *n)
{
	return n->total;
}

size_t
engine_workers(const struct engine *n)
{
	return n->kind == ENGINE_NODES ? n->alloc.n : n->kind == ENGINE_SSH ? hosts_count(n->hosts) : n->kind == ENGINE_STEP ? 1 : (size_t)n->workers;
}

bool
engine_queues(const struct engine *n)
{
	return n->kind == ENGINE_ELASTIC;
}

bool
engine_steps(const struct engine *n)
{
	return n->kind == ENGINE_STEP;
}

bool
engine_is_slurm(const struct engine *n)
{
	return n->kind != ENGINE_AGENTS && n->kind != ENGINE_SSH;
}

/* Another worker, called by the words of w, which are freed. */
static int
engine_add(struct fleet *f, const struct fleet_call *how, struct slurm_words *w, struct err *e)
{
	struct fleet_call c = *how;
	int r;

	c.argv = w->v;
	r = fleet_add(f, &c, e) == NULL ? -1 : 0;
	slurm_words_free(w);
	return r;
}

static int
engine_call_agent(struct engine *n, struct fleet *f, struct err *e)
{
	static char plain[] = "--plain", agent[] = "--agent";
	char *argv[] = { n->self, plain, agent, NULL };
	struct fleet_call c = { .login = ":", .argv = argv, .slots = (uint64_t)n->each, .how = FLEET_STAYS };

	return fleet_add(f, &c, e) == NULL ? -1 : 0;
}

static int
engine_call_elastic(struct engine *n, struct fleet *f, struct err *e)
{
	struct slurm_words w = { 0 };

	slurm_elastic_words(&w, n->each * n->o->cpus_per_job, n->each * n->o->mem_per_job, n->o->slurm_opts, n->self);
	return engine_add(f, &(struct fleet_call){ .slots = (uint64_t)n->each, .how = FLEET_QUEUED }, &w, e);
}

static int
engine_call_node(struct engine *n, size_t i, struct fleet *f, struct err *e)
{
	const struct slurm_node *t = &n->alloc.node[i];
	struct slurm_words w = { 0 };

	slurm_agent_words(&w, n->alloc.id, t->name, n->self);
	return engine_add(f, &(struct fleet_call){ .name = t->name, .login = t->name, .slots = (uint64_t)n->slots[i], .how = FLEET_STAYS }, &w, e);
}

/* "--" and one word: ssh reads no option in it. */
static int
engine_call_host(struct engine *n, size_t i, struct fleet *f, const char *summon, struct err *e)
{
	const struct host *t = hosts_at(n->hosts, i);
	struct slurm_words w = { 0 };
	size_t k;

	for (k = 0; k < t->nssh; k++)
		slurm_words_add(&w, "%s", t->ssh[k]);
	if (t->ssh != NULL) {
		slurm_words_add(&w, "--");
		slurm_words_add(&w, "%s", summon);
	} else {
		slurm_agent(&w, n->self);
	}
	return engine_add(f, &(struct fleet_call){ .name = t->name, .login = t->name, .slots = (uint64_t)n->slots[i], .how = FLEET_STAYS }, &w, e);
}

int
engine_call(struct engine *n, struct fleet *f, const char *summon, struct err *e)
{
	size_t i, many = n->kind == ENGINE_STEP ? 0 : engine_workers(n);
	int r = 0;

	for (i = 0; i < many && r == 0; i++)
		r = n->kind == ENGINE_NODES ? engine_call_node(n, i, f, e) :
		    n->kind == ENGINE_SSH ? engine_call_host(n, i, f, summon, e) :
		    n->kind == ENGINE_AGENTS ? engine_call_agent(n, f, e) : engine_call_elastic(n, f, e);
	return r;
}

int
engine_call_one(struct engine *n, struct fleet *f, struct err *e)
{
	struct slurm_words w = { 0 };

	slurm_step_words(&w, n->alloc.id, n->o->cpus_per_job, n->o->mem_per_job, n->self);
	return engine_add(f, &(struct fleet_call){ .slots = 1, .how = FLEET_ONCE }, &w, e);
}
