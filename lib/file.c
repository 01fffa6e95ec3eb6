/* Decides how a file is replaced, locked and made. Must never know what is in it.
 * Invariants: 1. the old content stands until rename (file_replace writes only the temporary file).
 *             2. no temporary file outlives a call (file_swap has one exit), and none of a killed process the next
 *                sweep: a temporary file is locked as long as somebody writes it (file_is_mine).
 *             3. a lock is a descriptor, so the kernel frees it. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "clock.h"
#include "host.h"
#include "io.h"
#include "mem.h"
#include "path.h"

#define LINKS_MAX 40    /* as the kernel's own limit (path_resolution(7)) */
#define TEMP_TRIES 100
#define CRAMPED_BYTES 8192 /* less than that left: what was written last may not be there */

int
file_follow(int dirfd, const char *name, struct buf *out)
{
	char link[PATH_MAX];
	AUTO_BUF dir = { 0 };
	ssize_t n;
	int i;

	buf_adds(out, name);
	for (i = 0; i < LINKS_MAX; i++) {
		n = readlinkat(dirfd, buf_str(out), link, sizeof link - 1);
		if (n < 0)
			return errno == EINVAL || errno == ENOENT ? 0 : -errno;
		link[n] = '\0';
		buf_reset(&dir);
		if (link[0] != '/' && strchr(buf_str(out), '/') != NULL)
			path_dir(&dir, buf_str(out));
		buf_reset(out);
		path_join(out, buf_str(&dir), link);
	}
	return -ELOOP;
}

/* Takes the lock that tells a temporary file in use from one that a killed writer has left. False: a sweep was faster, and the
 * file is gone or will be. Where files cannot be locked nobody sweeps. */
static bool
file_is_mine(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno != EWOULDBLOCK;
	return fstat(fd, &st) < 0 || st.st_nlink > 0;
}

/* A name nobody else uses, and nobody can guess: the file's own, hidden, with our pid and a number from the system. O_EXCL makes a
 * clash harmless. For us alone, until it is whole. */
static int
file_open_beside(int dirfd, const char *base, char temp[NAME_MAX + 1])
{
	int fd, i;

	for (i = 0; i < TEMP_TRIES; i++) {
		snprintf(temp, NAME_MAX + 1, ".%.200s.%ld.%08x.tmp", base, (long)getpid(), (unsigned)io_random());
		fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno != EEXIST)
			return -errno;
		if (fd >= 0 && file_is_mine(fd))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -EEXIST;
}

/* The file's owner, where we may give it away, else its group; then its mode: never wider than the source's for somebody
 * else. Set-id bits go, as they do where a file is written in place. */
static int
file_keep_owner(int fd, const struct stat *was)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return -errno;
	if ((now.st_uid != was->st_uid || now.st_gid != was->st_gid) && fchown(fd, was->st_uid, was->st_gid) < 0 &&
	    fchown(fd, (uid_t)-1, was->st_gid) < 0)
		return -errno;
	return fchmod(fd, was->st_mode & 0777) < 0 ? -errno : 0;
}

/* mode, less what the umask takes. There is no way to ask for it but to set it. */
static int
file_set_mode(int fd, mode_t mode)
{
	mode_t mask = umask(077);

	umask(mask);
	return fchmod(fd, mode & ~mask) < 0 ? -errno : 0;
}

/* More than ulimit -f allows: the signal that tells it would end us, with our temporary file left behind. */
static bool
file_is_allowed(size_t n)
{
	struct rlimit max;

	return getrlimit(RLIMIT_FSIZE, &max) < 0 || max.rlim_cur == RLIM_INFINITY || n <= max.rlim_cur;
}

static int
file_fill(int fd, const void *data, size_t n, mode_t mode, const struct stat *was)
{
	int r = file_is_allowed(n) ? io_write_full(fd, data, n) : -EFBIG;

	if (r == 0)
		r = was != NULL ? file_keep_owner(fd, was) : file_set_mode(fd, mode);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

static int
file_swap(int dir, const char *base, const void *data, size_t n, mode_t mode, const struct stat *was)
{
	char temp[NAME_MAX + 1];
	int fd = file_open_beside(dir, base, temp), r;

	if (fd < 0)
		return fd;
	r = file_fill(fd, data, n, mode, was);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(dir, temp, dir, base) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dir, temp, 0);
		return r;
	}
	return fsync(dir) < 0 && errno != EINVAL ? -errno : 0;
}

/* Takes away a temporary file whose writer is dead: its lock is free. */
static void
file_sweep_one(int dir, const char *temp)
{
	AUTO_FD fd = openat(dir, temp, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, temp, 0);
}

/* Those that killed writers of base have left. */
static void
file_sweep(int dir, const char *base)
{
	AUTO_BUF stem = { 0 };
	const struct dirent *ent;
	size_t n;
	DIR *d;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	if ((d = fdopendir(fd)) == NULL) {
		close(fd);
		return;
	}
	buf_addf(&stem, ".%.200s.", base);
	while ((ent = readdir(d)) != NULL) {
		n = strlen(ent->d_name);
		if (n > stem.len + 4 && memcmp(ent->d_name, stem.data, stem.len) == 0 && strcmp(ent->d_name + n - 4, ".tmp") == 0)
			file_sweep_one(dir, ent->d_name);
	}
	closedir(d);
}

int
file_replace(int dirfd, const char *name, const void *data, size_t n, mode_t mode)
{
	AUTO_BUF real = { 0 };
	AUTO_BUF dir = { 0 };
	AUTO_FD dfd = -1;
	struct stat st;
	bool there;
	int r;

	if ((r = file_follow(dirfd, name, &real)) < 0)
		return r;
	path_dir(&dir, buf_str(&real));
	dfd = openat(dirfd, buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd < 0)
		return -errno;
	there = fstatat(dfd, path_base(buf_str(&real)), &st, 0) == 0;
	if (!there && errno != ENOENT)
		return -errno;
	if (there && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	file_sweep(dfd, path_base(buf_str(&real)));
	return file_swap(dfd, path_base(buf_str(&real)), data, n, mode, there ? &st : NULL);
}

/* Waits for the lock of fd as file_lock says. */
static int
file_flock(int fd, int64_t wait_ns)
{
	int64_t until = wait_ns > 0 ? clock_mono_ns() + wait_ns : 0, nap = CLOCK_MS / 4;

	for (;;) {
		if (flock(fd, wait_ns < 0 ? LOCK_EX : LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (host_stop())
			return -EINTR;
		if (errno != EINTR && (errno != EWOULDBLOCK || clock_mono_ns() >= until))
			return -errno;
		clock_sleep_ns(nap);
		nap = nap < 4 * CLOCK_MS ? nap * 2 : nap;
	}
}

int
file_lock(int dirfd, const char *name, int64_t wait_ns)
{
	AUTO_FD fd = openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	int r;

	if (fd < 0)
		return -errno;
	if ((r = file_flock(fd, wait_ns)) < 0)
		return r;
	return take_fd(&fd);
}

/* Whether name still leads to the file behind fd. */
static int
file_is_at(int fd, int dirfd, const char *name)
{
	struct stat here, there;

	if (fstat(fd, &here) < 0 || fstatat(dirfd, name, &there, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static int
file_open_self(int dirfd, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(dirfd, name, &st, 0) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode) && strcmp(name, ".") != 0)
		return -EISDIR;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return -EINVAL;
	fd = openat(dirfd, name, (S_ISDIR(st.st_mode) ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

int
file_lock_self(int dirfd, const char *name, int64_t wait_ns)
{
	int64_t until = wait_ns > 0 ? clock_mono_ns() + wait_ns : 0, left = wait_ns;
	int r;

	for (;;) {
		AUTO_FD fd = file_open_self(dirfd, name);

		if (fd < 0)
			return fd;
		if ((r = file_flock(fd, left)) < 0)
			return r;
		if ((r = file_is_at(fd, dirfd, name)) != 0)
			return r < 0 ? r : take_fd(&fd);
		if (wait_ns > 0 && (left = until - clock_mono_ns()) < 0)
			left = 0;
	}
}

int
file_mkdirs(int dirfd, const char *path, mode_t mode)
{
	AUTO_FREE char *p = xstrdup(path);
	struct stat st;
	char *slash;

	for (slash = p; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (mkdirat(dirfd, p, mode) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdirat(dirfd, p, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	return fstatat(dirfd, p, &st, 0) < 0 ? -errno : S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

/* mkstemp, unlinked at once: what file systems without O_TMPFILE get. */
static int
file_temp_named(const char *dir)
{
	AUTO_BUF name = { 0 };
	AUTO_FD fd = -1;

	path_join(&name, dir, "fh.XXXXXX");
	fd = mkstemp(name.data);
	if (fd < 0)
		return -errno;
	unlink(name.data);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	return take_fd(&fd);
}

int
file_temp(const char *dir)
{
	if (dir == NULL && ((dir = getenv("TMPDIR")) == NULL || dir[0] == '\0'))
		dir = "/tmp";
#if defined(O_TMPFILE) && !defined(FH_PORTABLE)
	{
		int fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

		if (fd >= 0)
			return fd;
	}
#endif
	return file_temp_named(dir);
}

bool
file_is_cramped(int fd)
{
	struct statvfs st;

	if (fstatvfs(fd, &st) < 0 || st.f_blocks == 0)
		return false;
	return (geteuid() == 0 ? st.f_bfree : st.f_bavail) * (uint64_t)st.f_frsize < CRAMPED_BYTES;
}
