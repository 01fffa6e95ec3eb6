/* Decides how a child comes to life clean: own group, own mask, default dispositions, its three descriptors. Must
 * never know what it runs or why.
 * Invariants: 1. the child touches nothing of ours but its own stack and *fail, *born and *mark (it shares our memory until it executes).
 *             2. between the clone and the new program only async-signal-safe calls are made.
 *             3. a failure in the child is told by proc_spawn's result, and the child is reaped there. */
#include "proc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifndef FH_PORTABLE
#include <sys/prctl.h>
#endif

#include "path.h"

#define STACK_BYTES 16384 /* the child's, until it executes: a dozen system calls deep */

/* What the child needs, made ready before it exists. */
struct proc_birth {
	const struct proc_spec *spec;
	const char *path; /* spec->file, found */
	pid_t parent;
	volatile pid_t *born; /* where else its pid goes; NULL: nowhere */
	volatile int *fail;   /* errno of the child's failed step */
	int wfd;   /* FH_PORTABLE: where fail is written, else -1 */
};

extern char **environ;

/* The wanted descriptors may stand in each other's places: all go out of 0..2 first. */
__attribute__((no_sanitize("address", "thread", "undefined"))) static int
proc_place_fds(const int want[3])
{
	int from[3], i;

	for (i = 0; i < 3; i++) {
		from[i] = want[i];
		if (want[i] >= 0 && want[i] < 3 && want[i] != i && (from[i] = fcntl(want[i], F_DUPFD_CLOEXEC, 3)) < 0)
			return -1;
	}
	for (i = 0; i < 3; i++) {
		if (from[i] == i && fcntl(i, F_SETFD, 0) < 0)
			return -1;
		if (from[i] >= 0 && from[i] != i && dup2(from[i], i) < 0)
			return -1;
	}
	return 0;
}

__attribute__((no_sanitize("address", "thread", "undefined"))) static void
proc_reset_signals(const struct proc_spec *s)
{
	struct sigaction sa;
	int i;

	sa.sa_handler = SIG_DFL;
	sa.sa_flags = 0;
	sigemptyset(&sa.sa_mask);
	for (i = 1; s->defaults != NULL && i < NSIG; i++)
		if (sigismember(s->defaults, i) == 1)
			sigaction(i, &sa, NULL);
	if (s->mask != NULL)
		sigprocmask(SIG_SETMASK, s->mask, NULL);
}

__attribute__((no_sanitize("address", "thread", "undefined"))) static int
proc_settle(const struct proc_birth *b)
{
	const struct proc_spec *s = b->spec;

#ifndef FH_PORTABLE
	if (s->bound) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != b->parent)
			_exit(127); /* it has died already */
	}
#endif
	if (s->group && setpgid(0, 0) < 0)
		return -1;
	if (s->mark != NULL)
		*s->mark = getpid();
	if (b->born != NULL)
		*b->born = getpid();
	if (proc_place_fds(s->fd) < 0)
		return -1;
	if (s->dir != NULL && chdir(s->dir) < 0)
		return -1;
	if (s->nofile != NULL)
		setrlimit(RLIMIT_NOFILE, s->nofile);
	if (s->nice != 0)
		setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + s->nice);
	return 0;
}

__attribute__((no_sanitize("address", "thread", "undefined"))) static int
proc_child(void *p)
{
	struct proc_birth *b = p;
	const struct proc_spec *s = b->spec;

	if (proc_settle(b) == 0) {
		proc_reset_signals(s);
		execve(b->path, s->argv, s->envp != NULL ? s->envp : environ);
	}
	*b->fail = errno;
	if (b->wfd >= 0 && write(b->wfd, (const void *)(uintptr_t)b->fail, sizeof *b->fail) < 0)
		_exit(126);
	_exit(127);
}

static void
proc_bury(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

#ifndef FH_PORTABLE
/* CLONE_VM: no page table is copied, however large we are. CLONE_VFORK: we go on when the child has executed or died. */
static int
proc_fork(struct proc_birth *b, pid_t *pid)
{
	char stack[STACK_BYTES] __attribute__((aligned(64)));

	*pid = clone(proc_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, b);
	if (*pid < 0)
		return -errno;
	if (*b->fail != 0)
		proc_bury(*pid);
	return -*b->fail;
}

int
proc_spawn_for(const struct proc_spec *s, pid_t keeper, volatile pid_t *born, volatile int *fail)
{
	char stack[STACK_BYTES] __attribute__((aligned(64)));
	struct proc_birth b = { .spec = s, .path = s->file, .parent = keeper, .born = born, .fail = fail, .wfd = -1 };

	*fail = 0;
	if (clone(proc_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PARENT | SIGCHLD, &b) < 0)
		return -errno;
	return 0;
}
#else
static int
proc_fork(struct proc_birth *b, pid_t *pid)
{
	int p[2], fail = 0;

	if (pipe(p) < 0)
		return -errno;
	b->wfd = p[1];
	if (fcntl(p[0], F_SETFD, FD_CLOEXEC) < 0 || fcntl(p[1], F_SETFD, FD_CLOEXEC) < 0 || (*pid = fork()) < 0)
		fail = errno;
	else if (*pid == 0)
		_exit(proc_child(b));
	close(p[1]);
	while (fail == 0 && read(p[0], &fail, sizeof fail) < 0 && errno == EINTR)
		;
	close(p[0]);
	if (fail != 0 && *pid > 0)
		proc_bury(*pid);
	return -fail;
}
#endif

int
proc_spawn(const struct proc_spec *s, pid_t *pid)
{
	volatile int fail = 0;
	struct proc_birth b = { .spec = s, .path = s->file, .parent = getpid(), .fail = &fail, .wfd = -1 };
	AUTO_BUF found = { 0 };
	sigset_t all, keep;
	int r;

	*pid = -1;
	if (strchr(s->file, '/') == NULL) {
		if ((r = proc_find(s->file, getenv("PATH"), &found)) < 0)
			return r;
		b.path = buf_str(&found);
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &keep); /* a handler must not run in the child: it would be in our memory */
	if (s->mask == NULL) {
		struct proc_spec own = *s;

		own.mask = &keep;
		b.spec = &own;
		r = proc_fork(&b, pid);
	} else {
		r = proc_fork(&b, pid);
	}
	pthread_sigmask(SIG_SETMASK, &keep, NULL);
	if (r == 0 && s->group)
		setpgid(*pid, *pid); /* the portable child may not have come that far; it fails harmlessly afterwards */
	return r;
}

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
