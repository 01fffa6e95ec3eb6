/* Decides what counts as work of a disk. Must never know what it is compared with.
 * Invariant: a disk that was not there last time says nothing yet. */
#include "busy.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 63

/* Milliseconds at work of the disk in this line; its name goes to name. -1: no such line, or a disk without a machine (loop, ram). */
static long long
busy_line(const char *line, char name[NAME_MAX_LEN + 1])
{
	long long ms;

	if (sscanf(line, "%*u %*u %63s %*u %*u %*u %*u %*u %*u %*u %*u %*u %lld", name, &ms) != 2)
		return -1;
	return strncmp(name, "loop", 4) == 0 || strncmp(name, "ram", 3) == 0 ? -1 : ms;
}

static const char *
busy_next(const char *line)
{
	const char *nl = strchr(line, '\n');

	return nl == NULL ? line + strlen(line) : nl + 1;
}

/* What the disk had worked at the last look; -1: it was not there. */
static long long
busy_before(const struct busy *b, const char *disk)
{
	char name[NAME_MAX_LEN + 1];
	const char *line;
	long long ms;

	for (line = b->last.data; *line != '\0'; line = busy_next(line))
		if ((ms = busy_line(line, name)) >= 0 && strcmp(name, disk) == 0)
			return ms;
	return -1;
}

int
busy_look(struct busy *b, struct buf *stats, int64_t now)
{
	int64_t span_ms = (now - b->at_ns) / 1000000;
	char name[NAME_MAX_LEN + 1];
	long long ms, was, most = 0;
	const char *line;

	for (line = buf_str(stats); b->last.data != NULL && *line != '\0'; line = busy_next(line)) {
		ms = busy_line(line, name);
		was = ms < 0 ? -1 : busy_before(b, name);
		if (was >= 0 && ms - was > most)
			most = ms - was;
	}
	if (b->last.data != NULL && span_ms > 0)
		b->percent = most >= span_ms ? 100 : (int)(most * 100 / span_ms);
	buf_fini(&b->last);
	b->last = *stats;
	*stats = (struct buf){ 0 };
	b->at_ns = now;
	return b->percent;
}

void
busy_fini(struct busy *b)
{
	buf_fini(&b->last);
}
