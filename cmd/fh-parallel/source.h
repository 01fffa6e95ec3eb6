/* What is the next input? ::: :::: :::+ ::::+ -a and stdin as one iterator of tuples; product and link are sources over
 * sources. Blank lines (-r), end of file strings (-E), headers, columns (-C, --csv), --trim, --shuf are decided here.
 *
 * Pulled: nothing is read before source_next asks. */
#ifndef FH_PAR_SOURCE_H
#define FH_PAR_SOURCE_H

#include "args.h"
#include "err.h"
#include "opts.h"

struct source;

/* The inputs that o names (o must outlive it); stdin where there are none. Files are opened now and header lines are
 * read now (waiting for them). Returns 0 and *out, or -1 with words (a file that is missing: its name is in them). */
int source_new(const struct opts *o, struct source **out, struct err *e);

/* Next tuple, borrowed until the next call. */
enum next source_next(struct source *s, struct tuple *out, struct err *e);

/* The next tuples, where each is one value and they are there already (feed_run): many lines at once cost less than each by itself.
 * source_take: n bytes of them are used. */
bool source_run(const struct source *s, struct view *out);
void source_take(struct source *s, size_t n);

/* The descriptor to poll after NEXT_WAIT. */
int source_fd(const struct source *s);

/* Whether input comes from our standard input (then jobs get /dev/null; with -a FILE, :::: FILE the first job gets
 * stdin, see opts.stdin_for_jobs). */
bool source_uses_stdin(const struct source *s);

/* Names of the columns from --header, n of them, or NULL; {name} stands for column index + 1. Borrowed from s. */
const char *const *source_names(const struct source *s, size_t *n);
/* As many names, as --results tells them: the first columns are called by the files of -a and ::::, as in the reference. */
const char *const *source_shown(const struct source *s);

/* Number of input sources (before columns). */
size_t source_count(const struct source *s);

/* Makes source_next wait for input instead of answering NEXT_WAIT (on), or not (off, the default). */
void source_block(struct source *s, bool on);

void source_free(struct source *s);

#endif
