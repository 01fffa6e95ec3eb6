/* Any bytes as the joblog of a former run, under --resume, --resume-failed and --retry-failed: what is skipped stands in it, what
 * is tried again failed and lies in it, and a line that was cut short is taken off. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "joblog.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { SEQS = 12 };

/* Whether a line of the log begins with that number. */
static bool
named(const char *text, size_t n, uint64_t seq)
{
	const char *p = text, *end = text + n, *lf;

	for (; p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL; p = lf + 1)
		if (strtoull(p, NULL, 10) == seq)
			return true;
	return false;
}

static void
ask(const char *name, const char *text, size_t n, unsigned mode)
{
	struct joblog_conf c = { .name = name, .resume = mode == 0, .failed_too = mode == 1, .retry = mode == 2 };
	struct joblog *g;
	struct err e;
	const char *command;
	uint64_t seq, last = 0;
	size_t len;

	if (joblog_open(&c, &g, &e) < 0)
		abort();
	for (seq = 1; seq <= SEQS; seq++)
		if (joblog_skips(g, seq) && (mode == 2 || !named(text, n, seq)))
			abort();
	while (mode == 2 && joblog_retry_next(g, &seq, &command, &len)) {
		if (seq <= last || !named(text, n, seq) || len > n || memchr(command, '\0', len) != NULL)
			abort();
		last = seq;
	}
	joblog_close(g);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int fd = -1;
	AUTO_FREE char *text = xmalloc(n + 1);
	unsigned mode = n > 0 ? data[0] % 3 : 0;
	struct stat st;
	char name[64];

	if (n < 1)
		return 0;
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	if (fd < 0 && (fd = memfd_create("joblog", MFD_CLOEXEC)) < 0)
		abort();
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data + 1, n - 1, 0) != (ssize_t)(n - 1))
		abort();
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ask(name, text, n - 1, mode);
	if (fstat(fd, &st) < 0 || (n > 1 && st.st_size > (off_t)(n - 1) && memrchr(data + 1, '\n', n - 1) != NULL))
		abort(); /* nothing is added to a log that has lines */
	return 0;
}
