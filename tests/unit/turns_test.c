/* turns, and a loop that is shared: one at a time, every end met, and who waits in the loop is called when it matters. */
#include <check.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "loop.h"
#include "turns.h"

#define CHILDREN 300

struct game {
	struct turns *t;
	struct loop *l;
	size_t players, running, begun, ended;
	int inside, together; /* those who have the baton now; how often that were two */
	size_t by_threads;    /* ends met in a turn */
	bool over;
};

static struct game game;

static pid_t
begin(int status)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(status);
	return pid;
}

static void
play(void)
{
	while (game.running < game.players && game.begun < CHILDREN) {
		game.begun++;
		game.running++;
		turns_expect(game.t, begin(0), NULL);
	}
}

static void
take_turn(void *ctx)
{
	int status;
	pid_t pid;

	ck_assert_ptr_eq(ctx, &game);
	game.together += game.inside++ != 0;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		game.running--;
		game.ended++;
		game.by_threads++;
	}
	play();
	game.inside--;
}

static const size_t teams[] = { 1, 2, 3, TURNS_MAX };

START_TEST(one_at_a_time_meets_every_end)
{
	int64_t until = clock_mono_ns() + 30 * CLOCK_S;

	game = (struct game){ .players = teams[_i] };
	ck_assert_int_eq(turns_open(&game.t, teams[_i], take_turn, &game), 0);
	play();
	while (game.ended < CHILDREN && clock_mono_ns() < until) {
		turns_give(game.t);
		clock_sleep_ns(CLOCK_MS);
		turns_take(game.t);
		game.together += game.inside;
	}
	ck_assert_uint_eq(game.ended, CHILDREN);
	ck_assert_uint_eq(game.by_threads, CHILDREN);
	ck_assert_int_eq(game.together, 0);
	turns_close(game.t);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

static void
count_turn(void *ctx)
{
	++*(int *)ctx;
}

/* Somebody else has reaped it, or it runs while the turns end. */
START_TEST(close_waits_for_who_is_expected)
{
	struct turns *t;
	int turns = 0, p[2];
	char c;
	pid_t pid, gone;

	ck_assert_int_eq(turns_open(&t, 2, count_turn, &turns), 0);
	gone = begin(0);
	ck_assert_int_eq(waitpid(gone, NULL, 0), gone);
	turns_expect(t, gone, NULL);
	ck_assert_int_eq(io_pipe(p), 0);
	if ((pid = fork()) == 0) {
		close(p[1]);
		_exit(read(p[0], &c, 1) == 0 ? 7 : 0);
	}
	close(p[0]);
	turns_expect(t, pid, NULL);
	turns_give(t);
	clock_sleep_ns(20 * CLOCK_MS);
	turns_take(t);
	ck_assert_int_eq(turns, 1); /* gone is seen to be gone; the other one lives */
	close(p[1]);
	turns_close(t);
	ck_assert_int_eq(turns, 1);
	ck_assert_int_eq(waitpid(pid, &turns, WNOHANG), pid);
	ck_assert_int_eq(WEXITSTATUS(turns), 7);
	turns_close(NULL);
}
END_TEST

START_TEST(so_many_are_not_to_be_had)
{
	struct turns *t;
	int turns = 0;

	ck_assert_int_eq(turns_open(&t, 0, count_turn, &turns), -EINVAL);
	ck_assert_ptr_null(t);
	ck_assert_int_eq(turns_open(&t, TURNS_MAX + 1, count_turn, &turns), -EINVAL);
}
END_TEST

#ifndef FH_PORTABLE
static const int watched[] = { SIGTERM };

static void
leave(void *t)
{
	turns_give(t);
}

static void
enter(void *t)
{
	turns_take(t);
}

/* What its owner waits for is of no matter until somebody says so. */
static void
loop_turn(void *ctx)
{
	struct game *g = ctx;
	struct loop_event ev;

	loop_reap(g->l);
	while (loop_next(g->l, &ev))
		if (ev.kind == LOOP_EXIT)
			g->ended++;
	if (g->ended == 1)
		turns_expect(g->t, begin(1), NULL);
	loop_hurry(g->l, clock_mono_ns() + 1000 * CLOCK_S); /* later than it waits */
	if (g->ended == 2)
		loop_hurry(g->l, 0);
}

START_TEST(a_shared_loop_sleeps_until_it_is_hurried)
{
	struct game g = { .players = 1 };
	int64_t began = clock_mono_ns();
	struct loop_event ev;

	ck_assert_int_eq(loop_new(&g.l, watched, ARRAY_LEN(watched)), 0);
	ck_assert_int_eq(turns_open(&g.t, 1, loop_turn, &g), 0);
	ck_assert_int_eq(loop_share(g.l, leave, enter, g.t), 0);
	while (loop_next(g.l, &ev))
		;
	loop_tell_exits(g.l, false);
	turns_expect(g.t, begin(0), NULL);
	ck_assert_int_eq(loop_wait(g.l, began + 50 * CLOCK_S), 0);
	ck_assert_uint_eq(g.ended, 2); /* the first end did not wake us */
	ck_assert_int_lt(clock_mono_ns() - began, 40 * CLOCK_S);
	ck_assert(!loop_next(g.l, &ev));
	loop_hurry(g.l, 0); /* nobody waits: it does not spoil the next wait */
	began = clock_mono_ns();
	ck_assert_int_eq(loop_wait(g.l, began + 30 * CLOCK_MS), 0);
	ck_assert_int_ge(clock_mono_ns() - began, 30 * CLOCK_MS);
	/* told again: also of what has ended meanwhile */
	begin(0);
	clock_sleep_ns(30 * CLOCK_MS);
	ck_assert_int_eq(loop_wait(g.l, clock_mono_ns()), 0);
	ck_assert(!loop_next(g.l, &ev));
	loop_tell_exits(g.l, true);
	ck_assert_int_eq(loop_wait(g.l, clock_mono_ns() + 30 * CLOCK_S), 0);
	ck_assert(loop_next(g.l, &ev));
	ck_assert_int_eq(ev.kind, LOOP_EXIT);
	loop_share(g.l, NULL, NULL, NULL);
	turns_close(g.t);
	loop_free(g.l);
}
END_TEST

static int pipes[2];

static void
write_on_leave(void *ctx)
{
	struct game *g = ctx;

	if (!g->over)
		ck_assert_int_eq(write(pipes[1], "x", 1), 1);
}

/* Its number may be another file's when the wait is over. */
static void
forget_on_enter(void *ctx)
{
	struct game *g = ctx;

	if (g->over)
		return;
	loop_forget(g->l, pipes[0]);
	close(pipes[0]);
	ck_assert_int_eq(dup2(STDIN_FILENO, pipes[0]), pipes[0]);
	g->over = true;
}

START_TEST(what_is_forgotten_meanwhile_is_not_told)
{
	struct game g = { .players = 0 };
	struct loop_event ev;
	int other[2];

	ck_assert_int_eq(loop_new(&g.l, watched, ARRAY_LEN(watched)), 0);
	while (loop_next(g.l, &ev))
		;
	ck_assert_int_eq(io_pipe(pipes), 0);
	ck_assert_int_eq(io_pipe(other), 0);
	ck_assert_int_eq(write(other[1], "y", 1), 1);
	ck_assert_int_eq(loop_watch(g.l, pipes[0], POLLIN, &pipes), 0);
	ck_assert_int_eq(loop_watch(g.l, other[0], POLLIN, &other), 0);
	ck_assert_int_eq(loop_share(g.l, write_on_leave, forget_on_enter, &g), 0);
	ck_assert_int_eq(loop_wait(g.l, clock_mono_ns() + CLOCK_S), 0);
	ck_assert(!loop_next(g.l, &ev));
	ck_assert_int_eq(loop_wait(g.l, clock_mono_ns() + 30 * CLOCK_S), 0); /* what is true is told again */
	ck_assert(loop_next(g.l, &ev));
	ck_assert_ptr_eq(ev.who, &other);
	ck_assert(!loop_next(g.l, &ev));
	loop_share(g.l, NULL, NULL, NULL);
	loop_free(g.l);
}
END_TEST
#endif

int
main(void)
{
	Suite *s = suite_create("turns");
	TCase *tc = tcase_create("turns");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(tc, one_at_a_time_meets_every_end, 0, ARRAY_LEN(teams));
	tcase_add_test(tc, close_waits_for_who_is_expected);
	tcase_add_test(tc, so_many_are_not_to_be_had);
#ifndef FH_PORTABLE
	tcase_add_test(tc, a_shared_loop_sleeps_until_it_is_hurried);
	tcase_add_test(tc, what_is_forgotten_meanwhile_is_not_told);
#endif
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
