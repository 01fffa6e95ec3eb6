/* Agents on the hosts of -S. Decides whether a job of a host goes to its agent, or has an ssh of its own as in the reference.
 * A host is asked by its first job: one login finds the agent and is its launcher. Jobs are given to it before it has answered, and
 * their input is held back; where there is none they start over, each with its ssh, as if nobody had asked.
 * Invariant: a host without an agent costs one login more, once (none, where it was asked for its cpus anyway). */
#include "run_int.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "clock.h"
#include "path.h"

#define SLOTS_AGENT_MAX 65536 /* of one; jobs beyond have an ssh of their own */

int
run_agents_open(struct run *r, struct err *e)
{
	if (r->hosts == NULL || r->o->dry_run || r->o->semaphore || !hosts_are_remote(r->hosts) || !remote_suits_agent(r->o))
		return 0;
	if (run_far_summon(r, e) < 0)
		return -1;
	run_far_fleet(r, FRAME_LOGIN);
	return 0;
}

/* A command of the user's own to reach hosts may be anything: only ssh is known to carry what an agent needs. */
static bool
run_agents_reach(const struct host *t)
{
	return t->ssh != NULL && strcmp(path_base(t->ssh[0]), "ssh") == 0;
}

static struct worker *
run_agents_call(struct run *r, const struct host *t)
{
	struct fleet_call c = { .name = t->name, .login = t->name, .host = t->host, .how = FLEET_MAYBE, .quiet = !r->o->bootstrap };
	struct exec_line line;
	struct worker *w;
	struct err e;

	remote_agent(r->remote, t, buf_str(&r->summon_text), &line);
	c.argv = line.argv;
	c.slots = t->slots < SLOTS_AGENT_MAX ? (uint64_t)t->slots : SLOTS_AGENT_MAX;
	if ((w = fleet_add(r->fleet, &c, &e)) == NULL && !c.quiet)
		run_say(r, "%s: %s", t->name, e.msg);
	return w;
}

struct worker *
run_agents_for(struct run *r, struct host *t)
{
	if (r->summon == NULL || t == NULL || t->alone || !run_agents_reach(t))
		return NULL;
	if (t->agent == NULL)
		t->agent = run_agents_call(r, t);
	t->alone = t->agent == NULL || t->agent->state >= WORKER_LOST;
	return !t->alone && fleet_may_give(t->agent) ? t->agent : NULL;
}

void
run_agents_ready(struct run *r, const struct worker *w)
{
	struct job *j;

	for (j = r->running; j != NULL; j = j->next) {
		if (j->worker != w)
			continue;
		if (j->host != NULL)
			j->host->told = true; /* it was reached: what ends with 255 now is a job */
		run_far_feed(r, j);
	}
}

void
run_agents_absent(struct run *r, struct job *j)
{
	j->host->alone = true;
	if (!j->killed) {
		run_start_over(r, j);
		return;
	}
	j->status = SIGTERM; /* as an ssh that was ended */
	j->end_ns = clock_mono_ns();
	run_ended(r, j);
}

bool
run_agents_end(struct run *r, struct job *j)
{
	if (j->host == NULL || !j->worker->maybe || j->worker->state >= WORKER_LOST)
		return false;
	j->killed = true;
	j->deadline_ns = 0;
	fleet_lose(r->fleet, j->worker, "a job had no time left");
	return true;
}
