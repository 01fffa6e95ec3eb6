/* Decides which thread waits for which child. Must never know what is done in a turn.
 * Invariants: 1. all of struct turns, and all that a turn touches, belongs to who has the mutex: the baton.
 *             2. a child that is expected is in wait, or a thread is in waitid for it; one that somebody else has reaped ends that (ECHILD). */
#include "turns.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "mem.h"

struct expected {
	pid_t pid;
	const struct proc_birth *birth;
};

struct turns {
	pthread_mutex_t baton;
	pthread_cond_t work;   /* wait holds a child for a thread that has none */
	pthread_t thread[TURNS_MAX];
	size_t n, idle;        /* threads; those in work */
	struct expected *wait; /* nobody waits for these yet; the youngest last */
	size_t nwait, cap;
	bool ending;
	void (*turn)(void *ctx);
	void *ctx;
};

/* Who waits where the child runs is woken where it dies. */
static void
turns_await(const struct expected *x)
{
	siginfo_t si;

	if (x->birth != NULL) {
		proc_await_birth(x->birth);
		proc_go_to(x->birth);
	}
	while (waitid(P_PID, (id_t)x->pid, &si, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
}

/* Whoever has begun a child in its turn waits for it. */
static void *
turns_thread(void *p)
{
	struct turns *t = p;
	struct expected x;

	proc_take_short_turns();
	turns_take(t);
	for (;;) {
		while (t->nwait == 0 && !t->ending) {
			t->idle++;
			pthread_cond_wait(&t->work, &t->baton);
			t->idle--;
		}
		if (t->nwait == 0)
			break;
		x = t->wait[--t->nwait];
		turns_give(t);
		turns_await(&x);
		turns_take(t);
		if (!t->ending)
			t->turn(t->ctx);
	}
	pthread_mutex_unlock(&t->baton);
	return NULL;
}

int
turns_open(struct turns **out, size_t n, void (*turn)(void *ctx), void *ctx)
{
	struct turns *t;
	int r = 0;

	*out = NULL;
	if (n == 0 || n > TURNS_MAX)
		return -EINVAL;
	t = xcalloc(1, sizeof *t);
	t->turn = turn;
	t->ctx = ctx;
	pthread_mutex_init(&t->baton, NULL);
	pthread_cond_init(&t->work, NULL);
	mallopt(M_ARENA_MAX, 1); /* only one allocates at a time */
	turns_take(t);
	while (t->n < n && (r = pthread_create(&t->thread[t->n], NULL, turns_thread, t)) == 0)
		t->n++;
	if (t->n == n)
		*out = t;
	else
		turns_close(t);
	return -r;
}

void
turns_expect(struct turns *t, pid_t pid, const struct proc_birth *birth)
{
	if (t->nwait == t->cap)
		t->wait = xgrow(t->wait, t->nwait, &t->cap, sizeof *t->wait);
	t->wait[t->nwait++] = (struct expected){ pid, birth };
}

void
turns_give(struct turns *t)
{
	if (t->nwait > 0 && t->idle > 0)
		pthread_cond_signal(&t->work); /* who is woken gives the baton too, and so wakes the next */
	pthread_mutex_unlock(&t->baton);
}

void
turns_take(struct turns *t)
{
	pthread_mutex_lock(&t->baton);
}

void
turns_close(struct turns *t)
{
	size_t i;

	if (t == NULL)
		return;
	t->ending = true;
	pthread_cond_broadcast(&t->work);
	pthread_mutex_unlock(&t->baton);
	for (i = 0; i < t->n; i++)
		pthread_join(t->thread[i], NULL);
	pthread_cond_destroy(&t->work);
	pthread_mutex_destroy(&t->baton);
	free(t->wait);
	free(t);
}
