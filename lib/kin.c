/* Decides who belongs to whose family. Must never know what is done to them.
 * Invariants: 1. a process that is gone while we look is not there: nothing here fails.
 *             2. guards (guard.c) are nobody's kin: they end by themselves, and only after they have done their work. */
#include "kin.h"

#include "mem.h"

#ifdef FH_PORTABLE

void
kin_adopt(void)
{
}

void
kin_children(pid_t pid, struct kin *out)
{
	(void)pid, (void)out;
}

bool
kin_has(pid_t pid, const char *assignment)
{
	(void)pid, (void)assignment;
	return false;
}

#else

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "guard.h"
#include "io.h"

#define LIST_MAX ((size_t)1 << 22) /* bytes of one file of /proc */

void
kin_adopt(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static bool
kin_is_guard(pid_t pid)
{
	AUTO_BUF text = { 0 };
	char name[48];

	snprintf(name, sizeof name, "/proc/%ld/comm", (long)pid);
	return io_slurp_at(AT_FDCWD, name, &text, 64) == 0 && strcmp(buf_str(&text), GUARD_NAME "\n") == 0;
}

/* The children of one thread. */
static void
kin_of_thread(pid_t pid, const char *thread, struct kin *out)
{
	AUTO_BUF text = { 0 };
	char name[96];
	const char *s;
	char *end;
	long child;

	snprintf(name, sizeof name, "/proc/%ld/task/%.20s/children", (long)pid, thread);
	if (io_slurp_at(AT_FDCWD, name, &text, LIST_MAX) < 0)
		return;
	for (s = buf_str(&text); (child = strtol(s, &end, 10)) > 1 && end != s; s = end)
		if (!kin_is_guard((pid_t)child)) {
			out->v = xgrow(out->v, out->n, &out->cap, sizeof *out->v);
			out->v[out->n++] = (pid_t)child;
		}
}

void
kin_children(pid_t pid, struct kin *out)
{
	const struct dirent *ent;
	char name[48];
	DIR *d;

	snprintf(name, sizeof name, "/proc/%ld/task", (long)pid);
	if ((d = opendir(name)) == NULL)
		return;
	while ((ent = readdir(d)) != NULL)
		if (isdigit((unsigned char)ent->d_name[0]))
			kin_of_thread(pid, ent->d_name, out);
	closedir(d);
}

bool
kin_has(pid_t pid, const char *assignment)
{
	AUTO_BUF text = { 0 };
	const char *s, *end;
	char name[48];

	snprintf(name, sizeof name, "/proc/%ld/environ", (long)pid);
	if (io_slurp_at(AT_FDCWD, name, &text, LIST_MAX) < 0)
		return false;
	for (s = buf_str(&text), end = s + text.len; s < end; s += strlen(s) + 1)
		if (strcmp(s, assignment) == 0)
			return true;
	return false;
}
#endif

void
kin_below(pid_t pid, struct kin *out)
{
	size_t next = out->n;

	kin_children(pid, out);
	for (; next < out->n; next++)
		kin_children(out->v[next], out);
}

void
kin_fini(struct kin *k)
{
	free(k->v);
	*k = (struct kin){ 0 };
}
