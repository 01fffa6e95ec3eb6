/* The option table of fh-parallel: GNU parallel's names and letters (20221122, every spelling it takes), and our own. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "fh-parallel/opts.h"
#include "num.h"
#include "sum.h"

#define FIELD(f) OPT_FIELD(opts, f)
/* For set(): where the value goes; what it may look like is set()'s business alone. */
#define AT(f) .off = offsetof(struct opts, f), .type = OPT_NONE
#define NOT_YET .kind = OPT_REFUSED

/* A value that the option cannot have sets EDOM: it is told without the usage. */

/* --- values ------------------------------------------------------------------------------------------------------ */
static int64_t *
int_field(void *o, const struct opt *row)
{
	return (int64_t *)(void *)((char *)o + row->off);
}

/* A size with unit, or sums and products of such ("1M-12*2k"), as the reference takes them; none is none at all. */
static int
set_size(void *o, const struct opt *row, const char *arg, struct err *e)
{
	double value = 0;

	if (*arg != '\0' && sum_eval(arg, &value, e) < 0)
		return -1;
	*int_field(o, row) = (int64_t)value;
	return 0;
}

/* A count with unit; a part of one is one more, as in the reference, and what is less than 0 is 1. Without its optional
 * argument, or -l 0: 1. */
static int
set_count(void *o, const struct opt *row, const char *arg, struct err *e)
{
	double value = 1;

	if (arg != NULL && *arg != '\0' && sum_eval(arg, &value, e) < 0)
		return -1;
	value = value < 0 || (row->arg_optional && value == 0) ? 1 : ceil(value);
	*int_field(o, row) = (int64_t)value;
	return 0;
}

/* -L and -l. Once -L was there words are repeated. */
static int
set_lines(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;

	o->lines_in_place = row->letter == 'l' && (o->max_lines < 0 || o->lines_in_place);
	return set_count(v, row, arg, e);
}

static int
set_duration(void *o, const struct opt *row, const char *arg, struct err *e)
{
	return num_duration(arg, int_field(o, row), e);
}

/* Seconds to wait; below 0: then give up. */
static int
set_sem_timeout(void *o, const struct opt *row, const char *arg, struct err *e)
{
	((struct opts *)o)->semaphore = true;
	if (num_duration(*arg == '-' ? arg + 1 : arg, int_field(o, row), e) < 0)
		return -1;
	if (*arg == '-')
		*int_field(o, row) *= -1;
	return 0;
}

static int
set_delay(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;
	size_t n = strlen(arg);
	char number[64];

	o->delay_auto = n >= 4 && strcmp(arg + n - 4, "auto") == 0;
	n -= o->delay_auto ? 4 : 0;
	if (n >= sizeof number)
		return err_set(e, 0, "'%s': not a duration", arg);
	memcpy(number, arg, n);
	number[n] = '\0';
	return num_duration(n == 0 && o->delay_auto ? "0" : number, int_field(o, row), e);
}

static int
set_timeout(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;

	(void)row;
	o->timeout_ns = o->timeout_millipercent = 0;
	if (arg[0] != '\0' && arg[strlen(arg) - 1] == '%')
		return num_percent(arg, &o->timeout_millipercent, e);
	if (num_duration(arg, &o->timeout_ns, NULL) < 0)
		return err_set(e, EDOM, "'%s': not a duration (such as 90, 2.5, 1m30s)", arg);
	return 0;
}

static int
set_retries(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;

	(void)row;
	if (num_int(arg, 0, INT64_MAX, &o->retries, e) < 0)
		return -1;
	if (o->retries == 0)
		o->retries = INT64_MAX;
	return 0;
}

static int
set_joblog(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;

	(void)row;
	o->joblog_append = *arg == '+';
	o->joblog = arg + o->joblog_append;
	return *o->joblog == '\0' ? err_set(e, 0, "'%s': no file name", arg) : 0;
}

static int
set_trim(void *v, const struct opt *row, const char *arg, struct err *e)
{
	(void)row;
	((struct opts *)v)->trim = arg;
	if (strcmp(arg, "n") && strcmp(arg, "l") && strcmp(arg, "r") && strcmp(arg, "lr") && strcmp(arg, "rl"))
		return err_set(e, EDOM, "'%s': not one of n, l, r, lr, rl", arg);
	return 0;
}

static int
set_transfer(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opt_list *l = &((struct opts *)v)->transferfile;

	(void)row, (void)arg, (void)e;
	if (l->n == l->cap)
		l->v = xgrow(l->v, l->n, &l->cap, sizeof *l->v);
	l->v[l->n++] = "{}";
	return 0;
}

static int
set_trc(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;

	if (o->ret.n == o->ret.cap)
		o->ret.v = xgrow(o->ret.v, o->ret.n, &o->ret.cap, sizeof *o->ret.v);
	o->ret.v[o->ret.n++] = arg;
	o->cleanup = true;
	return set_transfer(v, row, arg, e);
}

/* --- switches that set more than one thing ----------------------------------------------------------------------- */
#define SWITCH(name, what)                                                        \
	static int set_##name(void *v, const struct opt *row, const char *arg, struct err *e) \
	{                                                                         \
		struct opts *o = v;                                               \
		(void)row, (void)arg, (void)e;                                    \
		what;                                                             \
		return 0;                                                         \
	}

SWITCH(silent, o->silent = true)
SWITCH(eta, o->eta = o->progress = true)
SWITCH(ctag, o->color = o->tag = true)
SWITCH(ctagstring, o->color = true; o->tagstring = arg)
SWITCH(replace, o->replace = arg == NULL || *arg == '\0' ? "{}" : arg)
SWITCH(eof, o->eof_str = arg == NULL || *arg == '\0' ? NULL : arg)
SWITCH(null, o->delim_text = "\\0")
SWITCH(pipe, o->pipe = true)
SWITCH(semaphore, o->semaphore = true)
SWITCH(fg, o->fg = true)
SWITCH(bg, o->semaphore = o->bg = true)
SWITCH(sem_id, o->semaphore = true; o->sem_id = arg)
SWITCH(cores, o->query = QUERY_CORES)
SWITCH(sockets, o->query = QUERY_SOCKETS)
SWITCH(threads, o->query = QUERY_THREADS)
SWITCH(line_max, o->query = QUERY_LINE_MAX)
SWITCH(nothing, o->plain |= false)

static int
set_minversion(void *v, const struct opt *row, const char *arg, struct err *e)
{
	struct opts *o = v;

	(void)row;
	o->query = QUERY_MINVERSION;
	return num_int(arg, INT64_MIN, INT64_MAX, &o->minversion, e);
}

#define G_IN "Input"
#define G_REPL "Replacement strings"
#define G_ARGS "Several arguments"
#define G_OUT "Output"
#define G_CTRL "Control"
#define G_PIPE "Pipe"
#define G_SEM "Semaphore"
#define G_FAR "Elsewhere"
#define G_ABOUT "About"

static const struct opt opts[] = {
	/* --- input */
	{ "arg-file", 'a', "argfile", FIELD(arg_files), .arg = "FILE", .complete = OPT_C_FILE, .group = G_IN,
	    .help = "read inputs from FILE (- is stdin)" },
	{ "null", '0', NULL, .type = OPT_NONE, .set = set_null, .group = G_IN, .help = "inputs end with NUL" },
	{ "delimiter", 'd', NULL, FIELD(delim_text), .arg = "DELIM", .group = G_IN,
	    .help = "inputs end with DELIM (\\n \\t \\0 and octal \\101 understood)" },
	{ "colsep", 'C', "col-sep", FIELD(colsep), .arg = "REGEXP", .group = G_IN, .sample = ",",
	    .help = "inputs are rows, REGEXP separates their columns; '|' is a bar" },
	{ "csv", 0, NULL, FIELD(csv), .group = G_IN, .help = "inputs are CSV records, --colsep (,) separates columns" },
	{ "header", 0, NULL, FIELD(header), .arg = "REGEXP", .group = G_IN, .sample = ":",
	    .help = "the first input of each source names its columns: {name}; 0: sources are named by their files" },
	{ "trim", 0, NULL, .type = OPT_NONE, .set = set_trim, .arg = "HOW", .group = G_IN, .sample = "rl",
	    .help = "cut white space off: n no, l left, r right, lr or rl both (rl with --colsep)" },
	{ NULL, 'E', NULL, FIELD(eof_str), .arg = "TEXT", .group = G_IN, .help = "an input equal to TEXT ends its source" },
	{ "eof", 'e', NULL, .type = OPT_NONE, .set = set_eof, .arg = "TEXT", .arg_optional = true, .group = G_IN,
	    .help = "as -E; without TEXT nothing ends a source" },
	{ "no-run-if-empty", 'r', "norunifempty", FIELD(no_run_if_empty), .group = G_IN, .help = "leave out blank inputs" },
	{ "arg-sep", 0, "argsep", FIELD(arg_sep), .arg = "TEXT", .group = G_IN, .help = "use TEXT instead of :::" },
	{ "arg-file-sep", 0, "argfilesep", FIELD(arg_file_sep), .arg = "TEXT", .group = G_IN,
	    .help = "use TEXT instead of ::::" },
	{ "skip-first-line", 0, "skipfirstline", FIELD(skip_first_line), .group = G_IN, .help = "drop the first input" },
	{ "link", 0, "xapply", FIELD(link_inputs), .group = G_IN,
	    .help = "take one input from every source instead of all combinations; short sources start over" },
	{ "shuf", 0, NULL, FIELD(shuf), .group = G_IN, .help = "random order" },
	{ "total-jobs", 0, "totaljobs total", FIELD(total_jobs), .arg = "N", .min = 1, .max = INT64_MAX, .group = G_IN,
	    .help = "there will be N jobs: do not read all input to know" },

	/* --- replacement strings */
	{ NULL, 'I', NULL, FIELD(replace), .arg = "TEXT", .group = G_REPL, .help = "use TEXT instead of {}" },
	{ "replace", 'i', NULL, .type = OPT_NONE, .set = set_replace, .arg = "TEXT", .arg_optional = true, .group = G_REPL,
	    .help = "as -I; without TEXT {}" },
	{ "extensionreplace", 0, "er", FIELD(er), .arg = "TEXT", .group = G_REPL, .help = "use TEXT instead of {.}" },
	{ "basenamereplace", 0, "bnr", FIELD(bnr), .arg = "TEXT", .group = G_REPL, .help = "use TEXT instead of {/}" },
	{ "basenameextensionreplace", 0, "bner", FIELD(bner), .arg = "TEXT", .group = G_REPL,
	    .help = "use TEXT instead of {/.}" },
	{ "dirnamereplace", 0, "dnr", FIELD(dnr), .arg = "TEXT", .group = G_REPL, .help = "use TEXT instead of {//}" },
	{ "seqreplace", 0, NULL, FIELD(seqreplace), .arg = "TEXT", .group = G_REPL, .help = "use TEXT instead of {#}" },
	{ "slotreplace", 0, NULL, FIELD(slotreplace), .arg = "TEXT", .group = G_REPL, .help = "use TEXT instead of {%}" },
	{ "plus", 0, NULL, FIELD(plus), .group = G_REPL, .help = "more replacement strings: {..} {+/} {##} {:n} {/re/to} ..." },
	{ "rpl", 0, NULL, FIELD(rpl), .arg = "'TAG PERL'", .group = G_REPL, .sample = "{x} s/a/b/",
	    .help = "TAG becomes what the Perl expression makes of the input in $_" },
	{ "parens", 0, NULL, FIELD(parens), .arg = "TEXT", .group = G_REPL, .sample = "{==}",
	    .help = "use the halves of TEXT instead of {= and =} around Perl expressions" },
	{ "template", 0, "tmpl", FIELD(tmpl_files), .arg = "FILE=NAME", .group = G_REPL, .complete = OPT_C_FILE,
	    .sample = "/dev/null=x", .help = "before each job, write FILE with its replacement strings expanded to NAME (expanded too)" },
	{ "quote", 'q', NULL, FIELD(quote), .group = G_REPL, .help = "quote the command, so that the shell changes nothing in it" },
	{ "shell-quote", 0, "shellquote", FIELD(shellquote), .group = G_REPL,
	    .help = "print the commands quoted for the shell, run none; given twice: quoted twice" },
	{ "filter", 0, NULL, FIELD(filter), .arg = "PERL", .group = G_REPL, .sample = "1",
	    .help = "leave out jobs for which the Perl expression, with replacement strings, is false" },
	{ "process-slot-var", 0, "processslotvar", FIELD(slot_var), .arg = "NAME", .group = G_REPL,
	    .help = "set variable NAME to the slot number less 1" },

	/* --- several arguments */
	{ "max-args", 'n', "maxargs", AT(max_args), .set = set_count, .arg = "N", .group = G_ARGS, .sample = "2",
	    .help = "at most N inputs per command; 0: one, not inserted" },
	{ "max-replace-args", 'N', "maxreplaceargs", AT(max_replace_args), .set = set_count, .arg = "N", .group = G_ARGS,
	    .sample = "2", .help = "as -n, {1} .. {N} are the inputs" },
	{ NULL, 'L', NULL, AT(max_lines), .set = set_lines, .arg = "N", .group = G_ARGS, .sample = "2",
	    .help = "at most N lines per command; a trailing blank continues a line" },
	{ "max-lines", 'l', "maxlines", AT(max_lines), .set = set_lines, .arg = "N", .arg_optional = true, .number = true,
	    .group = G_ARGS, .sample = "2", .help = "as -L, but words are not repeated; without N 1" },
	{ NULL, 'X', NULL, FIELD(context_replace), .group = G_ARGS,
	    .help = "as many inputs as fit, spread over the slots; words with {} are repeated" },
	{ NULL, 'm', NULL, FIELD(multiple), .group = G_ARGS,
	    .help = "as many inputs as fit, spread over the slots; {} becomes all of them" },
	{ "xargs", 0, NULL, FIELD(xargs), .group = G_ARGS, .help = "as many inputs as fit; {} becomes all of them" },
	{ "max-chars", 's', "maxchars", AT(max_chars), .set = set_count, .arg = "N", .group = G_ARGS, .sample = "1000",
	    .help = "commands shorter than N characters" },
	{ "exit", 'x', NULL, FIELD(exit_if_long), .group = G_ARGS, .help = "end if a command is longer than -s allows" },
	{ "max-line-length-allowed", 0, "maxlinelengthallowed", .type = OPT_NONE, .set = set_line_max, .group = G_ARGS,
	    .help = "print the length that a command may have" },
	{ "show-limits", 0, "showlimits", FIELD(show_limits), .group = G_ARGS, .help = "print the limits, then go on" },

	/* --- output */
	{ "group", 0, NULL, FIELD(group), .group = G_OUT, .help = "print a job's output when it ends (default)" },
	{ "ungroup", 'u', NULL, FIELD(ungroup), .group = G_OUT, .help = "do not collect output: it may mix" },
	{ "line-buffer", 0, "linebuffer line-buffered linebuffered lb", FIELD(line_buffer), .group = G_OUT,
	    .help = "print whole lines as they come" },
	{ "latest-line", 0, "latestline ll", FIELD(latest_line), .group = G_OUT,
	    .help = "of what a job prints show the latest line only, a line for each job",
	    .doc = "On a terminal the lines are drawn again as they change; elsewhere a job's line is written when it ends.\nStandard error is shown with standard output.\nWith\n.Fl Fl results\nor\n.Fl Fl files\nit has no effect." },
	{ "keep-order", 'k', "keeporder", FIELD(keep_order), .group = G_OUT, .help = "print output in the order of the inputs" },
	{ "no-keep-order", 0, "nokeeporder", FIELD(keep_order), .negated = true, .group = G_OUT, .help = "take back -k" },
	{ "tag", 0, NULL, FIELD(tag), .group = G_OUT, .help = "begin every line with the inputs and a TAB" },
	{ "tagstring", 0, "tag-string", FIELD(tagstring), .arg = "TEXT", .group = G_OUT,
	    .help = "begin every line with TEXT, which may hold replacement strings, and a TAB" },
	{ "color", 0, "colour", FIELD(color), .group = G_OUT,
	    .help = "show every job's output in a colour of its own" },
	{ "color-failed", 0, "colorfailed colour-failed colourfailed cf", FIELD(color_failed), .group = G_OUT,
	    .help = "show the output of failed jobs in white on red" },
	{ "ctag", 0, NULL, .type = OPT_NONE, .set = set_ctag, .group = G_OUT, .help = "--color and --tag" },
	{ "ctagstring", 0, "ctag-string", .type = OPT_NONE, .set = set_ctagstring, .arg = "TEXT", .group = G_OUT,
	    .help = "--color and --tagstring" },
	{ "files", 0, "output-as-files outputasfiles", FIELD(files), .group = G_OUT,
	    .help = "show the name of the file with a job's output, which is kept" },
	{ "files0", 0, NULL, FIELD(files0), .whole = true, .group = G_OUT, .help = "as --files, each name ended by NUL" },
	{ "results", 0, "result res", FIELD(results), .arg = "NAME", .complete = OPT_C_FILE, .group = G_OUT,
	    .help = "keep output: folder NAME, files by a NAME with replacement strings, NAME.csv .tsv .json" },
	{ "compress", 0, NULL, FIELD(compress), .group = G_OUT,
	    .help = "compress what jobs print until it is shown, and the files of --files and --results" },
	{ "compress-program", 0, "compressprogram", FIELD(compress_program), .arg = "PROGRAM", .complete = OPT_C_COMMAND,
	    .group = G_OUT, .help = "--compress by PROGRAM, for the shell: from stdin to stdout" },
	{ "decompress-program", 0, "decompressprogram", FIELD(decompress_program), .arg = "PROGRAM",
	    .complete = OPT_C_COMMAND, .group = G_OUT, .help = "what undoes --compress-program (PROGRAM -dc)" },
	{ NULL, 'v', NULL, FIELD(verbose), .group = G_OUT, .help = "print the command before its output" },
	{ "verbose", 't', NULL, FIELD(trace), .group = G_OUT, .help = "print the command to stderr" },
	{ "silent", 0, NULL, .type = OPT_NONE, .set = set_silent, .group = G_OUT, .help = "no -v, wherever it is given" },
	{ "dry-run", 0, "dryrun dr", FIELD(dry_run), .group = G_OUT, .help = "print the commands, run none" },
	{ "tmpdir", 0, "tempdir", FIELD(tmpdir), .arg = "DIR", .complete = OPT_C_DIR, .group = G_OUT,
	    .help = "folder for what is too large for memory, and other temporary files ($TMPDIR, /tmp)" },

	/* --- control */
	{ "jobs", 'j', "max-procs maxprocs P", FIELD(jobs), .arg = "N", .group = G_CTRL, .sample = "2",
	    .help = "jobs at once: N, +N and -N to cores, N% of them, 0 all, auto, or a FILE that says so (100%)" },
	{ "delay", 0, NULL, AT(delay_ns), .set = set_delay, .arg = "TIME", .group = G_CTRL, .sample = "0.5",
	    .help = "time between two starts; TIMEauto: found by trying" },
	{ "load", 0, NULL, FIELD(load), .arg = "MAX", .group = G_CTRL, .sample = "100%",
	    .help = "start none while MAX threads or more are running; as -j's argument" },
	{ "memfree", 0, NULL, AT(memfree), .set = set_size, .arg = "SIZE", .group = G_CTRL, .sample = "1G",
	    .help = "start none with less memory free than SIZE; at half of it the youngest job is ended and run again later" },
	{ "memsuspend", 0, NULL, AT(memsuspend), .set = set_size, .arg = "SIZE", .group = G_CTRL, .sample = "1G",
	    .help = "stop jobs while less than twice SIZE is free, all but one at SIZE" },
	{ "noswap", 0, NULL, FIELD(noswap), .group = G_CTRL, .help = "start none while the machine swaps both in and out" },
	{ "limit", 0, NULL, FIELD(limit), .arg = "COMMAND", .group = G_CTRL,
	    .help = "start where COMMAND says 0; 1: later; 2: end the youngest too; or io PERCENT, mem SIZE, load N" },
	{ "nice", 0, NULL, FIELD(nice), .arg = "N", .min = -1000, .max = 1000, .group = G_CTRL, .sample = "5",
	    .help = "niceness of the jobs" },
	{ "timeout", 0, NULL, AT(timeout_ns), .set = set_timeout, .arg = "TIME", .group = G_CTRL, .sample = "10",
	    .help = "end a job after TIME, or after N% of the median" },
	{ "term-seq", 0, "termseq", FIELD(termseq), .arg = "SEQ", .group = G_CTRL, .sample = "TERM,200,KILL,25",
	    .help = "how a job is ended: signals and milliseconds (TERM,200,TERM,100,TERM,50,KILL,25)" },
	{ "retries", 0, NULL, AT(retries), .set = set_retries, .arg = "N", .group = G_CTRL, .sample = "3",
	    .help = "run a failing job up to N times; 0: for ever" },
	{ "halt-on-error", 0, "haltonerror halt", FIELD(halt), .arg = "WHEN", .group = G_CTRL, .sample = "now,fail=1",
	    .help = "when to stop: never, or soon|now,fail|success|done=N|N%" },
	{ "joblog", 0, "jl", .type = OPT_NONE, .set = set_joblog, .arg = "FILE", .complete = OPT_C_FILE, .group = G_CTRL,
	    .help = "write a line per job; +FILE: append, -: stdout" },
	{ "joblog-extra", 0, NULL, FIELD(joblog_extra), .whole = true, .group = G_CTRL,
	    .help = "user and system time, largest memory and tries in the joblog, before the command" },
	{ "json-log", 0, NULL, FIELD(json_log), .whole = true, .arg = "FILE", .complete = OPT_C_FILE, .group = G_CTRL,
	    .help = "write a JSON object for each start and end of an attempt (retry, dropped, end)" },
	{ "resume", 0, NULL, FIELD(resume), .group = G_CTRL, .help = "leave out the jobs that the joblog has" },
	{ "resume-failed", 0, "resumefailed", FIELD(resume_failed), .group = G_CTRL,
	    .help = "as --resume, and run its failed ones again" },
	{ "retry-failed", 0, "retryfailed", FIELD(retry_failed), .group = G_CTRL,
	    .help = "run the joblog's failed commands again, nothing else" },
	{ "progress", 0, NULL, FIELD(progress), .group = G_CTRL, .help = "show how many jobs run and are done; SIGUSR2 turns it on and off" },
	{ "eta", 0, NULL, .type = OPT_NONE, .set = set_eta, .group = G_CTRL, .help = "show the time that is left" },
	{ "bar", 0, NULL, FIELD(bar), .group = G_CTRL, .help = "show a bar",
	    .doc = "Where stderr is no terminal: lines for\n.Xr zenity 1\n.Fl Fl progress ,\na number of percent and, behind a\n.Sq # ,\nwords." },
	{ "live", 0, NULL, FIELD(live), .whole = true, .group = G_CTRL, .help = "show what every running job is doing",
	    .doc = "On a terminal, on stderr: a line for each job that runs, with its slot, its time, its command and what it printed last,\nand a sum with the time that is left.\nThe output of jobs appears above.\nElsewhere, with\n.Ev TERM\nset to dumb, or where jobs write on the terminal themselves (\n.Fl u ,\n.Fl Fl tty ) :\na line for each job that ends, and the sum at the end.\n.Ev NO_COLOR\nturns colours off.\nAll inputs are read first, unless\n.Fl Fl total-jobs\nis given." },
	{ "workdir", 0, "work-dir wd", FIELD(wd), .arg = "DIR", .complete = OPT_C_DIR, .group = G_CTRL,
	    .help = "run the jobs in DIR (...: each in a new one, which goes with it); made where it is not there" },
	{ "env", 0, NULL, FIELD(env), .arg = "NAME", .group = G_CTRL, .help = "give variable or function NAME to the jobs" },
	{ "interactive", 'p', NULL, FIELD(interactive), .group = G_CTRL, .help = "ask on the terminal whether a command is to be run",
	    .doc = "Only an answer that begins with\n.Sq y\nor\n.Sq Y\nruns it; a job that is not run counts as failed.\nJobs that run go on while the question stands." },
	{ "tty", 0, NULL, FIELD(tty), .group = G_CTRL, .help = "give the jobs the terminal: --open-tty, -u and -j1, unless others are given" },
	{ "open-tty", 'o', NULL, FIELD(open_tty), .group = G_CTRL, .help = "the jobs read the terminal, whose foreground they belong to",
	    .doc = "They stay in our process group: where one is ended (\n.Fl Fl timeout ,\n.Fl Fl halt )\nonly the process that was started is told.\nWithout a terminal they read nothing." },
	{ "tmux", 0, NULL, FIELD(tmux), .group = G_CTRL, .help = "run each job in a window of a tmux; how to see it is said on stderr",
	    .doc = "What a job prints is in its window only, for ten seconds after its end; its status counts as always.\nWith\n.Fl Fl fg\nthe tmux comes to the foreground." },
	{ "tmuxpane", 0, "tmux-pane", FIELD(tmuxpane), .group = G_CTRL, .help = "as --tmux, with panes in one window" },
	{ "use-cores-instead-of-threads", 0, "use-cpus-instead-of-cores usecoresinsteadofthreads usecpusinsteadofcores", FIELD(use_cores), .group = G_CTRL,
	    .help = "-j counts cores, not threads" },
	{ "use-sockets-instead-of-threads", 0, "usesocketsinsteadofthreads", FIELD(use_sockets), .group = G_CTRL, .help = "-j counts sockets, not threads" },
	{ "number-of-cores", 0, "numberofcores number-of-cpus numberofcpus", .type = OPT_NONE, .set = set_cores,
	    .group = G_CTRL, .help = "print the number of cores" },
	{ "number-of-sockets", 0, "numberofsockets", .type = OPT_NONE, .set = set_sockets, .group = G_CTRL,
	    .help = "print the number of sockets" },
	{ "number-of-threads", 0, "numberofthreads", .type = OPT_NONE, .set = set_threads, .group = G_CTRL,
	    .help = "print the number of threads" },
	{ "explain-jobs", 0, NULL, FIELD(explain_jobs), .whole = true, .group = G_CTRL,
	    .help = "say how -j auto (or the -j given) comes to its number, run nothing",
	    .doc = "The number is 75 % of the cores that affinity and cgroups leave us, from 1 to 4, and no more than there is\n"
	           "memory for at 1.5 GiB a job; section\n.Bq parallel\nof\n.Pa fh.ini\nhas other limits\n.Pq see Xr fh 7 ." },
	{ "longest-first", 0, NULL, FIELD(longest_first), .whole = true, .arg = "COL", .arg_optional = true, .group = G_CTRL,
	    .help = "start the longest jobs first: durations (45s, 1m30s, 2.5) in column COL, or as the joblog (or joblog COL) has them" },
	{ "jobserver", 0, NULL, FIELD(jobserver), .whole = true, .group = G_CTRL,
	    .help = "let makes that the jobs run share our slots; under make -j its own jobserver is used, always" },
	{ "trace", 0, NULL, FIELD(trace_file), .whole = true, .arg = "FILE", .complete = OPT_C_FILE, .group = G_CTRL,
	    .help = "write FILE when the run is over: a trace for ui.perfetto.dev or chrome://tracing, slots as threads",
	    .doc = "The file is put in place whole when the run is over, also when it was ended by a signal or\n.Fl Fl halt .\nEvery try of a job is an event with its command, status, processor time and memory in\n.Li args ,\nand the number of running jobs a counter.\nUntil then it is kept in memory: some 200 bytes and the command for each job." },
	{ "timeline", 0, NULL, FIELD(timeline), .whole = true, .arg = "FILE", .complete = OPT_C_FILE, .group = G_CTRL,
	    .help = "write FILE when the run is over: a picture (SVG) of what ran when, a row for each slot",
	    .doc = "A bar for every try, coloured by how it ended, with its command or, where that does not fit, its values;\npointing at one tells its command, time and status.\nWritten as\n.Fl Fl trace\nis." },
	{ "engine", 0, NULL, FIELD(engine), .whole = true, .arg = "NAME", .group = G_FAR, .sample = "local",
	    .help = "where jobs run: local; slurm: by an agent on every node of the allocation; slurm,step: one step a job; ssh: by agents on the hosts of -S; ssh,job: by an ssh for each job, always" },
	{ "slurm-opts", 0, NULL, FIELD(slurm_opts), .whole = true, .arg = "OPTIONS", .group = G_FAR, .sample = "-N2",
	    .help = "--engine slurm outside an allocation: make one with these options of salloc (-N2 -pmain)" },
	{ "elastic", 0, NULL, FIELD(elastic), .whole = true, .arg = "N", .min = 1, .max = 100000, .group = G_FAR,
	    .help = "--engine slurm: N workers that are jobs of Slurm's own, with --slurm-opts for srun; each joins when it starts" },
	{ "cpus-per-job", 0, NULL, FIELD(cpus_per_job), .whole = true, .arg = "N", .min = 1, .max = 100000, .group = G_FAR,
	    .help = "CPUs of the allocation that one job takes [1]" },
	{ "mem-per-job", 0, NULL, AT(mem_per_job), .set = set_size, .whole = true, .arg = "SIZE", .group = G_FAR, .sample = "1G",
	    .help = "memory of the allocation that one job takes" },
	{ "requeue", 0, NULL, FIELD(requeue), .whole = true, .group = G_FAR,
	    .help = "in a Slurm batch job that SIGTERM or SIGUSR2 stops: have it requeued; --resume is automatic then" },
	{ "worker-timeout", 0, NULL, AT(worker_timeout_ns), .set = set_duration, .whole = true, .arg = "TIME", .group = G_FAR, .sample = "30",
	    .help = "a worker that says nothing for TIME is lost, and its jobs run elsewhere [30s]" },
	{ "bootstrap", 0, NULL, FIELD(bootstrap), .whole = true, .group = G_FAR,
	    .help = "send this program to the hosts of -S, which keep it in ~/.cache/fh-parallel, and run jobs by it",
	    .doc = "It is found by its hash the next time, and looked at before it is run; see\n.Xr fh-parallel-cluster 7 ." },
	{ "agent", 0, NULL, FIELD(agent), .whole = true, .group = G_FAR,
	    .help = "run jobs for a fh-parallel elsewhere, which speaks on standard input; started by it" },
	{ "profile", 'J', NULL, FIELD(profiles), .arg = "NAME", .group = G_CTRL, .sample = "none",
	    .help = "options from ~/.parallel/NAME instead of the config files" },
	{ "plain", 0, NULL, FIELD(plain), .group = G_CTRL, .help = "no options from $PARALLEL and files" },

	/* --- pipe */
	{ "pipe", 0, "spreadstdin", .type = OPT_NONE, .set = set_pipe, .group = G_PIPE,
	    .help = "cut standard input into blocks; each job reads one as its standard input" },
	{ "pipe-part", 0, "pipepart", FIELD(pipe_part), .group = G_PIPE,
	    .help = "the same with files (-a, ::::), which are read at offsets and not copied" },
	{ "block", 0, "block-size blocksize", AT(block), .set = set_size, .arg = "SIZE", .group = G_PIPE, .sample = "1M",
	    .help = "size of a block; negative: so many blocks per slot (--pipe-part) [1M]" },
	{ "block-timeout", 0, "blocktimeout bt", AT(block_timeout_ns), .set = set_duration, .arg = "TIME", .group = G_PIPE,
	    .sample = "1",
	    .help = "after that long without a full block, the records that are there are run" },
	{ "recstart", 0, NULL, FIELD(recstart), .arg = "TEXT", .group = G_PIPE,
	    .help = "a record begins with TEXT" },
	{ "recend", 0, NULL, FIELD(recend), .arg = "TEXT", .group = G_PIPE,
	    .help = "a record ends with TEXT [newline]" },
	{ "regexp", 0, "regex", FIELD(regexp), .group = G_PIPE,
	    .help = "--recstart and --recend are regular expressions" },
	{ "remove-rec-sep", 0, "removerecsep rrs", FIELD(rrs), .group = G_PIPE,
	    .help = "jobs do not see what --recstart and --recend match" },
	{ "round-robin", 0, "roundrobin round", FIELD(round_robin), .group = G_PIPE,
	    .help = "as many jobs as slots, each reads many blocks" },
	{ "cat", 0, NULL, FIELD(cat), .group = G_PIPE,
	    .help = "the block is in a file, {} is its name" },
	{ "fifo", 0, NULL, FIELD(fifo), .group = G_PIPE,
	    .help = "the block comes through a fifo, {} is its name" },
	{ "tee", 0, NULL, FIELD(tee), .group = G_PIPE,
	    .help = "every job reads all of the input" },
	{ "group-by", 0, "groupby", FIELD(group_by), .arg = "VAL", .group = G_PIPE,
	    .help = "lines that have the same value in column VAL stay in one block" },
	{ "shard", 0, NULL, FIELD(shard), .arg = "COL", .group = G_PIPE,
	    .help = "one job per slot; lines with the same value in column COL go to the same job" },
	{ "bin", 0, NULL, FIELD(bin), .arg = "COL", .group = G_PIPE,
	    .help = "one job per slot; the number in column COL says which job a line goes to" },

	/* --- semaphore */
	{ "semaphore", 0, NULL, .type = OPT_NONE, .set = set_semaphore, .group = G_SEM,
	    .help = "wait for a slot of the semaphore (-j, 1), then run the command; as when called sem",
	    .doc = "A slot is a kernel lock on a file below\n.Pa ~/.parallel/semaphores :\na holder that is killed has given it back." },
	{ "semaphore-name", 0, "semaphorename id", .type = OPT_NONE, .set = set_sem_id, .arg = "NAME", .group = G_SEM,
	    .help = "the semaphore's name (the terminal's)" },
	{ "semaphore-timeout", 0, "semaphoretimeout st", AT(sem_timeout_ns), .set = set_sem_timeout, .arg = "TIME",
	    .group = G_SEM, .sample = "1", .help = "after TIME run without a slot; -TIME: give up, status 1" },
	{ "fg", 0, NULL, .type = OPT_NONE, .set = set_fg, .group = G_SEM, .help = "wait for the command, its status is ours; with --tmux: tmux takes the terminal" },
	{ "bg", 0, NULL, .type = OPT_NONE, .set = set_bg, .group = G_SEM, .help = "do not wait for the command once it has a slot (default)" },
	{ "wait", 0, NULL, FIELD(wait), .group = G_SEM, .help = "wait until all who hold a slot have ended" },

	/* --- elsewhere */
	{ "sshlogin", 'S', NULL, FIELD(sshlogin), .arg = "HOST", .complete = OPT_C_HOST, .group = G_FAR, .sample = ":",
	    .help = "run jobs on HOST by ssh: [@group/][cpus/][ssh command ][user@]host[:port], commas between several; : is here",
	    .doc = "Without\n.Ar cpus\nthe host is asked how many it has, unless\n.Fl j\nis a plain number.\n"
	           ".Ql ..\nand\n.Ql -\nare files of hosts, as with\n.Fl -sshloginfile .\nWhat is only\n.Ar @group\nleaves out the hosts that are not in it." },
	{ "sshloginfile", 0, "slf", FIELD(sshloginfile), .arg = "FILE", .complete = OPT_C_FILE, .group = G_FAR, .sample = "/dev/null",
	    .help = "hosts are the lines of FILE, here or in ~/.parallel; .. ~/.parallel/sshloginfile, . /etc/parallel/sshloginfile, - stdin",
	    .doc = "It is read again when it changes, once a second at most: hosts may come and go." },
	{ "controlmaster", 'M', NULL, FIELD(controlmaster), .group = G_FAR, .help = "let ssh keep one connection per host open for all jobs" },
	{ "ssh", 0, NULL, FIELD(ssh), .arg = "COMMAND", .group = G_FAR, .sample = "ssh", .help = "what is run instead of ssh ($PARALLEL_SSH)" },
	{ "ssh-delay", 0, "sshdelay", AT(sshdelay_ns), .set = set_duration, .arg = "TIME", .group = G_FAR, .sample = "1",
	    .help = "time between two starts on other machines" },
	{ "filter-hosts", 0, "filterhosts", FIELD(filter_hosts), .group = G_FAR, .help = "leave out hosts that do not answer" },
	{ "hostgroups", 0, "hostgroup hgrp", FIELD(hostgroups), .group = G_FAR,
	    .help = "what follows @ in an input are the groups of hosts that may run it" },
	{ "onall", 0, NULL, FIELD(onall), .group = G_FAR, .help = "run all jobs on every host, one after the other; -j hosts at once" },
	{ "nonall", 0, NULL, FIELD(nonall), .group = G_FAR, .help = "run the command once on every host, without inputs" },
	{ "onall-host", 0, NULL, FIELD(onall_host), .whole = true, .arg = "HOST", .kind = OPT_HIDDEN, .group = G_FAR, .help = "the inner run of --onall" },
	{ "onall-stdin", 0, NULL, FIELD(onall_stdin), .whole = true, .arg = "FILE", .kind = OPT_HIDDEN, .group = G_FAR, .help = "its stdin" },
	{ "transfer", 0, NULL, .type = OPT_NONE, .set = set_transfer, .group = G_FAR, .help = "as --transferfile {}" },
	{ "transferfile", 0, "transfer-file transferfiles transfer-files tf", FIELD(transferfile), .arg = "NAME", .group = G_FAR,
	    .help = "send file NAME, which may hold replacement strings, to the host before the job",
	    .doc = "A relative name goes below the working folder there, an absolute one to the same place; of\n.Ar a/./b\n"
	           "only\n.Ar b\nis its name there.\nFiles go as tar streams through ssh." },
	{ "return", 0, NULL, FIELD(ret), .arg = "NAME", .group = G_FAR, .help = "fetch file NAME from the host after the job" },
	{ "trc", 0, NULL, .type = OPT_NONE, .set = set_trc, .arg = "NAME", .group = G_FAR, .sample = "{}.out",
	    .help = "--transfer, --return NAME and --cleanup" },
	{ "cleanup", 0, NULL, FIELD(cleanup), .group = G_FAR,
	    .help = "remove after a job what was made for it: --template's files, and on its host what was sent and fetched, and empty folders" },
	{ "basefile", 0, "bf", FIELD(basefile), .arg = "FILE", .complete = OPT_C_FILE, .group = G_FAR, .sample = "/dev/null",
	    .help = "send FILE to every host before the first job" },
	{ "rsync-opts", 0, "rsyncopts", FIELD(rsync_opts), .arg = "OPTIONS", .kind = OPT_REFUSED, .help = "files go by tar and ssh, without rsync" },

	/* --- about */
	{ "minversion", 0, "min-version", .type = OPT_NONE, .set = set_minversion, .arg = "N", .group = G_ABOUT,
	    .sample = "20130722", .help = "print 20221122, whose options these are; status 255 if that is older than N" },
	{ "gnu", 0, NULL, .type = OPT_NONE, .set = set_nothing, .kind = OPT_HIDDEN, .group = G_ABOUT, .help = "nothing" },
	{ "will-cite", 0, "willcite no-notice nonotice", .type = OPT_NONE, .set = set_nothing,
	    .kind = OPT_HIDDEN, .group = G_ABOUT, .help = "nothing" },
	{ "debug", 'D', NULL, .type = OPT_NONE, .set = set_nothing, .arg = "WHAT", .kind = OPT_HIDDEN, .group = G_ABOUT,
	    .help = "nothing" },
	{ "shebang", 0, "hashbang", .type = OPT_NONE, .set = set_nothing, .group = G_ABOUT,
	    .help = "first in a #! line: the lines of the script are the inputs" },
	{ "shebang-wrap", 0, "shebangwrap hashbang-wrap hashbangwrap", .type = OPT_NONE, .set = set_nothing, .group = G_ABOUT,
	    .help = "first in a #! line: the program named last runs the script for each argument" },
	{ "shell-completion", 0, "shellcompletion", .type = OPT_NONE, .arg = "SHELL", .group = G_ABOUT, .kind = OPT_REFUSED,
	    .help = "completions are installed files" },
	{ "embed", 0, NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "a binary cannot be put into a script" },
	{ "record-env", 0, "recordenv", .type = OPT_NONE, .kind = OPT_REFUSED,
	    .help = "name what the jobs need by --env" },
	{ "session", 0, NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "name what the jobs need by --env" },
	{ "_parset", 0, "parset", .type = OPT_NONE, .arg = "TYPE,NAME", .kind = OPT_REFUSED, .help = "parset is not supported" },
	{ "sqlmaster", 0, "sql-master", .type = OPT_NONE, .arg = "URL", .kind = OPT_REFUSED, .help = "no databases" },
	{ "sqlworker", 0, "sql-worker", .type = OPT_NONE, .arg = "URL", .kind = OPT_REFUSED, .help = "no databases" },
	{ "sqlandworker", 0, "sql-and-worker", .type = OPT_NONE, .arg = "URL", .kind = OPT_REFUSED, .help = "no databases" },
	{ "sql", 0, NULL, .type = OPT_NONE, .arg = "URL", .kind = OPT_REFUSED, .help = "no databases" },
	{ "citation", 0, "bibtex", .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: nothing asks for one" },
	{ "tollef", 0, NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired" },
	{ NULL, 'g', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --group" },
	{ NULL, 'B', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --bf" },
	{ NULL, 'T', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --tty" },
	{ NULL, 'U', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --er" },
	{ NULL, 'W', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --wd" },
	{ NULL, 'Y', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --shebang" },
	{ NULL, 'H', NULL, .type = OPT_NONE, .kind = OPT_REFUSED, .help = "retired: use --halt" },
};

static const struct opt_exit exits[] = {
	{ "0", "all jobs succeeded" },
	{ "1-100", "so many jobs failed" },
	{ "101", "more than 100 failed" },
	{ "25", "as well: a Perl expression died; one that exits gives the run its own status" },
	{ "255", "wrong usage, unreadable input, or no job could be started" },
};

const struct tool parallel_tool = {
	.name = "fh-parallel",
	.summary = "run commands in parallel, with GNU parallel's command line",
	.operands = "[command [argument ...]] < inputs\n[command [argument ...]] (::: input ... | :::: file ...) ...",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.exits = exits,
	.nexits = ARRAY_LEN(exits),
	.operand_complete = OPT_C_COMMAND,
	.stop_at_operand = true,
};
