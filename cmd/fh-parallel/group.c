/* Decides nothing: reads lists of names. */
#include "group.h"

#include <string.h>

bool
group_next(const char **list, struct view *out)
{
	if (**list == '\0')
		return false;
	*out = (struct view){ *list, strcspn(*list, "+") };
	*list += out->len;
	*list += **list == '+';
	return true;
}

bool
group_has(const char *list, struct view name)
{
	struct view one;

	while (group_next(&list, &one))
		if (one.len == name.len && memcmp(one.s, name.s, name.len) == 0)
			return true;
	return false;
}

bool
group_meets(const char *list, const char *other)
{
	struct view one;

	while (group_next(&other, &one))
		if (group_has(list, one))
			return true;
	return false;
}
