/* spool: what waits goes to one file, and words that follow each other there become one chunk. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool.h"

#define BIG (600 * 1024)

static struct chunk *
words(int side, char letter, size_t n)
{
	struct chunk *c = chunk_new(side);
	char *text = malloc(n);

	memset(text, letter, n);
	buf_add(&c->mem, text, n);
	free(text);
	return c;
}

static void
holds(const struct chunk *c, char letter, size_t n)
{
	char *text = malloc(n);

	ck_assert_int_ge(c->fd, 0);
	ck_assert_int_eq(pread(c->fd, text, n, c->at), (ssize_t)n);
	ck_assert(text[0] == letter && text[n - 1] == letter);
	free(text);
}

START_TEST(what_is_too_much_goes_to_the_file)
{
	struct spool *s = spool_new(NULL);
	struct chunk *a = words(0, 'a', BIG), *b = words(0, 'b', BIG), *c = words(0, 'c', 100);

	spool_hold(s, a);
	ck_assert_int_lt(a->fd, 0);
	spool_hold(s, b);
	holds(b, 'b', BIG);
	spool_release(s, a);
	spool_hold(s, c); /* there is room again */
	ck_assert_int_lt(c->fd, 0);
	chunk_free(a);
	chunk_free(b);
	spool_release(s, c);
	chunk_free(c);
	spool_free(s);
}
END_TEST

START_TEST(what_follows_is_joined)
{
	struct spool *s = spool_new(NULL);
	struct chunk *full = words(0, 'm', 1024 * 1024 - 5), *a = words(0, 'a', 10), *b = words(0, 'b', 10), *other = words(1, 'o', 10);
	char text[20];

	ck_assert(!spool_join(a, b)); /* they are in memory */
	spool_hold(s, full); /* in memory, and no more goes there */
	spool_hold(s, a);
	spool_hold(s, b);
	spool_hold(s, other);
	ck_assert(!spool_join(b, a)); /* a is before it */
	ck_assert(!spool_join(b, other));
	ck_assert(spool_join(a, b));
	ck_assert_int_eq(a->end - a->at, 20);
	ck_assert_int_eq(pread(a->fd, text, 20, a->at), 20);
	ck_assert_int_eq(memcmp(text, "aaaaaaaaaabbbbbbbbbb", 20), 0);
	spool_release(s, full);
	chunk_free(full);
	chunk_free(a);
	chunk_free(other);
	spool_free(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("spool");
	TCase *tc = tcase_create("spool");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(tc, what_is_too_much_goes_to_the_file);
	tcase_add_test(tc, what_follows_is_joined);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
