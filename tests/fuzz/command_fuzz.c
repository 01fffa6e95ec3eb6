/* Any text as a command of fh.ini ([render] command, video, env), with hostile values: what has no placeholder is split the
 * same whatever the values; the number of words does not depend on the values; a value stands whole in its word. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define HOSTILE "a b'c\"$(x)`y`\n;{file}{{}}\\ \x1b[2J"
static const struct command_value harmless[] = { { "file", "F" }, { "id", "" } };
static const struct command_value hostile[] = { { "file", HOSTILE }, { "id", "'" } };

/* How often the hostile value stands in word, which is taken apart. */
static size_t
count(const char *word, const char *what)
{
	size_t k = 0;

	for (; (word = strstr(word, what)) != NULL; word += strlen(what))
		k++;
	return k;
}

static void
expand(const struct command *c)
{
	AUTO_ARENA a = { 0 };
	char **plain = command_expand(c, harmless, ARRAY_LEN(harmless), &a);
	char **odd = command_expand(c, hostile, ARRAY_LEN(hostile), &a);
	size_t i, grown;

	for (i = 0; i < c->nwords; i++) {
		if (plain[i] == NULL || odd[i] == NULL || strlen(odd[i]) < strlen(plain[i]))
			abort();
		grown = strlen(odd[i]) - strlen(plain[i]);
		if (count(odd[i], HOSTILE) * (strlen(HOSTILE) - 1) > grown)
			abort(); /* words of the text itself cannot hold it: they would need its quotes */
	}
	if (plain[i] != NULL || odd[i] != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FREE char *text = xstrndup((const char *)data, n);
	AUTO_COMMAND c = { 0 };
	AUTO_COMMAND same = { 0 };
	AUTO_ARENA a = { 0 };
	struct err e = { .msg = "" };
	int r = command_compile(&c, text, harmless, ARRAY_LEN(harmless), &e);

	if (r < 0 && e.msg[0] == '\0')
		abort();
	if (command_compile(&same, text, hostile, ARRAY_LEN(hostile), &e) != r || (r == 0 && same.nwords != c.nwords))
		abort();
	if (r == 0)
		expand(&c);
	e.msg[0] = '\0';
	if (command_fill(text, hostile, ARRAY_LEN(hostile), &a, &e) == NULL && e.msg[0] == '\0')
		abort();
	return 0;
}
