/* -S and what a --sshloginfile holds, as text: what goes to ssh as a host or user cannot be taken for an option, nor do anything in a
 * shell; every host is there once, and has its own name among its groups. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "hosts.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The word as a host's or a user's name. */
static void
harmless(const char *word)
{
	if (*word == '-' || *word == '\0')
		abort();
	for (; *word != '\0'; word++)
		if (!isalnum((unsigned char)*word) && strchr("-_.+:", *word) == NULL)
			abort();
}

static void
check_host(const struct host *t)
{
	const char *place = strrchr(t->name, ' ');
	size_t i;

	if (strncmp(t->groups, t->name, strlen(t->name)) != 0 || t->cpus < -1 || *t->name == '\0')
		abort();
	if (strcmp(t->name, ":") == 0)
		return;
	if (t->nssh < 2 || t->ssh[t->nssh] != NULL || strcmp(t->ssh[t->nssh - 1], t->host) != 0)
		abort();
	harmless(t->host);
	for (i = 0; i < t->nssh; i++)
		if (t->ssh[i] == NULL)
			abort();
	if (strchr(place != NULL ? place : t->name, '@') == NULL)
		return;
	if (t->nssh < 4 || strcmp(t->ssh[t->nssh - 3], "-l") != 0)
		abort();
	harmless(t->ssh[t->nssh - 2]);
}

static void
check(struct hosts *h)
{
	struct host_wish any = { .groups = NULL };
	size_t i, k;
	bool file;

	for (i = 0; i < hosts_count(h); i++) {
		check_host(hosts_at(h, i));
		for (k = 0; k < i; k++)
			if (strcmp(hosts_at(h, i)->name, hosts_at(h, k)->name) == 0)
				abort();
	}
	if (hosts_set_slots(h, "2", &file, NULL) < 0 || file)
		abort();
	if ((hosts_choose(h, &any) != NULL) != hosts_are_left(h) || (hosts_slots(h) > 0) != hosts_are_left(h))
		abort();
	(void)hosts_groups(h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FREE char *text = xmalloc(n + 1);
	const char *list[1] = { text };
	struct opts o = { .sshlogin = { list, 1, 1 }, .ssh = "ssh" };
	struct err e = { .msg = "" };
	struct hosts *h;

	memcpy(text, data, n);
	text[n] = '\0';
	if (strcmp(text, "..") == 0 || strcmp(text, "-") == 0)
		return 0; /* files */
	if (hosts_new(&o, &h, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return 0;
	}
	check(h);
	if (memchr(data, '\0', n) != NULL && hosts_make_groups(h, text + strlen(text) / 2, &e) > 0)
		check(h);
	hosts_free(h);
	return 0;
}
