/* Floor of "as many arguments as fit on a line": maps the file, fills argv up to ARG_MAX (the kernel counts every
 * string and 8 bytes for its pointer, the environment too), spawns, keeps SLOTS running. The kernel's copy of argv is
 * the limit. None of the suite's code.
 * usage: floor_args SLOTS PROGRAM FILE */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static long
args_room(void)
{
	long room = sysconf(_SC_ARG_MAX) - 4096;
	char **e;

	for (e = environ; *e != NULL; e++)
		room -= (long)(strlen(*e) + 1 + sizeof *e);
	return room;
}

int
main(int argc, char *argv[])
{
	long slots = argc > 1 ? atol(argv[1]) : 2, running = 0, room = args_room(), used;
	char **words = calloc((size_t)room / sizeof *words, sizeof *words);
	char *p, *end, *nl;
	struct stat st;
	size_t n;
	pid_t pid;
	int fd;

	if (argc != 4 || words == NULL || (fd = open(argv[3], O_RDONLY)) < 0 || fstat(fd, &st) < 0)
		return 2;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return 2;
	words[0] = argv[2];
	for (end = p + st.st_size; p < end;) {
		for (n = 1, used = 64; p < end; p = nl + 1) {
			nl = memchr(p, '\n', (size_t)(end - p));
			if (nl == NULL || used + (nl - p) + 1 + (long)sizeof *words > room)
				break;
			used += nl - p + 1 + (long)sizeof *words;
			*nl = '\0';
			words[n++] = p;
		}
		if (n == 1)
			break;
		words[n] = NULL;
		if (running >= slots && wait(NULL) > 0)
			running--;
		if (posix_spawn(&pid, argv[2], NULL, NULL, words, environ) != 0)
			return 1;
		running++;
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
