/* login, hosts: what a text that names hosts means, as the reference takes it; which host takes the next job. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "hosts.h"
#include "login.h"
#include "mem.h"

static const struct {
	const char *text, *name, *host, *groups;
	int64_t cpus;
	const char *ssh; /* words, joined by "|" */
} logins[] = {
	{ "h", "h", "h", "", -1, "ssh|h" },
	{ ":", ":", ":", "", -1, "" },
	{ "4/:", ":", ":", "", 4, "" },
	{ "u@h", "u@h", "h", "", -1, "ssh|-l|u|h" },
	{ "u@h:22", "u@h:22", "h", "", -1, "ssh|-p|22|-l|u|h" },
	{ "h#22", "h#22", "h", "", -1, "ssh|-p|22|h" },
	{ "hp22", "hp22", "hp22", "", -1, "ssh|hp22" },
	{ "1.2.3.4:22", "1.2.3.4:22", "1.2.3.4", "", -1, "ssh|-p|22|1.2.3.4" },
	{ "::1", "::1", "::1", "", -1, "ssh|::1" },
	{ "1/::1p2222", "::1p2222", "::1", "", 1, "ssh|-p|2222|::1" },
	{ "::1#2222", "::1#2222", "::1", "", -1, "ssh|-p|2222|::1" },
	{ "u@[::1]:22", "u@[::1]:22", "::1", "", -1, "ssh|-p|22|-l|u|::1" },
	{ "8/ssh -p 5 h:22", "ssh -p 5 h:22", "h", "", 8, "ssh|-p|5|-p|22|h" },
	{ "//usr/bin/ssh -l root h", "/usr/bin/ssh -l root h", "h", "", -1, "/usr/bin/ssh|-l|root|h" },
	{ "ssh -o \"User root\" h", "ssh -o \"User root\" h", "h", "", -1, "ssh|-o|User root|h" },
	{ "@g/1/h", "h", "h", "g", 1, "ssh|h" },
	{ "@g+k/h", "h", "h", "g+k", -1, "ssh|h" },
	{ "@g", "", "", "g", -1, "" },
	{ "h ", "h", "h", "", -1, "ssh|h" },
	{ "0/h", "h", "h", "", 0, "ssh|h" },
};

START_TEST(login_is_read)
{
	AUTO_ARENA mem = { 0 };
	AUTO_BUF words = { 0 };
	struct login l;
	struct err e;
	size_t i;

	ck_assert_msg(login_parse(logins[_i].text, strlen(logins[_i].text), "ssh", &mem, &l, &e) == 0, "%s", logins[_i].text);
	for (i = 0; i < l.nssh; i++)
		buf_addf(&words, "%s%s", i > 0 ? "|" : "", l.ssh[i]);
	ck_assert_str_eq(l.name, logins[_i].name);
	ck_assert_str_eq(l.host, logins[_i].host);
	ck_assert_str_eq(l.groups, logins[_i].groups);
	ck_assert_int_eq(l.cpus, logins[_i].cpus);
	ck_assert_str_eq(buf_str(&words), logins[_i].ssh);
}
END_TEST

static const char *const bad_logins[] = { "h%x", "-h", "-oProxyCommand=x", "1/@g/h", ":/h", "u@h@k", "h/", "a/b", "x/h", "+1/h", "1.5/h",
	"50%/h", "h;x", "$(date)", "`x`", "h'", "node[1-3]", "u:pw@h", "u@", "-l@h", "$x@h", "ssh -p 1 -oProxyCommand=x", "[::1", "h:",
	"ssh ssh$x", "é" };

START_TEST(bad_login_is_refused)
{
	AUTO_ARENA mem = { 0 };
	struct login l;
	struct err e;

	ck_assert_msg(login_parse(bad_logins[_i], strlen(bad_logins[_i]), "ssh", &mem, &l, &e) < 0, "%s", bad_logins[_i]);
}
END_TEST

static struct hosts *
made(const char *list, const char *jobs)
{
	const char *words[] = { list };
	struct opts o = { .sshlogin = { words, 1, 1 } };
	struct hosts *h = NULL;
	struct err e;
	bool file;

	ck_assert_msg(hosts_new(&o, &h, &e) == 0, "%s: %s", list, e.msg);
	ck_assert_int_eq(hosts_set_slots(h, jobs, &file, &e), 0);
	return h;
}

static const char *
chosen(struct hosts *h, const char *groups, uint64_t tried)
{
	struct host_wish w = { groups, tried };
	struct host *t = hosts_choose(h, &w);

	if (t == NULL)
		return "none";
	hosts_take(t);
	return t->name;
}

START_TEST(jobs_are_spread)
{
	struct hosts *h = made("2/a,4/b,a,0/c", "100%");

	ck_assert_uint_eq(hosts_count(h), 3);
	ck_assert_int_eq(hosts_slots(h), 6);
	ck_assert_str_eq(chosen(h, NULL, 0), "a");
	ck_assert_str_eq(chosen(h, NULL, 0), "b");
	ck_assert_str_eq(chosen(h, NULL, 0), "b"); /* a quarter of b is in use, half of a */
	ck_assert_str_eq(chosen(h, NULL, 0), "a");
	ck_assert_str_eq(chosen(h, NULL, 0), "b");
	ck_assert_str_eq(chosen(h, NULL, 0), "b");
	ck_assert_str_eq(chosen(h, NULL, 0), "none");
	hosts_give(hosts_at(h, 0));
	ck_assert_str_eq(chosen(h, NULL, 0), "a");
	hosts_give(hosts_at(h, 1));
	hosts_lose(hosts_at(h, 1));
	ck_assert_str_eq(chosen(h, NULL, 0), "none");
	ck_assert_int_eq(hosts_slots(h), 2);
	hosts_free(h);
}
END_TEST

START_TEST(a_failed_host_is_avoided)
{
	struct hosts *h = made("1/a,1/b", NULL);

	ck_assert_str_eq(chosen(h, NULL, 1), "b");
	ck_assert_str_eq(chosen(h, NULL, 2), "a");
	ck_assert_str_eq(chosen(h, NULL, 1), "none"); /* b is busy: better to wait for it */
	hosts_give(hosts_at(h, 0));
	ck_assert_str_eq(chosen(h, NULL, 3), "a"); /* it failed everywhere */
	hosts_free(h);
}
END_TEST

START_TEST(groups_bound_the_choice)
{
	struct hosts *h = made("@g/9/a,@g+k/9/b,9/c", NULL);
	struct err e;

	ck_assert_str_eq(chosen(h, "k", 0), "b");
	ck_assert_str_eq(chosen(h, "c+x", 0), "c");
	ck_assert_str_eq(chosen(h, "g", 0), "a");
	ck_assert_str_eq(chosen(h, "x", 0), "none");
	ck_assert_str_eq(chosen(h, "gg", 0), "none");
	ck_assert_str_eq(hosts_groups(h), "a+g+b+k+c");
	ck_assert_int_eq(hosts_make_groups(h, "g+c", &e), 0);
	ck_assert_int_eq(hosts_make_groups(h, "g+n", &e), 1);
	ck_assert_str_eq(hosts_at(h, 3)->name, "n");
	ck_assert_int_lt(hosts_make_groups(h, "$(x)", &e), 0);
	hosts_free(h);
	h = made("@g/9/a,9/b\n@g", NULL);
	ck_assert_int_eq(hosts_slots(h), 9);
	ck_assert_str_eq(chosen(h, NULL, 0), "a");
	ck_assert_str_eq(chosen(h, "b", 0), "none");
	hosts_free(h);
}
END_TEST

START_TEST(slots_follow_j)
{
	struct hosts *h = made("3/a,1/b", "50%");
	bool file;
	struct err e;

	ck_assert_int_eq(hosts_slots(h), 3);
	ck_assert_int_eq(hosts_set_slots(h, "+1", &file, &e), 0);
	ck_assert_int_eq(hosts_slots(h), 6);
	ck_assert_int_eq(hosts_set_slots(h, "7", &file, &e), 0);
	ck_assert_int_eq(hosts_slots(h), 14);
	ck_assert_int_lt(hosts_set_slots(h, "x", &file, &e), 0);
	ck_assert(!hosts_need_cpus(h, NULL));
	hosts_free(h);
	h = made("a,1/b", "3");
	ck_assert(!hosts_need_cpus(h, "3"));
	ck_assert(hosts_need_cpus(h, "100%"));
	ck_assert(hosts_need_cpus(h, NULL));
	ck_assert_int_eq(hosts_slots(h), 6);
	hosts_free(h);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("hosts");
	TCase *tc = tcase_create("hosts");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, login_is_read, 0, ARRAY_LEN(logins));
	tcase_add_loop_test(tc, bad_login_is_refused, 0, ARRAY_LEN(bad_logins));
	tcase_add_test(tc, jobs_are_spread);
	tcase_add_test(tc, a_failed_host_is_avoided);
	tcase_add_test(tc, groups_bound_the_choice);
	tcase_add_test(tc, slots_follow_j);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
