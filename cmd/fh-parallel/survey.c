/* Decides who is asked, and what an answer says. Must never know jobs.
 * All are asked at the same time, and none for longer than ANSWER_NS: a host that is down costs no more than that. */
#include "survey.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "mem.h"
#include "proc.h"
#include "slots.h"

#define ANSWER_NS (30 * CLOCK_S)
#define ANSWER_MAX 65536 /* bytes: a login may be talkative */

struct question {
	struct host *host;
	pid_t pid;   /* 0: it runs no more */
	int fd;      /* its stdout; -1: it has ended */
	int status;
	struct buf answer;
};

struct survey {
	struct question *q;
	size_t n;
	int64_t deadline_ns;
};

static void
survey_begin(struct survey *s, struct host *t, const struct exec_line *line)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	struct question *q;
	int ends[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	s->q = xreallocarray(s->q, s->n + 1, sizeof *s->q);
	q = &s->q[s->n++];
	*q = (struct question){ .host = t, .fd = -1, .status = -1 };
	if (null < 0 || io_pipe(ends) < 0)
		goto out;
	spec.file = line->file;
	spec.argv = line->argv;
	spec.envp = line->envp;
	spec.fd[0] = null;
	spec.fd[1] = ends[1];
	spec.group = spec.bound = true;
	if (proc_spawn(&spec, &q->pid) < 0)
		q->pid = 0;
	close(ends[1]);
	q->fd = ends[0];
out:
	if (null >= 0)
		close(null);
}

static void
survey_read(struct question *q)
{
	ssize_t n = read(q->fd, buf_room(&q->answer, 4096), 4096);

	if (n > 0)
		buf_grown(&q->answer, (size_t)n);
	if ((n < 0 && errno != EINTR) || n == 0 || q->answer.len > ANSWER_MAX) {
		close(q->fd);
		q->fd = -1;
	}
}

/* One wait for answers. False: nothing is to come any more, or not in time. */
static bool
survey_wait(struct survey *s)
{
	struct pollfd *p = xcalloc(s->n + 1, sizeof *p);
	int64_t left = s->deadline_ns - clock_mono_ns();
	size_t i, open = 0;

	for (i = 0; i < s->n; i++) {
		p[i] = (struct pollfd){ .fd = s->q[i].fd, .events = POLLIN };
		open += s->q[i].fd >= 0;
	}
	if (open > 0 && left > 0 && poll(p, (nfds_t)s->n, (int)(left / CLOCK_MS) + 1) > 0)
		for (i = 0; i < s->n; i++)
			if (p[i].fd >= 0 && p[i].revents != 0)
				survey_read(&s->q[i]);
	free(p);
	return open > 0 && left > 0;
}

static void
survey_end(struct survey *s)
{
	struct question *q;
	size_t i;

	while (survey_wait(s))
		;
	for (i = 0; i < s->n; i++) {
		q = &s->q[i];
		if (q->fd >= 0) { /* too late */
			close(q->fd);
			if (q->pid > 0)
				proc_kill(q->pid, SIGKILL);
		}
		while (q->pid > 0 && waitpid(q->pid, &q->status, 0) < 0 && errno == EINTR)
			;
	}
}

static void
survey_fini(struct survey *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		buf_fini(&s->q[i].answer);
	free(s->q);
}

/* The number behind "ready"; -1: there is none. */
static int64_t
survey_cpus(const struct question *q)
{
	const char *at = strstr(buf_str(&q->answer), "ready\n");
	long n = at == NULL ? 0 : atol(at + strlen("ready\n"));

	return n > 0 ? n : -1;
}

static void
survey_take(struct question *q, const struct opts *o, bool filter, void (*say)(const char *line))
{
	int64_t cpus = survey_cpus(q);
	char line[512];

	q->host->alone |= cpus < 0 || (!o->bootstrap && strstr(buf_str(&q->answer), "\nalone\n") != NULL);
	if (cpus > 0) {
		if (q->host->cpus < 0)
			q->host->cpus = cpus;
		return;
	}
	if (q->host->cpus < 0)
		q->host->cpus = 1;
	q->host->told = true;
	if (filter)
		q->host->gone = true;
	snprintf(line, sizeof line, "warning: %s: %s", q->host->name,
	    filter ? "does not answer: left out" : "does not say how many cpus it has: taken for 1");
	say(line);
}

void
survey_ask(struct hosts *h, struct remote *r, const struct opts *o, bool filter, void (*say)(const char *line))
{
	struct survey s = { .deadline_ns = clock_mono_ns() + ANSWER_NS };
	struct exec_line line;
	struct host *t;
	size_t i;

	for (i = 0; i < hosts_count(h); i++) {
		t = hosts_at(h, i);
		if (t->ssh == NULL && t->cpus < 0)
			t->cpus = cpu_count(o->use_sockets ? CPU_SOCKETS : o->use_cores ? CPU_CORES : CPU_THREADS);
		if (t->ssh == NULL || t->gone || (t->cpus >= 0 && !filter))
			continue;
		remote_ask(r, t, &line);
		survey_begin(&s, t, &line);
	}
	survey_end(&s);
	for (i = 0; i < s.n; i++)
		survey_take(&s.q[i], o, filter, say);
	survey_fini(&s);
}

void
survey_base(struct hosts *h, struct remote *r, bool cleanup, void (*say)(const char *line))
{
	struct survey s = { .deadline_ns = INT64_MAX };
	struct exec_line line;
	char text[512];
	size_t i;

	for (i = 0; i < hosts_count(h); i++)
		if (!hosts_at(h, i)->gone && remote_base(r, hosts_at(h, i), cleanup, &line))
			survey_begin(&s, hosts_at(h, i), &line);
	survey_end(&s);
	for (i = 0; i < s.n && !cleanup; i++) {
		if (s.q[i].status == 0)
			continue;
		snprintf(text, sizeof text, "warning: %s: --basefile could not be sent", s.q[i].host->name);
		say(text);
	}
	survey_fini(&s);
}
