/* Does a command need a shell? And the words of one that does not. */
#ifndef FH_PAR_DIRECT_H
#define FH_PAR_DIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* The words of a command that needs no shell. All-zero is empty; reused from job to job. */
struct argv {
	char **v; /* NULL-terminated, for exec: pointers into text, or into what the filler names; borrowed */
	size_t n, cap;
	struct buf text;
};

void argv_reset(struct argv *a);
/* Appends a word that lives elsewhere. */
void argv_add(struct argv *a, const char *word);
/* Appends n bytes to the text and keeps the words that are in it valid. */
void argv_text(struct argv *a, const char *s, size_t n);
/* Makes what stands in the text from offset on a word. */
void argv_word(struct argv *a, size_t from);
/* NULL-terminates. */
void argv_end(struct argv *a);
void argv_fini(struct argv *a);

/* Whether c means itself to every shell, wherever in a word it stands. */
bool direct_char(char c);

/* Whether the n bytes of word can be the first word of a command that is run without a shell: no builtin or keyword of
 * a Bourne shell, no assignment, no exported function. */
bool direct_word(const char *word, size_t n);

/* Whether leaving shell out is allowed at all: it is one of those whose -c reads no start-up file and whose language
 * direct_word knows. */
bool direct_shell(const char *shell);

/* The words of a command text: true where it needs no shell, bare and single-quoted words only. out is reset. */
bool direct_split(const char *text, size_t len, struct argv *out);

#endif
