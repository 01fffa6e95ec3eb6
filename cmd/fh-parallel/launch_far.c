/* Decides what a job that runs on another machine is sent, by an agent or by an ssh of its own. Must never know when. */
#include "launch_int.h"

#include <errno.h>
#include <string.h>

#include "mem.h"

int
launch_wrap_remote(struct launch *l, struct job *j, struct exec_line *line)
{
	const char *text = l->c.opts->shellquote > 0 ? launch_quoted(l, j) : buf_str(&j->command);
	struct tmpl_job v = launch_view(l, j);

	return remote_wrap(l->c.remote, j, &v, text, line, NULL) == TMPL_OK ? 0 : -EINVAL;
}

void
launch_done(struct launch *l, struct job *j)
{
	struct tmpl_job v = launch_view(l, j);

	if (j->remote)
		remote_done(l->c.remote, j, &v);
}
static void
launch_far_words(struct launch *l, struct frame_job *fj)
{
	size_t n;

	for (n = 0; l->argv.v[n] != NULL; n++)
		;
	l->views = xreallocarray(l->views, n + 1, sizeof *l->views);
	fj->words = (struct frame_words){ l->views, n };
	while (n-- > 0)
		l->views[n] = (struct view){ l->argv.v[n], strlen(l->argv.v[n]) };
}

static enum launch_result
launch_remote_dir(struct launch *l, const struct job *j, const char **dir, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);

	return launch_result(remote_folder(l->c.remote, &v, dir, e));
}

enum launch_result
launch_far(struct launch *l, struct job *j, struct frame_job *fj, struct err *e)
{
	enum launch_result done = launch_begin(l, j, e);
	const char *dir = NULL, *text;

	if (done == LAUNCH_RUNS)
		done = j->remote ? launch_remote_dir(l, j, &dir, e) : launch_dir(l, j, false, &dir, e);
	if (done != LAUNCH_RUNS)
		return done;
	if (!results_keeps_files(l->c.results))
		capture_far(&j->capture, l->c.mode);
	*fj = (struct frame_job){ .seq = j->seq, .slot = j->slot, .dir = { dir, dir != NULL ? strlen(dir) : 0 } };
	text = l->c.opts->shellquote > 0 ? launch_quoted(l, j) : buf_str(&j->command);
	if (l->have_words && !j->remote) /* a login has a shell of its own, which we do not know */
		launch_far_words(l, fj);
	else
		fj->text = (struct view){ text, strlen(text) };
	return LAUNCH_RUNS;
}
