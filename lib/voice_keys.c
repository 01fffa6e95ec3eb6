/* Decides which keys have to be spoken. Must never know what has to be done about them.
 * Invariants: 1. every key of the script is listed once, in its order (list_script).
 *             2. an index that says nothing about a key leaves it missing: at worst something is spoken again. */
#include "voice_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audio.h"
#include "io.h"
#include "js_text.h"
#include "js_view.h"
#include "path.h"
#include "project.h"
#include "pylit.h"

#define SCRIPT_MAX ((size_t)256 << 20)

const char *const voice_need_name[VOICE_NNEEDS] = { "fresh", "stale", "missing", "broken", "orphaned" };

/* What the index says, sorted by whom it is about. */
struct finds {
	struct js *by_pair;     /* entry of each pair of the script; p NULL: none */
	struct pydict orphans;  /* names of entries that belong to no pair; the text of one that was taken after all is "x" */
	struct pydict keyless;  /* text of entries without narration_key -> name */
	struct js *keyless_js;  /* the entries, by position in keyless */
	size_t nkeyless_js, keyless_cap;
};

int
voice_script(const struct voice *v, struct pydict *out, struct err *e)
{
	AUTO_BUF text = { 0 };
	int r = io_slurp_at(v->dirfd, PROJECT_NARRATION, &text, SCRIPT_MAX);

	if (r < 0)
		return err_sys(e, -r, PROJECT_NARRATION);
	if (pylit_parse(buf_str(&text), text.len, "SCRIPT", out, e) < 0)
		return err_wrap(e, PROJECT_NARRATION);
	return 0;
}

/* Appends the name that an entry goes by. Returns whether it is a narration_key. */
static bool
entry_name(struct js entry, struct js audio, struct buf *out)
{
	struct js key = js_member(entry, "narration_key");
	const char *base, *dot;

	if (js_type(key) == JS_STRING && js_truthy(key)) {
		js_decode(out, key);
		return true;
	}
	js_decode(out, audio);
	base = path_base(buf_str(out));
	buf_splice(out, 0, (size_t)(base - buf_str(out)), "", 0);
	dot = strrchr(buf_str(out), '.');
	if (dot != NULL && dot != out->data)
		buf_splice(out, (size_t)(dot - out->data), strlen(dot), "", 0);
	return false;
}

static void
finds_entry(struct finds *f, const struct pydict *script, struct js entry)
{
	AUTO_BUF name = { 0 };
	AUTO_BUF said = { 0 };
	const struct pydict_pair *pair;
	struct js audio, text;
	bool keyed;

	if (voice_entry(entry, &audio, &text) != NULL)
		return;
	keyed = entry_name(entry, audio, &name);
	pair = pydict_find(script, buf_str(&name), name.len);
	if (pair != NULL)
		f->by_pair[pair - script->pairs] = entry;
	else
		pydict_put(&f->orphans, buf_str(&name), name.len, "", 0);
	if (keyed)
		return;
	js_decode(&said, text);
	if (pydict_find(&f->keyless, buf_str(&said), said.len) == NULL) {
		f->keyless_js = xgrow(f->keyless_js, f->nkeyless_js, &f->keyless_cap, sizeof *f->keyless_js);
		f->keyless_js[f->nkeyless_js++] = entry;
	}
	pydict_put(&f->keyless, buf_str(&said), said.len, buf_str(&name), name.len);
}

static void
finds_read(struct finds *f, const struct voice *v, const struct pydict *script)
{
	struct js key, entry;
	struct js_iter it;

	*f = (struct finds){ .by_pair = xcalloc(script->n + 1, sizeof *f->by_pair) };
	if (v->index.p == NULL)
		return;
	for (it = js_iter(v->index); js_next(&it, &key, &entry);)
		finds_entry(f, script, entry);
}

static void
finds_fini(struct finds *f)
{
	free(f->by_pair);
	free(f->keyless_js);
	pydict_fini(&f->orphans);
	pydict_fini(&f->keyless);
}

/* The entry without a key that has the pair's text; its name is no orphan then. p is NULL where there is none. */
static struct js
finds_by_text(struct finds *f, const struct pydict_pair *pair)
{
	const struct pydict_pair *said = pydict_find(&f->keyless, pair->text, pair->ntext);

	if (said == NULL)
		return (struct js){ NULL, 0 };
	if (pydict_find(&f->orphans, said->text, said->ntext) != NULL)
		pydict_put(&f->orphans, said->text, said->ntext, "x", 1);
	return f->keyless_js[said - f->keyless.pairs];
}

static void
list_add(struct voice_keys *k, enum voice_need need, const struct pydict_pair *pair, const char *why)
{
	k->v = xgrow(k->v, k->n, &k->cap, sizeof *k->v);
	k->v[k->n++] = (struct voice_key){ .need = need, .key = pair->key, .n = pair->nkey, .why = why };
	k->count[need]++;
}

/* Looks at the sound named by string token audio, in the cache's folder; its name goes to file. */
static int
sound_check(const struct voice *v, struct js audio, struct buf *file, struct err *e)
{
	AUTO_BUF path = { 0 };

	js_decode(file, audio);
	if (strlen(buf_str(file)) != file->len)
		return err_set(e, EINVAL, "a NUL character in its name");
	path_join(&path, buf_str(&v->folder), buf_str(file));
	return audio_check(v->dirfd, buf_str(&path), e);
}

static void
list_pair(struct voice_keys *k, const struct voice *v, struct js entry, const struct pydict_pair *pair, bool look)
{
	struct js audio, text;
	AUTO_BUF file = { 0 };
	struct err e;

	if (entry.p == NULL || voice_entry(entry, &audio, &text) != NULL)
		list_add(k, VOICE_KEY_MISSING, pair, NULL);
	else if (!js_is_n(text, pair->text, pair->ntext))
		list_add(k, VOICE_KEY_STALE, pair, NULL);
	else if (look && sound_check(v, audio, &file, &e) < 0) {
		err_wrap(&e, "%s", buf_str(&file));
		list_add(k, VOICE_KEY_BROKEN, pair, arena_strdup(&k->arena, e.msg));
	} else
		list_add(k, VOICE_KEY_FRESH, pair, NULL);
}

int
voice_keys(const struct voice *v, bool audio, struct voice_keys *out, struct err *e)
{
	struct finds f;
	struct js entry;
	size_t i;

	if (voice_script(v, &out->script, e) < 0)
		return -1;
	finds_read(&f, v, &out->script);
	for (i = 0; i < out->script.n; i++) {
		const struct pydict_pair *pair = &out->script.pairs[i];

		entry = f.by_pair[i].p != NULL ? f.by_pair[i] : finds_by_text(&f, pair);
		list_pair(out, v, entry, pair, audio);
	}
	for (i = 0; i < f.orphans.n; i++) {
		struct pydict_pair copy = f.orphans.pairs[i];

		if (copy.ntext > 0)
			continue;
		copy.key = arena_strndup(&out->arena, copy.key, copy.nkey);
		list_add(out, VOICE_KEY_ORPHANED, &copy, NULL);
	}
	finds_fini(&f);
	return 0;
}

size_t
voice_keys_needed(const struct voice_keys *k)
{
	return k->count[VOICE_KEY_STALE] + k->count[VOICE_KEY_MISSING] + k->count[VOICE_KEY_BROKEN];
}

void
voice_keys_fini(struct voice_keys *k)
{
	free(k->v);
	pydict_fini(&k->script);
	arena_fini(&k->arena);
	*k = (struct voice_keys){ 0 };
}

int
voice_fault_next(const struct voice *v, struct js_iter *it, size_t *i, struct buf *file, struct err *e)
{
	struct js key, entry, audio, text;

	while (js_next(it, &key, &entry)) {
		++*i;
		buf_reset(file);
		if (voice_entry(entry, &audio, &text) == NULL && sound_check(v, audio, file, e) < 0)
			return 1;
	}
	return 0;
}
