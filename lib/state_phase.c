/* Decides which phases and flags there are. Must never know what they do (state_apply.c). */
#include "state_phase.h"

#include <string.h>

#define NAME(p) [STATE_PHASE_##p] = #p,
const char *const state_phase_name[STATE_NPHASES + 1] = { STATE_PHASES(NAME) };

#define WORD(p) ", " #p
static const char words[] = STATE_PHASES(WORD);
const char *const state_phase_names = words + 2;

const char *const state_flags[STATE_FLAGS] = { "needs_human_review", "dry_run", "force_replan" };

int
state_phase(const char *name, size_t n)
{
	int i;

	for (i = 0; i < STATE_NPHASES; i++) {
		if (strlen(state_phase_name[i]) == n && memcmp(state_phase_name[i], name, n) == 0)
			return i;
	}
	return -1;
}
