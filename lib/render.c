/* Decides how often the renderer is tried and when a failure passes by itself. Must never know what it renders.
 * Invariant: each run sees only its own output when it is searched for the passing failure (from where the logs ended
 * before it). */
#include "render.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "clock.h"
#include "js_put.h"

#define SEARCH_BLOCK 65536

struct outputs {
	int null, log, errors;
	off_t log_at, errors_at; /* where this run's output begins */
};

static void
outputs_close(struct outputs *o)
{
	if (o->null >= 0)
		close(o->null);
	if (o->log >= 0)
		close(o->log);
	if (o->errors >= 0)
		close(o->errors);
}

static int
outputs_open(struct outputs *o, const struct render_plan *p, struct err *e)
{
	const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY;

	if ((o->null = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0)
		return err_sys(e, errno, "/dev/null");
	if ((o->log = open(p->log, flags, 0666)) < 0)
		return err_sys(e, errno, "%s", p->log);
	if ((o->errors = open(p->errors, flags, 0666)) < 0)
		return err_sys(e, errno, "%s", p->errors);
	return 0;
}

static void
outputs_mark(struct outputs *o)
{
	o->log_at = lseek(o->log, 0, SEEK_END);
	o->errors_at = lseek(o->errors, 0, SEEK_END);
}

/* Whether text stands in fd from byte at on. Blocks overlap by its length, so that no place is missed. */
static bool
output_has(int fd, off_t at, const char *text)
{
	AUTO_FREE char *block = xmalloc(SEARCH_BLOCK);
	size_t len = strlen(text), keep = 0;
	ssize_t n;

	if (len == 0 || len > SEARCH_BLOCK / 2)
		return false;
	while ((n = pread(fd, block + keep, SEARCH_BLOCK - keep, at)) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		if (memmem(block, keep + (size_t)n, text, len) != NULL)
			return true;
		at += n;
		n += (ssize_t)keep;
		keep = (size_t)n < len - 1 ? (size_t)n : len - 1;
		memmove(block, block + n - keep, keep);
	}
	return false;
}

static int64_t
time_ns(struct timeval t)
{
	return (int64_t)t.tv_sec * CLOCK_S + (int64_t)t.tv_usec * 1000;
}

static void
result_add(struct render_result *r, const struct child_end *end)
{
#ifdef __APPLE__
	int64_t peak = end->usage.ru_maxrss;
#else
	int64_t peak = (int64_t)end->usage.ru_maxrss * 1024;
#endif

	r->wall_ns += end->wall_ns;
	r->cpu_ns += time_ns(end->usage.ru_utime) + time_ns(end->usage.ru_stime);
	if (peak > r->peak_bytes)
		r->peak_bytes = peak;
	r->status = end->status;
	r->timed_out = end->timed_out;
}

/* How the run ended, as words. Returns -1. */
static int
run_words(const char *name, const struct child_end *end, struct err *e)
{
	if (end->timed_out)
		return err_set(e, 0, "%s: time limit reached after %.1f s", name, (double)end->wall_ns / CLOCK_S);
	if (WIFSIGNALED(end->status))
		return err_set(e, 0, "%s: ended by signal %d (%s)", name, WTERMSIG(end->status),
		    strsignal(WTERMSIG(end->status)));
	return err_set(e, 0, "%s: exit status %d", name, WEXITSTATUS(end->status));
}

/* One run. Returns 0 where it ended well, -1 with words. */
static int
run_once(struct child_home *h, const struct render_plan *p, struct outputs *o, struct render_result *out,
    struct err *e)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	struct child_end end;
	int r;

	spec.file = p->argv[0];
	spec.argv = p->argv;
	spec.envp = p->envp;
	spec.fd[0] = o->null;
	spec.fd[1] = o->log;
	spec.fd[2] = o->errors;
	outputs_mark(o);
	if ((r = child_run(h, &spec, p->timeout_ns, &end)) < 0)
		return err_sys(e, -r, "%s", p->argv[0]);
	result_add(out, &end);
	if (h->signo != 0)
		return err_set(e, EINTR, "interrupted");
	return end.status == 0 && !end.timed_out ? 0 : run_words(p->argv[0], &end, e);
}

static int
run_nap(struct child_home *h, int64_t ns, struct err *e)
{
	int r = child_nap(h, ns);

	return r == 0 ? 0 : r == -EINTR ? err_set(e, EINTR, "interrupted") : err_sys(e, -r, "cannot wait");
}

struct teller {
	void (*told)(void *ctx, enum render_event ev, int64_t n, int64_t wait_ns);
	void *ctx;
};

/* One attempt: runs as long as they fail in passing. */
static int
attempt(struct child_home *h, const struct render_plan *p, struct outputs *o, const struct teller *t,
    struct render_result *out, struct err *e)
{
	int64_t wait_ns = p->transient_ns, tries;

	for (tries = 1;; tries++, wait_ns *= 2) {
		if (run_once(h, p, o, out, e) == 0)
			return 0;
		if (e->code != 0 || p->transient == NULL || tries >= p->transient_tries ||
		    (!output_has(o->log, o->log_at, p->transient) && !output_has(o->errors, o->errors_at, p->transient)))
			return -1;
		out->transients++;
		t->told(t->ctx, RENDER_TRANSIENT, tries, wait_ns);
		if (run_nap(h, wait_ns, e) < 0)
			return -1;
	}
}

int
render_run(struct child_home *h, const struct render_plan *p,
    void (*told)(void *ctx, enum render_event ev, int64_t n, int64_t wait_ns), void *ctx, struct render_result *out,
    struct err *e)
{
	__attribute__((cleanup(outputs_close))) struct outputs o = { .null = -1, .log = -1, .errors = -1 };
	struct teller t = { told, ctx };

	*out = (struct render_result){ 0 };
	if (outputs_open(&o, p, e) < 0)
		return -1;
	for (out->attempts = 1;; out->attempts++) {
		if (attempt(h, p, &o, &t, out, e) == 0)
			return 0;
		if (e->code != 0 || out->attempts >= p->attempts)
			return -1;
		told(ctx, RENDER_RETRY, out->attempts, p->backoff_ns);
		if (run_nap(h, p->backoff_ns, e) < 0)
			return -1;
	}
}

/* Whether a and b, "NAME=VALUE" both, have the same name. */
static bool
same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n + 1) == 0;
}

char **
render_environment(char *const *base, const char *const *settings, size_t n, struct arena *a)
{
	size_t count = 0, i, used = 0, k;
	char **env;

	while (base[count] != NULL)
		count++;
	env = arena_alloc(a, (count + n + 1) * sizeof *env);
	for (i = 0; i < count; i++) {
		for (k = 0; k < n && !same_name(settings[k], base[i]); k++)
			continue;
		if (k == n)
			env[used++] = base[i];
	}
	for (i = 0; i < n; i++) {
		for (k = i + 1; k < n && !same_name(settings[i], settings[k]); k++)
			continue;
		if (k == n)
			env[used++] = arena_strdup(a, settings[i]);
	}
	env[used] = NULL;
	return env;
}

void
render_json(struct buf *b, const struct render_result *r)
{
	js_put_int(b, "attempts", r->attempts);
	js_put_int(b, "transient_failures", r->transients);
	js_put_seconds(b, "render_seconds", r->wall_ns);
	js_put_seconds(b, "cpu_seconds", r->cpu_ns);
	js_put_int(b, "peak_memory_bytes", r->peak_bytes);
	js_put_bool(b, "timed_out", r->timed_out);
	if (r->attempts > 0 && WIFSIGNALED(r->status))
		js_put_int(b, "renderer_signal", WTERMSIG(r->status));
	else if (r->attempts > 0)
		js_put_int(b, "renderer_status", WEXITSTATUS(r->status));
}
