/* Perl's regular expressions, the part that command lines use, on bytes: for --colsep, --plus and record separators. What
 * POSIX offers (ERE) has no \s, no lazy quantifiers, no lookahead, and the reference's options are Perl's.
 *
 * Understood: . [...] [[:class:]] \d \w \s \h \D \W \S \H \b \B ^ $ \A \z \Z | ( ) (?: ) (?= ) (?! ) (?i) (?s) (?m) (?i: )
 * * + ? {n} {n,} {n,m}, lazy forms, \1..\9, \t \n \r \f \a \e \0 \xHH \x{H} \ooo, \Q..\E. What else Perl knows is refused
 * with ENOTSUP in err.code, so that a caller may ask Perl itself. */
#ifndef FH_PAR_RX_H
#define FH_PAR_RX_H

#include "args.h"
#include "err.h"
#include "rx_read.h"

struct rx;

struct rx_match {
	size_t start, end;      /* of the whole match */
	struct view group[RX_GROUPS]; /* [0] whole; s is NULL where a group took no part */
	size_t ngroups;         /* groups in the expression, without [0] */
};

/* Compiles the n bytes of re. Returns 0, or -1 with words (code ENOTSUP: Perl may know it). */
int rx_new(const char *re, size_t n, unsigned flags, struct rx **out, struct err *e);
void rx_free(struct rx *r);

/* The first match in s[from..len). */
bool rx_find(const struct rx *r, const char *s, size_t len, size_t from, struct rx_match *m);

/* Whether the whole of "" matches. */
bool rx_matches_empty(const struct rx *r);

#endif
