/* Decides how events look as JSON. Must never know why they happen.
 * Invariant: a line is written whole by one write, when the event happens: a crash cuts none of them short. */
#include "jsonlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "js_text.h"
#include "mem.h"

struct jsonlog {
	const char *name;
	int fd;
	int error;                /* of the first line that could not be written: it is the last one tried */
	bool told;
	struct sched_counts last;
	struct buf line;
};

static void
json_time(const char *event, int64_t wall_ns, struct buf *out)
{
	buf_addf(out, "{\"event\": \"%s\", \"time\": %.6f", event, (double)wall_ns / CLOCK_S);
}

static double
json_seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void
jsonlog_start(const struct job *j, struct buf *out)
{
	size_t i;

	json_time("start", j->start_wall_ns, out);
	buf_addf(out, ", \"seq\": %" PRIu64 ", \"slot\": %" PRIu64 ", \"attempt\": %" PRId64 ", \"command\": ", j->seq, j->slot,
	    j->attempt);
	js_encode(out, buf_str(&j->command), j->command.len);
	buf_adds(out, ", \"args\": [");
	for (i = 0; i < j->args.n; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		js_encode(out, args_at(&j->args, i), j->args.v[i].len);
	}
	buf_adds(out, "]}\n");
}

/* How an attempt went; count: what its number is called there. */
static void
json_attempt(const char *event, const char *count, const struct job *j, int64_t now, struct buf *out)
{
	json_time(event, now, out);
	buf_addf(out, ", \"seq\": %" PRIu64 ", \"slot\": %" PRIu64 ", \"%s\": %" PRId64 ", \"runtime\": %.6f, \"exitval\": %d, "
	              "\"signal\": %d, \"timed_out\": %s",
	    j->seq, j->slot, count, j->attempt, (double)(j->end_ns - j->start_ns) / CLOCK_S, job_exitval(j), job_signal(j),
	    j->timed_out ? "true" : "false");
	buf_addf(out, ", \"user\": %.6f, \"system\": %.6f, \"max_rss_kib\": %ld", json_seconds(j->usage.ru_utime),
	    json_seconds(j->usage.ru_stime), j->usage.ru_maxrss);
}

void
jsonlog_left(const struct job *j, bool again, int64_t now, struct buf *out)
{
	json_attempt(again ? "retry" : "dropped", "attempt", j, now, out);
	buf_adds(out, "}\n");
}

void
jsonlog_end(const struct job *j, const struct sched_counts *c, int64_t now, struct buf *out)
{
	json_attempt("end", "attempts", j, now, out);
	buf_addf(out, ", \"stdout_bytes\": %" PRIu64, j->sent_bytes[0]);
	buf_addf(out, ", \"done\": %" PRIu64 ", \"failed\": %" PRIu64 "}\n", c->done, c->failed);
}

static void
json_write(struct jsonlog *g)
{
	if (g->error == 0)
		g->error = -io_write_full(g->fd, g->line.data, g->line.len);
	buf_reset(&g->line);
}

/* Says once that not all could be written. */
static int
json_tell(struct jsonlog *g, struct err *e)
{
	if (g->error == 0 || g->told)
		return 0;
	g->told = true;
	return err_sys(e, g->error, "--json-log: %s", g->name);
}

static void
json_started(void *self, const struct job *j, const struct sched_counts *c FH_UNUSED)
{
	struct jsonlog *g = self;

	jsonlog_start(j, &g->line);
	json_write(g);
}

/* The last attempt has its line when what it printed is shown. */
static void
json_ended(void *self, const struct job *j, enum observer_fate fate)
{
	struct jsonlog *g = self;

	if (fate == FATE_LAST)
		return;
	jsonlog_left(j, fate == FATE_AGAIN, clock_wall_ns(), &g->line);
	json_write(g);
}

static int
json_finished(void *self, const struct job *j, const struct sched_counts *c, struct err *e)
{
	struct jsonlog *g = self;

	jsonlog_end(j, c, clock_wall_ns(), &g->line);
	g->last = *c;
	json_write(g);
	return json_tell(g, e);
}

static int
json_over(void *self, struct err *e)
{
	struct jsonlog *g = self;

	json_time("over", clock_wall_ns(), &g->line);
	buf_addf(&g->line, ", \"done\": %" PRIu64 ", \"failed\": %" PRIu64 "}\n", g->last.done, g->last.failed);
	json_write(g);
	return json_tell(g, e);
}

static void
json_free(void *self)
{
	struct jsonlog *g = self;

	close(g->fd);
	buf_fini(&g->line);
	free(g);
}

int
jsonlog_open(const char *name, struct observer *out, struct err *e)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
	struct jsonlog *g;

	if (fd < 0)
		return err_sys(e, errno, "--json-log: %s", name);
	g = xcalloc(1, sizeof *g);
	g->name = name;
	g->fd = fd;
	*out = (struct observer){ .started = json_started, .finished = json_finished, .ended = json_ended,
		.over = json_over, .free = json_free, .self = g, .wake_ns = -1 };
	return 0;
}
