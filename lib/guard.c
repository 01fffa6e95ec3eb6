/* Decides how a group ends when its keeper is killed. Must never know what the group does.
 * Invariants: 1. the second process holds nothing of ours but its end of the pipe (guard_watch).
 *             2. it signals nothing as long as we live: only the end of the pipe wakes it. */
#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#ifndef FH_PORTABLE
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "io.h"
#include "proc.h"

/* What it reads is 3 from now on, what it writes to (-1: nothing) 4, and nothing of ours is behind. */
static void
guard_let_go(int rfd, int wfd)
{
	int null = open("/dev/null", O_RDWR), fd;

	rfd = fcntl(rfd, F_DUPFD, 5); /* out of the way of each other */
	if (wfd >= 0)
		wfd = fcntl(wfd, F_DUPFD, 5);
	for (fd = 0; fd < 3; fd++)
		if (null >= 0)
			dup2(null, fd);
	if (dup2(rfd, 3) < 0)
		_exit(1);
	closefrom(wfd >= 0 && dup2(wfd, 4) == 4 ? 5 : 4);
}

/* A pipe that nobody reads any more needs nothing. */
static void
guard_pay(const struct guard_debt *d)
{
	size_t i;

	for (i = 0; d != NULL && i < d->owed; i++) {
		char token = d->bytes[i];

		while (write(4, &token, 1) < 0 && errno == EINTR)
			continue;
	}
}

/* Who was killed could not remove its temporary files; after a good end there is none of them. */
static void
guard_sweep(const char *dir, const char *prefix)
{
	DIR *d = dir != NULL ? opendir(dir) : NULL;
	const struct dirent *ent;

	while (d != NULL && (ent = readdir(d)) != NULL)
		if (strncmp(ent->d_name, prefix, strlen(prefix)) == 0)
			unlinkat(dirfd(d), ent->d_name, 0);
	if (d != NULL)
		closedir(d);
}

/* Until the pipe's other end is closed; a read that fails for another reason says nothing of that. */
static void
guard_wait(void)
{
	struct pollfd end = { .fd = 3 };
	char c;

	while (read(3, &c, 1) != 0 && (end.revents & POLLHUP) == 0)
		poll(&end, 1, -1);
}

/* The second process. A signal to our group or terminal does not reach it: it has a session of its own and a full mask. */
static void FH_NORETURN
guard_watch(int rfd, int wfd, const struct guard *g, const char *dir, const char *prefix)
{
	size_t i;

	setsid();
#ifndef FH_PORTABLE
	prctl(PR_SET_NAME, GUARD_NAME); /* who kills us by our name does not kill it too */
#endif
	guard_let_go(rfd, wfd);
	guard_wait();
	for (i = 0; i < g->n; i++)
		if (g->group[i] > 1)
			proc_kill(g->group[i], SIGKILL);
	guard_sweep(dir, prefix);
	guard_pay(g->debt);
	_exit(0);
}

/* The mask is full before the fork, so that no signal can come between. */
static int
guard_fork(struct guard *g, int rfd, int wfd, const char *dir, const char *prefix)
{
	sigset_t all, keep;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &keep);
	g->pid = fork();
	if (g->pid == 0) {
		close(g->wfd);
		guard_watch(rfd, wfd, g, dir, prefix);
	}
	sigprocmask(SIG_SETMASK, &keep, NULL);
	return g->pid < 0 ? -errno : 0;
}

/* Of the memory that is shared for n groups: these, and behind them what is owed. */
static size_t
guard_bytes(size_t n)
{
	return n == 0 ? 0 : n * sizeof(pid_t) + sizeof(struct guard_debt) + sizeof(size_t) + n;
}

static struct guard_debt *
guard_debt_at(void *page, size_t n)
{
	size_t at = n * sizeof(pid_t);

	return (struct guard_debt *)(void *)((char *)page + (at + sizeof(size_t) - 1) / sizeof(size_t) * sizeof(size_t));
}

int
guard_open(struct guard *g, size_t n, const char *dir, const char *prefix)
{
	return guard_open_owing(g, n, dir, prefix, -1);
}

int
guard_open_owing(struct guard *g, size_t n, const char *dir, const char *prefix, int fd)
{
	size_t bytes = guard_bytes(n);
	void *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int p[2], r;

	if (page == MAP_FAILED)
		return -errno;
	if ((r = io_pipe(p)) < 0) {
		munmap(page, bytes);
		return r;
	}
	*g = (struct guard){ .wfd = p[1], .group = page, .n = n };
	if (fd >= 0)
		g->debt = guard_debt_at(page, n);
	r = guard_fork(g, p[0], fd, dir, prefix);
	close(p[0]);
	if (r < 0) {
		g->pid = 0;
		close(p[1]);
		munmap(page, bytes);
	}
	return r;
}

void
guard_close(struct guard *g)
{
	size_t i;

	if (g->pid == 0)
		return;
	for (i = 0; i < g->n; i++)
		if (g->group[i] != 0)
			g->group[i] = 0;
	close(g->wfd);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	munmap((void *)(uintptr_t)g->group, guard_bytes(g->n));
	*g = (struct guard){ 0 };
}
