/* The boxes of an ISO base media file (ISO/IEC 14496-12, 4.2): where they are and what bytes they hold. Reads with
 * pread into small windows, never maps: a file that is cut while we look gives an error, not a signal.
 * Costs are bounded for hostile input: at most BOX_MAX box headers and BOX_READ_MAX bytes of them are looked at. */
#ifndef FH_BOX_H
#define FH_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define BOX_MAX (1u << 19)              /* looks at box headers of one file */
#define BOX_READ_MAX (UINT64_C(1) << 28) /* bytes of boxes (not of media) read from one file */
#define BOX_WIN 4096                    /* bytes read at once */
#define BOX_NEAR 1024                   /* bytes read at once where a header is due */
#define BOX_TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

struct box_file {
	int fd;                  /* borrowed; -1: the bytes are at mem */
	const unsigned char *mem;
	uint64_t size;           /* bytes */
	uint64_t boxes, read;    /* spent so far */
	uint64_t near_at;        /* offset of what is in near: headers are read ahead, they stand close together */
	size_t near_len;
	unsigned char near[BOX_NEAR];
};

struct box {
	uint32_t type;  /* BOX_TYPE */
	uint64_t start; /* offset of its header */
	uint64_t body;  /* offset of what follows the header */
	uint64_t end;   /* offset of what follows the box, within the file and within its parent */
};

/* Bytes of a box, read forward through a window of its own. */
struct box_cur {
	struct box_file *f;
	uint64_t at, end; /* offsets in the file: next byte to load, end of the box */
	size_t pos, len;
	unsigned char win[BOX_WIN];
};

/* The top level: every box in file order, and the mdat boxes among them. */
struct box_map {
	struct box *boxes;
	size_t nboxes, boxes_cap;
	struct box *media;
	size_t nmedia, media_cap;
};

/* f reads the regular file open at fd (borrowed). Returns 0, or -1 with words. */
int box_file_open(struct box_file *f, int fd, struct err *e);
/* f reads n bytes at mem (borrowed). */
void box_file_memory(struct box_file *f, const void *mem, size_t n);

/* The box whose header is at *at, within end; *at is moved behind it. Size 1 (64-bit size) and 0 (to the end) are
 * understood. Returns 1, 0 at the end, -1 with words where a header is cut or a box is larger than what holds it. */
int box_next(struct box_file *f, uint64_t *at, uint64_t end, struct box *out, struct err *e);
/* Finds the first child of type in parent. Returns 1, 0 where there is none, -1 with words. */
int box_child(struct box_file *f, const struct box *parent, uint32_t type, struct box *out, struct err *e);
/* The type as text, control characters made harmless. Returns out. */
char *box_name(uint32_t type, char out[5]);

void box_cur_init(struct box_cur *c, struct box_file *f, const struct box *b);
/* Reads the next n bytes (n <= BOX_WIN) as a view, valid until the next read. Returns NULL with words where the box ends
 * before, or the file does. */
const unsigned char *box_bytes(struct box_cur *c, size_t n, struct err *e);
/* As box_bytes, big-endian numbers. Return 0, or -1 with words. */
int box_u16(struct box_cur *c, uint32_t *out, struct err *e);
int box_u32(struct box_cur *c, uint32_t *out, struct err *e);
int box_u64(struct box_cur *c, uint64_t *out, struct err *e);
/* A u64 where wide, else a u32. */
int box_uint(struct box_cur *c, bool wide, uint64_t *out, struct err *e);
/* Passes n bytes by. Returns 0, or -1 with words. */
int box_skip(struct box_cur *c, uint64_t n, struct err *e);
/* Version (0 or 1: of what others hold nothing is known; 4.2) and flags of a full box. Return 0, or -1 with words. */
int box_full(struct box_cur *c, unsigned *version, uint32_t *flags, struct err *e);
/* Bytes of the box not yet read. */
uint64_t box_left(const struct box_cur *c);

/* Reads the top level into m (all-zero before). Returns 0, or -1 with words; box_map_fini in both cases. */
int box_map_load(struct box_map *m, struct box_file *f, struct err *e);
void box_map_fini(struct box_map *m);
/* Whether bytes at..at+n lie within the body of one mdat box; no bytes always do. */
bool box_map_holds(const struct box_map *m, uint64_t at, uint64_t n);

#define AUTO_BOX_MAP __attribute__((cleanup(box_map_fini))) struct box_map

#endif
