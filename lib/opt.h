/* One table per tool: its rows feed parsing, --help, the completions of three shells and the OPTIONS part of the man
 * page. A row cannot disagree with the struct it fills: FIELD takes offset and type from the field itself. */
#ifndef FH_OPT_H
#define FH_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* A growing list of words, for options that may be given several times. The words are borrowed from argv. */
struct opt_list {
	const char **v;
	size_t n, cap;
};

enum opt_type {
	OPT_BOOL,  /* bool: set to !negated */
	OPT_COUNT, /* unsigned: one more each time */
	OPT_INT,   /* int64_t, decimal, within min..max */
	OPT_STR,   /* const char *, borrowed from argv; within choices where there are some */
	OPT_LIST,  /* struct opt_list, each occurrence appended */
	OPT_NONE,  /* no field: set() does it all, or the row is refused or informational */
};

enum opt_kind {
	OPT_NORMAL,
	OPT_HIDDEN,  /* parsed, in no help */
	OPT_REFUSED, /* known, answered with its reason; shown only in the man page's list of differences */
};

enum opt_complete { OPT_C_NONE, OPT_C_FILE, OPT_C_DIR, OPT_C_HOST, OPT_C_SIGNAL, OPT_C_COMMAND };

struct buf;
struct opt;

/* Where a value needs more than its type: stores arg (NULL where an optional one is absent) into the tool's struct o.
 * Returns 0, or -1 with words in e (the caller adds the option's name in front). */
typedef int opt_set_fn(void *o, const struct opt *row, const char *arg, struct err *e);

struct opt {
	const char *name;           /* long name, without the dashes; NULL: letter only */
	char letter;                /* short name, 0: none */
	const char *aliases;        /* further names, separated by spaces, of one character: letters; NULL: none */
	size_t off;                 /* FIELD: where in the tool's struct */
	enum opt_type type;         /* FIELD */
	const char *arg;            /* metavar of its argument; NULL: takes none */
	bool arg_optional;          /* --name=ARG or -lARG only, as getopt; with stop_at_operand the next word too */
	bool number;                /* takes a number only, fraction allowed; OPT_INT without set() has this always */
	bool negated;               /* OPT_BOOL: stores false */
	bool whole;                 /* never abbreviated: its names take no prefixes from the others; nor the next word as optional value */
	int64_t min, max;           /* OPT_INT: both 0 means any */
	const char *const *choices; /* NULL-terminated words; NULL: any */
	enum opt_kind kind;
	enum opt_complete complete; /* what the argument is, for completions */
	const char *list;           /* completion: a shell command that prints candidates, one a line; NULL: none. No quotes in it */
	const char *group;          /* heading in --help and man page */
	const char *help;           /* one line, lower case, no full stop; or the reason of a refused row */
	const char *doc;            /* further mdoc text for the man page, or NULL */
	const char *sample;         /* a valid argument, for the tests that walk the table; NULL: found by type */
	opt_set_fn *set;            /* NULL: stored by type */
};

#define OPT_FIELD(strct, f)                                                                                      \
	.off = offsetof(struct strct, f), .type = _Generic(((struct strct *)0)->f, bool: OPT_BOOL,               \
	                                      unsigned: OPT_COUNT, int64_t: OPT_INT, const char *: OPT_STR,      \
	                                      struct opt_list: OPT_LIST)

/* A sub-command of a tool, for help, completions and the man page's list. The tool keeps its functions beside. */
struct opt_verb {
	const char *name;
	const char *operands; /* as shown, such as "FIELD ..." */
	const char *help;
	const char *doc;            /* further mdoc text, or NULL */
	const char *const *choices; /* completion: words that its operands may be, NULL-terminated; NULL: none */
	const char *list;           /* completion: as in struct opt */
	enum opt_complete complete; /* completion: what its operands are */
};

/* A line of EXIT STATUS. */
struct opt_exit {
	const char *status; /* such as "0" or "1-100" */
	const char *help;
};

/* cmd/fh-some-tool.opt.c defines `const struct tool some_tool_tool`, from which fh-gen makes completions and man page;
 * what its set() functions need must stand in that file or in lib/. */
struct tool {
	const char *name;    /* "fh-state" */
	const char *summary; /* one line: what it does */
	const char *operands; /* what follows the options in the synopsis; several lines allowed */
	const struct opt *opts;
	size_t nopts;
	const struct opt_verb *verbs;
	size_t nverbs;
	const struct opt_exit *exits;
	size_t nexits;
	enum opt_complete operand_complete;
	bool stop_at_operand; /* options end at the first operand (it is a command); else they may stand anywhere */
};

enum opt_result { OPT_RUN, OPT_HELP, OPT_VERSION, OPT_BAD };

/* Parses argv[1..argc-1] into o. --help, -h, --version and -V are added to every table that has no such name or
 * letter. Options may be abbreviated to a unique prefix (an exact name is never ambiguous), `--x=y`, `--x y`, `-xy` and
 * bundles work, `--` ends them; words that are negative numbers are operands, but for "-0" and its like where the table has that letter.
 * argv is permuted so that operands come last, in their order; *first is the index of the first operand.
 * With stop_at_operand the rules are those of Perl's Getopt::Long with bundling and require_order, as GNU parallel's:
 * nothing is permuted; long names in any case; `+name` is `--name`; a letter may be written as `--j`; `--x=` lacks a
 * value; an optional value may be the next word if that does not begin with - or + ("-" itself may be one), or is a
 * number where one is due; a number in a bundle ends where it ends, so `-n2k` is `-n 2 -k` (its bytes are moved inside
 * argv's word to end the value).
 * An optional value that is absent: set() gets NULL, OPT_STR becomes "", OPT_INT 0, OPT_LIST gets "".
 * Returns OPT_RUN; OPT_HELP, OPT_VERSION (o is then partly filled); OPT_BAD with words in e that name the option
 * (argv is then in no particular order). */
enum opt_result opt_parse(const struct tool *t, void *o, int argc, char *argv[], int *first, struct err *e);

/* As opt_parse, for a main: prints --help and --version on stdout and ends with 0 (3 where stdout cannot be written); a
 * usage error as "tool: words" and a hint on stderr and ends with usage_status. Returns the index of the first operand. */
int opt_main(const struct tool *t, void *o, int argc, char *argv[], int usage_status);

/* Sets one option from outside argv (environment, fh.ini) by its exact long name. An OPT_BOOL takes true, yes, on, 1 and
 * false, no, off, 0. Returns 0, or -1 with words in e (unknown name, refused, bad value). arg must live as long as o. */
int opt_assign(const struct tool *t, void *o, const char *name, const char *arg, struct err *e);

/* The rows of t and the two that are added to every table: opt_row(t, i) for i = 0, 1, ... until NULL. */
const struct opt *opt_row(const struct tool *t, size_t i);
/* The letter that row answers to in t: 0 where it has none or, for an added row, the table uses it otherwise. */
char opt_letter(const struct tool *t, const struct opt *row);
/* OPT_HELP or OPT_VERSION for the added rows of that name, else OPT_RUN. */
enum opt_result opt_ends(const struct opt *row);
/* Whether c is the row's letter or one of its one-letter aliases; the row that answers to -c, or NULL. */
bool opt_has_letter(const struct opt *row, char c);
const struct opt *opt_find_letter(const struct tool *t, char c);
/* Walks the names of .row (set that, the rest zero), aliases and their letters included, n bytes each; NULL at the end. */
struct opt_names {
	const struct opt *row;
	const char *left;
	bool begun;
};
const char *opt_name(struct opt_names *walk, size_t *n);
/* A valid argument of the row, for tests and examples: its sample, first choice, minimum, or a word by its type. "" for
 * a row without argument. */
const char *opt_sample(const struct opt *row);
/* Walks the space-separated words of *list: the next one's start, with its bytes in *n; NULL at the end (or for a NULL
 * list). Moves *list behind it. */
const char *opt_word(const char **list, size_t *n);
/* The heading that row stands under. */
const char *opt_group(const struct opt *row);
/* Whether the i-th row is shown and its group was not met before it. */
bool opt_opens_group(const struct tool *t, size_t i);
/* Shows the rows of the group that the i-th one opens, in the order of the table. */
typedef void opt_show_fn(const struct tool *t, const struct opt *row, struct buf *out);
void opt_show_group(const struct tool *t, size_t i, opt_show_fn *show, struct buf *out);
/* Whether the table can mean what it says: no name or letter twice, no argument on a bool, samples that fit. Returns
 * 0, or -1 with words in e that name the row. For fh-gen and the tests. */
int opt_check(const struct tool *t, struct err *e);

/* Appends what the name says, made from the table: the --help text (80 columns), the synopsis line, the mdoc OPTIONS
 * list (.Bl of .It), verbs list, EXIT STATUS list, the list of refused options, and completion scripts. */
void opt_help(const struct tool *t, struct buf *out);
void opt_usage(const struct tool *t, struct buf *out);
void opt_mdoc_synopsis(const struct tool *t, struct buf *out);
void opt_mdoc(const struct tool *t, struct buf *out);
void opt_mdoc_verbs(const struct tool *t, struct buf *out);
void opt_mdoc_exits(const struct tool *t, struct buf *out);
void opt_mdoc_refused(const struct tool *t, struct buf *out);
void opt_bash(const struct tool *t, struct buf *out);
void opt_zsh(const struct tool *t, struct buf *out);
void opt_fish(const struct tool *t, struct buf *out);

/* The suite's version, "X.Y". */
#define FH_VERSION "0.1"

#endif
