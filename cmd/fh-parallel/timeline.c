/* Decides how stints look as a picture. Must never know where they come from or go.
 * Invariants: 1. what is written is well-formed XML, whatever bytes a command has: text passes cells_add, then add_xml.
 *             2. no text is wider than what it stands in. */
#include "timeline.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cells.h"
#include "clock.h"
#include "mem.h"
#include "num.h"

#define WIDTH 1200
#define LEFT 70       /* of the rows: names of slots stand before it */
#define RIGHT 20
#define TOP 52        /* of the first row: the sum of it all stands above */
#define BOTTOM 62     /* axis and legend */
#define ROW_MAX 24
#define ROW_MIN 2
#define HEIGHT 2000   /* of all rows; more than this only where ROW_MIN demands it */
#define FONT 11
#define LABEL_MIN 15  /* height of a row in which text can be read */
#define COLUMN 6.7    /* width of one column of monospace FONT, rounded up */
#define MARKS 12
#define THIN 0.3      /* bars and gaps thinner than this are not told apart */

struct picture {
	const struct stints *s;
	struct buf *out;
	int64_t length_ns;
	uint64_t slots;
	double row; /* height */
};

static const char *const colors[STINT_NFATE] = { [STINT_OK] = "#5aa469", [STINT_FAILED] = "#d64545", [STINT_AGAIN] = "#e8a33d",
	[STINT_TIMED_OUT] = "#8e5bb5", [STINT_KILLED] = "#8a94a6" };

static void
add_xml(struct buf *out, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		switch (s[i]) {
		case '&': buf_adds(out, "&amp;"); break;
		case '<': buf_adds(out, "&lt;"); break;
		case '>': buf_adds(out, "&gt;"); break;
		case '"': buf_adds(out, "&quot;"); break;
		default: buf_addc(out, s[i]);
		}
}

/* At most columns of s. */
static void
add_text(struct buf *out, const char *s, size_t n, size_t columns)
{
	AUTO_BUF plain = { 0 };

	cells_add(&plain, s, n, columns);
	add_xml(out, buf_str(&plain), plain.len);
}

static double
x_of(const struct picture *p, int64_t ns)
{
	return LEFT + (p->length_ns > 0 ? (double)ns / (double)p->length_ns : 0) * (WIDTH - LEFT - RIGHT);
}

static double
y_of(const struct picture *p, uint64_t slot)
{
	return TOP + (double)(slot - 1) * p->row;
}

int64_t
timeline_step(int64_t length_ns, int max)
{
	static const int64_t long_s[] = { 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400 };
	static const int64_t digits[] = { 1, 2, 5 };
	int64_t step, power;
	size_t i;

	for (power = 1000; power < CLOCK_S; power *= 10)
		for (i = 0; i < ARRAY_LEN(digits); i++)
			if (length_ns / (power * digits[i]) < max)
				return power * digits[i];
	for (i = 0; i < ARRAY_LEN(long_s); i++)
		if (length_ns / (long_s[i] * CLOCK_S) < max)
			return long_s[i] * CLOCK_S;
	for (step = 86400 * CLOCK_S; length_ns / step >= max; step *= 2)
		;
	return step;
}

/* --- the parts ----------------------------------------------------------------------------------------------------- */

/* A time on the axis: in the unit of the step, no digits that say nothing. */
static void
add_mark_text(struct buf *out, int64_t at, int64_t step)
{
	int64_t s = at / CLOCK_S;

	if (step < CLOCK_MS)
		buf_addf(out, "%.3g ms", (double)at / CLOCK_MS);
	else if (step < CLOCK_S / 10)
		buf_addf(out, "%" PRId64 " ms", at / CLOCK_MS);
	else if (step < CLOCK_S)
		buf_addf(out, "%.1f s", (double)at / CLOCK_S);
	else if (s < 60)
		buf_addf(out, "%" PRId64 " s", s);
	else if (s < 3600)
		buf_addf(out, "%" PRId64 ":%02" PRId64 " min", s / 60, s % 60);
	else
		buf_addf(out, "%" PRId64 ":%02" PRId64 " h", s / 3600, s / 60 % 60);
}

static void
add_axis(const struct picture *p)
{
	int64_t step = timeline_step(p->length_ns, MARKS), at;
	double bottom = y_of(p, p->slots + 1), x;

	for (at = 0; at <= p->length_ns && p->length_ns > 0; at += step) {
		x = x_of(p, at);
		buf_addf(p->out, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#d8dce2\"/>\n<text x=\"%.1f\" y=\"%.1f\" "
		                 "text-anchor=\"middle\">", x, TOP, x, bottom + 4, x, bottom + 17);
		add_mark_text(p->out, at, step);
		buf_adds(p->out, "</text>\n");
	}
}

/* Names of slots, as many as can be told apart. */
static void
add_slots(const struct picture *p)
{
	uint64_t every = p->row >= FONT + 2 ? 1 : (uint64_t)((FONT + 2) / p->row) + 1, slot;

	for (slot = 1; slot <= p->slots; slot++) {
		if (slot % 2 == 0 && p->row >= 4)
			buf_addf(p->out, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#f4f6f8\"/>\n", LEFT, y_of(p, slot),
			    WIDTH - LEFT - RIGHT, p->row);
		if ((slot - 1) % every == 0)
			buf_addf(p->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">slot %" PRIu64 "</text>\n", LEFT - 8,
			    y_of(p, slot) + p->row / 2 + 4, slot);
	}
}

static void
add_title(const struct picture *p, const struct stint *s)
{
	char text[32];

	buf_addf(p->out, "<title>job %" PRIu64, s->seq);
	if (s->attempt > 1 || s->fate == STINT_AGAIN)
		buf_addf(p->out, ", try %" PRId64, s->attempt);
	buf_addf(p->out, ": %s, %s", stint_fate_name(s->fate), num_show_duration(s->end_ns - s->start_ns, text, sizeof text));
	if (s->signo != 0)
		buf_addf(p->out, ", signal %d", s->signo);
	else if (s->exitval != 0)
		buf_addf(p->out, ", status %d", s->exitval);
	buf_adds(p->out, "\n");
	add_text(p->out, buf_str(&p->s->text) + s->text, s->text_len, 500);
	buf_adds(p->out, "</title>");
}

/* The command where all of it fits, else the values, which tell one job from another. */
static void
add_label(const struct picture *p, const struct stint *s, size_t columns)
{
	const char *text = buf_str(&p->s->text);
	AUTO_BUF plain = { 0 };

	if (s->name_len > 0 && cells_add(&plain, text + s->text, s->text_len, SIZE_MAX) > columns)
		add_text(p->out, text + s->name, s->name_len, columns);
	else
		add_text(p->out, text + s->text, s->text_len, columns);
}

static void
add_bar(const struct picture *p, const struct stint *s)
{
	double x = x_of(p, s->start_ns), w = x_of(p, s->end_ns) - x, y = y_of(p, s->slot), gap = p->row >= 8 ? 2 : p->row >= 4 ? 1 : 0;
	size_t columns = w > 6 ? (size_t)((w - 6) / COLUMN) : 0;

	buf_addf(p->out, "<g><rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" fill=\"%s\"%s>", x, y + gap, w < 0.5 ? 0.5 : w,
	    p->row - 2 * gap, colors[s->fate], w > 3 ? " stroke=\"#ffffff\" stroke-width=\"0.6\"" : "");
	add_title(p, s);
	buf_adds(p->out, "</rect>");
	if (p->row >= LABEL_MIN && columns >= 1) {
		buf_addf(p->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"b\">", x + 3, y + p->row / 2 + 4);
		add_label(p, s, columns);
		buf_adds(p->out, "</text>");
	}
	buf_adds(p->out, "</g>\n");
}

/* By slot, then by time. */
static int
stint_compare(const void *a, const void *b)
{
	const struct stint *x = *(const struct stint *const *)a, *y = *(const struct stint *const *)b;

	if (x->slot != y->slot)
		return x->slot > y->slot ? 1 : -1;
	return x->start_ns != y->start_ns ? (x->start_ns > y->start_ns ? 1 : -1) : 0;
}

static void
add_bars(const struct picture *p)
{
	AUTO_FREE const struct stint **order = xcalloc(p->s->n + 1, sizeof *order);
	const struct stint *s, *last = NULL; /* the one drawn last */
	size_t i;

	for (i = 0; i < p->s->n; i++)
		order[i] = &p->s->v[i];
	qsort(order, p->s->n, sizeof *order, stint_compare);
	for (i = 0; i < p->s->n; i++) {
		s = order[i];
		if (last != NULL && last->slot == s->slot && last->fate == s->fate && x_of(p, s->end_ns) - x_of(p, last->end_ns) < THIN)
			continue;
		add_bar(p, s);
		last = s;
	}
}

/* What the run came to, in one line: jobs, failures, how long, how busy. */
static void
add_sum(const struct picture *p)
{
	uint64_t count[STINT_NFATE] = { 0 };
	char when[CLOCK_UTC_LEN], text[32];
	double busy = 0;
	size_t i;

	for (i = 0; i < p->s->n; i++) {
		count[p->s->v[i].fate]++;
		busy += (double)(p->s->v[i].end_ns - p->s->v[i].start_ns);
	}
	buf_addf(p->out, "<text x=\"%d\" y=\"24\" font-size=\"15\" font-weight=\"bold\">%" PRIu64 " jobs in %s</text>\n", LEFT,
	    (uint64_t)p->s->n - count[STINT_AGAIN], num_show_duration(p->length_ns, text, sizeof text));
	buf_addf(p->out, "<text x=\"%d\" y=\"42\">begun %s", LEFT, clock_utc(p->s->begun_wall_ns, when));
	for (i = 0; i < STINT_NFATE; i++)
		if (count[i] > 0)
			buf_addf(p->out, ", %" PRIu64 " %s", count[i], stint_fate_name((enum stint_fate)i));
	if (p->length_ns > 0 && p->slots > 0)
		buf_addf(p->out, "; %" PRIu64 " slots, busy %.0f %%", p->slots, 100 * busy / ((double)p->length_ns * (double)p->slots));
	buf_adds(p->out, "</text>\n");
}

static void
add_legend(const struct picture *p)
{
	double y = y_of(p, p->slots + 1) + 34;
	int i;

	for (i = 0; i < STINT_NFATE; i++)
		buf_addf(p->out, "<rect x=\"%d\" y=\"%.1f\" width=\"12\" height=\"12\" fill=\"%s\"/><text x=\"%d\" y=\"%.1f\">%s</text>\n",
		    LEFT + 110 * i, y, colors[i], LEFT + 110 * i + 18, y + 10, stint_fate_name((enum stint_fate)i));
}

void
timeline_draw(const struct stints *s, struct buf *out)
{
	struct picture p = { .s = s, .out = out, .length_ns = stints_end(s), .slots = stints_slots(s), .row = ROW_MAX };
	double height;

	if (p.slots > 0 && p.row * (double)p.slots > HEIGHT)
		p.row = HEIGHT / (double)p.slots > ROW_MIN ? HEIGHT / (double)p.slots : ROW_MIN;
	height = y_of(&p, p.slots + 1) + BOTTOM;
	buf_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
	              "height=\"%.0f\" viewBox=\"0 0 %d %.0f\" font-family=\"sans-serif\" font-size=\"%d\" fill=\"#1f2933\">\n"
	              "<style>.b { font-family: monospace; fill: #ffffff; }</style>\n"
	              "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
	    WIDTH, height, WIDTH, height, FONT);
	add_sum(&p);
	add_slots(&p);
	add_axis(&p);
	add_bars(&p);
	add_legend(&p);
	buf_adds(out, "</svg>\n");
}
