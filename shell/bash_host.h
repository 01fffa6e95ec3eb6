/* What we ask of the bash that has loaded us, in C of our own: bash's headers stay in bash_host.c. */
#ifndef FH_BASH_HOST_H
#define FH_BASH_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* The builtins, as the table in bash_host.c calls them: argc words, argv[0] the builtin's name. They return an exit status. */
int fh_state_main(int argc, char **argv);
int fh_voicecheck_main(int argc, char **argv);

enum bash_set { BASH_SET, BASH_BAD_NAME, BASH_READONLY, BASH_NOT_ARRAY };

/* Whether a value may be put into the variable (array) name. */
enum bash_set bash_may_set(const char *name, bool array);
/* Assigns text to variable name, the innermost of that name; no part of it is evaluated, whatever attributes the variable has. */
enum bash_set bash_set(const char *name, const char *text, bool exported);
/* Makes indexed array name hold the NUL-ended pieces in the n bytes of text. */
enum bash_set bash_set_array(const char *name, const char *text, size_t n);

/* Whether we run where variables are lost and only what is printed counts: $(...), `...`, <(...), part of a pipeline. */
bool bash_wants_text(void);
/* Whether a signal that asks the shell to end waits for bash to deal with it, by its trap or without one. Others (a child that ended, an alarm)
 * wait until we are done, as they do while a program runs. */
bool bash_signalled(void);
/* What bash holds of fd 0 goes back, and what it holds for stdout goes out, before we read or write. */
void bash_sync(void);

#endif
