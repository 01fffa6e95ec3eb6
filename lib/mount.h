/* Whether a lock on a file keeps out other machines too: by the kind of the file system that it is on, and its mount options. */
#ifndef FH_MOUNT_H
#define FH_MOUNT_H

#include <stdbool.h>

#include "buf.h"

/* Why flock(2) there may not reach other machines that have the same files, in words without end; NULL: no reason is known. type and
 * options as in /proc/self/mountinfo (options: both kinds, with commas around each). Pure. Source: nfs(5), mount.lustre(8),
 * fuse.sshfs. */
const char *mount_doubt(const char *type, const char *options);

/* The last line of text (of mountinfo, proc(5)) for device major:minor: its type and ",option,option,". False: there is none. Pure. */
bool mount_find(const char *text, unsigned major, unsigned minor, struct buf *type, struct buf *options);

/* mount_doubt of the file path, or, where it is not there, of its folder. Costs one system call where the file system is a local one.
 * $FH_TEST_ROOT stands in front of /proc where it is set (for tests). FH_PORTABLE: NULL always. */
const char *mount_doubt_at(const char *path);

#endif
