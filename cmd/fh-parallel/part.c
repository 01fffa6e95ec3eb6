/* Decides where files are cut. Must never read what lies between.
 * Each cut is the first border at block's size behind the last cut, or later (the reference). */
#include "part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"

#define PART_LOOK 65536 /* bytes read at once to find a border */
#define PART_FAR 131072
#define PART_TAIL 4096 /* and at first to find the last one */

struct part_file {
	int fd;
	const char *name;
	uint64_t size;
};

struct part {
	struct part_conf c;
	struct part_file *file;
	size_t n, next;      /* files; the next one to be begun */
	uint64_t at;         /* in file[next - 1] */
	struct block *header; /* of that file */
	struct buf look;
	bool stream;         /* file[0] is one, and not ours */
	int64_t was;         /* c.size as last told of */
};

static int
part_open(struct part_file *f, const char *name, struct err *e)
{
	struct stat st;

	f->name = name;
	f->fd = io_open_regular(AT_FDCWD, name);
	if (f->fd < 0)
		return err_sys(e, -f->fd, "%s", name);
	if (fstat(f->fd, &st) < 0)
		return err_sys(e, errno, "%s", name);
	f->size = (uint64_t)st.st_size;
	return 0;
}

/* Blocks per slot -> bytes. */
static void
part_decide_size(struct part *p)
{
	int64_t per_slot = p->c.size == 0 ? 10 : -p->c.size;
	uint64_t all = 0, blocks = (uint64_t)per_slot * p->c.slots;
	size_t i;

	if (p->c.size > 0 && !p->c.even)
		return;
	for (i = 0; i < p->n; i++)
		all += p->file[i].size;
	p->c.size = (int64_t)(p->c.even ? all / p->c.slots + 1 : (all + blocks - 1) / blocks);
	if (p->c.size == 0)
		p->c.size = 1;
}

int
part_new(const struct part_conf *c, const char *const *files, size_t n, struct part **out, struct err *e)
{
	struct part *p = xcalloc(1, sizeof *p);

	p->c = *c;
	p->file = xcalloc(n + 1, sizeof *p->file);
	for (; p->n < n; p->n++)
		if (part_open(&p->file[p->n], files[p->n], e) < 0) {
			part_free(p);
			return -1;
		}
	part_decide_size(p);
	*out = p;
	return 0;
}

void
part_free(struct part *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->n && !p->stream; i++)
		close(p->file[i].fd);
	block_unref(p->header);
	buf_fini(&p->look);
	free(p->file);
	free(p);
}

struct view
part_header(const struct part *p)
{
	if (p->header == NULL)
		return (struct view){ "", 0 };
	return (struct view){ buf_str(&p->header->data), p->header->data.len };
}

/* Reads n more bytes of the file that stand at at behind what look holds. Returns 0 or -1; *end: there were fewer. */
static int
part_look(struct part *p, uint64_t at, bool *end, struct err *e)
{
	const struct part_file *f = &p->file[p->next - 1];
	ssize_t n;

	do
		n = pread(f->fd, buf_room(&p->look, PART_LOOK), PART_LOOK, (off_t)(at + p->look.len));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, errno, "%s", f->name);
	*end = n == 0;
	buf_grown(&p->look, (size_t)n);
	return 0;
}

/* The header of the file just begun. */
static int
part_find_header(struct part *p, struct err *e)
{
	struct block_conf bc = { .border = p->c.border, .size = PART_LOOK, .header = p->c.header };
	struct blocks *b = NULL;
	struct block *k = NULL;
	bool end = false;
	enum next r = NEXT_WAIT;
	size_t room;
	char *to;
	uint64_t at = 0;

	if (blocks_new(&bc, &b, e) < 0)
		return -1;
	while (r == NEXT_WAIT && (to = blocks_room(b, &room)) != NULL && blocks_header(b).len == 0) {
		buf_reset(&p->look);
		if (part_look(p, at, &end, e) < 0) {
			blocks_free(b);
			return -1;
		}
		room = room < p->look.len ? room : p->look.len;
		memcpy(to, buf_str(&p->look), room);
		blocks_grown(b, room);
		at += room;
		if (end)
			blocks_end(b);
		r = blocks_next(b, &k, e);
	}
	block_unref(k);
	buf_add(&p->header->data, blocks_header(b).s, blocks_header(b).len);
	blocks_free(b);
	p->at = p->header->data.len;
	return r == NEXT_FAIL ? -1 : 0;
}

static int
part_begin(struct part *p, struct err *e)
{
	p->next++;
	p->at = 0;
	block_unref(p->header);
	p->header = block_new();
	if (p->c.header == NULL)
		return 0;
	if (part_find_header(p, e) < 0)
		return -1;
	return p->c.named == NULL || part_header(p).len == 0 ? 0 : p->c.named(p->c.self, part_header(p), e);
}

/* Where an expression is asked for a border at from or later: the last one in PART_FAR bytes (the reference), or in more, if there
 * is none. */
static int
part_border_far(struct part *p, uint64_t from, uint64_t *out, struct err *e)
{
	uint64_t size = p->file[p->next - 1].size;
	bool end = from >= size;
	size_t at = BORDER_NONE, want = 0;

	buf_reset(&p->look);
	while (!end && at == BORDER_NONE) {
		for (want += PART_FAR; !end && p->look.len < want;)
			if (part_look(p, from, &end, e) < 0)
				return -1;
		at = border_last(p->c.border, buf_str(&p->look), p->look.len < want ? p->look.len : want);
	}
	*out = at == BORDER_NONE ? size : from + at;
	return 0;
}

/* The first border at from or later; the end of the file where there is none. */
static int
part_border(struct part *p, uint64_t from, uint64_t *out, struct err *e)
{
	uint64_t size = p->file[p->next - 1].size;
	bool end = from >= size;
	size_t at = BORDER_NONE;

	if (p->c.far)
		return part_border_far(p, from, out, e);
	buf_reset(&p->look);
	while (!end && at == BORDER_NONE) {
		if (part_look(p, from, &end, e) < 0)
			return -1;
		at = border_first(p->c.border, buf_str(&p->look), p->look.len, 0);
	}
	*out = at == BORDER_NONE ? size : from + at;
	return 0;
}

/* Moves a border on until what follows is of another group. */
static int
part_group(struct part *p, uint64_t *at, struct err *e)
{
	uint64_t size = p->file[p->next - 1].size, from = *at, next;
	AUTO_BUF before = { 0 };
	int same = 1;

	while (same > 0 && *at < size) {
		if (part_border(p, *at, &next, e) < 0)
			return -1;
		if (*at != from)
			same = p->c.same(p->c.self, (struct view){ buf_str(&before), before.len },
			    (struct view){ buf_str(&p->look), (size_t)(next - *at) }, e);
		if (same <= 0)
			break;
		buf_reset(&before);
		buf_add(&before, buf_str(&p->look), (size_t)(next - *at));
		*at = next;
	}
	return same < 0 ? -1 : 0;
}

static struct block *
part_block(struct part *p, uint64_t to)
{
	struct block *k = block_new();

	if (!p->c.drop_header)
		buf_add(&k->data, buf_str(&p->header->data), p->header->data.len);
	k->fd = p->file[p->next - 1].fd;
	k->at = p->at;
	k->len = to - p->at;
	p->at = to;
	return k;
}

/* --- a file in place of a stream ----------------------------------------------------------------------------------- */

void
part_new_stream(const struct part_conf *c, int fd, const char *name, struct part **out)
{
	struct part *p = xcalloc(1, sizeof *p);

	p->c = *c;
	p->was = c->size;
	p->file = xcalloc(1, sizeof *p->file);
	p->file[0] = (struct part_file){ .fd = fd, .name = name };
	p->n = p->next = 1;
	p->stream = true;
	p->header = block_new();
	p->at = (uint64_t)lseek(fd, 0, SEEK_CUR);
	*out = p;
}

bool
part_has_grown(struct part *p, size_t *was, size_t *is)
{
	*was = (size_t)p->was;
	*is = (size_t)p->c.size;
	if (!p->stream || p->was == p->c.size)
		return false;
	p->was = p->c.size;
	return true;
}

/* Reads the file's bytes from from to to. */
static int
part_read(struct part *p, uint64_t from, uint64_t to, struct err *e)
{
	size_t want = (size_t)(to - from);
	ssize_t n = 1;

	buf_reset(&p->look);
	while (p->look.len < want && n > 0) {
		n = pread(p->file[0].fd, buf_room(&p->look, want), want - p->look.len, (off_t)(from + p->look.len));
		if (n < 0 && errno != EINTR)
			return err_sys(e, errno, "%s", p->file[0].name);
		buf_grown(&p->look, n < 0 ? 0 : (size_t)n);
	}
	return 0;
}

/* The last border before to; BORDER_NONE where there is none behind p->at. */
static int
part_last(struct part *p, uint64_t to, uint64_t *out, struct err *e)
{
	uint64_t window = PART_TAIL, from = to;
	size_t at = BORDER_NONE;

	while (at == BORDER_NONE && from > p->at) {
		from = to - p->at > window ? to - window : p->at;
		if (part_read(p, from, to, e) < 0)
			return -1;
		at = border_last(p->c.border, buf_str(&p->look), p->look.len);
		window *= 8;
	}
	*out = at == BORDER_NONE ? BORDER_NONE : from + at;
	return 0;
}

static enum next
part_next_stream(struct part *p, struct block **out, struct err *e)
{
	uint64_t to = BORDER_NONE;
	struct stat st;

	if (fstat(p->file[0].fd, &st) < 0) {
		err_sys(e, errno, "%s", p->file[0].name);
		return NEXT_FAIL;
	}
	if ((uint64_t)st.st_size <= p->at)
		return NEXT_END;
	while (to == BORDER_NONE && (uint64_t)st.st_size - p->at >= (uint64_t)p->c.size) {
		if (part_last(p, p->at + (uint64_t)p->c.size, &to, e) < 0)
			return NEXT_FAIL;
		if (to == BORDER_NONE)
			p->c.size = (int64_t)block_grown((size_t)p->c.size);
	}
	*out = part_block(p, to == BORDER_NONE ? (uint64_t)st.st_size : to);
	lseek(p->file[0].fd, (off_t)p->at, SEEK_SET);
	return NEXT_GOT;
}

enum next
part_next(struct part *p, struct block **out, struct err *e)
{
	uint64_t to, size;

	if (p->stream)
		return part_next_stream(p, out, e);
	while (p->next == 0 || p->at >= p->file[p->next - 1].size) {
		if (p->next == p->n)
			return NEXT_END;
		if (part_begin(p, e) < 0)
			return NEXT_FAIL;
	}
	to = size = p->file[p->next - 1].size;
	if (!p->c.whole && size - p->at > (uint64_t)p->c.size && part_border(p, p->at + (uint64_t)p->c.size, &to, e) < 0)
		return NEXT_FAIL;
	if (p->c.same != NULL && to < size && part_group(p, &to, e) < 0)
		return NEXT_FAIL;
	*out = part_block(p, to);
	return NEXT_GOT;
}
