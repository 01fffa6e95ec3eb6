/* "did you mean": the word of a list that a mistyped one most resembles. */
#ifndef FH_NEAR_H
#define FH_NEAR_H

#include <stddef.h>

/* A search. Set word and len (bytes), the rest zero; try the candidates in turn; best is the answer. */
struct near {
	const char *word;
	size_t len;
	const char *best;  /* borrowed from the candidates, NULL: none is near enough */
	size_t best_len;
	unsigned best_cost; /* edits between word and best */
};

/* Looks at one candidate of n bytes. It is near enough where no more than a third of word (at least one letter)
 * must be inserted, dropped, changed or swapped with its neighbour (Damerau's distance, adjacent swaps only). The
 * first of equally near ones wins. */
void near_try(struct near *n, const char *candidate, size_t len);

#endif
