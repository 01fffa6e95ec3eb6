/* Lines of commands split into words as a shell would, without any expansion: 'all as it is', "with \" and \\ ", back\slash,
 * # a comment to the end of the line. */
#ifndef FH_STATE_WORDS_H
#define FH_STATE_WORDS_H

#include <stddef.h>

#include "err.h"
#include "mem.h"

/* All-zero is empty. v[n] is NULL once something is in. */
struct state_words {
	char **v;
	size_t n, cap;
	struct arena text;
};

/* Appends a copy of word. */
void state_words_add(struct state_words *w, const char *word);
/* Appends the words of line. Returns 0, or -1 with words in e: a quote without its end. */
int state_words_split(struct state_words *w, const char *line, struct err *e);
void state_words_fini(struct state_words *w);

/* Bytes of the first line of text, without its line end: one inside quotes or after a backslash does not end it. */
size_t state_words_line(const char *text);

#endif
