/* state: edits against a model on random documents, paths, words, salvage, normalizing as an invariant. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "js.h"
#include "js_fmt.h"
#include "js_text.h"
#include "js_view.h"
#include "mem.h"
#include "project.h"
#include "state.h"
#include "state_cmd.h"
#include "state_edit.h"
#include "state_norm.h"
#include "state_path.h"
#include "state_show.h"
#include "state_valid.h"
#include "state_words.h"

/* --- a model of JSON: a tree, printed in a style ------------------------------------------------------------------ */
struct node {
	enum js_type type;
	const char *text; /* of a scalar */
	const char **keys;
	struct node **v;
	size_t n;
};

static struct arena pool;
static unsigned seed;

static unsigned
dice(unsigned n)
{
	return (unsigned)rand_r(&seed) / 7 % n;
}

static const char *const scalars[] = { "0", "-0", "1.10", "1e5", "123456789012345678901234567890", "true", "false", "null", "\"\"",
	"\"a\"", "\"\\u00e9 \\ud83d\\ude00\"", "\"],}{[:\"", "\"\\\"\\\\\"", "\"\\n\"", "\"\\ud800\"", "NaN" };
static const char *const names[] = { "a", "b", "c", "0", "-1", "-", "x y", "q\"", "b\\s", "dot.ted", "sl/ash", "til~de", "", "\xc3\xa9",
	"scenes", "id", "flags", "errors" };

static struct node *
node_new(enum js_type t)
{
	struct node *x = arena_alloc(&pool, sizeof *x);

	*x = (struct node){ .type = t, .keys = arena_alloc(&pool, 64 * sizeof *x->keys), .v = arena_alloc(&pool, 64 * sizeof *x->v) };
	return x;
}

static size_t
find_key(const struct node *o, const char *key)
{
	size_t i;

	for (i = 0; i < o->n && (o->type != JS_OBJECT || strcmp(o->keys[i], key) != 0); i++)
		;
	return i;
}

static struct node *
any_node(int depth)
{
	unsigned r = dice(10), n, i;
	struct node *x;

	if (depth == 0 || r < 5) {
		x = node_new(JS_STRING);
		x->text = scalars[dice(ARRAY_LEN(scalars))];
		return x;
	}
	x = node_new(r < 7 ? JS_ARRAY : JS_OBJECT);
	for (i = 0, n = dice(5); i < n; i++) {
		const char *key = names[dice(ARRAY_LEN(names))];

		if (find_key(x, key) < x->n)
			continue;
		x->keys[x->n] = key;
		x->v[x->n++] = any_node(depth - 1);
	}
	return x;
}

struct style {
	const char *unit, *comma, *colon;
	bool wild; /* any space anywhere */
};

static const struct style styles[] = { { "  ", ", ", ": ", false }, { "\t", ", ", ": ", false }, { NULL, ", ", ": ", false },
	{ NULL, ",", ":", false }, { NULL, ",", ":", true } };

static void
space(struct buf *b, const struct style *s)
{
	static const char *const some[] = { "", "", " ", "\n", "\r\n\t", "  ", "\n    " };

	if (s->wild)
		buf_adds(b, some[dice(ARRAY_LEN(some))]);
}

static void
line(struct buf *b, const struct style *s, int depth)
{
	if (s->unit == NULL)
		return;
	buf_addc(b, '\n');
	while (depth-- > 0)
		buf_adds(b, s->unit);
}

static void
print(struct buf *b, const struct node *x, const struct style *s, int depth)
{
	size_t i;

	if (x->type == JS_STRING) {
		buf_adds(b, x->text);
		return;
	}
	buf_addc(b, x->type == JS_ARRAY ? '[' : '{');
	for (i = 0; i < x->n; i++) {
		if (i > 0)
			buf_adds(b, s->unit != NULL ? "," : s->comma);
		line(b, s, depth + 1);
		space(b, s);
		if (x->type == JS_OBJECT) {
			js_encode(b, x->keys[i], strlen(x->keys[i]));
			space(b, s);
			buf_adds(b, s->colon);
			space(b, s);
		}
		print(b, x->v[i], s, depth + 1);
		space(b, s);
	}
	if (x->n > 0)
		line(b, s, depth);
	buf_addc(b, x->type == JS_ARRAY ? ']' : '}');
}

static bool
same(const struct node *x, struct js v)
{
	struct js_iter it = js_iter(v);
	struct js key, value;
	size_t i;

	if (x->type == JS_STRING)
		return v.n == strlen(x->text) && memcmp(v.p, x->text, v.n) == 0;
	if (js_type(v) != x->type)
		return false;
	for (i = 0; js_next(&it, &key, &value); i++) {
		if (i == x->n || (key.p != NULL && !js_is(key, x->keys[i])) || !same(x->v[i], value))
			return false;
	}
	return i == x->n;
}

/* --- random places ----------------------------------------------------------------------------------------------- */
struct place {
	struct node *parent;
	size_t i;        /* in parent; parent->n: a new one */
	const char *key; /* of a member */
	struct buf field;
};

static void
add_part(struct buf *b, const char *part)
{
	for (buf_addc(b, '/'); *part != '\0'; part++) {
		if (*part == '~' || *part == '/')
			buf_adds(b, *part == '~' ? "~0" : "~1");
		else
			buf_addc(b, *part);
	}
}

static void
add_index(struct place *p, size_t i, bool may_be_negative)
{
	char text[24];

	if (may_be_negative && dice(3) == 0)
		snprintf(text, sizeof text, "-%zu", p->parent->n - i);
	else
		snprintf(text, sizeof text, "%zu", i);
	add_part(&p->field, text);
}

/* Walks down from root at random. fresh: ends at a place where nothing is. */
static bool
any_place(struct place *p, struct node *root, bool fresh)
{
	struct node *x = root;

	*p = (struct place){ 0 };
	for (;;) {
		bool stop = dice(3) == 0 || x->n == 0;

		p->parent = x;
		if (fresh && stop) {
			p->i = x->n;
			p->key = names[dice(ARRAY_LEN(names))];
			if (x->type == JS_OBJECT && find_key(x, p->key) < x->n)
				return false;
			add_part(&p->field, x->type == JS_ARRAY ? "-" : p->key);
			return true;
		}
		if (x->n == 0)
			return false;
		p->i = dice((unsigned)x->n);
		p->key = x->keys[p->i];
		if (x == root && p->i == 0)
			return false; /* the first member shows the style: it stays */
		if (x->type == JS_ARRAY)
			add_index(p, p->i, true);
		else
			add_part(&p->field, p->key);
		x = x->v[p->i];
		if (x->type == JS_STRING || (stop && !fresh))
			return !fresh;
	}
}

/* Dotted where it can be said so. */
static void
maybe_dotted(struct buf *field)
{
	char *p;

	if (dice(2) || strpbrk(field->data, ".~") != NULL || strstr(field->data, "//") != NULL || field->data[1] == '\0' ||
	    field->data[field->len - 1] == '/')
		return;
	buf_splice(field, 0, 1, "", 0);
	for (p = field->data; *p != '\0'; p++) {
		if (*p == '/')
			*p = '.';
	}
}

static void
node_drop(struct node *x, size_t i)
{
	memmove(x->v + i, x->v + i + 1, (x->n - i - 1) * sizeof *x->v);
	memmove(x->keys + i, x->keys + i + 1, (x->n - i - 1) * sizeof *x->keys);
	x->n--;
}

static struct node *
at(struct place *p)
{
	return p->parent->v[p->i];
}

/* One random edit of both. */
static void
edit_both(struct state *s, struct node *root, struct err *e)
{
	struct node *new = any_node(3);
	AUTO_BUF json = { 0 };
	unsigned what = dice(4);
	struct place p;
	int r = 0;

	if (any_place(&p, root, what == 0)) {
		maybe_dotted(&p.field);
		print(&json, new, &styles[dice(ARRAY_LEN(styles))], 0);
		if (what == 0) {
			p.parent->keys[p.parent->n] = p.key;
			p.parent->v[p.parent->n++] = new;
			r = state_set(s, p.field.data, json.data, e);
		} else if (what == 1) {
			p.parent->v[p.i] = new;
			r = state_set(s, p.field.data, json.data, e);
		} else if (what == 2) {
			node_drop(p.parent, p.i);
			r = state_delete(s, p.field.data, e);
		} else if (at(&p)->type == JS_ARRAY) {
			at(&p)->keys[at(&p)->n] = "";
			at(&p)->v[at(&p)->n++] = new;
			r = state_append(s, p.field.data, json.data, e);
		} else {
			AUTO_BUF got = { 0 };
			struct js v = state_get(state_root(s), p.field.data);

			buf_add(&got, v.p, v.n);
			ck_assert_msg(same(at(&p), v), "get %s: %s\n%s", p.field.data, buf_str(&got), s->text.data);
		}
		ck_assert_msg(r == 0, "%s: %s", p.field.data, e->msg);
	}
	buf_fini(&p.field);
}

static void
one_document(unsigned number)
{
	const struct style *style;
	AUTO_STATE s = STATE_INIT;
	AUTO_BUF want = { 0 };
	struct err e = { .msg = "" };
	struct node *root;
	int i;

	seed = number;
	style = &styles[dice(ARRAY_LEN(styles))];
	root = any_node(4);
	if (root->type != JS_OBJECT)
		root = node_new(JS_OBJECT);
	if (root->n == 0) {
		root->keys[0] = "first";
		root->v[root->n++] = any_node(2);
	}
	root->keys[0] = "first";
	print(&s.text, root, style, 0);
	buf_adds(&s.text, number % 2 ? "\n" : "");
	for (i = 0; i < 8; i++) {
		edit_both(&s, root, &e);
		ck_assert_msg(js_check(s.text.data, s.text.len, JS_PYTHON, &e) == 0, "%u: %s: %s", number, e.msg, s.text.data);
		ck_assert_msg(same(root, state_root(&s)), "%u: %s", number, s.text.data);
		if (style->wild)
			continue;
		buf_reset(&want);
		print(&want, root, style, 0);
		buf_adds(&want, number % 2 ? "\n" : "");
		ck_assert_msg(strcmp(want.data, s.text.data) == 0, "%u: got\n%s\nwant\n%s", number, s.text.data, want.data);
	}
	arena_reset(&pool);
}

#define MODEL_SECONDS 120

/* What an edit does is what the model does, in every layout to the byte; what it does not mean stays. */
START_TEST(edits_agree_with_a_model)
{
	const char *from = getenv("FH_SEED"), *count = getenv("FH_COUNT");
	unsigned i, first = from != NULL ? (unsigned)atoi(from) : 1, n = count != NULL ? (unsigned)atoi(count) : 20000;

	for (i = first; i < first + n; i++)
		one_document(i);
	arena_fini(&pool);
}
END_TEST

/* --- tables ------------------------------------------------------------------------------------------------------ */
static const struct {
	const char *text, *field, *new, *want; /* new: NULL to delete, "+..." to append */
} edits[] = {
	{ "{}", "a", "1", "{\n  \"a\": 1\n}" },
	{ "{}\n", "a.b", "1", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n" },
	{ "{\"a\":1}", "b", "[1,2]", "{\"a\":1,\"b\":[1,2]}" },
	{ "{\"a\": 1}", "b", "[1,2]", "{\"a\": 1, \"b\": [1, 2]}" },
	{ "{ \"a\": 1 }", "b", "2", "{ \"a\": 1, \"b\": 2 }" },
	{ "{\n\t\"a\": {}\n}", "a.x", "[0]", "{\n\t\"a\": {\n\t\t\"x\": [\n\t\t\t0\n\t\t]\n\t}\n}" },
	{ "{\n  \"a\": [1, 2]\n}", "a", "+3", "{\n  \"a\": [1, 2, 3]\n}" },
	{ "{\n  \"a\": { \"k\": [] }\n}", "a.k", "+3", "{\n  \"a\": { \"k\": [3] }\n}" },
	{ "{\r\n  \"a\": []\r\n}\r\n", "a", "+{\"x\":1}", "{\r\n  \"a\": [\r\n    {\r\n      \"x\": 1\r\n    }\r\n  ]\r\n}\r\n" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "a", "4", "{\"a\":1,\"b\":2,\"a\":4}" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "a", NULL, "{\"b\":2}" },
	{ "{\"a\":1,\"a\":3}", "a", NULL, "{}" },
	{ "{\n  \"a\": [\n    1\n  ]\n}", "a.0", NULL, "{\n  \"a\": []\n}" },
	{ "{\n  \"a\" : 1 ,\n\n  \"b\" : 2\n}", "b", NULL, "{\n  \"a\" : 1\n}" },
	{ "{\n  \"a\" : 1 ,\n\n  \"b\" : 2\n}", "a", NULL, "{\n  \"b\" : 2\n}" },
	{ "{\"a\":[1,[2,{\"x\":0}]]}", "a.1.1.x", "\"\xc3\xa9\"", "{\"a\":[1,[2,{\"x\":\"\\u00e9\"}]]}" },
	{ "{\"a\":[1]}", "a.-", "2", "{\"a\":[1,2]}" },
	{ "{\"a\":[1,2]}", "/a/-1", "5", "{\"a\":[1,5]}" },
	{ "{\"a.b\":1}", "/a.b", "2", "{\"a.b\":2}" },
	{ "{\"\":1}", "/", "2", "{\"\":2}" },
	{ "{\"a\":1}", "", "{\"z\":[]}", "{\"z\":[]}" },
};

START_TEST(edits_look_as_the_writer_would)
{
	AUTO_STATE s = STATE_INIT;
	struct err e = { .msg = "" };
	int r;

	buf_adds(&s.text, edits[_i].text);
	if (edits[_i].new == NULL)
		r = state_delete(&s, edits[_i].field, &e);
	else if (*edits[_i].new == '+')
		r = state_append(&s, edits[_i].field, edits[_i].new + 1, &e);
	else
		r = state_set(&s, edits[_i].field, edits[_i].new, &e);
	ck_assert_msg(r == 0, "%s", e.msg);
	ck_assert_str_eq(s.text.data, edits[_i].want);
	ck_assert(s.changed);
}
END_TEST

static const struct {
	const char *text, *field, *new;
} refused[] = { { "{\"a\":1}", "a.b", "1" }, { "{\"a\":[]}", "a.0", "1" }, { "{\"a\":[1]}", "a.x", "1" }, { "{\"a\":1}", "", "5" },
	{ "{\"a\":1}", "a", "+1" }, { "{\"a\":1}", "b", NULL }, { "{\"a\":[1]}", "a.1", NULL }, { "{\"a\":[1]}", "a.-2", NULL },
	{ "{\"a\":[1]}", "a.-", NULL }, { "{\"a\":[1]}", "a.-0", "2" }, { "{\"a\":[1]}", "a.01", "2" }, { "{}", "", NULL } };

START_TEST(edits_that_cannot_be)
{
	AUTO_STATE s = STATE_INIT;
	struct err e = { .msg = "" };
	int r;

	buf_adds(&s.text, refused[_i].text);
	if (refused[_i].new == NULL)
		r = state_delete(&s, refused[_i].field, &e);
	else if (*refused[_i].new == '+')
		r = state_append(&s, refused[_i].field, refused[_i].new + 1, &e);
	else
		r = state_set(&s, refused[_i].field, refused[_i].new, &e);
	ck_assert_int_eq(r, -1);
	ck_assert_str_ne(e.msg, "");
	ck_assert_str_eq(s.text.data, refused[_i].text);
}
END_TEST

/* What nobody could read afterwards is not made. */
START_TEST(no_edit_nests_too_deeply)
{
	AUTO_STATE s = STATE_INIT;
	AUTO_BUF field = { 0 };
	struct err e;
	int i;

	buf_adds(&s.text, "{}");
	for (i = 0; i < JS_DEPTH_MAX + 5; i++)
		buf_adds(&field, "/a");
	ck_assert_int_eq(state_set(&s, field.data, "1", &e), -1);
	field.len = 2 * (JS_DEPTH_MAX - 10);
	field.data[field.len] = '\0';
	ck_assert_int_eq(state_set(&s, field.data, "1", &e), 0);
	ck_assert_int_eq(js_check(s.text.data, s.text.len, JS_STRICT, &e), 0);
}
END_TEST

static const struct {
	const char *line, *words; /* joined by | */
} lines[] = { { "a b", "a|b" }, { " a  'b c' \"d \\\" $x\" e\\ f ", "a|b c|d \" $x|e f" }, { "", "" }, { "# a", "" }, { "a#b #c", "a#b" },
	{ "'' \"\"", "|" }, { "a'b'\"c\"", "abc" }, { "'a\nb'", "a\nb" }, { "\"\\n\"", "\\n" }, { "'$(x)' `y`", "$(x)|`y`" }, { "'a", NULL },
	{ "\"a\\\"", NULL }, { "a \\\n  b \\\nc\\\nd", "a|b|cd" }, { "a \\\n# b 'c", "a" } };

START_TEST(words_of_a_line)
{
	struct state_words w = { 0 };
	AUTO_BUF got = { 0 };
	struct err e;
	size_t i;
	int r = state_words_split(&w, lines[_i].line, &e);

	ck_assert_int_eq(r, lines[_i].words != NULL ? 0 : -1);
	for (i = 0; i < w.n; i++)
		buf_addf(&got, "%s%s", i > 0 ? "|" : "", w.v[i]);
	if (r == 0)
		ck_assert_str_eq(buf_str(&got), lines[_i].words);
	state_words_fini(&w);
}
END_TEST

START_TEST(lines_end_outside_quotes)
{
	ck_assert_uint_eq(state_words_line("a 'b\nc' d\ne"), 9);
	ck_assert_uint_eq(state_words_line("a # it's\ne"), 8);
	ck_assert_uint_eq(state_words_line("a\\\nb\nc"), 4);
	ck_assert_uint_eq(state_words_line("a \\\n# it's\nb"), 10);
	ck_assert_uint_eq(state_words_line("\"x\\\"\n\"\n"), 6);
	ck_assert_uint_eq(state_words_line("a"), 1);
}
END_TEST

static const struct {
	const char *text;
	enum state_salvage found;
	const char *object;
} wrecks[] = { { "", STATE_EMPTY, "" }, { " \n", STATE_EMPTY, "" }, { "{\"a\":1}", STATE_WHOLE, "{\"a\":1}" },
	{ "text {\"a\":\"}\"} more {", STATE_WHOLE, "{\"a\":\"}\"}" }, { "\xff\xfe{\"a\":1}\xff", STATE_WHOLE, "{\"a\":1}" },
	{ "{\"a\":1", STATE_BROKEN, "" }, { "{\"a\":1,}", STATE_BROKEN, "" }, { "[{}]", STATE_BROKEN, "" }, { "null", STATE_BROKEN, "" },
	{ "nothing", STATE_BROKEN, "" }, { "{\"a\":NaN}", STATE_WHOLE, "{\"a\":NaN}" }, { "{\"a\":\"\xff\"}", STATE_BROKEN, "" } };

START_TEST(what_is_salvaged)
{
	AUTO_BUF out = { 0 };
	struct err e;

	ck_assert_int_eq(state_salvage(wrecks[_i].text, strlen(wrecks[_i].text), &out, &e), wrecks[_i].found);
	ck_assert_str_eq(buf_str(&out), wrecks[_i].object);
}
END_TEST

/* Whatever object comes in, what goes out is JSON without errors, and stays as it is from then on. */
START_TEST(normal_is_valid_and_stays)
{
	static const char *const fields[] = { "project_name", "topic", "phase", "created_at", "run_count", "plan_file", "scenes",
		"current_scene_index", "errors", "history", "flags" };
	AUTO_BUF in = { 0 }, once = { 0 }, twice = { 0 }, said = { 0 };
	struct err e = { .msg = "" };
	unsigned i, k;

	for (i = 1; i < 3000; i++) {
		seed = i;
		buf_reset(&in);
		buf_reset(&once);
		buf_reset(&twice);
		buf_reset(&said);
		buf_adds(&in, "{\"x\":0");
		for (k = 0; k < ARRAY_LEN(fields); k++) {
			if (dice(5) == 0)
				continue;
			buf_addf(&in, ",\"%s\":", fields[k]);
			print(&in, any_node(4), &styles[4], 0);
		}
		buf_adds(&in, "}");
		state_norm(&once, js_root(in.data), "name", "2026-01-01T00:00:00Z");
		ck_assert_msg(js_check(once.data, once.len, JS_PYTHON, &e) == 0, "%s: %s", e.msg, once.data);
		ck_assert_msg(state_valid(&said, once.data, once.len) == 0, "%s%s", said.data, once.data);
		state_norm(&twice, js_root(once.data), "other", "2026-01-01T00:00:00Z");
		ck_assert_str_eq(once.data, twice.data);
		arena_reset(&pool);
	}
	arena_fini(&pool);
}
END_TEST

/* --- class names ------------------------------------------------------------------------------------------------- */
static const struct {
	const char *source, *class;
} classes[] = { { "class A(Scene):\n  x\nclass B(VoiceoverScene):\n", "B" }, { "class A(Scene):\nclass B(C):\n", "A" }, { "x = 1\n", NULL },
	{ "  class A(Scene):\n", NULL }, { "class A:\n", "A" }, { "class  A ( m.VoiceoverScene , B ) :  # x\n", "A" },
	{ "class A(\n    Scene,\n    VoiceoverScene,  # yes)\n):\n", "A" }, { "\"\"\"\nclass A(VoiceoverScene):\n\"\"\"\nclass B(S):\n", "B" },
	{ "# class A(VoiceoverScene):\nclass B(S): pass\n", "B" }, { "class A(Generic[VoiceoverScene]):\nclass B(VoiceoverScene):\n", "B" },
	{ "class A(metaclass=VoiceoverScene):\nclass B(VoiceoverScene):\n", "B" }, { "s = 'it\\'s'\nclass A(S):\n", "A" }, { "class\n", NULL },
	{ "classA(S):\n", NULL }, { "class A(S)\n", NULL }, { "class A(S", NULL }, { "class 1A(S):\n", NULL }, { "'''class", NULL },
	{ "class A(S):\r\nclass B(VoiceoverScene):\r\n", "B" }, { "x = \"'''\"\nclass A(S):\n", "A" } };

START_TEST(class_of_a_scene_file)
{
	AUTO_BUF out = { 0 };
	bool found = project_class(classes[_i].source, strlen(classes[_i].source), &out);

	ck_assert_int_eq(found, classes[_i].class != NULL);
	if (found)
		ck_assert_str_eq(out.data, classes[_i].class);
}
END_TEST

static const struct {
	const char *id, *class;
} ids[] = { { "scene_01_blue_dot", "Scene01BlueDot" }, { "scene_3", "Scene3" }, { "scene_1_a__b", "Scene1AB" }, { "scene_", NULL },
	{ "scene_1_", NULL }, { "scene_1x", NULL }, { "scene_1_A", NULL }, { "x_1", NULL }, { "scene_10_2nd", "Scene102nd" } };

START_TEST(class_of_an_id)
{
	AUTO_BUF out = { 0 };

	ck_assert_int_eq(project_class_of_id(ids[_i].id, &out), ids[_i].class != NULL);
	ck_assert_str_eq(buf_str(&out), ids[_i].class != NULL ? ids[_i].class : "");
}
END_TEST

/* Nothing is left open, whatever happens. */
START_TEST(no_descriptor_is_left)
{
	char dir[] = "/tmp/fh-state-test.XXXXXX", path[80];
	struct err e;
	int before = dup(0), i, after;

	close(before);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s.json", dir);
	ck_assert_int_eq(state_create(path, "{\"a\":1}", 7, 0600, false, 0, &e), 0);
	ck_assert_int_eq(state_create(path, "{}", 2, 0600, false, 0, &e), -1);
	for (i = 0; i < 3; i++) {
		AUTO_STATE s = STATE_INIT, second = STATE_INIT;

		ck_assert_int_eq(state_open(&s, path, STATE_EDIT, 0, &e), 0);
		ck_assert_int_eq(state_open(&second, path, STATE_EDIT, CLOCK_MS, &e), -1);
		ck_assert_int_eq(e.code, EWOULDBLOCK);
		ck_assert_int_eq(state_set(&s, "a", "2", &e), 0);
		ck_assert_int_eq(state_save(&s, &e), 0);
	}
	ck_assert_int_eq(state_open(&(struct state)STATE_INIT, dir, STATE_READ, 0, &e), -1);
	unlink(path);
	rmdir(dir);
	after = dup(0);
	close(after);
	ck_assert_int_eq(before, after);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("state");
	TCase *t = tcase_create("state"), *model = tcase_create("model");
	SRunner *r;
	int failed;

	if (getenv("CK_DEFAULT_TIMEOUT") == NULL) /* Check's 4 s are too few for so many documents where others work too */
		tcase_set_timeout(model, MODEL_SECONDS);
	tcase_add_test(model, edits_agree_with_a_model);
	suite_add_tcase(s, model);
	tcase_add_loop_test(t, edits_look_as_the_writer_would, 0, ARRAY_LEN(edits));
	tcase_add_loop_test(t, edits_that_cannot_be, 0, ARRAY_LEN(refused));
	tcase_add_test(t, no_edit_nests_too_deeply);
	tcase_add_loop_test(t, words_of_a_line, 0, ARRAY_LEN(lines));
	tcase_add_test(t, lines_end_outside_quotes);
	tcase_add_loop_test(t, what_is_salvaged, 0, ARRAY_LEN(wrecks));
	tcase_add_test(t, normal_is_valid_and_stays);
	tcase_add_loop_test(t, class_of_a_scene_file, 0, ARRAY_LEN(classes));
	tcase_add_loop_test(t, class_of_an_id, 0, ARRAY_LEN(ids));
	tcase_add_test(t, no_descriptor_is_left);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
