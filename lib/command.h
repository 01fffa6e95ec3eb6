/* A command as people write it in fh.ini, split into words once and never seen by a shell: what is put in for a
 * placeholder stays inside its word, whatever it holds. */
#ifndef FH_COMMAND_H
#define FH_COMMAND_H

#include "mem.h"
#include "err.h"

struct command {
	struct arena arena;
	const char **words; /* quotes taken off; placeholders still in them */
	size_t nwords, cap;
};

struct command_value {
	const char *name;  /* of the placeholder, without the braces */
	const char *value;
};

/* Splits text at spaces, tabs and line ends. '...' is taken as it is; in "..." a backslash keeps its meaning before " and \
 * only; elsewhere a backslash takes the next character as it is. Each {name} must be among the n values (their values do
 * not matter); {{ and }} stand for braces. c is all-zero before. Returns 0, or -1 with words: nothing in it, a quote
 * without its end, an unknown placeholder (the known ones are named). */
int command_compile(struct command *c, const char *text, const struct command_value *values, size_t n, struct err *e);

/* The words with the values put in, NULL-terminated, in arena a. values must have the names command_compile was given. */
char **command_expand(const struct command *c, const struct command_value *values, size_t n, struct arena *a);

/* As command_expand, of a text that is one word and may hold no placeholder: {name} -> value. Returns the text in a; NULL
 * with words where a placeholder is unknown. */
char *command_fill(const char *text, const struct command_value *values, size_t n, struct arena *a, struct err *e);

void command_fini(struct command *c);

#define AUTO_COMMAND __attribute__((cleanup(command_fini))) struct command

#endif
