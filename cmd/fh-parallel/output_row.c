/* Decides how what a job said becomes a row: all of it, in memory, as text. Must never know what a row looks like (o->c.row). */
#include "output_int.h"

#include <errno.h>
#include <unistd.h>

#include "mem.h"
#include "packing.h"

static int
output_row_side(const struct output *o)
{
	return o->c.row_fd == STDOUT_FILENO ? 0 : 2;
}

void
output_row_header(struct output *o, const struct job *j)
{
	AUTO_BUF header = { 0 };

	o->c.row(o->c.row_self, j, NULL, &header);
	pump_bytes(o->pump, output_row_side(o), buf_str(&header), header.len);
	o->begun = true;
}

/* What the packed bytes of c stand for. */
static void
output_gather_packed(struct output *o, const struct chunk *c, struct buf *text)
{
	AUTO_BUF plain = { 0 };
	const struct packed what = chunk_packed(c);
	bool in_line = false;
	int status = pack_gather(c->packed, &what, &plain);

	if (o->unpack_status == 0 && !c->doubted)
		o->unpack_status = status;
	if (c->tag != NULL)
		tag_add(text, c->tag, &in_line, plain.data, plain.len);
	else
		buf_add(text, plain.data, plain.len);
}

/* All that the list says on one side. */
static void
output_gather(struct output *o, const struct chunk *list, int side, struct buf *text)
{
	char raw[OUTPUT_READ_BYTES];
	bool in_line = false;
	int64_t at;
	ssize_t n;

	for (; list != NULL; list = list->next) {
		if (list->side != side)
			continue;
		buf_add(text, list->mem.data, list->mem.len);
		if (list->packed != NULL) {
			output_gather_packed(o, list, text);
			continue;
		}
		for (at = list->at; list->fd >= 0 && at < list->end; at += n) {
			n = pread(list->fd, raw, list->end - at < OUTPUT_READ_BYTES ? (size_t)(list->end - at) : OUTPUT_READ_BYTES, at);
			if (n < 0)
				o->lost = errno;
			if (n <= 0)
				break;
			if (list->tag != NULL)
				tag_add(text, list->tag, &in_line, raw, (size_t)n);
			else
				buf_add(text, raw, (size_t)n);
		}
	}
}

struct chunk *
output_row(struct output *o, struct job *j, struct chunk *list)
{
	bool shown = j->capture.mode == CAPTURE_PIPE;
	struct chunk *row = chunk_new(output_row_side(o)), **end = &list;
	struct buf text[2] = { { 0 }, { 0 } };
	int i;

	for (i = 0; i < 2; i++) {
		if (shown)
			buf_add(&text[i], j->kept[i].data, j->kept[i].len);
		else if (!o->c.named || i == 1)
			output_gather(o, list, i, &text[i]);
		else if (j->file.len > 0)
			buf_add(&text[0], j->file.data, j->file.len - 1);
	}
	o->c.row(o->c.row_self, j, text, &row->mem);
	buf_fini(&text[0]);
	buf_fini(&text[1]);
	if (!shown && !o->c.named) {
		chunk_free_list(list);
		return row;
	}
	while (*end != NULL)
		end = &(*end)->next;
	*end = row;
	return list;
}
