/* Does a state keep to the schema? */
#ifndef FH_STATE_VALID_H
#define FH_STATE_VALID_H

#include <stddef.h>

#include "buf.h"

/* Appends to out a line for each thing wrong with the n bytes of text: "\xe2\x9d\x8c words" for what the schema forbids, with its path or, for text that
 * is no JSON, line and column; "\xe2\x9a\xa0 words" for what is odd but lets the pipeline run (a time in another form, two scenes with one id). Returns the
 * number of the former; what state_norm writes has none. */
size_t state_valid(struct buf *out, const char *text, size_t n);

#endif
