/* Decides nothing: options in, status out, and the one place that prints words on stderr. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "io.h"
#include "memo.h"
#include "onall.h"
#include "opts.h"
#include "path.h"
#include "query.h"
#include "run.h"
#include "sem.h"
#include "slots.h"

#define STATUS_BAD 255

static void
main_say(const char *line)
{
	char text[ERR_MAX + 32];
	int n = snprintf(text, sizeof text, "fh-parallel: %s\n", line);

	if (io_write_full(STDERR_FILENO, text, (size_t)n) < 0)
		return; /* nobody is left to be told */
}

static int
main_print(const struct buf *b)
{
	struct err e;
	int r = io_write_full(STDOUT_FILENO, buf_str(b), b->len);

	if (r == 0)
		return 0;
	err_sys(&e, -r, "standard output");
	main_say(e.msg);
	return STATUS_BAD;
}

static int
main_explain(const struct opts *o, struct err *e)
{
	enum cpu_kind kind = o->use_sockets ? CPU_SOCKETS : o->use_cores ? CPU_CORES : CPU_THREADS;
	AUTO_BUF out = { 0 };

	if (slots_explain(o->jobs, cpu_count(kind), memo_find(o->command, o->ncommand), &out, e) < 0)
		return -1;
	return main_print(&out);
}

/* --onall: the run of the runs. */
static int
main_onall(const struct opts *o, int argc, char *argv[], struct err *e)
{
	struct onall *a;
	int status;

	if (onall_new(o, argc, argv, main_say, &a, e) < 0)
		return -1;
	status = run_all(onall_opts(a), main_say, e);
	onall_free(a);
	return status;
}

static int
main_stdin(const char *name, struct err *e)
{
	int fd = open(name, O_RDONLY);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		return err_sys(e, errno, "%s", name);
	if (fd != STDIN_FILENO)
		close(fd);
	return 0;
}

/* Returns the exit status, or -1. What is asked for comes first, then a semaphore, then the jobs. */
static int
main_run(struct opts *o, int argc, char *argv[], struct err *e)
{
	AUTO_BUF answer = { 0 };
	bool over;
	int status;

	if (o->agent)
		return agent_run(e);
	query_answer(o, &answer, &over, &status);
	if (answer.len > 0 && main_print(&answer) != 0)
		return STATUS_BAD;
	if (over)
		return status;
	if (o->explain_jobs)
		return main_explain(o, e);
	if (o->onall || o->nonall)
		return main_onall(o, argc, argv, e);
	if (o->onall_stdin != NULL && main_stdin(o->onall_stdin, e) < 0)
		return -1;
	if (o->semaphore)
		switch (sem_enter(o, main_say, &status, e)) {
		case SEM_RUN:
			break;
		case SEM_OVER:
			return status;
		case SEM_FAIL:
			return -1;
		}
	return run_all(o, main_say, e);
}

int
main(int argc, char *argv[])
{
	struct opts o = { 0 };
	AUTO_BUF text = { 0 };
	struct err e;
	int status, error = io_keep_std();

	if (error < 0) {
		err_sys(&e, -error, "/dev/null");
		main_say(e.msg);
		return STATUS_BAD;
	}
	switch (opts_load(&o, argc, argv, &text, &e)) {
	case OPTS_SAY:
		opts_fini(&o);
		return main_print(&text);
	case OPTS_BAD:
		main_print(&text);
		main_say(e.msg);
		opts_fini(&o);
		return STATUS_BAD;
	case OPTS_RUN:
		break;
	}
	status = main_run(&o, argc, argv, &e);
	if (status < 0)
		main_say(e.msg);
	opts_fini(&o);
	return status < 0 ? STATUS_BAD : status;
}
