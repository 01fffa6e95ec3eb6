/* Decides where one record ends and the next begins, and when to read. Must never know what a record means.
 * Invariants: 1. bytes at..end of buf are read and not yet handed out (fill keeps them when it makes room). 2. nothing is
 * read while a whole record is in the buffer (record_next). 3. a descriptor that may block is read only after poll says
 * it is ready, unless block is set (fill). */
#include "record.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

#define BLOCK ((size_t)64 * 1024)

struct reader {
	const char *name;
	char *buf;
	size_t at, end, cap; /* bytes at..end are waiting */
	size_t scanned;      /* up to here no delimiter begins */
	size_t ndelim;
	char delim[RECORD_DELIM_MAX];
	int fd;
	bool own, block, regular, eof;
	bool nul;            /* a NUL was read */
};

struct reader *
reader_new(int fd, bool own, const char *name, const char *delim, size_t ndelim)
{
	struct reader *r = xcalloc(1, sizeof *r);
	struct stat st;

	r->name = name;
	r->fd = fd;
	r->own = own;
	r->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	r->ndelim = ndelim;
	memcpy(r->delim, delim, ndelim);
	return r;
}

/* Makes room for one block behind what is waiting. */
static void
reader_room(struct reader *r)
{
	size_t kept = r->end - r->at;

	if (r->at > 0 && kept > 0)
		memmove(r->buf, r->buf + r->at, kept);
	r->scanned -= r->at;
	r->at = 0;
	r->end = kept;
	if (r->cap - kept < BLOCK) {
		r->cap = r->cap * 2 > kept + BLOCK ? r->cap * 2 : kept + BLOCK;
		r->buf = xrealloc(r->buf, r->cap);
	}
}

static bool
reader_ready(const struct reader *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	if (r->regular)
		return true;
	while (poll(&p, 1, r->block ? -1 : 0) < 0)
		if (errno != EINTR)
			return true; /* read tells what is wrong */
	return p.revents != 0;
}

/* Reads one block more. NEXT_GOT: there is more; NEXT_END: no more will come. */
static enum next
reader_fill(struct reader *r, struct err *e)
{
	ssize_t n;

	if (r->end - r->at >= ARGS_MAX) {
		err_set(e, 0, "%s: a record is longer than %zu bytes", r->name, ARGS_MAX);
		return NEXT_FAIL;
	}
	if (!reader_ready(r))
		return NEXT_WAIT;
	reader_room(r);
	do
		n = read(r->fd, r->buf + r->end, r->cap - r->end);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return NEXT_WAIT;
	if (n < 0) {
		err_sys(e, errno, "%s: cannot read", r->name);
		return NEXT_FAIL;
	}
	r->eof = n == 0;
	r->nul = r->nul || memchr(r->buf + r->end, '\0', (size_t)n) != NULL;
	r->end += (size_t)n;
	return n == 0 ? NEXT_END : NEXT_GOT;
}

/* The first delimiter in what is waiting, or NULL. */
static const char *
reader_find(struct reader *r)
{
	const char *p;
	size_t left = r->end - r->scanned;

	if (r->ndelim == 1)
		p = memchr(r->buf + r->scanned, r->delim[0], left);
	else
		p = r->ndelim == 0 ? NULL : memmem(r->buf + r->scanned, left, r->delim, r->ndelim);
	if (p == NULL && left >= r->ndelim && r->ndelim > 0)
		r->scanned = r->end - r->ndelim + 1;
	return p;
}

enum next
record_next(struct reader *r, struct view *out, struct err *e)
{
	const char *p;
	enum next got;

	for (;;) {
		p = r->end > r->scanned ? reader_find(r) : NULL;
		if (p != NULL) {
			*out = (struct view){ r->buf + r->at, (size_t)(p - r->buf) - r->at };
			r->at = r->scanned = (size_t)(p - r->buf) + r->ndelim;
			return NEXT_GOT;
		}
		got = r->eof ? NEXT_END : reader_fill(r, e);
		if (got == NEXT_END && r->end > r->at) {
			*out = (struct view){ r->buf + r->at, r->end - r->at };
			r->at = r->scanned = r->end;
			return NEXT_GOT;
		}
		if (got != NEXT_GOT)
			return got;
	}
}

bool
record_run(const struct reader *r, struct view *out)
{
	const char *p = r->ndelim == 1 && r->end > r->scanned ? memrchr(r->buf + r->scanned, r->delim[0], r->end - r->scanned) : NULL;

	if (p != NULL)
		*out = (struct view){ r->buf + r->at, (size_t)(p + 1 - r->buf) - r->at };
	return p != NULL;
}

void
record_take(struct reader *r, size_t n)
{
	r->at += n;
	r->scanned = r->at;
}

bool
reader_had_nul(const struct reader *r)
{
	return r->nul;
}

int
reader_fd(const struct reader *r)
{
	return r->fd;
}

void
reader_block(struct reader *r, bool on)
{
	r->block = on;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->own)
		close(r->fd);
	free(r->buf);
	free(r);
}

/* --- words and delimiters ---------------------------------------------------------------------------------------- */
bool
record_word_next(const struct view *w, const char *delim, size_t ndelim, size_t *at, struct view *out)
{
	const char *s = w->s + *at, *p;
	size_t left = w->len - *at;

	p = ndelim == 0 || ndelim > left ? NULL : memmem(s, left, delim, ndelim);
	if (p == NULL) {
		*out = (struct view){ s, left };
		return false;
	}
	*out = (struct view){ s, (size_t)(p - s) };
	*at += (size_t)(p - s) + ndelim;
	return true;
}

int
record_escape(const char *s, size_t *n)
{
	int c = 0;

	*n = 1;
	switch (*s) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	default:
		for (*n = 0; *n < 3 && s[*n] >= '0' && s[*n] <= '7'; ++*n)
			c = c * 8 + s[*n] - '0';
		return *n == 0 ? -1 : c & 0xff;
	}
}

int
record_delim(const char *text, char *out, struct err *e)
{
	size_t n = 0, used;
	int c;

	while (*text != '\0') {
		if (n == RECORD_DELIM_MAX)
			return err_set(e, 0, "longer than %d bytes", RECORD_DELIM_MAX);
		c = *text++;
		if (c == '\\' && (c = record_escape(text, &used)) >= 0)
			text += used;
		else if (c < 0)
			c = text[-1];
		out[n++] = (char)c;
	}
	return (int)n;
}
