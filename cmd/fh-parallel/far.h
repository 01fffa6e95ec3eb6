/* One text that the login shell of another machine, whichever it is (sh, bash, zsh, csh, fish), takes for exactly one command: sh
 * with a script of ours and words. The words are data, and stay that: no shell on the way reads them as code. */
#ifndef FH_PAR_FAR_H
#define FH_PAR_FAR_H

#include <stddef.h>

#include "buf.h"

/* Begins the list of words; then far_word for each, then far_end with the script, which finds them as "$@". */
void far_begin(struct buf *words);
void far_word(struct buf *words, const char *word);
void far_wordn(struct buf *words, const char *word, size_t n);
/* Appends the text to out. The script is sh (POSIX), and does not end with a newline. */
void far_end(const struct buf *words, const char *script, struct buf *out);

#endif
