/* What completions of all shells share: opt_bash.c, opt_zsh.c and opt_fish.c are made of it. They are for those who type: what only a
 * tool knows (names in a project) is asked from it at the moment of completion, by the row's `list` command. */
#ifndef FH_OPT_COMP_H
#define FH_OPT_COMP_H

#include "opt.h"

struct buf;

/* Where the value of a row or the operand of a verb comes from; borrowed from these. */
struct opt_values {
	const char *const *choices;
	const char *list;
	enum opt_complete kind;
	bool none; /* takes nothing that could be completed */
};

struct opt_values opt_comp_row(const struct opt *row);
struct opt_values opt_comp_verb(const struct opt_verb *v);

/* Appends: a tool's name as part of a function's; */
void opt_comp_ident(struct buf *out, const char *name);
/* the ways to write the row, separated by sep: "-j --jobs --max-procs"; */
void opt_comp_forms(const struct tool *t, const struct opt *row, const char *sep, struct buf *out);
/* the same of all rows whose value is the next word; where there are none, '' (a shell's case needs a word); */
void opt_comp_takers(const struct tool *t, const char *sep, struct buf *out);
/* the words of a list that ends with NULL (NULL: none), a space between two. */
void opt_comp_choices(const char *const *list, struct buf *out);

#endif
