/* voice: the verdicts on a cache, each with its message; what is kept, and where the cache is looked for. */
#include <check.h>
#include <errno.h>
#include <sys/stat.h>

#include "file.h"
#include "folder.h"
#include "js_view.h"
#include "project.h"
#include "voice.h"

#define ENTRY "{\"audio_file\": \"a.mp3\", \"text\": \"t\"}"
#define SCRIPT "SCRIPT = {'a': 'b'}\n"
#define SCRIPT_HASH "093cbe01ce6e4d27f2187e3de0f61e94298b16e0d82175b279778ef2771edcf4" /* by sha256sum */
#define MLX "media/voiceovers/mlx"

#define FRESH "✓ Voice cache is valid and up-to-date"
#define CHANGED "❌ Narration script has changed since last cache"

static void
set_up(void)
{
	folder_enter();
	ck_assert_int_eq(file_mkdirs(AT_FDCWD, PROJECT_VOICES, 0777), 0);
	put(PROJECT_VOICE_INDEX, "[" ENTRY "]");
	put(PROJECT_NARRATION, SCRIPT);
	put(PROJECT_VOICE_HASH, SCRIPT_HASH);
}

static void
opened(struct voice *v, const char *backend)
{
	struct err e;

	ck_assert_msg(voice_open(v, ".", backend, &e) == 0, "%s", e.msg);
}

/* Checks what is there; ends the test where that is told to fail. */
static void
checked(struct voice *v, bool create)
{
	struct err e;

	opened(v, "qwen");
	ck_assert_msg(voice_check(v, create, &e) == 0, "%s", e.msg);
}

/* --- verdicts ------------------------------------------------------------------------------------------------------- */

/* index, script and hash: what the file holds; NULL: it is not there. */
static const struct {
	const char *index, *script, *hash;
	enum voice_verdict verdict;
	const char *say; /* it begins so */
} rows[] = {
	{ "[" ENTRY "]", SCRIPT, SCRIPT_HASH, VOICE_FRESH, FRESH },
	{ "[" ENTRY "," ENTRY "]", SCRIPT, SCRIPT_HASH, VOICE_FRESH, FRESH },
	{ "[{\"final_audio\": \"a\", \"input_text\": \"t\", \"audio_file\": \"\", \"text\": null, \"x\": NaN}]", SCRIPT, SCRIPT_HASH,
	    VOICE_FRESH, FRESH },
	{ "[" ENTRY "]", SCRIPT, " \n" SCRIPT_HASH "\r\n", VOICE_FRESH, FRESH },
	{ "[" ENTRY "]", SCRIPT, "\xc2\xa0\xe3\x80\x80" SCRIPT_HASH "\xe2\x80\xa8", VOICE_FRESH, FRESH }, /* Python's strip */
	{ "[" ENTRY "]", "SCRIPT = {'a': 'b'}\r\n", SCRIPT_HASH, VOICE_FRESH, FRESH },            /* text mode */
	{ "[" ENTRY "]", SCRIPT "\n", SCRIPT_HASH, VOICE_CHANGED, CHANGED },
	{ "[" ENTRY "]", SCRIPT, "", VOICE_CHANGED, CHANGED },
	{ "[" ENTRY "]", SCRIPT, SCRIPT_HASH " x", VOICE_CHANGED, CHANGED },
	{ "[" ENTRY "]", SCRIPT, SCRIPT_HASH "\xe2\x80\xa7", VOICE_CHANGED, CHANGED }, /* no space */
	{ "[" ENTRY "]", SCRIPT, SCRIPT_HASH "\xe3\x80", VOICE_CHANGED, CHANGED },     /* half of one */
	{ "[" ENTRY "]", "\xff\n", SCRIPT_HASH, VOICE_CHANGED, CHANGED },
	{ "[" ENTRY "]", SCRIPT, NULL, VOICE_NO_HASH, "⚠ Cache hash file missing" },
	{ NULL, NULL, NULL, VOICE_NO_INDEX, "❌ Cache index missing" },
	{ "{", NULL, NULL, VOICE_NO_SCRIPT, "❌ Narration script missing" }, /* before the index is read */
	{ "{", SCRIPT, SCRIPT_HASH, VOICE_BAD_INDEX, "❌ Cache index read error: line 1 column 2" },
	{ "{}", SCRIPT, SCRIPT_HASH, VOICE_BAD_INDEX, "❌ Cache index is not a valid list" },
	{ "[]", SCRIPT, SCRIPT_HASH, VOICE_BAD_INDEX, "❌ Cache index is empty" },
	{ "[" ENTRY ", 7]", SCRIPT, SCRIPT_HASH, VOICE_BAD_INDEX, "❌ Cache entry 1 is not an object" },
	{ "[{\"text\": \"t\"}]", SCRIPT, SCRIPT_HASH, VOICE_BAD_INDEX, "❌ Cache entry 0 missing audio file field" },
	{ "[{\"audio_file\": \"a\"}]", SCRIPT, SCRIPT_HASH, VOICE_BAD_INDEX, "❌ Cache entry 0 missing text field" },
	{ "[]", "\xff\n", NULL, VOICE_BAD_INDEX, "❌ Cache index is empty" }, /* before the script is read */
};

static void
put_or_remove(const char *name, const char *text)
{
	if (text != NULL)
		put(name, text);
	else
		ck_assert_int_eq(unlink(name), 0);
}

START_TEST(verdict_and_message)
{
	AUTO_VOICE v = { .dirfd = -1 };

	put_or_remove(PROJECT_VOICE_INDEX, rows[_i].index);
	put_or_remove(PROJECT_NARRATION, rows[_i].script);
	put_or_remove(PROJECT_VOICE_HASH, rows[_i].hash);
	checked(&v, false);
	ck_assert_str_eq(voice_verdict_name[v.verdict], voice_verdict_name[rows[_i].verdict]);
	ck_assert_msg(strncmp(buf_str(&v.say), rows[_i].say, strlen(rows[_i].say)) == 0, "%s", buf_str(&v.say));
	if (rows[_i].hash == NULL)
		ck_assert_int_lt(access(PROJECT_VOICE_HASH, F_OK), 0); /* not asked for */
	else
		holds(PROJECT_VOICE_HASH, rows[_i].hash);
}
END_TEST

START_TEST(missing_hash_is_written_where_asked)
{
	AUTO_VOICE v = { .dirfd = -1 };
	AUTO_VOICE again = { .dirfd = -1 };

	ck_assert_int_eq(unlink(PROJECT_VOICE_HASH), 0);
	checked(&v, true);
	ck_assert_int_eq(v.verdict, VOICE_NO_HASH);
	ck_assert(!v.has_cached);
	ck_assert_str_eq(buf_str(&v.say), "⚠ Cache hash file missing, created for future checks");
	holds(PROJECT_VOICE_HASH, SCRIPT_HASH);
	checked(&again, true);
	ck_assert_int_eq(again.verdict, VOICE_FRESH);
	ck_assert(again.has_cached);
}
END_TEST

START_TEST(what_is_found_out_can_be_seen)
{
	AUTO_VOICE v = { .dirfd = -1 };
	AUTO_VOICE broken = { .dirfd = -1 };

	put(PROJECT_VOICE_HASH, "old hash");
	checked(&v, false);
	ck_assert_str_eq(v.hash, SCRIPT_HASH);
	ck_assert_str_eq(buf_str(&v.cached), "old...");
	ck_assert_int_eq(js_type(v.index), JS_ARRAY);
	ck_assert_str_eq(buf_str(&v.note), "");
	put(PROJECT_NARRATION, "a\n\xff");
	checked(&broken, false);
	ck_assert_str_eq(broken.hash, "");
	ck_assert_ptr_nonnull(strstr(buf_str(&broken.note), PROJECT_NARRATION ": ")); /* why */
}
END_TEST

/* --- what is in the way --------------------------------------------------------------------------------------------- */

static const struct {
	const char *name; /* a folder stands in its place */
	const char *words;
} folders[] = {
	{ PROJECT_VOICE_INDEX, PROJECT_VOICE_INDEX ": Is a directory" },
	{ PROJECT_NARRATION, PROJECT_NARRATION ": Is a directory" },
	{ PROJECT_VOICE_HASH, PROJECT_VOICE_HASH ": Is a directory" },
};

START_TEST(what_cannot_be_read_is_named)
{
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	ck_assert_int_eq(unlink(folders[_i].name), 0);
	ck_assert_int_eq(mkdir(folders[_i].name, 0777), 0);
	opened(&v, "qwen");
	ck_assert_int_eq(voice_check(&v, true, &e), -1);
	ck_assert_int_eq(e.code, EISDIR);
	ck_assert_str_eq(e.msg, folders[_i].words);
}
END_TEST

START_TEST(no_project_no_voice)
{
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	ck_assert_int_eq(voice_open(&v, "none", "qwen", &e), -1);
	ck_assert_int_eq(e.code, ENOENT);
	ck_assert_str_eq(e.msg, "none: No such file or directory");
	ck_assert_int_eq(voice_open(&v, PROJECT_NARRATION, "qwen", &e), -1);
	ck_assert_int_eq(e.code, ENOTDIR);
}
END_TEST

START_TEST(hash_that_cannot_be_written_is_told)
{
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	/* a link that leads nowhere: not there to be read, and cannot be made */
	ck_assert_int_eq(unlink(PROJECT_VOICE_HASH), 0);
	ck_assert_int_eq(symlink("no/such/folder/hash", PROJECT_VOICE_HASH), 0);
	opened(&v, "qwen");
	ck_assert_int_eq(voice_check(&v, true, &e), -1);
	ck_assert_int_eq(e.code, ENOENT);
	ck_assert_str_eq(e.msg, PROJECT_VOICE_HASH ": not written: No such file or directory");
	ck_assert_int_eq(voice_update(&v, &e), -1);
	ck_assert_str_eq(e.msg, PROJECT_VOICE_HASH ": not written: No such file or directory");
}
END_TEST

START_TEST(overlong_hash_is_none)
{
	AUTO_VOICE v = { .dirfd = -1 };
	char text[6000] = SCRIPT_HASH;

	memset(text + 64, '\n', sizeof text - 65);
	put(PROJECT_VOICE_HASH, text);
	checked(&v, false);
	ck_assert_int_eq(v.verdict, VOICE_CHANGED);
}
END_TEST

static const struct {
	int code;
	bool absent;
} codes[] = { { ENOENT, true }, { ENOTDIR, true }, { ELOOP, true }, { EACCES, false }, { EISDIR, false }, { 0, false } };

START_TEST(absent_is_not_unreadable)
{
	ck_assert_int_eq(voice_absent(codes[_i].code), codes[_i].absent);
}
END_TEST

/* --- update --------------------------------------------------------------------------------------------------------- */

START_TEST(update_keeps_the_hash)
{
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	put(PROJECT_VOICE_HASH, "old");
	checked(&v, false);
	ck_assert_int_eq(v.verdict, VOICE_CHANGED);
	ck_assert_int_eq(voice_update(&v, &e), 0);
	ck_assert_int_eq(v.verdict, VOICE_FRESH);
	ck_assert_str_eq(buf_str(&v.say), FRESH);
	ck_assert_str_eq(buf_str(&v.cached), SCRIPT_HASH);
	ck_assert(v.has_cached);
	holds(PROJECT_VOICE_HASH, SCRIPT_HASH);
}
END_TEST

START_TEST(update_writes_only_what_is_new)
{
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	put(PROJECT_VOICE_HASH, SCRIPT_HASH "\n");
	checked(&v, false);
	ck_assert_int_eq(voice_update(&v, &e), 0);
	holds(PROJECT_VOICE_HASH, SCRIPT_HASH "\n");
}
END_TEST

START_TEST(update_has_no_hash_of_what_is_no_text)
{
	AUTO_VOICE v = { .dirfd = -1 };
	struct err e;

	put(PROJECT_NARRATION, "\xff");
	checked(&v, false);
	ck_assert_int_eq(voice_update(&v, &e), -1);
	ck_assert_int_eq(e.code, EILSEQ);
	ck_assert_int_eq(strncmp(e.msg, PROJECT_NARRATION ": ", strlen(PROJECT_NARRATION ": ")), 0);
	holds(PROJECT_VOICE_HASH, SCRIPT_HASH);
}
END_TEST

/* --- the folder ----------------------------------------------------------------------------------------------------- */

/* config: voice_clone_config.json, NULL where there is none; $HOME is /h. */
static const struct {
	const char *backend, *config, *folder;
	bool mlx; /* an index stands there */
} places[] = {
	{ "qwen", NULL, PROJECT_VOICES, true },
	{ "mlx", NULL, MLX, true },
	{ "mlx", NULL, PROJECT_VOICES, false },
	{ "mlx", "{\"output_dir\": \"v\"}", "v", true },
	{ "qwen", "{\"output_dir\": \" \\t v/w \\n\"}", "v/w", false },
	{ "qwen", "{\"output_dir\": \"~/v\"}", "/h/v", false },
	{ "qwen", "{\"output_dir\": \"~\"}", "/h", false },
	{ "qwen", "{\"output_dir\": \"~v\"}", "~v", false },
	{ "qwen", "{\"output_dir\": \"  \"}", PROJECT_VOICES, false },
	{ "qwen", "{\"output_dir\": 7}", PROJECT_VOICES, false },
	{ "qwen", "{\"output_dir\": \"a\\u0000b\"}", PROJECT_VOICES, false },
	{ "qwen", "{\"other\": \"v\"}", PROJECT_VOICES, false },
	{ "qwen", "[\"output_dir\"]", PROJECT_VOICES, false },
	{ "qwen", "{broken", PROJECT_VOICES, false },
};

START_TEST(folder_by_config_and_backend)
{
	AUTO_VOICE v = { .dirfd = -1 };

	setenv("HOME", "/h", 1);
	if (places[_i].config != NULL)
		put("voice_clone_config.json", places[_i].config);
	if (places[_i].mlx) {
		ck_assert_int_eq(file_mkdirs(AT_FDCWD, MLX, 0777), 0);
		put(MLX "/cache.json", "[]");
	}
	opened(&v, places[_i].backend);
	ck_assert_str_eq(buf_str(&v.folder), places[_i].folder);
}
END_TEST

START_TEST(without_home_the_tilde_stays)
{
	AUTO_VOICE v = { .dirfd = -1 };

	unsetenv("HOME");
	put("voice_clone_config.json", "{\"output_dir\": \"~/v\"}");
	opened(&v, "qwen");
	ck_assert_str_eq(buf_str(&v.folder), "~/v");
}
END_TEST

/* --- entries -------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *entry, *wrong, *audio, *text; /* the tokens */
} entries[] = {
	{ "{\"audio_file\": \"a\", \"text\": \"t\"}", NULL, "\"a\"", "\"t\"" },
	{ "{\"audio_file\": \"a\", \"final_audio\": \"b\", \"text\": \"t\", \"input_text\": \"u\"}", NULL, "\"a\"", "\"t\"" },
	{ "{\"audio_file\": \"\", \"final_audio\": \"b\", \"text\": 0, \"input_text\": \"u\"}", NULL, "\"b\"", "\"u\"" },
	{ "{\"audio_file\": 7, \"final_audio\": \"b\", \"text\": \"t\"}", "missing audio file field", NULL, NULL },
	{ "{\"audio_file\": \"a\", \"text\": [1]}", "missing text field", NULL, NULL },
	{ "{\"audio_file\": \"a\", \"input_text\": \"\"}", "missing text field", NULL, NULL },
	{ "{}", "missing audio file field", NULL, NULL },
	{ "[]", "is not an object", NULL, NULL },
	{ "null", "is not an object", NULL, NULL },
};

START_TEST(sound_and_text_of_an_entry)
{
	struct js audio, text;
	const char *wrong = voice_entry(js_root(entries[_i].entry), &audio, &text);

	ck_assert_int_eq(wrong == NULL, entries[_i].wrong == NULL);
	if (wrong != NULL) {
		ck_assert_str_eq(wrong, entries[_i].wrong);
		return;
	}
	ck_assert_int_eq(strncmp(audio.p, entries[_i].audio, strlen(entries[_i].audio)), 0);
	ck_assert_int_eq(strncmp(text.p, entries[_i].text, strlen(entries[_i].text)), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("voice");
	TCase *tc = tcase_create("voice");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, set_up, folder_leave);
	tcase_add_loop_test(tc, verdict_and_message, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, missing_hash_is_written_where_asked);
	tcase_add_test(tc, what_is_found_out_can_be_seen);
	tcase_add_loop_test(tc, what_cannot_be_read_is_named, 0, ARRAY_LEN(folders));
	tcase_add_test(tc, no_project_no_voice);
	tcase_add_test(tc, hash_that_cannot_be_written_is_told);
	tcase_add_test(tc, overlong_hash_is_none);
	tcase_add_loop_test(tc, absent_is_not_unreadable, 0, ARRAY_LEN(codes));
	tcase_add_test(tc, update_keeps_the_hash);
	tcase_add_test(tc, update_writes_only_what_is_new);
	tcase_add_test(tc, update_has_no_hash_of_what_is_no_text);
	tcase_add_loop_test(tc, folder_by_config_and_backend, 0, ARRAY_LEN(places));
	tcase_add_test(tc, without_home_the_tilde_stays);
	tcase_add_loop_test(tc, sound_and_text_of_an_entry, 0, ARRAY_LEN(entries));
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
