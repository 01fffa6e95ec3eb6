/* Lists of names, "a+b": the groups of hosts. Text only. */
#ifndef FH_PAR_GROUP_H
#define FH_PAR_GROUP_H

#include <stdbool.h>

#include "args.h"

/* The next name of *list, which is moved behind it; false at the end. */
bool group_next(const char **list, struct view *out);
bool group_has(const char *list, struct view name);
/* Whether any name is in both. */
bool group_meets(const char *list, const char *other);

#endif
