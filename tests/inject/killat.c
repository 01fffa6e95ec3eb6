/* killat N COMMAND...: runs a program and kills it (SIGKILL) at its N-th system call, before the kernel has done anything of
 * it; without a mark in the program, by ptrace. Ends with 137 where it was killed; where the program ended before, with its own
 * status (and 125 where it was not our business: no ptrace, no such program). The calls of its children and
 * threads do not count, and are not followed. Linux only. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 137, CANNOT = 125 };

static void
child(char *argv[])
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(CANNOT);
	execv(argv[0], argv);
	_exit(CANNOT);
}

/* Lets pid go on to its next stop. Returns false where it is over, with *status. */
static int
step(pid_t pid, int signo, int *status)
{
	if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signo) < 0 && errno != ESRCH)
		err(CANNOT, "ptrace");
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			err(CANNOT, "waitpid");
	return WIFSTOPPED(*status);
}

int
main(int argc, char *argv[])
{
	long n = argc > 2 ? atol(argv[1]) : 0, calls = 0;
	int status, entering = 1, signo = 0;
	pid_t pid;

	if (n < 1)
		errx(2, "usage: killat N PROGRAM [ARG]...");
	if ((pid = fork()) < 0)
		err(CANNOT, "fork");
	if (pid == 0)
		child(argv + 2);
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status))
		errx(CANNOT, "%s: cannot be traced", argv[2]);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	while (step(pid, signo, &status)) {
		signo = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
		if (signo != 0)
			continue;
		if (entering && ++calls == n) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return KILLED;
		}
		entering = !entering;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
