/* Decides whether a voice cache is valid, as the pipeline's own validator decides it. Must never know how sound is made,
 * nor who asks.
 * Invariants: 1. the checks come in the contract's order, and the first that fails is the verdict (voice_check).
 *             2. nothing is written but .cache_hash, and that as a whole (hash_write). */
#include "voice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "io.h"
#include "js_text.h"
#include "js_view.h"
#include "path.h"
#include "project.h"

#define CONFIG "voice_clone_config.json"
#define CONFIG_MAX ((size_t)1 << 20)
#define MLX_VOICES "media/voiceovers/mlx"
#define INDEX "cache.json"
#define HASH ".cache_hash"
#define HASH_FILE_MAX 4096 /* a longer one holds no hash */
#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

const char *const voice_verdict_name[VOICE_NVERDICTS] = { "fresh", "no-hash", "changed", "no-index", "no-script",
	"bad-index" };

bool
voice_absent(int code)
{
	return code == ENOENT || code == ENOTDIR || code == ELOOP;
}

/* --- the folder --------------------------------------------------------------------------------------------------- */

/* Appends output_dir of the project's voice_clone_config.json. A config that is not there, or broken, names none. */
static void
folder_configured(int dirfd, struct buf *out)
{
	AUTO_BUF text = { 0 };
	AUTO_BUF dir = { 0 };
	const char *home = getenv("HOME"), *p;
	struct js value;

	if (io_slurp_at(dirfd, CONFIG, &text, CONFIG_MAX) < 0 || js_check(buf_str(&text), text.len, JS_PYTHON, NULL) < 0)
		return;
	value = js_member(js_root(text.data), "output_dir");
	if (js_type(value) != JS_STRING)
		return;
	js_decode(&dir, value);
	if (strlen(buf_str(&dir)) != dir.len)
		return;
	while (dir.len > 0 && strchr(" \t\n\r\f\v", dir.data[dir.len - 1]) != NULL)
		dir.data[--dir.len] = '\0';
	p = buf_str(&dir) + strspn(buf_str(&dir), " \t\n\r\f\v");
	if (p[0] == '~' && (p[1] == '/' || p[1] == '\0') && home != NULL) {
		buf_adds(out, home);
		p++;
	}
	buf_adds(out, p);
}

int
voice_open(struct voice *v, const char *dir, const char *backend, struct err *e)
{
	*v = (struct voice){ .dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) };
	if (v->dirfd < 0)
		return err_sys(e, errno, "%s", dir);
	folder_configured(v->dirfd, &v->folder);
	if (v->folder.len > 0)
		return 0;
	if (strcmp(backend, "mlx") == 0 && faccessat(v->dirfd, MLX_VOICES "/" INDEX, F_OK, 0) == 0)
		buf_adds(&v->folder, MLX_VOICES);
	else
		buf_adds(&v->folder, PROJECT_VOICES);
	return 0;
}

void
voice_close(struct voice *v)
{
	if (v->dirfd >= 0)
		close(v->dirfd);
	v->dirfd = -1;
	buf_fini(&v->folder);
	buf_fini(&v->text);
	buf_fini(&v->cached);
	buf_fini(&v->say);
	buf_fini(&v->note);
}

/* --- the index ---------------------------------------------------------------------------------------------------- */

/* The member named a, or where that is nothing to Python, the one named b. */
static struct js
either(struct js entry, const char *a, const char *b)
{
	struct js value = js_member(entry, a);

	return js_truthy(value) ? value : js_member(entry, b);
}

const char *
voice_entry(struct js entry, struct js *audio, struct js *text)
{
	if (js_type(entry) != JS_OBJECT)
		return "is not an object";
	*audio = either(entry, "audio_file", "final_audio");
	*text = either(entry, "text", "input_text");
	if (js_type(*audio) != JS_STRING || !js_truthy(*audio))
		return "missing audio file field";
	if (js_type(*text) != JS_STRING || !js_truthy(*text))
		return "missing text field";
	return NULL;
}

static void
verdict_set(struct voice *v, enum voice_verdict verdict, const char *say)
{
	v->verdict = verdict;
	buf_reset(&v->say);
	buf_adds(&v->say, say);
}

/* Reads the index. Returns whether it passes, with the verdict where not. */
static bool
index_passes(struct voice *v)
{
	struct js entry, key, audio, text;
	struct js_iter it;
	const char *wrong;
	struct err e;
	size_t i = 0;

	v->verdict = VOICE_BAD_INDEX;
	if (js_check(buf_str(&v->text), v->text.len, JS_PYTHON, &e) < 0) {
		buf_addf(&v->say, "❌ Cache index read error: %s", e.msg);
		return false;
	}
	if (js_type(js_root(v->text.data)) != JS_ARRAY) {
		buf_adds(&v->say, "❌ Cache index is not a valid list");
		return false;
	}
	v->index = js_root(v->text.data);
	for (it = js_iter(v->index); js_next(&it, &key, &entry); i++) {
		if ((wrong = voice_entry(entry, &audio, &text)) != NULL) {
			buf_addf(&v->say, "❌ Cache entry %zu %s", i, wrong);
			return false;
		}
	}
	if (i == 0)
		buf_adds(&v->say, "❌ Cache index is empty");
	return i > 0;
}

/* --- the hash ----------------------------------------------------------------------------------------------------- */

static void
hash_path(const struct voice *v, struct buf *out)
{
	path_join(out, buf_str(&v->folder), HASH);
}

/* Bytes of the character of white space at p (Python's str.strip), 0 where there is none. */
static size_t
space_at(const char *p, const char *end)
{
	static const char *const wide[] = { "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
		"\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87",
		"\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
		"\xe2\x81\x9f", "\xe3\x80\x80" };
	size_t i, n;

	if (p < end && ((*p >= '\t' && *p <= '\r') || (*p >= 0x1c && *p <= ' ')))
		return 1;
	for (i = 0; i < ARRAY_LEN(wide); i++) {
		n = strlen(wide[i]);
		if ((size_t)(end - p) >= n && memcmp(p, wide[i], n) == 0)
			return n;
	}
	return 0;
}

/* Reads the hash that is kept into v->cached: what stands between white space, cut where white space follows it. */
static int
hash_read(struct voice *v, struct err *e)
{
	AUTO_BUF path = { 0 };
	AUTO_BUF text = { 0 };
	const char *p, *end, *start;
	size_t n;
	int r;

	hash_path(v, &path);
	r = io_slurp_at(v->dirfd, buf_str(&path), &text, HASH_FILE_MAX);
	v->has_cached = !voice_absent(-r);
	if (r < 0 && r != -EFBIG)
		return v->has_cached ? err_sys(e, -r, "%s", buf_str(&path)) : 0;
	end = buf_str(&text) + text.len;
	for (p = buf_str(&text); (n = space_at(p, end)) > 0;)
		p += n;
	for (start = p; p < end && space_at(p, end) == 0;)
		p++;
	buf_add(&v->cached, start, (size_t)(p - start));
	for (; p < end && (n = space_at(p, end)) > 0;)
		p += n;
	if (p < end || r < 0)
		buf_adds(&v->cached, "..."); /* more than one word: never a hash */
	return 0;
}

static int
hash_write(struct voice *v, struct err *e)
{
	AUTO_BUF path = { 0 };
	int r;

	hash_path(v, &path);
	r = file_replace(v->dirfd, buf_str(&path), v->hash, strlen(v->hash), 0666);
	return r < 0 ? err_sys(e, -r, "%s: not written", buf_str(&path)) : 0;
}

/* Hashes the script open at fd, which is no longer an index of a valid cache where it is no UTF-8. Returns 1 where the
 * verdict is still open. */
static int
script_hash(struct voice *v, int fd, struct err *e)
{
	struct err why;

	if (sha_text_fd(fd, v->hash, &why) == 0)
		return 1;
	v->hash[0] = '\0';
	if (why.code != EILSEQ)
		return err_set(e, why.code, PROJECT_NARRATION ": %s", why.msg);
	buf_addf(&v->note, PROJECT_NARRATION ": %s", why.msg);
	verdict_set(v, VOICE_CHANGED, "❌ Narration script has changed since last cache");
	return 0;
}

int
voice_check(struct voice *v, bool create, struct err *e)
{
	AUTO_BUF path = { 0 };
	AUTO_FD script = -1;
	int r;

	path_join(&path, buf_str(&v->folder), INDEX);
	r = io_slurp_at(v->dirfd, buf_str(&path), &v->text, JS_SIZE_MAX);
	if (voice_absent(-r))
		return verdict_set(v, VOICE_NO_INDEX, "❌ Cache index missing"), 0;
	if (r < 0)
		return err_sys(e, -r, "%s", buf_str(&path));
	script = io_open_regular(v->dirfd, PROJECT_NARRATION);
	if (voice_absent(-script))
		return verdict_set(v, VOICE_NO_SCRIPT, "❌ Narration script missing"), 0;
	if (!index_passes(v))
		return 0;
	if (script < 0)
		return err_sys(e, -script, PROJECT_NARRATION);
	if ((r = script_hash(v, script, e)) <= 0)
		return r;
	if (hash_read(v, e) < 0)
		return -1;
	if (!v->has_cached) {
		verdict_set(v, VOICE_NO_HASH, create ? "⚠ Cache hash file missing, created for future checks" :
		                                       "⚠ Cache hash file missing");
		return create ? hash_write(v, e) : 0;
	}
	if (strcmp(buf_str(&v->cached), v->hash) == 0)
		verdict_set(v, VOICE_FRESH, "✓ Voice cache is valid and up-to-date");
	else
		verdict_set(v, VOICE_CHANGED, "❌ Narration script has changed since last cache");
	return 0;
}

int
voice_update(struct voice *v, struct err *e)
{
	if (v->hash[0] == '\0')
		return err_set(e, EILSEQ, "%s", buf_str(&v->note));
	if (v->verdict != VOICE_FRESH && hash_write(v, e) < 0)
		return -1;
	buf_reset(&v->cached);
	buf_adds(&v->cached, v->hash);
	v->has_cached = true;
	verdict_set(v, VOICE_FRESH, "✓ Voice cache is valid and up-to-date");
	return 0;
}
