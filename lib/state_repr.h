/* JSON values as Python's str() and repr() would print them: the text that normalize puts where a string was due. */
#ifndef FH_STATE_REPR_H
#define FH_STATE_REPR_H

#include "buf.h"
#include "js.h"

/* Appends str(v): strings as they are, True, False, None, lists and dicts as repr has them; numbers as in the file. */
void state_str(struct buf *out, struct js v);
/* Appends repr(v): as state_str, but strings in quotes, with what is not printable escaped. */
void state_repr(struct buf *out, struct js v);

#endif
