/* FNV-1a, 64 bits (Fowler, Noll, Vo): a quick hash of bytes that nobody attacks with. */
#ifndef FH_FNV_H
#define FH_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(0xcbf29ce484222325)

/* The hash of what h stands for (FNV_START: nothing) and the n bytes at p behind it. */
uint64_t fnv_add(uint64_t h, const void *p, size_t n);

#endif
