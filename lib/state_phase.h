/* The words of the state's schema: phases and flags. */
#ifndef FH_STATE_PHASE_H
#define FH_STATE_PHASE_H

#include <stddef.h>

/* In the order of a build. */
#define STATE_PHASES(X)                                                                                              \
	X(init) X(plan) X(review) X(narration) X(build_scenes) X(scene_qc) X(precache_voiceovers) X(final_render)     \
	X(assemble) X(complete) X(error)

#define STATE_PHASE_ENUM(p) STATE_PHASE_##p,
enum state_phase { STATE_PHASES(STATE_PHASE_ENUM) STATE_NPHASES };

extern const char *const state_phase_name[STATE_NPHASES + 1]; /* NULL at the end */
extern const char *const state_phase_names; /* all of them, for messages */

/* The phase that the n bytes of name mean (an enum state_phase), or -1. */
int state_phase(const char *name, size_t n);

#define STATE_FLAGS 3
extern const char *const state_flags[STATE_FLAGS];

#endif
