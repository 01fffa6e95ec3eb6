/* Processes: one clean child from a description, its group, its end. */
#ifndef FH_PROC_H
#define FH_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "buf.h"

/* Everything is borrowed for the length of the call. */
struct proc_spec {
	const char *file;         /* what to execute: a path, or (no '/') a name to look for on our PATH */
	char *const *argv;        /* NULL-terminated */
	char *const *envp;        /* NULL-terminated; NULL: our own environment */
	size_t env_kept;          /* so many strings at its end stay as they are as long as we live */
	const char *dir;          /* where it starts; NULL: where we are */
	int fd[3];                /* its stdin, stdout, stderr; -1: ours. Never closed here */
	int nice;                 /* its niceness; 0: ours */
	bool group;               /* in a process group of its own, with its pid as number */
	bool bound;               /* dies (SIGKILL) when the thread that started it dies; Linux only, else ignored */
	const sigset_t *mask;     /* signal mask of the child; NULL: ours */
	const sigset_t *defaults; /* signals put to their default; NULL: none */
	const struct rlimit *nofile; /* its limits of descriptors; NULL: ours */
	volatile pid_t *mark;     /* where the child itself stores its pid before it executes (shared memory); NULL: nowhere */
};

#define PROC_SPEC_INIT { .fd = { -1, -1, -1 } }

/* Starts it; returns once it runs the new program. Descriptors other than 0-2 reach it only without CLOEXEC. Returns 0
 * with *pid, or -errno: of the first step that failed (EAGAIN: no more processes for now; ENOENT, EACCES of file or
 * dir; E2BIG: arguments; ENOEXEC: a script without "#!"; nice never fails). */
int proc_spawn(const struct proc_spec *s, pid_t *pid);

/* Where the child has a copy of our memory: PROC_FORKED. Under TSan too: its own clone() leaves what the child shall run in a frame
 * that is gone when we go on, and tidies up as after a fork, in memory that is still ours. */
#if defined(FH_PORTABLE) || defined(__SANITIZE_THREAD__)
#define PROC_FORKED
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PROC_FORKED
#endif
#endif

/* Where the child can be in our memory while we go on: PROC_BESIDE. */
#if !defined(PROC_FORKED) && (defined(__x86_64__) || defined(__aarch64__))
#define PROC_BESIDE
#endif

#define PROC_STACK 16384 /* the child's, until it executes: a dozen system calls deep */

/* What the child needs until it executes. */
struct proc_birth {
	volatile uint32_t here; /* PROC_BESIDE: not 0 as long as the child is in our memory; a futex, woken when it goes */
	volatile unsigned cpu;  /* PROC_BESIDE: where it ran when it executed */
	volatile int fail;      /* -errno of its failed step; then it is about to exit, or has */
	int cut;                /* PROC_BESIDE: set by the caller. > 0: it gets no descriptor from that on; cheap, however many we have */
	int wfd;                /* PROC_FORKED: where fail is written */
	pid_t parent;
	uint64_t defaults;      /* signal n: bit n - 1 */
	sigset_t mask;
	struct proc_spec spec;
};

#ifdef PROC_BESIDE
/* As proc_spawn (s->file is a path), but does not wait: as long as b->here is set, *b, stack, and all that s points to but mask
 * and defaults must stay as they are, and so must (b->cut > 0) the descriptors of s. Returns 0 with *pid, or -errno
 * where there is no child; a child that could not execute says so in b->fail and has the status 127. */
int proc_begin(const struct proc_spec *s, struct proc_birth *b, char stack[static PROC_STACK], pid_t *pid);
#endif

/* Waits until the child of that birth runs its program, or is dead; some time more than any start takes, at most. Several may wait. Without
 * PROC_BESIDE nothing happens. */
void proc_await_birth(const struct proc_birth *b);
/* Takes the calling thread to the processor on which that child was last seen; where it may run stays as it is. */
void proc_go_to(const struct proc_birth *b);

/* Asks for short turns for the thread that calls, which is to do little at a time: it then goes on soon although its children want
 * the processor too, or a job that has ended waits for one that runs before the next one is started. Children have ordinary
 * turns. Linux from 6.12 on (sched_runtime of sched_setattr(2)); elsewhere, and for who has a policy, or a niceness below 0, of
 * its own, which children would lose, nothing happens. */
void proc_take_short_turns(void);

/* Where a shell would find the command name: appends the first executable regular file on path (a PATH; NULL: the
 * system's default one). A name with '/' is appended as it is. Returns 0, -ENOENT, or -EACCES where files of that name are
 * there but none can be executed (the first of them is appended). */
int proc_find(const char *name, const char *path, struct buf *out);

/* signo to the group that pid, a child of ours, leads, or is about to lead (where that group is no more, nothing happens). Returns 0 or -errno. */
int proc_kill(pid_t pid, int signo);

/* Whether anybody is in the group that pid led. */
bool proc_group_lives(pid_t pid);

/* A wait status as a shell tells it: 0-255, 128 + N where signal N ended it. */
int proc_shell_status(int status);

/* The number of a signal by its name ("TERM", "SIGTERM", any case, or "15"); -1: there is none. */
int proc_signal_number(const char *name);

#endif
