/* Decides which verb runs on which file, under which lock, and what the exit status is. Must never know what a verb does.
 * Invariants: 1. a state is saved once, after every verb of the call has said yes (run_edit). 2. nothing is put out before that. */
#include "state_cmd.h"

#include <errno.h>
#include <string.h>

#include "io.h"
#include "js_view.h"
#include "mem.h"
#include "near.h"
#include "mount.h"
#include "num.h"
#include "state_edit.h"
#include "state_words.h"

#define STDIN_MAX ((size_t)64 << 20)
#define RETRIES 20 /* after somebody wrote the file without a lock */

const struct state_verb state_verbs[] = {
	{ "load", STATE_VERB_READ, 0, 0, state_verb_load },
	{ "invalidate", STATE_VERB_FREE, 0, 0, state_verb_invalidate },
	{ "increment", STATE_VERB_EDIT, 0, 0, state_verb_increment },
	{ "get", STATE_VERB_READ, 1, -1, state_verb_get },
	{ "set", STATE_VERB_EDIT, 1, -1, state_verb_set },
	{ "delete", STATE_VERB_EDIT, 1, -1, state_verb_delete },
	{ "append", STATE_VERB_EDIT, 2, -1, state_verb_append },
	{ "phase", STATE_VERB_ASK, 0, 1, state_verb_phase },
	{ "flag", STATE_VERB_ASK, 1, 2, state_verb_flag },
	{ "error", STATE_VERB_ASK, 0, -1, state_verb_error },
	{ "history", STATE_VERB_ASK, 0, -1, state_verb_history },
	{ "touch", STATE_VERB_EDIT, 0, 0, state_verb_touch },
	{ "scenes", STATE_VERB_READ, 0, 0, state_verb_scenes },
	{ "scene", STATE_VERB_ASK, 0, -1, state_verb_scene },
	{ "mark", STATE_VERB_EDIT, 2, 2, state_verb_mark },
	{ "repair-metadata", STATE_VERB_EDIT, 0, 0, state_verb_repair },
	{ "normalize", STATE_VERB_FREE, 0, 0, state_verb_normalize },
	{ "apply", STATE_VERB_FREE, 0, 0, state_verb_apply },
	{ "validate", STATE_VERB_FREE, 0, 0, state_verb_validate },
	{ "backup", STATE_VERB_FREE, 0, 0, state_verb_backup },
	{ "restore", STATE_VERB_FREE, 0, 0, state_verb_restore },
	{ "new", STATE_VERB_FREE, 0, 0, state_verb_new },
};
const size_t state_nverbs = ARRAY_LEN(state_verbs);

/* Whether the operands ask only: "phase" does and "phase plan" does not; "error list" does. */
static bool
is_question(const struct state_verb *v, int argc, char **argv)
{
	static const char *const words[] = { "list", "current", "get" };
	size_t i;

	if (v->kind != STATE_VERB_ASK)
		return v->kind == STATE_VERB_READ;
	if (argc == 0 || (argc == 1 && v->fn == state_verb_flag))
		return true;
	for (i = 0; i < ARRAY_LEN(words) && v->fn != state_verb_flag && v->fn != state_verb_phase; i++) {
		if (strcmp(argv[0], words[i]) == 0)
			return true;
	}
	return false;
}

static const struct state_verb *
verb_find(const char *name, struct err *e)
{
	struct near near = { .word = name, .len = strlen(name) };
	size_t i;

	for (i = 0; i < state_nverbs; i++) {
		if (strcmp(state_verbs[i].name, name) == 0)
			return &state_verbs[i];
	}
	for (i = 0; i < state_nverbs; i++)
		near_try(&near, state_verbs[i].name, strlen(state_verbs[i].name));
	if (near.best != NULL)
		err_set(e, 0, "%s: no such verb (did you mean %.*s?)", name, (int)near.best_len, near.best);
	else
		err_set(e, 0, "%s: no such verb", name);
	return NULL;
}

static int
check_count(const struct state_verb *v, int argc, struct err *e)
{
	if (argc < v->min)
		return state_verb_usage(e, "%s: operand missing", v->name);
	if (v->max >= 0 && argc > v->max)
		return state_verb_usage(e, "%s: too many operands", v->name);
	return 0;
}

/* -1 with words -> the exit status they mean. */
static int
status_of(int r, const struct err *e)
{
	return r >= 0 ? r : e->code != 0 ? STATE_WORLD : STATE_NO;
}

/* The verb, and what --touch adds. */
static int
run_verb(const struct state_verb *v, struct state_call *c, struct state *s, struct err *e)
{
	int r = v->fn(c, s, e);

	if (r == STATE_YES && c->o->touch && !is_question(v, c->argc, c->argv) && state_touch(s, c->now, e) < 0)
		return -1;
	return r;
}

/* All that an answer hangs on beside the text: options and words. Nothing for `load`, which sets variables too. */
static void
answer_key(const struct state_verb *v, const struct state_call *c, struct buf *key)
{
	const struct state_opts *o = c->o;
	int i;

	if (v->fn == state_verb_load)
		return;
	buf_adds(key, v->name);
	buf_addc(key, (char)(1 | o->json << 1 | o->nul << 2 | o->quiet << 3 | (o->array != NULL) << 4 | (o->fallback != NULL) << 5));
	if (o->fallback != NULL)
		buf_add(key, o->fallback, strlen(o->fallback) + 1);
	for (i = 0; i < c->argc; i++)
		buf_add(key, c->argv[i], strlen(c->argv[i]) + 1);
}

/* In a shell: on the state that is kept, and answered from what was answered before. */
static int
run_kept(const struct state_verb *v, struct state_call *c, struct err *e)
{
	struct state *s = state_cache_get(c->shell->cache, c->path, e);
	AUTO_BUF key = { 0 };
	int r;

	if (s == NULL)
		return -1;
	answer_key(v, c, &key);
	if (state_cache_recall(c->shell->cache, key.data, key.len, c->out, &r))
		return r;
	r = v->fn(c, s, e);
	if (key.len > 0 && r >= 0 && r <= STATE_NO && c->err->len == 0 && e->msg[0] == '\0')
		state_cache_keep(c->shell->cache, key.data, key.len, c->out, r);
	return r;
}

static int
run_read(const struct state_verb *v, struct state_call *c, struct err *e)
{
	AUTO_STATE s = STATE_INIT;

	if (c->shell != NULL)
		return run_kept(v, c, e);
	if (state_open(&s, c->path, STATE_READ, 0, e) < 0)
		return -1;
	return v->fn(c, &s, e);
}

/* Runs do(arg) on the state and saves. Where somebody wrote the file meanwhile without a lock, all is done anew on what is there then. */
typedef int edit_fn(void *arg, struct state *s, struct err *e);
static int
run_edit(struct state_call *c, edit_fn *fn, void *arg, struct err *e)
{
	int r, i;

	for (i = 0; i < RETRIES; i++) {
		AUTO_STATE s = STATE_INIT;

		buf_reset(c->out);
		buf_reset(c->err);
		if (c->shell != NULL)
			buf_reset(&c->shell->vars);
		e->code = 0;
		if (state_open(&s, c->path, STATE_EDIT, c->wait_ns, e) < 0)
			return -1;
		if ((r = fn(arg, &s, e)) != STATE_YES)
			return r;
		if (state_save(&s, e) == 0)
			return STATE_YES;
		if (e->code != ESTALE)
			return -1;
	}
	return -1;
}

struct one {
	const struct state_verb *v;
	struct state_call *c;
};

static int
edit_one(void *arg, struct state *s, struct err *e)
{
	struct one *one = arg;

	return run_verb(one->v, one->c, s, e);
}

static int
run(const struct state_verb *v, struct state_call *c, struct err *e)
{
	struct one one = { .v = v, .c = c };
	int r = check_count(v, c->argc, e);

	if (r != 0)
		return r;
	if (v->kind == STATE_VERB_FREE)
		return v->fn(c, NULL, e);
	if (is_question(v, c->argc, c->argv))
		return run_read(v, c, e);
	return run_edit(c, edit_one, &one, e);
}

/* --- edit: several verbs, all or none ---------------------------------------------------------------------------- */
struct lines {
	const struct tool *t;
	struct state_call *c;
	char **v;   /* lines, or words (borrowed) */
	int n;
	bool words; /* v are words, and a word "," ends a command */
};

/* One line, split already: words[0] is the tool's name, then verb, options and operands. */
static int
edit_words(struct lines *l, int n, char **words, struct state *s, struct err *e)
{
	struct state_opts o = *l->c->o; /* options of edit itself count for each of its commands */
	struct state_call c = *l->c;
	const struct state_verb *v;
	int first, r;

	o.touch = false;
	if (opt_parse(l->t, &o, n, words, &first, e) != OPT_RUN)
		return STATE_USAGE;
	if (o.var != NULL || o.array != NULL)
		return state_verb_usage(e, "--%s: not within edit", o.var != NULL ? "variable" : "array");
	if (first == n)
		return state_verb_usage(e, "verb missing");
	if ((v = verb_find(words[first], e)) == NULL)
		return STATE_USAGE;
	c.o = &o;
	c.argc = n - first - 1;
	c.argv = words + first + 1;
	if (v->kind == STATE_VERB_FREE)
		return state_verb_usage(e, "%s: not within edit", v->name);
	if ((r = check_count(v, c.argc, e)) != 0)
		return r;
	return run_verb(v, &c, s, e);
}

/* One command: line v[*i], or the words from there to the next ",". Moves *i behind it. */
static int
edit_command(struct lines *l, int *i, struct state *s, struct err *e)
{
	struct state_words w = { 0 };
	int r = 0;

	state_words_add(&w, "fh-state");
	if (l->words) {
		for (; *i < l->n && strcmp(l->v[*i], ",") != 0; ++*i)
			state_words_add(&w, l->v[*i]);
	} else {
		r = state_words_split(&w, l->v[*i], e);
	}
	++*i;
	if (r < 0)
		r = STATE_USAGE;
	else
		r = w.n == 1 ? STATE_YES : edit_words(l, (int)w.n, w.v, s, e);
	state_words_fini(&w);
	return r;
}

static int
edit_all(void *arg, struct state *s, struct err *e)
{
	struct lines *l = arg;
	int i = 0, number = 1, r;

	for (; i < l->n; number++) {
		if ((r = edit_command(l, &i, s, e)) != STATE_YES) {
			if (e->msg[0] == '\0')
				err_set(e, 0, "the answer is no");
			err_wrap(e, "edit: command %d", number);
			return r;
		}
	}
	if (l->c->o->touch && state_touch(s, l->c->now, e) < 0)
		return -1;
	return STATE_YES;
}

/* Cuts text into lines; a line end inside quotes belongs to its word. */
static void
split_lines(char *text, struct lines *l, size_t *cap)
{
	char *end;

	for (; *text != '\0'; text = end) {
		l->v = xgrow(l->v, (size_t)l->n, cap, sizeof *l->v);
		l->v[l->n++] = text;
		end = text + state_words_line(text);
		if (*end != '\0')
			*end++ = '\0';
	}
}

static int
run_lines(const struct tool *t, struct state_call *c, struct err *e)
{
	struct lines l = { .t = t, .c = c, .v = c->argv, .n = c->argc };
	AUTO_FREE char **own = NULL;
	AUTO_BUF text = { 0 };
	size_t cap = 0;
	int r, i;

	if (c->argc == 0) {
		if ((r = io_slurp(0, &text, STDIN_MAX)) < 0)
			return err_sys(e, -r, "standard input");
		if (text.len > 0 && strlen(text.data) != text.len)
			return state_verb_usage(e, "standard input: NUL byte");
		l.v = NULL;
		if (text.len > 0)
			split_lines(text.data, &l, &cap);
		own = l.v;
	}
	for (i = 0; i < c->argc; i++)
		l.words |= strcmp(c->argv[i], ",") == 0;
	return run_edit(c, edit_all, &l, e);
}

/* --load: once all is done, what load says in place of what was said. Where the file was changed again meanwhile, that is what it tells. */
static int
then_load(struct state_call *c, int r, struct err *e)
{
	if (r != STATE_YES || !c->o->load)
		return r;
	buf_reset(c->out);
	if (c->shell != NULL)
		buf_reset(&c->shell->vars);
	return run_read(&state_verbs[0], c, e);
}

/* --- the call ---------------------------------------------------------------------------------------------------- */
static bool
is_json_name(const char *s)
{
	size_t n = strlen(s);

	return n > 5 && strcmp(s + n - 5, ".json") == 0;
}

/* Takes verb and file from the operands: VERB [FILE] ..., or FILE VERB .... */
static const char *
take_verb(const struct state_opts *o, int *argc, char ***argv, const char **file)
{
	const char *verb;

	*file = o->file;
	if (*file == NULL && *argc > 1 && is_json_name((*argv)[0])) {
		*file = *(*argv)++;
		--*argc;
	}
	verb = *(*argv)++;
	--*argc;
	if (*file == NULL && *argc > 0 && is_json_name((*argv)[0])) {
		*file = *(*argv)++;
		--*argc;
	}
	return verb;
}

static int
wait_option(const struct state_opts *o, int64_t *ns, struct err *e)
{
	const char *text = o->wait != NULL ? o->wait : getenv("FH_LOCK_WAIT");

	*ns = STATE_WAIT_NS;
	if (text == NULL || *text == '\0' || num_duration(text, ns, e) == 0)
		return 0;
	err_wrap(e, "%s", o->wait != NULL ? "--wait" : "$FH_LOCK_WAIT");
	return STATE_USAGE;
}

/* Who changes a state from several machines relies on the lock. */
static void
tell_doubt(const struct state_call *c)
{
	const char *doubt = mount_doubt_at(c->path);

	if (doubt != NULL)
		buf_addf(c->err, "fh-state: warning: %s: its lock may not keep out other machines: %s\n", c->path, doubt);
}

static int
call(const struct tool *t, const struct state_opts *o, int argc, char **argv, struct state_shell *shell, struct buf *out,
     struct buf *err, struct err *e)
{
	struct state_call c = { .o = o, .shell = shell, .out = out, .err = err };
	AUTO_BUF path = { 0 }, folder = { 0 };
	const struct state_verb *v = NULL;
	const char *verb, *file;
	int r;

	if (argc == 0)
		return state_verb_usage(e, "verb missing: try fh-state --help");
	verb = take_verb(o, &argc, &argv, &file);
	if (strcmp(verb, "edit") != 0 && (v = verb_find(verb, e)) == NULL)
		return STATE_USAGE;
	if ((r = wait_option(o, &c.wait_ns, e)) != 0)
		return r;
	state_find(file, o->project_dir, &path);
	state_folder(&folder, path.data);
	c.path = path.data;
	c.folder = o->project_dir != NULL ? o->project_dir : folder.data;
	c.argc = argc;
	c.argv = argv;
	if (v == NULL || v->kind != STATE_VERB_READ)
		clock_utc(clock_wall_ns(), c.now);
	r = v != NULL ? run(v, &c, e) : run_lines(t, &c, e);
	if (r == STATE_YES && c.now[0] != '\0')
		tell_doubt(&c);
	return then_load(&c, r, e);
}

int
state_cmd(const struct tool *t, const struct state_opts *o, int argc, char **argv, struct state_shell *shell, struct buf *out,
          struct buf *err)
{
	struct err e = { .code = 0 };
	int status = status_of(call(t, o, argc, argv, shell, out, err, &e), &e);

	if (status != STATE_YES && e.msg[0] != '\0') {
		buf_reset(out);
		buf_addf(err, "fh-state: %s\n", e.msg);
	}
	return status;
}
