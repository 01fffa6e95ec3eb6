/* Is this a sound that can be played? By the bytes, not by the name: MP3, AAC, WAV, OGG, FLAC, M4A. */
#ifndef FH_AUDIO_H
#define FH_AUDIO_H

#include <stddef.h>

#include "err.h"

/* Looks at the regular file name in dirfd (AT_FDCWD allowed). Nothing is decoded: the container has to hold together and
 * to hold sound. Returns 0; or -1 with words ("is empty", "cut: ...", "No such file or directory"), which do not name the
 * file. */
int audio_check(int dirfd, const char *name, struct err *e);

/* As audio_check, of n bytes at data. */
int audio_check_memory(const void *data, size_t n, struct err *e);

#endif
