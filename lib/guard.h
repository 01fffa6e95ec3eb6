/* A second process that outlives us just long enough: when we die without a word (kill -9), it ends the process groups
 * that we were answerable for, grandchildren and all. Plain POSIX: it waits for the end of a pipe that only we hold. */
#ifndef FH_GUARD_H
#define FH_GUARD_H

#include <sys/types.h>

#define GUARD_NAME "fh-guard" /* as the kernel lists it (PR_SET_NAME) */

/* Bytes that are to be written when we are killed: tokens that are another's. The first of them count. Shared with the second
 * process, which writes them after it has ended the groups. */
struct guard_debt {
	volatile size_t owed;
	volatile char bytes[]; /* as many as there are groups */
};

struct guard {
	pid_t pid;             /* of the second process; 0: none */
	int wfd;               /* the pipe that it listens to; CLOEXEC */
	volatile pid_t *group; /* the groups to end, shared with it; 0: none for now. Good as proc_spec.mark */
	size_t n;              /* of them */
	struct guard_debt *debt; /* guard_open_owing; else NULL */
};

/* Starts it for n groups (memory is touched only where a group is set), in a session of its own with no descriptor of
 * ours. Where we are killed it also removes the files of folder dir whose names begin with prefix (dir NULL: none; both are
 * used by the copy of us that it is); what is there of them at a good end goes too. For a process with one thread. Returns 0 or
 * -errno. */
int guard_open(struct guard *g, size_t n, const char *dir, const char *prefix);

/* As guard_open, for one who owes n bytes at most, and writes them to fd (borrowed; the second process has its own). */
int guard_open_owing(struct guard *g, size_t n, const char *dir, const char *prefix, int fd);

/* Lets it end without a signal to anybody, and waits for that. Nothing happens where g was never opened (all-zero). */
void guard_close(struct guard *g);

#define AUTO_GUARD __attribute__((cleanup(guard_close))) struct guard

#endif
