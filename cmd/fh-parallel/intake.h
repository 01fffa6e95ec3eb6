/* Where blocks come from: a stream (stdin) that is cut, or the parts of files. Reads only when asked, never waits. */
#ifndef FH_PAR_INTAKE_H
#define FH_PAR_INTAKE_H

#include "block.h"
#include "key.h"
#include "opts.h"

enum intake_kind {
	INTAKE_BLOCKS, /* as the options say, for one job each */
	INTAKE_LINES,  /* whole records, whatever is there */
	INTAKE_BYTES,  /* whatever is there (--tee) */
};

struct intake;

/* What o asks for (--pipe, --pipe-part), for so many slots; fd is the stream. header: blocks begin with the header. key
 * (NULL: none) is for --group-by. All is borrowed. Returns 0, or -1 with words. */
int intake_new(const struct opts *o, enum intake_kind kind, int fd, uint64_t slots, bool header, struct key *key,
    struct intake **out, struct err *e);
/* No block of it may be in use any more. NULL is allowed. */
void intake_free(struct intake *in);

/* The next block, the caller's reference. WAIT: poll intake_fd. A block of no bytes has its turn but no job. */
enum next intake_next(struct intake *in, struct block **out, struct err *e);
/* Reads what is there already, so that the next block comes sooner. Returns whether intake_fd is worth polling. */
bool intake_ahead(struct intake *in);
int intake_fd(const struct intake *in);
/* What is whole already is handed out by the next intake_next. */
void intake_hurry(struct intake *in);
/* What stands before the records, known once a block was given out. */
struct view intake_header(const struct intake *in);
/* What records end with. Borrowed. */
const struct border *intake_border(const struct intake *in);
/* The size of blocks had to grow since the last call. */
bool intake_has_grown(struct intake *in, size_t *was, size_t *is);

#endif
