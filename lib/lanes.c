/* Decides where a child lives until it has executed its program. Must never know what the child is for.
 * Invariants: 1. a lane is used again only when its child is out of our memory (birth.here, which the kernel clears) or dead
 *                (lanes_ended), and what it failed with is known.
 *             2. a child shares our table of descriptors only until it has copied what is below cut; what it needs of
 *                the table lies below, in places of its lane that nobody changes meanwhile (lane_lend, lane_take_back). */
#include "lanes.h"

#include <errno.h>

#ifndef PROC_BESIDE

int
lanes_open(struct lanes **out, size_t n)
{
	(void)n;
	*out = NULL;
	return -ENOSYS;
}

void
lanes_close(struct lanes *l)
{
	(void)l;
}

int
lanes_start(struct lanes *l, const struct proc_spec *s, pid_t *pid)
{
	(void)l, (void)s, (void)pid;
	return -EAGAIN;
}

void
lanes_wait(struct lanes *l)
{
	(void)l;
}

int
lanes_ended(struct lanes *l, pid_t pid)
{
	(void)l, (void)pid;
	return 0;
}

const struct proc_birth *
lanes_birth(const struct lanes *l, pid_t pid)
{
	(void)l, (void)pid;
	return NULL;
}

#else

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"

#define LANE_BYTES ((size_t)8 << 20) /* for one command with its environment; only what is used is ever touched */
#define LANES_MAX 16
#define MANY_FDS 128                 /* a table that is not worth copying */
#define CUT_MAX 1024

struct lane {
	struct proc_birth birth;
	pid_t pid;               /* who is, or was, in it; 0: nobody whose end is to be asked for */
	int place[3];            /* low descriptors of ours, kept for its child; -1: none */
	bool lent;               /* they are the child's */
	struct rlimit nofile;
	_Alignas(64) char stack[PROC_STACK];
	char text[];             /* argv, envp, and their strings */
};

struct lanes {
	size_t n;
	int cut;                 /* all places, and all that a child inherits, lie below; 0: there are no places */
	int null_fd;             /* in places that are not lent */
	struct lane *lane[LANES_MAX];
};

/* --- descriptors ---------------------------------------------------------------------------------------------------- */

/* The highest descriptor that a child inherits. */
static int
fd_inherited(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int fd, max = d != NULL ? 2 : CUT_MAX;

	while (d != NULL && (e = readdir(d)) != NULL) {
		fd = atoi(e->d_name);
		if (fd > max && (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0)
			max = fd;
	}
	if (d != NULL)
		closedir(d);
	return max;
}

/* Places for all lanes. Without (few descriptors are allowed, or somebody inherits a high one) tables are copied. */
static void
lanes_make_places(struct lanes *l)
{
	int cut = fd_inherited() + 1, *place;
	struct rlimit most; /* where it is low, places would be missed elsewhere */
	size_t i;

	l->null_fd = -1;
	if (getrlimit(RLIMIT_NOFILE, &most) < 0 || most.rlim_cur < CUT_MAX)
		return;
	l->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (i = 0; l->null_fd >= 0 && i < 3 * l->n && cut < CUT_MAX; i++) {
		place = &l->lane[i / 3]->place[i % 3];
		*place = fcntl(l->null_fd, F_DUPFD_CLOEXEC, 3);
		cut = *place < 0 ? CUT_MAX : *place >= cut ? *place + 1 : cut;
	}
	l->cut = cut < CUT_MAX && l->null_fd >= 0 ? cut : 0;
}

/* Puts the descriptors of its child in the lane's places, where ours are many. */
static int
lane_lend(const struct lanes *l, struct lane *a, struct proc_spec *s)
{
	int i, many = l->cut > MANY_FDS ? l->cut : MANY_FDS;

	a->birth.cut = 0;
	if (l->cut == 0 || (s->fd[0] < many && s->fd[1] < many && s->fd[2] < many))
		return 0;
	a->lent = true;
	a->birth.cut = l->cut;
	for (i = 0; i < 3; i++)
		if (s->fd[i] >= 0 && (s->fd[i] = dup3(s->fd[i], a->place[i], O_CLOEXEC)) < 0)
			return -errno;
	return 0;
}

/* A place that still had a job's file would keep it open. */
static void
lane_take_back(const struct lanes *l, struct lane *a)
{
	int i;

	for (i = 0; a->lent && i < 3; i++)
		dup3(l->null_fd, a->place[i], O_CLOEXEC);
	a->lent = false;
}

/* --- lanes ---------------------------------------------------------------------------------------------------------- */

/* Whether valgrind runs us, which cannot follow such a child and ends us. */
static bool
lanes_are_watched(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static struct lane *
lane_new(void)
{
	struct lane *a = mmap(NULL, LANE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (a == MAP_FAILED)
		return NULL;
	a->place[0] = a->place[1] = a->place[2] = -1;
	return a;
}

int
lanes_open(struct lanes **out, size_t n)
{
	struct lanes *l;

	*out = NULL;
	if (n == 0 || lanes_are_watched())
		return n == 0 ? -EINVAL : -ENOSYS;
	l = xcalloc(1, sizeof *l);
	while (l->n < n && l->n < LANES_MAX && (l->lane[l->n] = lane_new()) != NULL)
		l->n++;
	if (l->n == 0) {
		free(l);
		return -ENOMEM;
	}
	lanes_make_places(l);
	*out = l; /* fewer than asked for are good too */
	return 0;
}

static bool
lane_is_here(struct lane *a)
{
	return __atomic_load_n(&a->birth.here, __ATOMIC_ACQUIRE) != 0;
}

void
lanes_close(struct lanes *l)
{
	struct lane *a;
	size_t i, k;

	if (l == NULL)
		return;
	for (i = 0; i < l->n; i++) {
		a = l->lane[i];
		for (k = 0; k < 20 && lane_is_here(a); k++)
			proc_await_birth(&a->birth);
		for (k = 0; k < 3; k++)
			if (a->place[k] >= 0)
				close(a->place[k]);
		if (!lane_is_here(a)) /* or it is stopped, and its memory is left to it */
			munmap(a, LANE_BYTES);
	}
	if (l->null_fd >= 0)
		close(l->null_fd);
	free(l);
}

/* Whether it can take a child: the last one is away, and nobody need be told of it any more. */
static bool
lane_is_free(const struct lanes *l, struct lane *a)
{
	if (lane_is_here(a) || (a->pid > 0 && a->birth.fail != 0))
		return false;
	lane_take_back(l, a);
	return true;
}

static struct lane *
lanes_find(const struct lanes *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (lane_is_free(l, l->lane[i]))
			return l->lane[i];
	return NULL;
}

void
lanes_wait(struct lanes *l)
{
	size_t i;

	if (lanes_find(l) != NULL)
		return;
	for (i = 0; i < l->n && !lane_is_here(l->lane[i]); i++)
		;
	if (i < l->n)
		proc_await_birth(&l->lane[i]->birth); /* any of them: they take about the same time */
}

int
lanes_ended(struct lanes *l, pid_t pid)
{
	struct lane *a;
	size_t i;

	for (i = 0; i < l->n; i++) {
		a = l->lane[i];
		if (a->pid != pid)
			continue;
		a->pid = 0;
		a->birth.here = 0; /* a kernel that dumps its core does not say so */
		return a->birth.fail;
	}
	return 0;
}

const struct proc_birth *
lanes_birth(const struct lanes *l, pid_t pid)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->lane[i]->pid == pid)
			return &l->lane[i]->birth;
	return NULL;
}

/* --- a spec, copied ------------------------------------------------------------------------------------------------ */

/* v and its strings but for the last kept to at; the end of what was written, NULL where it is not before end. */
static char *
vector_copy(char *const *v, size_t kept, char *at, char *end, char *const **out)
{
	char **to = (char **)(void *)at;
	size_t n = 0, i;

	while (v[n] != NULL)
		n++;
	if ((size_t)(end - at) < (n + 1) * sizeof *v)
		return NULL;
	at += (n + 1) * sizeof *v;
	for (i = 0; i < n - kept && at != NULL; i++) {
		to[i] = at;
		at = memccpy(at, v[i], '\0', (size_t)(end - at));
	}
	memcpy(to + n - kept, v + n - kept, (kept + 1) * sizeof *v);
	*out = to;
	return at != NULL && (size_t)(end - at) > sizeof *v ? at + (-(uintptr_t)at & (sizeof *v - 1)) : NULL;
}

/* Mask and defaults are copied by proc_begin. */
static int
lane_fill(struct lane *a, const struct proc_spec *s, struct proc_spec *own)
{
	char *at = a->text + (-(uintptr_t)a->text & (sizeof(char *) - 1)), *end = (char *)a + LANE_BYTES;

	*own = *s;
	at = vector_copy(s->argv, 0, at, end, &own->argv);
	if (at != NULL)
		at = vector_copy(s->envp, s->env_kept, at, end, &own->envp);
	if (at != NULL) {
		own->file = at;
		at = memccpy(at, s->file, '\0', (size_t)(end - at));
	}
	if (at != NULL && s->dir != NULL) {
		own->dir = at;
		at = memccpy(at, s->dir, '\0', (size_t)(end - at));
	}
	if (s->nofile != NULL)
		a->nofile = *s->nofile, own->nofile = &a->nofile;
	return at != NULL ? 0 : -E2BIG;
}

int
lanes_start(struct lanes *l, const struct proc_spec *s, pid_t *pid)
{
	struct lane *a = lanes_find(l);
	struct proc_spec own;
	int r;

	if (a == NULL)
		return -EAGAIN;
	if ((r = lane_fill(a, s, &own)) < 0)
		return r;
	if ((r = lane_lend(l, a, &own)) == 0)
		r = proc_begin(&own, &a->birth, a->stack, pid);
	a->pid = r == 0 ? *pid : 0;
	return r;
}
#endif
