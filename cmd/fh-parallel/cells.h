/* Text as the columns of a terminal: any bytes become text that moves no cursor, cut to a width. */
#ifndef FH_PAR_CELLS_H
#define FH_PAR_CELLS_H

#include "buf.h"

/* Appends n bytes at s as text that takes at most width columns, returned: how many it takes. Escape sequences are left out, a TAB
 * becomes blanks to the next eighth column, any other control, and a byte that is no UTF-8, a '?'; East Asian and emoji
 * characters take two columns (Unicode 15, EastAsianWidth W and F), combining ones none, and what changes the direction of text is
 * left out. Where text had to be cut its last column is '>'. */
size_t cells_add(struct buf *out, const char *s, size_t n, size_t width);

/* What somebody would see last of n bytes at s: sets *line and returns its length. That is the text behind the last newline or
 * carriage return that has text behind it; "" where there is none. Borrowed from s. */
size_t cells_last_line(const char *s, size_t n, const char **line);

#endif
