/* Numbers with units as people write them -> integers. */
#ifndef FH_NUM_H
#define FH_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

/* A whole decimal number within min..max, nothing around it. Returns 0, or -1 with words in e (which quote s). */
int num_int(const char *s, int64_t min, int64_t max, int64_t *out, struct err *e);

/* A size in bytes: decimal, fraction allowed, with one unit as GNU parallel has them: K M G T P are powers of 1024,
 * k m g t p powers of 1000; none is bytes. Negative ones allowed. Returns 0, or -1 with words in e. */
int num_size(const char *s, int64_t *bytes, struct err *e);

/* A duration in nanoseconds: "10", "2.5", "1.5h", "1m30s", "2d"; a bare number is seconds; units ms s m h d.
 * Returns 0, or -1 with words in e. */
int num_duration(const char *s, int64_t *ns, struct err *e);

/* A percentage "80%" or "12.5%" into per-mille-of-percent (80% = 80000). Returns 0, or -1 with words in e where s is not
 * one. */
int num_percent(const char *s, int64_t *millipercent, struct err *e);

#define NUM_DIGITS 21 /* of any uint64_t, with the NUL */
/* n in decimal and a NUL. For what is written for each job: a tenth of what snprintf takes. Returns the length. */
size_t num_put(uint64_t n, char out[NUM_DIGITS]);
/* ns as people read a duration: "0.31 s", "12.4 s", "1m30s", "2h05m". Into out of n bytes. Returns out. */
char *num_show_duration(int64_t ns, char *out, size_t n);
/* bytes as people read a size: "512 B", "1.5 MiB". Into out of n bytes. Returns out. */
char *num_show_size(int64_t bytes, char *out, size_t n);

#endif
