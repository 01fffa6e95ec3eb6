/* Output on its way through a program into a file, and back (--compress): one process for each way and each file, started with
 * the first byte. Never waits, but for pack_gather. Knows no jobs. */
#ifndef FH_PAR_PACK_H
#define FH_PAR_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "sig.h"

/* Which programs: texts for the shell, read from stdin, write to stdout. All borrowed. */
struct pack_with {
	const char *shell;
	const char *there, *back; /* what packs, what unpacks */
	const char *dir;          /* for files without a name; NULL: $TMPDIR, /tmp */
	const struct sig *sig;    /* what a child must be given back */
};

/* The program that packs where none is named: the first one of GNU parallel's list that is installed; NULL: none is. Appends its
 * command to there, and what unpacks to back. */
const char *pack_find(struct buf *there, struct buf *back);

/* --- there --------------------------------------------------------------------------------------------------------- */

struct pack;

/* Starts with->there, writing to file (>= 0; the caller's). Returns 0 and *out, or -errno. */
int pack_new(const struct pack_with *with, int file, struct pack **out);
/* Ends the program if it runs. NULL is allowed. */
void pack_free(struct pack *p);
/* What is to be packed; what cannot be written now waits (pack_waits). After the program has stopped reading: -EPIPE. */
int pack_add(struct pack *p, const void *s, size_t n);
/* Whether bytes wait for the program: then give it no more, poll pack_fd for POLLOUT and call pack_push. Returns 0 or -EPIPE. */
bool pack_waits(const struct pack *p);
int pack_push(struct pack *p);
/* Where the program reads; -1: it needs nothing any more. */
int pack_fd(const struct pack *p);
/* Nothing more comes. Call it again after pack_push: pack_fd is closed once nothing waits. */
void pack_end(struct pack *p);
/* Child pid has ended: whether it was the program. */
bool pack_exited(struct pack *p, pid_t pid, int status);
/* Ends the program; pack_exited follows. */
void pack_kill(const struct pack *p);
bool pack_runs(const struct pack *p);
/* As wait gives it, once it does not run. */
int pack_status(const struct pack *p);
#define PACK_NOT_GIVEN (126 << 8) /* such a status, where it ended well but we could not write to it */

/* --- and back ------------------------------------------------------------------------------------------------------ */

struct unpack;

/* Packed bytes: at..end of the file fd. */
struct packed {
	int fd;
	int64_t at, end;
	bool whole; /* nothing else is in that file, nor will be: its offset may move */
};

/* Starts with->back on what. Returns 0 and *out, or -errno. */
int unpack_new(const struct pack_with *with, const struct packed *what, struct unpack **out);
/* Ends the program if it runs. NULL is allowed. */
void unpack_free(struct unpack *u);
/* At most n bytes, 0 at the end, -EAGAIN: none for now (poll unpack_fd; -1: only its exit is waited for), or -errno. */
ssize_t unpack_read(struct unpack *u, char *s, size_t n);
int unpack_fd(const struct unpack *u);
bool unpack_exited(struct unpack *u, pid_t pid, int status);
/* As wait gives it, after the end. */
int unpack_status(const struct unpack *u);
#define UNPACK_NOT_STARTED (126 << 8) /* such a status, where there was no process */

/* All that the packed bytes stand for is appended to out; waits for it. Returns how the program has ended, as wait gives it. */
int pack_gather(const struct pack_with *with, const struct packed *what, struct buf *out);

#endif
