/* One input source: a file, stdin or the words of one ::: group, as tuples. What is decided here holds for each source
 * by itself: lines joined for -L, end of file strings (-E), blank ones left out (-r), header lines, trimming, columns. */
#ifndef FH_PAR_FEED_H
#define FH_PAR_FEED_H

#include "args.h"
#include "err.h"
#include "opts.h"

struct feed;

/* A source over fd (closed with it where own) or over words. All is borrowed, o too. Returns 0, or -1 with words (a bad
 * --colsep). name is for messages. */
int feed_new_fd(const struct opts *o, int fd, bool own, const char *name, struct feed **out, struct err *e);
int feed_new_words(const struct opts *o, const char *const *words, size_t n, struct feed **out, struct err *e);

/* Appends the columns of the next input to out; they are borrowed until the next call for f. */
enum next feed_next(struct feed *f, struct tuple *out, struct err *e);

/* Inputs that are there already and of one value each, as they stand in the source, each with --delimiter's byte behind it; as record_run
 * and record_take. False: one by one, by feed_next. */
bool feed_run(const struct feed *f, struct view *out);
void feed_take(struct feed *f, size_t n);

/* As feed_next, but the input is a line of names or to be dropped: no -r, no -E, and it is waited for. */
enum next feed_header(struct feed *f, struct tuple *out, struct err *e);

/* Drops the next record unseen (--skip-first-line); waits for it. */
enum next feed_skip(struct feed *f, struct err *e);

/* Makes the calls above wait for input instead of answering NEXT_WAIT (on), or not. */
void feed_block(struct feed *f, bool on);

/* The descriptor to poll after NEXT_WAIT; -1: none. */
int feed_fd(const struct feed *f);
const char *feed_name(const struct feed *f);
void feed_free(struct feed *f);

#endif
