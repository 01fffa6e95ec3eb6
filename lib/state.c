/* Decides how the state file is found, locked, read and replaced. Must never know what the state says.
 * Invariants: 1. who edits holds the lock from before the read until after the rename (state_open, state_close).
 *             2. a reader without a lock sees a whole file: it is only ever replaced by rename (file_replace).
 *             3. temporaries are removed only under the lock, so never those of a living writer (state_save). */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "io.h"
#include "js_view.h"
#include "path.h"
#include "project.h"

static const char *
set_in_env(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? v : NULL;
}

void
state_find(const char *file, const char *project_dir, struct buf *out)
{
	const char *path = file != NULL && *file != '\0' ? file : NULL;
	const char *dir = project_dir != NULL && *project_dir != '\0' ? project_dir : NULL;

	if (path == NULL && dir == NULL && (path = set_in_env("FH_STATE_FILE")) == NULL &&
	    (path = set_in_env("STATE_FILE")) == NULL)
		dir = set_in_env("PROJECT_DIR");
	if (path != NULL)
		buf_adds(out, path);
	else
		path_join(out, dir != NULL ? dir : "", PROJECT_STATE);
}

void
state_folder(struct buf *out, const char *path)
{
	path_dir(out, path);
}

/* What reading and locking may end in: -1 with the file's name and the words for errno value code. */
static int
world_fail(const char *path, int code, struct err *e)
{
	if (code == EFBIG)
		return err_set(e, code, "%s: larger than %zu MiB", path, STATE_SIZE_MAX >> 20);
	if (code == EWOULDBLOCK)
		return err_set(e, code, "%s: locked by another process: gave up waiting", path);
	if (code == EINVAL)
		return err_set(e, code, "%s: not a regular file", path);
	return err_sys(e, code, "%s", path);
}

int
state_check(const char *text, size_t n, struct err *e)
{
	if (n == 0)
		return err_set(e, EBADMSG, "empty file");
	if (js_check(text, n, JS_PYTHON, e) < 0)
		return -1;
	if (js_type(js_root(text)) != JS_OBJECT)
		return err_set(e, EBADMSG, "line 1 column 1: a state is an object, this is %s", js_type_name(js_root(text)));
	return 0;
}

/* Opens and, to edit, locks. Returns the descriptor or -errno. */
static int
state_fd(const char *path, enum state_mode mode, int64_t wait_ns)
{
	return mode == STATE_READ ? io_open_regular(AT_FDCWD, path) : file_lock_self(AT_FDCWD, path, wait_ns);
}

static int
state_fill(struct state *s, const char *path, int fd, struct err *e)
{
	int r;

	if (fstat(fd, &s->was) < 0)
		return world_fail(path, errno, e);
	buf_adds(&s->path, path);
	r = io_slurp(fd, &s->text, STATE_SIZE_MAX);
	buf_room(&s->text, 0);
	return r < 0 ? world_fail(path, -r, e) : 0;
}

int
state_read(struct state *s, const char *path, struct err *e)
{
	AUTO_FD fd = io_open_regular(AT_FDCWD, path);

	*s = (struct state)STATE_INIT;
	if (fd < 0)
		return world_fail(path, -fd, e);
	if (state_fill(s, path, fd, e) == 0)
		return 0;
	state_close(s);
	return -1;
}

int
state_open(struct state *s, const char *path, enum state_mode mode, int64_t wait_ns, struct err *e)
{
	AUTO_FD fd = state_fd(path, mode, wait_ns);
	int r;

	*s = (struct state)STATE_INIT;
	if (fd < 0)
		return world_fail(path, -fd, e);
	r = state_fill(s, path, fd, e);
	if (r == 0 && mode != STATE_REPAIR && (r = state_check(s->text.data, s->text.len, e)) < 0)
		err_wrap(e, "%s", path);
	if (r < 0) {
		state_close(s);
		return -1;
	}
	if (mode != STATE_READ)
		s->lock = take_fd(&fd);
	return 0;
}

/* Whether somebody without a lock wrote to the file since we read it. */
static bool
state_stale(const struct state *s)
{
	struct stat now;

	return fstat(s->lock, &now) == 0 &&
	    (now.st_size != s->was.st_size || now.st_mtim.tv_sec != s->was.st_mtim.tv_sec ||
	        now.st_mtim.tv_nsec != s->was.st_mtim.tv_nsec);
}

int
state_save(struct state *s, struct err *e)
{
	int r;

	if (s->lock < 0)
		err_bug("state: saved without the lock");
	if (!s->changed)
		return 0;
	if (s->text.len > STATE_SIZE_MAX)
		return world_fail(s->path.data, EFBIG, e);
	if (state_stale(s))
		return err_set(e, ESTALE, "%s: changed meanwhile by a program that does not lock it: try again", s->path.data);
	r = file_replace(AT_FDCWD, s->path.data, s->text.data, s->text.len, s->was.st_mode & 07777);
	if (r < 0)
		return err_sys(e, -r, "%s", s->path.data);
	s->changed = false;
	return 0;
}

void
state_close(struct state *s)
{
	if (s->lock >= 0)
		close(s->lock);
	buf_fini(&s->text);
	buf_fini(&s->path);
	*s = (struct state)STATE_INIT;
}

struct js
state_root(const struct state *s)
{
	return js_root(s->text.data);
}

/* Locks what stands for the file: itself where it is there, else its folder. Returns the descriptor or -errno. */
static int
lock_place(const char *path, bool *there, int64_t wait_ns)
{
	AUTO_BUF dir = { 0 };
	AUTO_FD dfd = -1;
	int fd = file_lock_self(AT_FDCWD, path, wait_ns);

	*there = fd != -ENOENT;
	if (*there)
		return fd;
	path_dir(&dir, path);
	dfd = open(buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd < 0)
		return -errno;
	return file_lock_self(dfd, ".", wait_ns);
}

int
state_create(const char *path, const char *data, size_t n, mode_t mode, bool force, int64_t wait_ns, struct err *e)
{
	bool there;
	AUTO_FD lock = lock_place(path, &there, wait_ns);
	struct stat st;
	int r;

	if (lock < 0)
		return world_fail(path, -lock, e);
	if (!there)
		there = stat(path, &st) == 0; /* made by another while we waited */
	if (there && !force)
		return err_set(e, 0, "%s: there is one already", path);
	if ((r = file_replace(AT_FDCWD, path, data, n, mode)) < 0)
		return err_sys(e, -r, "%s", path);
	return 0;
}
