/* Decides which process starts a child. Must never know what the child is for.
 * Invariants: 1. a lane is ours to write while its state is LANE_FREE, its own while LANE_BUSY; the last write of either is
 *                the state (release), the first read of the other is the state (acquire).
 *             2. a lane dies with us (PR_SET_PDEATHSIG), and holds no descriptors beyond ours (CLONE_FILES).
 *             3. each start is told once: by lanes_next, or by lanes_claim where the child was faster (told). */
#include "lanes.h"

#include <errno.h>

#ifdef FH_PORTABLE

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
lanes_start(struct lanes *l, const struct proc_spec *s, const void *who)
{
	(void)l, (void)s, (void)who;
	return -EAGAIN;
}

bool
lanes_next(struct lanes *l, const void **who, pid_t *pid, int *error)
{
	(void)l, (void)who, (void)pid, (void)error;
	return false;
}

bool
lanes_claim(struct lanes *l, pid_t pid, const void **who, int *error)
{
	(void)l, (void)pid, (void)who, (void)error;
	return false;
}

#else

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mem.h"

#define LANE_BYTES ((size_t)8 << 20) /* for one command with its environment; only what is used is ever touched */
#define LANES_MAX 16

enum lane_state { LANE_FREE, LANE_BUSY, LANE_END };

/* Shared with the lane; at the same address in both. */
struct lane {
	uint32_t state;
	bool told;               /* ours: the start in hand has been told, or there is none */
	const void *who;
	volatile pid_t pid;      /* set by the child itself, before it executes */
	volatile int fail;       /* set by the child, or by the lane where there is no child: errno */
	struct proc_spec spec;   /* pointers into text */
	sigset_t mask, defaults;
	struct rlimit nofile;
	char text[];             /* argv, envp, and their strings */
};

struct lanes {
	size_t n;
	struct lane *lane[LANES_MAX];
	pid_t pid[LANES_MAX];
};

static long
lane_futex(struct lane *a, int op, uint32_t value)
{
	return syscall(SYS_futex, &a->state, op, value, NULL, NULL, 0);
}

static void FH_NORETURN
lane_work(struct lane *a, pid_t keeper)
{
	uint32_t state;
	int r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "fh-lane");
	for (;;) {
		while ((state = __atomic_load_n(&a->state, __ATOMIC_ACQUIRE)) == LANE_FREE && getppid() == keeper)
			lane_futex(a, FUTEX_WAIT, LANE_FREE);
		if (state != LANE_BUSY)
			_exit(0);
		r = proc_spawn_for(&a->spec, keeper, &a->pid, &a->fail);
		if (r < 0)
			a->fail = -r;
		__atomic_store_n(&a->state, LANE_FREE, __ATOMIC_RELEASE);
		if (r < 0)
			kill(keeper, SIGCHLD); /* nothing else would wake it */
	}
}

static int
lane_fork(struct lane *a, pid_t *pid)
{
	pid_t keeper = getpid();
	sigset_t all, keep;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &keep);
	/* a plain fork, but for the descriptors: they stay common, so that a number is all that is handed over */
	*pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (*pid == 0)
		lane_work(a, keeper);
	sigprocmask(SIG_SETMASK, &keep, NULL);
	return *pid < 0 ? -errno : 0;
}

int
lanes_open(struct lanes **out, size_t n)
{
	struct lanes *l = xcalloc(1, sizeof *l);
	void *area;
	int r = 0;

	for (; l->n < n && l->n < LANES_MAX && r == 0; l->n += r == 0) {
		area = mmap(NULL, LANE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (area == MAP_FAILED) {
			r = -errno;
			break;
		}
		l->lane[l->n] = area;
		l->lane[l->n]->told = true;
		if ((r = lane_fork(area, &l->pid[l->n])) < 0)
			munmap(area, LANE_BYTES);
	}
	if (l->n == 0) {
		lanes_close(l);
		return r < 0 ? r : -EINVAL;
	}
	*out = l; /* fewer than asked for are good too */
	return 0;
}

void
lanes_close(struct lanes *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->n; i++) {
		while (__atomic_load_n(&l->lane[i]->state, __ATOMIC_ACQUIRE) == LANE_BUSY)
			usleep(100);
		__atomic_store_n(&l->lane[i]->state, LANE_END, __ATOMIC_RELEASE);
		lane_futex(l->lane[i], FUTEX_WAKE, 1);
		while (waitpid(l->pid[i], NULL, 0) < 0 && errno == EINTR)
			continue;
		munmap(l->lane[i], LANE_BYTES);
	}
	free(l);
}

/* --- a spec, copied ------------------------------------------------------------------------------------------------ */

static size_t
vector_bytes(char *const *v, size_t *n)
{
	size_t bytes = 0;

	for (*n = 0; v[*n] != NULL; ++*n)
		bytes += strlen(v[*n]) + 1;
	return bytes + (*n + 1) * sizeof *v;
}

/* v and its strings to at; the end of what was written. */
static char *
vector_copy(char *const *v, size_t n, char *at, char *const **out)
{
	char **to = (char **)(void *)at;
	size_t i, len;

	at += (n + 1) * sizeof *v;
	for (i = 0; i < n; i++) {
		len = strlen(v[i]) + 1;
		to[i] = memcpy(at, v[i], len);
		at += len;
	}
	to[n] = NULL;
	*out = to;
	return at + (-(uintptr_t)at & (sizeof *v - 1));
}

static const char *
string_copy(const char *s, char **at)
{
	size_t len = s != NULL ? strlen(s) + 1 : 0;
	char *to = *at;

	if (s == NULL)
		return NULL;
	*at += len;
	return memcpy(to, s, len);
}

static int
lane_fill(struct lane *a, const struct proc_spec *s)
{
	size_t nargs, nenv, bytes = vector_bytes(s->argv, &nargs) + vector_bytes(s->envp, &nenv);
	char *at = a->text + (-(uintptr_t)a->text & (sizeof(char *) - 1));

	bytes += strlen(s->file) + 1 + (s->dir != NULL ? strlen(s->dir) + 1 : 0) + 64;
	if (bytes > LANE_BYTES - sizeof *a)
		return -E2BIG;
	a->spec = *s;
	at = vector_copy(s->argv, nargs, at, &a->spec.argv);
	at = vector_copy(s->envp, nenv, at, &a->spec.envp);
	a->spec.file = string_copy(s->file, &at);
	a->spec.dir = string_copy(s->dir, &at);
	if (s->mask != NULL)
		a->mask = *s->mask, a->spec.mask = &a->mask;
	if (s->defaults != NULL)
		a->defaults = *s->defaults, a->spec.defaults = &a->defaults;
	if (s->nofile != NULL)
		a->nofile = *s->nofile, a->spec.nofile = &a->nofile;
	return 0;
}

int
lanes_start(struct lanes *l, const struct proc_spec *s, const void *who)
{
	struct lane *a;
	size_t i;
	int r;

	for (i = 0; i < l->n; i++)
		if (l->lane[i]->told && __atomic_load_n(&l->lane[i]->state, __ATOMIC_ACQUIRE) == LANE_FREE)
			break;
	if (i == l->n)
		return -EAGAIN;
	a = l->lane[i];
	if ((r = lane_fill(a, s)) < 0)
		return r;
	a->who = who;
	a->pid = 0;
	a->fail = 0;
	a->told = false;
	__atomic_store_n(&a->state, LANE_BUSY, __ATOMIC_RELEASE);
	lane_futex(a, FUTEX_WAKE, 1);
	return 0;
}

bool
lanes_next(struct lanes *l, const void **who, pid_t *pid, int *error)
{
	struct lane *a;
	size_t i;

	for (i = 0; i < l->n; i++) {
		a = l->lane[i];
		if (a->told || __atomic_load_n(&a->state, __ATOMIC_ACQUIRE) == LANE_BUSY)
			continue;
		a->told = true;
		*who = a->who;
		*pid = a->pid;
		*error = -a->fail;
		return true;
	}
	return false;
}

/* Somebody has killed it. What it had in hand either runs, or is to be started anew; it itself is never used again. */
static void
lane_died(struct lane *a)
{
	if (!a->told && a->pid == 0)
		a->fail = EAGAIN;
	__atomic_store_n(&a->state, LANE_END, __ATOMIC_RELEASE);
}

bool
lanes_claim(struct lanes *l, pid_t pid, const void **who, int *error)
{
	struct lane *a;
	size_t i;

	for (i = 0; i < l->n; i++) {
		a = l->lane[i];
		if (pid == l->pid[i])
			lane_died(a);
		if (a->told || a->pid != pid)
			continue;
		a->told = true;
		*who = a->who;
		*error = -a->fail;
		return true;
	}
	return false;
}
#endif
