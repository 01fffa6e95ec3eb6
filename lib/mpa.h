/* MPEG audio as bare frames: MP3 (ISO/IEC 11172-3, 13818-3, and the 2.5 extension) and AAC in ADTS (ISO/IEC 13818-7). */
#ifndef FH_MPA_H
#define FH_MPA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peek.h"

#define MPA_HEAD 7 /* bytes of a header that the functions here look at */

/* Bytes of the frame whose header is at h (MPA_HEAD bytes), header included; 0 where it is none. Free-format frames are
 * taken for none. */
size_t mpa_frame(const unsigned char *h);
size_t mpa_adts_frame(const unsigned char *h);

/* Whether frames stand one after the other from some place at or near offset at of p: four whole ones, or, from at
 * itself, one or more up to the end. Returns 0, or -1 with words: no frames, or cut (the count in a Xing or Info header,
 * which the encoder writes last, says more bytes than there are). */
int mpa_check(struct peek *p, uint64_t at, struct err *e);

#endif
