/* What the files of launch share. Nobody else includes it. */
#ifndef FH_PAR_LAUNCH_INT_H
#define FH_PAR_LAUNCH_INT_H

#include "launch.h"
#include "starter.h"
#include "tmplfile.h"
#include "tmux.h"

struct launch {
	struct launch_conf c;
	struct tmpl *tag, *wd;
	struct tmplfile *files; /* --tmpl; NULL: none */
	struct argv argv;   /* of the job expanded last */
	bool have_words;
	bool direct;        /* the command never needs a shell */
	bool split;         /* the inputs are the commands: seen one by one */
	bool whole;         /* -vv: the text of a job is all that is run, with what options add to it */
	uint64_t total;
	int null_fd;
	bool limits;        /* jobs may have fewer descriptors than we */
	struct tmux *tmux;  /* NULL: jobs have no windows */
	int tty_fd;         /* --tty: the terminal, -1: not asked for, or none there */
	struct buf dir;
	struct view *views;  /* launch_far: of argv */
	bool own_dir;        /* --wd "...", and a shell that can remove it */
	struct buf removing; /* with that, a job's text and what removes the folder */
	struct buf quoted;   /* --shellquote: what prints it */
	struct capture_spare *spare;
	struct starter *starter;
};

/* launch_text.c */
/* What templates see of j; borrows from it. */
struct tmpl_job launch_view(const struct launch *l, const struct job *j);
enum launch_result launch_result(enum tmpl_result r);
/* --wd of the job, and made where asked; NULL: none. */
enum launch_result launch_dir(struct launch *l, const struct job *j, bool make, const char **dir, struct err *e);
/* --shellquote: instead of the command something that prints it, quoted so often. */
const char *launch_quoted(struct launch *l, const struct job *j);
/* --wd "...": the folder goes with the job; added to line in the words of the reference. */
void launch_add_removal(struct launch *l, const char *dir, struct buf *line);

/* launch_here.c */
/* What comes first wherever it runs. LAUNCH_RUNS: it is to be run. */
enum launch_result launch_begin(struct launch *l, struct job *j, struct err *e);

/* launch_far.c */
/* The ssh that runs j on its host. Returns 0 or -errno. */
int launch_wrap_remote(struct launch *l, struct job *j, struct exec_line *line);

#endif
