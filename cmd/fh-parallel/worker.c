/* Decides how one launcher is started and spoken to. Must never know what a job is for, or which worker is next.
 * Invariants: 1. nothing is sent before HELLO was found good: who listens may be anybody.
 *             2. the launcher is the leader of a group of its own: a ^C at our terminal does not reach it, and SIGKILL to the
 *                group takes all of it.
 *             3. no read or write here waits. */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "mem.h"
#include "proc.h"

#define HEAR_BYTES 65536
#define WORDS_BYTES 4096

static void
worker_close(struct loop *l, int *fd)
{
	if (*fd < 0)
		return;
	loop_forget(l, *fd);
	close(*fd);
	*fd = -1;
}

static int
worker_spawn(struct loop *l, struct worker *w, char *const *argv, const int fd[3])
{
	struct proc_spec s = PROC_SPEC_INIT;

	s.file = argv[0];
	s.argv = argv;
	memcpy(s.fd, fd, sizeof s.fd);
	s.group = true;
	s.bound = !w->gentle;
	s.mask = &loop_sig(l)->child_mask;
	s.defaults = &loop_sig(l)->child_reset;
	return proc_spawn(&s, &w->pid);
}

/* Three pipes, our ends never waiting. far[3]: the launcher's. */
static int
worker_pipes(struct worker *w, int far[3])
{
	int p[2], i, r = 0, *const near[3] = { &w->in, &w->out, &w->err };

	for (i = 0; i < 3 && (r = io_pipe(p)) == 0; i++) {
		far[i] = p[i > 0];
		*near[i] = p[i == 0];
		fcntl(*near[i], F_SETFL, O_NONBLOCK);
	}
	return r;
}

int
worker_call(struct loop *l, char *const *argv, uint64_t slots, bool gentle, struct worker **out)
{
	struct worker *w = xcalloc(1, sizeof *w);
	int far[3] = { -1, -1, -1 }, i, r;

	*out = w;
	w->in = w->out = w->err = -1;
	w->gentle = gentle;
	w->called_ns = w->heard_ns = clock_mono_ns();
	if (slots > 0)
		worker_set_slots(w, slots);
	if ((r = worker_pipes(w, far)) == 0 && (r = worker_spawn(l, w, argv, far)) == 0 &&
	    (r = loop_watch(l, w->out, POLLIN, w)) == 0)
		r = loop_watch(l, w->err, POLLIN, w);
	for (i = 0; i < 3; i++)
		if (far[i] >= 0)
			close(far[i]);
	if (r < 0)
		w->state = WORKER_ENDED;
	return r;
}

const char *
worker_name(const struct worker *w)
{
	return w->name != NULL ? w->name : "a worker that is to come";
}

void
worker_free(struct loop *l, struct worker *w)
{
	if (w->pid > 0)
		proc_kill(w->pid, SIGKILL);
	worker_close(l, &w->in);
	worker_close(l, &w->out);
	worker_close(l, &w->err);
	buf_fini(&w->say);
	buf_fini(&w->heard);
	buf_fini(&w->words);
	free(w->job);
	free(w->spare);
	free(w);
}

void
worker_set_slots(struct worker *w, uint64_t slots)
{
	uint64_t i;

	w->slots = slots;
	w->job = xcalloc((size_t)slots, sizeof *w->job);
	w->spare = xcalloc((size_t)slots, sizeof *w->spare);
	for (i = 0; i < slots; i++)
		w->spare[i] = (uint32_t)(slots - i);
}

/* --- said and heard --------------------------------------------------------------------------------------------------- */

/* Writes of the gift what goes without waiting. */
static void
worker_hand_over(struct loop *l, struct worker *w)
{
	ssize_t n = 0;

	if (w->in < 0)
		return;
	while (w->gift.len > 0 && (n = write(w->in, w->gift.s, w->gift.len)) > 0) {
		w->gift.s += n;
		w->gift.len -= (size_t)n;
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		w->gift.len = 0; /* nobody reads: its end is heard soon */
	if (loop_watch(l, w->in, w->gift.len > 0 ? POLLOUT : 0, w) < 0)
		err_bug("worker: a pipe cannot be watched");
}

void
worker_flush(struct loop *l, struct worker *w)
{
	ssize_t n = 0;

	if (w->state == WORKER_CALLED && w->gift.len > 0)
		worker_hand_over(l, w);
	if (w->in < 0 || w->state == WORKER_CALLED)
		return;
	while (w->said < w->say.len) {
		n = write(w->in, w->say.data + w->said, w->say.len - w->said);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		w->said += (size_t)n;
	}
	if (w->said == w->say.len || (n < 0 && errno != EAGAIN)) {
		buf_reset(&w->say); /* nobody reads: its end is heard soon */
		w->said = 0;
	} else if (w->said > HEAR_BYTES) {
		buf_splice(&w->say, 0, w->said, "", 0);
		w->said = 0;
	}
	if (loop_watch(l, w->in, w->say.len > 0 ? POLLOUT : 0, w) < 0)
		err_bug("worker: a pipe cannot be watched");
}

void
worker_hear(struct loop *l, struct worker *w)
{
	ssize_t n;

	if (w->read > 0) {
		buf_splice(&w->heard, 0, w->read, "", 0);
		w->read = 0;
	}
	n = read(w->out, buf_room(&w->heard, HEAR_BYTES), HEAR_BYTES);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		worker_close(l, &w->out);
		w->ended = true;
		return;
	}
	buf_grown(&w->heard, (size_t)n);
	w->heard_ns = clock_mono_ns();
}

void
worker_hear_words(struct loop *l, struct worker *w)
{
	ssize_t n = read(w->err, buf_room(&w->words, WORDS_BYTES), WORDS_BYTES);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		worker_close(l, &w->err);
		if (w->words.len > 0)
			buf_addc(&w->words, '\n');
		return;
	}
	buf_grown(&w->words, (size_t)n);
}

const char *
worker_words_next(struct worker *w, struct buf *line)
{
	const char *nl = w->words.len > 0 ? memchr(w->words.data, '\n', w->words.len) : NULL;
	size_t n = nl != NULL ? (size_t)(nl - w->words.data) : w->words.len;

	if (nl == NULL && n < WORDS_BYTES)
		return NULL;
	buf_reset(line);
	buf_add(line, w->words.data, n);
	buf_splice(&w->words, 0, n + (nl != NULL), "", 0);
	return buf_str(line);
}

void
worker_drop(struct loop *l, struct worker *w)
{
	if (w->pid > 0)
		proc_kill(w->pid, w->gentle && w->kill_ns == 0 ? SIGTERM : SIGKILL);
	if (w->kill_ns == 0)
		w->kill_ns = clock_mono_ns() + WORKER_END_NS;
	worker_close(l, &w->in);
	worker_close(l, &w->out);
	w->ended = true;
}

void
worker_quit(struct loop *l, struct worker *w)
{
	if (w->in < 0)
		return;
	frame_put(&w->say, FRAME_QUIT, 0, 0, "", 0);
	worker_flush(l, w);
	if (w->say.len == 0)
		worker_close(l, &w->in);
}

/* --- jobs ------------------------------------------------------------------------------------------------------------- */

int
worker_give(struct worker *w, struct job *j, const struct frame_job *fj)
{
	uint32_t number = w->spare[w->slots - w->used - 1];

	if (frame_put_job(&w->say, number, fj) < 0)
		return -E2BIG;
	w->used++;
	w->took = true;
	w->job[number - 1] = (struct worker_job){ .job = j, .credit = WORKER_INPUT_BYTES };
	j->worker = w;
	j->far = number;
	return 0;
}

void
worker_take(struct worker *w, struct job *j)
{
	w->job[j->far - 1] = (struct worker_job){ 0 };
	w->spare[w->slots - w->used] = j->far;
	w->used--;
}

struct worker_job *
worker_job(struct worker *w, uint32_t number)
{
	return number >= 1 && number <= w->slots && w->job[number - 1].job != NULL ? &w->job[number - 1] : NULL;
}
