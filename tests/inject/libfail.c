/* libfail: LD_PRELOADed, makes the n-th of the wrapped calls fail. For the scripts beside it.
 *
 *     FAIL_CALL  open read write short fsync rename flock stat close mkdir spawn malloc, or "any" (all but short and
 *                malloc, which is the program's own only); fork (and clone, and a thread), make (a descriptor: pipe memfd epoll signalfd eventfd dup),
 *                mmap, wait (epoll_wait epoll_ctl), send (sendfile splice)
 *     FAIL_N     which of these calls, from 1
 *     FAIL_ERRNO ENOSPC EDQUOT EIO EINTR ENOMEM EACCES EROFS instead of what the call fails with else
 *     FAIL_STAYS if set, every such call from the n-th on fails, not the n-th alone: a disk that is full stays full; stderr,
 *                where we hear of it, is not on that disk
 *     FAIL_HIT   a file that is made when the call was reached: a sweep ends where it is not
 *     FAIL_PROG  the name of the program that is meant; those that it starts are let alone
 *
 * A close that fails has closed, as on Linux. A write fails with nothing written (ENOSPC); a short one writes half and does not
 * fail. Only calls through the symbol table are seen: the program's own and those of libraries, not libc's inner ones. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Allocates nothing and opens nothing through our own wrappers: malloc is one of them. */
static int
is_wanted(const char *call)
{
	const char *want = getenv("FAIL_CALL"), *prog = getenv("FAIL_PROG");

	if (want == NULL || (prog != NULL && strcmp(prog, program_invocation_short_name) != 0))
		return 0;
	if (strcmp(want, call) == 0)
		return 1;
	return strcmp(want, "any") == 0 && strcmp(call, "short") != 0 && strcmp(call, "malloc") != 0;
}

/* Whether this call is the one; leaves the mark if so. */
static int
fails(const char *call)
{
	static long count;
	const char *n = getenv("FAIL_N"), *hit = getenv("FAIL_HIT");
	long fd;

	if (n == NULL || !is_wanted(call))
		return 0;
	if (++count != atol(n) && (count < atol(n) || getenv("FAIL_STAYS") == NULL))
		return 0;
	fd = hit != NULL ? syscall(SYS_openat, AT_FDCWD, hit, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd >= 0)
		syscall(SYS_close, (int)fd);
	return 1;
}

/* The errno value that a failing call has; usual where $FAIL_ERRNO names none. */
static int
reason(int usual)
{
	static const struct {
		const char *name;
		int value;
	} names[] = { { "ENOSPC", ENOSPC }, { "EDQUOT", EDQUOT }, { "EIO", EIO }, { "EINTR", EINTR }, { "ENOMEM", ENOMEM },
		{ "EACCES", EACCES }, { "EROFS", EROFS } };
	const char *want = getenv("FAIL_ERRNO");
	size_t i;

	for (i = 0; want != NULL && i < sizeof names / sizeof *names; i++)
		if (strcmp(want, names[i].name) == 0)
			return names[i].value;
	return usual;
}

/* next_.function is what name would be without us. A union, for ISO C has no cast from object to function pointer. */
#define NEXT(name)                                                \
	union {                                                   \
		void *object;                                     \
		__typeof__(name) *function;                       \
	} next_ = { .object = dlsym(RTLD_NEXT, #name) }

#define FAIL(call, value)                                         \
	do {                                                      \
		if (fails(call)) {                                \
			errno = reason(value);                    \
			return -1;                                \
		}                                                 \
	} while (0)

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(ap, mode_t) : 0;
}

#define WRAP_OPEN(name)                                           \
	int name(const char *path, int flags, ...)                \
	{                                                         \
		NEXT(name);                                       \
		mode_t mode;                                      \
		va_list ap;                                       \
                                                                  \
		va_start(ap, flags);                              \
		mode = mode_of(flags, ap);                        \
		va_end(ap);                                       \
		FAIL("open", EMFILE);                             \
		return next_.function(path, flags, mode);         \
	}

#define WRAP_OPENAT(name)                                         \
	int name(int dir, const char *path, int flags, ...)       \
	{                                                         \
		NEXT(name);                                       \
		mode_t mode;                                      \
		va_list ap;                                       \
                                                                  \
		va_start(ap, flags);                              \
		mode = mode_of(flags, ap);                        \
		va_end(ap);                                       \
		FAIL("open", EMFILE);                             \
		return next_.function(dir, path, flags, mode);    \
	}

/* A call of fixed arguments: type, name, the call's class, its errno, parameters, arguments. */
#define WRAP(type, name, call, value, params, args)               \
	type name params                                          \
	{                                                         \
		NEXT(name);                                       \
                                                                  \
		FAIL(call, value);                                \
		return next_.function args;                       \
	}

ssize_t __read_chk(int fd, void *p, size_t n, size_t room); /* read, where _FORTIFY_SOURCE knows the room */

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP(ssize_t, read, "read", EIO, (int fd, void *p, size_t n), (fd, p, n))
WRAP(ssize_t, __read_chk, "read", EIO, (int fd, void *p, size_t n, size_t room), (fd, p, n, room))
WRAP(ssize_t, pread, "read", EIO, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
WRAP(int, ftruncate, "write", ENOSPC, (int fd, off_t n), (fd, n))
WRAP(int, fsync, "fsync", EIO, (int fd), (fd))
WRAP(int, fdatasync, "fsync", EIO, (int fd), (fd))
WRAP(int, rename, "rename", EACCES, (const char *a, const char *b), (a, b))
WRAP(int, renameat, "rename", EACCES, (int d, const char *a, int e, const char *b), (d, a, e, b))
WRAP(int, flock, "flock", ENOLCK, (int fd, int how), (fd, how))
WRAP(int, fstat, "stat", EIO, (int fd, struct stat *st), (fd, st))
WRAP(int, fstatat, "stat", EIO, (int d, const char *p, struct stat *st, int f), (d, p, st, f))
WRAP(int, stat, "stat", EIO, (const char *p, struct stat *st), (p, st))
WRAP(int, fchmod, "stat", EPERM, (int fd, mode_t mode), (fd, mode))
WRAP(int, mkdirat, "mkdir", ENOSPC, (int d, const char *p, mode_t mode), (d, p, mode))

WRAP(pid_t, fork, "fork", EAGAIN, (void), ())
WRAP(int, pipe, "make", EMFILE, (int p[2]), (p))
WRAP(int, pipe2, "make", EMFILE, (int p[2], int flags), (p, flags))
WRAP(int, memfd_create, "make", EMFILE, (const char *name, unsigned flags), (name, flags))
WRAP(int, epoll_create1, "make", EMFILE, (int flags), (flags))
WRAP(int, signalfd, "make", EMFILE, (int fd, const sigset_t *set, int flags), (fd, set, flags))
WRAP(int, eventfd, "make", EMFILE, (unsigned n, int flags), (n, flags))
WRAP(int, dup, "make", EMFILE, (int fd), (fd))
WRAP(int, dup2, "make", EMFILE, (int from, int to), (from, to))
WRAP(int, epoll_ctl, "wait", ENOMEM, (int e, int op, int fd, struct epoll_event *ev), (e, op, fd, ev))
WRAP(int, epoll_wait, "wait", EBADF, (int e, struct epoll_event *ev, int n, int ms), (e, ev, n, ms))
WRAP(ssize_t, sendfile, "send", EIO, (int to, int from, off_t *at, size_t n), (to, from, at, n))
WRAP(ssize_t, splice, "send", EIO, (int from, loff_t *a, int to, loff_t *b, size_t n, unsigned f), (from, a, to, b, n, f))

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	NEXT(writev);

	if (fd != STDERR_FILENO || getenv("FAIL_STAYS") == NULL)
		FAIL("write", ENOSPC);
	return next_.function(fd, v, n);
}

void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	NEXT(mmap);

	if (fails("mmap")) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return next_.function(at, n, prot, flags, fd, from);
}

int
clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
	pid_t *parent = NULL, *child = NULL;
	void *tls = NULL;
	va_list ap;
	NEXT(clone);

	FAIL("fork", EAGAIN);
	va_start(ap, arg);
	if ((flags & (CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | CLONE_SETTLS)) != 0) {
		parent = va_arg(ap, pid_t *);
		tls = va_arg(ap, void *);
		child = va_arg(ap, pid_t *);
	}
	va_end(ap);
	return next_.function(fn, stack, flags, arg, parent, tls, child);
}

int
pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	NEXT(pthread_create);

	return fails("fork") ? EAGAIN : next_.function(t, attr, fn, arg);
}

ssize_t
write(int fd, const void *p, size_t n)
{
	NEXT(write);

	if (fd != STDERR_FILENO || getenv("FAIL_STAYS") == NULL)
		FAIL("write", ENOSPC);
	return next_.function(fd, p, n > 1 && fails("short") ? n / 2 : n);
}

/* What glibc calls its own, for dlsym needs memory itself. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t k, size_t n);
void *__libc_realloc(void *p, size_t n);

/* Whether the caller is in the program itself, which is far from all libraries: what a constructor of theirs makes of NULL is not
 * our business. */
static int
is_ours(const void *caller)
{
	unsigned long entry = getauxval(AT_ENTRY), at = (unsigned long)caller;

	return (at > entry ? at - entry : entry - at) < 64ul << 20;
}

#define WRAP_MALLOC(name, params, args)                           \
	void *name params                                         \
	{                                                         \
		if (is_ours(__builtin_return_address(0)) && fails("malloc")) { \
			errno = ENOMEM;                           \
			return NULL;                              \
		}                                                 \
		return __libc_##name args;                        \
	}

WRAP_MALLOC(malloc, (size_t n), (n))
WRAP_MALLOC(calloc, (size_t k, size_t n), (k, n))
WRAP_MALLOC(realloc, (void *p, size_t n), (p, n))

int
close(int fd)
{
	NEXT(close);
	int r = next_.function(fd);

	FAIL("close", EIO);
	return r;
}

int
posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *fa, const posix_spawnattr_t *at,
    char *const argv[], char *const envp[])
{
	NEXT(posix_spawnp);

	return fails("spawn") ? EAGAIN : next_.function(pid, file, fa, at, argv, envp);
}
