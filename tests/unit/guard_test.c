/* guard: who dies without a word takes his groups with him, and nothing else; who ends well takes nothing. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "clock.h"
#include "folder.h"
#include "guard.h"
#include "proc.h"

#define PATIENCE (60 * CLOCK_S) /* for what comes at once on a machine that is not loaded */

/* --- who is to be ended -------------------------------------------------------------------------------------------- */

/* A process that sends back what it is sent, in a group with another one; both end by themselves when near is closed. */
struct echo {
	int near, far; /* ends of a socket: ours, theirs */
};

static struct echo
echo_new(void)
{
	int s[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s), 0);
	return (struct echo){ s[0], s[1] };
}

static void FH_NORETURN
echo_run(const struct echo *k)
{
	char c;

	if (fork() == 0)
		poll(&(struct pollfd){ .fd = k->far }, 1, -1);
	else
		while (read(k->far, &c, 1) == 1 && write(k->far, &c, 1) == 1)
			continue;
	_exit(0);
}

/* Starts all n of them, each in a group of its own. It must not hold the guard's pipe, which a program would not get. */
static void
echo_start(const struct echo *k, size_t n, const struct guard *g, pid_t *pid)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		if ((pid[i] = fork()) == 0) {
			setpgid(0, 0);
			close(g->wfd);
			for (j = 0; j < n; j++) {
				close(k[j].near);
				if (j != i)
					close(k[j].far);
			}
			echo_run(&k[i]);
		}
		setpgid(pid[i], pid[i]);
	}
}

static bool
echo_lives(const struct echo *k)
{
	char c = 'x';

	return send(k->near, &c, 1, MSG_NOSIGNAL) == 1 && read(k->near, &c, 1) == 1;
}

/* --- who dies ------------------------------------------------------------------------------------------------------- */

/* A process that keeps a guard over the first and the last of n groups, until it is killed; returns when it is. */
static void
keeper_killed(const struct echo *k, size_t n, const char *dir, const char *prefix)
{
	struct guard g;
	pid_t keeper, pid[8];
	int p[2], status;
	size_t i;
	char c;

	ck_assert_int_eq(pipe(p), 0);
	if ((keeper = fork()) == 0) {
		if (guard_open(&g, n + 1, dir, prefix) < 0)
			_exit(1);
		echo_start(k, n, &g, pid);
		g.group[0] = pid[0];
		g.group[n] = pid[n - 1];
		if (write(p[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(p[0], &c, 1), 1);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
	ck_assert_int_eq(proc_shell_status(status), 128 + SIGKILL);
	for (i = 0; i < n; i++)
		close(k[i].far);
}

static void
await_no_file(const char *name)
{
	int64_t until = clock_mono_ns() + PATIENCE;

	while (access(name, F_OK) == 0 && clock_mono_ns() < until)
		clock_sleep_ns(CLOCK_MS);
	ck_assert_msg(access(name, F_OK) < 0, "%s is still there", name);
}

START_TEST(killed_keeper_takes_its_groups_along)
{
	struct echo k[3] = { echo_new(), echo_new(), echo_new() };
	char c;

	put(".fh-1", "");
	keeper_killed(k, 3, folder, ".fh-");
	ck_assert_int_le(read(k[0].near, &c, 1), 0); /* nobody of the group has it any more */
	ck_assert_int_le(read(k[2].near, &c, 1), 0);
	await_no_file(".fh-1"); /* it does so last */
	ck_assert(echo_lives(&k[1])); /* who was not marked */
}
END_TEST

START_TEST(killed_keeper_leaves_no_files_of_its_prefix)
{
	struct echo k = echo_new();

	put(".fh-1", "");
	put(".fh-2", "");
	put("fh-", "mine");
	put("x.fh-3", "mine");
	ck_assert_int_eq(mkdir(".fh-dir", 0700), 0);
	keeper_killed(&k, 1, folder, ".fh-");
	await_no_file(".fh-1");
	await_no_file(".fh-2");
	holds("fh-", "mine");
	holds("x.fh-3", "mine");
	ck_assert_int_eq(access(".fh-dir", F_OK), 0);
}
END_TEST

START_TEST(killed_keeper_without_a_folder_removes_nothing)
{
	struct echo k = echo_new();
	char c;

	put(".fh-1", "mine");
	keeper_killed(&k, 1, NULL, NULL);
	ck_assert_int_le(read(k.near, &c, 1), 0);
	holds(".fh-1", "mine");
}
END_TEST

/* --- who ends well -------------------------------------------------------------------------------------------------- */

START_TEST(good_end_takes_nothing_along)
{
	struct echo k = echo_new();
	struct guard g;
	pid_t pid, second;

	put(".fh-1", "");
	put("fh-1", "mine");
	ck_assert_int_eq(guard_open(&g, 2, folder, ".fh-"), 0);
	second = g.pid;
	echo_start(&k, 1, &g, &pid);
	g.group[1] = pid;
	guard_close(&g);
	ck_assert_int_eq(g.pid, 0);
	ck_assert(g.group == NULL);
	ck_assert_int_eq(kill(second, 0), -1); /* it has been waited for */
	ck_assert(echo_lives(&k));
	ck_assert_int_lt(access(".fh-1", F_OK), 0); /* what is forgotten does not stay for ever */
	holds("fh-1", "mine");
	guard_close(&g); /* again, and one that was never opened */
	ck_assert_int_eq(proc_kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* --- the second process --------------------------------------------------------------------------------------------- */

static void
await_session(pid_t pid)
{
	int64_t until = clock_mono_ns() + PATIENCE;

	while (getsid(pid) != pid && clock_mono_ns() < until)
		clock_sleep_ns(CLOCK_MS);
	ck_assert_int_eq(getsid(pid), pid);
}

START_TEST(it_is_deaf_and_in_a_session_of_its_own)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGTSTP };
	AUTO_GUARD g = { 0 };
	sigset_t before, after;
	size_t i;

	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &before), 0);
	ck_assert_int_eq(guard_open(&g, 1, NULL, NULL), 0);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &after), 0);
	for (i = 1; i < NSIG; i++)
		ck_assert_int_eq(sigismember(&before, (int)i), sigismember(&after, (int)i));
	for (i = 0; i < ARRAY_LEN(signals); i++)
		ck_assert_int_eq(kill(g.pid, signals[i]), 0);
	await_session(g.pid);
	ck_assert_int_eq(waitpid(g.pid, NULL, WNOHANG | WUNTRACED), 0);
}
END_TEST

#ifdef __linux__
/* The highest open descriptor of process pid, and how many there are. */
static int
descriptors(pid_t pid, int *n)
{
	struct dirent *ent;
	char path[64];
	int max = -1;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	ck_assert_ptr_nonnull(d = opendir(path));
	for (*n = 0; (ent = readdir(d)) != NULL;) {
		if (ent->d_name[0] == '.')
			continue;
		++*n;
		max = atoi(ent->d_name) > max ? atoi(ent->d_name) : max;
	}
	closedir(d);
	return max;
}

START_TEST(it_holds_nothing_of_ours)
{
	int64_t until = clock_mono_ns() + PATIENCE;
	AUTO_GUARD g = { 0 };
	int n, i;

	for (i = 0; i < 20; i++)
		ck_assert_int_ge(dup(0), 0);
	ck_assert_int_eq(guard_open(&g, 1, NULL, NULL), 0);
	while (descriptors(g.pid, &n) > 3 && clock_mono_ns() < until)
		clock_sleep_ns(CLOCK_MS);
	ck_assert_int_eq(descriptors(g.pid, &n), 3);
	ck_assert_int_eq(n, 4);
}
END_TEST
#endif

/* --- refusals ------------------------------------------------------------------------------------------------------- */

START_TEST(no_groups_are_no_guard)
{
	struct guard g = { 0 };

	ck_assert_int_eq(guard_open(&g, 0, NULL, NULL), -EINVAL);
	guard_close(&g);
}
END_TEST

START_TEST(descriptors_run_out)
{
	struct rlimit old, low;
	struct guard g = { 0 };
	int next = dup(0), r;

	close(next);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (low = old, low.rlim_cur = (rlim_t)next; low.rlim_cur < (rlim_t)next + 2; low.rlim_cur++) {
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
		r = guard_open(&g, 1, NULL, NULL);
		setrlimit(RLIMIT_NOFILE, &old);
		ck_assert_int_eq(r, -EMFILE);
		guard_close(&g);
	}
	ck_assert_int_eq(dup(0), next); /* nothing is left open */
}
END_TEST

#ifdef __linux__
START_TEST(processes_run_out)
{
	struct rlimit old, none;
	struct guard g = { 0 };
	int next = dup(0), r;

	close(next);
	if (geteuid() == 0) /* for whom there is no such limit; back again for what writes its files at the end (gcov) */
		ck_assert_int_eq(setresuid(65534, 65534, 0), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NPROC, &old), 0);
	none = (struct rlimit){ 0, old.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NPROC, &none), 0);
	r = guard_open(&g, 1, NULL, NULL);
	setrlimit(RLIMIT_NPROC, &old);
	if (getuid() == 65534 && seteuid(0) == 0)
		ck_assert_int_eq(setresuid(0, 0, 0), 0);
	ck_assert_int_eq(r, -EAGAIN);
	ck_assert_int_eq(g.pid, 0);
	guard_close(&g);
	ck_assert_int_eq(dup(0), next);
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("guard");
	TCase *tc = tcase_create("guard");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, folder_enter, folder_leave);
	tcase_add_test(tc, killed_keeper_takes_its_groups_along);
	tcase_add_test(tc, killed_keeper_leaves_no_files_of_its_prefix);
	tcase_add_test(tc, killed_keeper_without_a_folder_removes_nothing);
	tcase_add_test(tc, good_end_takes_nothing_along);
	tcase_add_test(tc, it_is_deaf_and_in_a_session_of_its_own);
	tcase_add_test(tc, no_groups_are_no_guard);
	tcase_add_test(tc, descriptors_run_out);
#ifdef __linux__
	tcase_add_test(tc, it_holds_nothing_of_ours);
	tcase_add_test(tc, processes_run_out);
#endif
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
