/* Decides which number stands for some bytes. Must never know what they mean.
 * Invariant: the number is FNV's, on every machine and in every release: files and the slots of --shard depend on it. */
#include "fnv.h"

uint64_t
fnv_add(uint64_t h, const void *p, size_t n)
{
	const unsigned char *s = p;

	while (n-- > 0)
		h = (h ^ *s++) * UINT64_C(0x100000001b3);
	return h;
}
