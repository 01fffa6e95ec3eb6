/* Decides how Slurm is spoken to. Must never know jobs or workers.
 * Traps, each met with 22.05: srun reads SLURM_MEM_PER_NODE as its own --mem, so that steps wait for each other (--mem=0); without
 * --export=ALL a step may have no PATH; --overlap alone gives a step all CPUs of the job; srun takes our stdin unless told;
 * salloc --no-shell leaves the allocation behind where we are killed. */
#include "slurm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"
#include "num.h"
#include "proc.h"

#define NODES_MAX 1000000
#define MB_MAX (INT64_MAX >> 20)
#define NAMES_MAX (64 << 20)

/* --- an allocation ---------------------------------------------------------------------------------------------------- */

int
slurm_counts(const char *text, int64_t **v, size_t *n, struct err *e)
{
	const char *p = text;
	size_t cap = *n;
	char *end;
	long value, times;

	do {
		value = strtol(p, &end, 10);
		times = 1;
		if (end == p || value < 1 || value > INT32_MAX)
			return err_set(e, 0, "'%s': not CPUs of nodes, such as 4(x2),8", text);
		if (strncmp(end, "(x", 2) == 0) {
			p = end + 2;
			times = strtol(p, &end, 10);
			if (end == p || times < 1 || times > NODES_MAX - (long)*n || *end++ != ')')
				return err_set(e, 0, "'%s': not CPUs of nodes, such as 4(x2),8", text);
		}
		for (; times > 0; times--) {
			*v = xgrow(*v, *n, &cap, sizeof **v);
			(*v)[(*n)++] = value;
		}
		p = end + 1;
	} while (*end == ',');
	return *end == '\0' ? 0 : err_set(e, 0, "'%s': not CPUs of nodes, such as 4(x2),8", text);
}

static int64_t
slurm_megabytes(const char *text)
{
	int64_t mb;

	return text == NULL || num_int(text, 0, MB_MAX, &mb, NULL) < 0 ? 0 : mb;
}

int
slurm_alloc_read(const char *id, const char *names, const char *counts, const char *node_mb, const char *cpu_mb,
    struct slurm_alloc *out, struct err *e)
{
	AUTO_FREE int64_t *cpus = NULL;
	const char *nl;
	size_t n = 0, cap = 0;

	*out = (struct slurm_alloc){ .node_mb = slurm_megabytes(node_mb), .cpu_mb = slurm_megabytes(cpu_mb) };
	if (counts == NULL || slurm_counts(counts, &cpus, &n, e) < 0)
		return counts == NULL ? err_set(e, 0, "SLURM_JOB_CPUS_PER_NODE: not set") : err_wrap(e, "SLURM_JOB_CPUS_PER_NODE");
	for (; *names != '\0'; names = *nl == '\0' ? nl : nl + 1) {
		nl = strchrnul(names, '\n');
		if (nl == names || out->n == n)
			break;
		out->node = xgrow(out->node, out->n, &cap, sizeof *out->node);
		out->node[out->n] = (struct slurm_node){ xstrndup(names, (size_t)(nl - names)), cpus[out->n] };
		out->n++;
	}
	if (out->n == n && *names == '\0') {
		out->id = xstrdup(id);
		return 0;
	}
	slurm_alloc_free(out);
	return err_set(e, 0, "the allocation's nodes are not as many as '%s' says", counts);
}

void
slurm_alloc_free(struct slurm_alloc *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		free(a->node[i].name);
	free(a->node);
	free(a->id);
	*a = (struct slurm_alloc){ 0 };
}

int64_t
slurm_fit(const struct slurm_alloc *a, const struct slurm_node *t, int64_t cpus, int64_t mem)
{
	int64_t mb = a->node_mb, n = t->cpus / (cpus > 0 ? cpus : 1), room;

	if (mb <= 0)
		mb = a->cpu_mb > MB_MAX / t->cpus ? MB_MAX : a->cpu_mb * t->cpus;
	if (mem > 0 && mb > 0) {
		room = (mb << 20) / mem;
		n = room < n ? room : n;
	}
	return n < 1 ? 1 : n;
}

/* --- scontrol --------------------------------------------------------------------------------------------------------- */

/* Runs argv, what it prints appended to out. It cannot hang: none of its uses waits for a queue. */
static int
slurm_ask(char *const *argv, struct buf *out, struct err *e)
{
	struct proc_spec s = PROC_SPEC_INIT;
	int p[2], status = 0, r;
	pid_t pid;

	if ((r = io_pipe(p)) < 0)
		return err_sys(e, -r, "%s", argv[0]);
	s.file = argv[0];
	s.argv = argv;
	s.fd[1] = p[1];
	s.bound = true;
	r = proc_spawn(&s, &pid);
	close(p[1]);
	if (r == 0)
		r = io_slurp(p[0], out, NAMES_MAX);
	close(p[0]);
	if (r < 0)
		return err_sys(e, -r, "%s", argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status == 0 ? 0 : err_set(e, 0, "%s %s: failed", argv[0], argv[1]);
}

int
slurm_hostnames(const char *list, struct buf *out, struct err *e)
{
	struct slurm_words w = { 0 };
	int r;

	slurm_words_add(&w, "scontrol");
	slurm_words_add(&w, "show");
	slurm_words_add(&w, "hostnames");
	slurm_words_add(&w, "%s", list);
	r = slurm_ask(w.v, out, e);
	slurm_words_free(&w);
	return r;
}

/* Whether it was requeued since we began, by somebody else: SLURM_RESTART_COUNT is what it was then. */
static bool
slurm_was_requeued(const char *id)
{
	struct slurm_words w = { 0 };
	AUTO_BUF out = { 0 };
	struct err e;
	const char *began = getenv("SLURM_RESTART_COUNT");
	bool queued;

	slurm_words_add(&w, "squeue");
	slurm_words_add(&w, "--noheader");
	slurm_words_add(&w, "--Format=RestartCnt");
	slurm_words_add(&w, "--jobs=%s", id);
	queued = slurm_ask(w.v, &out, &e) == 0 && atol(buf_str(&out)) > (began != NULL ? atol(began) : 0);
	slurm_words_free(&w);
	return queued;
}

int
slurm_requeue(const char *id, struct err *e)
{
	struct slurm_words w = { 0 };
	AUTO_BUF out = { 0 };
	int r;

	if (slurm_was_requeued(id))
		return 0;
	slurm_words_add(&w, "scontrol");
	slurm_words_add(&w, "requeue");
	slurm_words_add(&w, "%s", id);
	r = slurm_ask(w.v, &out, e);
	slurm_words_free(&w);
	return r;
}

/* --- commands --------------------------------------------------------------------------------------------------------- */

void
slurm_words_add(struct slurm_words *w, const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	w->v = xreallocarray(w->v, w->n + 2, sizeof *w->v);
	w->v[w->n++] = buf_take(&b);
	w->v[w->n] = NULL;
}

void
slurm_words_free(struct slurm_words *w)
{
	while (w->n > 0)
		free(w->v[--w->n]);
	free(w->v);
	*w = (struct slurm_words){ 0 };
}

void
slurm_agent(struct slurm_words *w, const char *self)
{
	slurm_words_add(w, "%s", self);
	slurm_words_add(w, "--plain");
	slurm_words_add(w, "--agent");
}

/* What all of srun's uses here have in common: no buffering, all of the environment, no MPI. */
static void
slurm_srun(struct slurm_words *w, const char *name)
{
	static const char *const words[] = { "srun", "-Q", "-N1", "-n1", "-u", "--export=ALL", "--mpi=none", "-J" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		slurm_words_add(w, "%s", words[i]);
	slurm_words_add(w, "%s", name);
}

void
slurm_agent_words(struct slurm_words *w, const char *id, const char *on, const char *self)
{
	slurm_srun(w, "fh-agent");
	slurm_words_add(w, "--jobid=%s", id);
	slurm_words_add(w, "--overlap");
	slurm_words_add(w, "--mem=0");
	slurm_words_add(w, "--nodelist=%s", on);
	slurm_agent(w, self);
}

void
slurm_step_words(struct slurm_words *w, const char *id, int64_t cpus, int64_t mem, const char *self)
{
	slurm_srun(w, "fh-job");
	slurm_words_add(w, "--jobid=%s", id);
	slurm_words_add(w, "--exact");
	slurm_words_add(w, "-c%lld", (long long)cpus);
	slurm_words_add(w, "--mem=%lld", (long long)(mem > 0 ? (mem + (1 << 20) - 1) >> 20 : 0));
	slurm_agent(w, self);
}

/* The user's options are words of a shell's; ours come to it as arguments, and are never code. */
static void
slurm_shell(struct slurm_words *w, const char *head, const char *options)
{
	slurm_words_add(w, "/bin/sh");
	slurm_words_add(w, "-c");
	slurm_words_add(w, "%s %s \"$@\"", head, options != NULL ? options : "");
	slurm_words_add(w, "sh");
}

void
slurm_elastic_words(struct slurm_words *w, int64_t cpus, int64_t mem, const char *options, const char *self)
{
	slurm_shell(w, "unset SLURM_JOB_ID SLURM_JOBID; exec srun -Q -N1 -n1 -u --export=ALL --mpi=none -J fh-agent", options);
	slurm_words_add(w, "-c%lld", (long long)cpus);
	if (mem > 0)
		slurm_words_add(w, "--mem=%lld", (long long)((mem + (1 << 20) - 1) >> 20));
	slurm_agent(w, self);
}

void
slurm_hold_words(struct slurm_words *w, int64_t cpus, const char *options)
{
	char head[128] = "exec salloc -Q --no-kill -J fh-parallel";
	size_t n = strlen(head);

	if (cpus > 1)
		snprintf(head + n, sizeof head - n, " -c%lld", (long long)cpus);
	slurm_shell(w, head, options);
	slurm_words_add(w, "/bin/sh");
	slurm_words_add(w, "-c");
	slurm_words_add(w, "printf '%%s\\n' \"$SLURM_JOB_ID\" \"$SLURM_JOB_NODELIST\" \"$SLURM_JOB_CPUS_PER_NODE\" "
	    "\"$SLURM_MEM_PER_NODE\" \"$SLURM_MEM_PER_CPU\" end; cat >/dev/null; "
	    "until scontrol ping 2>/dev/null | grep -q " "\"is UP\"; do sleep 2; done"); /* salloc gives up on a controller that is away */
}
