/* Decides what fh-voicecheck says, on which stream, and with which exit status: verdicts on stdout, as the validator before it had them,
 * failures on stderr. Must never know how a verdict is reached (voice.c, voice_keys.c) nor who prints. */
#include "voice_cmd.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "js_put.h"
#include "js_text.h"
#include "voice.h"
#include "voice_keys.h"

struct say {
	const struct voice_opts *o;
	struct buf *out, *err;
};

/* --- output ------------------------------------------------------------------------------------------------------ */
static void
complain(struct say *s, const struct err *e)
{
	buf_addf(s->err, "fh-voicecheck: %s\n", e->msg);
}

static int
fail(struct say *s, const struct err *e, int status)
{
	complain(s, e);
	buf_reset(s->out);
	return status;
}

/* A key on a line: a backslash and control characters as printf's %b reads them. With nul as it is (a NUL inside, which
 * no shell could hold, is written as \0000 there too). */
static void
key_put(struct buf *out, const char *key, size_t n, bool nul)
{
	static const char letters[] = "\a\b\t\n\v\f\r";
	const char *end = key + n, *l;

	for (; key < end; key++) {
		if (*key == '\0' || (!nul && ((unsigned char)*key < 0x20 || *key == 0x7f))) {
			if (*key != '\0' && (l = strchr(letters, *key)) != NULL)
				buf_addf(out, "\\%c", "abtnvfr"[l - letters]);
			else
				buf_addf(out, "\\0%03o", (unsigned char)*key);
		} else if (!nul && *key == '\\')
			buf_adds(out, "\\\\");
		else
			buf_addc(out, *key);
	}
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

static bool
key_asked(const char *which, enum voice_need need)
{
	if (which[0] == '\0')
		return need != VOICE_KEY_FRESH;
	if (strcmp(which, "need") == 0)
		return need == VOICE_KEY_STALE || need == VOICE_KEY_MISSING || need == VOICE_KEY_BROKEN;
	return strcmp(which, "all") == 0 || strcmp(which, voice_need_name[need]) == 0;
}

static void
keys_lines(const struct voice_opts *o, const struct voice_keys *k, struct buf *out)
{
	bool named = o->keys[0] == '\0' || strcmp(o->keys, "all") == 0;
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (!key_asked(o->keys, k->v[i].need))
			continue;
		if (named)
			buf_addf(out, "%s\t", voice_need_name[k->v[i].need]);
		key_put(out, k->v[i].key, k->v[i].n, o->nul);
		buf_addc(out, o->nul ? '\0' : '\n');
	}
}

/* {"stale": ["a", "b"], ...}: every state, also where it has no keys. */
static void
keys_json(const struct voice_keys *k, struct buf *out)
{
	size_t need, i, n;

	for (need = 0; need < VOICE_NNEEDS; need++) {
		buf_addf(out, "%s\"%s\": [", need == 0 ? ", \"keys\": {" : "], ", voice_need_name[need]);
		for (i = n = 0; i < k->n; i++) {
			if (k->v[i].need != need)
				continue;
			buf_adds(out, n++ > 0 ? ", " : "");
			js_encode(out, k->v[i].key, k->v[i].n);
		}
	}
	buf_adds(out, "]}");
}

/* Why keys are broken, for people: the lines of --keys have no room for it. */
static void
keys_explain(struct say *s, const struct voice_keys *k)
{
	struct err e;
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->v[i].why == NULL)
			continue;
		err_set(&e, 0, "%.*s: %s", (int)(k->v[i].n < 200 ? k->v[i].n : 200), k->v[i].key, k->v[i].why);
		complain(s, &e);
	}
}

/* --- the whole --------------------------------------------------------------------------------------------------- */

static void
verdict_json(const struct voice *v, bool valid, struct buf *out)
{
	js_put_bool(out, "valid", valid);
	js_put_text(out, "verdict", voice_verdict_name[v->verdict]);
	js_put_text(out, "message", buf_str(&v->say));
	js_put_text(out, "folder", buf_str(&v->folder));
	js_put_text(out, "hash", v->hash[0] != '\0' ? v->hash : NULL);
	js_put_text(out, "cached_hash", v->has_cached ? buf_str(&v->cached) : NULL);
}

/* The sounds that cannot be played, as lines or JSON. Returns their number. */
static size_t
faults_put(const struct voice_opts *o, const struct voice *v, struct buf *out)
{
	struct js_iter it = js_iter(v->index);
	size_t i = SIZE_MAX, n = 0;
	AUTO_BUF file = { 0 };
	AUTO_BUF line = { 0 };
	struct err e;

	buf_adds(out, o->json ? ", \"audio\": [" : "");
	for (; voice_fault_next(v, &it, &i, &file, &e) != 0; n++) {
		if (o->json) {
			buf_addf(out, "%s{\"entry\": %zu, \"file\": ", n > 0 ? ", " : "", i);
			js_encode(out, buf_str(&file), file.len);
			buf_adds(out, ", \"problem\": ");
			js_encode(out, e.msg, strlen(e.msg));
			buf_addc(out, '}');
			continue;
		}
		buf_reset(&line);
		buf_addf(&line, "❌ Cache entry %zu: %s: %s", i, buf_str(&file), e.msg);
		err_harmless(line.data, line.len);
		buf_addf(out, "%s\n", line.data);
	}
	buf_adds(out, o->json ? "]" : "");
	return n;
}

static bool
is_valid(const struct voice *v)
{
	return v->verdict == VOICE_FRESH || v->verdict == VOICE_NO_HASH;
}

/* Whether the index can be relied on, and the script is there and text. */
static bool
is_usable(const struct voice *v)
{
	return is_valid(v) || (v->verdict == VOICE_CHANGED && v->hash[0] != '\0');
}

static int
update(struct say *s, struct voice *v)
{
	struct err e;

	if (s->o->update && !s->o->dry_run && is_usable(v) && voice_update(v, &e) < 0)
		return fail(s, &e, VOICE_WORLD);
	return VOICE_YES;
}

/* --keys: the verdict on the cache as a whole is not asked, only noted where the index or the script is at fault. */
static int
run_keys(struct say *s, struct voice *v)
{
	const struct voice_opts *o = s->o;
	AUTO_VOICE_KEYS k = { 0 };
	struct err e;
	size_t need;
	int r;

	if (v->verdict == VOICE_NO_SCRIPT || v->verdict == VOICE_BAD_INDEX) {
		err_set(&e, 0, "%s", buf_str(&v->say));
		complain(s, &e);
		if (v->verdict == VOICE_NO_SCRIPT)
			return VOICE_NO;
	}
	if (voice_keys(v, o->audio, &k, &e) < 0)
		return fail(s, &e, voice_absent(e.code) ? VOICE_NO : VOICE_WORLD);
	need = voice_keys_needed(&k);
	if (need == 0 && (r = update(s, v)) != VOICE_YES)
		return r;
	if (!o->quiet)
		keys_explain(s, &k);
	if (o->json) {
		verdict_json(v, is_valid(v), s->out);
		js_put_int(s->out, "needed", (int64_t)need);
		keys_json(&k, s->out);
		buf_adds(s->out, "}\n");
	} else
		keys_lines(o, &k, s->out);
	return need > 0 || (o->update && !is_usable(v)) ? VOICE_NO : VOICE_YES;
}

static int
run_verdict(struct say *s, struct voice *v)
{
	const struct voice_opts *o = s->o;
	AUTO_BUF faults = { 0 };
	size_t broken = 0;
	struct err e;
	int r;

	if (v->note.len > 0) {
		err_set(&e, 0, "%s", buf_str(&v->note));
		complain(s, &e);
	}
	if (o->audio && (is_usable(v) || o->json))
		broken = faults_put(o, v, &faults);
	if (broken == 0 && (r = update(s, v)) != VOICE_YES)
		return r;
	if (o->json) {
		verdict_json(v, is_valid(v) && broken == 0, s->out);
		buf_addf(s->out, "%s}\n", buf_str(&faults));
	} else if (broken == 0 || !is_valid(v)) {
		buf_addf(s->out, "%s\n%s", buf_str(&v->say), buf_str(&faults));
	} else
		buf_adds(s->out, buf_str(&faults));
	return is_valid(v) && broken == 0 ? VOICE_YES : VOICE_NO;
}

/* --text KEY */
static int
run_text(struct say *s, const struct voice *v)
{
	const struct voice_opts *o = s->o;
	const struct pydict_pair *pair;
	AUTO_PYDICT script = { 0 };
	struct err e;

	if (voice_script(v, &script, &e) < 0)
		return fail(s, &e, voice_absent(e.code) ? VOICE_NO : VOICE_WORLD);
	pair = pydict_find(&script, o->text, strlen(o->text));
	if (pair == NULL) {
		err_set(&e, 0, "%s: no such narration key", o->text);
		return fail(s, &e, VOICE_NO);
	}
	if (o->json)
		js_encode(s->out, pair->text, pair->ntext);
	else
		buf_add(s->out, pair->text, pair->ntext);
	buf_addc(s->out, o->nul ? '\0' : '\n');
	return VOICE_YES;
}

/* The backend, as the precache step reads it: white space and case do not matter, nothing else is guessed. */
static const char *
backend(const struct voice_opts *o, struct err *e)
{
	const char *name = o->backend != NULL ? o->backend : getenv(VOICE_BACKEND), *p;
	size_t n;

	p = name != NULL ? name + strspn(name, " \t\n\r\f\v") : "";
	for (n = strlen(p); n > 0 && strchr(" \t\n\r\f\v", p[n - 1]) != NULL; n--)
		;
	if (n == 0 || (n == 4 && strncasecmp(p, "qwen", n) == 0))
		return "qwen";
	if (n == 3 && strncasecmp(p, "mlx", n) == 0)
		return "mlx";
	err_set(e, 0, VOICE_BACKEND ": '%s': not qwen or mlx", name);
	return NULL;
}

static int
run(struct say *s, const char *dir)
{
	const char *name;
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	if ((name = backend(s->o, &e)) == NULL)
		return fail(s, &e, VOICE_USAGE);
	if (voice_open(&v, dir, name, &e) < 0)
		return fail(s, &e, VOICE_WORLD);
	if (s->o->text != NULL)
		return run_text(s, &v);
	if (voice_check(&v, !s->o->dry_run && !s->o->update && s->o->keys == NULL, &e) < 0)
		return fail(s, &e, VOICE_WORLD);
	return s->o->keys != NULL ? run_keys(s, &v) : run_verdict(s, &v);
}

int
voice_cmd(const struct voice_opts *o, int argc, char **argv, struct buf *out, struct buf *err)
{
	struct say s = { .o = o, .out = out, .err = err };
	struct err e;
	int status;

	if (argc > 1) {
		err_set(&e, 0, "%s: one project folder only", argv[1]);
		return fail(&s, &e, VOICE_USAGE);
	}
	status = run(&s, argc > 0 ? argv[0] : ".");
	if (o->quiet)
		buf_reset(out);
	return status;
}
