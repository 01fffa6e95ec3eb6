/* How a job's command reaches the place where it runs: command text or words -> argv and environment for proc. Pure but for
 * what is found out once (the shell). */
#ifndef FH_PAR_EXEC_H
#define FH_PAR_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "opts.h"

struct exec;

/* What one job is given: valid until the next exec_wrap of the same exec. */
struct exec_line {
	const char *file;
	char *const *argv;
	char *const *envp;
	size_t env_kept; /* so many strings at its end are there as long as we are */
};

struct exec_job {
	uint64_t seq, slot;
	char *const *words; /* the command's words, where no shell is needed; NULL: text */
	const char *text;   /* for the shell */
	const char *input_name; /* $PARALLEL_TMP (--cat, --fifo); NULL: none */
	const char *groups, *arg_groups; /* PARALLEL_HOSTGROUPS, PARALLEL_ARGHOSTGROUPS (--hostgroups); NULL: none */
};

/* The local place. Finds the shell: $PARALLEL_SHELL, else the shell that called us, else $SHELL, else /bin/sh. o is
 * borrowed. Never fails. */
struct exec *exec_local_new(const struct opts *o);

/* What is else where the jobs are another machine's (an agent): all borrowed until exec_free. */
struct exec_place {
	const char *shell;     /* NULL: found as above */
	const char *login, *host; /* PARALLEL_SSHLOGIN, PARALLEL_SSHHOST */
	long pid;              /* PARALLEL_PID */
	const char *slot_var, *tmpdir; /* NULL: none; /tmp */
	bool by_ssh;           /* as after a login by ssh: the shell is $SHELL, TMPDIR is as it is, and there is PARALLEL_JOBSLOT0 */
};
struct exec *exec_place_new(const struct exec_place *p);

void exec_free(struct exec *x);

const char *exec_shell(const struct exec *x);
/* Whether that shell can be executed here. Returns 0, or -1 with words. */
int exec_shell_there(const struct exec *x, struct err *e);

/* Fills out. Words whose program is not found or cannot be executed are left to the shell, which has the words for it
 * (text must then be given too: *need_text is set and nothing is filled where it is NULL). */
void exec_wrap(struct exec *x, const struct exec_job *j, struct exec_line *out, bool *need_text);

#endif
