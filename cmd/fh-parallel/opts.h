/* The command line of fh-parallel: its option table, and struct opts, const for everyone once opts_load has returned.
 *
 * A value is stored as its room wants it: durations in ns, sizes in bytes, numbers as numbers; where the meaning depends on
 * what only a room knows (-j, --load, --halt: cores, totals) the text is kept and that room parses it. Words are borrowed
 * from argv, $PARALLEL or a profile, and live as long as the opts. */
#ifndef FH_PAR_OPTS_H
#define FH_PAR_OPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "mem.h"
#include "opt.h"

/* One group of ::: :::: :::+ ::::+ words, or one -a file. */
struct input {
	bool file;             /* words name files ("-" is stdin); else they are values */
	bool link;             /* :::+ ::::+: goes in step with the source before it */
	const char *const *words;
	size_t n;
};

/* What is only asked for: main prints it and ends. */
enum query { QUERY_NONE, QUERY_CORES, QUERY_SOCKETS, QUERY_THREADS, QUERY_LINE_MAX, QUERY_MINVERSION };

enum ctx_mode { CTX_NONE, CTX_INPLACE, CTX_REPEAT }; /* one input; -m --xargs -n; -X -N -L: words are repeated */

struct opts {
	const char *argv0;           /* what we were called as: self.h */
	/* input: source.c, record.c */
	struct opt_list arg_files;   /* -a */
	const char *delim_text;      /* -d as given, "\\0" for -0 */
	char delim[255];             /* the delimiter's bytes, from -d, -0 or newline */
	size_t ndelim;
	const char *colsep;          /* -C regular expression */
	bool csv;
	const char *header;          /* "0", ":", a number or a regular expression; NULL: none */
	const char *trim;            /* "n" "l" "r" "lr" "rl"; NULL: as -C implies */
	const char *eof_str;         /* -E; NULL: none */
	bool no_run_if_empty;        /* -r */
	const char *arg_sep;         /* ":::" */
	const char *arg_file_sep;    /* "::::" */
	bool skip_first_line;
	bool link_inputs;            /* --link: all sources in step, short ones start over */
	bool shuf;
	int64_t total_jobs;          /* --total-jobs, 0: not given */
	const struct input *inputs;  /* all sources in order: -a files, then the groups after the command; none: stdin */
	size_t ninputs;
	bool stdin_for_jobs;         /* input does not come from stdin by default: the first job gets our stdin (-a) */

	/* the command: tmpl.c */
	const char *const *command;  /* words; none: the inputs are commands */
	size_t ncommand;
	const char *replace;         /* -I: instead of {} */
	const char *er, *bnr, *bner, *dnr, *seqreplace, *slotreplace; /* NULL: as built in */
	const char *parens;          /* "{==}" */
	struct opt_list rpl;
	bool plus;
	struct opt_list tmpl_files;  /* --tmpl FILE=REPL */
	bool quote;                  /* -q */
	unsigned shellquote;         /* --shellquote, how often */
	struct opt_list filter;

	/* arguments per command: batch.c */
	enum ctx_mode mode;          /* after all options that imply one */
	bool context_replace;        /* -X */
	bool multiple;               /* -m */
	bool xargs;
	int64_t max_args;            /* -n; -1: not given */
	int64_t max_replace_args;    /* -N; -1: not given */
	int64_t max_inputs;          /* per command, from the three; 0: read one, insert none; INT64_MAX: what fits */
	bool spread;                 /* -X -m: the last inputs are spread over the slots */
	int64_t max_lines;           /* -L -l; -1: not given */
	bool lines_in_place;         /* by -l, which repeats no words */
	int64_t max_chars;           /* -s; 0: not given */
	bool exit_if_long;           /* -x */

	/* output: capture.c, output_*.c */
	bool group, ungroup, line_buffer, latest_line, keep_order;
	bool tag;
	const char *tagstring;       /* also --ctagstring */
	bool color, ctag, color_failed;
	bool files, files0;
	const char *results;
	bool compress;
	const char *compress_program, *decompress_program;
	unsigned verbose;            /* -v */
	bool silent;                 /* then verbose is 0 */
	bool trace;                  /* -t: the command to stderr */
	bool dry_run;
	const char *tmpdir;

	/* control: sched.c, job.c, joblog.c */
	const char *jobs;            /* -j: N +N -N N% 0 FILE auto; NULL: 100% */
	int64_t delay_ns;
	bool delay_auto;
	const char *load;            /* syntax of -j */
	int64_t memfree, memsuspend; /* bytes */
	bool noswap;
	const char *limit;
	int64_t nice;                /* INT64_MIN: not given */
	int64_t timeout_ns;          /* 0: none */
	int64_t timeout_millipercent; /* of the median: 200% = 200000; 0: none */
	const char *termseq;         /* "TERM,200,TERM,100,TERM,50,KILL,25" */
	int64_t retries;             /* tries in all; 1 where not given; 0 (given) is endless: INT64_MAX */
	const char *halt;            /* as given; NULL: never */
	const char *joblog;          /* without the '+' */
	bool joblog_append;          /* '+' */
	bool joblog_extra;
	const char *json_log;
	bool resume, resume_failed, retry_failed;
	bool progress, bar, eta, live;
	const char *wd;
	struct opt_list env;         /* --env names */
	const char *slot_var;        /* --process-slot-var */
	bool interactive;            /* -p */
	bool tty, open_tty, tmux, tmuxpane;
	bool use_cores, use_sockets; /* what one CPU is */
	bool explain_jobs;
	const char *longest_first;   /* column, or "" without one; NULL: not given */
	bool jobserver;
	const char *trace_file, *timeline;
	const char *engine;          /* "local", "slurm" */
	const char *slurm_opts;      /* of salloc, or with elastic of srun */
	int64_t elastic;             /* workers; 0: none */
	int64_t cpus_per_job, mem_per_job; /* bytes; 0: not looked at */
	bool requeue;
	bool bootstrap;              /* agents are our own program, sent */
	bool agent;                  /* --agent: we are the far side */
	int64_t worker_timeout_ns;   /* a worker that is silent for that long is lost */

	/* sem */
	bool semaphore, fg, bg, wait;
	const char *sem_id;
	int64_t sem_timeout_ns;      /* <0: give up after that long; 0: wait for ever */

	/* pipe */
	bool pipe, pipe_part;
	int64_t block;               /* bytes; negative: blocks per slot; 0: not given */
	const char *recstart, *recend; /* NULL: not given */
	bool regexp, rrs, round_robin, cat, fifo, tee;
	const char *group_by, *shard, *bin;
	int64_t block_timeout_ns;

	/* elsewhere */
	struct opt_list sshlogin, sshloginfile, transferfile, ret, basefile;
	bool cleanup, onall, nonall, hostgroups, controlmaster, filter_hosts;
	const char *ssh, *rsync_opts;
	const char *onall_host;      /* we are the inner run of --onall for that host; NULL: not */
	const char *onall_stdin;     /* then: the file that is stdin */
	int64_t sshdelay_ns;

	struct opt_list profiles;    /* -J */
	bool plain, show_limits;
	enum query query;
	int64_t minversion;
	struct arena mem;            /* words of $PARALLEL and profiles, inputs */
};

extern const struct tool parallel_tool;

enum opts_result {
	OPTS_RUN,
	OPTS_SAY, /* nothing to run: print say on stdout and exit 0 (--help, --version) */
	OPTS_BAD, /* words in e: print them on stderr; where say is not empty (the usage), that on stdout; exit 255 */
};

/* Options from /etc/parallel/config, ~/.parallel/config, profiles, $PARALLEL and argv, in that order (later ones win); the
 * command and its inputs. name is what we were called as (sem: --semaphore). */
enum opts_result opts_load(struct opts *o, int argc, char *argv[], struct buf *say, struct err *e);
void opts_fini(struct opts *o);
/* What holds where nothing is given. */
void opts_defaults(struct opts *o);
/* Appends the folder of the user's profiles and semaphores: $PARALLEL_HOME, else ~/.parallel. */
void opts_user_dir(struct buf *out);

/* Whether what jobs print goes through a program (--compress, --compress-program). */
static inline bool
opts_compress(const struct opts *o)
{
	return o->compress || (o->compress_program != NULL && o->compress_program[0] != '\0');
}

#endif
