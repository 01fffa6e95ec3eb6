/* Decides what is answered to --number-of-cores and its like, --max-line-length-allowed, --minversion and --show-limits.
 * Must never know jobs. Texts of --show-limits are the reference's: scripts read them. */
#include "query.h"

#include <inttypes.h>
#include <stdlib.h>

#include "batch.h"
#include "slots.h"

#define REFERENCE 20221122
#define TOO_OLD 255

static void
query_limits(const struct opts *o, struct buf *out)
{
	buf_addf(out, "Maximal size of command: %zu\n", batch_max_found());
	buf_addf(out, "Maximal usable size of command: %zu\n\n", batch_max_line(o));
	buf_adds(out, "Execution will continue now, and it will try to read its input\n"
		      "and run commands; if this is not what you wanted to happen, please\n"
		      "press CTRL-D or CTRL-C\n");
}

void
query_answer(const struct opts *o, struct buf *out, bool *over, int *status)
{
	*over = o->query != QUERY_NONE;
	*status = 0;
	switch (o->query) {
	case QUERY_CORES:
		buf_addf(out, "%" PRId64 "\n", cpu_count(CPU_CORES));
		return;
	case QUERY_SOCKETS:
		buf_addf(out, "%" PRId64 "\n", cpu_count(CPU_SOCKETS));
		return;
	case QUERY_THREADS:
		buf_addf(out, "%" PRId64 "\n", cpu_count(CPU_THREADS));
		return;
	case QUERY_LINE_MAX:
		buf_addf(out, "%zu\n", batch_max_found());
		return;
	case QUERY_MINVERSION:
		buf_addf(out, "%d\n", REFERENCE);
		*status = o->minversion > REFERENCE ? TOO_OLD : 0;
		return;
	case QUERY_NONE:
		break;
	}
	if (o->show_limits)
		query_limits(o, out);
}
