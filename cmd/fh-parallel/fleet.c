/* Decides who of the workers is there, and who is lost. Must never know what a job prints or why it is to run.
 * Invariants: 1. a job is with one worker until its EXIT or REFUSED came, or it was told as lost: exactly one of the three.
 *             2. all that a worker has said is dealt with before it counts as lost by the end of its stream.
 *             3. a launcher's exit status is never looked at: srun says 0 when its node has died. */
#include "fleet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mem.h"

#define NOISE_MAX (1 << 20)           /* what a login shell may print before the agent speaks */
#define LINE_MAX_BYTES 900

struct fleet {
	struct fleet_conf c;
	struct worker **w;
	size_t n, cap;
	struct worker *dirty;   /* those that have something to tell */
	uint64_t slots;
	bool slots_changed;
	struct buf line, note;  /* of FLEET_SAY */
	int64_t beat_ns;        /* the next one */
	int64_t tick_ns;        /* the last look at who is silent */
	int64_t since_ns;       /* silence counts from here at the earliest */
	struct arena mem;       /* names: jobs borrow them */
	char **name;            /* each once */
	size_t nnames, names_cap;
};

struct fleet *
fleet_new(const struct fleet_conf *c)
{
	struct fleet *f = xcalloc(1, sizeof *f);

	f->c = *c;
	return f;
}

static void
fleet_mark(struct fleet *f, struct worker *w)
{
	if (w->is_dirty)
		return;
	w->is_dirty = true;
	w->dirty = f->dirty;
	f->dirty = w;
}

static void
fleet_note(struct fleet *f, const struct worker *w, const char *fmt, ...) FH_PRINTF(3, 4);

static void
fleet_note(struct fleet *f, const struct worker *w, const char *fmt, ...)
{
	va_list ap;

	buf_addf(&f->note, "%s: ", worker_name(w));
	va_start(ap, fmt);
	buf_vaddf(&f->note, fmt, ap);
	va_end(ap);
	buf_addc(&f->note, '\n');
}

/* A copy of s (NULL: none) that lives as long as f. */
static const char *
fleet_intern(struct fleet *f, const char *s)
{
	size_t i;

	if (s == NULL)
		return NULL;
	for (i = f->nnames; i-- > 0;)
		if (strcmp(f->name[i], s) == 0)
			return f->name[i];
	f->name = xgrow(f->name, f->nnames, &f->names_cap, sizeof *f->name);
	f->name[f->nnames] = arena_strdup(&f->mem, s);
	return f->name[f->nnames++];
}

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

struct worker *
fleet_add(struct fleet *f, const struct fleet_call *c, struct err *e)
{
	struct worker *w;
	int r = worker_call(f->c.loop, c->argv, c->slots, c->how == FLEET_QUEUED, &w);

	if (r < 0) {
		worker_free(f->c.loop, w);
		err_sys(e, -r, "cannot start %s", c->argv[0]);
		return NULL;
	}
	w->once = c->how == FLEET_ONCE;
	w->maybe = c->how == FLEET_MAYBE;
	w->quiet = c->quiet;
	w->name = fleet_intern(f, c->name);
	w->login = fleet_intern(f, c->login);
	w->host = fleet_intern(f, c->host);
	f->w = xgrow(f->w, f->n, &f->cap, sizeof *f->w);
	f->w[f->n++] = w;
	return w;
}

/* --- who is there ----------------------------------------------------------------------------------------------------- */

static void
fleet_lose(struct fleet *f, struct worker *w, const char *why)
{
	if (w->state >= WORKER_LOST)
		return;
	if (w->state == WORKER_READY && !w->once) {
		f->slots -= w->slots;
		f->slots_changed = true;
	}
	if (w->state == WORKER_READY && (!w->once || w->used > 0))
		fleet_note(f, w, "lost: %s%s", why, w->used > 0 ? ": its jobs are run again" : "");
	else if (w->state < WORKER_READY && !w->quiet)
		fleet_note(f, w, "no agent there: %s", why);
	w->state = WORKER_LOST;
	worker_drop(f->c.loop, w);
	fleet_mark(f, w);
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

bool
fleet_may_give(const struct worker *w)
{
	return w->state < WORKER_LOST && w->used < w->slots;
}

void
fleet_drop(struct fleet *f, struct worker *w, const char *why)
{
	fleet_lose(f, w, why);
}

uint64_t
fleet_slots(const struct fleet *f)
{
	return f->slots;
}

bool
fleet_is_alive(const struct fleet *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->w[i]->state < WORKER_LOST || f->w[i]->used > 0)
			return true;
	return false;
}

struct worker *
fleet_pick(struct fleet *f, const struct worker *last)
{
	struct worker *best = NULL, *w;
	bool other = false;
	size_t i;

	for (i = 0; i < f->n; i++) {
		w = f->w[i];
		if (w->state >= WORKER_LOST || w->slots == w->used || (w->once ? w->took : w->state != WORKER_READY))
			continue;
		if (best == NULL || (!other && w != last && best == last) ||
		    ((w == last) == (best == last) && w->slots - w->used > best->slots - best->used))
			best = w;
		other = best != last;
	}
	return best;
}

/* --- what they say ---------------------------------------------------------------------------------------------------- */

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

void
fleet_exited(struct fleet *f, pid_t pid)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->w[i]->pid == pid)
			f->w[i]->pid = 0; /* the ends of its pipes tell the rest */
}

/* One frame of a worker. Returns 1 where it is an event, 0 where not, -1 with words: the worker is of no use. */
static int
fleet_frame(struct fleet *f, struct worker *w, const struct frame *fr, struct fleet_event *ev, struct err *e)
{
	struct worker_job *wj = worker_job(w, fr->job);
	struct frame_hello hello;
	uint64_t n;

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

/* --- what they are told ----------------------------------------------------------------------------------------------- */

static void
fleet_put(struct fleet *f, const struct job *j, enum frame_kind k, const void *s, size_t n)
{
	(void)f;
	if (j->worker != NULL && j->worker->state < WORKER_LOST && worker_job(j->worker, j->far) != NULL)
		frame_put(&j->worker->say, k, 0, j->far, s, n);
}

void
fleet_signal(struct fleet *f, const struct job *j, int signo)
{
	(void)f;
	if (j->worker != NULL && j->worker->state < WORKER_LOST)
		frame_put_number(&j->worker->say, FRAME_SIGNAL, j->far, (uint64_t)signo);
}

void
fleet_finish(struct fleet *f, const struct job *j)
{
	fleet_put(f, j, FRAME_FINISH, "", 0);
}

uint64_t
fleet_credit(const struct job *j)
{
	const struct worker_job *wj = j->worker != NULL ? worker_job(j->worker, j->far) : NULL;

	return wj == NULL || wj->input_over || j->worker->state != WORKER_READY ? 0 : wj->credit;
}

void
fleet_input(struct fleet *f, const struct job *j, const void *s, size_t n)
{
	worker_job(j->worker, j->far)->credit -= n;
	fleet_put(f, j, FRAME_INPUT, s, n);
}

void
fleet_input_end(struct fleet *f, const struct job *j)
{
	worker_job(j->worker, j->far)->input_over = true;
	fleet_put(f, j, FRAME_INPUT_END, "", 0);
}

void
fleet_sleep(struct fleet *f, int signo)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (f->w[i]->state != WORKER_READY)
			continue;
		frame_put_number(&f->w[i]->say, FRAME_SIGNAL, 0, (uint64_t)signo);
		worker_flush(f->c.loop, f->w[i]);
		f->w[i]->heard_ns = clock_mono_ns();
	}
}

/* --- time ------------------------------------------------------------------------------------------------------------- */

void
fleet_hurry(struct fleet *f, int64_t ns)
{
	int64_t beats = 2 * (int64_t)f->c.setup.beat_ns;

	f->since_ns = clock_mono_ns();
	ns = ns < beats ? beats : ns;
	if (ns < f->c.silence_ns)
		f->c.silence_ns = ns;
	if (f->c.hello_ns == 0 || ns < f->c.hello_ns)
		f->c.hello_ns = ns;
}

static void
fleet_tick_one(struct fleet *f, struct worker *w, int64_t now, bool room, bool beat)
{
	int64_t limit = w->state == WORKER_READY ? f->c.silence_ns : f->c.hello_ns;
	int64_t since = w->state == WORKER_READY ? w->heard_ns : w->called_ns;

	if (since < f->since_ns)
		since = f->since_ns;
	if (w->kill_ns > 0 && now >= w->kill_ns && w->pid > 0)
		worker_drop(f->c.loop, w);
	if (w->state >= WORKER_LOST)
		return;
	if (limit > 0 && now - since >= limit) {
		fleet_lose(f, w, "it says nothing");
		return;
	}
	if (room && w->owed >= f->c.setup.window / 4) {
		frame_put_number(&w->say, FRAME_WINDOW, 0, w->owed);
		w->owed = 0;
	}
	if (beat && w->state == WORKER_READY)
		frame_put(&w->say, FRAME_BEAT, 0, 0, "", 0);
	if (w->say.len > 0)
		worker_flush(f->c.loop, w);
}

/* A worker that had one job, and of which nothing is left. */
static bool
fleet_is_done(const struct worker *w)
{
	return w->once && w->state == WORKER_LOST && w->pid == 0 && w->used == 0 && !w->is_dirty && w->words.len == 0;
}

void
fleet_tick(struct fleet *f, int64_t now, bool room, int64_t *wake_ns)
{
	int64_t every = (int64_t)f->c.setup.beat_ns;
	bool beat = now >= f->beat_ns;
	size_t i;

	if (f->tick_ns > 0 && now - f->tick_ns > 2 * every)
		f->since_ns = now; /* it was us who slept: what they said meanwhile is to be heard first */
	f->tick_ns = now;
	for (i = 0; i < f->n;)
		if (fleet_is_done(f->w[i])) {
			worker_free(f->c.loop, f->w[i]);
			f->w[i] = f->w[--f->n];
		} else {
			fleet_tick_one(f, f->w[i++], now, room, beat);
		}
	if (beat)
		f->beat_ns = now + every;
	if (*wake_ns < 0 || *wake_ns > f->beat_ns)
		*wake_ns = f->beat_ns; /* who is silent is looked for then, too */
	if (f->dirty != NULL)
		*wake_ns = now;
}

static bool
fleet_has_launchers(const struct fleet *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->w[i]->pid > 0)
			return true;
	return false;
}

void
fleet_free(struct fleet *f)
{
	int64_t until = clock_mono_ns() + WORKER_END_NS;
	struct loop_event ev;
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n; i++)
		if (f->w[i]->state == WORKER_READY)
			worker_quit(f->c.loop, f->w[i]);
		else if (f->w[i]->pid > 0)
			worker_drop(f->c.loop, f->w[i]);
	while (fleet_has_launchers(f) && clock_mono_ns() < until && loop_wait(f->c.loop, until) == 0)
		while (loop_next(f->c.loop, &ev))
			if (ev.kind == LOOP_EXIT)
				fleet_exited(f, ev.pid);
			else if (ev.kind == LOOP_FD)
				loop_forget(f->c.loop, ev.fd);
	for (i = 0; i < f->n; i++)
		worker_free(f->c.loop, f->w[i]);
	buf_fini(&f->line);
	buf_fini(&f->note);
	free(f->name);
	arena_fini(&f->mem);
	free(f->w);
	free(f);
}
