/* Any text as lines of `fh-state edit`: a line ends at a newline or the end, its words quoted for a shell are one line with the same
 * words, and what a line that is taken says does not depend on what follows. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "shq.h"
#include "state_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
same_again(const struct state_words *w)
{
	struct state_words again = { 0 };
	AUTO_BUF line = { 0 };
	struct err e;
	size_t i;

	shq_argv(&line, w->v);
	buf_adds(&line, "\n'");
	line.data[state_words_line(line.data)] = '\0';
	if (strlen(line.data) != line.len - 2 || state_words_split(&again, line.data, &e) < 0 || again.n != w->n)
		abort();
	for (i = 0; i < w->n; i++)
		if (strcmp(again.v[i], w->v[i]) != 0)
			abort();
	state_words_fini(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { .msg = "" };
	AUTO_BUF all = { 0 };
	char *line, *end;
	size_t len;

	buf_add(&all, data, n);
	for (line = all.data; line != NULL && *line != '\0'; line = end) {
		struct state_words w = { 0 };

		len = state_words_line(line);
		if (len > strlen(line) || (line[len] != '\0' && line[len] != '\n'))
			abort();
		end = line[len] == '\0' ? NULL : line + len + 1;
		line[len] = '\0';
		if (state_words_split(&w, line, &e) == 0 && w.n > 0)
			same_again(&w);
		else if (w.n == 0 && *line != '\0' && strpbrk(line, "'\"#\\ \t\r\n") == NULL)
			abort();
		state_words_fini(&w);
	}
	return 0;
}
