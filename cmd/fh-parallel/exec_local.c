/* Decides how a command is run on this machine: by which shell, or by none, and with which environment. Must never know
 * output, order or when.
 * Invariants: 1. a command that is run without a shell is one whose program was found; everything else goes to the shell,
 *                so that its words and its status (127, 126) are the shell's own.
 *             2. the environment is ours, less the variables we set, plus those (built once; per job only numbers are
 *                written into it), and less $PARALLEL_ENV, which the shell reads before each command (env_parallel puts the
 *                caller's variables, functions and aliases there). */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "mem.h"
#include "num.h"
#include "path.h"
#include "proc.h"

#define FRONT 3 /* variables that only some jobs have */
#define BEFORE_MAX ((size_t)1 << 20)
#define NUMBER_BYTES 64 /* "PARALLEL_JOBSLOT0=" and a number */

extern char **environ;

struct exec {
	char *shell;
	struct buf before, text;   /* what $PARALLEL_ENV holds, empty: nothing; that and a command */
	size_t env_kept;          /* entries of env that are our own environment's */
	char **env;                /* NULL-terminated; the first FRONT are of jobs that have them, in front of what all have: seq, slot and (or NULL) slot_var below */
	char seq[NUMBER_BYTES], slot[NUMBER_BYTES], slot0[NUMBER_BYTES], pid[NUMBER_BYTES];
	struct buf slot_var;       /* --process-slot-var: NAME=number */
	size_t slot_var_name;      /* bytes of "NAME=" */
	struct buf front[FRONT];   /* PARALLEL_TMP=..., PARALLEL_HOSTGROUPS=..., PARALLEL_ARGHOSTGROUPS=... */
	struct buf tmpdir;
	struct buf login, host;
	char *argv[4];
	struct buf last_name, last_path; /* the program found last, by its name */
};

/* Shells that may have called us, by their names. */
static bool
exec_is_shell(const char *name)
{
	static const char *const shells[] = { "ash", "bash", "dash", "fish", "ksh", "ksh93", "mksh", "pdksh", "posh", "rbash",
		"rc", "sash", "sh", "static-sh", "yash", "zsh", "csh", "bsd-csh", "tcsh", "fdsh", "rush", "lksh", "busybox" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(shells); i++)
		if (strcmp(name, shells[i]) == 0)
			return true;
	return false;
}

/* The field of /proc/PID/stat behind the command's name: the parent. 0: none to be had. */
static pid_t
exec_parent_of(pid_t pid)
{
	char name[64], text[512];
	const char *p;
	int ppid = 0;
	size_t n;
	FILE *f;

	snprintf(name, sizeof name, "/proc/%ld/stat", (long)pid);
	if ((f = fopen(name, "re")) == NULL)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	if ((p = strrchr(text, ')')) == NULL || sscanf(p + 1, " %*c %d", &ppid) != 1)
		return 0;
	return ppid;
}

/* What process pid was called as, its argv[0]. */
static bool
exec_name_of(pid_t pid, char *name, size_t size)
{
	char file[64];
	size_t n;
	FILE *f;

	snprintf(file, sizeof file, "/proc/%ld/cmdline", (long)pid);
	if ((f = fopen(file, "re")) == NULL)
		return false;
	n = fread(name, 1, size - 1, f);
	fclose(f);
	name[n] = '\0';
	return n > 0;
}

/* Appends the path of the shell that process pid is. Its name tells more than its program: bash called as sh is another
 * shell. A login shell ("-bash") goes by its program. */
static bool
exec_shell_of(pid_t pid, struct buf *path)
{
	char link[64], name[PATH_MAX];
	ssize_t n;

	if (exec_name_of(pid, name, sizeof name) && name[0] != '-')
		return exec_is_shell(path_base(name)) && proc_find(path_base(name), getenv("PATH"), path) == 0;
	snprintf(link, sizeof link, "/proc/%ld/exe", (long)pid);
	if ((n = readlink(link, name, sizeof name - 1)) <= 0)
		return false;
	name[n] = '\0';
	buf_adds(path, name);
	return exec_is_shell(path_base(name)) && access(name, X_OK) == 0;
}

/* The shell that we were started from: the nearest ancestor that is one (time, nice, timeout may stand between). */
static char *
exec_calling_shell(void)
{
	AUTO_BUF path = { 0 };
	pid_t pid = getppid();
	int depth;

	for (depth = 0; pid > 1 && depth < 16; depth++, pid = exec_parent_of(pid)) {
		buf_reset(&path);
		if (exec_shell_of(pid, &path))
			return xstrdup(buf_str(&path));
	}
	return NULL;
}

static char *
exec_login_shell(void)
{
	const char *shell = getenv("SHELL");

	return xstrdup(shell != NULL && shell[0] != '\0' ? shell : "/bin/sh");
}

static char *
exec_find_shell(void)
{
	const char *want = getenv("PARALLEL_SHELL");
	char *calling;

	if (want != NULL && want[0] != '\0')
		return xstrdup(want);
	return (calling = exec_calling_shell()) != NULL ? calling : exec_login_shell();
}

static bool
exec_is_ours(const struct exec *x, const char *entry)
{
	static const char *const names[] = { "PARALLEL_SEQ=", "PARALLEL_JOBSLOT=", "PARALLEL_JOBSLOT0=", "PARALLEL_PID=", "PARALLEL_SSHLOGIN=",
		"PARALLEL_SSHHOST=", "PARALLEL_TMP=", "PARALLEL_HOSTGROUPS=", "PARALLEL_ARGHOSTGROUPS=", "PARALLEL_ENV=" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strncmp(entry, names[i], strlen(names[i])) == 0)
			return true;
	return x->slot_var_name > 0 && strncmp(entry, buf_str(&x->slot_var), x->slot_var_name) == 0;
}

static void
exec_make_env(struct exec *x, const struct exec_place *p)
{
	size_t n = 0, i;

	for (i = 0; environ[i] != NULL; i++)
		;
	buf_addf(&x->login, "PARALLEL_SSHLOGIN=%s", p->login);
	buf_addf(&x->host, "PARALLEL_SSHHOST=%s", p->host);
	x->env = xcalloc(i + FRONT + 11, sizeof *x->env);
	n = FRONT;
	x->env[n++] = x->seq;
	x->env[n++] = x->slot;
	x->env[n++] = x->pid;
	if (p->by_ssh)
		x->env[n++] = x->slot0;
	x->env[n++] = x->login.data;
	x->env[n++] = x->host.data;
	snprintf(x->pid, sizeof x->pid, "PARALLEL_PID=%ld", p->pid);
	if (p->slot_var != NULL) {
		buf_addf(&x->slot_var, "%s=", p->slot_var);
		x->slot_var_name = x->slot_var.len;
		buf_room(&x->slot_var, NUM_DIGITS); /* never moves again */
		x->env[n++] = x->slot_var.data;
	}
	if (getenv("TMPDIR") == NULL && !p->by_ssh) {
		buf_addf(&x->tmpdir, "TMPDIR=%s", p->tmpdir != NULL ? p->tmpdir : "/tmp");
		x->env[n++] = x->tmpdir.data;
	}
	for (i = 0; environ[i] != NULL; i++)
		if (!exec_is_ours(x, environ[i]))
			x->env[n++] = environ[i], x->env_kept++;
}

/* $PARALLEL_ENV is shell text, or names a file of it. */
static void
exec_read_before(struct exec *x)
{
	const char *env = getenv("PARALLEL_ENV");

	if (env == NULL || *env == '\0')
		return;
	if (io_slurp_at(AT_FDCWD, env, &x->before, BEFORE_MAX) < 0) {
		buf_reset(&x->before);
		buf_adds(&x->before, env);
	}
	buf_addc(&x->before, '\n');
}

struct exec *
exec_place_new(const struct exec_place *p)
{
	struct exec *x = xcalloc(1, sizeof *x);

	x->shell = p->shell != NULL ? xstrdup(p->shell) : p->by_ssh ? exec_login_shell() : exec_find_shell();
	exec_read_before(x);
	exec_make_env(x, p);
	return x;
}

struct exec *
exec_local_new(const struct opts *o)
{
	struct exec_place here = { .login = ":", .host = ":", .pid = getpid(), .slot_var = o->slot_var, .tmpdir = o->tmpdir };

	return exec_place_new(&here);
}

void
exec_free(struct exec *x)
{
	if (x == NULL)
		return;
	buf_fini(&x->slot_var);
	buf_fini(&x->front[0]);
	buf_fini(&x->front[1]);
	buf_fini(&x->front[2]);
	buf_fini(&x->tmpdir);
	buf_fini(&x->before);
	buf_fini(&x->text);
	buf_fini(&x->login);
	buf_fini(&x->host);
	buf_fini(&x->last_name);
	buf_fini(&x->last_path);
	free(x->shell);
	free(x->env);
	free(x);
}

const char *
exec_shell(const struct exec *x)
{
	return x->shell;
}

int
exec_shell_there(const struct exec *x, struct err *e)
{
	AUTO_BUF path = { 0 };
	int r = proc_find(x->shell, getenv("PATH"), &path);

	if (r == 0 && access(buf_str(&path), X_OK) < 0)
		r = -errno;
	return r < 0 ? err_sys(e, -r, "the shell %s", x->shell) : 0;
}

/* The program of a command without shell; the same one is looked for once. NULL: not found, or not executable. */
static const char *
exec_program(struct exec *x, const char *name)
{
	if (x->last_path.len > 0 && strcmp(name, buf_str(&x->last_name)) == 0)
		return buf_str(&x->last_path);
	buf_reset(&x->last_name);
	buf_reset(&x->last_path);
	if (proc_find(name, getenv("PATH"), &x->last_path) < 0) {
		buf_reset(&x->last_path);
		return NULL;
	}
	buf_adds(&x->last_name, name);
	return buf_str(&x->last_path);
}

/* What only some jobs have: the environment of this one. */
static char *const *
exec_front(struct exec *x, const struct exec_job *j)
{
	static const char *const names[FRONT] = { "PARALLEL_TMP", "PARALLEL_HOSTGROUPS", "PARALLEL_ARGHOSTGROUPS" };
	const char *const values[FRONT] = { j->input_name, j->groups, j->arg_groups };
	char **env = x->env + FRONT;
	size_t i;

	for (i = 0; i < FRONT; i++) {
		if (values[i] == NULL)
			continue;
		buf_reset(&x->front[i]);
		buf_addf(&x->front[i], "%s=%s", names[i], values[i]);
		*--env = x->front[i].data;
	}
	return env;
}

void
exec_wrap(struct exec *x, const struct exec_job *j, struct exec_line *out, bool *need_text)
{
	static char dash_c[] = "-c";
	bool bare = j->words != NULL && j->words[0] != NULL && x->before.len == 0;
	const char *program = bare ? exec_program(x, j->words[0]) : NULL;

	*need_text = false;
	if (program == NULL && j->text == NULL) {
		*need_text = true;
		return;
	}
	num_put(j->seq, stpcpy(x->seq, "PARALLEL_SEQ="));
	num_put(j->slot, stpcpy(x->slot, "PARALLEL_JOBSLOT="));
	num_put(j->slot - 1, stpcpy(x->slot0, "PARALLEL_JOBSLOT0="));
	if (x->slot_var_name > 0)
		num_put(j->slot - 1, x->slot_var.data + x->slot_var_name);
	out->envp = exec_front(x, j);
	out->env_kept = x->env_kept;
	if (program != NULL) {
		out->file = program;
		out->argv = j->words;
		return;
	}
	buf_reset(&x->text);
	buf_add(&x->text, buf_str(&x->before), x->before.len);
	buf_adds(&x->text, j->text);
	x->argv[0] = x->shell;
	x->argv[1] = dash_c;
	x->argv[2] = x->text.data;
	x->argv[3] = NULL;
	out->file = x->shell;
	out->argv = x->argv;
}
