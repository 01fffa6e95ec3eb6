/* Decides how bash calls us and how its variables are set; the only file that includes bash's headers. Must never know what is asked or
 * answered.
 * The source of all names here: bash's own loadable builtins (examples/loadables, /usr/include/bash). Only what bash has had
 * since 4.4 is used. */
#include <config.h>

#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "builtins.h"
#include "shell.h"
#include "bashgetopt.h"
#include "common.h"

#include "bash_host.h"

#include "quit.h"

extern int subshell_environment;
extern int sync_buffered_stream(int); /* input.h and trap.h are not among the headers that are installed */
extern int pending_traps[] __attribute__((weak));

/* --- variables --------------------------------------------------------------------------------------------------- */
enum bash_set
bash_may_set(const char *name, bool array)
{
	SHELL_VAR *v;

	if (!legal_identifier((char *)(size_t)name))
		return BASH_BAD_NAME;
	v = find_variable((char *)(size_t)name);
	if (v != NULL && (readonly_p(v) || noassign_p(v)))
		return BASH_READONLY;
	return array && v != NULL && assoc_p(v) ? BASH_NOT_ARRAY : BASH_SET;
}

enum bash_set
bash_set(const char *name, const char *text, bool exported)
{
	enum bash_set r = bash_may_set(name, false);
	SHELL_VAR *v, *bound;
	bool integer;

	if (r != BASH_SET)
		return r;
	v = find_variable((char *)(size_t)name);
	if (v != NULL && value_cell(v) != NULL && (!exported || exported_p(v)) && !invisible_p(v) && !array_p(v) && !assoc_p(v) &&
	    strcmp(value_cell(v), text) == 0)
		return BASH_SET; /* as it is: the environment need not be made anew */
	integer = v != NULL && integer_p(v);
	if (integer)
		VUNSETATTR(v, att_integer); /* before 5.0 there is nothing else that keeps bash from evaluating text */
	bound = bind_variable((char *)(size_t)name, (char *)(size_t)text, ASS_NOEVAL);
	if (integer)
		VSETATTR(v, att_integer);
	if (bound == NULL)
		return BASH_READONLY;
	v = bound;
	if (exported && !exported_p(v)) {
		VSETATTR(v, att_exported);
		array_needs_making = 1;
	}
	VUNSETATTR(v, att_invisible);
	return BASH_SET;
}

enum bash_set
bash_set_array(const char *name, const char *text, size_t n)
{
	enum bash_set r = bash_may_set(name, true);
	const char *end = text + n;
	arrayind_t i = 0;
	SHELL_VAR *v;

	if (r != BASH_SET)
		return r;
	v = find_or_make_array_variable((char *)(size_t)name, 1);
	if (v == NULL || !array_p(v))
		return BASH_NOT_ARRAY;
	array_flush(array_cell(v));
	for (; text < end; text += strlen(text) + 1)
		array_insert(array_cell(v), i++, (char *)(size_t)text);
	VUNSETATTR(v, att_invisible);
	return BASH_SET;
}

/* --- the shell around us ----------------------------------------------------------------------------------------- */
bool
bash_wants_text(void)
{
	return (subshell_environment & (SUBSHELL_COMSUB | SUBSHELL_PIPE | SUBSHELL_PROCSUB)) != 0;
}

bool
bash_signalled(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	bool trapped = false;
	size_t i;

	for (i = 0; pending_traps != NULL && i < sizeof ends / sizeof *ends; i++)
		trapped |= pending_traps[ends[i]] != 0;
	return trapped || interrupt_state != 0 || terminating_signal != 0;
}

void
bash_sync(void)
{
	sync_buffered_stream(0);
	fflush(stdout);
}

/* --- what bash calls --------------------------------------------------------------------------------------------- */
static int
call(int (*fn)(int, char **), const char *name, WORD_LIST *words)
{
	int argc = 1 + list_length(words), i, status;
	char **argv = malloc(((size_t)argc + 1) * sizeof *argv);

	if (argv == NULL) {
		builtin_error("out of memory");
		return 3;
	}
	argv[0] = (char *)(size_t)name;
	for (i = 1; words != NULL; words = words->next)
		argv[i++] = words->word->word;
	argv[argc] = NULL;
	status = fn(argc, argv);
	free(argv);
	return status;
}

static int
state_builtin(WORD_LIST *words)
{
	return call(fh_state_main, "fh-state", words);
}

static int
voicecheck_builtin(WORD_LIST *words)
{
	return call(fh_voicecheck_main, "fh-voicecheck", words);
}

static char *const state_doc[] = {
	"Read and change project_state.json, as the program fh-state does, without a process.", "",
	"-v NAME puts the output into NAME, -a NAME each value into an element of NAME.",
	"`load', `increment' and `invalidate' set the STATE_ variables; within $(...) or",
	"a pipeline they print code instead, as the program. `fh-state --help' tells the rest.", NULL };
static char *const voicecheck_doc[] = {
	"Is the voice cache of a project valid? As the program fh-voicecheck, without a process.", "",
	"-v NAME puts the output into NAME, --array NAME each line into an element of NAME.", NULL };

/* bash looks for NAME_struct. The names have a hyphen, which only the assembler lets pass. */
struct builtin fh_state_struct = { "fh-state", state_builtin, BUILTIN_ENABLED, state_doc,
	"fh-state [OPTION ...] VERB [FILE.json] [OPERAND ...]", 0 };
struct builtin fh_voicecheck_struct = { "fh-voicecheck", voicecheck_builtin, BUILTIN_ENABLED, voicecheck_doc,
	"fh-voicecheck [OPTION ...] [PROJECT_DIR]", 0 };
__asm__(".globl \"fh-state_struct\"\n.set \"fh-state_struct\", fh_state_struct\n"
	".globl \"fh-voicecheck_struct\"\n.set \"fh-voicecheck_struct\", fh_voicecheck_struct\n");
