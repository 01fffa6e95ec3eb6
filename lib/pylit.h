/* One dict of strings out of a Python file, `SCRIPT = {"key": "text", ...}`, read and never run. */
#ifndef FH_PYLIT_H
#define FH_PYLIT_H

#include <stddef.h>

#include "pydict.h"

/* Reads the dict that the module-level name `name` is bound to at the end of the n bytes of source text.
 * Understood beside it: comments, string statements, imports, pass, functions, classes, an `if __name__ == "__main__":`
 * block, and assignments to other names. Anything that could change the dict when it is run, or that would have to be
 * run for the dict to be known, is refused.
 * Returns 0 with the dict in out (all-zero before; the caller's to pydict_fini), or -1 with words in e: "line L, column
 * C: what", counted from 1, columns in characters. Text that is no UTF-8 is refused too; line ends of any kind and a byte
 * order mark are understood. */
int pylit_parse(const char *text, size_t n, const char *name, struct pydict *out, struct err *e);

#endif
