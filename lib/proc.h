/* Processes: one clean child from a description, its group, its end. */
#ifndef FH_PROC_H
#define FH_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "buf.h"

/* Everything is borrowed for the length of the call. */
struct proc_spec {
	const char *file;         /* what to execute: a path, or (no '/') a name to look for on our PATH */
	char *const *argv;        /* NULL-terminated */
	char *const *envp;        /* NULL-terminated; NULL: our own environment */
	const char *dir;          /* where it starts; NULL: where we are */
	int fd[3];                /* its stdin, stdout, stderr; -1: ours. Never closed here */
	int nice;                 /* added to our niceness */
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

#ifndef FH_PORTABLE
/* As proc_spawn (s->file is a path), but the child is not ours: it belongs to keeper, our parent, who reaps it. It stores its
 * pid in *born before it executes, and errno in *fail where it cannot. Returns 0 or -errno where there is no child. */
int proc_spawn_for(const struct proc_spec *s, pid_t keeper, volatile pid_t *born, volatile int *fail);
#endif

/* Where a shell would find the command name: appends the first executable regular file on path (a PATH; NULL: the
 * system's default one). A name with '/' is appended as it is. Returns 0, -ENOENT, or -EACCES where files of that name are
 * there but none can be executed (the first of them is appended). */
int proc_find(const char *name, const char *path, struct buf *out);

/* signo to the group that pid leads (and where that group is not there yet or no more, nothing happens). Returns 0 or -errno. */
int proc_kill(pid_t pid, int signo);

/* Whether anybody is in the group that pid led. */
bool proc_group_lives(pid_t pid);

/* A wait status as a shell tells it: 0-255, 128 + N where signal N ended it. */
int proc_shell_status(int status);

/* The number of a signal by its name ("TERM", "SIGTERM", any case, or "15"); -1: there is none. */
int proc_signal_number(const char *name);

#endif
