/* Decides how a job gets into a window of tmux, and its status out of it. Must never know when jobs start or end.
 * A job is then two processes: the one that we start (wrapper, below), which asks tmux for a window and reads the status from a fifo;
 * and the one in the window, which runs the job's script. A command may be longer than what tmux takes, so it is in a file.
 * Invariant: nothing but our own names gets into tmux's or a shell's syntax: commands and folders are words, or quoted. */
#include "tmux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cells.h"
#include "io.h"
#include "mem.h"
#include "path.h"
#include "proc.h"
#include "shq.h"

#define TITLE_COLUMNS 24
#define WORDS 11

struct tmux {
	const struct opts *o;
	struct buf dir;          /* fifos and scripts; the socket is beside it */
	struct buf socket, attach, script, name, title;
	char *argv[WORDS];
	pid_t shown;             /* --fg; 0: none */
};

/* $1 the socket, $2 the job's names in our folder, $3 "window" or "pane", $4 the title, $5 a shell for the script. A server that ends just now is no answer: try
 * again. The fifo is read by a child, since only a wait is cut short by a signal. */
static const char wrapper[] =
    "S=$1 f=$2 p=\n"
    "tm() { tmux -S \"$S\" \"$@\" 2>\"$f.e\"; }\n"
    "tidy() { rm -f \"$f\" \"$f.sh\" \"$f.s\" \"$f.e\"; }\n"
    "mkfifo -m 600 \"$f\" || { rm -f \"$f.sh\"; exit 255; }\n"
    "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do\n"
    "	case $3 in\n"
    "	pane) p=$(tm split-window -d -t p: -c \"$PWD\" -P -F '#{pane_id}' -- \"$5\" \"$f.sh\") && tm select-layout -t p: tiled ;;\n"
    "	*) p=$(tm new-window -d -t p: -n \"$4\" -c \"$PWD\" -P -F '#{pane_id}' -- \"$5\" \"$f.sh\") ;;\n"
    "	esac && break\n"
    "	p=$(tm new-session -d -s p -n \"$4\" -x 200 -y 60 -c \"$PWD\" -P -F '#{pane_id}' -- \"$5\" \"$f.sh\") && break\n"
    "	tm select-layout -t p: tiled || sleep 0.1\n"
    "done\n"
    "[ -n \"$p\" ] || { cat \"$f.e\" >&2; tidy; exit 255; }\n"
    "exec 2>/dev/null\n" /* a shell tells who of its children was ended */
    "trap 'rm -f \"$f\"; tm kill-pane -t \"$p\"; tidy; exit 143' TERM HUP INT\n"
    "cat \"$f\" >\"$f.s\" &\n"
    "wait $!\n"
    "s=255; read s <\"$f.s\"\n"
    "tidy\n"
    "exit \"$s\"\n";

/* --fg: $1 the socket. There is nothing to show before the first job has a window. */
static const char shower[] =
    "i=0; until tmux -S \"$1\" has-session -t p 2>/dev/null; do i=$((i+1)); [ $i -lt 100 ] || exit 1; sleep 0.1; done\n"
    "exec tmux -S \"$1\" attach -t p\n";

/* The end of a script. tmux leaves its socket behind: the last window removes it. */
static const char finish[] =
    "\n[ ! -p \"$f\" ] || echo $s >\"$f\"\n"
    "[ -n \"$gone\" ] || { echo \"Job finished at: $(date)\"; sleep 10; }\n"
    "tmux -S \"$S\" kill-pane -t \"$TMUX_PANE\"\n"
    "tmux -S \"$S\" has-session -t p || rm -f \"$S\"\n";

static char *
word(const char *s)
{
	return (char *)(uintptr_t)s; /* execve takes it as const in all but name */
}

/* The terminal is taken by a tmux that shows ours. */
static int
tmux_show(struct tmux *t, struct err *e)
{
	char *argv[] = { word("sh"), word("-c"), word(shower), word("sh"), t->socket.data, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	int r;

	s.file = "/bin/sh";
	s.argv = argv;
	r = proc_spawn(&s, &t->shown);
	return r < 0 ? err_sys(e, -r, "--tmux: /bin/sh") : 0;
}

int
tmux_open(const struct opts *o, struct tmux **out, struct err *e)
{
	const char *option = o->tmuxpane ? "--tmuxpane" : "--tmux", *tmp = o->tmpdir != NULL ? o->tmpdir : getenv("TMPDIR");
	AUTO_BUF found = { 0 };
	struct tmux *t;
	int r = proc_find("tmux", getenv("PATH"), &found);

	if (r < 0)
		return err_set(e, -r, "%s: tmux: not found in PATH", option);
	t = xcalloc(1, sizeof *t);
	t->o = o;
	buf_addf(&t->dir, "%s/fh-tmux.XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	if (mkdtemp(t->dir.data) == NULL) {
		r = err_sys(e, errno, "%s: %s", option, t->dir.data);
		buf_reset(&t->dir);
		tmux_free(t);
		return r;
	}
	buf_addf(&t->socket, "%s.s", t->dir.data);
	buf_adds(&t->attach, "tmux -S ");
	shq_add(&t->attach, t->socket.data, t->socket.len);
	buf_adds(&t->attach, " attach");
	if (o->fg && tmux_show(t, e) < 0) {
		tmux_free(t);
		return -1;
	}
	*out = t;
	return 0;
}

/* What wrappers that were killed have left. */
static void
tmux_tidy(const struct tmux *t)
{
	DIR *d = t->dir.len > 0 ? opendir(t->dir.data) : NULL;
	struct dirent *entry;

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	rmdir(t->dir.data);
}

void
tmux_free(struct tmux *t)
{
	if (t == NULL)
		return;
	if (t->shown > 0)
		while (waitpid(t->shown, NULL, 0) < 0 && errno == EINTR)
			;
	tmux_tidy(t);
	buf_fini(&t->dir);
	buf_fini(&t->socket);
	buf_fini(&t->attach);
	buf_fini(&t->script);
	buf_fini(&t->name);
	buf_fini(&t->title);
	free(t);
}

const char *
tmux_attach(const struct tmux *t)
{
	return buf_str(&t->attach);
}

/* What runs in the window: tmux's environment is that of its first job, so what is the job's own is set. The window stays for a
 * while, to be read. */
static void
tmux_script(struct tmux *t, const struct tmux_job *j)
{
	struct buf *b = &t->script;

	buf_reset(b);
	buf_addf(b, "trap gone=1 HUP TERM\ngone=\nPARALLEL_SEQ=%" PRIu64 " PARALLEL_JOBSLOT=%" PRIu64 "\nexport PARALLEL_SEQ PARALLEL_JOBSLOT\n", j->seq,
	    j->slot);
	if (t->o->slot_var != NULL)
		buf_addf(b, "%s=%" PRIu64 "\nexport %s\n", t->o->slot_var, j->slot - 1, t->o->slot_var);
	if (j->input_name != NULL) {
		buf_adds(b, "PARALLEL_TMP=");
		shq_add(b, j->input_name, strlen(j->input_name));
		buf_adds(b, "\nexport PARALLEL_TMP\n");
	}
	shq_add(b, j->shell, strlen(j->shell));
	buf_adds(b, " -c ");
	shq_add(b, j->text, strlen(j->text));
	buf_adds(b, "\ns=$? S=");
	shq_add(b, t->socket.data, t->socket.len);
	buf_adds(b, " f=");
	shq_add(b, t->name.data, t->name.len);
	buf_adds(b, finish);
}

static void
tmux_title(struct tmux *t, const struct tmux_job *j)
{
	size_t i;

	buf_reset(&t->title);
	cells_add(&t->title, j->text, strlen(j->text), TITLE_COLUMNS);
	for (i = 0; i < t->title.len; i++)
		if (t->title.data[i] == '#')
			t->title.data[i] = '_'; /* tmux would expand it */
	if (t->title.len == 0)
		buf_addc(&t->title, '_');
}

static int
tmux_write(const struct tmux *t)
{
	AUTO_BUF file = { 0 };
	int r;

	buf_addf(&file, "%s.sh", t->name.data);
	{
		AUTO_FD fd = open(file.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		r = fd < 0 ? -errno : io_write_full(fd, t->script.data, t->script.len);
	}
	return r;
}

int
tmux_wrap(struct tmux *t, const struct tmux_job *j, char *const **argv)
{
	/* bash, for its functions: other shells drop them from the environment */
	const char *sh = strcmp(path_base(j->shell), "bash") == 0 ? j->shell : "/bin/sh";
	const char *words[WORDS] = { sh, "-c", wrapper, "sh", t->socket.data, NULL, t->o->tmuxpane ? "pane" : "window", NULL, sh, NULL };
	size_t i;
	int r;

	buf_reset(&t->name);
	buf_addf(&t->name, "%s/%" PRIu64, t->dir.data, j->seq);
	tmux_script(t, j);
	tmux_title(t, j);
	if ((r = tmux_write(t)) < 0)
		return r;
	words[5] = t->name.data;
	words[7] = t->title.data;
	for (i = 0; i < WORDS; i++)
		t->argv[i] = word(words[i]);
	*argv = t->argv;
	return 0;
}
