/* Decides whether the machine can take one more job. Must never know which jobs there are.
 * Invariants: 1. what cannot be found out forbids nothing.
 *             2. nothing is looked at that no option asks for. */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "autojobs.h"
#include "busy.h"
#include "clock.h"
#include "io.h"
#include "num.h"
#include "proc.h"
#include "slots.h"

#define FILE_BYTES (1 << 16)
#define LOAD_NONE 0.01 /* --load 0: nobody else may run */

enum limit_kind { LIMIT_NONE, LIMIT_MEM, LIMIT_LOAD, LIMIT_IO, LIMIT_COMMAND };

struct world {
	struct world_conf c;
	enum limit_kind limit;
	int64_t limit_mem;
	bool limit_kill;              /* --limit's command said 2 */
	int64_t swap_in, swap_out;    /* pages, at swap_ns; -1: never looked */
	int64_t swap_ns;
	bool swapping;
	int64_t limit_io;             /* percent */
	struct busy busy;
};

/* --- what is asked for -------------------------------------------------------------------------------------------- */

int
world_load_parse(const char *text, int64_t cpus, double *max, struct err *e)
{
	int64_t n;
	bool file;
	char *end;

	*max = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(*max) || strspn(text, "0123456789.") != strlen(text)) {
		if (slots_parse(text, cpus, &n, &file, e) < 0)
			return -1;
		*max = (double)n;
	}
	*max = *max > 0 ? *max : LOAD_NONE;
	return 0;
}

/* --limit: "mem SIZE", "load N", "io N" or a command. */
static int
world_limit_parse(struct world *w, double *load_max, struct err *e)
{
	const char *text = w->c.opts->limit;

	if (text == NULL)
		return 0;
	if (strncmp(text, "io ", 3) == 0) {
		w->limit = LIMIT_IO;
		return num_int(text + 3, 0, INT32_MAX, &w->limit_io, e); /* above 100: never too much */
	}
	w->limit = strncmp(text, "mem ", 4) == 0 ? LIMIT_MEM : strncmp(text, "load ", 5) == 0 ? LIMIT_LOAD : LIMIT_COMMAND;
	if (w->limit == LIMIT_MEM)
		return num_size(text + 4, &w->limit_mem, e);
	if (w->limit == LIMIT_LOAD)
		return world_load_parse(text + 5, w->c.cpus, load_max, e);
	return 0;
}

int
world_new(const struct world_conf *c, struct world **out, double *load_max, struct err *e)
{
	const struct opts *o = c->opts;
	struct world *w;

	*out = NULL;
	*load_max = 0;
	if (o->load == NULL && o->memfree == 0 && o->memsuspend == 0 && !o->noswap && o->limit == NULL)
		return 0;
	if (o->load != NULL && world_load_parse(o->load, c->cpus, load_max, e) < 0)
		return err_wrap(e, "--load");
	w = xcalloc(1, sizeof *w);
	w->c = *c;
	w->swap_in = -1;
	if (world_limit_parse(w, load_max, e) < 0) {
		world_free(w);
		return err_wrap(e, "--limit");
	}
	*out = w;
	return 0;
}

void
world_free(struct world *w)
{
	if (w != NULL)
		busy_fini(&w->busy);
	free(w);
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

/* A file of /proc (or of a test's own). */
static int
world_read(const char *name, struct buf *text)
{
	const char *root = getenv("FH_TEST_ROOT");
	AUTO_BUF path = { 0 };

	buf_addf(&path, "%s/proc/%s", root != NULL ? root : "", name);
	return io_slurp_at(AT_FDCWD, buf_str(&path), text, FILE_BYTES);
}

/* Threads that run or would run, less this one. */
static double
world_load(void)
{
	AUTO_BUF text = { 0 };
	double avg[1] = { 0 };
	long running;

	if (world_read("loadavg", &text) == 0 &&
	    sscanf(buf_str(&text), "%*f %*f %*f %ld/", &running) == 1)
		return running > 0 ? (double)running - 1 : 0;
	return getloadavg(avg, 1) == 1 ? avg[0] : 0;
}

static int64_t
world_mem_free(void)
{
	struct autojobs_facts f = { 0 };

	autojobs_here(&f);
	return autojobs_mem_free(&f);
}

static int64_t
world_vmstat(const struct buf *text, const char *key)
{
	const char *s = strstr(buf_str(text), key);
	long long n;

	return s != NULL && sscanf(s + strlen(key), "%lld", &n) == 1 ? n : 0;
}

/* Whether pages went both in and out in the last second or so. */
static bool
world_swaps(struct world *w, int64_t now)
{
	AUTO_BUF text = { 0 };
	int64_t in, out;

	if ((w->swap_in >= 0 && now - w->swap_ns < CLOCK_S) ||
	    world_read("vmstat", &text) < 0)
		return w->swapping;
	in = world_vmstat(&text, "\npswpin ");
	out = world_vmstat(&text, "\npswpout ");
	w->swapping = w->swap_in >= 0 && in > w->swap_in && out > w->swap_out;
	w->swap_in = in;
	w->swap_out = out;
	w->swap_ns = now;
	return w->swapping;
}

/* Runs --limit's command: 0 there is room, 1 there is none, 2 and the youngest is to go. */
static int
world_ask(const struct world *w)
{
	struct proc_spec s = PROC_SPEC_INIT;
	char dash_c[] = "-c";
	char *argv[] = { (char *)(uintptr_t)w->c.shell, dash_c, (char *)(uintptr_t)w->c.opts->limit, NULL };
	int status;
	pid_t pid;

	s.file = w->c.shell;
	s.argv = argv;
	s.mask = &w->c.sig->child_mask;
	s.defaults = &w->c.sig->child_reset;
	if (proc_spawn(&s, &pid) < 0)
		return 0;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* How busy the busiest disk was in the last second or so. */
static int
world_io(struct world *w, int64_t now)
{
	AUTO_BUF text = { 0 };

	if ((w->busy.last.data != NULL && now - w->busy.at_ns < CLOCK_S) || world_read("diskstats", &text) < 0 || text.len == 0)
		return w->busy.percent;
	return busy_look(&w->busy, &text, now);
}

static bool
world_over_limit(struct world *w, int64_t now, int64_t mem_free)
{
	int said;

	if (w->limit == LIMIT_IO)
		return world_io(w, now) > w->limit_io;
	if (w->limit == LIMIT_MEM)
		return mem_free >= 0 && mem_free < w->limit_mem;
	if (w->limit != LIMIT_COMMAND)
		return false;
	said = world_ask(w);
	w->limit_kill = said == 2;
	return said != 0;
}

void
world_look(struct world *w, int64_t now, uint64_t running, struct sched_world *out)
{
	const struct opts *o;

	if (w == NULL)
		return;
	o = w->c.opts;
	out->load = o->load != NULL || w->limit == LIMIT_LOAD ? world_load() : 0;
	out->mem_free = o->memfree > 0 || o->memsuspend > 0 || w->limit == LIMIT_MEM ? world_mem_free() : -1;
	if (out->mem_free < 0)
		out->mem_free = INT64_MAX;
	out->hold = (o->noswap && world_swaps(w, now)) || world_over_limit(w, now, out->mem_free) ||
	    (o->memsuspend > 0 && running > 0 && out->mem_free / 2 < o->memsuspend);
}

/* --- those that run ----------------------------------------------------------------------------------------------- */

enum world_wish
world_memory_wish(int64_t memfree, int64_t memsuspend, int64_t free_bytes)
{
	if (free_bytes < 0)
		return WORLD_FINE;
	if (memfree > 0 && free_bytes < memfree / 2)
		return WORLD_KILL;
	if (memsuspend == 0)
		return WORLD_FINE;
	return free_bytes < memsuspend ? WORLD_SQUEEZE : free_bytes / 2 < memsuspend ? WORLD_SUSPEND : WORLD_RESUME;
}

enum world_wish
world_wish(struct world *w)
{
	const struct opts *o = w->c.opts;
	bool kill = w->limit_kill;

	w->limit_kill = false;
	if (kill)
		return WORLD_KILL;
	return o->memfree > 0 || o->memsuspend > 0 ? world_memory_wish(o->memfree, o->memsuspend, world_mem_free()) : WORLD_FINE;
}
