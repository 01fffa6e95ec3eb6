/* How long is the command line now? For batch, while inputs are added one by one: a few additions each, never an
 * expansion. Put n and grown back to go back a step. */
#ifndef FH_PAR_METER_H
#define FH_PAR_METER_H

#include "args.h"
#include "tmpl.h"

struct meter {
	const struct tmpl *t;
	/* from the template: bytes outside and inside of what repeats, spaces for each further value, how many plain {} and {#},
	 * bytes of {%} and its like */
	size_t fixed, fixed_each, spaces, plain, seqs, marks;
	bool ask_perl, others; /* others: it has {.}, {2} and their like */
	uint64_t seq;
	size_t digits; /* of the sequence number */
	size_t n;      /* values so far */
	size_t grown;  /* bytes of these */
};

/* repeat: words are (CTX_REPEAT). ask_perl: what an expression makes of a value is asked for, else it counts as the value itself (where lines are not filled,
 * that would only double the work). */
void meter_init(struct meter *m, const struct tmpl *t, bool repeat, bool ask_perl);
/* A new line, of job seq, without any value. */
void meter_start(struct meter *m, uint64_t seq);
/* Whether each value counts its own length alone, where it needs no quotes (shq_bare): meter_fits may be asked. */
bool meter_is_even(const struct meter *m);
/* Whether one more such value of len bytes leaves the line shorter than max; it is counted then. */
bool meter_fits(struct meter *m, size_t len, size_t max);
/* Values were appended to a: returns the length of the line with them. */
size_t meter_add(struct meter *m, const struct args *a);

#endif
