/* The renderer, run as often as it takes. */
#ifndef FH_RENDER_H
#define FH_RENDER_H

#include "buf.h"
#include "child.h"
#include "err.h"
#include "mem.h"

/* Everything is borrowed. */
struct render_plan {
	char *const *argv;      /* argv[0] is looked for on PATH */
	char *const *envp;
	const char *log, *errors; /* files its stdout and stderr are appended to */
	const char *transient;  /* text in its output that marks a passing failure; NULL or "": none */
	int64_t attempts;       /* at most; >= 1 */
	int64_t backoff_ns;     /* between attempts */
	int64_t timeout_ns;     /* of an attempt; 0: none */
	int64_t transient_ns;   /* wait after the first passing failure, doubled each time */
	int64_t transient_tries; /* runs in one attempt that may end in a passing failure */
};

enum render_event { RENDER_RETRY, RENDER_TRANSIENT };

struct render_result {
	int64_t attempts, transients; /* made; passing failures among them */
	int64_t wall_ns, cpu_ns;      /* of all runs, without the waiting */
	int64_t peak_bytes;           /* largest process of all runs, resident */
	bool timed_out;               /* the last run */
	int status;                   /* of the last run, as wait gives it */
};

/* Runs until it ends well. told(ctx, event, n, wait_ns) is called before each wait: n is the attempt, or the passing failure
 * within it. Returns 0, or -1 with words: how the last run ended (e->code 0), EINTR for a signal (h->signo), another
 * errno value where it could not be run at all. */
int render_run(struct child_home *h, const struct render_plan *p,
    void (*told)(void *ctx, enum render_event ev, int64_t n, int64_t wait_ns), void *ctx, struct render_result *out,
    struct err *e);

/* Our environment with the n settings "NAME=VALUE" over it (a later one wins), NULL-terminated, in a. */
char **render_environment(char *const *base, const char *const *settings, size_t n, struct arena *a);

/* Appends what was done as members of a JSON object (js_put.h). */
void render_json(struct buf *b, const struct render_result *r);

#endif
