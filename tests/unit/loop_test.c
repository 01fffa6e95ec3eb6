/* sig, proc, loop: a clean child, every death told, no event of what is gone. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "io.h"
#include "lanes.h"
#include "loop.h"
#include "proc.h"

static const int watched[] = { SIGINT, SIGTERM };

/* Runs sh -c script with stdout into out; its wait status. */
static int
run_sh(const struct proc_spec *base, const char *script, struct buf *out)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, strdup(script), NULL };
	struct proc_spec s = *base;
	int p[2], status = -1;
	pid_t pid;

	ck_assert_int_eq(io_pipe(p), 0);
	s.file = "/bin/sh";
	s.argv = argv;
	s.fd[1] = p[1];
	ck_assert_int_eq(proc_spawn(&s, &pid), 0);
	close(p[1]);
	ck_assert_int_eq(io_slurp(p[0], out, 1 << 20), 0);
	close(p[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	free(argv[2]);
	return status;
}

START_TEST(child_is_clean)
{
	AUTO_LOOP l = NULL;
	AUTO_BUF out = { 0 };
	struct proc_spec s = PROC_SPEC_INIT;
	unsigned long long blocked, ignored;
	long pid, group;
	int at = 0;

	signal(watched[0], SIG_IGN); /* as a background job of a shell has it: jobs have not */
	ck_assert_int_eq(loop_new(&l, watched, ARRAY_LEN(watched)), 0);
	s.mask = &loop_sig(l)->child_mask;
	s.defaults = &loop_sig(l)->child_reset;
	s.group = true;
	s.dir = "/";
	run_sh(&s, "grep -E '^Sig(Blk|Ign)' /proc/self/status | tr -d '\\n'; pwd; echo $$ $(ps -o pgid= -p $$)", &out);
	ck_assert_int_eq(sscanf(buf_str(&out), "SigBlk: %llxSigIgn: %llx %n", &blocked, &ignored, &at), 2);
	ck_assert_uint_eq(blocked, 0);
	ck_assert_uint_eq(ignored & 0x7fffffff, 0); /* above: the C library's own, as we got them */
	ck_assert_int_eq(sscanf(buf_str(&out) + at, "/ %ld %ld", &pid, &group), 2);
	ck_assert_int_eq(pid, group);
}
END_TEST

#ifdef SYS_sched_getattr
static void
scheduling(unsigned char attr[48])
{
	ck_assert_int_eq(syscall(SYS_sched_getattr, 0, attr, 48, 0), 0);
}

START_TEST(short_turns_are_not_handed_on)
{
	unsigned char before[48], after[48];
	int status = -1;
	pid_t pid;

	ck_assert_int_eq(setpriority(PRIO_PROCESS, 0, 19), 0);
	scheduling(before);
	proc_take_short_turns();
	if ((pid = fork()) == 0) {
		scheduling(after);
		_exit(memcmp(before, after, sizeof before) != 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST
#endif

START_TEST(descriptors_may_be_swapped)
{
	AUTO_BUF out = { 0 };
	AUTO_FD a = file_temp(NULL);
	struct proc_spec s = PROC_SPEC_INIT;
	int keep = dup(0), status;

	ck_assert_int_eq(dup2(a, 0), 0); /* stdin wanted at 2: its number is one of the targets */
	s.fd[2] = 0;
	status = run_sh(&s, "echo to2 >&2; echo to1; exit 7", &out);
	ck_assert_int_eq(proc_shell_status(status), 7);
	ck_assert_str_eq(buf_str(&out), "to1\n");
	dup2(keep, 0);
	close(keep);
	buf_reset(&out);
	lseek(a, 0, SEEK_SET);
	ck_assert_int_eq(io_slurp(a, &out, 100), 0);
	ck_assert_str_eq(buf_str(&out), "to2\n");
}
END_TEST

static const struct {
	const char *file, *dir;
	int want;
} wrong[] = {
	{ "/nonexistent", NULL, -ENOENT },
	{ "no-such-command-here", NULL, -ENOENT },
	{ "/etc/passwd", NULL, -EACCES },
	{ "/", NULL, -EACCES },
	{ "/bin/true", "/nonexistent", -ENOENT },
};

START_TEST(spawn_tells_the_failed_step)
{
	char *argv[] = { (char[]){ "x" }, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	pid_t pid = 0;

	s.file = wrong[_i].file;
	s.dir = wrong[_i].dir;
	s.argv = argv;
	ck_assert_int_eq(proc_spawn(&s, &pid), wrong[_i].want);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left to reap */
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(script_without_interpreter_is_told)
{
	char name[] = "/tmp/fh-proc.XXXXXX", *argv[] = { name, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	int fd = mkstemp(name), r;
	pid_t pid;

	ck_assert_int_eq(io_write_full(fd, "echo hi\n", 8), 0);
	fchmod(fd, 0700);
	close(fd);
	s.file = name;
	s.argv = argv;
	r = proc_spawn(&s, &pid);
	unlink(name);
	ck_assert_int_eq(r, -ENOEXEC);
}
END_TEST

START_TEST(mark_is_set_by_the_child)
{
	char *argv[] = { (char[]){ "true" }, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	volatile pid_t mark = 0;
	pid_t pid;

	s.file = "true";
	s.argv = argv;
	s.mark = &mark;
	ck_assert_int_eq(proc_spawn(&s, &pid), 0);
#ifndef PROC_FORKED /* it is not in shared memory here */
	ck_assert_int_eq(mark, pid);
#endif
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(find_walks_the_path)
{
	AUTO_BUF b = { 0 };

	ck_assert_int_eq(proc_find("sh", "/nonexistent::/bin", &b), 0);
	ck_assert_str_eq(buf_str(&b), "/bin/sh");
	buf_reset(&b);
	ck_assert_int_eq(proc_find("passwd", "/etc", &b), -EACCES);
	ck_assert_int_eq(proc_find("passwd", "/etc:/usr/bin", &b), 0);
	ck_assert_str_eq(buf_str(&b), "/usr/bin/passwd");
	ck_assert_int_eq(proc_find("no-such", "/bin", &b), -ENOENT);
}
END_TEST

START_TEST(signal_names)
{
	ck_assert_int_eq(proc_signal_number("TERM"), SIGTERM);
	ck_assert_int_eq(proc_signal_number("sigkill"), SIGKILL);
	ck_assert_int_eq(proc_signal_number("15"), 15);
	ck_assert_int_eq(proc_signal_number("0"), 0);
	ck_assert_int_eq(proc_signal_number("TERMX"), -1);
	ck_assert_int_eq(proc_signal_number("1x"), -1);
	ck_assert_int_eq(proc_signal_number("900"), -1);
}
END_TEST

START_TEST(every_death_is_told)
{
	enum { N = 50 };
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "exit 3" }, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	int64_t until = clock_mono_ns() + 20 * CLOCK_S;
	AUTO_LOOP l = NULL;
	struct loop_event ev;
	int i, ended = 0;
	pid_t pid;

	ck_assert_int_eq(loop_new(&l, watched, ARRAY_LEN(watched)), 0);
	s.file = "/bin/sh";
	s.argv = argv;
	s.mask = &loop_sig(l)->child_mask;
	for (i = 0; i < N; i++)
		ck_assert_int_eq(proc_spawn(&s, &pid), 0);
	while (ended < N && clock_mono_ns() < until) {
		ck_assert_int_eq(loop_wait(l, until), 0);
		while (loop_next(l, &ev)) {
			ck_assert_int_eq(ev.kind, LOOP_EXIT);
			ck_assert_int_eq(proc_shell_status(ev.status), 3);
			ck_assert_int_gt(ev.usage.ru_maxrss, 0);
			ended++;
		}
	}
	ck_assert_int_eq(ended, N);
}
END_TEST

#ifdef PROC_BESIDE
struct lane_seen {
	int ended, failed;
};

/* Takes what has happened, and what happens within 10 ms. */
static void
lane_round(struct lanes *l, struct loop *loop, struct lane_seen *seen)
{
	struct loop_event ev;
	int error;

	ck_assert_int_eq(loop_wait(loop, clock_mono_ns() + 10 * CLOCK_MS), 0);
	while (loop_next(loop, &ev)) {
		error = lanes_ended(l, ev.pid);
		ck_assert_int_eq(proc_shell_status(ev.status), error < 0 ? 127 : 3);
		ck_assert(error == 0 || error == -ENOENT);
		*(error < 0 ? &seen->failed : &seen->ended) += 1;
	}
}

static void
lane_wait_all(struct lanes *l, struct loop *loop, struct lane_seen *seen, int want)
{
	int64_t until = clock_mono_ns() + 60 * CLOCK_S;

	while (seen->ended + seen->failed < want && clock_mono_ns() < until)
		lane_round(l, loop, seen);
	ck_assert_int_eq(seen->ended + seen->failed, want);
}

/* Starts n of s, every tenth of which cannot be executed. */
static void
lane_start_all(struct lanes *l, struct loop *loop, struct proc_spec *s, int n, struct lane_seen *seen)
{
	const char *file = s->file;
	pid_t pid;
	int i, r;

	for (i = 0; i < n; i++) {
		s->file = i % 10 == 9 ? "/nonexistent" : file;
		while ((r = lanes_start(l, s, &pid)) == -EAGAIN)
			lane_round(l, loop, seen);
		ck_assert_int_eq(r, 0);
		ck_assert_int_gt(pid, 0);
	}
	lane_wait_all(l, loop, seen, n);
}

START_TEST(lanes_start_children_of_ours)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "[ $PPID = $WANT ] && exit 3" }, NULL };
	char want[32], *env[] = { want, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	struct lane_seen seen = { 0 };
	struct lanes *l = NULL;
	AUTO_LOOP loop = NULL;

	snprintf(want, sizeof want, "WANT=%ld", (long)getpid());
	ck_assert_int_eq(loop_new(&loop, NULL, 0), 0);
	ck_assert_int_eq(lanes_open(&l, 2), 0);
	s.file = "/bin/sh";
	s.argv = argv;
	s.envp = env;
	s.group = true;
	s.mask = &loop_sig(loop)->child_mask;
	lane_start_all(l, loop, &s, 100, &seen);
	ck_assert_int_eq(seen.failed, 10);
	ck_assert_int_eq(seen.ended, 90);
	lanes_close(l);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}
END_TEST

/* A child has what is inherited and its own three, however many are ours; ours may be closed, and their numbers used for
 * others, as soon as it is started. */
START_TEST(lanes_are_cheap_where_descriptors_are_many)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
		(char[]){ "set -- /proc/$$/fd/*; [ $# -le 5 ] && [ -e /proc/$$/fd/$KEPT ] && echo x && exit 3; ls -l /proc/$$/fd" }, NULL };
	char kept_env[32], *env[] = { kept_env, (char[]){ "PATH=/bin:/usr/bin" }, NULL };
	struct rlimit most, before;
	struct proc_spec s = PROC_SPEC_INIT;
	struct lane_seen seen = { 0 };
	struct lanes *l = NULL;
	AUTO_LOOP loop = NULL;
	AUTO_BUF out = { 0 };
	int p[2], fd, kept = -1, i, r;
	pid_t pid;

	for (fd = 3; fd < 1024; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC); /* whatever the runner left us */
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	most = before;
	most.rlim_cur = most.rlim_max < 4096 ? most.rlim_max : 4096;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &most), 0);
	ck_assert_int_eq(loop_new(&loop, NULL, 0), 0);
	ck_assert_int_ge(kept = dup(0), 0); /* inherited */
	snprintf(kept_env, sizeof kept_env, "KEPT=%d", kept);
	ck_assert_int_eq(lanes_open(&l, 2), 0);
	ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
	for (i = 0; i < 600; i++)
		ck_assert_int_ge(open("/dev/null", O_RDWR | O_CLOEXEC), 0);
	s.file = "/bin/sh";
	s.argv = argv;
	s.envp = env;
	s.mask = &loop_sig(loop)->child_mask;
	for (i = 0; i < 100; i++) {
		ck_assert_int_ge(s.fd[1] = fcntl(p[1], F_DUPFD_CLOEXEC, 3), 500);
		while ((r = lanes_start(l, &s, &pid)) == -EAGAIN)
			lane_round(l, loop, &seen);
		ck_assert_int_eq(r, 0);
		ck_assert_int_eq(dup3(0, s.fd[1], O_CLOEXEC), s.fd[1]);
		close(s.fd[1]);
	}
	lane_wait_all(l, loop, &seen, 100);
	ck_assert_int_eq(seen.ended, 100);
	lanes_close(l);
	close(p[1]);
	ck_assert_int_eq(io_slurp(p[0], &out, 1 << 20), 0); /* nobody holds the other end */
	ck_assert_uint_eq(out.len, 200);
	setrlimit(RLIMIT_NOFILE, &before);
}
END_TEST

/* What does not fit into a lane is refused, and nothing is started. */
START_TEST(lanes_have_room_for_so_much)
{
	char *huge = malloc(9 << 20), *argv[] = { (char[]){ "true" }, huge, NULL }, *env[] = { NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	struct lanes *l = NULL;
	pid_t pid;

	memset(huge, 'x', (9 << 20) - 1);
	huge[(9 << 20) - 1] = '\0';
	ck_assert_int_eq(lanes_open(&l, 1), 0);
	s.file = "/bin/true";
	s.argv = argv;
	s.envp = env;
	ck_assert_int_eq(lanes_start(l, &s, &pid), -E2BIG);
	argv[1] = NULL;
	ck_assert_int_eq(lanes_start(l, &s, &pid), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	lanes_close(l);
	free(huge);
}
END_TEST

/* A child that fails does so in our memory: errno is ours. */
START_TEST(lanes_leave_errno_alone)
{
	char *argv[] = { (char[]){ "x" }, NULL }, *env[] = { NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	struct lanes *l = NULL;
	bool ours;
	pid_t pid;
	int i;

	ck_assert_int_eq(lanes_open(&l, 1), 0);
	s.file = "/nonexistent";
	s.argv = argv;
	s.envp = env;
	for (i = 0; i < 50; i++) {
		ck_assert_int_eq(lanes_start(l, &s, &pid), 0);
		errno = EXDEV;
		do
			ours = errno == EXDEV;
		while (ours && waitpid(pid, NULL, WNOHANG) == 0);
		ck_assert_msg(ours, "errno %d", errno);
		ck_assert_int_eq(lanes_ended(l, pid), -ENOENT);
	}
	lanes_close(l);
}
END_TEST
#endif

START_TEST(signals_and_deadline)
{
	AUTO_LOOP l = NULL;
	struct loop_event ev;
	int64_t start;

	ck_assert_int_eq(loop_new(&l, watched, ARRAY_LEN(watched)), 0);
	raise(SIGTERM);
	ck_assert_int_eq(loop_wait(l, clock_mono_ns() + 10 * CLOCK_S), 0);
	ck_assert(loop_next(l, &ev));
	ck_assert_int_eq(ev.kind, LOOP_SIGNAL);
	ck_assert_int_eq(ev.signo, SIGTERM);
	ck_assert(!loop_next(l, &ev));
	start = clock_mono_ns();
	ck_assert_int_eq(loop_wait(l, start + 30 * CLOCK_MS), 0);
	ck_assert(clock_mono_ns() >= start + 30 * CLOCK_MS);
	ck_assert(!loop_next(l, &ev));
}
END_TEST

/* Two signals may be read at once: who waits after the first one is not kept from the second. */
START_TEST(no_signal_is_left_behind)
{
	AUTO_LOOP l = NULL;
	struct loop_event ev;
	int seen = 0;

	ck_assert_int_eq(loop_new(&l, watched, ARRAY_LEN(watched)), 0);
	ck_assert(!loop_next(l, &ev)); /* no child of before */
	kill(getpid(), SIGINT);
	kill(getpid(), SIGTERM);
	while (seen < 2) {
		ck_assert_int_eq(loop_wait(l, -1), 0);
		ck_assert(loop_next(l, &ev));
		ck_assert_int_eq(ev.kind, LOOP_SIGNAL);
		seen++;
	}
}
END_TEST

START_TEST(descriptors_are_told_and_forgotten)
{
	AUTO_LOOP l = NULL;
	struct loop_event ev;
	int p[2], q[2], t = 1, u = 2;
	char c;

	ck_assert_int_eq(loop_new(&l, NULL, 0), 0);
	ck_assert_int_eq(pipe(p), 0);
	ck_assert_int_eq(pipe(q), 0);
	ck_assert_int_eq(loop_watch(l, p[0], POLLIN, &t), 0);
	ck_assert_int_eq(loop_watch(l, q[0], POLLIN, &u), 0);
	ck_assert_int_eq((int)write(p[1], "x", 1) + (int)write(q[1], "x", 1), 2);
	ck_assert_int_eq(loop_wait(l, -1), 0);
	ck_assert(loop_next(l, &ev));
	loop_forget(l, ev.who == &t ? q[0] : p[0]); /* the other one goes before it is told */
	ck_assert(!loop_next(l, &ev));
	ck_assert_int_eq(loop_watch(l, p[0], 0, &t), 0); /* quiet, though ready */
	ck_assert_int_eq(loop_watch(l, q[0], 0, &t), 0);
	close(q[1]);
	ck_assert_int_eq(loop_wait(l, clock_mono_ns() + 5 * CLOCK_MS), 0);
	ck_assert(!loop_next(l, &ev));
	ck_assert_int_eq(loop_watch(l, q[0], POLLIN, &u), 0);
	ck_assert_int_eq((int)read(q[0], &c, 1), 1);
	ck_assert_int_eq(loop_wait(l, -1), 0);
	ck_assert(loop_next(l, &ev)); /* end of file is an event */
	ck_assert_ptr_eq(ev.who, &u);
	close(p[0]), close(p[1]), close(q[0]);
}
END_TEST

START_TEST(regular_files_are_always_ready)
{
	AUTO_LOOP l = NULL;
	AUTO_FD f = file_temp(NULL);
	struct loop_event ev;

	ck_assert_int_eq(loop_new(&l, NULL, 0), 0);
	ck_assert_int_eq(loop_watch(l, f, POLLIN, &f), 0);
	ck_assert_int_eq(loop_wait(l, -1), 0);
	ck_assert(loop_next(l, &ev));
	ck_assert_int_eq(ev.fd, f);
	ck_assert_int_eq(loop_watch(l, f, 0, &f), 0);
	ck_assert_int_eq(loop_wait(l, clock_mono_ns() + CLOCK_MS), 0);
	ck_assert(!loop_next(l, &ev));
	ck_assert_int_eq(loop_watch(l, f, POLLOUT, &f), 0);
	ck_assert_int_eq(loop_wait(l, -1), 0);
	ck_assert(loop_next(l, &ev));
	loop_forget(l, f);
	ck_assert_int_eq(loop_wait(l, clock_mono_ns() + CLOCK_MS), 0);
	ck_assert(!loop_next(l, &ev));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("loop");
	TCase *tc = tcase_create("loop");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(tc, child_is_clean);
#ifdef SYS_sched_getattr
	tcase_add_test(tc, short_turns_are_not_handed_on);
#endif
	tcase_add_test(tc, descriptors_may_be_swapped);
	tcase_add_loop_test(tc, spawn_tells_the_failed_step, 0, ARRAY_LEN(wrong));
	tcase_add_test(tc, script_without_interpreter_is_told);
	tcase_add_test(tc, mark_is_set_by_the_child);
	tcase_add_test(tc, find_walks_the_path);
	tcase_add_test(tc, signal_names);
	tcase_add_test(tc, every_death_is_told);
#ifdef PROC_BESIDE
	tcase_add_test(tc, lanes_start_children_of_ours);
	tcase_add_test(tc, lanes_are_cheap_where_descriptors_are_many);
	tcase_add_test(tc, lanes_leave_errno_alone);
	tcase_add_test(tc, lanes_have_room_for_so_much);
#endif
	tcase_add_test(tc, signals_and_deadline);
	tcase_add_test(tc, no_signal_is_left_behind);
	tcase_add_test(tc, descriptors_are_told_and_forgotten);
	tcase_add_test(tc, regular_files_are_always_ready);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
