/* Time. Monotonic nanoseconds for intervals and deadlines, wall clock for what people read. */
#ifndef FH_CLOCK_H
#define FH_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_S INT64_C(1000000000) /* nanoseconds in a second */
#define CLOCK_MS INT64_C(1000000)
#define CLOCK_UTC_LEN 21 /* "YYYY-MM-DDTHH:MM:SSZ" and its NUL */

/* Nanoseconds of CLOCK_MONOTONIC. Never fails. */
int64_t clock_mono_ns(void);
/* Nanoseconds since 1970 (CLOCK_REALTIME). */
int64_t clock_wall_ns(void);
/* wall_ns as "YYYY-MM-DDTHH:MM:SSZ" (ISO 8601, UTC) into out. Returns out. */
char *clock_utc(int64_t wall_ns, char out[CLOCK_UTC_LEN]);
/* Sleeps ns nanoseconds (<= 0: not at all), going on after signals. */
void clock_sleep_ns(int64_t ns);

#endif
