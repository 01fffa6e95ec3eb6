/* again: LD_PRELOADed, runs a program once for each line of standard input, from one start: what a program with a hundred libraries
 * takes to begin is paid once, a run then costs a fork (ffprobe: 2 ms and its own work instead of 100 ms). For tests/fuzz/peers.
 *
 *     AGAIN_SECONDS  a run that takes more of a processor is ended (10), or ten times as long by the clock
 *
 * Each run is as if the program had been started with the line as one more argument, standard input and standard error /dev/null.
 * After what it says comes a line "= N": N is what a shell's $? would say (152, 142: it was ended). What the program starts itself
 * is not held up. */
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int main_fn(int argc, char **argv, char **envp);
typedef int start_fn(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack);

start_fn __libc_start_main;

/* Of the program that was started; one a process, and main() is called with nothing else of ours. */
static main_fn *real_main;

static void
be_the_run(unsigned seconds)
{
	struct rlimit limit = { .rlim_cur = seconds, .rlim_max = seconds + 1 };
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 2) < 0 || setrlimit(RLIMIT_CPU, &limit) < 0)
		_exit(255);
	close(null);
	alarm(seconds * 10);
}

/* The words of one run: argv and the line. */
static char **
words_with(int argc, char **argv, char *line)
{
	char **v = calloc((size_t)argc + 2, sizeof *v);

	if (v == NULL)
		err(255, "again");
	memcpy(v, argv, (size_t)argc * sizeof *v);
	v[argc] = line;
	return v;
}

static int
shell_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int
main_again(int argc, char **argv, char **envp)
{
	const char *limit = getenv("AGAIN_SECONDS");
	unsigned seconds = limit != NULL ? (unsigned)atoi(limit) : 10;
	char line[4096];
	int status;
	pid_t pid;

	unsetenv("LD_PRELOAD");
	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((pid = fork()) == 0) {
			be_the_run(seconds);
			exit(real_main(argc + 1, words_with(argc, argv, line), envp));
		}
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			err(255, "again");
		printf("= %d\n", shell_status(status));
		fflush(stdout);
	}
	return 0;
}

/* Where every program begins, when its libraries are ready. */
int
__libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack)
{
	union { void *object; start_fn *function; } start = { .object = dlsym(RTLD_NEXT, "__libc_start_main") };

	real_main = main;
	return start.function(main_again, argc, argv, init, fini, rtld_fini, stack);
}
