/* A font file to draw text with, found without fontconfig. */
#ifndef FH_FONT_H
#define FH_FONT_H

#include <stdbool.h>

#include "buf.h"

/* Appends the best font file for plain text in the folders where systems and users keep them (a sans serif, upright; the
 * same one on every call). Returns whether there is one. */
bool font_find(struct buf *out);

/* Appends the bold one that belongs to font file regular, or regular itself. */
void font_bold(struct buf *out, const char *regular);

/* How wide the n bytes of UTF-8 at text are about, in 1/100 of the font size, in a font like DejaVu Sans. */
unsigned font_width(const char *text, size_t n);

#endif
