/* Decides what one job is given of a stream. Must never know descriptors or jobs.
 * Invariants: 1. in.data is: header, then (from in_at) what was not given out yet; what is pending never exceeds limit by more
 *                than what a header needed.
 *             2. every byte behind the header is given out once, in order (but for --rrs and -r).
 *             3. a block that takes all but the last record takes the buffer itself; only the rest is copied. */
#include "block.h"

#include <ctype.h>
#include <string.h>

#include "mem.h"
#include "num.h"
#include "rx.h"

#define BLOCK_ROOM ((size_t)4 << 20) /* a buffer begins with no more, whatever the size of a block */

struct blocks {
	struct block_conf c;
	struct buf in;
	size_t in_at;
	size_t limit;        /* pending bytes at which a block is cut; grows */
	size_t was;          /* limit as last told of */
	struct buf header;
	struct rx *header_rx;
	int64_t header_lines; /* > 0: so many */
	size_t header_look;   /* so many bytes must be there before the expression is tried (again) */
	bool header_known, told;
	bool cutting;        /* what is pending may hold more blocks */
	bool any;            /* it held one since it was filled */
	bool ended, hurried;
	struct bunches bunches; /* of what is pending */
};

struct block *
block_new(void)
{
	struct block *k = xcalloc(1, sizeof *k);

	k->refs = 1;
	k->fd = -1;
	return k;
}

struct block *
block_ref(struct block *k)
{
	k->refs++;
	return k;
}

void
block_unref(struct block *k)
{
	if (k == NULL || --k->refs > 0)
		return;
	buf_fini(&k->data);
	free(k);
}

uint64_t
block_size(const struct block *k)
{
	return k->data.len - k->from + k->len;
}

size_t
block_grown(size_t size)
{
	return size + (size * 3 + 9) / 10 + 1;
}

/* --- the header --------------------------------------------------------------------------------------------------- */
static int
blocks_open_header(struct blocks *b, struct err *e)
{
	const char *h = b->c.header;

	b->header_known = h == NULL || strcmp(h, "0") == 0;
	if (b->header_known)
		return 0;
	if (strcmp(h, ":") == 0)
		b->header_lines = 1;
	else if (num_int(h, 1, INT64_MAX, &b->header_lines, NULL) < 0) {
		AUTO_BUF re = { 0 };

		b->header_lines = 0;
		buf_addf(&re, "\\A(?:%s)", h);
		return rx_new(buf_str(&re), re.len, 0, &b->header_rx, e) < 0 ? err_wrap(e, "--header") : 0;
	}
	return 0;
}

/* The end of the header's lines in s; BORDER_NONE: not there. */
static size_t
header_end(const struct blocks *b, const char *s, size_t len)
{
	int64_t left;
	const char *p = s;

	for (left = b->header_lines; left > 0; left--) {
		p = memchr(p, '\n', len - (size_t)(p - s));
		if (p == NULL)
			return BORDER_NONE;
		p++;
	}
	return (size_t)(p - s);
}

/* Looks for --header's expression in each block's worth of bytes more, until it matches or there are no more: into *n, 0 where it is
 * not there. False: more is needed. */
static bool
header_match(struct blocks *b, size_t *n)
{
	struct rx_match m;

	*n = 0;
	if (b->in.len < b->header_look && !b->ended)
		return false;
	b->header_look = b->in.len + b->limit;
	if (b->in.len == 0 || !rx_find(b->header_rx, b->in.data, b->in.len, 0, &m))
		return b->ended;
	*n = m.end;
	return true;
}

/* Finds the header in what is there; it may need more. */
static void
blocks_find_header(struct blocks *b)
{
	size_t n = 0;

	if (b->header_rx == NULL) {
		n = header_end(b, buf_str(&b->in), b->in.len);
		if (n == BORDER_NONE && !b->ended)
			return;
		n = n == BORDER_NONE ? 0 : n;
	} else if (!header_match(b, &n))
		return;
	buf_add(&b->header, b->in.data, n);
	b->in_at = n;
	b->header_known = true;
}

static int
blocks_tell_header(struct blocks *b, struct err *e)
{
	b->told = true;
	return b->header.len > 0 && b->c.named != NULL ? b->c.named(b->c.self, blocks_header(b), e) : 0;
}

struct view
blocks_header(const struct blocks *b)
{
	return (struct view){ buf_str(&b->header), b->header.len };
}

/* --- in ----------------------------------------------------------------------------------------------------------- */
int
blocks_new(const struct block_conf *c, struct blocks **out, struct err *e)
{
	struct blocks *b = xcalloc(1, sizeof *b);

	b->c = *c;
	b->limit = b->was = b->header_look = c->size;
	b->bunches = (struct bunches){ .border = c->border, .same = c->same, .self = c->self, .want = c->records };
	bunches_reset(&b->bunches);
	if (blocks_open_header(b, e) < 0) {
		blocks_free(b);
		return -1;
	}
	*out = b;
	return 0;
}

void
blocks_free(struct blocks *b)
{
	if (b == NULL)
		return;
	rx_free(b->header_rx);
	buf_fini(&b->in);
	buf_fini(&b->header);
	free(b);
}

static size_t
blocks_pending(const struct blocks *b)
{
	return b->in.len - b->in_at;
}

char *
blocks_room(struct blocks *b, size_t *n)
{
	size_t pending = blocks_pending(b);

	if (b->cutting || b->ended)
		return NULL;
	*n = pending < b->limit ? b->limit - pending : b->header_known && b->c.same == NULL ? 0 : b->limit; /* a group may be longer */
	if (*n > BLOCK_ROOM && *n > pending)
		*n = pending > BLOCK_ROOM ? pending : BLOCK_ROOM;
	return *n == 0 ? NULL : buf_room(&b->in, *n);
}

/* Nothing but the first line was there so far, and none of it was kept. */
static void
blocks_skip(struct blocks *b)
{
	const char *lf = memchr(buf_str(&b->in), '\n', b->in.len);

	b->c.skip_line = lf == NULL;
	buf_splice(&b->in, 0, lf == NULL ? b->in.len : (size_t)(lf + 1 - b->in.data), "", 0);
}

void
blocks_grown(struct blocks *b, size_t n)
{
	buf_grown(&b->in, n);
	if (b->c.skip_line)
		blocks_skip(b);
	if (!b->header_known)
		blocks_find_header(b);
}

void
blocks_end(struct blocks *b)
{
	b->ended = true;
	if (!b->header_known)
		blocks_find_header(b);
}

void
blocks_hurry(struct blocks *b)
{
	b->hurried = true;
}

bool
blocks_has_grown(struct blocks *b, size_t *was, size_t *is)
{
	bool grown = b->limit != b->was && b->c.records == 0 && !b->c.counted;

	*was = b->was;
	*is = b->was = b->limit;
	return grown;
}

/* --- where to cut ------------------------------------------------------------------------------------------------- */

/* The end of the next block of whole bunches; BORDER_NONE: more is needed or, at the end, all of s is one. */
static int
cut_bunches(struct blocks *b, const char *s, size_t len, size_t *cut, struct err *e)
{
	bool full;

	do {
		if (bunches_scan(&b->bunches, s, len, b->ended, b->limit, e) < 0)
			return -1;
		full = bunches_fill(&b->bunches, b->limit);
		*cut = full || b->hurried ? b->bunches.cut : BORDER_NONE;
		if (!full || *cut != BORDER_NONE || (b->any && !b->ended))
			return 0;
		b->limit = block_grown(b->limit);
		bunches_reset(&b->bunches);
	} while (b->ended);
	return 0;
}

/* The end of the first -N records in s, or (-L alone) of as many whole ones as there are. What stands before the first start (an
 * expression's) is a block of its own. */
static size_t
cut_counted(const struct blocks *b, const char *s, size_t len)
{
	size_t at = 0, next;
	uint64_t n = b->c.records > 1 && !border_begins(b->c.border, s, len) ? b->c.records - 1 : 0;

	for (; b->c.records == 0 || n < b->c.records; n++) {
		next = border_after(b->c.border, s, len, at);
		if (next == BORDER_NONE)
			return b->c.records == 0 && at > 0 ? at : BORDER_NONE;
		at = next;
	}
	return at;
}

static int
blocks_cut(struct blocks *b, const char *s, size_t len, size_t *cut, struct err *e)
{
	*cut = BORDER_NONE;
	if (len == 0)
		return 0;
	if (b->c.same != NULL)
		return cut_bunches(b, s, len, cut, e);
	if (b->c.records > 0 || b->c.counted)
		*cut = cut_counted(b, s, len);
	else if (len >= b->limit || !b->ended)
		*cut = border_last(b->c.border, s, len);
	return 0;
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

/* Takes lines of nothing but white space out of text, behind skip. */
static void
drop_blank(struct buf *text, size_t skip)
{
	size_t from = skip, to = skip, next, i;
	const char *nl;

	for (; from < text->len; from = next) {
		nl = memchr(text->data + from, '\n', text->len - from);
		next = nl == NULL ? text->len : (size_t)(nl - text->data) + 1;
		for (i = from; i < next && isspace((unsigned char)text->data[i]); i++)
			;
		if (i == next)
			continue;
		memmove(text->data + to, text->data + from, next - from);
		to += next - from;
	}
	text->len = to;
}

/* The first n pending bytes, behind the header where blocks have one. */
static struct block *
blocks_take(struct blocks *b, size_t n)
{
	size_t rest = blocks_pending(b) - n, head = b->c.drop_header ? 0 : b->header.len;
	struct block *k = block_new();
	struct buf fresh = { 0 };

	if (rest > n || b->in_at != b->header.len) { /* little of much: copied */
		if (head > 0)
			buf_add(&k->data, b->header.data, head);
		buf_add(&k->data, b->in.data + b->in_at, n);
		b->in_at += n;
		return k;
	}
	buf_room(&fresh, b->header.len + rest + (b->limit < BLOCK_ROOM ? b->limit : BLOCK_ROOM));
	buf_add(&fresh, buf_str(&b->header), b->header.len);
	buf_add(&fresh, b->in.data + b->in_at + n, rest);
	b->in.len -= rest;
	k->data = b->in;
	k->from = b->header.len - head;
	b->in = fresh;
	b->in_at = b->header.len;
	return k;
}

/* Only what is pending is kept, so that there is room for more. */
static void
blocks_compact(struct blocks *b)
{
	size_t pending = blocks_pending(b);

	b->cutting = b->any = false;
	if (b->in_at == b->header.len)
		return;
	memmove(b->in.data + b->header.len, b->in.data + b->in_at, pending);
	b->in_at = b->header.len;
	b->in.len = b->in_at + pending;
}

static void
blocks_finish(const struct blocks *b, struct block *k)
{
	size_t skip = b->c.drop_header ? k->from : b->header.len;

	if (b->c.strip != NULL)
		border_strip(b->c.strip, &k->data, skip);
	if (b->c.no_blank)
		drop_blank(&k->data, skip);
	if (k->data.len == skip)
		k->data.len = k->from = 0;
}

/* There is no border in what is pending. */
static bool
blocks_need_more(struct blocks *b)
{
	if (b->ended)
		return false;
	if (!b->any && b->c.same == NULL && blocks_pending(b) >= b->limit)
		b->limit = block_grown(b->limit);
	b->hurried = false;
	blocks_compact(b);
	return true;
}

enum next
blocks_next(struct blocks *b, struct block **out, struct err *e)
{
	size_t cut;

	if (!b->header_known)
		return NEXT_WAIT;
	if (!b->told && blocks_tell_header(b, e) < 0)
		return NEXT_FAIL;
	if (!b->cutting && b->c.same == NULL && blocks_pending(b) < b->limit && !b->ended && !b->hurried)
		return NEXT_WAIT;
	b->cutting = true;
	if (blocks_cut(b, buf_str(&b->in) + b->in_at, blocks_pending(b), &cut, e) < 0)
		return NEXT_FAIL;
	if (cut == BORDER_NONE && blocks_need_more(b))
		return NEXT_WAIT;
	if (cut == BORDER_NONE && (cut = blocks_pending(b)) == 0)
		return NEXT_END;
	b->any = true;
	bunches_reset(&b->bunches);
	*out = blocks_take(b, cut);
	blocks_finish(b, *out);
	return NEXT_GOT;
}
