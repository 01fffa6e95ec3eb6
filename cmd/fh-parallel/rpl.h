/* Which texts are replacement strings, and what each stands for: the built-in ones, --plus, -I and its like, the names of
 * --header, --rpl. */
#ifndef FH_PAR_RPL_H
#define FH_PAR_RPL_H

#include "args.h"
#include "err.h"
#include "opts.h"
#include "value.h"

enum rpl_kind {
	RPL_VALUE,   /* the value, or values, through a value_fn */
	RPL_SEQ, RPL_SLOT, RPL_TOTAL,    /* {#} {%} {##} */
	RPL_SEQ0, RPL_SLOT0,             /* {0#} {0%} */
	RPL_RAW,     /* text that goes in as it is: {slot} ... */
	RPL_UNIQ, RPL_CHOOSE, /* the values; and the job is skipped where two are the same, or not in order */
	RPL_NOTHING, /* {1#} and its like */
	RPL_PERL,    /* an expression: code */
};

#define RPL_ALL 0 /* position: all values */

struct rpl {
	enum rpl_kind kind;
	long pos;            /* RPL_ALL, n, or -n from the end */
	struct value_fn fn;  /* RPL_VALUE; owns */
	struct view code;    /* RPL_RAW: the text; RPL_PERL: the expression; borrowed from opts or the set */
};

struct rpl_set;

/* The strings that o defines; names (n, borrowed) are --header's. Returns 0, or -1 with words. */
int rpl_set_new(const struct opts *o, const char *const *names, size_t n, struct rpl_set **out, struct err *e);
void rpl_set_free(struct rpl_set *s);

/* Whether a replacement string begins at s (n bytes left): its length, what it stands for in *r; 0 where there is none;
 * -1 with words (its regular expression cannot be read). */
long rpl_match(const struct rpl_set *s, const char *text, size_t n, struct rpl *r, struct err *e);

#endif
