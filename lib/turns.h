/* Several threads that take turns at one thing: only one at a time runs (it has the baton), whoever is woken first. A thread that
 * waits for a child is woken on the processor on which the child died, and what it starts there begins without a gap; a process that
 * waits alone wakes where it slept, and the other processor idles until it has started something there (tests/bench/NOTES).
 * Linux, POSIX threads; knows no loop and no jobs. */
#ifndef FH_TURNS_H
#define FH_TURNS_H

#include <stddef.h>
#include <sys/types.h>

#include "proc.h"

struct turns;

/* n threads (1..TURNS_MAX) that call turn(ctx) whenever a child of turns_expect has ended, into *out. They have the caller's signal mask.
 * The caller has the baton from now on. Children of theirs that are bound (PROC_SPEC.bound) die with the thread, so that turns_close
 * comes after the last of them. Returns 0 or -errno: so many threads cannot be had (-EAGAIN), n is not allowed (-EINVAL). */
#define TURNS_MAX 16
int turns_open(struct turns **out, size_t n, void (*turn)(void *ctx), void *ctx);
/* Child pid was started; birth: see proc_await_birth, NULL: it runs its program. Who has the baton waits for it where it is a thread of ours, another one otherwise. Of
 * more than n at a time some are met late. */
void turns_expect(struct turns *t, pid_t pid, const struct proc_birth *birth);
/* Gives the baton away, and waits for it; not for the threads, who do so by themselves. */
void turns_give(struct turns *t);
void turns_take(struct turns *t);
/* By the caller of turns_open, with the baton: nobody takes a turn any more. Waits for children that are still expected. NULL is allowed. */
void turns_close(struct turns *t);

#endif
