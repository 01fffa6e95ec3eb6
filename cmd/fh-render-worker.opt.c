/* The option table of fh-render-worker. */
#include "fh-render-worker.h"
#include "num.h"
#include "opt.h"

static int
set_duration(void *o, const struct opt *row, const char *arg, struct err *e)
{
	int64_t *field = (int64_t *)((char *)o + row->off);

	if (num_duration(arg, field, e) < 0)
		return -1;
	return *field >= 0 ? 0 : err_set(e, 0, "'%s': negative", arg);
}

#define DURATION(f) .off = offsetof(struct worker_opts, f), .type = OPT_NONE, .set = set_duration, .sample = "1.5"

static const char *const profiles[] = { "manim", "ffmpeg", NULL };

static const struct opt opts[] = {
	{ "profile", 'p', OPT_FIELD(worker_opts, profile), .arg = "NAME", .choices = profiles, .group = "Rendering",
	    .help = "how to render: manim, or ffmpeg (draws title and narration)",
	    .doc = "With\n.Cm manim\nthe scene file is rendered by\n.Xr manim 1 ;\nwith\n.Cm ffmpeg\nits title and the text of its "
	           "narration are drawn with\n.Xr ffmpeg 1\nand laid under the recorded narration, so that a project can be "
	           "built where there is no manim.\nOverrides\n.Ic command\nin\n.Pa fh.ini ." },
	{ "force", 'f', OPT_FIELD(worker_opts, force), .group = "Rendering", .help = "render even where the video is fresh" },
	{ "check", 'c', OPT_FIELD(worker_opts, check), .group = "Rendering",
	    .help = "render nothing: exit 0 where the video is fresh, 1 where not" },
	{ "attempts", 'a', OPT_FIELD(worker_opts, attempts), .arg = "N", .min = 1, .max = 1000, .group = "Rendering",
	    .help = "try at most N times (default: PHASE_RETRY_LIMIT, else 3)" },
	{ "backoff", 'b', DURATION(backoff_ns), .arg = "TIME", .group = "Rendering",
	    .help = "wait TIME between attempts (default: PHASE_RETRY_BACKOFF_SECONDS, else 2)" },
	{ "timeout", 't', DURATION(timeout_ns), .arg = "TIME", .group = "Rendering",
	    .help = "end an attempt after TIME, 0 for never (default 1h)" },
	{ "transient-wait", .letter = 0, DURATION(transient_ns), .arg = "TIME", .group = "Rendering",
	    .help = "wait TIME after a passing failure, then twice as long (default 10)" },
	{ "grace", .letter = 0, DURATION(grace_ns), .arg = "TIME", .group = "Rendering",
	    .help = "between TERM and KILL for a renderer that must go (default 5)" },
	{ "no-state", .letter = 0, OPT_FIELD(worker_opts, no_state), .group = "Output",
	    .help = "leave project_state.json as it is" },
	{ "json", 'j', OPT_FIELD(worker_opts, json), .group = "Output",
	    .help = "print what was done as one JSON object instead of messages" },
	{ "quiet", 'q', OPT_FIELD(worker_opts, quiet), .group = "Output", .help = "print nothing but errors" },
};

static const struct opt_exit exits[] = {
	{ "0", "The video is there, verified, and made from what the project holds now." },
	{ "1", "It could not be rendered, or what was rendered is no whole video with sound; with --check: it is not fresh." },
	{ "2", "Wrong usage, or a wrong setting." },
	{ "3", "The world is in the way: no such project, a file that cannot be read or written, a state that cannot be "
	       "updated." },
	{ "128+N", "Signal N came; the renderer was ended before." },
};

const struct tool render_worker_tool = {
	.name = "fh-render-worker",
	.summary = "render one scene of a video project, or see that it is rendered",
	.operands = "PROJECT_DIR SCENE_ID SCENE_FILE SCENE_CLASS [EST_DURATION]",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.exits = exits,
	.nexits = ARRAY_LEN(exits),
	.operand_complete = OPT_C_FILE,
};
