/* What a replacement string does to one value: {.} {/} ... and those of --plus. */
#ifndef FH_PAR_VALUE_H
#define FH_PAR_VALUE_H

#include "args.h"
#include "buf.h"
#include "err.h"
#include "rx.h"

enum value_op {
	VALUE_SAME,                              /* {} */
	VALUE_NOEXT, VALUE_BASE, VALUE_DIR, VALUE_BASE_NOEXT, /* {.} {/} {//} {/.} */
	VALUE_NOEXT2, VALUE_NOEXT3,              /* {..} {...} */
	VALUE_BASE_NOEXT2, VALUE_BASE_NOEXT3,    /* {/..} {/...} */
	VALUE_PLUS_DIR,                          /* {+/} */
	VALUE_EXT, VALUE_EXT2, VALUE_EXT3,       /* {+.} {+..} {+...} */
	VALUE_DEFAULT,                           /* {:-a} */
	VALUE_CUT,                               /* {:n}: from on */
	VALUE_SUBSTR,                            /* {:n:m} */
	VALUE_DEL_PREFIX,                        /* {#re} {##re} */
	VALUE_DEL_SUFFIX_SHORT, VALUE_DEL_SUFFIX, /* {%re} {%%re} */
	VALUE_SUB, VALUE_SUB_ALL,                /* {/re/b} {//re/b} */
	VALUE_UPPER, VALUE_UPPER_ALL, VALUE_LOWER, VALUE_LOWER_ALL, /* {^re} {^^re} {,re} {,,re} */
};

struct value_fn {
	enum value_op op;
	struct view text; /* a, b above; borrowed */
	size_t from, len; /* n, m above */
	struct rx *rx;    /* owned */
};

/* The result for in: a part of in, of f->text, or of scratch (which is emptied first); borrowed from them. */
struct view value_apply(const struct value_fn *f, struct view in, struct buf *scratch);

/* Compiles the expression of an op that has one. Returns 0, or -1 with words. */
int value_compile(struct value_fn *f, struct view re, struct err *e);
void value_fini(struct value_fn *f);

#endif
