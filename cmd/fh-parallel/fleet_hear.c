/* Decides what it means when a worker says something: frames become events. Must never know what becomes of those.
 * Invariants: 1. all that a worker has said is dealt with before it counts as lost by the end of its stream.
 *             2. who says what cannot be, or is of another version, is lost: nothing more of it is believed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fleet_int.h"

#define NOISE_MAX (1 << 20) /* what a login shell may print before the agent speaks */
#define LINE_MAX_BYTES 900

/* --- who it is -------------------------------------------------------------------------------------------------------- */

/* Before all that is to be said already. */
static void
fleet_setup(struct fleet *f, struct worker *w)
{
	struct frame_setup s = f->c.setup;
	const char *at;
	AUTO_BUF first = { 0 };

	s.login = (struct view){ w->login, strlen(w->login) };
	at = w->host != NULL ? w->host : (at = strrchr(w->login, '@')) != NULL ? at + 1 : w->login;
	s.host = (struct view){ at, strlen(at) };
	s.slots = w->slots;
	if (frame_put_setup(&first, &s) < 0)
		err_bug("fleet: an environment that is too large");
	buf_splice(&w->say, 0, 0, first.data, first.len);
}

static void
fleet_hello(struct fleet *f, struct worker *w, const struct frame_hello *h)
{
	char why[128];

	if (h->version != FRAME_VERSION || h->tool.len != strlen(f->c.tool) || strcmp(h->tool.s, f->c.tool) != 0) {
		snprintf(why, sizeof why, "fh-parallel there is another version than ours, %s", f->c.tool);
		fleet_lose(f, w, why);
		return;
	}
	if (w->name == NULL)
		w->name = fleet_intern(f, h->host.s);
	if (w->login == NULL)
		w->login = w->name;
	if (w->slots == 0)
		worker_set_slots(w, h->cpus > 0 ? h->cpus : 1);
	fleet_setup(f, w);
	w->state = WORKER_TOLD;
	worker_flush(f->c.loop, w);
}

static void
fleet_ready(struct fleet *f, struct worker *w, int code, struct view words)
{
	if (w->state != WORKER_TOLD)
		return;
	if (code != 0) {
		fleet_lose(f, w, words.s);
		return;
	}
	w->state = WORKER_READY;
	w->maybe = w->quiet = false;
	w->tells_ready = true;
	if (!w->once) {
		f->slots += w->slots;
		f->slots_changed = true;
	}
}

/* --- what it says ----------------------------------------------------------------------------------------------------- */

bool
fleet_fd(struct fleet *f, int fd, void *who, short revents)
{
	struct worker *w = NULL;
	size_t i;

	for (i = 0; i < f->n && w == NULL; i++)
		if (f->w[i] == who)
			w = f->w[i];
	if (w == NULL)
		return false;
	if (fd == w->in && (revents & (POLLERR | POLLHUP)) != 0 && (revents & POLLOUT) == 0)
		loop_forget(f->c.loop, fd); /* its end is heard from its stdout */
	else if (fd == w->in)
		worker_flush(f->c.loop, w);
	else if (fd == w->out)
		worker_hear(f->c.loop, w);
	else if (fd == w->err)
		worker_hear_words(f->c.loop, w);
	fleet_mark(f, w);
	return true;
}

/* A frame about job wj (NULL: none that w has). Returns 1 where it is an event, 0 where nobody need know, -1 with words. */
static int
fleet_job_frame(struct worker *w, struct worker_job *wj, const struct frame *fr, struct fleet_event *ev, struct err *e)
{
	uint64_t n;

	switch (fr->kind) {
	case FRAME_OUTPUT:
		ev->kind = FLEET_OUTPUT;
		w->owed += fr->body.len;
		return wj != NULL ? 1 : err_set(e, 0, "output of no job");
	case FRAME_TOOK:
		ev->kind = FLEET_CREDIT;
		if (wj == NULL)
			return 0;
		if (frame_number(fr, &n, e) < 0)
			return -1;
		wj->credit = n > UINT64_MAX / 2 - wj->credit ? UINT64_MAX / 2 : wj->credit + n;
		return 1;
	case FRAME_EXIT:
		ev->kind = FLEET_EXIT;
		if (wj == NULL || frame_get_exit(fr, &ev->end, e) < 0)
			return wj == NULL ? err_set(e, 0, "end of no job") : -1;
		ev->job->host_name = w->login;
		worker_take(w, ev->job);
		return 1;
	case FRAME_REFUSED:
		ev->kind = FLEET_REFUSED;
		if (wj == NULL || frame_get_error(fr, &ev->code, &ev->text, e) < 0)
			return wj == NULL ? err_set(e, 0, "no job") : -1;
		worker_take(w, ev->job);
		return 1;
	default:
		return err_set(e, 0, "%s is not for us", frame_kind_name(fr->kind));
	}
}

/* One frame of a worker. Returns 1 where it is an event, 0 where not, -1 with words: the worker is of no use. */
static int
fleet_frame(struct fleet *f, struct worker *w, const struct frame *fr, struct fleet_event *ev, struct err *e)
{
	struct worker_job *wj = worker_job(w, fr->job);
	struct frame_hello hello;

	if ((w->state == WORKER_CALLED) != (fr->kind == FRAME_HELLO))
		return err_set(e, 0, "%s at the wrong time", frame_kind_name(fr->kind));
	*ev = (struct fleet_event){ .job = wj != NULL ? wj->job : NULL, .side = fr->side, .text = fr->body };
	switch (fr->kind) {
	case FRAME_HELLO:
		if (frame_get_hello(fr, &hello, e) < 0)
			return -1;
		fleet_hello(f, w, &hello);
		return 0;
	case FRAME_READY:
		if (frame_get_error(fr, &ev->code, &ev->text, e) < 0)
			return -1;
		fleet_ready(f, w, ev->code, ev->text);
		return 0;
	case FRAME_BEAT:
		return 0;
	case FRAME_SAY:
		fleet_note(f, w, "%.*s", (int)fr->body.len, fr->body.s);
		return 0;
	default:
		return fleet_job_frame(w, wj, fr, ev, e);
	}
}

/* Noise before the agent speaks. Whether there may be frames now. */
static bool
fleet_skip_noise(struct fleet *f, struct worker *w)
{
	size_t at;

	if (w->awake)
		return true;
	w->read = at = frame_find_magic(w->heard.data, w->heard.len);
	w->awake = at > 0;
	if (!w->awake && !w->was_given && f->c.gift.len > 0 && frame_finds_wanted(w->heard.data, w->heard.len)) {
		w->was_given = true;
		w->gift = f->c.gift;
		worker_flush(f->c.loop, w);
	}
	if (at == 0 && w->heard.len > NOISE_MAX)
		fleet_lose(f, w, "what it says is no agent's");
	return w->awake;
}

static bool
fleet_next_frame(struct fleet *f, struct worker *w, struct fleet_event *ev)
{
	enum next got = NEXT_WAIT;
	struct frame fr;
	struct err e;
	int r;

	while (w->state < WORKER_LOST && fleet_skip_noise(f, w) &&
	    (got = frame_next(w->heard.data, w->heard.len, &w->read, &fr, &e)) == NEXT_GOT) {
		r = fleet_frame(f, w, &fr, ev, &e);
		if (r > 0)
			return true;
		if (r < 0)
			got = NEXT_FAIL;
		if (r < 0)
			break;
	}
	if (got == NEXT_FAIL)
		fleet_lose(f, w, e.msg);
	return false;
}

/* The next job of a worker that is lost. */
static bool
fleet_next_lost(struct worker *w, struct fleet_event *ev)
{
	uint64_t i;

	for (i = 0; i < w->slots && w->used > 0; i++)
		if (w->job[i].job != NULL) {
			*ev = (struct fleet_event){ .kind = w->maybe ? FLEET_ABSENT : FLEET_LOST, .job = w->job[i].job };
			worker_take(w, ev->job);
			return true;
		}
	return false;
}

static bool
fleet_next_words(struct fleet *f, struct worker *w, struct fleet_event *ev)
{
	AUTO_BUF line = { 0 };

	do {
		if (worker_words_next(w, &line) == NULL)
			return false;
	} while (w->quiet);
	buf_reset(&f->line);
	buf_addf(&f->line, "%s: %.*s", worker_name(w), LINE_MAX_BYTES, buf_str(&line));
	*ev = (struct fleet_event){ .kind = FLEET_SAY, .text = { f->line.data, f->line.len } };
	return true;
}

/* One line of what we have to say ourselves. */
static bool
fleet_next_note(struct fleet *f, struct fleet_event *ev)
{
	const char *nl = f->note.len > 0 ? memchr(f->note.data, '\n', f->note.len) : NULL;

	if (nl == NULL)
		return false;
	buf_reset(&f->line);
	buf_add(&f->line, f->note.data, (size_t)(nl - f->note.data));
	buf_splice(&f->note, 0, (size_t)(nl - f->note.data) + 1, "", 0);
	*ev = (struct fleet_event){ .kind = FLEET_SAY, .text = { f->line.data, f->line.len } };
	return true;
}

static bool
fleet_next_ready(struct worker *w, struct fleet_event *ev)
{
	if (!w->tells_ready)
		return false;
	w->tells_ready = false;
	*ev = (struct fleet_event){ .kind = FLEET_READY, .worker = w };
	return true;
}

/* A worker that took its one job, and has done it. */
static void
fleet_settle(struct fleet *f, struct worker *w)
{
	if (w->ended && w->state < WORKER_LOST)
		fleet_lose(f, w, "its launcher has ended");
	if (w->once && w->took && w->used == 0 && w->state == WORKER_READY) {
		w->state = WORKER_LOST; /* as agreed */
		worker_quit(f->c.loop, w);
		w->kill_ns = clock_mono_ns() + WORKER_END_NS;
	}
}

bool
fleet_next(struct fleet *f, struct fleet_event *ev)
{
	struct worker *w;

	while ((w = f->dirty) != NULL) {
		if (fleet_next_words(f, w, ev) || fleet_next_frame(f, w, ev) || fleet_next_ready(w, ev))
			return true;
		fleet_settle(f, w);
		if (w->state == WORKER_LOST && fleet_next_lost(w, ev))
			return true;
		f->dirty = w->dirty;
		w->is_dirty = false;
	}
	if (fleet_next_note(f, ev))
		return true;
	if (!f->slots_changed)
		return false;
	f->slots_changed = false;
	*ev = (struct fleet_event){ .kind = FLEET_SLOTS };
	return true;
}
