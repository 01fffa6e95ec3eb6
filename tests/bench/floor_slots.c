/* Floor of "N jobs at once": spawns N times `PROGRAM ARG`, then waits for all. None of the suite's code.
 * usage: floor_slots N PROGRAM ARG */
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

int
main(int argc, char *argv[])
{
	long i, n = argc > 1 ? atol(argv[1]) : 0;
	pid_t pid;

	if (argc < 4)
		return 2;
	for (i = 0; i < n; i++)
		if (posix_spawn(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0)
			return 1;
	while (wait(NULL) > 0)
		;
	return 0;
}
