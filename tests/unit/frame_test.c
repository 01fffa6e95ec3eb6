/* frame: what is written is read again, whatever pieces it comes in; what is no frame is refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

static struct view
view(const char *s)
{
	return (struct view){ s, strlen(s) };
}

static struct frame
only(const struct buf *b)
{
	struct frame f;
	size_t at = 0;

	ck_assert_int_eq(frame_next(b->data, b->len, &at, &f, NULL), NEXT_GOT);
	ck_assert_uint_eq(at, b->len);
	return f;
}

START_TEST(frames_come_in_pieces)
{
	AUTO_BUF b = { 0 };
	size_t n, at, frames, want;
	struct frame f;

	frame_put(&b, FRAME_OUTPUT, 1, 7, "ab\0c", 4);
	want = b.len;
	frame_put(&b, FRAME_BEAT, 0, 0, "", 0);
	frame_put_number(&b, FRAME_WINDOW, 9, UINT64_C(0x1122334455667788));
	for (n = 0; n <= b.len; n++) {
		for (at = frames = 0; frame_next(b.data, n, &at, &f, NULL) == NEXT_GOT; frames++)
			;
		ck_assert_uint_eq(frames, (n >= want) + (n >= want + FRAME_HEAD_BYTES) + (n == b.len));
	}
	at = 0;
	frame_next(b.data, b.len, &at, &f, NULL);
	ck_assert(f.kind == FRAME_OUTPUT && f.side == 1 && f.job == 7 && f.body.len == 4 && memcmp(f.body.s, "ab\0c", 4) == 0);
}
END_TEST

/* kind 200; side 2; a length beyond the kind's; something where 0 is */
static const char bad[][FRAME_HEAD_BYTES + 1] = { "\0\0\0\0\310\0\0\0\0\0\0\0", "\0\0\0\0\0\2\0\0\0\0\0\0",
	"\1\0\0\0\15\0\0\0\0\0\0\0", "\0\0\0\0\0\0\1\0\0\0\0\0", "\0\0\0\377\3\0\0\0\0\0\0\0" };

START_TEST(no_frame_is_refused)
{
	struct frame f;
	struct err e;
	size_t at = 0;

	ck_assert_int_eq(frame_next(bad[_i], FRAME_HEAD_BYTES, &at, &f, &e), NEXT_FAIL);
	ck_assert_uint_gt(strlen(e.msg), 0);
	ck_assert_uint_eq(at, 0);
}
END_TEST

START_TEST(magic_is_found_behind_noise)
{
	AUTO_BUF b = { 0 };
	size_t noise;

	buf_adds(&b, "Welcome!\nfh-agent\n");
	noise = b.len;
	ck_assert_uint_eq(frame_find_magic(b.data, b.len), 0);
	buf_add(&b, FRAME_MAGIC, FRAME_MAGIC_BYTES - 1);
	ck_assert_uint_eq(frame_find_magic(b.data, b.len), 0);
	buf_addc(&b, '\n');
	ck_assert_uint_eq(frame_find_magic(b.data, b.len), noise + FRAME_MAGIC_BYTES);
}
END_TEST

START_TEST(wanted_is_found_anywhere)
{
	AUTO_BUF b = { 0 };
	size_t n;

	ck_assert(!frame_finds_wanted(NULL, 0));
	buf_adds(&b, "Welcome!\nfh-agent?\n");
	buf_add(&b, FRAME_MAGIC, FRAME_MAGIC_BYTES); /* an agent that is there is not wanted */
	ck_assert(!frame_finds_wanted(b.data, b.len));
	for (n = 1; n <= FRAME_WANTED_BYTES; n++) {
		buf_addc(&b, FRAME_WANTED[n - 1]);
		ck_assert_int_eq(frame_finds_wanted(b.data, b.len), n == FRAME_WANTED_BYTES);
	}
	buf_adds(&b, "and more");
	ck_assert(frame_finds_wanted(b.data, b.len));
	ck_assert_uint_eq(frame_find_magic(FRAME_WANTED, FRAME_WANTED_BYTES), 0);
}
END_TEST

START_TEST(job_is_the_same_again)
{
	struct view words[] = { { "printf", 6 }, { "", 0 }, { "a b\n", 4 } };
	struct frame_job j = { .seq = UINT64_MAX, .slot = 3, .input = FRAME_IN_FIFO, .dir = view("/x y"), .text = view("echo 'a'"),
		.words = { words, 3 } }, got;
	AUTO_BUF b = { 0 };
	struct frame f;
	size_t i;

	ck_assert_int_eq(frame_put_job(&b, 42, &j), 0);
	f = only(&b);
	ck_assert_int_eq(frame_get_job(&f, &got, NULL), 0);
	ck_assert(f.kind == FRAME_JOB && f.job == 42 && got.seq == j.seq && got.slot == 3 && got.input == FRAME_IN_FIFO);
	ck_assert_str_eq(got.dir.s, "/x y");
	ck_assert_str_eq(got.text.s, "echo 'a'");
	ck_assert_uint_eq(got.words.n, 3);
	for (i = 0; i < 3; i++)
		ck_assert_str_eq(got.words.v[i].s, words[i].s);
	frame_words_free(&got.words);
}
END_TEST

START_TEST(setup_is_the_same_again)
{
	struct view env[] = { { "A=1", 3 }, { "BASH_FUNC_f%%=() {  :\n}", 23 } };
	struct frame_setup s = { .shell = view("/bin/sh"), .dir = view("/d"), .slot_var = view("V"), .login = view("4/n1"), .host = view("n1"),
		.termseq = view("TERM,1"), .pid = 77, .slots = 64, .window = 1 << 20, .beat_ns = 5, .nice = -3, .env = { env, 2 } }, got;
	AUTO_BUF b = { 0 };
	struct frame f;

	ck_assert_int_eq(frame_put_setup(&b, &s), 0);
	f = only(&b);
	ck_assert_int_eq(frame_get_setup(&f, &got, NULL), 0);
	ck_assert(got.pid == 77 && got.slots == 64 && got.window == 1 << 20 && got.beat_ns == 5 && got.nice == -3 && got.env.n == 2);
	ck_assert_str_eq(got.shell.s, "/bin/sh");
	ck_assert_str_eq(got.tmpdir.s, "");
	ck_assert_str_eq(got.termseq.s, "TERM,1");
	ck_assert_str_eq(got.env.v[1].s, env[1].s);
	frame_words_free(&got.env);
}
END_TEST

/* Every payload of these, cut short or with a byte more, is refused: invariant 2. */
START_TEST(payload_of_another_length_is_refused)
{
	struct frame_exit x = { 256, 1, 2, 3, 4, 5 }, gotx;
	struct view word = { "true", 4 };
	struct frame_job j = { .words = { &word, 1 } }, gotj;
	AUTO_BUF b = { 0 };
	struct frame f, g;
	size_t n;

	frame_put_exit(&b, 1, &x);
	f = only(&b);
	ck_assert_int_eq(frame_get_exit(&f, &gotx, NULL), 0);
	ck_assert(gotx.status == 256 && gotx.ran_ns == 1 && gotx.took == 2 && gotx.peak_kib == 5);
	for (n = 0; n < f.body.len; n++) {
		g = f;
		g.body.len = n;
		ck_assert_int_eq(frame_get_exit(&g, &gotx, NULL), -1);
	}
	buf_reset(&b);
	ck_assert_int_eq(frame_put_job(&b, 1, &j), 0);
	buf_addc(&b, 'x');
	f = (struct frame){ .kind = FRAME_JOB, .body = { b.data + FRAME_HEAD_BYTES, b.len - FRAME_HEAD_BYTES } };
	for (n = 0; n <= f.body.len; n++) {
		g = f;
		g.body.len = n;
		ck_assert_int_eq(frame_get_job(&g, &gotj, NULL), n == f.body.len - 1 ? 0 : -1);
		if (n == f.body.len - 1)
			frame_words_free(&gotj.words);
	}
}
END_TEST

START_TEST(too_long_a_command_is_not_written)
{
	AUTO_BUF text = { 0 }, b = { 0 };
	struct frame_job j = { 0 };

	memset(buf_room(&text, FRAME_BYTES_MAX), 'x', FRAME_BYTES_MAX);
	buf_grown(&text, FRAME_BYTES_MAX);
	j.text = (struct view){ text.data, text.len };
	buf_adds(&b, "before");
	ck_assert_int_eq(frame_put_job(&b, 1, &j), -1);
	ck_assert_str_eq(buf_str(&b), "before");
}
END_TEST

START_TEST(hello_of_another_version_is_read_as_far_as_that)
{
	struct frame_hello h = { .version = FRAME_VERSION + 1, .tool = view("9"), .host = view("h") }, got;
	AUTO_BUF b = { 0 };
	struct frame f;

	frame_put_hello(&b, &h);
	f = only(&b);
	ck_assert_int_eq(frame_get_hello(&f, &got, NULL), 0);
	ck_assert_uint_eq(got.version, FRAME_VERSION + 1);
}
END_TEST

START_TEST(words_of_an_error_are_cut)
{
	char words[8192];
	AUTO_BUF b = { 0 };
	struct view got;
	struct frame f;
	int code;

	memset(words, 'w', sizeof words);
	words[sizeof words - 1] = '\0';
	frame_put_error(&b, FRAME_REFUSED, 5, 2, words);
	f = only(&b);
	ck_assert_int_eq(frame_get_error(&f, &code, &got, NULL), 0);
	ck_assert(code == 2 && got.len > 100 && got.len < 4096);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("frame");
	TCase *tc = tcase_create("frame");
	SRunner *r;
	int failed;

	tcase_add_test(tc, frames_come_in_pieces);
	tcase_add_loop_test(tc, no_frame_is_refused, 0, (int)(sizeof bad / sizeof bad[0]));
	tcase_add_test(tc, magic_is_found_behind_noise);
	tcase_add_test(tc, wanted_is_found_anywhere);
	tcase_add_test(tc, job_is_the_same_again);
	tcase_add_test(tc, setup_is_the_same_again);
	tcase_add_test(tc, payload_of_another_length_is_refused);
	tcase_add_test(tc, too_long_a_command_is_not_written);
	tcase_add_test(tc, hello_of_another_version_is_read_as_far_as_that);
	tcase_add_test(tc, words_of_an_error_are_cut);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed > 0;
}
