/* Floor of "run many short jobs": SLOTS processes, each a loop of posix_spawn and waitpid over its share of the
 * lines of stdin (one argument each). No capture, no order, no scheduler. None of the suite's code.
 * usage: floor_spawn SLOTS PROGRAM < lines */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int
spawn_share(char **arg, long n, long slots, long mine, char *program)
{
	char *argv[3] = { program, NULL, NULL };
	long i;
	pid_t pid;
	int st;

	for (i = mine; i < n; i += slots) {
		argv[1] = arg[i];
		if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0)
			return 1;
		if (waitpid(pid, &st, 0) != pid)
			return 1;
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	long slots = argc > 1 ? atol(argv[1]) : 2, n = 0, cap = 0, i;
	char *line = NULL, **arg = NULL;
	size_t room = 0;
	int st, bad = 0;

	if (argc < 3)
		return 2;
	while (getline(&line, &room, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (n == cap)
			arg = realloc(arg, (size_t)(cap = cap * 2 + 1024) * sizeof *arg);
		arg[n++] = strdup(line);
	}
	for (i = 0; i < slots; i++)
		if (fork() == 0)
			_exit(spawn_share(arg, n, slots, i, argv[2]));
	while (wait(&st) > 0)
		bad |= st != 0;
	return bad;
}
