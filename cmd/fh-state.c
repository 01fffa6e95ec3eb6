/* fh-state: reads and changes project_state.json. All of it is lib/state_cmd.c; here it meets the terminal. */
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "state_cmd.h"

extern const struct tool state_tool;

int
main(int argc, char *argv[])
{
	struct state_opts o = { 0 };
	struct buf out = { 0 }, err = { 0 };
	int first = opt_main(&state_tool, &o, argc, argv, STATE_USAGE);
	int status = STATE_USAGE, r;

	if (o.var != NULL || o.array != NULL)
		buf_addf(&err, "fh-state: --%s: only in bash, by enable -f fh_builtins.so fh-state\n", o.var != NULL ? "variable" : "array");
	else
		status = state_cmd(&state_tool, &o, argc - first, argv + first, NULL, &out, &err);

	if (out.len > 0 && (r = io_write_last(STDOUT_FILENO, out.data, out.len)) < 0) {
		buf_addf(&err, "fh-state: standard output: %s\n", strerror(-r));
		status = STATE_WORLD;
	}
	if (err.len > 0)
		io_write_full(STDERR_FILENO, err.data, err.len);
	_exit(status); /* nothing is left to flush, nothing to free */
}
