/* Decides when a job needs a program and a file for what it prints: with the first byte, as in the reference. Must never know
 * what becomes of the files.
 * Invariant: a side has a program only where the job has printed on it. */
#include "packing.h"

#include <errno.h>
#include <unistd.h>

#include "file.h"

int
packing_open(struct capture *c, const struct pack_with *with)
{
	int file[2] = { capture_take(c, 0), capture_take(c, 1) }, i, r;

	r = capture_open(c, CAPTURE_PACK, NULL, NULL);
	c->with = with;
	for (i = 0; i < 2; i++) {
		if (r == 0)
			c->side[i].file = file[i];
		else if (file[i] >= 0)
			close(file[i]);
	}
	return r;
}

static int
packing_begin(struct capture_side *s, const struct pack_with *with)
{
	if (s->file < 0 && (s->file = file_temp(with->dir)) < 0)
		return s->file;
	return pack_new(with, s->file, &s->pack);
}

int
packing_add(struct capture *c, int i, const void *s, size_t n)
{
	struct capture_side *side = &c->side[i];
	int r;

	if (n == 0)
		return 0;
	if (side->pack == NULL && (r = packing_begin(side, c->with)) < 0)
		return r;
	side->raw += (int64_t)n;
	side->last = ((const char *)s)[n - 1];
	return pack_add(side->pack, s, n);
}

bool
packing_is_full(const struct capture *c, int i)
{
	return c->side[i].pack != NULL && pack_waits(c->side[i].pack);
}

void
packing_end(struct capture *c, int i)
{
	if (c->side[i].pack != NULL)
		pack_end(c->side[i].pack);
}

int
packing_exited(struct capture *c, pid_t pid, int status)
{
	int i;

	for (i = 0; i < 2; i++)
		if (c->side[i].pack != NULL && pack_exited(c->side[i].pack, pid, status))
			return i;
	return -1;
}

void
packing_kill(const struct capture *c)
{
	int i;

	for (i = 0; i < 2; i++)
		if (c->side[i].pack != NULL)
			pack_kill(c->side[i].pack);
}

bool
packing_runs(const struct capture *c)
{
	int i;

	for (i = 0; i < 2; i++)
		if (c->side[i].pack != NULL && pack_runs(c->side[i].pack))
			return true;
	return false;
}

int
packing_over(struct capture *c)
{
	int i, status = 0;

	c->mode = CAPTURE_FILE;
	for (i = 0; i < 2; i++) {
		struct capture_side *s = &c->side[i];

		if (s->pack != NULL && status == 0)
			status = pack_status(s->pack);
		pack_free(s->pack);
		s->pack = NULL;
		if (s->fd >= 0)
			close(s->fd); /* whoever still holds the other end is not waited for */
		s->fd = s->file;
		s->file = -1;
		s->open = false;
	}
	return status;
}
