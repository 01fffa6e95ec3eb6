/* Decides which signal comes next for a job that is to end, and how long after the last one. Must never know why.
 * Invariants: 1. a signal goes to the whole group, never to a pid alone.
 *             2. a group whose leader has exited is followed until it is empty or the sequence is through: nobody who
 *                ignores the first signals is left behind (ending_exited, ending_tick).
 *             3. who descends from a job and has a group or session of its own is ended with it, where that can be seen
 *                (ending_family).
 *             4. a group number is asked for (signal 0) before each signal; an empty group is forgotten at once. */
#include "ending.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "kin.h"
#include "mem.h"
#include "num.h"
#include "proc.h"

#define STEPS_MAX 64

struct ending_left {
	pid_t group;
	size_t step;
	int64_t due;
};

struct ending {
	struct {
		int signo;
		int64_t wait_ns; /* after it */
	} step[STEPS_MAX];
	size_t nsteps;
	struct ending_left *left;
	size_t nleft, left_cap;
};

/* One word of the sequence: a signal, or the pause after it. */
static int
ending_word(struct ending *n, size_t i, const char *word, struct err *e)
{
	int64_t ms;

	if (i / 2 >= STEPS_MAX)
		return err_set(e, 0, "more than %d signals", STEPS_MAX);
	if (i % 2 == 0) {
		n->step[i / 2].signo = proc_signal_number(word);
		n->step[i / 2].wait_ns = 0;
		n->nsteps = i / 2 + 1;
		return n->step[i / 2].signo > 0 ? 0 : err_set(e, 0, "%s: no such signal", word);
	}
	if (num_int(word, 0, 1000000000, &ms, e) < 0)
		return -1;
	n->step[i / 2].wait_ns = ms * CLOCK_MS;
	return 0;
}

int
ending_new(const char *termseq, struct ending **out, struct err *e)
{
	AUTO_FREE char *text = xstrdup(termseq != NULL ? termseq : ENDING_DEFAULT);
	struct ending *n = xcalloc(1, sizeof *n);
	char *rest = text, *word;
	size_t i;

	for (i = 0; (word = strsep(&rest, ",")) != NULL; i++)
		if (ending_word(n, i, word, e) < 0) {
			ending_free(n);
			return -1;
		}
	*out = n;
	return 0;
}

void
ending_free(struct ending *n)
{
	if (n == NULL)
		return;
	free(n->left);
	free(n);
}

/* That group gets the signals from step on; once. */
static void
ending_follow(struct ending *n, pid_t group, size_t step, int64_t due)
{
	size_t i;

	for (i = 0; i < n->nleft; i++)
		if (n->left[i].group == group)
			return;
	n->left = xgrow(n->left, n->nleft, &n->left_cap, sizeof *n->left);
	n->left[n->nleft++] = (struct ending_left){ group, step, due };
}

void
ending_stray(struct ending *n, pid_t pid, int64_t now)
{
	pid_t group = getpgid(pid);

	if (group > 1 && group != getpgrp())
		ending_follow(n, group, 0, now);
}

/* While the job lives it can be seen who is below it. */
static void
ending_family(struct ending *n, const struct job *j, int64_t now)
{
	AUTO_KIN k = { 0 };
	size_t i;

	kin_below(j->pid, &k);
	for (i = 0; i < k.n; i++)
		if (getpgid(k.v[i]) != j->pid)
			ending_stray(n, k.v[i], now);
}

void
ending_begin(struct ending *n, struct job *j, int64_t now)
{
	if (j->pid <= 0 || j->killed)
		return;
	j->killed = true;
	j->kill_step = 0;
	ending_step(n, j, now);
}

void
ending_step(struct ending *n, struct job *j, int64_t now)
{
	j->deadline_ns = 0;
	if (j->kill_step >= n->nsteps)
		return;
	ending_family(n, j, now);
	job_kill(j, n->step[j->kill_step].signo);
	if (j->stopped)
		job_kill(j, SIGCONT); /* or it would not hear it; another may have a handler, whose output would show it */
	j->stopped = false;
	j->deadline_ns = now + n->step[j->kill_step].wait_ns;
	j->kill_step++;
}

void
ending_exited(struct ending *n, const struct job *j, int64_t now)
{
	if ((!j->killed && !WIFSIGNALED(j->status)) || !proc_group_lives(j->pid))
		return;
	ending_follow(n, j->pid, j->kill_step, j->killed && j->deadline_ns > 0 ? j->deadline_ns : now);
}

/* Whether that group is done with. */
static bool
ending_left_step(const struct ending *n, struct ending_left *l, int64_t now)
{
	if (!proc_group_lives(l->group))
		return true;
	if (now < l->due)
		return false;
	if (l->step >= n->nsteps)
		return true;
	proc_kill(l->group, n->step[l->step].signo);
	l->due = now + n->step[l->step].wait_ns;
	l->step++;
	return false;
}

#define LOOK_NS (5 * CLOCK_MS) /* an empty group is noticed by looking: no event tells */

void
ending_tick(struct ending *n, int64_t now, int64_t *wake_ns)
{
	size_t i;

	for (i = 0; i < n->nleft;)
		if (ending_left_step(n, &n->left[i], now))
			n->left[i] = n->left[--n->nleft];
		else
			i++;
	if (n->nleft > 0 && (*wake_ns < 0 || *wake_ns > now + LOOK_NS))
		*wake_ns = now + LOOK_NS;
}

bool
ending_is_over(const struct ending *n)
{
	return n->nleft == 0;
}

void
ending_kill(struct ending *n)
{
	while (n->nleft > 0)
		proc_kill(n->left[--n->nleft].group, SIGKILL);
}
