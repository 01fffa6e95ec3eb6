/* Decides in which order jobs start when it is known, or was once measured, how long they take: the longest first, so that no
 * long one is left for the end (Graham, "Bounds on multiprocessing timing anomalies", 1969). Must never know slots.
 * Invariant: every job of the input is handed out once, with its own number. */
#include "longest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "clock.h"
#include "io.h"
#include "mem.h"
#include "num.h"

#define LOG_MAX ((size_t)1 << 31)
#define UNKNOWN (-1)

struct line {
	size_t at, ntuples; /* first value, inputs */
	uint64_t seq;
	int64_t ns;
};

struct longest {
	struct args all;
	struct line *v;
	size_t n, cap, next;
};

/* A former run's time of one command. */
struct past {
	const char *command;
	size_t len, at; /* at: its place in the log */
	int64_t ns;
};

struct pasts {
	struct buf text;
	struct past *v;
	size_t n, cap;
};

/* --- a former joblog ---------------------------------------------------------------------------------------------- */

static int
past_order(const void *a, const void *b)
{
	const struct past *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int r = memcmp(x->command, y->command, n);

	if (r != 0 || x->len != y->len)
		return r != 0 ? r : x->len < y->len ? -1 : 1;
	return x->at < y->at ? 1 : x->at > y->at ? -1 : 0; /* the last one first */
}

/* Field n of a line from 0; NULL: it has fewer. */
static const char *
past_field(const char *line, const char *end, int n)
{
	for (; n > 0 && line != NULL; n--) {
		line = memchr(line, '\t', (size_t)(end - line));
		line = line != NULL ? line + 1 : NULL;
	}
	return line;
}

static void
past_line(struct pasts *p, const char *line, const char *end, int command_field)
{
	const char *ran = past_field(line, end, 3), *command = past_field(line, end, command_field);

	if (strtoull(line, NULL, 10) == 0 || command == NULL)
		return;
	p->v = xgrow(p->v, p->n, &p->cap, sizeof *p->v);
	p->v[p->n++] = (struct past){ command, (size_t)(end - command), (size_t)(line - p->text.data),
		(int64_t)(strtod(ran, NULL) * CLOCK_S) };
}

/* Which field the command is: the header says. */
static int
past_columns(const struct buf *text)
{
	const char *s = buf_str(text), *end = strchr(s, '\n'), *p;
	int n = 0;

	if (strncmp(s, "Seq\t", 4) != 0 || end == NULL)
		return 8;
	for (p = s; (p = memchr(p, '\t', (size_t)(end - p))) != NULL; p++)
		n++;
	return n;
}

static int
past_read(const char *name, struct pasts *p, struct err *e)
{
	const char *s, *end, *lf;
	int r = io_slurp_at(AT_FDCWD, name, &p->text, LOG_MAX), column;

	if (r < 0)
		return err_sys(e, -r, "%s", name);
	column = past_columns(&p->text);
	s = buf_str(&p->text);
	for (end = s + p->text.len; s < end && (lf = memchr(s, '\n', (size_t)(end - s))) != NULL; s = lf + 1)
		past_line(p, s, lf, column);
	if (p->n > 0)
		qsort(p->v, p->n, sizeof *p->v, past_order);
	return 0;
}

/* The last time of that command (newlines as NUL). */
static int64_t
past_find(const struct pasts *p, const struct buf *command)
{
	struct past key = { buf_str(command), command->len, SIZE_MAX, 0 };
	size_t lo = 0, hi = p->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (past_order(&p->v[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == p->n || p->v[lo].len != command->len || memcmp(p->v[lo].command, key.command, key.len) != 0)
		return UNKNOWN;
	return p->v[lo].ns;
}

static void
longest_by_log(struct longest *l, const struct longest_conf *c, const struct pasts *p)
{
	struct args one = { 0 };
	AUTO_BUF text = { 0 };
	size_t i, k, at;

	for (i = 0; i < l->n; i++) {
		struct tmpl_job v = { .args = &one, .seq = l->v[i].seq, .slot = 1, .total = c->total, .max_slots = 1 };

		args_reset(&one);
		buf_reset(&text);
		at = l->v[i].at;
		args_move(&one, &l->all, &at, l->v[i].ntuples);
		if (tmpl_expand(c->command, &v, &text, NULL) != TMPL_OK)
			continue;
		for (k = 0; k < text.len; k++)
			if (text.data[k] == '\n')
				text.data[k] = '\0';
		l->v[i].ns = past_find(p, &text);
	}
	args_fini(&one);
}

/* --- a column ----------------------------------------------------------------------------------------------------- */

/* The duration that value i is, whatever blanks are around it. */
static bool
longest_duration(const struct longest *l, size_t i, int64_t *ns)
{
	struct view v = columns_trim((struct view){ args_at(&l->all, i), l->all.v[i].len }, "lr");
	char text[64];

	if (v.len >= sizeof text)
		return false;
	memcpy(text, v.s, v.len);
	text[v.len] = '\0';
	return num_duration(text, ns, NULL) == 0;
}

/* The sum of column col (from 0) over the inputs of a line. */
static int64_t
longest_column(const struct longest *l, const struct line *x, size_t col)
{
	size_t i = x->at, tuple, in;
	int64_t ns, sum = UNKNOWN;

	for (tuple = 0; tuple < x->ntuples; tuple++) {
		for (in = 0; i < l->all.n; in++, i++) {
			if (in == col && longest_duration(l, i, &ns))
				sum = sum == UNKNOWN ? ns : sum + ns;
			if (l->all.v[i].last)
				break;
		}
		i++;
	}
	return sum;
}

/* The column that text names, from 0; -1: none. */
static int64_t
longest_column_named(const struct longest_conf *c)
{
	int64_t n;
	size_t i;

	for (i = 0; i < c->nnames; i++)
		if (strcmp(c->names[i], c->col) == 0)
			return (int64_t)i;
	return num_int(c->col, 1, INT32_MAX, &n, NULL) == 0 ? n - 1 : -1;
}

/* --- order -------------------------------------------------------------------------------------------------------- */

static int
line_order(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void
longest_sort(struct longest *l)
{
	double sum = 0;
	size_t i, known = 0;

	for (i = 0; i < l->n; i++)
		if (l->v[i].ns != UNKNOWN) {
			sum += (double)l->v[i].ns;
			known++;
		}
	for (i = 0; i < l->n; i++)
		if (l->v[i].ns == UNKNOWN)
			l->v[i].ns = known > 0 ? (int64_t)(sum / (double)known) : 0;
	if (l->n > 0)
		qsort(l->v, l->n, sizeof *l->v, line_order);
}

static int
longest_weigh(struct longest *l, const struct longest_conf *c, struct err *e)
{
	const char *name = c->col[0] != '\0' ? c->col : c->joblog;
	int64_t col = c->col[0] != '\0' ? longest_column_named(c) : -1;
	struct pasts p = { 0 };
	size_t i;
	int r;

	if (col < 0 && name == NULL)
		return err_set(e, 0, "needs a column, or the joblog of a former run");
	for (i = 0; col >= 0 && i < l->n; i++)
		l->v[i].ns = longest_column(l, &l->v[i], (size_t)col);
	if (col >= 0)
		return 0;
	if ((r = past_read(name, &p, e)) == 0)
		longest_by_log(l, c, &p);
	buf_fini(&p.text);
	free(p.v);
	return r;
}

int
longest_new(const struct longest_conf *c, struct batch *b, struct longest **out, struct err *e)
{
	struct longest *l = xcalloc(1, sizeof *l);
	struct args one = { 0 };
	size_t at;
	enum next n;

	while ((n = batch_next(b, &one, e)) == NEXT_GOT) {
		l->v = xgrow(l->v, l->n, &l->cap, sizeof *l->v);
		l->v[l->n] = (struct line){ l->all.n, one.ntuples, l->n + 1, UNKNOWN };
		l->n++;
		at = 0;
		args_move(&l->all, &one, &at, one.ntuples);
	}
	args_fini(&one);
	if (n == NEXT_FAIL || longest_weigh(l, c, e) < 0) {
		longest_free(l);
		return -1;
	}
	longest_sort(l);
	*out = l;
	return 0;
}

void
longest_free(struct longest *l)
{
	if (l == NULL)
		return;
	args_fini(&l->all);
	free(l->v);
	free(l);
}

bool
longest_next(struct longest *l, struct args *out, uint64_t *seq)
{
	size_t at;

	if (l->next == l->n)
		return false;
	at = l->v[l->next].at;
	args_reset(out);
	args_move(out, &l->all, &at, l->v[l->next].ntuples);
	*seq = l->v[l->next++].seq;
	return true;
}
