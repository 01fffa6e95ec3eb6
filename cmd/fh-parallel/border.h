/* Where does one record end and the next begin? Between what --recend and --recstart match, as GNU parallel 20221122 does
 * it. Pure. */
#ifndef FH_PAR_BORDER_H
#define FH_PAR_BORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "buf.h"
#include "err.h"

#define BORDER_NONE ((size_t)-1)

struct border;

/* Records end with end and begin with start (either may be empty; both: they end anywhere), texts or regular expressions.
 * lines (>= 1) ends make one end (-L). Returns 0, or -1 with words (an expression). The views are copied. */
int border_new(struct view start, struct view end, bool regexp, uint64_t lines, struct border **out, struct err *e);
/* Records are those of CSV: a newline ends one unless it is between double quotes. Offsets given below must be where a record
 * begins. */
struct border *border_new_csv(void);
/* NULL is allowed. */
void border_free(struct border *b);

/* The first border at from or later: the offset of what follows it, <= len; BORDER_NONE. An end must lie in s[from..len) whole,
 * and what starts a record as well. */
size_t border_first(const struct border *b, const char *s, size_t len, size_t from);
/* The border after the record that begins at from: a record has at least one byte before its end, or (expressions) is one. */
size_t border_after(const struct border *b, const char *s, size_t len, size_t from);
/* The last border in s[0..len), > 0; BORDER_NONE. */
size_t border_last(const struct border *b, const char *s, size_t len);

/* Whether s begins as a record does. Asked of expressions only: with plain texts any beginning is one, as in the reference. */
bool border_begins(const struct border *b, const char *s, size_t len);

/* Removes what marks ends and starts of records (--rrs) from text behind its first skip bytes. */
void border_strip(const struct border *b, struct buf *text, size_t skip);

#endif
