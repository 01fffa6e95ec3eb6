/* The one word that a rendered scene leaves in the state. */
#ifndef FH_SCENE_TELL_H
#define FH_SCENE_TELL_H

#include "scene.h"

/* Scene s is rendered and its video was seen whole: told to project_state.json under its lock, unless the state knows it
 * already. *what becomes what was done: "updated", "unchanged", "absent" (no state), "has no such scene", or "not updated".
 * Returns 0, or -1 with words (the state stands as it was). */
int scene_tell(const struct scene *s, int64_t size_bytes, int64_t duration_ns, const char **what, struct err *e);

#endif
