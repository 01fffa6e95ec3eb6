/* fresh: what is kept beside a video comes back, and what differs is named. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "fresh.h"
#include "io.h"

static char dir[64];

static void
set_up(void)
{
	snprintf(dir, sizeof dir, "/tmp/fh-fresh.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void
tear_down(void)
{
	char cmd[96];

	snprintf(cmd, sizeof cmd, "/bin/rm -rf %s", dir);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(cmd), 0);
}

static void
put(const char *name, const char *text, time_t when)
{
	AUTO_FD fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	const struct timeval t[2] = { { .tv_sec = when }, { .tv_sec = when } };

	ck_assert_int_eq(io_write_full(fd, text, strlen(text)), 0);
	ck_assert_int_eq(futimes(fd, t), 0);
}

static void
fill(struct fresh_key *k)
{
	put("s.py", "scene", 1000);
	put("a.mp3", "sound", 1000);
	*k = (struct fresh_key){ 0 };
	ck_assert_int_eq(fresh_file(k, FRESH_SCENE, "s.py", NULL), 0);
	ck_assert_int_eq(fresh_audio(k, "a.mp3", NULL, NULL), 0);
	fresh_bytes(k, FRESH_TEXT, "text", 4);
	fresh_bytes(k, FRESH_SETTINGS, "settings", 8);
}

START_TEST(a_key_comes_back)
{
	struct fresh_key k, back;
	char words[100];

	fill(&k);
	ck_assert_int_eq(fresh_load(&back, "v.mp4"), 0);
	ck_assert_int_eq(fresh_store(&k, "v.mp4"), 0);
	ck_assert_int_eq(fresh_load(&back, "v.mp4"), 1);
	ck_assert_mem_eq(&k, &back, sizeof k);
	ck_assert_int_eq(access(".v.mp4.fh", F_OK), 0);
	ck_assert_str_eq(fresh_changes(&back, &k, words, sizeof words), "");
	fresh_forget("v.mp4");
	ck_assert_int_eq(fresh_load(&back, "v.mp4"), 0);
	ck_assert_int_eq(back.hash[FRESH_SCENE][0], '\0');
}
END_TEST

START_TEST(what_changed_is_named)
{
	struct fresh_key k, now;
	char words[100];

	fill(&k);
	now = k;
	fresh_bytes(&now, FRESH_TEXT, "texts", 5);
	ck_assert_str_eq(fresh_changes(&k, &now, words, sizeof words), "narration text");
	fresh_bytes(&now, FRESH_SETTINGS, "", 0);
	ck_assert_str_eq(fresh_changes(&k, &now, words, sizeof words), "narration text, settings");
	now.hash[FRESH_TEXT][0] = '\0';
	ck_assert_str_eq(fresh_changes(&k, &now, words, sizeof words), "settings");
	fresh_fill(&now, &k);
	ck_assert_str_eq(now.hash[FRESH_TEXT], k.hash[FRESH_TEXT]);
	ck_assert_str_eq(fresh_changes(&k, &now, words, 5), "sett");
}
END_TEST

START_TEST(audio_is_read_when_it_looks_new)
{
	struct fresh_key k, now = { 0 };

	fill(&k);
	put("a.mp3", "SOUND", 1000); /* same size and time: not looked into */
	ck_assert_int_eq(fresh_audio(&now, "a.mp3", &k, NULL), 0);
	ck_assert_str_eq(now.hash[FRESH_AUDIO], k.hash[FRESH_AUDIO]);
	put("a.mp3", "SOUND", 1001);
	ck_assert_int_eq(fresh_audio(&now, "a.mp3", &k, NULL), 0);
	ck_assert_str_ne(now.hash[FRESH_AUDIO], k.hash[FRESH_AUDIO]);
	put("a.mp3", "sound", 1002);
	ck_assert_int_eq(fresh_audio(&now, "a.mp3", &k, NULL), 0);
	ck_assert_str_eq(now.hash[FRESH_AUDIO], k.hash[FRESH_AUDIO]);
	now = (struct fresh_key){ 0 };
	ck_assert_int_eq(fresh_audio(&now, "none.mp3", &k, NULL), 0);
	ck_assert_int_eq(now.hash[FRESH_AUDIO][0], '\0');
}
END_TEST

START_TEST(time_decides_with_slack)
{
	put("v.mp4", "v", 1000);
	put("s.py", "s", 1002);
	ck_assert(!fresh_is_newer("s.py", "v.mp4"));
	put("s.py", "s", 1003);
	ck_assert(fresh_is_newer("s.py", "v.mp4"));
	ck_assert(!fresh_is_newer("none", "v.mp4"));
}
END_TEST

static const char *const strange[] = { "", "x", "fh scene key 2\nscene 0\n", "fh scene key 1\n", "fh scene key 1\nscene\n",
	"fh scene key 1\nscene 12\n", "fh scene key 1\nnonsense 0123456789012345678901234567890123456789012345678901234567890123\n",
	"fh scene key 1\nscene 01234567890123456789012345678901234567890123456789012345678901234567890123456789\n" };

START_TEST(a_strange_key_says_nothing)
{
	struct fresh_key k;
	int i;

	put(".v.mp4.fh", strange[_i], 1);
	fresh_load(&k, "v.mp4");
	for (i = 0; i < FRESH_PARTS; i++)
		ck_assert_msg(k.hash[i][0] == '\0', "row %d, part %d: %s", _i, i, k.hash[i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fresh");
	TCase *tc = tcase_create("fresh");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_key_comes_back);
	tcase_add_test(tc, what_changed_is_named);
	tcase_add_test(tc, audio_is_read_when_it_looks_new);
	tcase_add_test(tc, time_decides_with_slack);
	tcase_add_loop_test(tc, a_strange_key_says_nothing, 0, ARRAY_LEN(strange));
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
