/* fh-voicecheck: is the voice cache of a project valid? All of it is lib/voice_cmd.c; here it meets the terminal. */
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "opt.h"
#include "voice_cmd.h"

extern const struct tool voicecheck_tool;

int
main(int argc, char *argv[])
{
	struct voice_opts o = { .keys = NULL };
	struct buf out = { 0 }, err = { 0 };
	int first = opt_main(&voicecheck_tool, &o, argc, argv, VOICE_USAGE);
	int status = VOICE_USAGE, r;

	if (o.var != NULL || o.array != NULL)
		buf_addf(&err, "fh-voicecheck: --%s: only in bash, by enable -f fh_builtins.so fh-voicecheck\n",
		    o.var != NULL ? "variable" : "array");
	else
		status = voice_cmd(&o, argc - first, argv + first, &out, &err);
	if (out.len > 0 && (r = io_write_last(STDOUT_FILENO, out.data, out.len)) < 0) {
		buf_addf(&err, "fh-voicecheck: standard output: %s\n", strerror(-r));
		status = VOICE_WORLD;
	}
	if (err.len > 0)
		io_write_full(STDERR_FILENO, err.data, err.len);
	_exit(status); /* nothing is left to flush, nothing to free */
}
