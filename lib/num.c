/* Decides what text is a number and what its unit is worth. Must never know what is counted.
 * Invariants: 1. nothing is accepted in part: what is left over is an error (every reader checks the end).
 *             2. the locale plays no part, so '.' is the point everywhere (no strtod here).
 *             3. no result has overflowed: what does not fit in 63 bits is an error. */
#include "num.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A decimal with an optional fraction: whole + part, part in 0..1. */
struct decimal {
	int64_t whole;
	double part;
};

struct unit {
	const char *name;
	int64_t worth;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *s into *out, which must stay at or below max. Moves *s behind them. False where it grew too large. */
static bool
scan_whole(const char **s, uint64_t max, uint64_t *out)
{
	unsigned d;

	for (*out = 0; is_digit(**s); (*s)++) {
		d = (unsigned)(**s - '0');
		if (*out > (max - d) / 10)
			return false;
		*out = *out * 10 + d;
	}
	return true;
}

/* "12", "12.5", ".5", "12." at *s. Moves *s behind it. Returns NULL, or what is wrong. */
static const char *
scan_decimal(const char **s, struct decimal *d)
{
	const char *from = *s;
	double place = 1;
	uint64_t whole;
	bool any;

	d->part = 0;
	if (!scan_whole(s, INT64_MAX, &whole))
		return "too large a number";
	any = *s > from;
	d->whole = (int64_t)whole;
	if (**s == '.') {
		for ((*s)++; is_digit(**s); (*s)++, any = true)
			d->part += (**s - '0') * (place /= 10);
	}
	return any ? NULL : "not a number";
}

/* d units, added to *sum. False where that does not fit. */
static bool
add_units(int64_t *sum, const struct decimal *d, int64_t worth)
{
	int64_t part = (int64_t)(d->part * (double)worth + 0.5);

	if (d->whole > (INT64_MAX - part) / worth || *sum > INT64_MAX - part - d->whole * worth)
		return false;
	*sum += part + d->whole * worth;
	return true;
}

/* The unit that stands at *s, the longest name first in the table; moves *s behind it. NULL: none. */
static const struct unit *
scan_unit(const char **s, const struct unit *units)
{
	for (; units->name != NULL; units++) {
		if (strncmp(*s, units->name, strlen(units->name)) == 0) {
			*s += strlen(units->name);
			return units;
		}
	}
	return NULL;
}

int
num_int(const char *s, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	bool minus = *s == '-';
	const char *p = s + (minus || *s == '+');
	uint64_t n;
	bool fits;
	int64_t v;

	if (!is_digit(*p) || p[strspn(p, "0123456789")] != '\0')
		return err_set(e, 0, "'%s': not a number", s);
	fits = scan_whole(&p, (uint64_t)INT64_MAX + minus, &n);
	v = !fits ? 0 : minus ? (int64_t)(0 - n) : (int64_t)n;
	if (fits ? v < min : minus)
		return err_set(e, 0, "'%s': less than %" PRId64, s, min);
	if (fits ? v > max : !minus)
		return err_set(e, 0, "'%s': more than %" PRId64, s, max);
	*out = v;
	return 0;
}

int
num_size(const char *s, int64_t *bytes, struct err *e)
{
	static const struct unit units[] = {
		{ "K", INT64_C(1) << 10 }, { "M", INT64_C(1) << 20 }, { "G", INT64_C(1) << 30 },
		{ "T", INT64_C(1) << 40 }, { "P", INT64_C(1) << 50 }, { "k", INT64_C(1000) },
		{ "m", INT64_C(1000000) }, { "g", INT64_C(1000000000) }, { "t", INT64_C(1000000000000) },
		{ "p", INT64_C(1000000000000000) }, { "", 1 }, { NULL, 0 },
	};
	bool minus = *s == '-';
	const char *p = s + (minus || *s == '+'), *wrong;
	struct decimal d;
	int64_t sum = 0;

	if ((wrong = scan_decimal(&p, &d)) != NULL)
		return err_set(e, 0, "'%s': %s", s, wrong);
	if (!add_units(&sum, &d, scan_unit(&p, units)->worth))
		return err_set(e, 0, "'%s': too large a number", s);
	if (*p != '\0')
		return err_set(e, 0, "'%s': not a size (a number and one of K M G T P k m g t p)", s);
	*bytes = minus ? -sum : sum;
	return 0;
}

int
num_duration(const char *s, int64_t *ns, struct err *e)
{
	static const struct unit units[] = {
		{ "ms", INT64_C(1000000) }, { "s", INT64_C(1000000000) }, { "m", 60 * INT64_C(1000000000) },
		{ "h", 3600 * INT64_C(1000000000) }, { "d", 86400 * INT64_C(1000000000) }, { NULL, 0 },
	};
	const struct unit *u;
	const char *p = s, *wrong;
	int64_t sum = 0, worth;
	struct decimal d;

	do {
		if ((wrong = scan_decimal(&p, &d)) != NULL)
			return err_set(e, 0, "'%s': %s", s,
			    strcmp(wrong, "not a number") == 0 ? "not a duration (such as 90, 2.5, 1m30s)" : wrong);
		u = scan_unit(&p, units);
		if (u == NULL && *p != '\0')
			return err_set(e, 0, "'%s': not a duration (units are ms s m h d)", s);
		worth = u != NULL ? u->worth : INT64_C(1000000000);
		if (!add_units(&sum, &d, worth))
			return err_set(e, 0, "'%s': too long a duration", s);
	} while (*p != '\0');
	*ns = sum;
	return 0;
}

int
num_percent(const char *s, int64_t *millipercent, struct err *e)
{
	const char *p = s, *wrong;
	int64_t sum = 0;
	struct decimal d;

	if ((wrong = scan_decimal(&p, &d)) != NULL)
		return err_set(e, 0, "'%s': %s", s, wrong);
	if (strcmp(p, "%") != 0)
		return err_set(e, 0, "'%s': not a percentage (such as 80%%)", s);
	if (!add_units(&sum, &d, 1000))
		return err_set(e, 0, "'%s': too large a number", s);
	*millipercent = sum;
	return 0;
}

size_t
num_put(uint64_t n, char out[NUM_DIGITS])
{
	char digits[NUM_DIGITS], *d = digits + sizeof digits;
	size_t len;

	*--d = '\0';
	do
		*--d = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	len = (size_t)(digits + sizeof digits - d) - 1;
	memcpy(out, d, len + 1);
	return len;
}

/* Each form rounds first and is taken only if the result still belongs to it: 59.96 s is "1m00s", not "60.0 s". */
char *
num_show_duration(int64_t ns, char *out, size_t n)
{
	uint64_t a = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	uint64_t cs = (a + 5000000) / 10000000, ds = (a + 50000000) / 100000000;
	uint64_t s = (a + 500000000) / 1000000000, m = (s + 30) / 60;
	const char *sign = ns < 0 ? "-" : "";

	if (cs < 1000)
		snprintf(out, n, "%s%" PRIu64 ".%02d s", sign, cs / 100, (int)(cs % 100));
	else if (ds < 600)
		snprintf(out, n, "%s%" PRIu64 ".%d s", sign, ds / 10, (int)(ds % 10));
	else if (s < 3600)
		snprintf(out, n, "%s%" PRIu64 "m%02ds", sign, s / 60, (int)(s % 60));
	else
		snprintf(out, n, "%s%" PRIu64 "h%02dm", sign, m / 60, (int)(m % 60));
	return out;
}

char *
num_show_size(int64_t bytes, char *out, size_t n)
{
	static const char *const names[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double v = (double)bytes;
	size_t i = 0;

	if (bytes > -1024 && bytes < 1024) {
		snprintf(out, n, "%" PRId64 " B", bytes);
		return out;
	}
	for (v /= 1024; (v >= 1023.95 || v <= -1023.95) && i + 1 < ARRAY_LEN(names); i++)
		v /= 1024;
	snprintf(out, n, "%.1f %s", v, names[i]);
	return out;
}
