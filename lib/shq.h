/* Quoting for sh: text in, one word of shell source out that means exactly that text. */
#ifndef FH_SHQ_H
#define FH_SHQ_H

#include <stdbool.h>

#include "buf.h"

/* Whether the n bytes stay bare: not empty, all in [A-Za-z0-9_/.+-] (GNU parallel 20221122, observed). */
bool shq_is_bare(const char *s, size_t n);

/* How many bytes at the start of the n are such. */
size_t shq_bare(const char *s, size_t n);

/* Appends the n bytes of s as GNU parallel writes them: bare where they may be, else '...' with ' as '"'"', empty as '',
 * without the empty quotes that a ' at either end would leave. For NUL there is no shell word: it is left out. */
void shq_add(struct buf *out, const char *s, size_t n);
void shq_adds(struct buf *out, const char *s);

/* As shq_add, for fish, where a backslash within '...' may mean more than itself: it is doubled. */
void shq_fish(struct buf *out, const char *s, size_t n);

/* For csh and tcsh, where no quotes keep everything: a backslash before each byte that is not harmless (GNU parallel 20221122, observed),
 * a newline as "\\newline", empty as ''. */
void shq_csh(struct buf *out, const char *s, size_t n);
bool shq_csh_is_bare(unsigned char c);

enum shq_kind { SHQ_SH, SHQ_FISH, SHQ_CSH };

/* The one that the shell of that name (its last part) needs. */
enum shq_kind shq_kind_of(const char *shell);
void shq_for(enum shq_kind kind, struct buf *out, const char *s, size_t n);

/* As shq_add, but always in '...' and with ' as '\'': for output that is run with eval. No content can end the word,
 * in any Bourne shell, zsh and bash 3.2 included. */
void shq_eval(struct buf *out, const char *s, size_t n);

/* shq_add of shq_add's result: one word that two shells read, the local one and the one that ssh starts. */
void shq_twice(struct buf *out, const char *s, size_t n);

/* The NULL-terminated words, each as shq_add, separated by spaces: a command line to be shown or given to sh -c. */
void shq_argv(struct buf *out, char *const argv[]);

#endif
