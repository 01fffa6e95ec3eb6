/* Any text as a sum of sizes: what is accepted lies in range and means the same in parentheses, what is refused is told why. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "sum.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FREE char *s = xstrndup((const char *)data, n);
	char inside[200];
	struct err e = { .msg = "" };
	double value = 0, again = 0;

	if (sum_eval(s, &value, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return 0;
	}
	if (!(value >= -9e18 && value <= 9e18))
		abort();
	if (strlen(s) + 3 > sizeof inside)
		return 0;
	snprintf(inside, sizeof inside, "(%s)", s);
	if (sum_eval(inside, &again, &e) < 0 || memcmp(&again, &value, sizeof value) != 0)
		abort();
	return 0;
}
