/* Decides what the verbs on fields, flags, errors and history do with their operands. Must never know files or locks. */
#include <string.h>

#include "js_edit.h"
#include "js_text.h"
#include "js_view.h"
#include "state_edit.h"
#include "state_path.h"
#include "state_phase.h"
#include "state_show.h"
#include "state_verb.h"

/* Code for the shell, or for one that has us inside, what the code would set. */
static int
show_load(struct state_call *c, struct state *s, struct err *e)
{
	if (c->shell != NULL && !c->shell->text)
		return state_show_load(&c->shell->vars, state_root(s), true, e);
	return state_show_load(c->out, state_root(s), false, e);
}

int
state_verb_load(struct state_call *c, struct state *s, struct err *e)
{
	return show_load(c, s, e);
}

int
state_verb_invalidate(struct state_call *c, struct state *s, struct err *e)
{
	(void)s;
	(void)e;
	if (c->shell != NULL && !c->shell->text)
		state_show_invalid(&c->shell->vars, true);
	else
		state_show_invalid(c->out, false);
	return STATE_YES;
}

/* What cannot be shown afterwards is not saved: a caller that evaluates our output must not be left with a state it cannot see. */
int
state_verb_increment(struct state_call *c, struct state *s, struct err *e)
{
	if (state_increment(s, c->now, e) < 0)
		return -1;
	return show_load(c, s, e);
}

static void
get_put(struct state_call *c, struct js v)
{
	const struct js none = { 0 };

	if (c->o->array != NULL && js_type(v) == JS_ARRAY) {
		state_verb_list(c, v);
	} else if (js_type(v) > JS_NULL || c->o->fallback == NULL) {
		state_verb_put(c, js_type(v) == JS_NULL ? none : v);
	} else {
		buf_adds(c->out, c->o->fallback);
		buf_addc(c->out, c->o->nul ? '\0' : '\n');
	}
}

int
state_verb_get(struct state_call *c, struct state *s, struct err *e)
{
	int i, status = STATE_YES;
	struct js v;

	(void)e;
	for (i = 0; i < c->argc; i++) {
		v = state_get(state_root(s), c->argv[i]);
		if (js_type(v) <= JS_NULL && c->o->fallback == NULL)
			status = STATE_NO;
		if (c->argc > 1 || status == STATE_YES) /* several keep their lines, so that each stays in its place */
			get_put(c, v);
	}
	if (c->o->quiet)
		buf_reset(c->out);
	return status;
}

int
state_verb_set(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF json = { 0 };
	int i, r;

	if (c->argc % 2 != 0)
		return state_verb_usage(e, "set: %s: no value", c->argv[c->argc - 1]);
	for (i = 0; i < c->argc; i += 2) {
		buf_reset(&json);
		r = state_verb_value(c->o, c->argv[i + 1], state_get(state_root(s), c->argv[i]), &json, e);
		if (r != 0)
			return r;
		if (state_set(s, c->argv[i], json.data, e) < 0)
			return -1;
	}
	return STATE_YES;
}

int
state_verb_delete(struct state_call *c, struct state *s, struct err *e)
{
	int i;

	for (i = 0; i < c->argc; i++) {
		if (state_delete(s, c->argv[i], e) < 0)
			return -1;
	}
	return STATE_YES;
}

int
state_verb_append(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF json = { 0 };
	int i, r;

	for (i = 1; i < c->argc; i++) {
		buf_reset(&json);
		if ((r = state_verb_value(c->o, c->argv[i], (struct js){ 0 }, &json, e)) != 0)
			return r;
		if (state_append(s, c->argv[0], json.data, e) < 0)
			return -1;
	}
	return STATE_YES;
}

int
state_verb_touch(struct state_call *c, struct state *s, struct err *e)
{
	return state_touch(s, c->now, e);
}

/* Prints the field, as get does. */
static int
show_field(struct state_call *c, struct state *s, const char *field)
{
	struct js v = state_get(state_root(s), field);

	if (js_type(v) <= JS_NULL)
		return STATE_NO;
	state_verb_put(c, v);
	return STATE_YES;
}

int
state_verb_phase(struct state_call *c, struct state *s, struct err *e)
{
	if (c->argc == 0)
		return show_field(c, s, "phase");
	if (state_phase(c->argv[0], strlen(c->argv[0])) < 0)
		return state_verb_usage(e, "%s: no such phase; there are: %s", c->argv[0], state_phase_names);
	return state_set_text(s, "phase", c->argv[0], strlen(c->argv[0]), e);
}

/* 1, 0, or -1 for no such word. */
static int
truth(const char *word)
{
	static const char *const words[] = { "off", "on", "false", "true", "no", "yes", "0", "1" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(word, words[i]) == 0)
			return (int)(i % 2);
	}
	return -1;
}

int
state_verb_flag(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF field = { 0 };
	size_t i;
	int on;

	for (i = 0; i < STATE_FLAGS && strcmp(c->argv[0], state_flags[i]) != 0; i++)
		;
	if (i == STATE_FLAGS)
		return state_verb_usage(e, "%s: no such flag (%s, %s, %s)", c->argv[0], state_flags[0], state_flags[1],
		    state_flags[2]);
	buf_addf(&field, "flags.%s", c->argv[0]);
	if (c->argc == 1 && c->o->quiet)
		return js_truthy(state_get(state_root(s), field.data)) ? STATE_YES : STATE_NO;
	if (c->argc == 1)
		return show_field(c, s, field.data);
	if ((on = truth(c->argv[1])) < 0)
		return state_verb_usage(e, "%s: a flag is on or off", c->argv[1]);
	return state_set(s, field.data, on ? "true" : "false", e);
}

static int
error_clear(struct state_call *c, struct state *s, struct err *e)
{
	static const char *const every[] = { "" };
	const char *const *prefixes = c->o->all ? every : (const char *const *)c->argv + 1;
	size_t count;
	int i;

	if ((c->argc == 1) != c->o->all)
		return state_verb_usage(e, "error clear: give prefixes, or --all");
	for (i = 1; i < c->argc; i++) {
		if (*c->argv[i] == '\0')
			return state_verb_usage(e, "error clear: an empty prefix is every error: say --all");
	}
	return state_error_clear(s, prefixes, c->o->all ? 1 : (size_t)c->argc - 1, &count, e);
}

int
state_verb_error(struct state_call *c, struct state *s, struct err *e)
{
	int i;

	if (c->argc == 0 || strcmp(c->argv[0], "list") == 0) {
		state_verb_list(c, state_get(state_root(s), "errors"));
		return STATE_YES;
	}
	if (strcmp(c->argv[0], "clear") == 0)
		return error_clear(c, s, e);
	if (strcmp(c->argv[0], "add") != 0 || c->argc < 2)
		return state_verb_usage(e, "error: use add TEXT, clear PREFIX, or list");
	for (i = 1; i < c->argc; i++) {
		if (state_error_add(s, c->argv[i], strlen(c->argv[i]), e) < 0)
			return -1;
	}
	return STATE_YES;
}

/* NAME=VALUE words -> an object of strings; the value @now is the time. */
static int
history_fields(struct state_call *c, struct buf *json, struct err *e)
{
	const char *eq;
	int i;

	for (i = 1; i < c->argc; i++) {
		eq = strchr(c->argv[i], '=');
		if (eq == NULL || eq == c->argv[i])
			return state_verb_usage(e, "history add --fields: %s: not NAME=VALUE", c->argv[i]);
		buf_adds(json, i == 1 ? "{" : ", ");
		js_encode(json, c->argv[i], (size_t)(eq - c->argv[i]));
		buf_adds(json, ": ");
		eq = strcmp(eq + 1, "@now") == 0 ? c->now : eq + 1;
		js_encode(json, eq, strlen(eq));
	}
	buf_addc(json, '}');
	return 0;
}

int
state_verb_history(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF json = { 0 };
	struct state_opts o = *c->o;
	int i, r;

	if (c->argc == 0 || strcmp(c->argv[0], "list") == 0) {
		state_verb_list(c, state_get(state_root(s), "history"));
		return STATE_YES;
	}
	if (strcmp(c->argv[0], "add") != 0 || c->argc < 2)
		return state_verb_usage(e, "history: use add TEXT, or list");
	if (o.fields) {
		if ((r = history_fields(c, &json, e)) != 0)
			return r;
		return state_history_add(s, json.data, e);
	}
	o.string = !o.json;
	for (i = 1; i < c->argc; i++) {
		buf_reset(&json);
		if ((r = state_verb_value(&o, c->argv[i], (struct js){ 0 }, &json, e)) != 0)
			return r;
		if (state_history_add(s, json.data, e) < 0)
			return -1;
	}
	return STATE_YES;
}
