/* How many inputs make one command: -n -N -L -l -X -m -s -x --xargs. Asks its source for tuples and tmpl only for sizes.
 * Knows no processes. */
#ifndef FH_PAR_BATCH_H
#define FH_PAR_BATCH_H

#include "args.h"
#include "err.h"
#include "opts.h"
#include "source.h"
#include "tmpl.h"

struct batch;

/* Everything is borrowed and must outlive the batch. slots: jobs that may run at once, over which -X and -m spread the
 * last arguments. */
struct batch *batch_new(const struct opts *o, struct source *src, const struct tmpl *command, uint64_t slots);

/* The values of the next command line into out (which is reset first). NEXT_FAIL: reading failed, or one input makes
 * the command longer than allowed (the words name both lengths); with -x also where -n inputs do not fit. */
enum next batch_next(struct batch *b, struct args *out, struct err *e);

/* Reads all input and counts the command lines, without handing one out: for {##}, --bar, --eta, --halt N%, --shuf.
 * batch_next then serves them from memory. Waits for input. *total counts those still to come. Returns 0 or -1. */
int batch_total(struct batch *b, uint64_t *total, struct err *e);

/* The descriptor to poll after NEXT_WAIT. */
int batch_fd(const struct batch *b);
void batch_free(struct batch *b);

/* The longest command line allowed, in bytes, as the reference computes it (--max-line-length-allowed, -s). */
size_t batch_max_line(const struct opts *o);
/* The limit of the system that this comes from. */
size_t batch_max_found(void);

#endif
