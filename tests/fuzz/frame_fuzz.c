/* Any bytes as what the other side says: frames are found, or refused, within the bytes given; whatever payload is taken says the
 * same again when it is written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_same(const struct frame *f, const struct buf *again)
{
	if (again->len != FRAME_HEAD_BYTES + f->body.len || memcmp(again->data + FRAME_HEAD_BYTES, f->body.s, f->body.len) != 0)
		abort();
}

static void
check_setup(const struct frame *f, struct buf *again)
{
	struct frame_setup s;

	if (frame_get_setup(f, &s, NULL) < 0)
		return;
	if (frame_put_setup(again, &s) < 0)
		abort();
	check_same(f, again);
	frame_words_free(&s.env);
}

static void
check_job(const struct frame *f, struct buf *again)
{
	struct frame_job j;

	if (frame_get_job(f, &j, NULL) < 0)
		return;
	if (frame_put_job(again, f->job, &j) < 0)
		abort();
	check_same(f, again);
	frame_words_free(&j.words);
}

static void
check_payload(const struct frame *f)
{
	struct frame_hello h;
	struct frame_exit x;
	AUTO_BUF again = { 0 };
	struct view words;
	uint64_t number;
	int code;

	if (f->kind == FRAME_HELLO && frame_get_hello(f, &h, NULL) == 0 && h.version == FRAME_VERSION) {
		frame_put_hello(&again, &h);
		check_same(f, &again);
	}
	if (f->kind == FRAME_SETUP)
		check_setup(f, &again);
	if (f->kind == FRAME_JOB)
		check_job(f, &again);
	if (f->kind == FRAME_EXIT && frame_get_exit(f, &x, NULL) == 0) {
		frame_put_exit(&again, f->job, &x);
		check_same(f, &again);
	}
	if ((f->kind == FRAME_READY || f->kind == FRAME_REFUSED) && frame_get_error(f, &code, &words, NULL) == 0 && words.len <= 2000) {
		frame_put_error(&again, f->kind, f->job, code, words.s);
		check_same(f, &again);
	}
	if (frame_number(f, &number, NULL) == 0 && f->kind == FRAME_WINDOW) {
		frame_put_number(&again, f->kind, f->job, number);
		check_same(f, &again);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data;
	size_t at = frame_find_magic(s, n), before;
	struct frame f;
	struct err e;
	enum next got;

	if (at > n)
		abort();
	for (;;) {
		before = at;
		got = frame_next(s, n, &at, &f, &e);
		if (got != NEXT_GOT)
			break;
		if (at > n || at != before + FRAME_HEAD_BYTES + f.body.len)
			abort();
		check_payload(&f);
	}
	if (at != before || (got == NEXT_FAIL && e.msg[0] == '\0'))
		abort();
	return 0;
}
