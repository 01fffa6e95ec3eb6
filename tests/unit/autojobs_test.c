/* -j auto, --load and memory on folders that look like /proc and /sys/fs/cgroup, and on facts alone. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "autojobs.h"
#include "file.h"
#include "io.h"
#include "mem.h"
#include "path.h"
#include "world.h"

#define GIB (INT64_C(1) << 30)
#define MEMINFO "MemTotal: 8388608 kB\nMemFree: 1024 kB\nMemAvailable: 4194304 kB\n"

struct put {
	const char *name, *text;
};

static const struct look {
	struct put files[8];
	struct autojobs_facts want;
} looks[] = {
	{ { { "none", "" } }, { 0, -1, -1, -1 } },
	{ { { "proc/meminfo", MEMINFO } }, { 0, -1, 4 * GIB, -1 } },
	{ { { "proc/meminfo", "MemTotal: 1 kB\n" } }, { 0, -1, -1, -1 } },
	{ { { "proc/self/cgroup", "0::/a/b\n" }, { "cg/a/b/cpu.max", "150000 100000\n" }, { "cg/a/b/memory.max", "max\n" } },
	    { 0, 1500, -1, -1 } },
	{ { { "proc/self/cgroup", "0::/a/b\n" }, { "cg/a/b/cpu.max", "max 100000\n" } }, { 0, -1, -1, -1 } },
	/* the tightest of those above counts, also where our own group is not to be seen (a container) */
	{ { { "proc/self/cgroup", "0::/a/b\n" }, { "cg/a/b/cpu.max", "400000 100000\n" }, { "cg/a/cpu.max", "50000 100000\n" } },
	    { 0, 500, -1, -1 } },
	{ { { "proc/self/cgroup", "0::/x/y\n" }, { "cg/cpu.max", "200000 100000\n" }, { "cg/memory.max", "1073741824\n" } },
	    { 0, 2000, -1, GIB } },
	{ { { "proc/self/cgroup", "0::/\n" }, { "cg/memory.max", "3221225472\n" }, { "cg/memory.current", "2147483648\n" },
	        { "cg/memory.stat", "anon 5\nfile 7\ninactive_file 1073741824\n" } },
	    { 0, -1, -1, 2 * GIB } },
	{ { { "proc/self/cgroup", "0::/\n" }, { "cg/memory.max", "1000\n" }, { "cg/memory.current", "5000\n" } },
	    { 0, -1, -1, 0 } },
	/* version 1, and both */
	{ { { "proc/self/cgroup", "4:memory:/m\n3:cpu,cpuacct:/c\n" }, { "cg/cpu,cpuacct/c/cpu.cfs_quota_us", "300000\n" },
	        { "cg/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n" }, { "cg/memory/m/memory.limit_in_bytes", "4294967296\n" },
	        { "cg/memory/m/memory.usage_in_bytes", "3221225472\n" },
	        { "cg/memory/m/memory.stat", "inactive_file 1\ntotal_inactive_file 1073741824\n" } },
	    { 0, 3000, -1, 2 * GIB } },
	{ { { "proc/self/cgroup", "3:cpuacct,cpu:/c\n" }, { "cg/cpu/cpu.cfs_quota_us", "-1\n" },
	        { "cg/cpu/cpu.cfs_period_us", "100000\n" } },
	    { 0, -1, -1, -1 } },
	{ { { "proc/self/cgroup", "4:memory:/\n0::/u\n" }, { "cg/memory/memory.limit_in_bytes", "9223372036854771712\n" },
	        { "cg/unified/u/cpu.max", "250000 100000\n" } },
	    { 0, 2500, -1, -1 } },
	{ { { "proc/self/cgroup", "rubbish\n::\n0:\n0::/\n" }, { "cg/cpu.max", "rubbish\n" }, { "cg/memory.max", "\n" } },
	    { 0, -1, -1, -1 } },
};

static void
put(const char *dir, const struct put *p)
{
	AUTO_BUF path = { 0 };
	AUTO_BUF folder = { 0 };
	int fd;

	path_join(&path, dir, p->name);
	path_dir(&folder, buf_str(&path));
	ck_assert_int_eq(file_mkdirs(AT_FDCWD, buf_str(&folder), 0777), 0);
	fd = open(buf_str(&path), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	ck_assert_int_eq(io_write_full(fd, p->text, strlen(p->text)), 0);
	close(fd);
}

START_TEST(roots_are_read)
{
	const struct look *l = &looks[_i];
	struct autojobs_facts f = { 0 };
	char dir[] = "/tmp/fh-auto.XXXXXX", rm[64];
	AUTO_BUF proc = { 0 };
	AUTO_BUF cgroup = { 0 };
	size_t i;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	for (i = 0; i < ARRAY_LEN(l->files) && l->files[i].name != NULL; i++)
		put(dir, &l->files[i]);
	path_join(&proc, dir, "proc");
	path_join(&cgroup, dir, "cg");
	autojobs_look(&(struct autojobs_roots){ buf_str(&proc), buf_str(&cgroup) }, &f);
	snprintf(rm, sizeof rm, "rm -r %s", dir);
	ck_assert_int_eq(system(rm), 0);
	ck_assert_int_eq(f.cpu_milli, l->want.cpu_milli);
	ck_assert_int_eq(f.mem_available, l->want.mem_available);
	ck_assert_int_eq(f.mem_cgroup, l->want.mem_cgroup);
}
END_TEST

static const struct {
	struct autojobs_facts f;
	int64_t min, max, want;
} decisions[] = {
	{ { 1, -1, -1, -1 }, 1, 4, 1 },
	{ { 2, -1, -1, -1 }, 1, 4, 1 },
	{ { 3, -1, -1, -1 }, 1, 4, 2 },
	{ { 4, -1, -1, -1 }, 1, 4, 3 },
	{ { 6, -1, -1, -1 }, 1, 4, 4 },
	{ { 64, -1, -1, -1 }, 1, 4, 4 },
	{ { 64, -1, -1, -1 }, 1, 32, 32 },
	{ { 64, 4000, -1, -1 }, 1, 32, 3 },
	{ { 64, 500, -1, -1 }, 1, 4, 1 },
	{ { 2, 64000, -1, -1 }, 1, 4, 1 },
	{ { 8, -1, 3 * GIB, -1 }, 1, 4, 2 },
	{ { 8, -1, 3 * GIB - 1, -1 }, 1, 4, 1 },
	{ { 8, -1, 64 * GIB, 5 * GIB }, 1, 4, 3 },
	{ { 8, -1, 5 * GIB, 64 * GIB }, 1, 4, 3 },
	{ { 8, -1, 0, -1 }, 1, 4, 1 },
	{ { 8, -1, 0, -1 }, 2, 4, 2 },
};

START_TEST(facts_decide)
{
	struct autojobs_limits l = { .job_memory = 3 * GIB / 2, .min = decisions[_i].min, .max = decisions[_i].max,
		.millipercent = 75000 };
	AUTO_BUF out = { 0 };
	char want[32];

	ck_assert_int_eq(autojobs_decide(&decisions[_i].f, &l), decisions[_i].want);
	autojobs_explain(&decisions[_i].f, &l, &out);
	snprintf(want, sizeof want, "jobs: %d\n", (int)decisions[_i].want);
	ck_assert(strncmp(buf_str(&out), want, strlen(want)) == 0);
}
END_TEST

START_TEST(limits_come_from_the_ini)
{
	struct autojobs_limits l;
	struct err e;

	setenv("FH_INI", "", 1);
	ck_assert_int_eq(autojobs_limits(&l, &e), 0);
	ck_assert_int_eq(l.job_memory, 3 * GIB / 2);
	ck_assert_int_eq(l.min * 100000000 + l.max * 1000000 + l.millipercent, 104075000);
	setenv("FH_PARALLEL_JOB_MEMORY", "2G", 1);
	setenv("FH_PARALLEL_JOBS_PERCENT", "50%", 1);
	setenv("FH_PARALLEL_JOBS_MAX", "9", 1);
	ck_assert_int_eq(autojobs_limits(&l, &e), 0);
	ck_assert_int_eq(l.job_memory, 2 * GIB);
	ck_assert_int_eq(l.max, 9);
	ck_assert_int_eq(l.millipercent, 50000);
	setenv("FH_PARALLEL_JOBS_MAX", "many", 1);
	ck_assert_int_eq(autojobs_limits(&l, &e), -1);
}
END_TEST

static const struct {
	int64_t memfree, memsuspend, free_bytes;
	enum world_wish want;
} wishes[] = {
	{ 0, 0, 0, WORLD_FINE },
	{ 100, 0, 100, WORLD_FINE },
	{ 100, 0, 50, WORLD_FINE },
	{ 100, 0, 49, WORLD_KILL },
	{ 100, 0, -1, WORLD_FINE },
	{ 0, 100, 99, WORLD_SQUEEZE },
	{ 0, 100, 100, WORLD_SUSPEND },
	{ 0, 100, 199, WORLD_SUSPEND },
	{ 0, 100, 200, WORLD_RESUME },
	{ 400, 100, 150, WORLD_KILL },
};

START_TEST(memory_decides_who_gives_way)
{
	ck_assert_int_eq(world_memory_wish(wishes[_i].memfree, wishes[_i].memsuspend, wishes[_i].free_bytes), wishes[_i].want);
}
END_TEST

static const struct {
	const char *text;
	double want; /* below 0: refused */
} loads[] = {
	{ "3", 3 }, { "1.5", 1.5 }, { "0", 0.01 }, { "100%", 4 }, { "50%", 2 }, { "+2", 6 }, { "-1", 3 }, { "x", -1 }, { "", -1 },
	{ "inf", -1 }, { "1e3", -1 },
};

START_TEST(load_is_read)
{
	double max;
	int r = world_load_parse(loads[_i].text, 4, &max, NULL);

	ck_assert_int_eq(r, loads[_i].want < 0 ? -1 : 0);
	if (r == 0)
		ck_assert_double_eq_tol(max, loads[_i].want, 1e-9);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("autojobs");
	TCase *tc = tcase_create("autojobs");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, roots_are_read, 0, ARRAY_LEN(looks));
	tcase_add_loop_test(tc, facts_decide, 0, ARRAY_LEN(decisions));
	tcase_add_loop_test(tc, memory_decides_who_gives_way, 0, ARRAY_LEN(wishes));
	tcase_add_loop_test(tc, load_is_read, 0, ARRAY_LEN(loads));
	tcase_add_test(tc, limits_come_from_the_ini);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
