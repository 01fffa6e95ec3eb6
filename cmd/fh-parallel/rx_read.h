/* Perl's syntax -> a tree; and the program that rx.c makes of it and rx_run.c runs. Only those three see this. */
#ifndef FH_PAR_RX_READ_H
#define FH_PAR_RX_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "err.h"
#include "rx_set.h"

#define RX_GROUPS 10 /* whole match and \1..\9 */

enum { RX_UNGREEDY = 1 }; /* every quantifier is lazy */

enum rx_op {
	RX_BYTE,  /* c */
	RX_SET,   /* one byte of sets[x] */
	RX_SPLIT, /* go on at x, should that fail at y */
	RX_JUMP,  /* x */
	RX_SAVE,  /* position -> save[x] */
	RX_MARK,  /* position -> loop[x]: a loop's body begins */
	RX_MOVED, /* skips the jump behind it if the position is still loop[x]: a round of nothing is the last one, as in Perl. With back
	           * references it fails instead, for then each such loop doubles the ways to try */
	RX_BOL, RX_EOL, RX_BOT, RX_EOT, RX_EOTNL, RX_WORDB, RX_NWORDB, /* ^ $ with (?m), \A \z \Z=$ \b \B */
	RX_AHEAD, /* the steps behind match here, else fail; goes on at x */
	RX_NAHEAD, /* the other way round */
	RX_BACK,  /* what save[2x]..save[2x+1] holds */
	RX_MATCH,
};

struct rx_step {
	unsigned char op, c;
	bool fold; /* RX_BACK: ignore case */
	unsigned x, y;
};

struct rx {
	struct rx_step *steps;
	size_t nsteps, capsteps;
	struct rx_set *sets;
	size_t nsets, capsets;
	size_t ngroups, nloops;
	bool refers; /* there is an RX_BACK */
	int first; /* every match begins with this byte; -1: any */
};

enum rx_kind { N_EMPTY, N_BYTE, N_SET, N_CAT, N_ALT, N_GROUP, N_REPEAT, N_ASSERT, N_AHEAD, N_BACK };

#define RX_NONE SIZE_MAX

struct rx_node {
	enum rx_kind kind;
	size_t a, b;     /* children; N_SET: a is the set; N_GROUP: b is its number; N_BACK: a is its number */
	long min, max;   /* N_REPEAT; max < 0: no limit */
	unsigned char c; /* N_BYTE: the byte; N_ASSERT: the step */
	bool lazy, inverse, fold;
};

struct rx_tree {
	struct rx_node *v;
	size_t n, cap, root;
};

/* Reads re into t (v is the caller's to free); sets and groups go to r. Returns 0, or -1 with words. */
int rx_read(struct rx *r, const char *re, size_t n, unsigned flags, struct rx_tree *t, struct err *e);

#endif
