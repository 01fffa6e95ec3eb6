/* Where the bytes of one job go while it runs. */
#ifndef FH_PAR_CAPTURE_H
#define FH_PAR_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "pack.h"

enum capture_mode {
	CAPTURE_INHERIT, /* -u: our own stdout and stderr; the end is the exit */
	CAPTURE_FILE,    /* group: a file without a name for each; the end is the exit, whoever still holds them */
	CAPTURE_PIPE,    /* --line-buffer: read while it runs; the end is the exit and then one empty read */
	CAPTURE_PACK,    /* --compress: as PIPE, and what is read goes through a program into a file (packing.h); then it is FILE */
};

struct capture_side {
	int fd;     /* ours: FILE the file, PIPE the reading end; -1: none */
	int job_fd; /* what the job gets, -1: our own; where it is not fd itself it is closed by capture_started */
	bool open;  /* PIPE: no end of file seen yet */
	bool again; /* FILE: may serve another job, if nobody has it open then */
	bool memory;     /* FILE: it is one in memory (memfd): large ones must be relieved */
	int disk;        /* where the first bytes of it went, -1: nowhere yet */
	int64_t on_disk; /* so many of them; its own are gone */
	struct pack *pack; /* PACK: who packs it; NULL: there was nothing yet */
	int file;          /* PACK: where it goes; -1: no file yet */
	int64_t raw;       /* bytes that the job printed, where its file is packed, and the last of them */
	char last;
};

/* Files of jobs that are over and that the next ones use: to make a file costs more than all else of a short job's capture. */
struct capture_spare;

struct capture {
	enum capture_mode mode;
	struct capture_side side[2]; /* stdout, stderr */
	struct capture_spare *spare; /* borrowed */
	struct buf early[2];         /* FILE, capture_add: what is in no file yet */
	const struct pack_with *with; /* by what its files are packed; NULL: they are not; borrowed */
};

#define CAPTURE_SIDE_INIT { .fd = -1, .job_fd = -1, .disk = -1, .file = -1 }
#define CAPTURE_INIT { .side = { CAPTURE_SIDE_INIT, CAPTURE_SIDE_INIT } }

/* None yet; it must outlive its captures. Freed by capture_spare_free (NULL is allowed). */
struct capture_spare *capture_spare_new(void);
void capture_spare_free(struct capture_spare *s);

/* Makes what mode needs. dir: where temporary files go (NULL: $TMPDIR, /tmp); spare: files to use again, all of that dir (NULL:
 * none). Returns 0 or -errno, then nothing is open. */
int capture_open(struct capture *c, enum capture_mode mode, const char *dir, struct capture_spare *spare);
/* As CAPTURE_FILE, with two files that were opened elsewhere (--results, --files), now the capture's to close. */
void capture_use(struct capture *c, int out, int err);
/* The job is elsewhere, and what it prints comes here by capture_add (FILE): into memory, and once that is much into a file in
 * dir (NULL: $TMPDIR, /tmp), or into the file that capture_use gave. */
void capture_far(struct capture *c, enum capture_mode mode);
/* Returns 0 or -errno: some of it is not kept. */
int capture_add(struct capture *c, int i, const char *dir, const void *s, size_t n);
/* The job has its descriptors: ours of them are closed. */
void capture_started(struct capture *c);
/* Whether it waits for pipes still. */
bool capture_is_open(const struct capture *c);
/* Bytes in the file of side i (FILE); 0 where it is none, -errno where that cannot be known. */
int64_t capture_size(const struct capture *c, int i);
/* Bytes that side i holds in memory; 0 where it is a file on disk. Where the job has cut its file, so is what is on disk. */
int64_t capture_memory(struct capture *c, int i);
/* Moves at most max of those bytes, the first ones, to a file in dir (as capture_open). Returns how many, or -errno. */
int64_t capture_relieve(struct capture *c, int i, const char *dir, int64_t max);
/* Whether the job writes into files on a disk (FILE), not in memory. */
bool capture_is_on_disk(const struct capture *c);
/* Whether the disk of those is full: then the job may have lost some of its output, for few programs look. */
bool capture_is_cramped(const struct capture *c);
/* Closes all, or puts it by. */
void capture_close(struct capture *c);
/* Gives the descriptor of side i away, or (disk) the one that holds its first bytes. */
int capture_take(struct capture *c, int i);
int capture_take_disk(struct capture *c, int i);

#endif
