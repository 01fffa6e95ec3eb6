/* Decides how files travel. Must never know jobs.
 * Invariant: a name reaches tar and rm behind "--" or with a folder before it, so that it is no option. */
#include "ferry.h"

#include <string.h>

#include "far.h"
#include "shq.h"

/* Files come as they would come new: with our umask, our user, now. */
#define UNTAR_HERE "-xmof - --no-same-permissions"
#define UNTAR "tar " UNTAR_HERE

static const char far_put[] = "mkdir -p -- \"$1\" && cd -- \"$1\" && exec " UNTAR;
static const char far_get[] = "cd -- \"$1\" && exec tar -cf - -- \"$2\"";
static const char far_remove[] =
    "w=$1; shift\n"
    "for f; do\n"
    "case $f in /*) ;; *) f=$w/$f ;; esac\n"
    "rm -f -- \"$f\" 2>/dev/null\n"
    "while d=${f%/*}; [ \"$d\" != \"$f\" ] && [ -n \"$d\" ] && [ \"$d\" != . ]; do\n"
    "rmdir -- \"$d\" 2>/dev/null || break\n"
    "f=$d\n"
    "done\n"
    "done";
static const char far_remove_wd[] = "rm -rf -- \"$1\"";

/* A name taken apart: the folder here, and the name in it, which is also the name over there. */
struct ferry_name {
	const char *here; /* nhere bytes */
	size_t nhere;
	const char *there;
	bool absolute;
};

static struct ferry_name
ferry_split(const char *file)
{
	const char *dot = strstr(file, "/./");
	struct ferry_name n = { ".", 1, file, false };

	if (dot != NULL) {
		n.here = dot == file ? "/" : file;
		n.nhere = dot == file ? 1 : (size_t)(dot - file);
		for (n.there = dot + 3; *n.there == '/'; n.there++)
			;
	} else if (*file == '/') {
		n.here = "/";
		for (n.absolute = true; *n.there == '/'; n.there++)
			;
	}
	return n;
}

static void
ferry_here(const struct ferry_name *n, struct buf *out)
{
	AUTO_BUF dir = { 0 };

	if (*n->here != '/')
		buf_adds(&dir, "./");
	buf_add(&dir, n->here, n->nhere);
	shq_adds(out, buf_str(&dir));
}

void
ferry_name_here(const char *file, struct buf *out)
{
	struct ferry_name n = ferry_split(file);

	buf_add(out, n.here, n.nhere);
	buf_addc(out, '/');
	buf_adds(out, n.there);
}

/* The remote command as one quoted word of the local script. */
static void
ferry_far(const struct ferry *f, const struct buf *words, const char *script, struct buf *out)
{
	AUTO_BUF text = { 0 };

	far_end(words, script, &text);
	buf_adds(out, f->ssh);
	buf_addc(out, ' ');
	shq_adds(out, buf_str(&text));
}

void
ferry_put(const struct ferry *f, const char *file, struct buf *out)
{
	struct ferry_name n = ferry_split(file);
	AUTO_BUF words = { 0 };

	far_begin(&words);
	far_word(&words, n.absolute ? "/" : f->wd);
	buf_adds(out, "tar -C ");
	ferry_here(&n, out);
	buf_adds(out, " -cf - -- ");
	shq_adds(out, n.there);
	buf_adds(out, " | ");
	ferry_far(f, &words, far_put, out);
	buf_addc(out, '\n');
}

void
ferry_get(const struct ferry *f, const char *file, struct buf *out)
{
	struct ferry_name n = ferry_split(file);
	AUTO_BUF words = { 0 };

	far_begin(&words);
	far_word(&words, n.absolute ? "/" : f->wd);
	far_word(&words, n.there);
	buf_adds(out, "mkdir -p -- ");
	ferry_here(&n, out);
	buf_adds(out, "\n");
	ferry_far(f, &words, far_get, out);
	buf_adds(out, " </dev/null | tar -C ");
	ferry_here(&n, out);
	buf_adds(out, " " UNTAR_HERE "\n");
}

void
ferry_remove(const struct ferry *f, const char *const *files, size_t n, struct buf *out)
{
	AUTO_BUF words = { 0 };
	struct ferry_name one;
	size_t i;

	far_begin(&words);
	far_word(&words, *f->wd == '\0' ? "." : f->wd);
	for (i = 0; i < n; i++) {
		one = ferry_split(files[i]);
		far_word(&words, one.absolute ? files[i] : one.there);
	}
	ferry_far(f, &words, far_remove, out);
	buf_adds(out, " </dev/null\n");
}

void
ferry_remove_wd(const struct ferry *f, struct buf *out)
{
	AUTO_BUF words = { 0 };

	far_begin(&words);
	far_word(&words, f->wd);
	ferry_far(f, &words, far_remove_wd, out);
	buf_adds(out, " </dev/null\n");
}
