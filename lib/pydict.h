/* A Python dict of strings: a container, and the literal it is read from. */
#ifndef FH_PYDICT_H
#define FH_PYDICT_H

#include <stddef.h>

#include "mem.h"
#include "pyscan.h"

/* Strings are UTF-8 and may hold NULs; each has a NUL after its end. Lone surrogates: see js_text.h. */
struct pydict_pair {
	const char *key, *text;
	size_t nkey, ntext; /* bytes */
};

/* All-zero is an empty dict. Pairs stand in the dict's order; a key that comes twice keeps its first place and has its
 * last text, as in Python. */
struct pydict {
	struct pydict_pair *pairs;
	size_t n, cap;
	size_t *slots; /* hash table: index into pairs, plus 1; 0: free */
	size_t nslots; /* a power of two, or 0 */
	struct arena arena; /* the strings */
};

/* Reads a dict literal into d, from behind its '{' to behind its '}'. Keys and texts are string literals, side by side,
 * joined by +, or in parentheses. Returns 0, or -1 with words (pyscan_fail); d then holds a part. */
int pydict_take(struct pyscan *s, struct pydict *d);

/* Copies a pair into d; a key that is there keeps its place and gets the new text. */
void pydict_put(struct pydict *d, const char *key, size_t nkey, const char *text, size_t ntext);

/* The pair with this key, borrowed from d; NULL: none. */
const struct pydict_pair *pydict_find(const struct pydict *d, const char *key, size_t nkey);

/* Empties, keeps the memory. */
void pydict_clear(struct pydict *d);
void pydict_fini(struct pydict *d);

#define AUTO_PYDICT __attribute__((cleanup(pydict_fini))) struct pydict

#endif
