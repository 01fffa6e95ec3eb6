/* Decides what files a job finds made for it (--tmpl), and that they go again (--cleanup). Must never know what the job does
 * with them.
 * Invariant: a template is read once, before any job starts: what jobs do to the file changes nothing. */
#include "tmplfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"

#define TMPLFILE_MAX ((size_t)256 << 20)

struct tmplfile_one {
	const char *option; /* FILE=NAME */
	size_t nfile;       /* bytes of FILE */
	struct tmpl *name, *text;
};

struct tmplfile {
	bool cleanup;
	struct tmplfile_one *v;
	size_t n;
};

/* The template that option names, which takes the place of one of the same FILE (as the reference has it). */
static struct tmplfile_one *
tmplfile_place(struct tmplfile *t, const char *option, size_t nfile)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->v[i].nfile == nfile && memcmp(t->v[i].option, option, nfile) == 0)
			break;
	t->n += i == t->n;
	tmpl_free(t->v[i].name);
	tmpl_free(t->v[i].text);
	t->v[i] = (struct tmplfile_one){ .option = option, .nfile = nfile };
	return &t->v[i];
}

static int
tmplfile_add(struct tmplfile *t, struct tmpl_set *set, const char *option, struct err *e)
{
	const char *equal = strchr(option, '=');
	size_t n = equal == NULL ? 0 : (size_t)(equal - option);
	AUTO_FREE char *file = xstrndup(option, n);
	const char *words[2] = { NULL, equal == NULL ? "" : equal + 1 };
	struct tmplfile_one *one;
	AUTO_BUF text = { 0 };
	int r;

	if (n == 0 || words[1][0] == '\0')
		return err_set(e, 0, "%s: not FILE=NAME", option);
	if ((r = io_slurp_at(AT_FDCWD, file, &text, TMPLFILE_MAX)) < 0)
		return err_sys(e, -r, "%s: cannot read", file);
	words[0] = buf_str(&text);
	if (strlen(words[0]) != text.len)
		return err_set(e, 0, "%s: holds NUL bytes", file);
	one = tmplfile_place(t, option, n);
	if (tmpl_compile(set, &words[0], 1, TMPL_FILE, &one->text, e) < 0 ||
	    tmpl_compile(set, &words[1], 1, TMPL_TEXT, &one->name, e) < 0)
		return err_wrap(e, "%s", file);
	return 0;
}

int
tmplfile_new(const struct opts *o, struct tmpl_set *set, struct tmplfile **out, struct err *e)
{
	struct tmplfile *t;
	size_t i;

	*out = NULL;
	if (o->tmpl_files.n == 0)
		return 0;
	t = xcalloc(1, sizeof *t);
	t->cleanup = o->cleanup;
	t->v = xcalloc(o->tmpl_files.n, sizeof *t->v);
	for (i = 0; i < o->tmpl_files.n; i++)
		if (tmplfile_add(t, set, o->tmpl_files.v[i], e) < 0) {
			tmplfile_free(t);
			return err_wrap(e, "--tmpl");
		}
	*out = t;
	return 0;
}

void
tmplfile_free(struct tmplfile *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++) {
		tmpl_free(t->v[i].name);
		tmpl_free(t->v[i].text);
	}
	free(t->v);
	free(t);
}

static int
tmplfile_put(const char *name, const struct buf *text, struct err *e)
{
	AUTO_FD fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int r = fd < 0 ? -errno : io_write_full(fd, buf_str(text), text->len);

	return r < 0 ? err_sys(e, -r, "--tmpl: %s: cannot write", name) : 0;
}

int
tmplfile_write(const struct tmplfile *t, const struct tmpl_job *j, struct buf *names, struct err *e)
{
	size_t i;

	for (i = 0; t != NULL && i < t->n; i++) {
		AUTO_BUF name = { 0 };
		AUTO_BUF text = { 0 };

		if (tmpl_expand(t->v[i].name, j, &name, e) == TMPL_FAIL || tmpl_expand(t->v[i].text, j, &text, e) == TMPL_FAIL)
			return err_wrap(e, "--tmpl");
		if (tmplfile_put(buf_str(&name), &text, e) < 0)
			return -1;
		if (t->cleanup)
			buf_add(names, buf_str(&name), name.len + 1);
	}
	return 0;
}

void
tmplfile_remove(struct buf *names)
{
	const char *p = names->data, *end = p + names->len;

	for (; p < end; p += strlen(p) + 1)
		unlink(p);
	buf_reset(names);
}
