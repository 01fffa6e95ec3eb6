/* Brings jobs to hosts: the side of run that joins the table of hosts with the jobs. Decides only which job waits for a host, while
 * others go on.
 * Invariant: a job that is started has a host, and gives it back once (run_hosts_left). */
#include "run_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "clock.h"
#include "survey.h"

#define WAITING_MAX 1000  /* jobs read ahead while the hosts that they may run on are busy */
#define MORE_HOSTS 1024   /* slots that there is room for where a file may name more hosts */
#define STATUS_SSH 255    /* ssh could not reach the host, or not log in */

/* --- the table ---------------------------------------------------------------------------------------------------- */

static void
run_hosts_ask(struct run *r, bool filter)
{
	if (!r->o->dry_run && r->remote != NULL && (filter || r->o->controlmaster || hosts_need_cpus(r->hosts, r->o->jobs)))
		survey_ask(r->hosts, r->remote, r->o, filter, r->say);
}

int
run_hosts_open(struct run *r, int64_t *slots, struct err *e)
{
	const struct opts *o = r->o;

	if (o->engine != NULL && strcmp(o->engine, "local") != 0 && strcmp(o->engine, "ssh,job") != 0)
		return 0; /* the engine knows where */
	if (hosts_new(o, &r->hosts, e) < 0)
		return -1;
	if (r->hosts == NULL)
		return 0;
	if (remote_new(o, r->set, r->say, &r->remote, e) < 0)
		return -1;
	run_hosts_ask(r, o->filter_hosts);
	if (hosts_set_slots(r->hosts, o->jobs, &r->slots_in_file, e) < 0)
		return err_wrap(e, "--jobs");
	if (!hosts_are_left(r->hosts))
		return err_set(e, 0, "--sshlogin: no host is left to run any jobs");
	*slots = hosts_slots(r->hosts);
	r->slots_max = o->sshloginfile.n > 0 || o->hostgroups ? *slots + MORE_HOSTS : *slots;
	if (!o->dry_run)
		survey_base(r->hosts, r->remote, false, r->say);
	return 0;
}

void
run_hosts_close(struct run *r)
{
	if (r->hosts == NULL)
		return;
	if (r->remote != NULL && !r->o->dry_run)
		survey_base(r->hosts, r->remote, true, r->say);
	remote_free(r->remote, r->hosts);
	hosts_free(r->hosts);
}

static void
run_hosts_resize(struct run *r)
{
	struct err e;
	bool file;

	if (hosts_set_slots(r->hosts, r->o->jobs, &file, &e) < 0)
		return; /* a file of -j that is no number now: as before */
	r->slots = hosts_slots(r->hosts);
	if (r->slots > r->slots_max)
		r->slots = r->slots_max;
	sched_set_slots(r->sched, r->slots);
}

void
run_hosts_reread(struct run *r)
{
	bool changed = hosts_reread(r->hosts, clock_mono_ns());

	if (changed)
		run_hosts_ask(r, r->o->filter_hosts);
	if (changed || r->slots_in_file)
		run_hosts_resize(r);
}

/* --- a job and its host ------------------------------------------------------------------------------------------- */

/* --hostgroups: what stands behind @ in its values are groups, not theirs. */
static int
run_hosts_groups(struct run *r, struct job *j, struct err *e)
{
	struct args *a = &j->args;
	const char *at;
	char *s;
	size_t i;

	for (i = 0; i < a->n; i++) {
		s = a->text.data + a->v[i].off;
		if ((at = memchr(s, '@', a->v[i].len)) == NULL)
			continue;
		if (j->groups.len > 0)
			buf_addc(&j->groups, '+');
		buf_add(&j->groups, at + 1, a->v[i].len - (size_t)(at + 1 - s));
		a->v[i].len = (uint32_t)(at - s) & 0x7fffffff;
		s[a->v[i].len] = '\0';
	}
	if (j->groups.len == 0) {
		buf_adds(&j->groups, hosts_groups(r->hosts));
		return 0;
	}
	return hosts_make_groups(r->hosts, buf_str(&j->groups), e);
}

static struct job *
run_hosts_new_job(struct run *r)
{
	struct job *j = run_next_input(r);
	struct err e;
	int made;

	if (j == NULL || !r->o->hostgroups)
		return j;
	if ((made = run_hosts_groups(r, j, &e)) < 0) {
		err_wrap(&e, "--hostgroups");
		run_fail(r, &e);
	}
	if (made > 0) {
		run_hosts_ask(r, false);
		run_hosts_resize(r);
	}
	return j;
}

/* Gives j a host, if there is one that is free. */
static bool
run_hosts_give(struct run *r, struct job *j)
{
	struct host_wish w = { .groups = r->o->hostgroups ? buf_str(&j->groups) : NULL, .tried = j->tried };
	struct host *t = hosts_choose(r->hosts, &w);
	int64_t now;

	if (t == NULL)
		return false;
	if (t->ssh != NULL && r->o->sshdelay_ns > 0) {
		now = clock_mono_ns();
		run_wake_at(r, r->ssh_ns);
		if (now < r->ssh_ns)
			return false;
		r->ssh_ns = now + r->o->sshdelay_ns;
		run_wake_at(r, r->ssh_ns);
	}
	hosts_take(t);
	j->host = t;
	j->host_name = t->name;
	j->remote = t->ssh != NULL;
	return true;
}

/* The first of those that wait which has a host now. */
static struct job *
run_hosts_waiting(struct run *r, size_t *n)
{
	struct job *j, *first = NULL, *last = NULL;

	for (*n = 0, j = r->again; j != NULL; j = j->next, ++*n)
		last = j;
	for (j = last; j != NULL && first == NULL; j = j->prev)
		if (run_hosts_give(r, j))
			first = j;
	if (first != NULL)
		run_unlink(&r->again, first);
	return first;
}

/* Jobs wait, nothing runs, and no host takes them: it will not get better, but by a file of hosts. */
static void
run_hosts_stuck(struct run *r)
{
	struct err e;

	if (sched_running(r->sched) > 0 || r->again == NULL || (r->o->sshdelay_ns > 0 && clock_mono_ns() < r->ssh_ns))
		return;
	if (r->o->sshloginfile.n > 0) {
		run_wake_at(r, clock_mono_ns() + CLOCK_S);
		return;
	}
	err_set(&e, 0, "job %" PRIu64 ": no host is left that may run it", r->again->seq);
	run_fail(r, &e);
}

struct job *
run_hosts_next(struct run *r)
{
	size_t waiting;
	struct job *j = run_hosts_waiting(r, &waiting);

	if (j != NULL)
		return j;
	for (; waiting < WAITING_MAX && (waiting == 0 || r->o->hostgroups); waiting++) {
		if ((j = run_hosts_new_job(r)) == NULL)
			break;
		if (run_hosts_give(r, j))
			return j;
		run_link(&r->again, j);
	}
	run_hosts_stuck(r);
	return NULL;
}

/* A host that nobody has seen answer, and whose ssh fails: that is said once. */
static void
run_hosts_tell(struct run *r, const struct job *j)
{
	struct host *t = j->host;
	bool failed = WIFEXITED(j->status) && WEXITSTATUS(j->status) == STATUS_SSH;

	if (!j->remote || t->told || j->killed)
		return;
	t->told = true;
	if (failed)
		run_say(r, "%s: ssh ended with 255: no connection, an unknown host key or no login; see its words", t->name);
}

void
run_hosts_left(struct run *r, struct job *j, bool ended)
{
	if (j->host == NULL)
		return;
	if (ended && j->lost)
		j->host->told = false; /* it was there, and is no more: that is to be told again */
	else if (ended)
		run_hosts_tell(r, j);
	if (ended && job_failed(j))
		j->tried |= UINT64_C(1) << j->host->number % HOSTS_TRIED;
	if (ended)
		launch_done(r->launch, j);
	hosts_give(j->host);
	j->host = NULL;
}
