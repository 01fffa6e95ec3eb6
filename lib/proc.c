/* Decides how a child comes to life clean: own group, own mask, default dispositions, its three descriptors. Must
 * never know what it runs or why.
 * Invariants: 1. the child touches nothing of ours but its own stack, its birth and *mark (it shares our memory until it
 *                executes, and we may go on meanwhile: not even errno is its own, so its calls are the kernel's; KID).
 *             2. between the clone and the new program only async-signal-safe calls are made.
 *             3. a failure in the child is told by proc_spawn's result, and the child is reaped there. */
#include "proc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifndef FH_PORTABLE
#include <linux/futex.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "io.h"
#include "path.h"

extern char **environ;

/* --- in the child --------------------------------------------------------------------------------------------------- */

#define BIRTH_NS 50000000
#define TURN_NS 100000  /* the shortest there is */
#define RESET_ON_FORK 1 /* SCHED_FLAG_RESET_ON_FORK of linux/sched.h, which <sched.h> does not suffer beside it */

#define PLAIN __attribute__((no_sanitize("address", "thread", "undefined"))) static

#ifdef PROC_BESIDE
#ifdef __x86_64__
PLAIN inline long
kid_call(long n, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
	return r;
}
#else
PLAIN inline long
kid_call(long n, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = n, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}
#endif
#define CALL(name, a, b, c, d) kid_call(SYS_##name, (long)(a), (long)(b), (long)(c), (long)(d))
#define KID(name, args, kernel, posix) \
	PLAIN long name args { return kernel; }
#else
#define KID(name, args, kernel, posix) \
	PLAIN long name args { long r = posix; return r < 0 ? -errno : r; }
#endif

#define SET_BYTES 8 /* of a kernel's set of signals */
static const struct sigaction act_default; /* SIG_DFL is 0, as is all else of the kernel's own struct */

/* clang-format off */
KID(kid_dup_high, (int fd), CALL(fcntl, fd, F_DUPFD_CLOEXEC, 3, 0), fcntl(fd, F_DUPFD_CLOEXEC, 3))
KID(kid_keep, (int fd), CALL(fcntl, fd, F_SETFD, 0, 0), fcntl(fd, F_SETFD, 0))
KID(kid_dup2, (int from, int to), CALL(dup3, from, to, 0, 0), dup2(from, to))
KID(kid_group, (void), CALL(setpgid, 0, 0, 0, 0), setpgid(0, 0))
KID(kid_pid, (void), CALL(getpid, 0, 0, 0, 0), getpid())
KID(kid_chdir, (const char *dir), CALL(chdir, dir, 0, 0, 0), chdir(dir))
KID(kid_limit, (const struct rlimit *l), CALL(prlimit64, 0, RLIMIT_NOFILE, l, 0), setrlimit(RLIMIT_NOFILE, l))
KID(kid_nice, (int n), CALL(setpriority, PRIO_PROCESS, 0, n, 0), setpriority(PRIO_PROCESS, 0, n))
KID(kid_default, (int signo), CALL(rt_sigaction, signo, &act_default, 0, SET_BYTES), sigaction(signo, &act_default, NULL))
KID(kid_mask, (const sigset_t *m), CALL(rt_sigprocmask, SIG_SETMASK, m, 0, SET_BYTES), sigprocmask(SIG_SETMASK, m, NULL))
KID(kid_execute, (const char *path, char *const *argv, char *const *envp), CALL(execve, path, argv, envp, 0),
    execve(path, argv, envp))
KID(kid_exit, (int status), CALL(exit_group, status, 0, 0, 0), (_exit(status), 0))
#ifndef FH_PORTABLE
KID(kid_die_with, (void), CALL(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0), prctl(PR_SET_PDEATHSIG, SIGKILL))
KID(kid_parent, (void), CALL(getppid, 0, 0, 0, 0), getppid())
#endif
/* clang-format on */

/* The table of descriptors was ours until here: a copy without those from cut on, which are ours alone. */
PLAIN void
kid_cut(const struct proc_birth *b)
{
#ifdef PROC_BESIDE
	if (b->cut > 0 && CALL(close_range, b->cut, ~0U, CLOSE_RANGE_UNSHARE, 0) < 0)
		CALL(unshare, CLONE_FILES, 0, 0, 0);
#else
	(void)b;
#endif
}

/* The wanted descriptors may stand in each other's places: all go out of 0..2 first. */
PLAIN long
kid_place_fds(const int want[3])
{
	int i;
	long from[3], r = 0;

	for (i = 0; i < 3 && r >= 0; i++) {
		from[i] = want[i];
		if (want[i] >= 0 && want[i] < 3 && want[i] != i)
			r = from[i] = kid_dup_high(want[i]);
	}
	for (i = 0; i < 3 && r >= 0; i++) {
		if (from[i] == i)
			r = kid_keep(i);
		else if (from[i] >= 0)
			r = kid_dup2((int)from[i], i);
	}
	return r;
}

PLAIN void
kid_reset_signals(const struct proc_birth *b)
{
	int i;

	for (i = 1; i <= 64; i++)
		if ((b->defaults >> (i - 1) & 1) != 0)
			kid_default(i);
	kid_mask(&b->mask);
}

PLAIN void
kid_note_cpu(struct proc_birth *b)
{
#ifdef PROC_BESIDE
	CALL(getcpu, &b->cpu, 0, 0, 0);
#else
	(void)b;
#endif
}

PLAIN long
kid_settle(const struct proc_birth *b)
{
	const struct proc_spec *s = &b->spec;
	long r = 0;

#ifndef FH_PORTABLE
	if (s->bound) {
		kid_die_with();
		if (kid_parent() != b->parent)
			kid_exit(127); /* it has died already */
	}
#endif
	if (s->group && (r = kid_group()) < 0)
		return r;
	if (s->mark != NULL)
		*s->mark = (pid_t)kid_pid();
	kid_cut(b);
	if ((r = kid_place_fds(s->fd)) < 0 || (s->dir != NULL && (r = kid_chdir(s->dir)) < 0))
		return r;
	if (s->nofile != NULL)
		kid_limit(s->nofile);
	if (s->nice != 0)
		kid_nice(s->nice);
	return 0;
}

PLAIN int
kid_main(void *p)
{
	struct proc_birth *b = p;
	long r = kid_settle(b);

	if (r >= 0) {
		kid_reset_signals(b);
		kid_note_cpu(b);
		r = kid_execute(b->spec.file, b->spec.argv, b->spec.envp);
	}
	b->fail = (int)r;
#ifdef PROC_FORKED
	if (write(b->wfd, &r, sizeof r) < 0)
		_exit(126);
#endif
	kid_exit(127);
	return 0;
}

/* --- the parent's side ---------------------------------------------------------------------------------------------- */

static void
proc_bury(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static uint64_t
proc_signal_bits(const sigset_t *set)
{
	uint64_t bits = 0;

	if (set == NULL)
		return 0;
#ifdef PROC_BESIDE
	memcpy(&bits, set, sizeof bits); /* begins as the kernel's */
#else
	for (int i = 1; i < NSIG && i <= 64; i++)
		if (sigismember(set, i) == 1)
			bits |= UINT64_C(1) << (i - 1);
#endif
	return bits;
}

/* All that the child needs, so that it needs nothing of s. keep: the mask that it gets where s has none. */
static void
proc_conceive(struct proc_birth *b, const struct proc_spec *s, const sigset_t *keep)
{
	b->spec = *s;
	if (b->spec.envp == NULL)
		b->spec.envp = environ;
	b->mask = s->mask != NULL ? *s->mask : *keep;
	b->defaults = proc_signal_bits(s->defaults);
	b->parent = getpid();
	b->fail = 0;
}

#ifndef PROC_FORKED
/* CLONE_VM: no page table is copied, however large we are. CLONE_VFORK: we go on when the child has executed or died. */
static int
proc_fork(struct proc_birth *b, pid_t *pid)
{
	char stack[PROC_STACK] __attribute__((aligned(64)));

	*pid = clone(kid_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, b);
	return *pid < 0 ? -errno : b->fail;
}
#else
static int
proc_fork(struct proc_birth *b, pid_t *pid)
{
	long fail = 0;
	int p[2], r = io_pipe(p);

	if (r < 0)
		return r;
	b->wfd = p[1];
	if ((*pid = fork()) < 0)
		fail = -errno;
	else if (*pid == 0)
		_exit(kid_main(b));
	close(p[1]);
	while (fail == 0 && read(p[0], &fail, sizeof fail) < 0 && errno == EINTR)
		;
	close(p[0]);
	return (int)fail;
}
#endif

int
proc_spawn(const struct proc_spec *s, pid_t *pid)
{
	struct proc_spec own = *s;
	struct proc_birth b = { 0 };
	AUTO_BUF found = { 0 };
	sigset_t all, keep;
	int r;

	*pid = -1;
	if (strchr(s->file, '/') == NULL) {
		if ((r = proc_find(s->file, getenv("PATH"), &found)) < 0)
			return r;
		own.file = buf_str(&found);
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &keep); /* a handler must not run in the child: it would be in our memory */
	proc_conceive(&b, &own, &keep);
	r = proc_fork(&b, pid);
	pthread_sigmask(SIG_SETMASK, &keep, NULL);
	if (r < 0 && *pid > 0)
		proc_bury(*pid);
	return r;
}

#ifdef PROC_BESIDE
int
proc_begin(const struct proc_spec *s, struct proc_birth *b, char stack[static PROC_STACK], pid_t *pid)
{
	int flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD | (b->cut > 0 ? CLONE_FILES : 0);
	sigset_t all, keep;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &keep);
	proc_conceive(b, s, &keep);
	b->here = 1;
	*pid = clone(kid_main, stack + PROC_STACK, flags, b, NULL, NULL, &b->here);
	if (*pid < 0)
		b->here = 0, b->fail = -errno;
	pthread_sigmask(SIG_SETMASK, &keep, NULL);
	return *pid < 0 ? b->fail : 0;
}
#endif

void
proc_await_birth(const struct proc_birth *b)
{
#ifdef PROC_BESIDE
	struct timespec wait = { .tv_nsec = BIRTH_NS };
	uint32_t now = __atomic_load_n(&b->here, __ATOMIC_ACQUIRE);

	if (now == 0)
		return;
	syscall(SYS_futex, &b->here, FUTEX_WAIT, now, &wait, NULL, 0);
	syscall(SYS_futex, &b->here, FUTEX_WAKE, 1, NULL, NULL, 0); /* the kernel wakes one only */
#else
	(void)b;
#endif
}

void
proc_go_to(const struct proc_birth *b)
{
#ifdef PROC_BESIDE
	cpu_set_t may, there;
	unsigned cpu = b->cpu;

	if (cpu >= CPU_SETSIZE || sched_getcpu() == (int)cpu || sched_getaffinity(0, sizeof may, &may) < 0 || !CPU_ISSET(cpu, &may))
		return;
	CPU_ZERO(&there);
	CPU_SET(cpu, &there);
	if (sched_setaffinity(0, sizeof there, &there) == 0)
		sched_setaffinity(0, sizeof may, &may);
#else
	(void)b;
#endif
}

#ifdef FH_PORTABLE
void
proc_take_short_turns(void)
{
}
#else
void
proc_take_short_turns(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} a = { .size = sizeof a, .policy = SCHED_OTHER, .flags = RESET_ON_FORK, .runtime = TURN_NS };

	errno = 0;
	a.nice = getpriority(PRIO_PROCESS, 0);
	if (errno == 0 && a.nice >= 0 && sched_getscheduler(0) == SCHED_OTHER)
		syscall(SYS_sched_setattr, 0, &a, 0);
}
#endif

/* Whether path may be executed by us: 0, -EACCES (there, but not so), -ENOENT. */
static int
proc_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -ENOENT;
	return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

int
proc_find(const char *name, const char *path, struct buf *out)
{
	AUTO_BUF try = { 0 };
	int r = -ENOENT, one;
	size_t n;

	if (strchr(name, '/') != NULL) {
		buf_adds(out, name);
		return proc_executable(name);
	}
	for (path = path != NULL ? path : "/usr/local/bin:/usr/bin:/bin";; path += n + 1) {
		n = strcspn(path, ":");
		buf_reset(&try);
		buf_add(&try, n > 0 ? path : ".", n > 0 ? n : 1);
		buf_addc(&try, '/');
		buf_adds(&try, name);
		one = proc_executable(buf_str(&try));
		if (one == 0 || (one == -EACCES && r == -ENOENT)) {
			buf_reset(out);
			buf_add(out, try.data, try.len);
			r = one;
		}
		if (one == 0 || path[n] == '\0')
			return r;
	}
}

int
proc_kill(pid_t pid, int signo)
{
	if (pid <= 1)
		return -ESRCH;
#ifdef PROC_BESIDE
	setpgid(pid, pid); /* it may have just begun, and not lead a group yet; else this fails, and nothing happens */
#endif
	return kill(-pid, signo) < 0 && errno != ESRCH ? -errno : 0;
}

bool
proc_group_lives(pid_t pid)
{
	return pid > 1 && (kill(-pid, 0) == 0 || errno == EPERM);
}

int
proc_shell_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int
proc_signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} known[] = {
		{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL }, { "TRAP", SIGTRAP },
		{ "ABRT", SIGABRT }, { "BUS", SIGBUS }, { "FPE", SIGFPE }, { "KILL", SIGKILL }, { "USR1", SIGUSR1 },
		{ "SEGV", SIGSEGV }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE }, { "ALRM", SIGALRM }, { "TERM", SIGTERM },
		{ "CHLD", SIGCHLD }, { "CONT", SIGCONT }, { "STOP", SIGSTOP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
		{ "TTOU", SIGTTOU }, { "URG", SIGURG }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ }, { "VTALRM", SIGVTALRM },
		{ "PROF", SIGPROF }, { "WINCH", SIGWINCH }, { "SYS", SIGSYS },
	};
	size_t i;
	char *end;
	long n;

	if (isdigit((unsigned char)name[0])) {
		n = strtol(name, &end, 10);
		return *end == '\0' && n >= 0 && n < NSIG ? (int)n : -1;
	}
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (strcasecmp(known[i].name, name) == 0)
			return known[i].number;
	return -1;
}
