/* fh-voicecheck: is the voice cache of a project valid? The answers are lib/voice.c's and lib/voice_keys.c's; here they
 * become lines and an exit status. Verdicts go to stdout, as the validator before it had them; failures to stderr. */
#include "fh-voicecheck.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "io.h"
#include "js_put.h"
#include "js_text.h"
#include "opt.h"
#include "voice.h"
#include "voice_keys.h"

extern const struct tool voicecheck_tool;

enum { YES, NO, USAGE, WORLD };

/* --- output ------------------------------------------------------------------------------------------------------ */

static void
complain(const struct err *e)
{
	AUTO_BUF line = { 0 };

	buf_addf(&line, "fh-voicecheck: %s\n", e->msg);
	io_write_full(STDERR_FILENO, line.data, line.len);
}

/* Ends: what was gathered goes out whole, or the status says that it did not. */
static FH_NORETURN void
finish(const struct voice_opts *o, const struct buf *out, int status)
{
	struct err e;
	int r;

	if (!o->quiet && out->len > 0 && (r = io_write_full(STDOUT_FILENO, out->data, out->len)) < 0) {
		err_sys(&e, -r, "standard output");
		complain(&e);
		status = WORLD;
	}
	_exit(status); /* nothing is left to flush, nothing to free */
}

static FH_NORETURN void
fail(const struct err *e, int status)
{
	complain(e);
	_exit(status);
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
keys_explain(const struct voice_keys *k)
{
	struct err e;
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->v[i].why == NULL)
			continue;
		err_set(&e, 0, "%.*s: %s", (int)(k->v[i].n < 200 ? k->v[i].n : 200), k->v[i].key, k->v[i].why);
		complain(&e);
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

static void
update(const struct voice_opts *o, struct voice *v)
{
	struct err e;

	if (o->update && !o->dry_run && is_usable(v) && voice_update(v, &e) < 0)
		fail(&e, WORLD);
}

/* --keys: the verdict on the cache as a whole is not asked, only noted where the index or the script is at fault. */
static FH_NORETURN void
run_keys(const struct voice_opts *o, struct voice *v)
{
	struct voice_keys k = { 0 };
	struct buf out = { 0 };
	struct err e;
	size_t need;

	if (v->verdict == VOICE_NO_SCRIPT || v->verdict == VOICE_BAD_INDEX) {
		err_set(&e, 0, "%s", buf_str(&v->say));
		complain(&e);
		if (v->verdict == VOICE_NO_SCRIPT)
			_exit(NO);
	}
	if (voice_keys(v, o->audio, &k, &e) < 0)
		fail(&e, voice_absent(e.code) ? NO : WORLD);
	need = voice_keys_needed(&k);
	if (need == 0)
		update(o, v);
	if (!o->quiet)
		keys_explain(&k);
	if (o->json) {
		verdict_json(v, is_valid(v), &out);
		js_put_int(&out, "needed", (int64_t)need);
		keys_json(&k, &out);
		buf_adds(&out, "}\n");
	} else
		keys_lines(o, &k, &out);
	finish(o, &out, need > 0 || (o->update && !is_usable(v)) ? NO : YES);
}

static FH_NORETURN void
run_verdict(const struct voice_opts *o, struct voice *v)
{
	struct buf out = { 0 }, faults = { 0 };
	size_t broken = 0;
	struct err e;

	if (v->note.len > 0) {
		err_set(&e, 0, "%s", buf_str(&v->note));
		complain(&e);
	}
	if (o->audio && (is_usable(v) || o->json))
		broken = faults_put(o, v, &faults);
	if (broken == 0)
		update(o, v);
	if (o->json) {
		verdict_json(v, is_valid(v) && broken == 0, &out);
		buf_addf(&out, "%s}\n", buf_str(&faults));
	} else if (broken == 0 || !is_valid(v)) {
		buf_addf(&out, "%s\n%s", buf_str(&v->say), buf_str(&faults));
	} else
		buf_adds(&out, buf_str(&faults));
	finish(o, &out, is_valid(v) && broken == 0 ? YES : NO);
}

/* --text KEY */
static FH_NORETURN void
run_text(const struct voice_opts *o, const struct voice *v)
{
	const struct pydict_pair *pair;
	struct pydict script = { 0 };
	struct buf out = { 0 };
	struct err e;

	if (voice_script(v, &script, &e) < 0)
		fail(&e, voice_absent(e.code) ? NO : WORLD);
	pair = pydict_find(&script, o->text, strlen(o->text));
	if (pair == NULL) {
		err_set(&e, 0, "%s: no such narration key", o->text);
		fail(&e, NO);
	}
	if (o->json)
		js_encode(&out, pair->text, pair->ntext);
	else
		buf_add(&out, pair->text, pair->ntext);
	buf_addc(&out, o->nul ? '\0' : '\n');
	finish(o, &out, YES);
}

/* The backend, as the precache step reads it: white space and case do not matter, nothing else is guessed. */
static const char *
backend(const struct voice_opts *o)
{
	const char *name = o->backend != NULL ? o->backend : getenv(VOICE_BACKEND), *p;
	struct err e;
	size_t n;

	p = name != NULL ? name + strspn(name, " \t\n\r\f\v") : "";
	for (n = strlen(p); n > 0 && strchr(" \t\n\r\f\v", p[n - 1]) != NULL; n--)
		;
	if (n == 0 || (n == 4 && strncasecmp(p, "qwen", n) == 0))
		return "qwen";
	if (n == 3 && strncasecmp(p, "mlx", n) == 0)
		return "mlx";
	err_set(&e, 0, VOICE_BACKEND ": '%s': not qwen or mlx", name);
	fail(&e, USAGE);
}

int
main(int argc, char *argv[])
{
	struct voice_opts o = { .keys = NULL };
	int first = opt_main(&voicecheck_tool, &o, argc, argv, USAGE);
	const char *dir = first < argc ? argv[first] : ".";
	struct voice v;
	struct err e;

	if (argc - first > 1) {
		err_set(&e, 0, "%s: one project folder only", argv[first + 1]);
		fail(&e, USAGE);
	}
	if (voice_open(&v, dir, backend(&o), &e) < 0)
		fail(&e, WORLD);
	if (o.text != NULL)
		run_text(&o, &v);
	if (voice_check(&v, !o.dry_run && !o.update && o.keys == NULL, &e) < 0)
		fail(&e, WORLD);
	if (o.keys != NULL)
		run_keys(&o, &v);
	run_verdict(&o, &v);
}
