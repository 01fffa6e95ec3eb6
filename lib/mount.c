/* Decides which file systems' locks are doubted. Must never know what is locked.
 * NFS hands flock to the server as a lock of the whole file (Linux 2.6.12 and newer), but for the mount options nolock and
 * local_lock; Lustre needs flock, and has localflock; sshfs keeps locks to itself. */
#include "mount.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifndef FH_PORTABLE
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#endif

#include "cleanup.h"
#include "io.h"
#include "path.h"

const char *
mount_doubt(const char *type, const char *options)
{
	if (strcmp(type, "nfs") == 0 || strcmp(type, "nfs4") == 0) {
		if (strstr(options, ",nolock,") != NULL)
			return "NFS mounted with nolock";
		if (strstr(options, ",local_lock=flock,") != NULL || strstr(options, ",local_lock=all,") != NULL)
			return "NFS mounted with local_lock";
	}
	if (strcmp(type, "lustre") == 0 && strstr(options, ",localflock,") != NULL)
		return "Lustre mounted with localflock";
	return strcmp(type, "fuse.sshfs") == 0 ? "sshfs, whose locks are this machine's only" : NULL;
}

/* Field n (from 0) of a line, separated by blanks: its length in *len. NULL: there are fewer. */
static const char *
mount_field(const char *line, const char *end, int n, size_t *len)
{
	const char *p = line;

	for (; n > 0 && p != NULL; n--)
		p = (p = memchr(p, ' ', (size_t)(end - p))) != NULL ? p + 1 : NULL;
	if (p != NULL)
		*len = strcspn(p, " \n");
	return p;
}

static bool
mount_line(const char *line, const char *end, unsigned major, unsigned minor, struct buf *type, struct buf *options)
{
	const char *device, *own, *dash = memmem(line, (size_t)(end - line), " - ", 3), *kind, *super;
	size_t n, nown, nkind, nsuper = 0;
	char want[32];

	snprintf(want, sizeof want, "%u:%u", major, minor);
	device = mount_field(line, end, 2, &n);
	own = mount_field(line, end, 5, &nown);
	if (device == NULL || own == NULL || dash == NULL || n != strlen(want) || memcmp(device, want, n) != 0)
		return false;
	kind = mount_field(dash + 3, end, 0, &nkind);
	super = mount_field(dash + 3, end, 2, &nsuper);
	buf_reset(type);
	buf_reset(options);
	buf_add(type, kind, nkind);
	buf_addf(options, ",%.*s,%.*s,", (int)nown, own, (int)nsuper, super != NULL ? super : "");
	return true;
}

bool
mount_find(const char *text, unsigned major, unsigned minor, struct buf *type, struct buf *options)
{
	const char *end;
	bool found = false;

	for (; *text != '\0'; text = *end == '\0' ? end : end + 1) {
		end = strchrnul(text, '\n');
		found |= mount_line(text, end, major, minor, type, options);
	}
	return found;
}

#ifndef FH_PORTABLE
#define MOUNTINFO_MAX (4 << 20)

/* File systems that are looked at more closely: statfs(2), and Lustre's own number. */
static bool
mount_is_shared(const char *path)
{
	struct statfs s;

	if (statfs(path, &s) < 0)
		return false;
	return s.f_type == 0x6969 || s.f_type == 0x0bd00bd0 || s.f_type == 0x65735546; /* NFS, Lustre, FUSE */
}

const char *
mount_doubt_at(const char *path)
{
	const char *root = getenv("FH_TEST_ROOT");
	AUTO_BUF dir = { 0 };
	AUTO_BUF name = { 0 };
	AUTO_BUF text = { 0 };
	AUTO_BUF type = { 0 };
	AUTO_BUF options = { 0 };
	struct stat st;

	if (stat(path, &st) < 0) {
		path_dir(&dir, path);
		path = buf_str(&dir);
	}
	if ((root == NULL && !mount_is_shared(path)) || stat(path, &st) < 0)
		return NULL;
	buf_addf(&name, "%s/proc/self/mountinfo", root != NULL ? root : "");
	if (io_slurp_at(AT_FDCWD, buf_str(&name), &text, MOUNTINFO_MAX) < 0 ||
	    !mount_find(buf_str(&text), major(st.st_dev), minor(st.st_dev), &type, &options))
		return NULL;
	return mount_doubt(buf_str(&type), buf_str(&options));
}
#else
const char *
mount_doubt_at(const char *path)
{
	(void)path;
	return NULL;
}
#endif
