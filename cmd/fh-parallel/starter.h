/* Starts processes: one after the other, or, where starts come fast, in lanes, several at a time. Knows no jobs. */
#ifndef FH_PAR_STARTER_H
#define FH_PAR_STARTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc.h"

struct starter;

/* lanes: starts at the same time, once many are needed; < 2: always one after the other. Never fails. */
struct starter *starter_new(size_t lanes);
/* NULL is allowed. */
void starter_free(struct starter *st);

/* Whether there is any use in starter_hand for the start that is due now (monotonic). */
bool starter_is_fast(struct starter *st, int64_t now);
/* Of pid, where it is a child in a lane, for proc_await_birth; else NULL. It may be looked at until starter_free. */
const struct proc_birth *starter_birth(const struct starter *st, pid_t pid);
/* Whether starts have ever come so fast that lanes were wanted. */
bool starter_is_busy(const struct starter *st);
/* Starts s in a lane, without waiting until it has executed its program; its descriptors may be closed at once. Whether it
 * could is told by starter_ended. False: use proc_spawn. */
bool starter_hand(struct starter *st, const struct proc_spec *s, pid_t *pid);
/* Waits a moment until starter_hand has a lane again. */
void starter_wait(struct starter *st);
/* Child pid has ended: 0, or -errno where it was handed over and never ran its program (proc_spawn would have said so): then
 * what it wrote and its status mean nothing. */
int starter_ended(struct starter *st, pid_t pid);

#endif
