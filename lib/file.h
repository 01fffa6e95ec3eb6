/* Files as a whole: replaced atomically, locked by the kernel, made in private. */
#ifndef FH_FILE_H
#define FH_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "buf.h"

/* Puts n bytes of data in place of the file name in dirfd, atomically and durably: a temporary file in the same
 * folder (0600 until it is whole, its name not to be guessed), fsync, rename, fsync of the folder. Mode and owner of an existing
 * file are kept, but no set-id bits, and the group alone where we may not give the file away (mode: for a new one, less
 * the umask); a symlink is followed, its target replaced. Returns 0 or -errno; on failure the old content stands and
 * no temporary file is left, except that a failing fsync of the folder is told with the new content in place. What a killed call
 * left beside the file goes with the next one; what another writes just now is let alone.
 * What is no regular file is refused (-EINVAL, -EISDIR). */
int file_replace(int dirfd, const char *name, const void *data, size_t n, mode_t mode);

/* Takes an exclusive advisory lock (flock) on the file name in dirfd, creating it (mode 0666 less the umask) where it is missing; the
 * kernel frees it when the descriptor is closed or the process dies. Waits at most wait_ns (< 0: for ever, 0: not at
 * all). Returns the descriptor (the caller's, CLOEXEC), -EWOULDBLOCK when time ran out, or -errno. */
int file_lock(int dirfd, const char *name, int64_t wait_ns);

/* Takes an exclusive advisory lock (flock) on the regular file name in dirfd itself, symlinks followed, so that no further file is
 * needed; waits as file_lock. Since file_replace puts another file in its place, the lock counts only while the name leads to
 * the locked file: that is looked at after each wait, and the wait begins again where it does not. Returns the descriptor
 * (read and write, the caller's, CLOEXEC), or -errno: -EWOULDBLOCK, -ENOENT, -EISDIR, -EINVAL for what is no regular file.
 * A folder can be locked too, by name "." (then -EINVAL and -EISDIR do not arise). */
int file_lock_self(int dirfd, const char *name, int64_t wait_ns);

/* Makes the folders of path, all of them (mkdir -p). Returns 0 or -errno. */
int file_mkdirs(int dirfd, const char *path, mode_t mode);

/* An unlinked temporary file in dir (NULL: $TMPDIR, else /tmp), mode 0600, CLOEXEC. Returns the descriptor, or -errno. */
int file_temp(const char *dir);

/* Whether next to nothing can be written any more to the file system that fd is on. False where that cannot be known, and in memory. */
bool file_is_cramped(int fd);

/* Appends the path that name leads to when its symlinks (of the last part, at most 40) are followed. Returns 0 or -errno. */
int file_follow(int dirfd, const char *name, struct buf *out);

#endif
