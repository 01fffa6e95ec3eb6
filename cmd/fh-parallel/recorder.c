/* Decides what is remembered of each attempt of a job, and when the pictures of a run are written. Must never know what they look
 * like (trace.c, timeline.c).
 * Invariant: a file is put in place whole, at the end of the run, however that came about; until then the old one stands. */
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "mem.h"
#include "path.h"
#include "stint.h"
#include "timeline.h"
#include "trace.h"

struct recorder {
	struct recorder_conf c;
	struct stints stints;
};

static enum stint_fate
stint_fate(const struct job *j, enum observer_fate fate)
{
	if (fate == FATE_DROPPED)
		return STINT_KILLED;
	if (fate == FATE_AGAIN)
		return STINT_AGAIN;
	return j->timed_out ? STINT_TIMED_OUT : job_failed(j) ? STINT_FAILED : STINT_OK;
}

static int64_t
microseconds(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static void
recorder_name(struct stints *s, struct stint *one, const struct job *j)
{
	size_t i, room;

	one->name = s->text.len;
	for (i = 0; i < j->args.n && (room = STINT_TEXT_MAX - (s->text.len - one->name)) > 1; i++) {
		buf_adds(&s->text, i > 0 ? " " : "");
		buf_add(&s->text, args_at(&j->args, i), j->args.v[i].len < room ? j->args.v[i].len : room - 1);
	}
	one->name_len = s->text.len - one->name;
}

static void
recorder_ended(void *self, const struct job *j, enum observer_fate fate)
{
	struct recorder *c = self;
	struct stints *s = &c->stints;
	int64_t start_ns = j->start_ns > c->c.begun_ns ? j->start_ns : j->end_ns; /* where it could not be started at all */
	size_t len = j->command.len < STINT_TEXT_MAX ? j->command.len : STINT_TEXT_MAX;

	s->v = xgrow(s->v, s->n, &s->cap, sizeof *s->v);
	s->v[s->n++] = (struct stint){ .seq = j->seq, .slot = j->slot, .attempt = j->attempt, .start_ns = start_ns - c->c.begun_ns,
		.end_ns = j->end_ns - c->c.begun_ns, .user_us = microseconds(j->usage.ru_utime),
		.system_us = microseconds(j->usage.ru_stime), .rss_kib = j->usage.ru_maxrss, .exitval = job_exitval(j),
		.signo = job_signal(j), .fate = stint_fate(j, fate), .text = s->text.len, .text_len = len };
	buf_add(&s->text, buf_str(&j->command), len);
	recorder_name(s, &s->v[s->n - 1], j);
}

static int
recorder_write(const struct recorder *c, const char *option, const char *name,
    void (*draw)(const struct stints *s, struct buf *out), struct err *e)
{
	AUTO_BUF text = { 0 };
	int r;

	if (name == NULL)
		return 0;
	draw(&c->stints, &text);
	r = file_replace(AT_FDCWD, name, text.data, text.len, 0666);
	return r < 0 ? err_sys(e, -r, "--%s: %s", option, name) : 0;
}

static int
recorder_over(void *self, struct err *e)
{
	struct recorder *c = self;
	int first = recorder_write(c, "trace", c->c.trace, trace_draw, e);
	struct err second; /* of two failures the first is told */

	return recorder_write(c, "timeline", c->c.timeline, timeline_draw, first < 0 ? &second : e) < 0 ? -1 : first;
}

static void
recorder_free(void *self)
{
	struct recorder *c = self;

	free(c->stints.v);
	buf_fini(&c->stints.text);
	free(c);
}

/* What can be known before anything runs. */
static int
recorder_check(const char *option, const char *name, struct err *e)
{
	AUTO_BUF dir = { 0 };
	struct stat st;

	if (name == NULL)
		return 0;
	if (stat(name, &st) == 0 && !S_ISREG(st.st_mode))
		return err_sys(e, S_ISDIR(st.st_mode) ? EISDIR : EINVAL, "--%s: %s", option, name);
	path_dir(&dir, name);
	return access(buf_str(&dir), W_OK) < 0 ? err_sys(e, errno, "--%s: %s", option, name) : 0;
}

int
recorder_open(const struct recorder_conf *conf, struct observer *out, struct err *e)
{
	struct recorder *c;

	if (recorder_check("trace", conf->trace, e) < 0 || recorder_check("timeline", conf->timeline, e) < 0)
		return -1;
	c = xcalloc(1, sizeof *c);
	c->c = *conf;
	c->stints.begun_wall_ns = conf->begun_wall_ns;
	*out = (struct observer){ .ended = recorder_ended, .over = recorder_over, .free = recorder_free, .self = c, .wake_ns = -1 };
	return 0;
}
