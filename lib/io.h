/* Whole reads and writes: EINTR and short counts end here. */
#ifndef FH_IO_H
#define FH_IO_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

/* Descriptors 0-2 that are closed become ones that cannot be written (and read nothing), so that no file that is opened later gets
 * such a number, and with it what is meant for others. Returns 0 or -errno. */
int io_keep_std(void);

/* A pipe: p[0] to read, p[1] to write, both CLOEXEC and the caller's. Returns 0 or -errno. */
int io_pipe(int p[2]);

/* Reads until n bytes or end of file. Returns the count (less than n only at the end), or -errno. */
ssize_t io_read_full(int fd, void *p, size_t n);

/* Writes all n bytes. Returns 0 or -errno (what was written before stays written). Waits with poll where fd is
 * non-blocking. */
int io_write_full(int fd, const void *p, size_t n);

/* Closes fd after the last write to it: where files are on another machine (NFS), only this tells that there was no room for what was
 * written. Returns 0 or -errno. */
int io_close(int fd);
/* Both, for the last that is written: io_write_full, io_close. */
int io_write_last(int fd, const void *p, size_t n);

/* Appends all that is left of fd to out, at most max bytes. Returns 0, -EFBIG where there was more, or -errno. */
int io_slurp(int fd, struct buf *out, size_t max);

/* As io_slurp, of the regular file name in dirfd (AT_FDCWD allowed). A FIFO, device or folder is refused without
 * blocking: -EISDIR, or -EINVAL for what is no regular file. */
int io_slurp_at(int dirfd, const char *name, struct buf *out, size_t max);

/* Opens a regular file for reading, CLOEXEC, never blocking on a FIFO. Returns the descriptor (the caller's), or
 * -errno as io_slurp_at. */
int io_open_regular(int dirfd, const char *name);

/* A number that nobody can guess, for a file's name: from the system, with no memory of its own (libbsd's arc4random ends the process
 * without a word where it gets none). */
uint32_t io_random(void);

#endif
