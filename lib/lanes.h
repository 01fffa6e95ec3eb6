/* Children started without waiting for them: who starts a child is held up until it has executed its program, and one who waits
 * can start only so many a second, however many processors there are. A lane has all that one child needs until then, so
 * that the next one can be started in another lane meanwhile. A child costs the same however many descriptors we have.
 * Linux on known processors only: elsewhere there are no lanes. */
#ifndef FH_LANES_H
#define FH_LANES_H

#include <stddef.h>

#include "proc.h"

struct lanes;

/* Makes n lanes. Returns 0 or -errno (-ENOSYS: there are none here). */
int lanes_open(struct lanes **out, size_t n);
/* Waits until no child is in them any more, and frees them. NULL is allowed. */
void lanes_close(struct lanes *l);

/* Starts s (file is a path) in a free lane; it is copied, and its descriptors may be closed at once. Descriptors beyond 0-2
 * reach the child as proc_spawn says, if they were there when the lanes were made. Returns 0 with *pid; -EAGAIN where no
 * lane is free, -E2BIG where s is too large, another -errno where there is no child: proc_spawn it is then. What fails in
 * the child is told when it has ended (lanes_ended). */
int lanes_start(struct lanes *l, const struct proc_spec *s, pid_t *pid);

/* Waits until a lane is free, 50 ms at most. */
void lanes_wait(struct lanes *l);

/* Child pid has ended: 0, or -errno where it never ran its program (as proc_spawn). To be asked for every one, once. */
int lanes_ended(struct lanes *l, pid_t pid);

/* For proc_await_birth: where pid, the last child of its lane, is born; it stays where it is until lanes_close. NULL: it is in none. */
const struct proc_birth *lanes_birth(const struct lanes *l, pid_t pid);

#endif
