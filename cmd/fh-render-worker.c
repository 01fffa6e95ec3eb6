/* fh-render-worker: one scene. Is its video fresh? Else clean, render with retries, verify, tell the state.
 * This file decides the order of things and speaks to people; how each thing is done is known in lib/: scene (names and
 * facts), fresh (what changed), render (attempts), slide (the built-in renderer), proof (is a video whole). */
#include "fh-render-worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "ini.h"
#include "io.h"
#include "js_put.h"
#include "num.h"
#include "opt.h"
#include "path.h"
#include "proof.h"
#include "render.h"
#include "renderer.h"
#include "scene.h"
#include "scene_tell.h"
#include "shq.h"

#define TRANSIENT_TRIES 5

enum { YES = 0, NO = 1, USAGE = 2, WORLD = 3 };

extern const struct tool render_worker_tool;

struct work {
	struct worker_opts o;
	struct ini ini;
	struct scene scene;
	struct child_home home;
	struct proof proof;
	struct fresh_key was;        /* what the video that is there was made from; all empty: not known */
	struct render_result result;
	struct renderer renderer;
	const char *verdict;         /* "skipped", "rendered", ... */
	const char *state;           /* what became of the state */
	struct err reason;           /* why it is not fresh, or failed; msg "" where there is nothing to say */
	bool spoke;                  /* on stdout */
	int unheard;                 /* -errno: stdout could not be written */
	bool whole;                  /* the video was seen whole, and stands as proof says */
	int64_t start_ns;
};

/* --- words ------------------------------------------------------------------------------------------------------- */

static void
log_line(const char *file, const char *line, size_t n)
{
	AUTO_FD fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);

	if (fd >= 0 && io_write_full(fd, line, n) < 0)
		return; /* the log is for people; the work does not hang on it */
}

/* One line to the log file (NULL: none) and, unless shown is false, to people. */
static void FH_PRINTF(4, 5)
say(struct work *w, const char *file, bool shown, const char *fmt, ...)
{
	AUTO_BUF line = { 0 };
	va_list ap;
	int r;

	va_start(ap, fmt);
	buf_vaddf(&line, fmt, ap);
	va_end(ap);
	err_harmless(line.data, line.len);
	buf_addc(&line, '\n');
	if (file != NULL)
		log_line(file, line.data, line.len);
	if (!shown || w->o.quiet || w->o.json)
		return;
	w->spoke = true;
	if ((r = io_write_full(STDOUT_FILENO, line.data, line.len)) < 0)
		w->unheard = r;
}

static void
complain(const struct err *e)
{
	AUTO_BUF line = { 0 };

	buf_addf(&line, "%s: %s\n", render_worker_tool.name, e->msg);
	if (io_write_full(STDERR_FILENO, line.data, line.len) < 0)
		return;
}

static int
fail(struct work *w, const struct err *e, int status)
{
	complain(e);
	w->reason = *e;
	return status;
}

/* --- settings ---------------------------------------------------------------------------------------------------- */

static void
override(int64_t *setting, int64_t option)
{
	if (option != WORKER_UNSET)
		*setting = option;
}

/* fh.ini, then the pipeline's variables, then options. Returns an exit status. */
static int
settle(struct work *w, struct err *e)
{
	struct ini *c = &w->ini;

	e->code = 0;
	if (ini_load(c, AT_FDCWD, e) < 0)
		return e->code != 0 ? WORLD : USAGE;
	if (ini_read_pipeline(c, e) < 0)
		return USAGE;
	override(&c->render.attempts, w->o.attempts);
	override(&c->render.backoff_ns, w->o.backoff_ns);
	override(&c->render.timeout_ns, w->o.timeout_ns);
	override(&c->render.transient_wait_ns, w->o.transient_ns);
	override(&c->render.grace_ns, w->o.grace_ns);
	w->home.grace_ns = c->render.grace_ns;
	if (w->o.profile != NULL) {
		c->render.profile = w->o.profile;
		c->render.command = NULL;
	}
	return YES;
}

/* --- freshness --------------------------------------------------------------------------------------------------- */

static int
hash_sources(struct work *w, struct err *e)
{
	fresh_load(&w->was, w->scene.video);
	renderer_hash(&w->renderer, &w->scene);
	if (fresh_audio(&w->scene.now, w->scene.audio, &w->was, e) < 0)
		return -1;
	return fresh_file(&w->scene.now, FRESH_SCENE, w->scene.file, e);
}

static bool
is_fresh(struct work *w)
{
	if (proof_video(&w->home, w->scene.video, &w->proof, &w->reason) < 0)
		return false;
	if (!scene_is_unchanged(&w->scene, &w->was, &w->reason))
		return false;
	w->reason.msg[0] = '\0';
	return true;
}

/* --- the state --------------------------------------------------------------------------------------------------- */

/* What is kept of a video that was seen whole: its key, and the word in the state. Returns an exit status. */
static int
keep(struct work *w)
{
	struct err e;

	w->whole = true;
	if (memcmp(&w->was, &w->scene.now, sizeof w->was) != 0)
		fresh_store(&w->scene.now, w->scene.video); /* where it cannot be kept, times decide next time */
	w->state = "untouched";
	if (w->o.no_state || scene_tell(&w->scene, w->proof.size_bytes, w->proof.duration_ns, &w->state, &e) == 0)
		return YES;
	return fail(w, &e, WORLD);
}

/* --- rendering --------------------------------------------------------------------------------------------------- */

static void
told_removed(void *ctx, const char *what, const char *name)
{
	struct work *w = ctx;

	say(w, w->scene.log, false, "→ Removing stale %s: %s", what, name);
}

static void
told_wait(void *ctx, enum render_event ev, int64_t n, int64_t wait_ns)
{
	struct work *w = ctx;
	char wait[32];

	if (ev == RENDER_RETRY)
		say(w, w->scene.log, true, "⚠ Render attempt %d failed for %s, retrying...", (int)n, w->scene.id);
	else
		say(w, w->scene.log, true, "⚠ Voiceover concurrency limit hit; retrying in %s (attempt %d/%d)",
		    num_show_duration(wait_ns, wait, sizeof wait), (int)n, TRANSIENT_TRIES);
}

/* Runs the renderer. Returns 0, or -1 with words. */
static int
render(struct work *w, struct err *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_BUF shown = { 0 };
	struct render_plan p = { .log = w->scene.log, .errors = w->scene.errors, .transient = w->ini.render.transient,
		.attempts = w->ini.render.attempts, .backoff_ns = w->ini.render.backoff_ns,
		.timeout_ns = w->ini.render.timeout_ns, .transient_ns = w->ini.render.transient_wait_ns,
		.transient_tries = TRANSIENT_TRIES };
	bool plain;

	p.envp = renderer_environment(&w->renderer, &w->scene, &a);
	p.argv = renderer_command(&w->renderer, &w->scene, &w->home, &a, &plain, e);
	if (p.argv == NULL)
		return -1;
	if (plain)
		say(w, w->scene.log, true, "⚠ No font file found: %s is drawn without text", w->scene.id);
	shq_argv(&shown, p.argv);
	say(w, w->scene.log, false, "$ %s", buf_str(&shown));
	return render_run(&w->home, &p, told_wait, w, &w->result, e);
}

/* A video that is shorter than its narration has lost some of it; the renderer may have meant that, so it is only said. */
static void
compare_lengths(struct work *w)
{
	int64_t slack = w->scene.audio_ns / 20 > CLOCK_S ? w->scene.audio_ns / 20 : CLOCK_S;

	if (w->scene.audio_ns > 0 && w->proof.duration_ns > 0 && w->proof.duration_ns + slack < w->scene.audio_ns)
		say(w, w->scene.log, true, "⚠ %s lasts %.1f s, its narration %.1f s", w->scene.id,
		    (double)w->proof.duration_ns / CLOCK_S, (double)w->scene.audio_ns / CLOCK_S);
}

static int
give_up(struct work *w, const char *verdict, const struct err *e)
{
	struct err shown;

	w->verdict = w->home.signo != 0 ? "interrupted" : verdict;
	w->reason = *e;
	if (scene_lacks_room(&w->scene))
		err_set(&w->reason, ENOSPC, "%s: the disk is full", e->msg);
	shown = w->reason;
	err_wrap(&shown, "%s", w->scene.id);
	complain(&shown);
	return NO;
}

static int
after_render(struct work *w)
{
	struct err e;

	if (proof_video(&w->home, w->scene.video, &w->proof, &e) < 0) {
		say(w, w->scene.errors, true, "❌ Verification failed for %s: missing or invalid video", w->scene.id);
		return give_up(w, "invalid", &e);
	}
	w->reason.msg[0] = '\0';
	w->verdict = "rendered";
	fresh_audio(&w->scene.now, w->scene.audio, NULL, NULL); /* the renderer may have spoken it */
	compare_lengths(w);
	w->was = (struct fresh_key){ 0 };
	if (w->renderer.slide)
		scene_clean_partials(&w->scene);
	say(w, w->scene.log, true, "✓ Successfully rendered: %s (%s)", w->scene.id, w->scene.class);
	return keep(w);
}

static int
make(struct work *w)
{
	AUTO_BUF dir = { 0 };
	struct err e;
	int r;

	if (scene_clean(&w->scene, told_removed, w, &e) < 0)
		return fail(w, &e, WORLD);
	path_dir(&dir, w->scene.video);
	if ((r = file_mkdirs(AT_FDCWD, buf_str(&dir), 0777)) < 0) {
		err_sys(&e, -r, "%s", buf_str(&dir));
		return fail(w, &e, WORLD);
	}
	say(w, w->scene.log, true, "🎬 Rendering scene: %s (%s)", w->scene.id, w->scene.class);
	if (render(w, &e) == 0)
		return after_render(w);
	if (w->home.signo == 0 && w->result.attempts > 0)
		say(w, w->scene.errors, true, "❌ Render failed for %s after %d attempts", w->scene.id,
		    (int)w->result.attempts);
	else if (w->home.signo == 0)
		say(w, w->scene.errors, true, "❌ Render failed for %s", w->scene.id);
	return give_up(w, "failed", &e);
}

static int
skip(struct work *w)
{
	w->verdict = "skipped";
	say(w, w->scene.log, true, "✓ Scene %s already rendered and verified (skipping)", w->scene.id);
	fresh_fill(&w->scene.now, &w->was);
	return keep(w);
}

/* Looks, and touches nothing. */
static int
check(struct work *w)
{
	if (is_fresh(w)) {
		w->whole = true;
		w->verdict = "fresh";
		say(w, NULL, true, "✓ Scene %s already rendered and verified", w->scene.id);
		return YES;
	}
	w->verdict = w->home.signo != 0 ? "interrupted" : "stale";
	say(w, NULL, true, "✗ Scene %s is not fresh: %s", w->scene.id, w->reason.msg);
	return NO;
}

/* One worker at a time for a scene: a second one waits, and then finds it rendered. */
static int
lock(struct work *w, struct err *e)
{
	int fd = file_lock(AT_FDCWD, w->scene.log, 0);

	if (fd == -EWOULDBLOCK) {
		say(w, w->scene.log, true, "→ Another worker renders %s, waiting", w->scene.id);
		fd = file_lock(AT_FDCWD, w->scene.log, -1);
	}
	return fd >= 0 ? fd : err_sys(e, -fd, "%s", w->scene.log);
}

static int
work(struct work *w)
{
	struct err e;
	AUTO_FD held = -1;

	if (hash_sources(w, &e) < 0) {
		w->verdict = "failed";
		return fail(w, &e, NO);
	}
	if (w->o.check)
		return check(w);
	if (!w->o.force && is_fresh(w))
		return skip(w);
	if ((held = lock(w, &e)) < 0)
		return fail(w, &e, WORLD);
	fresh_load(&w->was, w->scene.video);
	if (!w->o.force && is_fresh(w))
		return skip(w);
	return make(w);
}

/* --- the report -------------------------------------------------------------------------------------------------- */

static void
report(struct work *w, int status)
{
	AUTO_BUF b = { 0 };

	js_put_text(&b, "scene", w->scene.id);
	js_put_text(&b, "file", w->scene.file);
	js_put_text(&b, "class", w->scene.class);
	js_put_text(&b, "verdict", w->verdict != NULL ? w->verdict : "error");
	js_put_text(&b, "reason", w->reason.msg[0] != '\0' ? w->reason.msg : NULL);
	js_put_int(&b, "status", status);
	js_put_seconds(&b, "wall_seconds", clock_mono_ns() - w->start_ns);
	render_json(&b, &w->result);
	js_put_text(&b, "video", w->scene.video);
	js_put_text(&b, "log", w->scene.log);
	js_put_text(&b, "errors", w->scene.errors);
	js_put_text(&b, "state", w->state);
	js_put_text(&b, "narration_key", w->scene.key);
	js_put_seconds(&b, "narration_seconds", w->scene.audio_ns);
	if (w->whole)
		proof_json(&b, "verification", &w->proof);
	buf_adds(&b, "}\n");
	w->unheard = io_write_last(STDOUT_FILENO, b.data, b.len);
}

/* --- main -------------------------------------------------------------------------------------------------------- */

/* Into the project, its settings, the scene. Returns an exit status, with words where it is not YES. */
static int
begin(struct work *w, int argc, char *argv[], struct err *e)
{
	int status;

	if (argc < 4 || argc > 5) {
		err_set(e, 0, "%d operands: PROJECT_DIR SCENE_ID SCENE_FILE SCENE_CLASS [EST_DURATION] are due", argc);
		return USAGE;
	}
	if (chdir(argv[0]) < 0) {
		err_sys(e, errno, "%s", argv[0]);
		return WORLD;
	}
	w->scene.id = argv[1];
	w->scene.file = argv[2];
	w->scene.class = argv[3];
	w->scene.estimate = argc > 4 ? argv[4] : NULL;
	if ((status = settle(w, e)) != YES)
		return status;
	if (scene_name(&w->scene, w->ini.render.video != NULL ? w->ini.render.video : SCENE_VIDEO, e) < 0 ||
	    renderer_init(&w->renderer, &w->ini, &w->scene, e) < 0)
		return USAGE;
	scene_learn(&w->scene);
	return YES;
}

/* Ends as the signal would have ended us, so that who waits for us sees what happened. */
static void FH_NORETURN
end_by(int signo)
{
	signal(signo, SIG_DFL);
	raise(signo);
	_exit(128 + signo);
}

int
main(int argc, char *argv[])
{
	struct work w = { .renderer.self = argv[0], .start_ns = clock_mono_ns(), .o = { .attempts = WORKER_UNSET,
	    .backoff_ns = WORKER_UNSET, .timeout_ns = WORKER_UNSET, .transient_ns = WORKER_UNSET, .grace_ns = WORKER_UNSET } };
	int first = opt_main(&render_worker_tool, &w.o, argc, argv, USAGE), status;
	struct err e;

	if ((status = begin(&w, argc - first, argv + first, &e)) != YES)
		fail(&w, &e, status);
	else
		status = work(&w);
	child_home_close(&w.home);
	if (w.o.json)
		report(&w, status);
	else if (w.spoke && w.unheard == 0)
		w.unheard = io_close(STDOUT_FILENO); /* NFS tells what has no room at the end */
	if (w.home.signo != 0 && status != YES)
		end_by(w.home.signo);
	if (w.unheard < 0 && status == YES) {
		err_sys(&e, -w.unheard, "standard output");
		status = fail(&w, &e, WORLD);
	}
	renderer_fini(&w.renderer);
	scene_fini(&w.scene);
	ini_fini(&w.ini);
	return status;
}
