/* A perl expression on values, by one perl that lives as long as it is needed. */
#ifndef FH_PAR_KEYPERL_H
#define FH_PAR_KEYPERL_H

#include "args.h"
#include "err.h"

struct keyperl;

/* expr changes $_. Returns 0, or -1 with words (no perl, a syntax error). */
int keyperl_new(const char *expr, struct keyperl **out, struct err *e);
/* NULL is allowed. */
void keyperl_free(struct keyperl *p);
/* What v becomes, borrowed until the next call. Returns 0, or -1 with words. */
int keyperl_of(struct keyperl *p, struct view v, struct view *out, struct err *e);

#endif
