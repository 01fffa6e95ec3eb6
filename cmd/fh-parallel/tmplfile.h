/* --tmpl FILE=NAME: files that are made for every job before it starts: the text of FILE with its replacement strings
 * expanded, called NAME (expanded too). */
#ifndef FH_PAR_TMPLFILE_H
#define FH_PAR_TMPLFILE_H

#include "err.h"
#include "opts.h"
#include "tmpl.h"

struct tmplfile;

/* Reads the templates that o names; *out is NULL where there are none. set must outlive the result. Returns 0, or -1 with words
 * (no NAME, a file that cannot be read or holds NUL bytes). */
int tmplfile_new(const struct opts *o, struct tmpl_set *set, struct tmplfile **out, struct err *e);
/* NULL is allowed. */
void tmplfile_free(struct tmplfile *t);

/* Writes the files of job j, over those that are there. With --cleanup their names are appended to names, each with a NUL behind it.
 * t may be NULL. Returns 0, or -1 with words. */
int tmplfile_write(const struct tmplfile *t, const struct tmpl_job *j, struct buf *names, struct err *e);
/* Removes the files whose names stand there, and empties names. */
void tmplfile_remove(struct buf *names);

#endif
