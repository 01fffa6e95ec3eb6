/* Decides how tokens are taken from make's jobserver and given back. Must never know what they are taken for.
 * Invariants: 1. held <= running - 1 after each settle: the first job needs no token, it has the one that make gave us.
 *             2. the very bytes that were read are written back.
 *             3. debt never has a token that is not held: killed at the worst moment, one is lost, none is made.
 *             4. reading never waits: the pipe is opened anew for us, so that O_NONBLOCK is ours alone. */
#include "jobserver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"

struct jobserver {
	int rfd, wfd;
	int served[2]; /* the pipe that our children know; -1: not ours */
	struct buf held;
	struct guard_debt *debt; /* as held, for who outlives us; NULL: nobody does */
};

bool
jobserver_parse(const char *makeflags, char *path, size_t n, int *rfd, int *wfd)
{
	static const char *const names[] = { "--jobserver-auth=", "--jobserver-fds=" };
	const char *p, *last = NULL;
	size_t i, len;

	for (i = 0; makeflags != NULL && i < ARRAY_LEN(names); i++)
		for (p = makeflags; (p = strstr(p, names[i])) != NULL; p++)
			if ((p == makeflags || p[-1] == ' ') && (last == NULL || p + strlen(names[i]) > last))
				last = p + strlen(names[i]);
	path[0] = '\0';
	*rfd = *wfd = -1;
	if (last == NULL)
		return false;
	if (strncmp(last, "fifo:", 5) != 0)
		return sscanf(last, "%d,%d", rfd, wfd) == 2 && *rfd >= 0 && *wfd >= 0;
	len = strcspn(last + 5, " ");
	if (len == 0 || len >= n)
		return false;
	memcpy(path, last + 5, len);
	path[len] = '\0';
	return true;
}

/* A descriptor of our own for an inherited one, so that its flags are ours. -1: it cannot be had. */
static int
jobserver_reopen(int fd, int flags)
{
	struct stat st;
	char name[64];

	if (fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		return -1; /* make did not pass it on: no "+" before the recipe */
	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	return open(name, flags | O_NONBLOCK | O_CLOEXEC);
}

static struct jobserver *
jobserver_new(int rfd, int wfd)
{
	struct jobserver *s = xcalloc(1, sizeof *s);

	s->rfd = rfd;
	s->wfd = wfd;
	s->served[0] = s->served[1] = -1;
	return s;
}

void
jobserver_join(const char *makeflags, struct jobserver **out)
{
	char path[4096];
	int rfd, wfd;

	*out = NULL;
	if (!jobserver_parse(makeflags, path, sizeof path, &rfd, &wfd))
		return;
	if (path[0] != '\0') {
		rfd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		wfd = open(path, O_RDWR | O_CLOEXEC);
	} else {
		rfd = jobserver_reopen(rfd, O_RDONLY);
		wfd = jobserver_reopen(wfd, O_WRONLY);
	}
	if (rfd >= 0 && wfd >= 0) {
		*out = jobserver_new(rfd, wfd);
		return;
	}
	if (rfd >= 0)
		close(rfd);
	if (wfd >= 0)
		close(wfd);
}

/* MAKEFLAGS for our children: what it says already, and where the tokens are. */
static int
jobserver_tell(int64_t slots, const int fd[2])
{
	const char *was = getenv("MAKEFLAGS");
	AUTO_BUF flags = { 0 };

	buf_addf(&flags, "%s -j%lld --jobserver-auth=%d,%d", was != NULL ? was : "", (long long)slots, fd[0], fd[1]);
	return setenv("MAKEFLAGS", buf_str(&flags), 1) < 0 ? -errno : 0;
}

int
jobserver_serve(int64_t slots, struct jobserver **out, struct err *e)
{
	struct jobserver *s;
	int fd[2], r = 0;
	int64_t i;

	*out = NULL;
	if (pipe(fd) < 0)
		return err_sys(e, errno, "--jobserver");
	s = jobserver_new(jobserver_reopen(fd[0], O_RDONLY), jobserver_reopen(fd[1], O_WRONLY));
	s->served[0] = fd[0];
	s->served[1] = fd[1];
	if (s->rfd < 0 || s->wfd < 0)
		r = -errno;
	for (i = 1; i < slots && i < 4096 && r == 0; i++)
		r = io_write_full(s->wfd, "+", 1);
	if (r == 0)
		r = jobserver_tell(slots, fd);
	if (r < 0) {
		jobserver_free(s);
		return err_sys(e, -r, "--jobserver");
	}
	*out = s;
	return 0;
}

/* The last n tokens go back. A pipe that nobody reads any more needs none. */
static void
jobserver_give(struct jobserver *s, size_t n)
{
	if (n == 0)
		return;
	if (s->debt != NULL)
		s->debt->owed = s->held.len - n;
	(void)io_write_full(s->wfd, s->held.data + s->held.len - n, n);
	buf_splice(&s->held, s->held.len - n, n, "", 0);
}

void
jobserver_free(struct jobserver *s)
{
	int fds[4], i;

	if (s == NULL)
		return;
	jobserver_give(s, s->held.len);
	fds[0] = s->rfd;
	fds[1] = s->wfd;
	fds[2] = s->served[0];
	fds[3] = s->served[1];
	for (i = 0; i < 4; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	buf_fini(&s->held);
	free(s);
}

bool
jobserver_may(struct jobserver *s, uint64_t running)
{
	char token;

	if (running <= s->held.len)
		return true;
	if (read(s->rfd, &token, 1) != 1)
		return false;
	buf_addc(&s->held, token);
	if (s->debt != NULL) {
		s->debt->bytes[s->held.len - 1] = token;
		s->debt->owed = s->held.len;
	}
	return true;
}

void
jobserver_settle(struct jobserver *s, uint64_t running)
{
	uint64_t need = running > 0 ? running - 1 : 0;

	if (s->held.len > need)
		jobserver_give(s, s->held.len - (size_t)need);
}

int
jobserver_give_fd(const struct jobserver *s)
{
	return s->wfd;
}

void
jobserver_owe(struct jobserver *s, struct guard_debt *d)
{
	s->debt = d;
}

int
jobserver_fd(const struct jobserver *s)
{
	return s->rfd;
}
