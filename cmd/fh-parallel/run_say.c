/* Small things that all files of run need. */
#include "run_int.h"

void
run_say(const struct run *r, const char *fmt, ...)
{
	struct err e;
	va_list ap;

	va_start(ap, fmt);
	err_vset(&e, 0, fmt, ap);
	va_end(ap);
	screen_hide(r->screen);
	r->say(e.msg);
	screen_told(r->screen, false);
}

/* What went wrong ends the run in good order: nothing starts, what runs finishes. */
void
run_fail(struct run *r, const struct err *e)
{
	run_say(r, "%s", e->msg);
	r->status = STATUS_OTHER;
	sched_stop(r->sched);
}

void
run_wake_at(struct run *r, int64_t t)
{
	if (t >= 0 && (r->wake_ns < 0 || t < r->wake_ns))
		r->wake_ns = t;
}
