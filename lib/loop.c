/* Decides how readiness, signals and deaths are found and in what order they are told. Must never know what anybody
 * does about them.
 * Invariants: 1. children are reaped until none is left, whatever number of SIGCHLD came: a signal is a hint.
 *             2. no event of a forgotten descriptor is given out (loop_forget).
 *             3. a deadline is never reported early (rounded up). */
#include "loop.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"

#ifndef FH_PORTABLE
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif

#define READY_MAX 256 /* descriptors told in one wait */

struct loop_watched {
	void *who;
	short events; /* what is asked for */
	bool there;
	bool always; /* no way to wait for it: always ready (regular files under epoll) */
};

struct loop_ready {
	int fd;
	short revents;
};

struct loop {
	struct sig sig;
	int epfd;                  /* -1 under FH_PORTABLE */
	struct loop_watched *w;    /* by descriptor */
	size_t nw;
	int nalways;               /* watches that are always ready and asked for */
	struct loop_ready *ready;  /* found by the last wait */
	size_t nready, ready_cap, next;
	bool signals;              /* the signal descriptor is to be read */
	bool reap;                 /* children may have ended */
	bool exits_told;           /* by the signal descriptor */
	/* others take over while we wait; NULL: there are none */
	void (*leave)(void *), (*enter)(void *);
	void *who;
	int hurry_fd;              /* written to by them; -1: nobody is there */
	bool waiting;              /* until due_ns */
	int64_t due_ns;
	unsigned forgotten;        /* how often */
#ifdef FH_PORTABLE
	struct pollfd *fds;
	size_t fds_cap;
#endif
};

static void
loop_found(struct loop *l, int fd, short revents)
{
	if (fd == l->sig.fd) {
		l->signals = true;
		return;
	}
	l->ready = xgrow(l->ready, l->nready, &l->ready_cap, sizeof *l->ready);
	l->ready[l->nready++] = (struct loop_ready){ fd, revents };
}

static void
loop_found_always(struct loop *l)
{
	size_t i;

	for (i = 0; l->nalways > 0 && i < l->nw; i++)
		if (l->w[i].there && l->w[i].always && l->w[i].events != 0)
			loop_found(l, (int)i, l->w[i].events);
}

static int
loop_wait_ms(const struct loop *l, int64_t deadline_ns)
{
	int64_t left;

	if (l->nalways > 0 || l->reap || l->signals) /* signals may be read and not told yet */
		return 0;
	if (deadline_ns < 0)
		return -1;
	left = deadline_ns - clock_mono_ns();
	if (left <= 0)
		return 0;
	left = (left + CLOCK_MS - 1) / CLOCK_MS;
	return left > 1000000 ? 1000000 : (int)left;
}

#ifndef FH_PORTABLE
static int
loop_attach(struct loop *l)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = l->sig.fd };

	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epfd < 0 || epoll_ctl(l->epfd, EPOLL_CTL_ADD, l->sig.fd, &ev) < 0)
		return -errno;
	return 0;
}

/* The event bits of poll and epoll are the same on Linux. A watch that asks for nothing is taken out: epoll would go on
 * telling of POLLHUP. */
static int
loop_tell_kernel(struct loop *l, int fd, short was, short events, bool *always)
{
	struct epoll_event ev = { .events = (uint32_t)events, .data.fd = fd };
	int op = was == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

	if (was == events || *always)
		return 0;
	if (epoll_ctl(l->epfd, op, fd, &ev) == 0)
		return 0;
	if (op == EPOLL_CTL_DEL)
		return 0; /* closed by its owner: gone already */
	if (errno != EPERM)
		return -errno;
	*always = true;
	return 0;
}

/* epoll_wait, while others have l. */
static int
loop_wait_apart(struct loop *l, struct epoll_event *ev, int64_t deadline_ns)
{
	int n, error, ms = loop_wait_ms(l, deadline_ns);
	unsigned before = l->forgotten;

	l->waiting = true;
	l->due_ns = deadline_ns;
	l->leave(l->who);
	n = epoll_wait(l->epfd, ev, READY_MAX, ms);
	error = errno;
	l->enter(l->who);
	l->waiting = false;
	errno = error;
	return n > 0 && l->forgotten != before ? 0 : n; /* one may be another file's by now; what is true is told again */
}

static int
loop_poll(struct loop *l, int64_t deadline_ns)
{
	struct epoll_event ev[READY_MAX];
	int i, n;

	n = l->leave != NULL ? loop_wait_apart(l, ev, deadline_ns) : epoll_wait(l->epfd, ev, READY_MAX, loop_wait_ms(l, deadline_ns));
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	for (i = 0; i < n; i++)
		if (ev[i].data.fd != l->hurry_fd)
			loop_found(l, ev[i].data.fd, (short)ev[i].events);
	return 0;
}

int
loop_share(struct loop *l, void (*leave)(void *), void (*enter)(void *), void *who)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET }; /* each write is told once: nobody need read it */

	if (leave != NULL && l->hurry_fd < 0) {
		if ((l->hurry_fd = ev.data.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
			return -errno;
		if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, l->hurry_fd, &ev) < 0)
			return -errno;
	}
	l->leave = leave;
	l->enter = enter;
	l->who = who;
	return 0;
}

void
loop_hurry(struct loop *l, int64_t deadline_ns)
{
	uint64_t once = 1;

	if (!l->waiting || deadline_ns < 0 || (l->due_ns >= 0 && l->due_ns <= deadline_ns))
		return;
	l->waiting = write(l->hurry_fd, &once, sizeof once) < 0; /* once is enough */
}
#else
static int
loop_attach(struct loop *l)
{
	l->epfd = -1;
	return 0;
}

static int
loop_tell_kernel(struct loop *l, int fd, short was, short events, bool *always)
{
	(void)l, (void)fd, (void)was, (void)events;
	*always = false;
	return 0;
}

static int
loop_poll(struct loop *l, int64_t deadline_ns)
{
	size_t i, n = 0;

	for (i = 0; i < l->nw; i++) {
		if (!l->w[i].there || l->w[i].events == 0)
			continue;
		l->fds = xgrow(l->fds, n, &l->fds_cap, sizeof *l->fds);
		l->fds[n++] = (struct pollfd){ .fd = (int)i, .events = l->w[i].events };
	}
	l->fds = xgrow(l->fds, n, &l->fds_cap, sizeof *l->fds);
	l->fds[n++] = (struct pollfd){ .fd = l->sig.fd, .events = POLLIN };
	if (poll(l->fds, (nfds_t)n, loop_wait_ms(l, deadline_ns)) < 0)
		return errno == EINTR ? 0 : -errno;
	for (i = 0; i < n; i++)
		if (l->fds[i].revents != 0)
			loop_found(l, l->fds[i].fd, l->fds[i].revents);
	return 0;
}

int
loop_share(struct loop *l, void (*leave)(void *), void (*enter)(void *), void *who)
{
	(void)l, (void)leave, (void)enter, (void)who;
	return -ENOSYS;
}

void
loop_hurry(struct loop *l, int64_t deadline_ns)
{
	(void)l, (void)deadline_ns;
}
#endif

void
loop_tell_exits(struct loop *l, bool on)
{
	if (l->exits_told != on)
		sig_tell_children(&l->sig, on);
	l->exits_told = on;
}

void
loop_reap(struct loop *l)
{
	l->reap = true;
}

int
loop_new(struct loop **out, const int *signals, size_t n)
{
	struct loop *l = xcalloc(1, sizeof *l);
	int r;

	l->epfd = l->hurry_fd = -1;
	l->exits_told = true;
	if ((r = sig_open(&l->sig, signals, n)) < 0 || (r = loop_attach(l)) < 0) {
		loop_free(l);
		return r;
	}
	l->reap = true; /* a child may have ended before we watched */
	*out = l;
	return 0;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	if (l->epfd >= 0)
		close(l->epfd);
	if (l->hurry_fd >= 0)
		close(l->hurry_fd);
	sig_close(&l->sig);
#ifdef FH_PORTABLE
	free(l->fds);
#endif
	free(l->ready);
	free(l->w);
	free(l);
}

const struct sig *
loop_sig(const struct loop *l)
{
	return &l->sig;
}

static void
loop_room(struct loop *l, int fd)
{
	size_t want = l->nw > 0 ? l->nw : 64;

	if ((size_t)fd < l->nw)
		return;
	while (want <= (size_t)fd)
		want *= 2;
	l->w = xreallocarray(l->w, want, sizeof *l->w);
	memset(l->w + l->nw, 0, (want - l->nw) * sizeof *l->w);
	l->nw = want;
}

int
loop_watch(struct loop *l, int fd, short events, void *who)
{
	struct loop_watched *w;
	short was;
	bool idle;
	int r;

	loop_room(l, fd);
	w = &l->w[fd];
	was = w->there ? w->events : 0;
	idle = w->there && w->always && was != 0;
	if ((r = loop_tell_kernel(l, fd, was, events, &w->always)) < 0)
		return r;
	*w = (struct loop_watched){ .who = who, .events = events, .there = true, .always = w->always };
	l->nalways += (w->always && events != 0) - idle;
	return 0;
}

void
loop_forget(struct loop *l, int fd)
{
	struct loop_watched *w;
	size_t i;

	if (fd < 0 || (size_t)fd >= l->nw || !l->w[fd].there)
		return;
	w = &l->w[fd];
	l->forgotten++;
	if (w->always && w->events != 0)
		l->nalways--;
	else
		loop_tell_kernel(l, fd, w->events, 0, &w->always);
	*w = (struct loop_watched){ 0 };
	for (i = l->next; i < l->nready; i++)
		if (l->ready[i].fd == fd)
			l->ready[i].revents = 0; /* the number may be another file's before it is looked at */
}

int
loop_wait(struct loop *l, int64_t deadline_ns)
{
	int r;

	l->nready = l->next = 0;
	if ((r = loop_poll(l, deadline_ns)) < 0)
		return r;
	loop_found_always(l);
	return 0;
}

static bool
loop_next_signal(struct loop *l, struct loop_event *ev)
{
	while (l->signals) {
		ev->signo = sig_next(&l->sig);
		l->signals = ev->signo != 0;
		if (ev->signo == SIGCHLD)
			l->reap = true;
		else if (ev->signo != 0)
			return true;
	}
	return false;
}

static bool
loop_next_exit(struct loop *l, struct loop_event *ev)
{
	if (!l->reap)
		return false;
	do
		ev->pid = wait4(-1, &ev->status, WNOHANG, &ev->usage);
	while (ev->pid < 0 && errno == EINTR);
	l->reap = ev->pid > 0;
	return ev->pid > 0;
}

bool
loop_next(struct loop *l, struct loop_event *ev)
{
	const struct loop_watched *w;
	const struct loop_ready *f;

	*ev = (struct loop_event){ .kind = LOOP_SIGNAL, .fd = -1 };
	if (loop_next_signal(l, ev))
		return true;
	ev->kind = LOOP_EXIT;
	if (loop_next_exit(l, ev))
		return true;
	ev->kind = LOOP_FD;
	while (l->next < l->nready) {
		f = &l->ready[l->next++];
		w = &l->w[f->fd];
		ev->revents = f->revents & (short)(w->events | POLLERR | POLLHUP);
		if (!w->there || w->events == 0 || ev->revents == 0)
			continue;
		ev->fd = f->fd;
		ev->who = w->who;
		return true;
	}
	return false;
}
