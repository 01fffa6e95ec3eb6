/* Decides what happens when memory ends (the process does) and how an arena grows. Must never know what is stored.
 * Invariants: 1. no function returns NULL (mem_die). 2. arena memory is aligned to max_align_t (ARENA_ALIGN). */
#include "mem.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

#define ARENA_ALIGN _Alignof(max_align_t)
#define ARENA_BLOCK ((size_t)4096 - 64) /* a first block and malloc's own head fit one page */

struct arena_block {
	struct arena_block *next;
	size_t size; /* bytes of data */
	max_align_t data[];
};

static void FH_NORETURN
mem_die(size_t n)
{
	char line[64];

	snprintf(line, sizeof line, "fh: out of memory: %zu bytes", n);
	host_die(3, line);
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (p == NULL)
		mem_die(n);
	return p;
}

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		mem_die(size);
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n ? n : 1);
	if (p == NULL)
		mem_die(n);
	return p;
}

void *
xreallocarray(void *p, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		mem_die(SIZE_MAX);
	return xrealloc(p, count * size);
}

char *
xstrndup(const char *s, size_t n)
{
	char *d = xmalloc(n + 1);

	memcpy(d, s, n);
	d[n] = '\0';
	return d;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

void *
xmemdup(const void *p, size_t n)
{
	return memcpy(xmalloc(n), p, n);
}

void *
xgrow(void *p, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return p;
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(p, *cap, size);
}

void *
arena_alloc(struct arena *a, size_t n)
{
	size_t need = (n + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1);
	struct arena_block *b;
	void *p;

	if (need < n)
		mem_die(n);
	if (a->head == NULL || a->head->size - a->used < need) {
		size_t size = need > ARENA_BLOCK ? need : ARENA_BLOCK;

		b = xmalloc(sizeof *b + size);
		*b = (struct arena_block){ .next = a->head, .size = size };
		a->head = b;
		a->used = 0;
	}
	p = (char *)a->head->data + a->used;
	a->used += need;
	return p;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *d = arena_alloc(a, n + 1);

	memcpy(d, s, n);
	d[n] = '\0';
	return d;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b;

	while (a->head != NULL && (a->head->next != NULL || a->head->size != ARENA_BLOCK)) {
		b = a->head;
		a->head = b->next;
		free(b);
	}
	a->used = 0;
}

void
arena_fini(struct arena *a)
{
	struct arena_block *b;

	while ((b = a->head) != NULL) {
		a->head = b->next;
		free(b);
	}
	a->used = 0;
}
