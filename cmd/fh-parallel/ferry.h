/* Files to a job's host before it runs, and back afterwards: as lines of a script for the local sh. They go as tar streams through
 * ssh; names are quoted words. What "a/./b" means is rsync's: a is where we are, b what is named over there. */
#ifndef FH_PAR_FERRY_H
#define FH_PAR_FERRY_H

#include "buf.h"
#include "err.h"
#include "hosts.h"

struct ferry {
	const struct host *host;
	const char *ssh;  /* the command that reaches it, quoted, with a blank and "--" behind it */
	const char *wd;   /* over there; relative: to the home folder */
};

/* Appends the line that sends file (a name as the user gave it). */
void ferry_put(const struct ferry *f, const char *file, struct buf *out);
/* Appends the line that fetches file. */
void ferry_get(const struct ferry *f, const char *file, struct buf *out);
/* Appends the line that removes files (n) over there, and the folders that are empty then. */
void ferry_remove(const struct ferry *f, const char *const *files, size_t n, struct buf *out);
/* Appends the line that removes the folder wd with all that is in it. */
void ferry_remove_wd(const struct ferry *f, struct buf *out);

/* Appends the name under which file, fetched, is here. */
void ferry_name_here(const char *file, struct buf *out);

#endif
