/* Descriptors, children and signals -> events, one wait. Linux: epoll and signalfd; FH_PORTABLE: poll and a self-pipe. */
#ifndef FH_LOOP_H
#define FH_LOOP_H

#include <poll.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "sig.h"

enum loop_kind {
	LOOP_SIGNAL, /* signo has come */
	LOOP_EXIT,   /* child pid has ended and is reaped (any child of ours, also one we do not know) */
	LOOP_FD,     /* fd is ready */
};

struct loop_event {
	enum loop_kind kind;
	int signo;           /* LOOP_SIGNAL */
	pid_t pid;           /* LOOP_EXIT */
	int status;          /* as wait gives it */
	struct rusage usage; /* of the child and the children it waited for */
	int fd;              /* LOOP_FD */
	short revents;       /* POLLIN, POLLOUT, POLLERR, POLLHUP */
	void *who;           /* as given to loop_watch */
};

struct loop;

/* A loop that watches the n signals (see sig_open) and children, in *out, freed by loop_free. One at a time in a
 * process. Returns 0 or -errno. */
int loop_new(struct loop **out, const int *signals, size_t n);
/* Dispositions as before; forgets all watches, closes none of the watched descriptors. NULL is allowed. */
void loop_free(struct loop *l);

/* What a child must be given: see struct sig. Borrowed from l. */
const struct sig *loop_sig(const struct loop *l);

/* Tells when fd is ready for events (POLLIN | POLLOUT; 0: keep quiet for now), who with it. Again for the same fd: the
 * new events and who stand. Regular files are always ready. Returns 0 or -errno. */
int loop_watch(struct loop *l, int fd, short events, void *who);
/* Ends that; call it before fd is closed. Events of fd not yet taken are dropped. Not watched: nothing happens. */
void loop_forget(struct loop *l, int fd);

/* Waits until something happens or deadline_ns (clock_mono_ns; < 0: none) has passed, to the millisecond, never early.
 * Only when all events of the last wait are taken. Returns 0 or -errno. */
int loop_wait(struct loop *l, int64_t deadline_ns);
/* Takes the next event of the last wait, the signals first, then the children, then descriptors. Returns whether there
 * was one. */
bool loop_next(struct loop *l, struct loop_event *ev);

/* For threads that share l, one at a time. leave is called before loop_wait waits, and enter when it is over: meanwhile others may call
 * all that is below and loop_watch, loop_forget, loop_next. Returns 0 or -errno (FH_PORTABLE: -ENOSYS). NULL, NULL: no more. */
int loop_share(struct loop *l, void (*leave)(void *who), void (*enter)(void *who), void *who);
/* Whether loop_wait is to end because a child has. Off: loop_reap is called instead, by who knows of each of them. */
void loop_tell_exits(struct loop *l, bool on);
/* Children may have ended: loop_next tells of them. */
void loop_reap(struct loop *l);
/* What loop_wait was to wait for may have changed: ends it, where it would last beyond deadline_ns (< 0: for ever). */
void loop_hurry(struct loop *l, int64_t deadline_ns);

#define AUTO_LOOP __attribute__((cleanup(loop_cleanup))) struct loop *

static inline void
loop_cleanup(struct loop **l)
{
	loop_free(*l);
}

#endif
