/* Decides how a finished job is remembered on disk, and what of a former run is still to be done. Must never know why a job
 * ended, or what runs.
 * Invariants: 1. a line is written whole by one write, when its job is over (ordered: has been printed), so that after
 *                a crash only jobs that were in flight are missing.
 *                Until then it is kept: joblog_finished keeps it, joblog_shown writes.
 *             2. the last line of a number counts.
 *             3. a line cut short by a crash is never completed by the next one (joblog_cut). */
#include "joblog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "mem.h"

#define HEADER "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\t"
#define EXTRA "Utime\tStime\tPeakKiB\tAttempts\t" /* user and system seconds, largest memory, tries */
#define NEXTRA 4
#define LOG_MAX ((size_t)1 << 31)

struct row {
	uint64_t seq;
	size_t at;            /* its place in the file, so that the last one can be told */
	const char *command;
	size_t len;
	bool failed;
};

struct joblog {
	struct joblog_conf c;
	int fd;
	struct buf old;      /* the former run's log */
	struct row *rows;    /* by number, one for each */
	size_t nrows, cap, next_retry;
	char **wait;         /* ordered: lines that wait, seq is from + index */
	size_t nwait, wait_cap;
	uint64_t from;
	struct buf ready;    /* lines to be written at the next joblog_shown */
};

/* The n-th field of a line (0 is the first), the ninth being the rest. */
static const char *
row_field(const char *line, const char *end, int n)
{
	while (n-- > 0) {
		line = memchr(line, '\t', (size_t)(end - line));
		if (line == NULL)
			return NULL;
		line++;
	}
	return line;
}

static void
joblog_read_row(struct joblog *g, const char *line, const char *end)
{
	const char *exitval = row_field(line, end, 6), *command = row_field(line, end, g->c.extra ? 8 + NEXTRA : 8);
	struct row r = { .seq = strtoull(line, NULL, 10), .at = (size_t)(line - g->old.data) };

	if (r.seq == 0 || command == NULL)
		return; /* the header, or none of ours */
	r.command = command;
	r.len = (size_t)(end - command);
	r.failed = strtol(exitval, NULL, 10) != 0 || strtol(row_field(line, end, 7), NULL, 10) != 0;
	g->rows = xgrow(g->rows, g->nrows, &g->cap, sizeof *g->rows);
	g->rows[g->nrows++] = r;
}

static int
row_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Sorted by number, the last line of each. */
static void
joblog_sort(struct joblog *g)
{
	size_t i, n = 0;

	if (g->nrows == 0)
		return;
	qsort(g->rows, g->nrows, sizeof *g->rows, row_order);
	for (i = 0; i < g->nrows; i++)
		if (i + 1 == g->nrows || g->rows[i + 1].seq != g->rows[i].seq)
			g->rows[n++] = g->rows[i];
	g->nrows = n;
}

/* Commands of a log hold NUL for newline; to be run, they need the newline back. */
static void
joblog_restore_newlines(struct joblog *g)
{
	char *p = g->old.data, *end = p + g->old.len;

	while (p < end && (p = memchr(p, '\0', (size_t)(end - p))) != NULL)
		*p = '\n';
}

static void
joblog_read(struct joblog *g)
{
	const char *p = g->old.data, *end = p + g->old.len, *lf;

	for (; p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL; p = lf + 1)
		joblog_read_row(g, p, lf);
	joblog_sort(g);
	if (g->c.retry)
		joblog_restore_newlines(g);
}

/* Takes off what follows the last newline: a line that a crash has cut short. */
static int
joblog_cut(struct joblog *g)
{
	size_t n = g->old.len;

	while (n > 0 && g->old.data[n - 1] != '\n')
		n--;
	if (n < g->old.len && !g->c.ask && ftruncate(g->fd, (off_t)n) < 0)
		return -errno;
	g->old.len = n;
	return 0;
}

/* What the log has already decides about the columns; a new one gets them. */
static int
joblog_columns(struct joblog *g)
{
	AUTO_BUF header = { 0 };

	if (g->old.len > 0) {
		g->c.extra = g->old.len > strlen(HEADER EXTRA) && memcmp(g->old.data, HEADER EXTRA, strlen(HEADER EXTRA)) == 0;
		return 0;
	}
	if (g->c.ask || (g->c.append && !g->c.extra))
		return 0;
	buf_addf(&header, "%s%sCommand\n", HEADER, g->c.extra ? EXTRA : "");
	return io_write_full(g->fd, header.data, header.len);
}

static int
joblog_start(struct joblog *g)
{
	bool keep = g->c.append || g->c.resume || g->c.failed_too || g->c.retry;
	int how = g->c.ask ? O_RDONLY : O_RDWR | O_CREAT | O_APPEND | (keep ? 0 : O_TRUNC), r;

	if (!keep && !g->c.ask && strcmp(g->c.name, "-") == 0)
		g->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3); /* among what jobs print, as in the reference */
	else
		g->fd = open(g->c.name, how | O_CLOEXEC, 0666);
	if (g->fd < 0)
		return g->c.ask && errno == ENOENT ? 0 : -errno;
	if (keep && ((r = io_slurp(g->fd, &g->old, LOG_MAX)) < 0 || (r = joblog_cut(g)) < 0))
		return r;
	if ((r = joblog_columns(g)) < 0)
		return r;
	if (g->c.resume || g->c.failed_too || g->c.retry)
		joblog_read(g);
	return 0;
}

int
joblog_open(const struct joblog_conf *c, struct joblog **out, struct err *e)
{
	struct joblog *g = xcalloc(1, sizeof *g);
	int r;

	g->c = *c;
	g->fd = -1;
	g->from = 1;
	if ((r = joblog_start(g)) < 0) {
		joblog_close(g);
		return err_sys(e, -r, "%s", c->name);
	}
	*out = g;
	return 0;
}

/* All that is ready, by one write; on a full disk no line is left cut short. */
static int
joblog_write(struct joblog *g, struct err *e)
{
	struct stat st;
	bool known = g->ready.len > 0 && fstat(g->fd, &st) == 0 && S_ISREG(st.st_mode);
	int r = io_write_full(g->fd, buf_str(&g->ready), g->ready.len);

	buf_reset(&g->ready);
	if (r == 0)
		return 0;
	if (known && ftruncate(g->fd, st.st_size) < 0)
		r = -errno;
	return err_sys(e, -r, "%s", g->c.name);
}

static double
joblog_seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
joblog_line(const struct joblog *g, const struct job *j, struct buf *out)
{
	size_t i;

	buf_addf(out, "%" PRIu64 "\t%s\t%.3f\t%10.3f\t%" PRIu64 "\t%" PRIu64 "\t%d\t%d\t", j->seq, job_host(j), (double)j->start_wall_ns / CLOCK_S,
	    (double)(j->end_ns - j->start_ns) / CLOCK_S, j->fed_bytes, j->sent_bytes[0] + j->back_bytes, job_exitval(j), job_signal(j));
	if (g->c.extra)
		buf_addf(out, "%.3f\t%.3f\t%ld\t%" PRId64 "\t", joblog_seconds(j->usage.ru_utime), joblog_seconds(j->usage.ru_stime),
		    j->usage.ru_maxrss, j->attempt);
	i = out->len;
	buf_add(out, buf_str(&j->command), j->command.len);
	for (; i < out->len; i++)
		if (out->data[i] == '\n')
			out->data[i] = '\0';
	buf_addc(out, '\n');
}

/* A line that waits is a length and its bytes. */
static void
joblog_keep(struct joblog *g, uint64_t seq, const struct buf *line)
{
	size_t i = (size_t)(seq - g->from), was;

	while (g->wait_cap <= i) {
		was = g->wait_cap;
		g->wait = xgrow(g->wait, was, &g->wait_cap, sizeof *g->wait);
		memset(g->wait + was, 0, (g->wait_cap - was) * sizeof *g->wait);
	}
	if (g->nwait <= i)
		g->nwait = i + 1;
	g->wait[i] = xmalloc(sizeof line->len + line->len);
	memcpy(g->wait[i], &line->len, sizeof line->len);
	memcpy(g->wait[i] + sizeof line->len, line->data, line->len);
}

void
joblog_finished(struct joblog *g, const struct job *j)
{
	AUTO_BUF line = { 0 };

	if (g->c.ask)
		return;
	joblog_line(g, j, &line);
	if (!g->c.ordered || j->seq < g->from)
		buf_add(&g->ready, line.data, line.len);
	else
		joblog_keep(g, j->seq, &line);
}

int
joblog_shown(struct joblog *g, uint64_t next, struct err *e)
{
	uint64_t n = next > g->from ? next - g->from : 0;
	size_t i, len;

	if (!g->c.ordered || n == 0)
		return g->ready.len > 0 ? joblog_write(g, e) : 0;
	for (i = 0; i < n && i < g->nwait; i++) {
		if (g->wait[i] == NULL)
			continue;
		memcpy(&len, g->wait[i], sizeof len);
		buf_add(&g->ready, g->wait[i] + sizeof len, len);
		free(g->wait[i]);
	}
	if (i > 0) {
		memmove(g->wait, g->wait + i, (g->nwait - i) * sizeof *g->wait);
		memset(g->wait + (g->nwait - i), 0, i * sizeof *g->wait);
	}
	g->nwait -= i;
	g->from = next;
	return g->ready.len > 0 ? joblog_write(g, e) : 0;
}

void
joblog_close(struct joblog *g)
{
	if (g == NULL)
		return;
	for (; g->nwait > 0; g->nwait--)
		free(g->wait[g->nwait - 1]);
	if (g->fd >= 0)
		close(g->fd);
	buf_fini(&g->old);
	buf_fini(&g->ready);
	free(g->rows);
	free(g->wait);
	free(g);
}

bool
joblog_skips(const struct joblog *g, uint64_t seq)
{
	size_t lo = 0, hi = g->nrows, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (g->rows[mid].seq == seq)
			return !g->c.retry && !(g->c.failed_too && g->rows[mid].failed);
		if (g->rows[mid].seq < seq)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

bool
joblog_retry_next(struct joblog *g, uint64_t *seq, const char **command, size_t *len)
{
	while (g->next_retry < g->nrows && !g->rows[g->next_retry].failed)
		g->next_retry++;
	if (g->next_retry == g->nrows)
		return false;
	*seq = g->rows[g->next_retry].seq;
	*command = g->rows[g->next_retry].command;
	*len = g->rows[g->next_retry].len;
	g->next_retry++;
	return true;
}
