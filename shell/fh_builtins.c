/* fh-state and fh-voicecheck inside bash: what cmd/ is for the programs. It decides where output goes (a variable, an array, stdout) and
 * what becomes of us where lib/ would end the process. Must never know bash's insides (bash_host.c).
 * Invariants: 1. nothing here or in lib/ ends the shell: host_die comes back to guarded(), and on its way every AUTO_ resource is released
 *                (memory, descriptors, and with them locks).
 *             2. no signal's disposition, no locale, no working folder is changed.
 *             3. between two calls only the cache lives, one state. */
#include <errno.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#include "bash_host.h"
#include "buf.h"
#include "host.h"
#include "io.h"
#include "opt.h"
#include "state_cmd.h"
#include "voice_cmd.h"

extern const struct tool state_tool, voicecheck_tool;

static struct state_cache cache;

/* --- where nothing can be done ----------------------------------------------------------------------------------- */
static struct {
	jmp_buf back;
	uintptr_t frame; /* of guarded() */
	int status;
} guard;

static _Unwind_Reason_Code
stop(int version, _Unwind_Action what, _Unwind_Exception_Class class, struct _Unwind_Exception *x,
     struct _Unwind_Context *at, void *arg)
{
	(void)version;
	(void)class;
	(void)x;
	(void)arg;
	if ((what & _UA_END_OF_STACK) || _Unwind_GetCFA(at) >= guard.frame)
		longjmp(guard.back, 1);
	return _URC_NO_REASON;
}

void
host_die(int status, const char *line)
{
	static struct _Unwind_Exception x;

	dprintf(STDERR_FILENO, "%s\n", line);
	guard.status = status;
	memset(&x, 0, sizeof x);
	_Unwind_ForcedUnwind(&x, stop, NULL);
	longjmp(guard.back, 1);
}

bool
host_stop(void)
{
	return bash_signalled();
}

typedef int main_fn(int argc, char **argv);

/* Not inlined: its frame is the mark that stop() looks for. */
static int __attribute__((noinline))
guarded(main_fn *fn, int argc, char **argv)
{
	guard.frame = (uintptr_t)__builtin_frame_address(0);
	if (setjmp(guard.back) != 0) {
		state_cache_fini(&cache); /* it may be half made */
		return guard.status;
	}
	return fn(argc, argv);
}

/* --- output ------------------------------------------------------------------------------------------------------ */
struct place {
	const char *tool, *var, *array;
};

static int
set_fail(const struct place *p, const char *name, enum bash_set why, struct buf *err)
{
	static const char *const words[] = {
		[BASH_SET] = "", [BASH_BAD_NAME] = "not a variable's name", [BASH_READONLY] = "readonly variable",
		[BASH_NOT_ARRAY] = "not an indexed array"
	};
	AUTO_BUF shown = { 0 };

	buf_adds(&shown, name);
	err_harmless(shown.data, shown.len);
	buf_addf(err, "%s: %s: %s\n", p->tool, buf_str(&shown), words[why]);
	return STATE_USAGE;
}

/* Before any work: 0, or the status to end with. */
static int
place_check(const struct place *p, struct buf *err)
{
	enum bash_set r;

	if (p->var != NULL && (r = bash_may_set(p->var, false)) != BASH_SET)
		return set_fail(p, p->var, r, err);
	if (p->array != NULL && (r = bash_may_set(p->array, true)) != BASH_SET)
		return set_fail(p, p->array, r, err);
	return 0;
}

/* NULs go, as they do in $(...); one end of line or piece goes too. */
static enum bash_set
put_var(const char *name, struct buf *out)
{
	size_t i, to = 0;

	if (out->len > 0 && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == '\0'))
		out->data[--out->len] = '\0';
	for (i = 0; i < out->len; i++) {
		if (out->data[i] != '\0')
			out->data[to++] = out->data[i];
	}
	if (out->data != NULL)
		out->data[out->len = to] = '\0';
	return bash_set(name, buf_str(out), false);
}

static int
print(const struct place *p, const struct buf *out, struct buf *err)
{
	int r;

	if (out->len == 0)
		return 0;
	bash_sync();
	r = io_write_full(STDOUT_FILENO, out->data, out->len);
	if (r == 0)
		return 0;
	buf_addf(err, "%s: standard output: %s\n", p->tool, strerror(-r));
	return -1;
}

/* Puts out where it goes. Returns status, or what replaces it. */
static int
deliver(const struct place *p, struct buf *out, struct buf *err, int status)
{
	enum bash_set r = BASH_SET;

	if (p->array != NULL && (r = bash_set_array(p->array, buf_str(out), out->len)) != BASH_SET)
		return set_fail(p, p->array, r, err);
	if (p->var != NULL && (r = put_var(p->var, out)) != BASH_SET)
		return set_fail(p, p->var, r, err);
	if (p->array == NULL && p->var == NULL && print(p, out, err) < 0)
		return STATE_WORLD;
	return status;
}

/* The end of a call: lines for stderr go out last. */
static int
finish(struct buf *err, int status)
{
	if (err->len > 0) {
		bash_sync();
		io_write_full(STDERR_FILENO, err->data, err->len);
	}
	return status;
}

/* As opt_main without its ends: the index of the first operand, or -1 with the status to end with. */
static int
options(const struct tool *t, void *o, int argc, char **argv, struct buf *err, int *status)
{
	const struct place p = { .tool = t->name };
	AUTO_BUF text = { 0 };
	struct err e = { 0 };
	int first = argc;

	*status = STATE_YES;
	switch (opt_parse(t, o, argc, argv, &first, &e)) {
	case OPT_RUN:
		return first;
	case OPT_HELP:
		opt_help(t, &text);
		break;
	case OPT_VERSION:
		buf_addf(&text, "%s %s\n", t->name, FH_VERSION);
		break;
	case OPT_BAD:
		buf_addf(err, "%s: %s\n%s: try '%s --help'\n", t->name, e.msg, t->name, t->name);
		*status = STATE_USAGE;
		return -1;
	}
	if (print(&p, &text, err) < 0)
		*status = STATE_WORLD;
	return -1;
}

/* --- fh-state ---------------------------------------------------------------------------------------------------- */
/* Sets what load, increment and invalidate would print code for. */
static int
set_all(const struct place *p, struct buf *vars, struct buf *err)
{
	char *s = vars->data, *end = s + vars->len, *eq, *next;
	enum bash_set r;

	for (; s < end; s = next) {
		next = s + strlen(s) + 1;
		eq = strchr(s, '=');
		*eq = '\0';
		if ((r = bash_set(s, eq + 1, true)) != BASH_SET)
			return set_fail(p, s, r, err);
	}
	return 0;
}

static void
shell_fini(struct state_shell *s)
{
	buf_fini(&s->vars);
}

static int
state_main(int argc, char **argv)
{
	__attribute__((cleanup(shell_fini))) struct state_shell shell = { .cache = &cache };
	struct state_opts o = { 0 };
	AUTO_BUF out = { 0 };
	AUTO_BUF err = { 0 };
	int status, first = options(&state_tool, &o, argc, argv, &err, &status);
	struct place p = { .tool = state_tool.name, .var = o.var, .array = o.array };

	if (first < 0)
		return finish(&err, status);
	if ((status = place_check(&p, &err)) != 0)
		return finish(&err, status);
	shell.text = p.var != NULL || p.array != NULL || bash_wants_text();
	o.nul |= o.array != NULL; /* an element may hold newlines */
	if (first + 1 == argc && strcmp(argv[first], "edit") == 0)
		bash_sync();
	status = state_cmd(&state_tool, &o, argc - first, argv + first, &shell, &out, &err);
	if (status == STATE_YES && shell.vars.len > 0)
		return finish(&err, set_all(&p, &shell.vars, &err));
	return finish(&err, deliver(&p, &out, &err, status));
}

int
fh_state_main(int argc, char **argv)
{
	return guarded(state_main, argc, argv);
}

/* --- fh-voicecheck ----------------------------------------------------------------------------------------------- */
/* Lines become pieces. */
static void
cut_lines(struct buf *out)
{
	size_t i;

	for (i = 0; i < out->len; i++) {
		if (out->data[i] == '\n')
			out->data[i] = '\0';
	}
}

static int
voicecheck_main(int argc, char **argv)
{
	struct voice_opts o = { .keys = NULL };
	AUTO_BUF out = { 0 };
	AUTO_BUF err = { 0 };
	int status, first = options(&voicecheck_tool, &o, argc, argv, &err, &status);
	struct place p = { .tool = voicecheck_tool.name, .var = o.var, .array = o.array };

	if (first < 0)
		return finish(&err, status);
	if ((status = place_check(&p, &err)) != 0)
		return finish(&err, status);
	status = voice_cmd(&o, argc - first, argv + first, &out, &err);
	if (o.array != NULL && !o.nul)
		cut_lines(&out);
	return finish(&err, deliver(&p, &out, &err, status));
}

int
fh_voicecheck_main(int argc, char **argv)
{
	return guarded(voicecheck_main, argc, argv);
}
