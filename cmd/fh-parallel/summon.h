/* How an agent is called on another machine: the text that the login shell there is given, and our program for where it is to be
 * sent (--bootstrap). Asks nobody. */
#ifndef FH_PAR_SUMMON_H
#define FH_PAR_SUMMON_H

#include "args.h"
#include "buf.h"
#include "err.h"
#include "opts.h"

struct summon;

/* Reads our program where o->bootstrap asks for it. Returns 0, or -1 with words. */
int summon_new(const struct opts *o, struct summon **out, struct err *e);
void summon_free(struct summon *s);

/* Appends the text that makes an agent of the login there. Without --bootstrap that is the fh-parallel of its PATH, whose
 * version fleet looks at. With it our own program, by its hash: FRAME_WANTED is said where it is not there yet. */
void summon_text(const struct summon *s, struct buf *out);
/* What is to be sent then; empty: nothing is. Lives as long as s. */
struct view summon_program(const struct summon *s);

#endif
