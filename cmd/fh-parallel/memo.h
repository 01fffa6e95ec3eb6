/* What jobs of a command needed in earlier runs, for -j auto: a small file, $XDG_CACHE_HOME/fh/job-memory (~/.cache where that is not
 * set), one line per command: a hash of its words (FNV-1a, 64 bits, hexadecimal), bytes. */
#ifndef FH_PAR_MEMO_H
#define FH_PAR_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that the largest process of one job took at most; -1: not known. words (n) are the command's, values left out. */
int64_t memo_find(const char *const *words, size_t n);

/* Remembers bytes: more counts at once, less by and by. Returns 0 or -errno; nothing is lost but the memory of it. */
int memo_store(const char *const *words, size_t n, int64_t bytes);

#endif
