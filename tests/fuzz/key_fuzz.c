/* A byte of modes, a key (NUL) without an expression, then records of 24 bytes at most: what is looked at lies in the record, is the
 * same every time, and has a place among any number of jobs. */
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { CSV = 1, HEADER = 2, COMMA = 4, KEY_MAX = 16, RECORD_MAX = 24 };

static struct view
record_next(const char **at, const char *end)
{
	const char *nl = memchr(*at, '\n', (size_t)(end - *at));
	size_t n = (size_t)((nl != NULL ? nl + 1 : end) - *at);
	struct view v = { *at, n < RECORD_MAX ? n : RECORD_MAX };

	*at += v.len;
	return v;
}

/* Whatever --csv makes of it (the quotes are gone), it is no longer than the record. */
static void
look(struct key *k, struct view record, bool csv)
{
	struct err e = { .msg = "" };
	struct view v;
	size_t jobs;

	if (key_of(k, record, &v, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return;
	}
	if (v.len > record.len || (!csv && v.len > 0 && (v.s < record.s || v.s + v.len > record.s + record.len)))
		abort();
	for (jobs = 1; jobs < 4; jobs++)
		if (key_bin(v, jobs) >= jobs || key_shard(v, jobs) >= jobs)
			abort();
	if (key_same(k, record, record, &e) != 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *s = (const char *)data, *end = s + n, *nul = n < 2 ? NULL : memchr(s + 1, '\0', n - 1);
	struct opts o = { .csv = n > 0 && data[0] & CSV, .colsep = n > 0 && data[0] & COMMA ? "," : NULL };
	struct err e = { .msg = "" };
	struct view last = { "", 0 }, v;
	struct key *k;

	if (nul == NULL || nul - s > KEY_MAX || strpbrk(s + 1, " \t$@%&;=(/") != NULL || s[1] == '\0')
		return 0; /* an expression is code, and would be run */
	if (key_new(&o, s + 1, NULL, &k, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return 0;
	}
	s = nul + 1;
	if (data[0] & HEADER)
		(void)key_header(k, record_next(&s, end), &e);
	for (; s < end; last = v) {
		v = record_next(&s, end);
		look(k, v, o.csv);
		if (key_same(k, last, v, &e) != key_same(k, v, last, &e))
			abort();
	}
	key_free(k);
	return 0;
}
