/* Decides how a program of ours ends where nothing can be done. The shell's builtin has shell/fh_builtins.c instead. */
#include "host.h"

#include <stdio.h>
#include <unistd.h>

void
host_die(int status, const char *line)
{
	dprintf(STDERR_FILENO, "%s\n", line);
	_exit(status);
}

bool
host_stop(void)
{
	return false;
}
