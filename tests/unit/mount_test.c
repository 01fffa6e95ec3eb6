/* mount: lines of mountinfo, and whose locks are doubted. */
#include <check.h>
#include <string.h>

#include "mount.h"

static const char text[] = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
    "36 22 0:45 / /n rw,noatime master:1 - nfs4 s:/x rw,vers=4.2,local_lock=none\n"
    "37 22 0:46 / /m rw - nfs s:/y rw,vers=3,nolock,local_lock=all\n"
    "38 22 0:47 / /l\\040x rw - lustre a@tcp:/b rw,localflock\n"
    "39 22 0:48 / /s rw - fuse.sshfs me@h:/ rw,user_id=0\n"
    "40 22 0:49 / /cut rw - ";

static const struct {
	unsigned minor;
	const char *type;
	const char *doubt; /* part of it; NULL: none */
} rows[] = {
	{ 45, "nfs4", NULL },
	{ 46, "nfs", "nolock" },
	{ 47, "lustre", "localflock" },
	{ 48, "fuse.sshfs", "sshfs" },
	{ 49, "", NULL },
};

START_TEST(line_is_found_and_judged)
{
	AUTO_BUF type = { 0 };
	AUTO_BUF options = { 0 };
	const char *doubt;

	ck_assert(mount_find(text, 0, rows[_i].minor, &type, &options));
	ck_assert_str_eq(buf_str(&type), rows[_i].type);
	doubt = mount_doubt(buf_str(&type), buf_str(&options));
	ck_assert_int_eq(doubt == NULL, rows[_i].doubt == NULL);
	if (doubt != NULL)
		ck_assert_ptr_nonnull(strstr(doubt, rows[_i].doubt));
}
END_TEST

START_TEST(no_line_is_none)
{
	AUTO_BUF type = { 0 };
	AUTO_BUF options = { 0 };

	ck_assert(!mount_find(text, 0, 4, &type, &options));
	ck_assert(!mount_find("", 0, 45, &type, &options));
	ck_assert(!mount_find("36 22 0:45", 0, 45, &type, &options));
	ck_assert(mount_find(text, 254, 0, &type, &options));
	ck_assert_str_eq(buf_str(&options), ",rw,relatime,rw,");
}
END_TEST

START_TEST(where_we_are_is_no_doubt)
{
	ck_assert_ptr_null(mount_doubt_at("/tmp"));
	ck_assert_ptr_null(mount_doubt_at("/tmp/not/there"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mount");
	TCase *tc = tcase_create("mount");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, line_is_found_and_judged, 0, (int)(sizeof rows / sizeof rows[0]));
	tcase_add_test(tc, no_line_is_none);
	tcase_add_test(tc, where_we_are_is_no_doubt);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed > 0;
}
