/* Decides what people see of a run that goes on. Must never know why a job starts or ends, nor touch stdout.
 * Invariants: 1. nothing is drawn more often than PERIOD, so a fast run costs no drawing.
 *             2. a failing write to the terminal is nobody's failure: it is not told.
 *             3. no byte of a value reaches the terminal as a control (err_harmless). */
#include "progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "clock.h"
#include "io.h"
#include "mem.h"
#include "num.h"

#define PERIOD_TERMINAL (CLOCK_S / 10)
#define PERIOD_PLAIN CLOCK_S
#define WIDTH_PLAIN 200
#define BAR_MAX 30 /* columns of the bar itself */
#define WHAT_MAX 80 /* bytes kept of a value */

struct progress {
	struct progress_conf c;
	int64_t start_ns;
	struct buf line;
	char what[WHAT_MAX + 1];
	bool changed; /* since the last drawing */
	bool hidden;  /* asked to say nothing for now */
};

/* --- the line ------------------------------------------------------------------------------------------------------ */

static void
add_bar(const struct progress_conf *c, double part, struct buf *out)
{
	int i, full = (int)(part * BAR_MAX);

	if (c->color) {
		buf_adds(out, "\033[7m");
		for (i = 0; i < full; i++)
			buf_addc(out, ' ');
		buf_adds(out, "\033[0m");
	} else {
		for (i = 0; i < full; i++)
			buf_addc(out, '#');
	}
	for (i = full; i < BAR_MAX; i++)
		buf_addc(out, '.');
	buf_addc(out, ' ');
}

static void
add_counts(const struct progress_conf *c, const struct sched_counts *n, struct buf *out)
{
	if (c->total > 0)
		buf_addf(out, "%" PRIu64 " %% %" PRIu64 "/%" PRIu64 " done", n->done * 100 / c->total, n->done, c->total);
	else
		buf_addf(out, "%" PRIu64 " done", n->done);
	if (n->failed > 0)
		buf_addf(out, ", %" PRIu64 " failed", n->failed);
	if (c->progress)
		buf_addf(out, ", %" PRIu64 " running", n->running);
}

/* Every job is taken to last as long as those done did on the average. */
static void
add_eta(const struct progress_conf *c, const struct sched_counts *n, int64_t elapsed_ns, struct buf *out)
{
	char text[32];
	double each;

	if (n->done == 0)
		return;
	each = (double)elapsed_ns / (double)n->done;
	if (c->total >= n->done)
		buf_addf(out, ", eta %s", num_show_duration((int64_t)(each * (double)(c->total - n->done)), text, sizeof text));
	if (c->progress)
		buf_addf(out, ", %s each", num_show_duration((int64_t)each, text, sizeof text));
}

/* "  NAME:RUNNING/DONE" of each host, as the reference writes it. */
static void
add_hosts(const struct hosts *h, struct buf *out)
{
	size_t i, from = out->len;
	const struct host *t;

	for (i = 0; i < hosts_count(h); i++) {
		t = hosts_at(h, i);
		buf_addf(out, "%s%s:%" PRId64 "/%" PRIu64, i == 0 ? "  " : " ", strcmp(t->name, ":") == 0 ? "local" : t->name, t->running,
		    t->started - (uint64_t)t->running);
	}
	err_harmless(out->data + from, out->len - from);
}

/* Cuts text of out behind byte from to room columns: a UTF-8 sequence counts as one and is not cut apart. */
static void
cut_columns(struct buf *out, size_t from, size_t room)
{
	size_t i, columns = 0;

	for (i = from; i < out->len; i++) {
		if (((unsigned char)out->data[i] & 0xc0) == 0x80)
			continue;
		if (columns++ == room)
			break;
	}
	buf_splice(out, i, out->len - i, "", 0);
}

void
progress_line(const struct progress_conf *c, const struct sched_counts *n, int64_t elapsed_ns, const char *what,
    size_t width, struct buf *out)
{
	size_t text;

	buf_reset(out);
	if (c->bar && c->total > 0 && width > BAR_MAX + 1) {
		add_bar(c, (double)n->done / (double)c->total, out);
		width -= BAR_MAX + 1;
	}
	text = out->len;
	add_counts(c, n, out);
	if (c->bar || c->eta || c->progress)
		add_eta(c, n, elapsed_ns, out);
	if (c->progress && c->hosts != NULL)
		add_hosts(c->hosts, out);
	if (what != NULL && what[0] != '\0')
		buf_addf(out, "  %s", what);
	cut_columns(out, text, width);
}

/* --- the observer -------------------------------------------------------------------------------------------------- */

static size_t
terminal_width(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col - 1u : 79;
}

static void
progress_draw(struct progress *p, int64_t now, const struct sched_counts *n, bool last)
{
	AUTO_BUF out = { 0 };
	size_t width = p->c.terminal ? terminal_width(p->c.fd) : WIDTH_PLAIN;

	if (p->c.screen != NULL)
		width = screen_width(p->c.screen);
	progress_line(&p->c, n, now - p->start_ns, last ? NULL : p->what, width, &p->line);
	p->changed = false;
	if (p->c.screen != NULL) {
		buf_addc(&p->line, '\n');
		screen_set(p->c.screen, SCREEN_FOOT, p->line.data, last ? 0 : p->line.len);
		if (last)
			screen_above(p->c.screen, p->line.data, p->line.len);
		screen_draw(p->c.screen);
		return;
	}
	if (p->c.terminal)
		buf_addf(&out, "\r%s\033[K%s", buf_str(&p->line), last ? "\n" : "");
	else if (p->c.bar && p->c.total > 0)
		buf_addf(&out, "# %s\n%" PRIu64 "\n", buf_str(&p->line), n->done * 100 / p->c.total);
	else
		buf_addf(&out, "%s\n", buf_str(&p->line));
	(void)io_write_full(p->c.fd, out.data, out.len);
}

static void
progress_started(void *self, const struct job *j, const struct sched_counts *c FH_UNUSED)
{
	struct progress *p = self;

	p->changed = true;
	p->what[0] = '\0';
	if (j->args.n == 0)
		return;
	strncpy(p->what, args_at(&j->args, 0), WHAT_MAX);
	err_harmless(p->what, strlen(p->what));
}

static int
progress_finished(void *self, const struct job *j FH_UNUSED, const struct sched_counts *c FH_UNUSED, struct err *e FH_UNUSED)
{
	struct progress *p = self;

	p->changed = true;
	return 0;
}

static void
progress_tick(void *self, int64_t now, const struct sched_counts *n, bool last, int64_t *wake_ns)
{
	struct progress *p = self;

	if ((p->changed || last) && !p->hidden)
		progress_draw(p, now, n, last);
	*wake_ns = last ? -1 : now + (p->c.terminal ? PERIOD_TERMINAL : PERIOD_PLAIN);
}

static void
progress_free(void *self)
{
	struct progress *p = self;

	buf_fini(&p->line);
	free(p);
}

void
progress_toggle(struct observer *self)
{
	struct progress *p = self->self;

	p->hidden = !p->hidden;
	p->changed = true;
	self->wake_ns = 0;
	if (p->hidden && p->c.screen != NULL)
		screen_set(p->c.screen, SCREEN_FOOT, "", 0);
	else if (p->hidden && p->c.terminal)
		(void)io_write_full(p->c.fd, "\r\033[K", 4);
}

void
progress_new(const struct progress_conf *c, int64_t start_ns, struct observer *out)
{
	struct progress *p = xcalloc(1, sizeof *p);

	p->c = *c;
	p->start_ns = start_ns;
	p->changed = true;
	*out = (struct observer){ .started = progress_started, .finished = progress_finished, .tick = progress_tick,
		.free = progress_free, .self = p, .wake_ns = start_ns + (c->terminal ? PERIOD_TERMINAL : PERIOD_PLAIN) };
}
