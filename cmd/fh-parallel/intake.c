/* Decides how the options become borders and blocks, and reads the stream. Must never know jobs.
 * Invariant: a read is made only where poll says that it does not wait; the stream's flags are never touched, others may share
 * it. */
#include "intake.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "part.h"
#include "record.h"

#define INTAKE_AT_ONCE 65536 /* bytes of INTAKE_LINES and INTAKE_BYTES, at most */
#define INTAKE_FILE (1 << 20)    /* a stream of so many bytes that is a file is cut as one */

struct intake {
	struct border *border;
	struct border *separator; /* what --rrs takes out: border, but that -L alone does not change it */
	struct blocks *blocks; /* or */
	struct part *part;
	struct key *key;
	int fd;
	bool eager;            /* what is there is given out at once */
	bool ended;
	int error;             /* of reading; told after what came before it */
};

/* --- options -> borders ------------------------------------------------------------------------------------------- */
static int
intake_text(const char *option, const char *text, bool regexp, char *bytes, struct view *out, struct err *e)
{
	int n;

	*out = (struct view){ text, strlen(text) };
	if (regexp)
		return 0;
	if ((n = record_delim(text, bytes, e)) < 0)
		return err_wrap(e, "%s", option);
	*out = (struct view){ bytes, (size_t)n };
	return 0;
}

static int
intake_border_of(const struct opts *o, enum intake_kind kind, bool counted, struct border **out, struct err *e)
{
	bool alone = counted && o->max_args < 0 && o->max_replace_args < 0; /* -L, and no -N */
	const char *start = o->recstart != NULL && !alone ? o->recstart : "";
	const char *end = o->recend != NULL && !alone ? o->recend : o->recstart != NULL && !counted ? "" : "\n";
	char a[RECORD_DELIM_MAX], b[RECORD_DELIM_MAX];
	bool regexp = o->regexp;
	uint64_t lines = counted ? (uint64_t)o->max_lines : 1;
	struct view s, n;

	if (kind != INTAKE_BYTES && o->csv && !o->pipe_part) {
		*out = border_new_csv();
		return 0;
	}
	if (kind == INTAKE_BYTES)
		return border_new((struct view){ "", 0 }, (struct view){ "", 0 }, false, 1, out, e);
	if (kind == INTAKE_LINES)
		return border_new((struct view){ "", 0 }, (struct view){ "\n", 1 }, false, 1, out, e);
	if (intake_text("--recstart", start, regexp, a, &s, e) < 0 || intake_text("--recend", end, regexp, b, &n, e) < 0)
		return -1;
	return border_new(s, n, regexp, lines, out, e) < 0 ? err_wrap(e, "--regexp") : 0;
}

/* --- making ------------------------------------------------------------------------------------------------------- */
/* What goes to jobs that run all the time has a first line like others, unless that names the column of the key. */
static const char *
intake_header_of(const struct intake *in, const struct opts *o)
{
	return in->eager && !key_is_name(in->key) ? NULL : o->header;
}

/* --bin and --shard do not cut files: the reference takes them where each block has a slot of its own, and so do we. */
static int
intake_count_parts(const struct part_conf *c, const char *const *files, size_t n, const char *option, struct err *e)
{
	struct block *k;
	struct part *p;
	uint64_t parts = 0;
	enum next got;

	if (part_new(c, files, n, &p, e) < 0)
		return -1;
	while ((got = part_next(p, &k, e)) == NEXT_GOT) {
		block_unref(k);
		parts++;
	}
	part_free(p);
	if (got == NEXT_END && parts > c->slots)
		return err_set(e, 0, "%s: %" PRIu64 " blocks must have a slot each, and -j allows %" PRIu64, option, parts, c->slots);
	return got == NEXT_FAIL ? -1 : 0;
}

static int
intake_open_part(struct intake *in, const struct opts *o, uint64_t slots, bool header, struct err *e)
{
	bool group = in->key != NULL && o->group_by != NULL;
	bool skip = o->skip_first_line && o->header == NULL && !in->eager; /* a header that nobody gets */
	struct part_conf c = { .border = in->border, .far = o->regexp && o->group_by == NULL, .size = o->block, .slots = slots, .whole = o->tee,
		.header = skip ? ":" : intake_header_of(in, o), .drop_header = !header || skip, .same = group ? key_same : NULL,
		.named = in->key != NULL ? key_header : NULL, .self = in->key, .even = o->round_robin };
	const char **files = NULL;
	size_t n = 0, cap = 0, i, j;
	int r;

	for (i = 0; i < o->ninputs; i++)
		for (j = 0; o->inputs[i].file && j < o->inputs[i].n; j++) {
			if (n == cap)
				files = xgrow(files, n, &cap, sizeof *files);
			files[n++] = o->inputs[i].words[j];
		}
	r = o->bin == NULL && o->shard == NULL ? 0 : intake_count_parts(&c, files, n, o->bin != NULL ? "--bin" : "--shard", e);
	if (r == 0)
		r = part_new(&c, files, n, &in->part, e);
	free(files);
	return r;
}

/* Whether what is read is a file, and cut so simply that it need not be read at all but around the cuts. */
static bool
intake_is_file(const struct intake *in, const struct opts *o)
{
	bool plain = !in->eager && !o->csv && !o->regexp && !o->rrs && !o->no_run_if_empty && o->header == NULL && !o->skip_first_line && o->group_by == NULL &&
	    o->max_lines <= 0 && o->max_replace_args <= 0 && o->max_args <= 0;
	struct stat st;
	off_t at;

	if (!plain || fstat(in->fd, &st) < 0 || !S_ISREG(st.st_mode) || (at = lseek(in->fd, 0, SEEK_CUR)) < 0)
		return false;
	return st.st_size - at >= INTAKE_FILE; /* less is not worth it, and might be a file of /sys that lies about its size */
}

static int
intake_open_stream(struct intake *in, const struct opts *o, bool header, struct err *e)
{
	bool group = in->key != NULL && o->group_by != NULL;
	int64_t records = o->max_replace_args >= 0 ? o->max_replace_args : o->max_args;
	struct block_conf c = { .border = in->border, .size = o->block > 0 ? (size_t)o->block : 1 << 20,
		.records = records > 0 ? (uint64_t)records : 0, .counted = o->max_lines > 0, .header = intake_header_of(in, o),
		.drop_header = !header, .skip_line = o->skip_first_line && !in->eager, .strip = o->rrs ? in->separator : NULL, .no_blank = o->no_run_if_empty,
		.same = group ? key_same : NULL,
		.named = in->key != NULL ? key_header : NULL, .self = in->key };

	if (o->csv && c.records > 0) { /* -N does not count these: all that are whole, as with -L (the reference) */
		c.records = 0;
		c.counted = true;
	}
	if (intake_is_file(in, o)) {
		part_new_stream(&(struct part_conf){ .border = in->border, .size = (int64_t)c.size, .drop_header = true }, in->fd,
		    "standard input", &in->part);
		return 0;
	}
	if (in->eager) {
		c.size = INTAKE_AT_ONCE;
		c.records = 0;
		c.counted = c.no_blank = false;
		c.strip = NULL;
	}
	return blocks_new(&c, &in->blocks, e);
}

int
intake_new(const struct opts *o, enum intake_kind kind, int fd, uint64_t slots, bool header, struct key *key,
    struct intake **out, struct err *e)
{
	struct intake *in = xcalloc(1, sizeof *in);
	int r = intake_border_of(o, kind, o->max_lines > 0, &in->border, e);

	if (r == 0 && o->rrs)
		r = intake_border_of(o, kind, false, &in->separator, e);
	in->fd = fd;
	in->key = key;
	in->eager = kind != INTAKE_BLOCKS;
	if (r == 0)
		r = o->pipe_part ? intake_open_part(in, o, slots, header, e) : intake_open_stream(in, o, header, e);
	if (r < 0) {
		intake_free(in);
		return -1;
	}
	*out = in;
	return 0;
}

void
intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	blocks_free(in->blocks);
	part_free(in->part);
	border_free(in->border);
	border_free(in->separator);
	free(in);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* One read. False: nothing is there for now. */
static bool
intake_read(struct intake *in, char *to, size_t room)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 0) <= 0)
		return false;
	n = read(in->fd, to, room);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n > 0) {
		blocks_grown(in->blocks, (size_t)n);
		return true;
	}
	in->error = n < 0 && errno != EBADF ? errno : 0; /* a closed stdin is an empty one */
	in->ended = true;
	blocks_end(in->blocks);
	return true;
}

bool
intake_ahead(struct intake *in)
{
	size_t room;
	char *to;

	while (in->blocks != NULL && (to = blocks_room(in->blocks, &room)) != NULL)
		if (!intake_read(in, to, room))
			return true;
	return false;
}

static enum next
intake_next_stream(struct intake *in, struct block **out, struct err *e)
{
	enum next r;

	for (;;) {
		r = blocks_next(in->blocks, out, e);
		if (r != NEXT_WAIT || !intake_ahead(in))
			break;
		if (!in->eager)
			return NEXT_WAIT;
		blocks_hurry(in->blocks);
		r = blocks_next(in->blocks, out, e);
		break;
	}
	if (r == NEXT_END && in->error != 0) {
		err_sys(e, in->error, "standard input");
		return NEXT_FAIL;
	}
	return r;
}

enum next
intake_next(struct intake *in, struct block **out, struct err *e)
{
	if (in->blocks != NULL)
		return intake_next_stream(in, out, e);
	return part_next(in->part, out, e);
}

int
intake_fd(const struct intake *in)
{
	return in->fd;
}

void
intake_hurry(struct intake *in)
{
	if (in->blocks != NULL)
		blocks_hurry(in->blocks);
}

struct view
intake_header(const struct intake *in)
{
	return in->blocks != NULL ? blocks_header(in->blocks) : part_header(in->part);
}

const struct border *
intake_border(const struct intake *in)
{
	return in->border;
}

bool
intake_has_grown(struct intake *in, size_t *was, size_t *is)
{
	return in->blocks != NULL ? blocks_has_grown(in->blocks, was, is) : part_has_grown(in->part, was, is);
}
