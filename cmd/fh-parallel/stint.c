/* Decides nothing: what can be asked of the stints of a run. */
#include "stint.h"

const char *
stint_fate_name(enum stint_fate f)
{
	static const char *const names[STINT_NFATE] = { [STINT_OK] = "ok", [STINT_FAILED] = "failed", [STINT_AGAIN] = "tried again",
		[STINT_TIMED_OUT] = "timed out", [STINT_KILLED] = "killed" };

	return names[f];
}

int64_t
stints_end(const struct stints *s)
{
	int64_t end = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		end = s->v[i].end_ns > end ? s->v[i].end_ns : end;
	return end;
}

uint64_t
stints_slots(const struct stints *s)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < s->n; i++)
		most = s->v[i].slot > most ? s->v[i].slot : most;
	return most;
}
