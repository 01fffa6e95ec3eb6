/* The value of a record that --group-by, --shard and --bin look at: a column, by number or by name, changed by a perl
 * expression where there is one; or the expression alone, on the whole record. */
#ifndef FH_PAR_KEY_H
#define FH_PAR_KEY_H

#include <stdbool.h>

#include "args.h"
#include "err.h"
#include "opts.h"
#include "perl.h"

struct key;

/* text: "2", "name", "2 EXPR", "name EXPR", "EXPR". Columns are as o's --colsep says (TAB where it is not given).
 * perl: who computes an EXPR; borrowed, it must outlive the key. Returns 0, or -1 with words. */
int key_new(const struct opts *o, const char *text, struct perl *perl, struct key **out, struct err *e);
/* NULL is allowed. */
void key_free(struct key *k);

/* Whether it is a column's name, so that there must be a header. NULL is allowed. */
bool key_is_name(const struct key *k);
/* Names of columns are those of the first line of header; called before the first key_of (self is the key). Returns 0, or -1 with words. */
int key_header(void *self, struct view header, struct err *e);

/* The value in record (its newline is no part of it), borrowed until the next call. Returns 0, or -1 with words. */
int key_of(struct key *k, struct view record, struct view *out, struct err *e);

/* Whether two records have the same value: for blocks (self is the key). */
int key_same(void *self, struct view a, struct view b, struct err *e);
/* Which of n (>= 1) jobs gets value v, from 0: --bin and --shard. */
size_t key_bin(struct view v, size_t n);
size_t key_shard(struct view v, size_t n);

#endif
