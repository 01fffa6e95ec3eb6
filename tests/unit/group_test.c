/* group: lists of names, "a+b", are read name by name; a name is found whole or not at all. */
#include <check.h>
#include <string.h>

#include "cleanup.h"
#include "group.h"

static struct view
view(const char *s)
{
	return (struct view){ s, strlen(s) };
}

/* --- names of a list --------------------------------------------------------------------------------------------- */
static const struct {
	const char *list;
	const char *names[4]; /* NULL: that was all */
} lists[] = {
	{ "", { NULL } },
	{ "a", { "a" } },
	{ "a+bc", { "a", "bc" } },
	{ "a b+c,d", { "a b", "c,d" } }, /* only + parts them */
	{ "a++b", { "a", "", "b" } },
	{ "+a", { "", "a" } },
	{ "a+", { "a" } }, /* the last + ends a name, and begins none */
};

START_TEST(names_come_one_by_one)
{
	const char *at = lists[_i].list;
	struct view one;
	size_t n;

	for (n = 0; lists[_i].names[n] != NULL; n++) {
		ck_assert(group_next(&at, &one));
		ck_assert_uint_eq(one.len, strlen(lists[_i].names[n]));
		ck_assert_int_eq(memcmp(one.s, lists[_i].names[n], one.len), 0);
	}
	ck_assert(!group_next(&at, &one));
	ck_assert_ptr_eq(at, lists[_i].list + strlen(lists[_i].list));
}
END_TEST

/* --- one name ---------------------------------------------------------------------------------------------------- */
static const struct {
	const char *list, *name;
	bool has;
} members[] = {
	{ "a+bc+d", "a", true },
	{ "a+bc+d", "bc", true },
	{ "a+bc+d", "d", true },
	{ "a+bc+d", "b", false }, /* the beginning of one */
	{ "a+bc+d", "c", false }, /* its end */
	{ "a+bc+d", "bcd", false },
	{ "a+bc+d", "A", false },
	{ "a+bc+d", "a+bc", false }, /* a list is no name */
	{ "a+bc+d", "", false },
	{ "a++d", "", true },
	{ "", "", false },
	{ "", "a", false },
};

START_TEST(a_name_is_found_whole)
{
	ck_assert_int_eq(group_has(members[_i].list, view(members[_i].name)), members[_i].has);
}
END_TEST

START_TEST(a_name_needs_no_end)
{
	ck_assert(group_has("a+b", (struct view){ "bcd", 1 }));
	ck_assert(!group_has("a+bcd", (struct view){ "bcd", 1 }));
}
END_TEST

/* --- two lists --------------------------------------------------------------------------------------------------- */
static const struct {
	const char *a, *b;
	bool meet;
} pairs[] = {
	{ "a", "a", true },
	{ "a+b", "b+c", true },
	{ "a+b", "c+d+a", true },
	{ "a+b", "c+d", false },
	{ "ab", "a+b", false },
	{ "", "a", false },
	{ "", "", false },
};

START_TEST(lists_meet_in_either_order)
{
	ck_assert_int_eq(group_meets(pairs[_i].a, pairs[_i].b), pairs[_i].meet);
	ck_assert_int_eq(group_meets(pairs[_i].b, pairs[_i].a), pairs[_i].meet);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("group");
	TCase *tc = tcase_create("group");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, names_come_one_by_one, 0, ARRAY_LEN(lists));
	tcase_add_loop_test(tc, a_name_is_found_whole, 0, ARRAY_LEN(members));
	tcase_add_test(tc, a_name_needs_no_end);
	tcase_add_loop_test(tc, lists_meet_in_either_order, 0, ARRAY_LEN(pairs));
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
