/* Decides how names of files are joined and cut. Must never look at the file system. */
#include "path.h"

#include <string.h>

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void
path_dir(struct buf *out, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_addc(out, '.');
	else if (slash == path)
		buf_addc(out, '/');
	else
		buf_add(out, path, (size_t)(slash - path));
}

void
path_join(struct buf *out, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	if (name[0] != '/' && n > 0) {
		buf_add(out, dir, n);
		if (dir[n - 1] != '/')
			buf_addc(out, '/');
	}
	buf_adds(out, name);
}

bool
path_is_plain(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

bool
path_is_inside(const char *path)
{
	const char *p = path;
	size_t n;

	if (path[0] == '\0' || path[0] == '/')
		return false;
	for (; *p != '\0'; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return false;
	}
	return true;
}
