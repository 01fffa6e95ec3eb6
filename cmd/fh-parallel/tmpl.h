/* What does {/.} become? Texts with replacement strings are compiled once into pieces and expanded once per job, after
 * the job has its slot ({%} cannot be known earlier).
 *
 * Two results: the text for a shell (values quoted by GNU parallel's rule, spec fact 1), and, where the command needs
 * no shell, the words of argv directly. Both always mean the same command. */
#ifndef FH_PAR_TMPL_H
#define FH_PAR_TMPL_H

#include "args.h"
#include "direct.h"
#include "err.h"
#include "opts.h"
#include "shq.h"

struct perl;
struct tmpl;
struct tmpl_set;

/* All a replacement string may depend on. */
struct tmpl_job {
	const struct args *args;
	uint64_t seq;       /* {#}, from 1 */
	uint64_t slot;      /* {%}, from 1 */
	uint64_t total;     /* {##}; only read where tmpl_needs_total */
	uint64_t max_slots; /* slots in all, for {0%} */
};

enum tmpl_result {
	TMPL_OK,
	TMPL_SKIP, /* skip(), {uniq}, {choose_k}: the job is not to be run (and counts as failed); the text is there too */
	TMPL_FAIL, /* words in e: a perl expression failed */
};

enum tmpl_mode {
	TMPL_COMMAND, /* the command: quoting, appending {} where nothing is replaced, repeating words for -X */
	TMPL_TEXT,    /* --tagstring, --wd, file names: values go in as they are; words are repeated for -X */
	TMPL_CODE,    /* --filter: likewise, up to where a second value would begin (the reference) */
	TMPL_FILE,    /* --tmpl: as TMPL_TEXT, and nothing stands between several values */
};

/* The replacement strings that o defines: built-in, --plus, renamed, --rpl, --parens, and those of names (--header; n
 * of them; borrowed). The perl child, if one is ever needed, belongs to the set and is started at its first use.
 * Returns 0, or -1 with words (a bad --rpl). */
int tmpl_set_new(const struct opts *o, const char *const *names, size_t n, struct tmpl_set **out, struct err *e);
/* Before anything is compiled: how values are quoted for the shell that commands go to (SHQ_SH where it is not called). */
void tmpl_set_shell(struct tmpl_set *s, enum shq_kind kind);
void tmpl_set_free(struct tmpl_set *s);
/* The one perl of the run, borrowed from the set. */
struct perl *tmpl_set_perl(const struct tmpl_set *s);

/* Compiles words (joined by a space; TMPL_COMMAND: each quoted whole with -q). No words: the command is {} itself. set
 * must outlive the result. Returns 0, or -1 with words. */
int tmpl_compile(struct tmpl_set *set, const char *const *words, size_t nwords, enum tmpl_mode mode, struct tmpl **out,
    struct err *e);
void tmpl_free(struct tmpl *t);

/* Whether its text uses the number of all jobs (batch_total must be called before the first expansion). */
bool tmpl_needs_total(const struct tmpl *t);
/* Whether any text compiled from set so far does. */
bool tmpl_set_needs_total(const struct tmpl_set *s);
/* Whether it contains any replacement string (of its own, not the appended one). */
bool tmpl_has_replacement(const struct tmpl *t);

/* Appends the text for the shell. */
enum tmpl_result tmpl_expand(const struct tmpl *t, const struct tmpl_job *j, struct buf *out, struct err *e);

/* Whether the command can be run without a shell at all: decided once, from its text (shell words, builtins, exported
 * functions, redirections ... need one; so does a command whose values go in unquoted). The shell itself must agree:
 * direct_shell. A word that cannot be found or executed is best given to the shell after all: it has the message. */
bool tmpl_direct(const struct tmpl *t);
/* Only where tmpl_direct. Fills out (reset first), valid until j->args or out change or t is freed. */
enum tmpl_result tmpl_argv(const struct tmpl *t, const struct tmpl_job *j, struct argv *out, struct err *e);

#endif
