/* Decides how a signal becomes bytes in a descriptor, and what a child must be given back. Must never know what a
 * signal means.
 * Invariants: 1. every watched signal is blocked (Linux) or handled (portable) from sig_open to sig_close.
 *             2. nothing runs in a handler but one write.
 *             3. child_reset names every signal whose disposition here differs from the one a job is to see. */
#include "sig.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "cleanup.h"
#include "io.h"

#ifndef FH_PORTABLE
#include <sys/signalfd.h>

#define SIG_HANDLERS false /* nobody handles what is watched */

static int
sig_attach(struct sig *s)
{
	s->fd = signalfd(-1, &s->watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd < 0)
		return -errno;
	return -pthread_sigmask(SIG_BLOCK, &s->watched, NULL);
}

static void
sig_detach(struct sig *s)
{
	(void)s;
}

void
sig_tell_children(struct sig *s, bool on)
{
	sigset_t told = s->watched;

	if (!on)
		sigdelset(&told, SIGCHLD);
	signalfd(s->fd, &told, 0);
}

/* Fills ahead. A read that is not full was the last. */
static void
sig_read(struct sig *s)
{
	struct timespec now = { 0 };
	struct signalfd_siginfo si[ARRAY_LEN(s->ahead)];
	ssize_t n = read(s->fd, si, sizeof si);
	int signo = 0;
	size_t i;

	s->at = 0;
	s->nahead = n > 0 ? (size_t)n / sizeof *si : 0;
	for (i = 0; i < s->nahead; i++)
		s->ahead[i] = (unsigned char)si[i].ssi_signo;
	if (n < 0 && errno != EAGAIN) /* it cannot be read: what is pending is there all the same, and TERM must be heard */
		signo = sigtimedwait(&s->watched, NULL, &now);
	if (signo > 0)
		s->ahead[s->nahead++] = (unsigned char)signo;
	s->drained = signo <= 0 && s->nahead < ARRAY_LEN(s->ahead);
}

int
sig_next(struct sig *s)
{
	if (s->at == s->nahead && !s->drained)
		sig_read(s);
	if (s->at < s->nahead)
		return s->ahead[s->at++];
	s->drained = false;
	return 0;
}

#else

#define SIG_HANDLERS true

static int sig_pipe_wfd = -1; /* a handler has no other way to find it */

static void
sig_handler(int signo)
{
	unsigned char c = (unsigned char)signo;
	int keep = errno;

	if (write(sig_pipe_wfd, &c, 1) < 0 && errno == EAGAIN)
		c = 0; /* a full pipe: that many signals are waiting to be read already */
	errno = keep;
}

static int
sig_attach(struct sig *s)
{
	struct sigaction sa = { .sa_handler = sig_handler, .sa_flags = SA_RESTART };
	int p[2], i, r = io_pipe(p);

	if (r < 0)
		return r;
	s->fd = p[0];
	s->wfd = sig_pipe_wfd = p[1];
	for (i = 0; i < 2; i++)
		if (fcntl(p[i], F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	sigfillset(&sa.sa_mask);
	for (i = 1; i < NSIG; i++)
		if (sigismember(&s->watched, i) == 1 && sigaction(i, &sa, NULL) < 0)
			return -errno;
	return -pthread_sigmask(SIG_UNBLOCK, &s->watched, NULL);
}

static void
sig_detach(struct sig *s)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	int i;

	for (i = 1; i < NSIG; i++)
		if (sigismember(&s->watched, i) == 1)
			sigaction(i, &sa, NULL);
	if (s->wfd >= 0)
		close(s->wfd);
	sig_pipe_wfd = s->wfd = -1;
}

void
sig_tell_children(struct sig *s, bool on)
{
	(void)s, (void)on;
}

int
sig_next(struct sig *s)
{
	unsigned char c;

	return read(s->fd, &c, 1) == 1 ? (int)c : 0;
}
#endif

bool
sig_is_ignored(int signo)
{
	struct sigaction sa;

	return sigaction(signo, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

int
sig_open(struct sig *s, const int *signals, size_t n)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, dflt = { .sa_handler = SIG_DFL };
	size_t i;
	int r;

	*s = (struct sig){ .fd = -1, .wfd = -1 };
	sigemptyset(&s->watched);
	sigaddset(&s->watched, SIGCHLD);
	for (i = 0; i < n; i++)
		sigaddset(&s->watched, signals[i]);
	if ((r = -pthread_sigmask(SIG_BLOCK, NULL, &s->child_mask)) < 0)
		return r;
	if (sigaction(SIGPIPE, &ignore, &s->pipe) < 0 || sigaction(SIGXFSZ, &ignore, &s->xfsz) < 0 || sigaction(SIGCHLD, &dflt, &s->chld) < 0)
		return -errno;
	sigemptyset(&s->child_reset);
	if (s->pipe.sa_handler != SIG_IGN)
		sigaddset(&s->child_reset, SIGPIPE);
	if (s->xfsz.sa_handler != SIG_IGN)
		sigaddset(&s->child_reset, SIGXFSZ);
	for (i = 0; i < n; i++)
		if (SIG_HANDLERS || sig_is_ignored(signals[i]))
			sigaddset(&s->child_reset, signals[i]);
	if (SIG_HANDLERS)
		sigaddset(&s->child_reset, SIGCHLD);
	return sig_attach(s);
}

void
sig_close(struct sig *s)
{
	sig_detach(s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	sigaction(SIGPIPE, &s->pipe, NULL);
	sigaction(SIGXFSZ, &s->xfsz, NULL);
	sigaction(SIGCHLD, &s->chld, NULL);
	pthread_sigmask(SIG_SETMASK, &s->child_mask, NULL);
}
