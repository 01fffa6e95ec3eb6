/* Decides which known word was probably meant. Must never know what the words stand for.
 * Invariant: words longer than NEAR_MAX are nobody's neighbour, so that the work per candidate is bounded. */
#include "near.h"

#include <string.h>

#include "cleanup.h"

enum { NEAR_MAX = 40 };

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits from a to b, row by row over three rows; both are at most NEAR_MAX long. */
static unsigned
distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][NEAR_MAX + 1], *two = rows[0], *one = rows[1], *now = rows[2], *t;
	size_t i, j;

	memset(rows, 0, sizeof rows);
	for (j = 0; j <= nb; j++)
		one[j] = (unsigned)j;
	for (i = 1; i <= na; i++) {
		now[0] = (unsigned)i;
		for (j = 1; j <= nb; j++) {
			now[j] = least(one[j - 1] + (a[i - 1] != b[j - 1]), least(one[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
		}
		t = two, two = one, one = now, now = t;
	}
	return one[nb];
}

void
near_try(struct near *n, const char *candidate, size_t len)
{
	unsigned cost, most = n->len < 6 ? 1 : (unsigned)(n->len / 3);

	if (n->len < 2 || n->len > NEAR_MAX || len > NEAR_MAX)
		return;
	cost = distance(n->word, n->len, candidate, len);
	if (cost > most || (n->best != NULL && cost >= n->best_cost))
		return;
	n->best = candidate;
	n->best_len = len;
	n->best_cost = cost;
}
