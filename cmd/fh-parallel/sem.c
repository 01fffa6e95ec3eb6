/* Decides who may run among processes that share a name: a slot is an empty file, and holding it is a kernel lock (flock) on
 * it, so that a holder that dies in any way has given it back. Must never know how the command is run.
 * Invariants: 1. slot files are never removed: a lock on a removed file would exclude nobody.
 *             2. the lock is on a descriptor that no job inherits (CLOEXEC), only the child of --bg.
 *             3. where one slot is asked for the kernel queues us; with more of them, or a time limit, we look again after
 *                naps of at most NAP_MAX_NS. */
#include "sem.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "num.h"
#include "path.h"
#include "slots.h"

#define NAP_MIN_NS (2 * CLOCK_MS)
#define NAP_MAX_NS (40 * CLOCK_MS)
#define STATUS_GAVE_UP 1

/* --- names -------------------------------------------------------------------------------------------------------- */

static void
sem_folder_name(const char *id, struct buf *out)
{
	buf_adds(out, "fh-");
	for (; *id != '\0'; id++) {
		if (isalnum((unsigned char)*id) || strchr("_.+@-", *id) != NULL)
			buf_addc(out, *id);
		else
			buf_addf(out, "%%%02x", (unsigned char)*id);
	}
}

void
sem_slot_name(const char *id, int64_t n, struct buf *out)
{
	sem_folder_name(id, out);
	buf_addf(out, "/%lld", (long long)n);
}

/* Without --id: who shares a terminal shares a semaphore. */
static const char *
sem_id(const struct opts *o)
{
	const char *tty;

	if (o->sem_id != NULL)
		return o->sem_id;
	tty = ttyname(STDIN_FILENO);
	return tty != NULL ? tty : "default";
}

/* The folder of the slots, made where it is missing. Returns its descriptor, or -1 with words. */
static int
sem_folder(const char *id, struct err *e)
{
	AUTO_BUF home = { 0 };
	AUTO_BUF own = { 0 };
	AUTO_BUF path = { 0 };
	int r, fd;

	opts_user_dir(&home);
	sem_folder_name(id, &own);
	buf_addf(&path, "%s/semaphores/%s", buf_str(&home), buf_str(&own));
	if ((r = file_mkdirs(AT_FDCWD, buf_str(&path), 0777)) < 0)
		return err_sys(e, -r, "%s: cannot make the folder", buf_str(&path));
	fd = open(buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, errno, "%s", buf_str(&path)) : fd;
}

/* --- locks -------------------------------------------------------------------------------------------------------- */

/* A free slot of the first n, its descriptor; -EWOULDBLOCK or another -errno. */
static int
sem_try(int dir, int64_t n)
{
	int64_t i;
	char name[32];
	int fd = -EWOULDBLOCK;

	for (i = 1; i <= n && fd == -EWOULDBLOCK; i++) {
		snprintf(name, sizeof name, "%lld", (long long)i);
		fd = file_lock(dir, name, 0);
	}
	return fd;
}

/* As sem_try, but waits: limit_ns < 0: for ever. */
static int
sem_take(int dir, int64_t n, int64_t limit_ns)
{
	int64_t until = limit_ns < 0 ? INT64_MAX : clock_mono_ns() + limit_ns, nap = NAP_MIN_NS, left;
	int fd;

	if (n == 1 && limit_ns < 0)
		return file_lock(dir, "1", -1);
	while ((fd = sem_try(dir, n)) == -EWOULDBLOCK && (left = until - clock_mono_ns()) > 0) {
		clock_sleep_ns(nap < left ? nap : left);
		nap = nap < NAP_MAX_NS ? nap * 2 : NAP_MAX_NS;
	}
	return fd;
}

/* Waits until whoever holds the slot name now has ended. */
static int
sem_pass(int dir, const char *name)
{
	AUTO_FD fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	while (flock(fd, LOCK_SH) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int
sem_wait_all(int dir, struct err *e)
{
	const struct dirent *ent;
	int fd = dup(dir), r = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (d == NULL)
		return err_sys(e, errno, "--wait");
	while (r == 0 && (ent = readdir(d)) != NULL)
		if (isdigit((unsigned char)ent->d_name[0]))
			r = sem_pass(dir, ent->d_name);
	closedir(d);
	return r < 0 ? err_sys(e, -r, "--wait") : 0;
}

/* --- one job ------------------------------------------------------------------------------------------------------ */

/* o becomes the run of one job: one empty input. Its exit status is ours. */
static void
sem_make_run(struct opts *o)
{
	const char **value = arena_alloc(&o->mem, sizeof *value);
	struct input *in = arena_alloc(&o->mem, sizeof *in);

	*value = "";
	*in = (struct input){ .words = value, .n = 1 };
	o->inputs = in;
	o->ninputs = 1;
	o->max_inputs = 0;
	o->mode = CTX_INPLACE;
	o->jobs = "1";
	o->halt = o->halt != NULL ? o->halt : "soon,fail=1";
}

/* A slot of n, or what the time limit says. SEM_RUN: *fd holds it, -1 where it is run without one. */
static enum sem_result
sem_lock(const struct opts *o, int dir, int64_t n, void (*say)(const char *line), int *status, struct err *e)
{
	int64_t limit = o->sem_timeout_ns;
	int fd = sem_take(dir, n, limit == 0 ? -1 : limit < 0 ? -limit : limit);

	if (fd >= 0)
		return SEM_RUN; /* open until this process ends */
	if (fd != -EWOULDBLOCK) {
		err_sys(e, -fd, "semaphore %s", sem_id(o));
		return SEM_FAIL;
	}
	if (limit > 0) {
		say("warning: semaphore timed out: running without a slot");
		return SEM_RUN;
	}
	say("warning: semaphore timed out: giving up");
	*status = STATUS_GAVE_UP;
	return SEM_OVER;
}

static enum sem_result
sem_background(int *status, struct err *e)
{
	pid_t pid = fork();

	if (pid < 0) {
		err_sys(e, errno, "cannot start a process for --bg");
		return SEM_FAIL;
	}
	*status = 0;
	return pid > 0 ? SEM_OVER : SEM_RUN;
}

enum sem_result
sem_enter(struct opts *o, void (*say)(const char *line), int *status, struct err *e)
{
	AUTO_FD dir = sem_folder(sem_id(o), e);
	enum sem_result r;
	int64_t n;
	bool file;

	if (dir < 0 || slots_parse(o->jobs != NULL ? o->jobs : "1", cpu_count(CPU_THREADS), &n, &file, e) < 0)
		return SEM_FAIL;
	*status = 0;
	if (o->wait)
		return sem_wait_all(dir, e) < 0 ? SEM_FAIL : SEM_OVER;
	sem_make_run(o);
	if ((r = sem_lock(o, dir, n, say, status, e)) != SEM_RUN || o->fg)
		return r;
	return sem_background(status, e);
}
