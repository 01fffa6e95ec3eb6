/* Any text as --halt and as --termseq: refused with words, or a rule that can be met, and steps that end. */
#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "mem.h"
#include "sched.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Job after job under that rule: after --halt nothing starts, and the status stays a status. */
static void
obey(const struct halt *h, const uint8_t *data, size_t n)
{
	struct sched_conf conf = { .slots = 3, .tries = 1, .halt = *h };
	struct sched *s = sched_new(&conf);
	struct sched_world w = { 0 };
	bool halted = false;
	int64_t wake;
	size_t i;

	sched_set_total(s, n);
	for (i = 0; i < n; i++) {
		if (sched_next(s, (int64_t)i, &w, &wake) != SCHED_START)
			break;
		if (halted)
			abort();
		struct sched_end end = { .slot = sched_started(s, (int64_t)i), .attempt = 1, .ran_ns = 1, .exitval = data[i] & 1 };

		halted = sched_finished(s, &end) >= SCHED_HALT_SOON;
	}
	if (sched_status(s) < 0 || sched_status(s) > 255 || sched_running(s) != 0 || (h->when == HALT_NEVER && halted))
		abort();
	sched_free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FREE char *s = xstrndup((const char *)data, n);
	struct err e = { .msg = "" };
	struct ending *end;
	struct halt h;

	if (halt_parse(s, &h, &e) == 0) {
		if (h.count < 0 || h.millipercent < 0 || h.when > HALT_NOW || h.on > HALT_DONE)
			abort();
		obey(&h, data, n);
	} else if (e.msg[0] == '\0')
		abort();
	e.msg[0] = '\0';
	if (ending_new(s, &end, &e) == 0)
		ending_free(end);
	else if (e.msg[0] == '\0')
		abort();
	return 0;
}
