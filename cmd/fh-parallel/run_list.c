/* The lists that jobs stand in, and who is found by his pid. Decides nothing. */
#include "run_int.h"

void
run_link(struct job **list, struct job *j)
{
	j->prev = NULL;
	j->next = *list;
	if (*list != NULL)
		(*list)->prev = j;
	*list = j;
}

void
run_unlink(struct job **list, struct job *j)
{
	if (j->prev != NULL)
		j->prev->next = j->next;
	else
		*list = j->next;
	if (j->next != NULL)
		j->next->prev = j->prev;
	j->next = j->prev = NULL;
}

struct job *
run_pop(struct job **list)
{
	struct job *j = *list;

	if (j != NULL)
		run_unlink(list, j);
	return j;
}

static struct job **
run_by_pid(struct run *r, pid_t pid)
{
	return &r->by_pid[(size_t)pid % RUN_BY_PID];
}

void
run_found(struct run *r, struct job *j)
{
	j->same = *run_by_pid(r, j->pid);
	*run_by_pid(r, j->pid) = j;
}

struct job *
run_take(struct run *r, pid_t pid)
{
	struct job **at = run_by_pid(r, pid), *j;

	while (*at != NULL && (*at)->pid != pid)
		at = &(*at)->same;
	if ((j = *at) != NULL)
		*at = j->same;
	return j;
}

bool
run_has(const struct run *r, pid_t pid)
{
	const struct job *j = r->by_pid[(size_t)pid % RUN_BY_PID];

	while (j != NULL && j->pid != pid)
		j = j->same;
	return j != NULL;
}

