/* Perl expressions on values: {= =}, --rpl, --filter. One perl, started when the first expression is compiled, lives as
 * long as the struct. */
#ifndef FH_PAR_PERL_H
#define FH_PAR_PERL_H

#include "args.h"
#include "err.h"
#include "shq.h"

struct perl;

/* What an expression may ask for. */
struct perl_job {
	const struct args *args; /* @arg, from 1 */
	uint64_t seq, slot, total, max_slots;
};

enum perl_mark {
	PERL_RAW = 1,  /* it called uq(): the value goes in unquoted */
	PERL_SKIP = 2, /* it called skip() */
};

struct perl *perl_new(void);
/* Q() quotes for a shell of that kind (SHQ_SH where nothing is said). Before the first expression. */
void perl_set_shell(struct perl *p, enum shq_kind kind);
/* Ends perl. NULL is allowed. */
void perl_free(struct perl *p);

/* Compiles code, which changes $_. Returns 0 and its number in *id, or -1 with words (no perl, a syntax error). */
int perl_compile(struct perl *p, struct view code, size_t *id, struct err *e);

/* What expression id makes of value, when seen arguments are known (it is asked again with all of them where it comes out false);
 * *out is borrowed until the next call; marks of what it called are added to *marks.
 * Returns 0, or -1 with words (it died). */
int perl_eval(struct perl *p, size_t id, const struct perl_job *j, struct view value, size_t seen, struct view *out, unsigned *marks,
    struct err *e);

/* An expression that dies, or ends perl, ends the run, as in the reference: this is the status of the run then (PERL_DIED, or what
 * perl ended with; 255 by a signal). -1: none has. */
#define PERL_DIED 25
int perl_status(const struct perl *p);

/* Whether code, compiled for this once, is true; not where it dies, which perl tells the first time. Returns 0, or -1 with words. */
int perl_truth(struct perl *p, struct view code, bool *yes, struct err *e);

#endif
