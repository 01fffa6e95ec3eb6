/* Who descends from whom, as the kernel tells it: for ending what a process has left in groups and sessions of their own. Linux
 * only: with FH_PORTABLE nobody is ever found. */
#ifndef FH_KIN_H
#define FH_KIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct kin {
	pid_t *v;
	size_t n, cap;
};

#define AUTO_KIN __attribute__((cleanup(kin_fini))) struct kin

/* From now on who loses its parent below us becomes our child, and not init's. */
void kin_adopt(void);

/* Appends the children of pid that live now; what cannot be read has none. */
void kin_children(pid_t pid, struct kin *out);
/* The same with theirs, and so on; pid itself is not among them. */
void kin_below(pid_t pid, struct kin *out);
void kin_fini(struct kin *k);

/* Whether the environment that pid was started with has this NAME=VALUE. */
bool kin_has(pid_t pid, const char *assignment);

#endif
