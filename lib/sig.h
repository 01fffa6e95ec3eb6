/* Signals as a descriptor: blocked while we live, read in the loop, back to what they were in every child.
 * Linux: signalfd. FH_PORTABLE: handlers that write to a pipe, behind the same calls. */
#ifndef FH_SIG_H
#define FH_SIG_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct sig {
	int fd;                /* poll it for POLLIN; CLOEXEC */
	int wfd;               /* FH_PORTABLE: the pipe's other end, else -1 */
	sigset_t watched;      /* what sig_open was given, with SIGCHLD */
	sigset_t child_mask;   /* the mask that we were started with: a child gets it */
	sigset_t child_reset;  /* signals that a child must have at their default */
	struct sigaction pipe; /* SIGPIPE as we found it; here it is ignored, so that a write says EPIPE */
	struct sigaction xfsz; /* SIGXFSZ; the same, EFBIG (ulimit -f) */
	struct sigaction chld; /* SIGCHLD as we found it; here it is at its default, or children would vanish */
	unsigned char ahead[4]; /* read, not yet given out: from at to nahead */
	size_t at, nahead;
	bool drained;          /* what is in ahead was all */
};

/* Starts watching the n signals and SIGCHLD, and ignores SIGPIPE and SIGXFSZ. One struct sig at a time in a process. A signal that
 * was ignored when we were started is watched all the same: leave it out (sig_is_ignored) where that is to be
 * respected. Returns 0 or -errno. */
int sig_open(struct sig *s, const int *signals, size_t n);

/* Whether the disposition of signo is SIG_IGN (nohup, a shell's `trap ''`). */
bool sig_is_ignored(int signo);

/* The next signal that has come, 0 when there is none for now. Ask until it is 0: a poll of fd tells only of what was
 * not read yet. Equal signals may be merged: act on the fact, do not count. */
int sig_next(struct sig *s);

/* Whether ends of children are told (on, the default) or wait until they are again (off: who waits for each child by other means
 * need not be woken twice). FH_PORTABLE: they always are. */
void sig_tell_children(struct sig *s, bool on);

/* Mask and dispositions as they were before sig_open. */
void sig_close(struct sig *s);

#endif
