/* Decides who of the workers is there, and who is lost. Must never know what a job prints or why it is to run.
 * Invariants: 1. a job is with one worker until its EXIT or REFUSED came, or it was told as lost: exactly one of the three.
 *             2. a launcher's exit status is never looked at: srun says 0 when its node has died. */
#include "fleet_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

struct fleet *
fleet_new(const struct fleet_conf *c)
{
	struct fleet *f = xcalloc(1, sizeof *f);

	f->c = *c;
	return f;
}

void
fleet_mark(struct fleet *f, struct worker *w)
{
	if (w->is_dirty)
		return;
	w->is_dirty = true;
	w->dirty = f->dirty;
	f->dirty = w;
}

void
fleet_note(struct fleet *f, const struct worker *w, const char *fmt, ...)
{
	va_list ap;

	buf_addf(&f->note, "%s: ", worker_name(w));
	va_start(ap, fmt);
	buf_vaddf(&f->note, fmt, ap);
	va_end(ap);
	buf_addc(&f->note, '\n');
}

const char *
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

void
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

bool
fleet_may_give(const struct worker *w)
{
	return w->state < WORKER_LOST && w->used < w->slots;
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


void
fleet_exited(struct fleet *f, pid_t pid)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->w[i]->pid == pid)
			f->w[i]->pid = 0; /* the ends of its pipes tell the rest */
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
