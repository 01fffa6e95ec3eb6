/* Any bytes quoted, then read as sh reads quotes: they must come back, as one word, with nothing left to expand. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shq.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The one word that sh makes of text, into out. Aborts where sh would see a second word or an expansion. */
static void
unquote(const char *text, struct buf *out)
{
	const char *end;

	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '"') {
			end = strchr(text + 1, *text);
			if (end == NULL || (*text == '"' && memchr(text, '\\', (size_t)(end - text)) != NULL))
				abort();
			if (*text == '"' && strcspn(text + 1, "$`") < (size_t)(end - text - 1))
				abort();
			buf_add(out, text + 1, (size_t)(end - text - 1));
			text = end;
		} else if (*text == '\\' && text[1] == '\'')
			buf_addc(out, *++text);
		else if (shq_is_bare(text, 1))
			buf_addc(out, *text);
		else
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const ways[])(struct buf *, const char *, size_t) = { shq_add, shq_eval, shq_twice };
	AUTO_BUF want = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		if (data[i] != '\0')
			buf_addc(&want, (char)data[i]);
	for (i = 0; i < ARRAY_LEN(ways); i++) {
		AUTO_BUF quoted = { 0 }, once = { 0 }, twice = { 0 };

		ways[i](&quoted, (const char *)data, n);
		if (quoted.len == 0)
			abort();
		unquote(quoted.data, &once);
		unquote(ways[i] == shq_twice ? buf_str(&once) : "", &twice);
		if (strcmp(buf_str(ways[i] == shq_twice ? &twice : &once), buf_str(&want)) != 0)
			abort();
	}
	return 0;
}
