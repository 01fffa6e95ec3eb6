/* Decides what exactly is executed for a job, and with what. Must never know when, or what becomes of it.
 * Invariant: nothing is left open by a start that fails. */
#include "launch_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "direct.h"
#include "mem.h"
#include "packing.h"
#include "proc.h"
#include "record.h"
#include "shq.h"

static int
launch_compile(struct launch *l, const char *text, struct tmpl **out, struct err *e)
{
	return text == NULL ? 0 : tmpl_compile(l->c.set, &text, 1, TMPL_TEXT, out, e);
}

/* --tagstring, in whose text, not in what is put in, escapes stand for bytes (but for NUL). */
static int
launch_compile_tag(struct launch *l, const char *text, struct err *e)
{
	AUTO_BUF plain = { 0 };
	size_t used;
	int c;

	for (; *text != '\0'; text++)
		if (*text == '\\' && (c = record_escape(text + 1, &used)) > 0) {
			buf_addc(&plain, (char)c);
			text += used;
		} else
			buf_addc(&plain, *text);
	return plain.len == 0 ? 0 : launch_compile(l, buf_str(&plain), &l->tag, e);
}

int
launch_new(const struct launch_conf *c, struct launch **out, struct err *e)
{
	const struct opts *o = c->opts;
	struct launch *l = xcalloc(1, sizeof *l);
	struct rlimit now;
	const char *tag = o->tagstring != NULL ? o->tagstring : o->tag ? "{}" : NULL;

	l->c = *c;
	l->spare = capture_spare_new();
	l->starter = starter_new(c->lanes);
	l->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	l->limits = getrlimit(RLIMIT_NOFILE, &now) < 0 || now.rlim_cur != c->nofile.rlim_cur || now.rlim_max != c->nofile.rlim_max;
	if (direct_shell(exec_shell(c->exec))) {
		l->split = o->ncommand == 0 || (o->retry_failed && o->joblog != NULL);
		l->direct = !l->split && tmpl_direct(c->command);
	}
	l->c.want_text = c->want_text || c->remote != NULL || o->tmux || o->shellquote > 0 || o->dry_run || o->verbose > 0 || o->trace;
	l->whole = o->verbose > 1 && !o->pipe && !o->pipe_part && !o->tmux && l->c.remote == NULL && !c->far &&
	    shq_kind_of(exec_shell(c->exec)) == SHQ_SH && (o->wd != NULL || o->shellquote > 0);
	l->own_dir = o->wd != NULL && strcmp(o->wd, "...") == 0 && shq_kind_of(exec_shell(c->exec)) == SHQ_SH;
	if (l->own_dir)
		l->c.want_text = true;
	l->tty_fd = o->open_tty ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
	if (l->null_fd < 0)
		err_sys(e, errno, "/dev/null");
	else if (tag != NULL && launch_compile_tag(l, tag, e) < 0)
		err_wrap(e, "--tagstring");
	else if (launch_compile(l, o->wd, &l->wd, e) < 0)
		err_wrap(e, "--wd");
	else if (tmplfile_new(o, c->set, &l->files, e) < 0)
		; /* the words are there */
	else if (!o->tmux || o->dry_run || tmux_open(o, &l->tmux, e) == 0) {
		*out = l;
		return 0;
	}
	launch_free(l);
	return -1;
}

void
launch_free(struct launch *l)
{
	if (l == NULL)
		return;
	starter_free(l->starter);
	tmux_free(l->tmux);
	capture_spare_free(l->spare);
	if (l->null_fd >= 0)
		close(l->null_fd);
	if (l->tty_fd >= 0)
		close(l->tty_fd);
	tmpl_free(l->tag);
	tmpl_free(l->wd);
	tmplfile_free(l->files);
	argv_fini(&l->argv);
	buf_fini(&l->dir);
	buf_fini(&l->quoted);
	buf_fini(&l->removing);
	free(l->views);
	free(l);
}

const char *
launch_attach(const struct launch *l)
{
	return l->tmux != NULL ? tmux_attach(l->tmux) : NULL;
}

bool
launch_tags(const struct launch *l)
{
	return l->tag != NULL;
}

void
launch_set_total(struct launch *l, uint64_t total)
{
	l->total = total;
}

/* Whether the failure is one that passes when other jobs, ours or not, have ended. */
static bool
launch_may_pass(int error)
{
	return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

/* otherwise: what comes of a failure that does not pass. */
static enum launch_result
launch_failed(int error, const char *what, struct err *e, enum launch_result otherwise)
{
	err_sys(e, error, "%s", what);
	return launch_may_pass(error) ? LAUNCH_LATER : otherwise;
}

/* --tmux: what is run here is who waits for the window. */
static int
launch_window(struct launch *l, const struct job *j, struct exec_job *x)
{
	struct tmux_job t = { .seq = j->seq, .slot = j->slot, .text = x->text, .shell = exec_shell(l->c.exec), .input_name = x->input_name };

	return tmux_wrap(l->tmux, &t, &x->words);
}

static int
launch_wrap(struct launch *l, struct job *j, struct exec_line *line)
{
	struct exec_job x = { .seq = j->seq, .slot = j->slot, .words = l->have_words ? l->argv.v : NULL };
	struct tmpl_job v = launch_view(l, j);
	bool need_text = false;
	int r;

	if (l->c.opts->hostgroups && j->host != NULL) {
		x.groups = j->host->groups;
		x.arg_groups = buf_str(&j->groups);
	}
	x.input_name = j->feeder != NULL ? feeder_name(j->feeder) : NULL;
	x.text = j->command.len > 0 || l->c.want_text || !l->direct ? buf_str(&j->command) : NULL;
	if (l->c.opts->shellquote > 0) {
		x.text = l->whole ? buf_str(&l->quoted) : launch_quoted(l, j);
		x.words = NULL;
	}
	if (l->own_dir && !l->whole) {
		buf_reset(&l->removing);
		buf_adds(&l->removing, x.text);
		launch_add_removal(l, buf_str(&l->dir), &l->removing);
		x.text = buf_str(&l->removing);
		x.words = NULL;
	}
	if (l->tmux != NULL && (r = launch_window(l, j, &x)) < 0)
		return r;
	exec_wrap(l->c.exec, &x, line, &need_text);
	if (!need_text)
		return 0;
	if (tmpl_expand(l->c.command, &v, &j->command, NULL) != TMPL_OK)
		return -EINVAL;
	x.text = buf_str(&j->command);
	exec_wrap(l->c.exec, &x, line, &need_text);
	return 0;
}

static int
launch_stdin(const struct launch *l, const struct job *j)
{
	int fd = j->feeder != NULL ? feeder_job_fd(j->feeder) : -1;

	if (l->c.opts->semaphore && j->feeder == NULL)
		return -1; /* ours */
	return fd >= 0 ? fd : l->tty_fd >= 0 ? l->tty_fd : l->null_fd;
}

/* Fills s for the job. Returns 0 or -errno. */
static int
launch_describe(struct launch *l, struct job *j, const char *dir, struct proc_spec *out)
{
	struct proc_spec s = PROC_SPEC_INIT;
	struct exec_line line = { 0 };
	int r = j->remote ? launch_wrap_remote(l, j, &line) : launch_wrap(l, j, &line);

	if (r < 0)
		return r;
	s.file = line.file;
	s.argv = line.argv;
	s.envp = line.envp;
	s.env_kept = line.env_kept;
	s.dir = dir;
	s.fd[0] = launch_stdin(l, j);
	s.fd[1] = j->capture.side[0].job_fd;
	s.fd[2] = j->capture.side[1].job_fd;
	s.nice = l->c.opts->nice == INT64_MIN || j->remote ? 0 : (int)l->c.opts->nice;
	s.group = l->tty_fd < 0; /* only the group in the foreground may read the terminal */
	j->ungrouped = !s.group;
	s.bound = true;
	s.mask = &l->c.sig->child_mask;
	s.defaults = &l->c.sig->child_reset;
	s.mark = l->c.marks != NULL ? &l->c.marks[j->slot - 1] : NULL;
	s.nofile = l->limits ? &l->c.nofile : NULL;
	*out = s;
	return 0;
}

static int
launch_spawn(struct launch *l, struct job *j, const char *dir)
{
	struct proc_spec s;
	int r = launch_describe(l, j, dir, &s);

	if (r == 0)
		r = proc_spawn(&s, &j->pid);
	if (r == -ENOEXEC && l->have_words) {
		l->have_words = false; /* a script without "#!": the shell's business */
		return launch_spawn(l, j, dir);
	}
	return r;
}

/* Where that works, it does not wait until the job runs. */
static bool
launch_hand(struct launch *l, struct job *j, const char *dir)
{
	struct proc_spec s;

	return starter_is_fast(l->starter, j->start_ns) && launch_describe(l, j, dir, &s) == 0 && starter_hand(l->starter, &s, &j->pid);
}

bool
launch_is_busy(const struct launch *l)
{
	return starter_is_busy(l->starter);
}

const struct proc_birth *
launch_birth(const struct launch *l, pid_t pid)
{
	return starter_birth(l->starter, pid);
}

void
launch_wait(struct launch *l)
{
	starter_wait(l->starter);
}

int
launch_ended(struct launch *l, const struct job *j)
{
	return starter_ended(l->starter, j->pid);
}

int
launch_leave(struct launch *l, struct job *j, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);
	AUTO_BUF note = { 0 };

	if (launch_expand(l, j, e) == LAUNCH_FAIL)
		return -1;
	if (l->c.opts->verbose > 0)
		buf_addf(&note, "%s\n", buf_str(&j->command));
	return results_leave(l->c.results, &v, buf_str(&note), note.len, l->c.opts->dry_run, e);
}

/* What the job prints is packed on its way, the note in front of it. */
static int
launch_packing(struct launch *l, struct job *j, const struct buf *note, struct err *e)
{
	int r = packing_open(&j->capture, l->c.pack);

	if (r == 0)
		r = packing_add(&j->capture, 0, note->data, note->len);
	return r < 0 && r != -EPIPE ? err_sys(e, -r, "--compress-program: %s", l->c.pack->there) : 0;
}

/* The files that keep the job's output, the command line (-v) in front of it. */
static int
launch_files(struct launch *l, struct job *j, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);
	AUTO_BUF note = { 0 };
	size_t n;

	if (l->c.opts->verbose > 0)
		buf_addf(&note, "%s\n", buf_str(&j->command));
	n = l->c.pack != NULL ? 0 : note.len;
	buf_reset(&j->file);
	if (results_open(l->c.results, &v, buf_str(&note), n, l->c.opts->dry_run, &j->capture, &j->file, &j->in_folder, e) < 0)
		return -1;
	if (l->c.pack != NULL && launch_packing(l, j, &note, e) < 0)
		return -1;
	buf_addc(&j->file, l->c.opts->files0 ? '\0' : '\n');
	return 0;
}

static int
launch_templates(struct launch *l, struct job *j, struct err *e)
{
	struct tmpl_job v = launch_view(l, j);

	launch_tidy(j); /* of a start that did not come to anything */
	return tmplfile_write(l->files, &v, &j->made, e);
}

void
launch_tidy(struct job *j)
{
	if (j->made.len > 0)
		tmplfile_remove(&j->made);
}

enum launch_result
launch_begin(struct launch *l, struct job *j, struct err *e)
{
	j->start_wall_ns = clock_wall_ns();
	j->start_ns = clock_mono_ns();
	if (results_keeps_files(l->c.results) && launch_files(l, j, e) < 0)
		return LAUNCH_STOP;
	if (l->files != NULL && launch_templates(l, j, e) < 0)
		return LAUNCH_STOP;
	if (!l->c.opts->dry_run && !j->skipped)
		return LAUNCH_RUNS;
	if (l->c.mode != CAPTURE_INHERIT && !results_keeps_files(l->c.results))
		capture_use(&j->capture, -1, -1); /* the command line is its output */
	return LAUNCH_DRY;
}

/* Where what it prints goes, if not to files that are there already. Returns 0 or -errno. */
static int
launch_capture(struct launch *l, struct job *j)
{
	if (results_keeps_files(l->c.results))
		return 0;
	if (l->c.pack == NULL || l->c.mode != CAPTURE_FILE)
		return capture_open(&j->capture, l->c.mode, l->c.opts->tmpdir, l->spare);
	j->capture = (struct capture)CAPTURE_INIT;
	return packing_open(&j->capture, l->c.pack);
}

enum launch_result
launch_start(struct launch *l, struct job *j, bool direct, struct err *e)
{
	enum launch_result done = launch_begin(l, j, e);
	const char *dir;
	int r;

	if (done != LAUNCH_RUNS)
		return done;
	if ((done = launch_dir(l, j, true, &dir, e)) != LAUNCH_RUNS)
		return done;
	if (l->whole && l->c.opts->shellquote == 0)
		dir = NULL; /* the text changes to it */
	if ((r = launch_capture(l, j)) < 0)
		return launch_failed(-r, "cannot make a temporary file", e, LAUNCH_STOP);
	if (!direct && launch_hand(l, j, dir))
		return LAUNCH_RUNS;
	if ((r = launch_spawn(l, j, dir)) < 0) {
		capture_close(&j->capture);
		return launch_failed(-r, "cannot start a job", e, LAUNCH_FAIL);
	}
	return LAUNCH_RUNS;
}
