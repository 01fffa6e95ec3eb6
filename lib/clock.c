/* Decides which clocks the suite reads. Must never be asked by code that takes `now` as an argument (sched). */
#include "clock.h"

#include <errno.h>
#include <stdio.h>

static int64_t
clock_read(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * CLOCK_S + t.tv_nsec;
}

int64_t
clock_mono_ns(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

int64_t
clock_wall_ns(void)
{
	return clock_read(CLOCK_REALTIME);
}

/* Civil date from days since 1970, by the proleptic Gregorian calendar in 400-year eras of 146,097 days. gmtime_r
 * would do the same but pulls the time zone files into a static start-up. */
char *
clock_utc(int64_t wall_ns, char out[CLOCK_UTC_LEN])
{
	int64_t s = wall_ns / CLOCK_S - (wall_ns % CLOCK_S < 0), days = s / 86400 - (s % 86400 < 0);
	unsigned sec = (unsigned)(s - days * 86400);
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	unsigned day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
	unsigned year = (unsigned)(yoe + (unsigned)(era * 400) + (month <= 2));

	snprintf(out, CLOCK_UTC_LEN, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month % 100, day % 100,
	    sec / 3600 % 100, sec / 60 % 60, sec % 60);
	return out;
}

void
clock_sleep_ns(int64_t ns)
{
	struct timespec t = { .tv_sec = ns / CLOCK_S, .tv_nsec = ns % CLOCK_S };

	if (ns <= 0)
		return;
	while (nanosleep(&t, &t) < 0 && errno == EINTR)
		;
}
