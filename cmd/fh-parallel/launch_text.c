/* Decides what a job's text is, and its folder: templates with the job's values in them, and what options make of the text. Must
 * never know how it is run.
 * Invariant: text and words of a command always mean the same (tmpl's promise); the text is made only where somebody needs it: the
 * shell, -v, the joblog. */
#include "launch_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "direct.h"
#include "file.h"
#include "shq.h"

struct tmpl_job
launch_view(const struct launch *l, const struct job *j)
{
	return (struct tmpl_job){ .args = &j->args, .seq = j->seq, .slot = j->slot, .total = l->total,
		.max_slots = l->c.max_slots };
}

enum launch_result
launch_result(enum tmpl_result r)
{
	return r == TMPL_OK ? LAUNCH_RUNS : r == TMPL_SKIP ? LAUNCH_SKIP : LAUNCH_FAIL;
}

static enum launch_result
launch_expand_command(struct launch *l, struct job *j, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);
	enum tmpl_result r = TMPL_OK;

	buf_reset(&j->command);
	l->have_words = l->direct;
	if (l->c.want_text || !l->direct)
		r = tmpl_expand(l->c.command, &v, &j->command, e);
	if (r == TMPL_OK && l->direct)
		r = tmpl_argv(l->c.command, &v, &l->argv, e);
	if (r == TMPL_OK && l->split)
		l->have_words = direct_split(buf_str(&j->command), j->command.len, &l->argv);
	return launch_result(r);
}

void
launch_add_removal(struct launch *l, const char *dir, struct buf *line)
{
	AUTO_BUF quoted = { 0 };

	if (strcmp(l->c.opts->wd, "...") != 0)
		return;
	shq_add(&quoted, dir, strlen(dir));
	buf_addf(line, ";_EXIT_status=$?; rm -rf %s;exit $_EXIT_status;", buf_str(&quoted));
}

/* -vv: how the reference tells the folder: the command changes to it. */
static void
launch_show_dir(struct launch *l, const char *dir, struct buf *line)
{
	AUTO_BUF quoted = { 0 };
	char here[PATH_MAX];

	if (strncmp(dir, "./", 2) == 0)
		dir += 2;
	if (strcmp(dir, ".") == 0 && getcwd(here, sizeof here) != NULL)
		dir = here;
	shq_add(&quoted, dir, strlen(dir));
	buf_splice(line, 0, 0, " || exit 255; ", strlen(" || exit 255; "));
	buf_splice(line, 0, 0, quoted.data, quoted.len);
	buf_splice(line, 0, 0, "cd ", strlen("cd "));
	launch_add_removal(l, dir, line);
}

#define SHOW_QUOTED "perl -e '$,=\" \"; print \"@ARGV\\n\";' -- " /* as the reference has it; we print it ourselves */
#define PRINT_QUOTED "printf '%s\\n' "

const char *
launch_quoted(struct launch *l, const struct job *j)
{
	enum shq_kind kind = shq_kind_of(exec_shell(l->c.exec));
	AUTO_BUF once = { 0 };
	unsigned i;

	buf_reset(&l->quoted);
	buf_add(&l->quoted, j->command.data, j->command.len);
	for (i = 0; i <= l->c.opts->shellquote; i++) { /* once more, for the shell that prints it */
		buf_reset(&once);
		shq_for(kind, &once, buf_str(&l->quoted), l->quoted.len);
		buf_reset(&l->quoted);
		buf_adds(&l->quoted, i == l->c.opts->shellquote ? PRINT_QUOTED : "");
		buf_add(&l->quoted, once.data, once.len);
	}
	l->have_words = false;
	return buf_str(&l->quoted);
}

/* The text becomes all of what is run. */
static enum launch_result
launch_expand_whole(struct launch *l, struct job *j, struct err *e)
{
	enum launch_result r;
	const char *dir;

	if ((r = launch_dir(l, j, false, &dir, e)) != LAUNCH_RUNS)
		return r;
	if (l->c.opts->shellquote > 0) {
		launch_quoted(l, j);
		buf_reset(&j->command);
		buf_adds(&j->command, SHOW_QUOTED);
		buf_adds(&j->command, buf_str(&l->quoted) + strlen(PRINT_QUOTED));
	}
	if (dir != NULL)
		launch_show_dir(l, dir, &j->command);
	l->have_words = false;
	return LAUNCH_RUNS;
}

enum launch_result
launch_expand(struct launch *l, struct job *j, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);
	enum launch_result r = launch_expand_command(l, j, e), tag;

	if (r != LAUNCH_FAIL && l->whole && launch_expand_whole(l, j, e) == LAUNCH_FAIL)
		return LAUNCH_FAIL;
	buf_reset(&j->tag);
	if (r == LAUNCH_FAIL || l->tag == NULL)
		return r;
	tag = launch_result(tmpl_expand(l->tag, &v, &j->tag, e));
	buf_addc(&j->tag, '\t');
	return tag == LAUNCH_RUNS ? r : tag;
}

/* --wd "...": a folder of the job's own, as the reference names it. */
static void
launch_own_dir(const struct job *j, struct buf *out)
{
	const char *home = getenv("HOME");
	char host[256] = "localhost";

	gethostname(host, sizeof host - 1);
	buf_addf(out, "%s/.parallel/tmp/%s-%ld-%" PRIu64, home != NULL ? home : "/tmp", host, (long)getpid(), j->seq);
}

enum launch_result
launch_dir(struct launch *l, const struct job *j, bool make, const char **dir, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);
	enum tmpl_result t;
	int r;

	*dir = NULL;
	if (l->wd == NULL || j->remote)
		return LAUNCH_RUNS;
	buf_reset(&l->dir);
	if (strcmp(l->c.opts->wd, "...") == 0)
		launch_own_dir(j, &l->dir);
	else if ((t = tmpl_expand(l->wd, &v, &l->dir, e)) != TMPL_OK)
		return launch_result(t);
	*dir = buf_str(&l->dir);
	if (make && (*dir)[0] != '\0' && (r = file_mkdirs(AT_FDCWD, *dir, 0777)) < 0) {
		err_sys(e, -r, "--wd: %s", *dir);
		return LAUNCH_STOP;
	}
	return LAUNCH_RUNS;
}
