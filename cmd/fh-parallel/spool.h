/* Where words wait whose turn has not come: little of them in memory, the rest in one file without a name. */
#ifndef FH_PAR_SPOOL_H
#define FH_PAR_SPOOL_H

#include "pump.h"

struct spool;

/* dir: where the file is made once there is need (NULL: $TMPDIR, /tmp; borrowed). */
struct spool *spool_new(const char *dir);
/* NULL is allowed. No chunk that it holds may be left. */
void spool_free(struct spool *s);

/* The chunks of list begin to wait: they are counted, and may be moved to the file. Where it cannot be written they stay what
 * they are: nothing is lost. */
void spool_hold(struct spool *s, struct chunk *list);
/* They wait no more. */
void spool_release(struct spool *s, struct chunk *list);

/* Whether a disk was full when a file on it was closed, which makes room; since the last question. */
bool spool_was_cramped(struct spool *s);

/* Appends chunk c, the only one of its list, to last where its bytes are the next ones of the same file; c is freed then. */
bool spool_join(struct chunk *last, struct chunk *c);

#endif
