/* Looks at bytes here and there in a file, or in memory, through one small window. */
#ifndef FH_PEEK_H
#define FH_PEEK_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define PEEK_MAX 512    /* bytes that one look may ask for */
#define PEEK_WIN 16384  /* bytes read at once */

struct peek {
	int fd;                   /* borrowed; -1: the bytes are at mem */
	const unsigned char *mem; /* borrowed */
	uint64_t size;            /* bytes */
	int error;                /* errno value of the first read that failed, or 0 */
	uint64_t at;              /* where the window is */
	size_t n;                 /* bytes in it */
	unsigned char win[PEEK_WIN];
};

/* p looks at the regular file open at fd (borrowed, its offset untouched). Returns 0, or -1 with words. */
int peek_open(struct peek *p, int fd, struct err *e);
/* p looks at n bytes at mem (borrowed). */
void peek_memory(struct peek *p, const void *mem, size_t n);

/* The n bytes (<= PEEK_MAX) at offset at, good until the next look. NULL where they are not all inside the file, or could
 * not be read (p->error). */
const unsigned char *peek_at(struct peek *p, uint64_t at, size_t n);

#endif
