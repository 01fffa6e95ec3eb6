/* Decides how long is waited for what is held, and what happens when it is let go. Must never know what it is.
 * Invariant: once told, the child is never killed: it gives back what it holds when its stdin ends, and does so too when we are
 * killed. */
#include "hold.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "proc.h"

#define TOLD_MAX (1 << 20)
#define END_NS (5 * CLOCK_S)
#define LOOK_NS (5 * CLOCK_MS)

static int
hold_start(struct hold *h, struct loop *l, char *const *argv)
{
	struct proc_spec s = PROC_SPEC_INIT;
	int in[2], out[2], r;

	if ((r = io_pipe(in)) < 0)
		return r;
	h->in = in[1];
	s.fd[0] = in[0];
	if ((r = io_pipe(out)) < 0) {
		close(in[0]);
		return r;
	}
	h->out = out[0];
	s.fd[1] = out[1];
	s.file = argv[0];
	s.argv = argv;
	s.group = true; /* a ^C is for us */
	s.mask = &loop_sig(l)->child_mask;
	s.defaults = &loop_sig(l)->child_reset;
	r = proc_spawn(&s, &h->pid);
	close(in[0]);
	close(out[1]);
	return r < 0 ? r : loop_watch(l, h->out, POLLIN, h);
}

/* What has come of what it tells. */
static void
hold_hear(struct hold *h, struct loop *l, struct buf *out)
{
	ssize_t n = read(h->out, buf_room(out, 4096), 4096);

	if (n > 0)
		buf_grown(out, (size_t)n);
	h->told = out->len >= 4 && strcmp(out->data + out->len - 4, "end\n") == 0;
	if (n > 0 && !h->told && out->len < TOLD_MAX)
		return;
	loop_forget(l, h->out);
	close(h->out);
	h->out = -1;
}

int
hold_begin(struct hold *h, struct loop *l, char *const *argv, struct buf *out, struct err *e)
{
	struct loop_event ev;
	int r;

	*h = (struct hold){ .in = -1, .out = -1 };
	if ((r = hold_start(h, l, argv)) < 0)
		return err_sys(e, -r, "cannot start %s", argv[0]);
	while (h->out >= 0) {
		if ((r = loop_wait(l, -1)) < 0)
			return err_sys(e, -r, "cannot wait for an allocation");
		while (loop_next(l, &ev))
			if (ev.kind == LOOP_SIGNAL)
				return err_set(e, 0, "interrupted while waiting for an allocation");
			else if (ev.kind == LOOP_EXIT && ev.pid == h->pid)
				h->pid = 0;
			else if (ev.kind == LOOP_FD && ev.who == h)
				hold_hear(h, l, out);
	}
	return h->told ? 0 : err_set(e, 0, "there is no allocation");
}

void
hold_end(struct hold *h)
{
	int64_t until = clock_mono_ns() + END_NS;

	if (h->in >= 0)
		close(h->in);
	if (h->out >= 0)
		close(h->out);
	h->in = h->out = -1;
	if (h->pid > 0 && !h->told)
		proc_kill(h->pid, SIGTERM); /* it waits in a queue still */
	while (h->pid > 0 && waitpid(h->pid, NULL, WNOHANG) == 0 && clock_mono_ns() < until)
		clock_sleep_ns(LOOK_NS);
	h->pid = 0;
}
