/* Any bytes, cut by any options: without --rrs and -r the blocks put together are the input; the pieces that it comes in
 * make no difference. The first bytes of the input are the options. */
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
take(struct blocks *b, struct buf *all, struct buf *cuts)
{
	struct block *k;
	enum next r;
	struct err e;

	while ((r = blocks_next(b, &k, &e)) == NEXT_GOT) {
		if (block_size(k) != k->data.len - k->from)
			abort();
		buf_add(all, k->data.data + k->from, k->data.len - k->from);
		buf_addf(cuts, "%zu ", all->len);
		block_unref(k);
	}
	if (r == NEXT_FAIL)
		abort();
}

/* The stream in pieces of that size. */
static void
walk(const struct block_conf *c, const uint8_t *data, size_t n, size_t piece, struct buf *all, struct buf *cuts)
{
	struct blocks *b;
	size_t at, room;
	struct err e;
	char *to;

	if (blocks_new(c, &b, &e) < 0)
		abort();
	for (at = 0; at < n; at += room) {
		take(b, all, cuts);
		if ((to = blocks_room(b, &room)) == NULL)
			abort();
		room = room < piece ? room : piece;
		room = room < n - at ? room : n - at;
		memcpy(to, data + at, room);
		blocks_grown(b, room);
	}
	take(b, all, cuts);
	blocks_end(b);
	take(b, all, cuts);
	blocks_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const ends[] = { "\n", "", "--", "[0-9]+", "\n\n+", ",", ">", "x?" };
	static const char *const starts[] = { "", "", ">", "[a-z]" };
	struct block_conf c = { 0 };
	struct border *border;
	const char *start, *end;
	struct err e;
	bool loses, strip;

	if (n < 4)
		return 0;
	start = starts[data[0] >> 3 & 3];
	end = ends[data[0] & 7];
	c.records = data[1] & 7;
	c.size = 1 + (data[2] & 63);
	strip = data[3] & 1;
	c.no_blank = data[3] & 2;
	c.counted = data[3] & 4;
	c.header = data[3] & 8 ? ":" : data[3] & 16 ? "(%.*\n)*" : NULL;
	c.drop_header = data[3] & 32;
	loses = strip || c.no_blank || c.header != NULL;
	if (border_new((struct view){ start, strlen(start) }, (struct view){ end, strlen(end) }, data[0] & 32, 1 + (data[1] >> 6),
	    &border, &e) < 0)
		abort();
	c.border = border;
	c.strip = strip ? border : NULL;
	{
		AUTO_BUF all = { 0 }, whole = { 0 }, cuts = { 0 }, same = { 0 };

		walk(&c, data + 4, n - 4, 1 + (data[2] >> 6), &all, &cuts);
		walk(&c, data + 4, n - 4, n, &whole, &same);
		if (strcmp(buf_str(&cuts), buf_str(&same)) != 0 || all.len != whole.len)
			abort();
		if (!loses && (all.len != n - 4 || memcmp(buf_str(&all), data + 4, n - 4) != 0))
			abort();
	}
	border_free(border);
	return 0;
}
