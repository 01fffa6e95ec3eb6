/* One input -> its columns: --colsep, --csv. And --trim, which is done where a value is shown: names, --results and @arg have it whole. */
#ifndef FH_PAR_COLUMNS_H
#define FH_PAR_COLUMNS_H

#include "args.h"
#include "err.h"
#include "opts.h"

struct columns;

/* What o asks for; *out is NULL where inputs stay as they are. Returns 0, or -1 with words (a bad regular expression). */
int columns_new(const struct opts *o, struct columns **out, struct err *e);

/* Appends the columns of in to out (at least one). They are borrowed from in and c, until the next
 * call. */
void columns_split(struct columns *c, struct view in, struct tuple *out);

/* --csv: whether in ends inside a quoted field, so that the next record belongs to it. */
bool columns_open(const struct columns *c, struct view in);

void columns_free(struct columns *c);

/* What --trim, or --colsep without it, cuts off: how for columns_trim; NULL: nothing. Borrowed from o. */
const char *columns_how(const struct opts *o);
/* v without white space at the ends that how ("l", "r", "lr", "rl") names. */
struct view columns_trim(struct view v, const char *how);

#endif
