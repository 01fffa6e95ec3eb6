/* A row of an option table and its value. For opt_parse.c, which finds both in argv. */
#ifndef FH_OPT_VALUE_H
#define FH_OPT_VALUE_H

#include "opt.h"

/* Whether the row takes a number; whole: one that the parser reads. A set() reads its own forms, "2k" among them. */
bool opt_value_is_number(const struct opt *row);
bool opt_value_is_whole(const struct opt *row);
/* Bytes of s that are a number: whole, or with fraction and exponent too. 0: none. */
size_t opt_value_number(const char *s, bool whole);
/* Whether all of s is such a number as the row takes. */
bool opt_value_fits(const struct opt *row, const char *s);

/* Does what row says with arg: by its set(), or stores it in o by type. arg is NULL for a row without argument, and where an optional
 * one is absent. Returns 0, or -1 with words in e. */
int opt_value_use(void *o, const struct opt *row, const char *arg, struct err *e);

/* -1, with the option as the table spells it in front of what e says. */
int opt_value_fail(const struct opt *row, struct err *e);
/* -1, with the reason why the row is refused (code ENOTSUP). */
int opt_value_refuse(const struct opt *row, struct err *e);

#endif
