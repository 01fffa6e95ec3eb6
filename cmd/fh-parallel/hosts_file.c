/* Decides where a --sshloginfile is, and whether it has changed. Must never know what becomes of the hosts in it. */
#include "hosts_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "path.h"

#define FILE_MAX ((size_t)16 << 20) /* bytes of a --sshloginfile */

static int
hosts_read(struct hosts *h, struct hosts_file *f, struct err *e)
{
	AUTO_BUF text = { 0 };
	AUTO_FD fd = -1;
	char *line, *nl;
	int r;

	if (strcmp(f->name, "-") == 0)
		r = io_slurp(STDIN_FILENO, &text, FILE_MAX);
	else if ((fd = open(f->name, O_RDONLY | O_CLOEXEC)) < 0 || fstat(fd, &f->was) < 0)
		r = -errno;
	else
		r = io_slurp(fd, &text, FILE_MAX);
	if (r < 0)
		return err_sys(e, -r, "--sshloginfile: %s", f->name);
	buf_addc(&text, '\n');
	for (line = text.data; line != NULL; line = nl == NULL ? NULL : nl + 1) {
		if ((nl = strchr(line, '\n')) != NULL)
			*nl = '\0';
		if (line[strspn(line, " \t")] != '\0' && *line != '#' && hosts_put_list(h, line, e) < 0)
			return err_wrap(e, "--sshloginfile: %s", f->name);
	}
	return 0;
}

/* Where a --sshloginfile is: here, else in ~/.parallel; ".." and "." are names for two of them. */
static const char *
hosts_file_name(struct hosts *h, const char *name)
{
	const char *xdg = getenv("XDG_CONFIG_HOME");
	AUTO_BUF dir = { 0 }, path = { 0 };

	if (strcmp(name, "-") == 0)
		return name;
	if (strcmp(name, ".") == 0)
		return "/etc/parallel/sshloginfile";
	opts_user_dir(&dir);
	if (strcmp(name, "..") == 0) {
		path_join(&path, buf_str(&dir), "sshloginfile");
		if (access(buf_str(&path), F_OK) < 0 && xdg != NULL && *xdg != '\0') {
			buf_reset(&path);
			path_join(&path, xdg, "parallel/sshloginfile");
		}
		return arena_strdup(&h->mem, buf_str(&path));
	}
	path_join(&path, buf_str(&dir), name);
	return access(name, F_OK) < 0 && access(buf_str(&path), R_OK) == 0 ? arena_strdup(&h->mem, buf_str(&path)) : name;
}

int
hosts_add_file(struct hosts *h, const char *name, struct err *e)
{
	struct hosts_file *f;

	h->files = xreallocarray(h->files, h->nfiles + 1, sizeof *h->files);
	f = &h->files[h->nfiles++];
	*f = (struct hosts_file){ .name = hosts_file_name(h, name) };
	return hosts_read(h, f, e);
}

static bool
hosts_file_changed(const struct hosts_file *f)
{
	struct stat st;

	return strcmp(f->name, "-") != 0 && stat(f->name, &st) == 0 &&
	    (st.st_mtim.tv_sec != f->was.st_mtim.tv_sec || st.st_mtim.tv_nsec != f->was.st_mtim.tv_nsec ||
	        st.st_size != f->was.st_size || st.st_ino != f->was.st_ino);
}

bool
hosts_reread(struct hosts *h, int64_t now)
{
	bool changed = false;
	struct err e;
	size_t i;

	if (h->nfiles == 0 || (h->read_ns > 0 && now - h->read_ns < CLOCK_S))
		return false;
	h->read_ns = now;
	for (i = 0; i < h->nfiles; i++)
		changed |= hosts_file_changed(&h->files[i]);
	if (!changed)
		return false;
	for (i = 0; i < h->n; i++)
		h->v[i]->gone = h->o->sshlogin.n == 0; /* those of -S stay */
	for (i = 0; i < h->nfiles; i++)
		if (strcmp(h->files[i].name, "-") != 0)
			(void)hosts_read(h, &h->files[i], &e); /* what can be read counts: it may be half written */
	hosts_leave_out(h);
	return true;
}
