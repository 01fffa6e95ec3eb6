/* Decides how a question is put and what counts as yes. Must never know what comes of it.
 * Invariant: nothing here waits: jobs that run go on while somebody thinks. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "buf.h"
#include "cells.h"
#include "io.h"
#include "mem.h"

#define SHOWN_MAX 4096 /* columns of a command */

struct ask {
	int fd;
	struct buf line; /* typed so far */
};

int
ask_open(struct ask **out, struct err *e)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "--interactive: /dev/tty");
	*out = xcalloc(1, sizeof **out);
	(*out)->fd = fd;
	return 0;
}

void
ask_free(struct ask *a)
{
	if (a == NULL)
		return;
	close(a->fd);
	buf_fini(&a->line);
	free(a);
}

int
ask_fd(const struct ask *a)
{
	return a->fd;
}

void
ask_put(struct ask *a, const char *command, size_t n)
{
	AUTO_BUF text = { 0 };

	buf_reset(&a->line);
	cells_add(&text, command, n, SHOWN_MAX);
	buf_adds(&text, " ?...");
	(void)io_write_full(STDERR_FILENO, text.data, text.len); /* who closed stderr sees no question, and may answer it */
}

static enum answer
ask_means(const struct ask *a)
{
	return a->line.len > 0 && (a->line.data[0] == 'y' || a->line.data[0] == 'Y') ? ASK_YES : ASK_NO;
}

enum answer
ask_get(struct ask *a, struct err *e)
{
	ssize_t n;
	char c;

	for (;;) {
		do
			n = read(a->fd, &c, 1); /* a byte: what is typed ahead belongs to the next question, or to who comes after us */
		while (n < 0 && errno == EINTR);
		if (n < 0 && errno == EAGAIN)
			return ASK_WAIT;
		if (n < 0) {
			err_sys(e, errno, "--interactive: /dev/tty");
			return ASK_FAIL;
		}
		if (n == 0 || c == '\n')
			return ask_means(a);
		buf_addc(&a->line, c);
	}
}
