/* Which texts are replacement strings, and what each stands for: the built-in ones, --plus, -I and its like, the names of
 * --header, --rpl. */
#ifndef FH_PAR_RPL_H
#define FH_PAR_RPL_H

#include "args.h"
#include "err.h"
#include "opts.h"
#include "perl.h"
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
	size_t id;           /* RPL_PERL: its number for perl_eval */
	bool always;         /* RPL_PERL: also where there is no such value (as {#} does) */
};

static inline bool
rpl_is_value(const struct rpl *r)
{
	return r->kind == RPL_VALUE || r->kind == RPL_UNIQ || r->kind == RPL_CHOOSE || r->kind == RPL_PERL;
}

/* Whether it is {}: the value as it is. */
static inline bool
rpl_is_same(const struct rpl *r)
{
	return r->kind != RPL_PERL && r->fn.op == VALUE_SAME;
}

struct rpl_set;

/* The strings that o defines; names (n, borrowed) are --header's. Returns 0, or -1 with words. */
int rpl_set_new(const struct opts *o, const char *const *names, size_t n, struct rpl_set **out, struct err *e);
void rpl_set_free(struct rpl_set *s);
/* The perl of the set's expressions, borrowed. */
struct perl *rpl_set_perl(const struct rpl_set *s);

/* Whether a replacement string begins at text: its length, what it stands for in *r; 0 where there is none; -1 with words (its
 * expression cannot be read). It lies within the n bytes of a word; an expression in parentheses may reach on, to all. */
long rpl_match(struct rpl_set *s, const char *text, size_t n, size_t all, struct rpl *r, struct err *e);

#endif
