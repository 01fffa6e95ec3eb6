/* Decides under what names output is kept. Must never know when a job runs, or what it printed.
 * Invariants: 1. a value cannot leave its folder by a '/': it becomes "\_" (tree_value). A template is the user's own word.
 *             2. files are made with the caller's umask, and cut to nothing before a job writes into them. */
#include "results.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "mem.h"
#include "num.h"
#include "results_row.h"

#define VALUE_MAX 255 /* bytes of a file name (NAME_MAX), where the reference cuts too */
#define KEPT_TRIES 100

struct results {
	const struct opts *o;
	struct tmpl *name;         /* with replacement strings; NULL: a folder per value */
	const char *const *header; /* names of columns, or NULL */
	size_t nheader;
	enum row_form form;        /* ROW_NONE: files */
	bool files;                /* jobs have files of their own */
	int fd;                    /* the table's; -1: none */
	struct buf path;
};

/* --- what is asked for --------------------------------------------------------------------------------------------- */

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcasecmp(s + n - m, end) == 0;
}

static enum row_form
form_of(const char *name)
{
	return ends_in(name, ".csv") ? ROW_CSV : ends_in(name, ".tsv") ? ROW_TSV : ends_in(name, ".json") ? ROW_JSON : ROW_NONE;
}

static int
open_table(struct results *r, struct err *e)
{
	const char *name = r->o->results;

	if (strcmp(name, "-.csv") == 0 || strcmp(name, "-.tsv") == 0 || strcmp(name, "-.json") == 0) {
		r->fd = STDOUT_FILENO;
		return 0;
	}
	buf_adds(&r->path, name);
	if (strchr(name, '/') != NULL) {
		*strrchr(r->path.data, '/') = '\0';
		file_mkdirs(AT_FDCWD, r->path.data[0] != '\0' ? r->path.data : "/", 0777);
	}
	r->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
	return r->fd < 0 ? err_sys(e, errno, "%s", name) : 0;
}

static int
open_names(struct results *r, struct tmpl_set *set, struct err *e)
{
	if (tmpl_compile(set, &r->o->results, 1, TMPL_TEXT, &r->name, e) < 0)
		return -1;
	if (!tmpl_has_replacement(r->name)) {
		tmpl_free(r->name);
		r->name = NULL;
	}
	return 0;
}

int
results_new(const struct opts *o, struct tmpl_set *set, const char *const *names, size_t n, struct results **out,
    struct err *e)
{
	struct results *r;

	*out = NULL;
	if (o->results == NULL && !o->files && !o->files0)
		return 0;
	r = xcalloc(1, sizeof *r);
	*r = (struct results){ .o = o, .header = names, .nheader = n, .fd = -1, .files = o->files || o->files0 };
	if (o->results != NULL)
		r->form = form_of(o->results);
	r->files |= r->form == ROW_NONE;
	if (o->results != NULL && (r->form != ROW_NONE ? open_table(r, e) : open_names(r, set, e)) < 0) {
		results_free(r);
		return err_wrap(e, "--results");
	}
	*out = r;
	return 0;
}

void
results_free(struct results *r)
{
	if (r == NULL)
		return;
	if (r->fd > STDOUT_FILENO)
		close(r->fd);
	tmpl_free(r->name);
	buf_fini(&r->path);
	free(r);
}

bool
results_keeps_files(const struct results *r)
{
	return r != NULL && r->files;
}

bool
results_is_table(const struct results *r, int *fd)
{
	if (r == NULL || r->form == ROW_NONE)
		return false;
	*fd = r->fd;
	return true;
}

/* --- names --------------------------------------------------------------------------------------------------------- */

/* A value as one file name: a backslash doubled, NUL as "\\0", TAB as "\t", '/' as "\_", at most VALUE_MAX bytes. */
static void
tree_value(struct buf *out, const char *s, size_t n)
{
	size_t start = out->len;

	for (; n > 0; n--, s++)
		if (*s == '\0')
			buf_adds(out, "\\0");
		else if (*s == '\\')
			buf_adds(out, "\\\\");
		else if (*s == '\t')
			buf_adds(out, "\\t");
		else if (*s == '/')
			buf_adds(out, "\\_");
		else
			buf_addc(out, *s);
	if (out->len - start > VALUE_MAX)
		buf_splice(out, start + VALUE_MAX, out->len - start - VALUE_MAX, "", 0);
}

/* --pipe: the one empty value stands for none. */
static bool
results_has_no_values(const struct results *r, const struct args *a)
{
	return r->o->pipe && a->n == 1 && a->v[0].len == 0;
}

/* What Perl takes text for where a number is wanted: 0 where it begins with none. */
static double
name_number(const char *s)
{
	size_t n = strspn(s, "+-");

	return isdigit((unsigned char)s[n]) || s[n] == '.' ? strtod(s, NULL) : 0;
}

/* Whether value place a of an input stands before b in the path: by their names as numbers, then as texts. */
static bool
name_before(const struct results *r, size_t a, size_t b)
{
	double x = a < r->nheader ? name_number(r->header[a]) : (double)(a + 1);
	double y = b < r->nheader ? name_number(r->header[b]) : (double)(b + 1);

	if (x != y || a >= r->nheader || b >= r->nheader)
		return x < y;
	return strcmp(r->header[a], r->header[b]) < 0;
}

/* NAME/VALUE/ of value i, the one at place of its input. */
static void
tree_step(const struct results *r, const struct args *a, size_t i, size_t place, struct buf *out)
{
	if (place < r->nheader)
		buf_adds(out, r->header[place]);
	else
		buf_addf(out, "%zu", place + 1);
	buf_addc(out, '/');
	tree_value(out, args_at(a, i), a->v[i].len);
	if (a->v[i].len > 0)
		buf_addc(out, '/');
}

/* The steps of the n values of one input, which are a's from first on. */
static void
tree_input(const struct results *r, const struct args *a, size_t first, size_t n, struct buf *out)
{
	AUTO_FREE size_t *order = xcalloc(n, sizeof *order);
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = i; k > 0 && name_before(r, i, order[k - 1]); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	for (i = 0; i < n; i++)
		tree_step(r, a, first + order[i], order[i], out);
}

/* DIR/1/VALUE/2/VALUE/: the number, or the name, is the value's place among those of its input. */
static void
tree_path(const struct results *r, const struct args *a, struct buf *out)
{
	size_t i, first = 0;

	buf_adds(out, r->o->results);
	if (!ends_in(r->o->results, "/"))
		buf_addc(out, '/');
	for (i = 0; i < a->n && !results_has_no_values(r, a); i++) {
		if (!a->v[i].last && i + 1 < a->n)
			continue;
		tree_input(r, a, first, i + 1 - first, out);
		first = i + 1;
	}
}

/* Fills r->path with what the three names begin with; *folder: it is a folder, ending in '/'. */
static int
results_path(struct results *r, const struct tmpl_job *v, bool *folder, struct err *e)
{
	buf_reset(&r->path);
	if (r->name == NULL)
		tree_path(r, v->args, &r->path);
	else if (tmpl_expand(r->name, v, &r->path, e) != TMPL_OK)
		return -1;
	*folder = ends_in(buf_str(&r->path), "/");
	return 0;
}

/* The path with one of the three endings, on top of r->path's first base bytes. */
static const char *
results_name(struct results *r, size_t base, const char *end)
{
	buf_splice(&r->path, base, r->path.len - base, end, strlen(end));
	return buf_str(&r->path);
}

/* --- files --------------------------------------------------------------------------------------------------------- */

static int
make_file(const char *name, const char *text, size_t n, struct err *e)
{
	AUTO_FD fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
	int error = fd < 0 ? -errno : io_write_full(fd, text, n);

	if (error < 0)
		return err_sys(e, -error, "--results: %s", name);
	return take_fd(&fd);
}

static int
make_folder(struct results *r, size_t base, struct err *e)
{
	AUTO_FREE char *dir = xstrndup(buf_str(&r->path), base);
	char *slash = strrchr(dir, '/');
	int error;

	if (slash == NULL || slash == dir)
		return 0;
	*slash = '\0';
	error = file_mkdirs(AT_FDCWD, dir, 0777);
	return error < 0 ? err_sys(e, -error, "--results: %s", dir) : 0;
}

/* --files without --results: a file of our own in the folder for temporary ones, which stays. Named as the reference does. */
static int
make_kept(const char *dir, struct buf *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t start = name->len;
	int fd, i, k;

	for (i = 0; i < KEPT_TRIES; i++) {
		buf_splice(name, start, name->len - start, "", 0);
		buf_addf(name, "%s/par", dir);
		for (k = 0; k < 5; k++)
			buf_addc(name, letters[io_random() % (sizeof letters - 1)]);
		buf_adds(name, ".par");
		fd = open(buf_str(name) + start, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

static int
open_kept(struct results *r, const char *text, size_t n, bool dry, struct capture *c, struct buf *name, struct err *e)
{
	const char *dir = r->o->tmpdir != NULL ? r->o->tmpdir : getenv("TMPDIR");
	AUTO_FD out = make_kept(dir != NULL && dir[0] != '\0' ? dir : "/tmp", name);
	AUTO_FD err = out < 0 ? -1 : file_temp(r->o->tmpdir);
	int error = out < 0 ? out : err < 0 ? err : io_write_full(out, text, n);

	if (out >= 0 && (error < 0 || dry))
		unlink(buf_str(name)); /* of a dry run the name is all that is shown */
	if (error < 0)
		return err_sys(e, -error, "--files: %s", buf_str(name));
	capture_use(c, take_fd(&out), take_fd(&err));
	return 0;
}

static int
make_seq(struct results *r, size_t base, bool folder, uint64_t seq, struct err *e)
{
	char number[NUM_DIGITS];
	AUTO_FD fd = make_file(results_name(r, base, folder ? "seq" : ".seq"), number, num_put(seq, number), e);

	return fd < 0 ? -1 : 0;
}

int
results_open(struct results *r, const struct tmpl_job *v, const char *text, size_t n, bool dry, struct capture *c,
    struct buf *name, bool *folder, struct err *e)
{
	AUTO_FD out = -1;
	AUTO_FD err = -1;
	size_t base;

	if (r->o->results == NULL || r->form != ROW_NONE)
		return open_kept(r, text, n, dry, c, name, e);
	if (results_path(r, v, folder, e) < 0 || make_folder(r, base = r->path.len, e) < 0)
		return -1;
	unlink(results_name(r, base, *folder ? "seq" : ".seq"));
	if ((err = make_file(results_name(r, base, *folder ? "stderr" : ".err"), "", 0, e)) < 0)
		return -1;
	results_name(r, base, *folder ? "stdout" : "");
	if (!dry && (out = make_file(buf_str(&r->path), text, n, e)) < 0)
		return -1;
	buf_adds(name, buf_str(&r->path));
	capture_use(c, take_fd(&out), take_fd(&err));
	return 0;
}

int
results_leave(struct results *r, const struct tmpl_job *v, const char *text, size_t n, bool dry, struct err *e)
{
	const char *const ends[2][2] = { { ".err", "" }, { "stderr", "stdout" } };
	bool folder;
	size_t base;
	int i;

	if (r->o->results == NULL || r->form != ROW_NONE)
		return 0;
	if (results_path(r, v, &folder, e) < 0 || make_folder(r, base = r->path.len, e) < 0 ||
	    make_seq(r, base, folder, v->seq, e) < 0)
		return -1;
	for (i = 0; i < 2 - dry; i++) {
		AUTO_FD fd = -1;

		if (access(results_name(r, base, ends[folder][i]), F_OK) == 0)
			continue;
		if ((fd = make_file(buf_str(&r->path), text, i == 1 ? n : 0, e)) < 0)
			return -1;
	}
	return 0;
}

int
results_done(const struct results *r, uint64_t seq, const struct buf *name, bool folder, struct err *e)
{
	AUTO_BUF path = { 0 };
	AUTO_FD fd = -1;
	char number[NUM_DIGITS];

	if (r == NULL || r->o->results == NULL || r->form != ROW_NONE || name->len == 0)
		return 0;
	buf_add(&path, name->data, name->len - 1);
	if (folder)
		buf_splice(&path, path.len - strlen("stdout"), strlen("stdout"), "", 0);
	buf_adds(&path, folder ? "seq" : ".seq");
	if (access(buf_str(&path), F_OK) == 0)
		return 0; /* results_leave, later than this job began: the last one counts */
	fd = make_file(buf_str(&path), number, num_put(seq, number), e);
	return fd < 0 ? -1 : 0;
}

void
results_drop(const struct results *r, struct buf *name)
{
	if (r == NULL || name->len == 0 || (r->o->results != NULL && r->form == ROW_NONE))
		return;
	name->data[--name->len] = '\0';
	unlink(name->data);
	buf_reset(name);
}

bool
results_are_there(struct results *r, const struct tmpl_job *v)
{
	bool folder;

	if (r == NULL || r->form != ROW_NONE || r->o->results == NULL || results_path(r, v, &folder, NULL) < 0)
		return false;
	return access(results_name(r, r->path.len, folder ? "seq" : ".seq"), F_OK) == 0;
}

/* --- tables -------------------------------------------------------------------------------------------------------- */

void
results_row(struct results *r, const struct job *j, const struct buf text[2], struct buf *out)
{
	if (text == NULL)
		row_header(r->form, r->header, r->nheader, results_has_no_values(r, &j->args) ? 0 : j->args.n, out);
	else
		row_add(r->form, j, results_has_no_values(r, &j->args) ? 0 : j->args.n, text, out);
}
