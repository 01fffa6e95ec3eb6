/* slurm: what an allocation's variables say, how many jobs fit, and what the commands look like. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "slurm.h"

static const struct {
	const char *text;
	size_t n;
	int64_t v[4];
} counts[] = {
	{ "4", 1, { 4 } },
	{ "4(x2)", 2, { 4, 4 } },
	{ "4(x2),8", 3, { 4, 4, 8 } },
	{ "72,1(x3)", 4, { 72, 1, 1, 1 } },
};

START_TEST(counts_are_read)
{
	int64_t *v = NULL;
	size_t n = 0, i;

	ck_assert_int_eq(slurm_counts(counts[_i].text, &v, &n, NULL), 0);
	ck_assert_uint_eq(n, counts[_i].n);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(v[i], counts[_i].v[i]);
	free(v);
}
END_TEST

static const char *const bad_counts[] = { "", "x", "4(x)", "4(x2", "4(x0)", "4,", "4;5", "0", "-3", "4(x99999999999)" };

START_TEST(bad_counts_are_refused)
{
	int64_t *v = NULL;
	size_t n = 0;
	struct err e;

	ck_assert_int_eq(slurm_counts(bad_counts[_i], &v, &n, &e), -1);
	ck_assert_uint_gt(strlen(e.msg), 0);
	free(v);
}
END_TEST

START_TEST(allocation_is_read)
{
	struct slurm_alloc a;

	ck_assert_int_eq(slurm_alloc_read("77", "n1\nn2\nbig\n", "4(x2),8", "1000", NULL, &a, NULL), 0);
	ck_assert_str_eq(a.id, "77");
	ck_assert_uint_eq(a.n, 3);
	ck_assert_str_eq(a.node[2].name, "big");
	ck_assert_int_eq(a.node[2].cpus, 8);
	ck_assert_int_eq(slurm_fit(&a, &a.node[0], 1, 0), 4);
	ck_assert_int_eq(slurm_fit(&a, &a.node[2], 3, 0), 2);
	ck_assert_int_eq(slurm_fit(&a, &a.node[2], 1, INT64_C(300) << 20), 3);
	ck_assert_int_eq(slurm_fit(&a, &a.node[2], 99, 0), 1);
	slurm_alloc_free(&a);
	ck_assert_int_eq(slurm_alloc_read("77", "n1\n", "4", "", "100", &a, NULL), 0);
	ck_assert_int_eq(slurm_fit(&a, &a.node[0], 1, INT64_C(200) << 20), 2);
	slurm_alloc_free(&a);
}
END_TEST

START_TEST(nodes_and_counts_must_be_as_many)
{
	struct slurm_alloc a;
	struct err e;

	ck_assert_int_eq(slurm_alloc_read("1", "n1\nn2\n", "4", NULL, NULL, &a, &e), -1);
	ck_assert_int_eq(slurm_alloc_read("1", "n1\n", "4(x2)", NULL, NULL, &a, &e), -1);
	ck_assert_int_eq(slurm_alloc_read("1", "n1\n", NULL, NULL, NULL, &a, &e), -1);
}
END_TEST

static bool
has(const struct slurm_words *w, const char *word)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->v[i], word) == 0)
			return true;
	return false;
}

START_TEST(commands_are_words)
{
	struct slurm_words w = { 0 };

	slurm_agent_words(&w, "5", "n$(x)", "/opt/f p");
	ck_assert(has(&w, "--jobid=5") && has(&w, "--nodelist=n$(x)") && has(&w, "/opt/f p") && has(&w, "--mem=0") && has(&w, "--export=ALL"));
	ck_assert_str_eq(w.v[w.n - 1], "--agent");
	slurm_words_free(&w);
	slurm_step_words(&w, "5", 3, (INT64_C(1) << 20) + 1, "/f");
	ck_assert(has(&w, "--exact") && has(&w, "-c3") && has(&w, "--mem=2"));
	slurm_words_free(&w);
	slurm_elastic_words(&w, 4, 0, "-p 'a b'", "/f '");
	ck_assert(has(&w, "-c4") && has(&w, "/f '") && strstr(w.v[2], "-p 'a b' \"$@\"") != NULL && strstr(w.v[2], "/f") == NULL);
	slurm_words_free(&w);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("slurm");
	TCase *tc = tcase_create("slurm");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, counts_are_read, 0, (int)(sizeof counts / sizeof counts[0]));
	tcase_add_loop_test(tc, bad_counts_are_refused, 0, (int)(sizeof bad_counts / sizeof bad_counts[0]));
	tcase_add_test(tc, allocation_is_read);
	tcase_add_test(tc, nodes_and_counts_must_be_as_many);
	tcase_add_test(tc, commands_are_words);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed > 0;
}
