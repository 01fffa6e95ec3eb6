/* Decides whether the state is to be told. Must never know how the video came to be. */
#include "scene_tell.h"

#include <unistd.h>

#include "clock.h"
#include "project.h"
#include "state.h"
#include "state_scene.h"

static int
tell(struct state *state, const struct scene *s, int64_t size_bytes, int64_t duration_ns, const char **what,
    struct err *e)
{
	struct state_video v = { .file = s->video, .size_bytes = size_bytes, .duration_s = (double)duration_ns / CLOCK_S,
		.audio = true };
	char now[CLOCK_UTC_LEN];

	if (state_scene(state_root(state), s->id, NULL).p == NULL) {
		*what = "has no such scene";
		return 0;
	}
	if (state_scene_rendered(state, s->id, &v, clock_utc(clock_wall_ns(), now), e) < 0 || state_save(state, e) < 0)
		return -1;
	*what = "updated";
	return 0;
}

int
scene_tell(const struct scene *s, int64_t size_bytes, int64_t duration_ns, const char **what, struct err *e)
{
	AUTO_STATE state = STATE_INIT;

	*what = s->rendered && s->rendered_bytes == size_bytes ? "unchanged" : "absent";
	if (*what[0] == 'u' || access(PROJECT_STATE, F_OK) < 0)
		return 0;
	*what = "not updated";
	if (state_open(&state, PROJECT_STATE, STATE_EDIT, STATE_WAIT_NS, e) < 0)
		return -1;
	return tell(&state, s, size_bytes, duration_ns, what, e);
}
