/* Any bytes as a sound file: no crash, and a refusal has words. */
#include <stdint.h>
#include <stdlib.h>

#include "audio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { .msg = "" };

	if (audio_check_memory(data, n, &e) < 0 && e.msg[0] == '\0')
		abort();
	return 0;
}
