/* Decides how scattered bytes are read with few calls. Must never know what they mean.
 * Invariant: what is handed out lies inside the file as it was when opened (peek_at). */
#include "peek.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
peek_open(struct peek *p, int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "cannot look");
	p->fd = fd;
	p->size = (uint64_t)st.st_size;
	p->error = 0;
	p->at = 0;
	p->n = 0;
	return 0;
}

void
peek_memory(struct peek *p, const void *mem, size_t n)
{
	p->fd = -1;
	p->mem = mem;
	p->size = n;
	p->error = 0;
	p->at = 0;
	p->n = 0;
}

/* Loads the window from offset at. */
static void
window_load(struct peek *p, uint64_t at)
{
	ssize_t r;

	p->at = at;
	p->n = 0;
	while (p->n < sizeof p->win) {
		r = pread(p->fd, p->win + p->n, sizeof p->win - p->n, (off_t)(at + p->n));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && p->error == 0)
			p->error = errno;
		if (r <= 0)
			return;
		p->n += (size_t)r;
	}
}

const unsigned char *
peek_at(struct peek *p, uint64_t at, size_t n)
{
	if (n > PEEK_MAX || at > p->size || n > p->size - at)
		return NULL;
	if (p->fd < 0)
		return p->mem + at;
	if (at < p->at || at - p->at > p->n || n > p->n - (at - p->at))
		window_load(p, at);
	return n <= p->n - (at - p->at) ? p->win + (at - p->at) : NULL;
}
