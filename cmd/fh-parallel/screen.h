/* Lines at the bottom of a terminal that are drawn again and again, while others write above them. Knows no jobs. */
#ifndef FH_PAR_SCREEN_H
#define FH_PAR_SCREEN_H

#include <stdbool.h>

#include "buf.h"

struct screen;

enum screen_part { SCREEN_ROWS, SCREEN_SUM, SCREEN_FOOT, SCREEN_NPARTS }; /* from top to bottom */

/* On the terminal fd, which stays the caller's. Nothing is drawn yet. */
struct screen *screen_new(int fd);
/* What is drawn goes away; the cursor stands at the beginning of a line. NULL is allowed. */
void screen_free(struct screen *s);

/* Columns that a line may have (one less than there are, so that none wraps), and lines that there are for SCREEN_ROWS beside the other
 * parts. As the terminal is now; 80 columns and 24 rows where it does not say. */
size_t screen_width(const struct screen *s);
size_t screen_rows(const struct screen *s);

/* The lines of a part from the next drawing on: text, each ended by a newline, none wider than screen_width(); colours may be in them.
 * Where all parts are too high, the last rows are left out. */
void screen_set(struct screen *s, enum screen_part part, const char *text, size_t n);
/* Lines that the next drawing puts above all parts, to stay. */
void screen_above(struct screen *s, const char *text, size_t n);
/* Draws what has changed. A terminal that takes nothing just now is left alone. */
void screen_draw(struct screen *s);

/* Somebody else is about to write on the terminal: what is drawn goes away until the next drawing. NULL is allowed. */
void screen_hide(struct screen *s);
/* Somebody has written, and what went away may come back; open: the last line has no end yet (the next drawing begins a new one).
 * NULL is allowed. */
void screen_told(struct screen *s, bool open);
/* While on, nothing is drawn (a question stands). NULL is allowed. */
void screen_pause(struct screen *s, bool on);

#endif
