/* Sets of bytes, and the names that Perl has for bytes. */
#ifndef FH_PAR_RX_SET_H
#define FH_PAR_RX_SET_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct rx_set {
	unsigned char bits[(UCHAR_MAX + 1) / CHAR_BIT];
};

static inline bool
rx_set_has(const struct rx_set *s, unsigned char c)
{
	return s->bits[c / CHAR_BIT] >> c % CHAR_BIT & 1;
}

static inline void
rx_set_add(struct rx_set *s, unsigned char c)
{
	s->bits[c / CHAR_BIT] = (unsigned char)(s->bits[c / CHAR_BIT] | 1 << c % CHAR_BIT);
}

/* Adds \d \w \s \h (name is the letter), or what they are not where it is a capital. */
void rx_set_class(struct rx_set *s, char name);
/* Adds from..to; fold: in either case. */
void rx_set_range(struct rx_set *s, int from, int to, bool fold);
void rx_set_invert(struct rx_set *s);
/* Adds what [:alpha:] and its like have, the n bytes of text being what follows "[:". Returns how many of them the name took, or 0:
 * it is none. */
size_t rx_set_posix(struct rx_set *s, const char *text, size_t n);

/* The byte that an escape stands for: *p < end, behind the backslash, is moved on. -1: it stands for none that we know. */
int rx_escape(const char **p, const char *end);

#endif
