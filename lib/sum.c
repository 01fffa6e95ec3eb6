/* Decides what a sum of sizes comes to, by descent: sum, product, power, operand. Must never know what is counted.
 * Invariants: 1. nothing is accepted in part: what is left over is an error.
 *             2. the locale plays no part (no strtod here).
 *             3. a longer text than LENGTH_MAX is refused: none can use up the stack. */
#include "sum.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LENGTH_MAX 200

struct scan {
	const char *s;     /* what is not read yet */
	const char *wrong; /* NULL: nothing yet */
};

static double scan_sum(struct scan *c);

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static double
scan_fail(struct scan *c, const char *why)
{
	if (c->wrong == NULL)
		c->wrong = why;
	return 0;
}

static void
skip_blanks(struct scan *c)
{
	c->s += strspn(c->s, " \t");
}

/* op, not the beginning of a longer one, is next and is taken. */
static bool
take(struct scan *c, const char *op)
{
	size_t n = strlen(op);

	skip_blanks(c);
	if (strncmp(c->s, op, n) != 0 || (n == 1 && *op == '*' && c->s[1] == '*'))
		return false;
	c->s += n;
	return true;
}

/* Digits of base, added behind what value has; '_' stands between them. */
static double
scan_digits(struct scan *c, double value, int base)
{
	for (; is_digit(*c->s) || (*c->s == '_' && is_digit(c->s[1])); c->s++) {
		if (*c->s == '_')
			continue;
		if (*c->s - '0' >= base)
			return scan_fail(c, "not an octal number");
		value = value * base + (*c->s - '0');
	}
	return value;
}

static double
scan_number(struct scan *c)
{
	const char *from = c->s;
	double value, place = 1;
	bool octal = *c->s == '0' && is_digit(c->s[1]);

	value = scan_digits(c, 0, octal ? 8 : 10);
	if (*c->s == '.' && !octal) {
		for (c->s++; is_digit(*c->s); c->s++, place *= 10)
			value = value * 10 + (*c->s - '0');
		value /= place; /* once, so that 2.3k is not more than 2300 */
	}
	if (*from == '0' && *c->s == 'x')
		return scan_fail(c, "not a decimal number");
	return c->s == from || (c->s == from + 1 && *from == '.') ? scan_fail(c, "not a number") : value;
}

/* The unit that is next into *worth. */
static bool
take_unit(struct scan *c, double *worth)
{
	static const char large[] = "KMGTPEZYX", small[] = "kmgtpezyx";
	const char *at;
	double factor;
	long i;

	skip_blanks(c);
	if (*c->s == '\0')
		return false;
	if ((at = strchr(large, *c->s)) != NULL) {
		i = at - large;
		factor = 1024;
	} else if ((at = strchr(small, *c->s)) != NULL) {
		i = at - small;
		factor = 1000;
	} else
		return false;
	c->s++;
	*worth = pow(factor, (double)i) * scan_digits(c, factor, 10);
	return true;
}

static double
scan_operand(struct scan *c)
{
	double value;

	skip_blanks(c);
	if (take(c, "-"))
		return -scan_operand(c);
	if (take(c, "+"))
		return scan_operand(c);
	if (!take(c, "("))
		return scan_number(c);
	value = scan_sum(c);
	return take(c, ")") ? value : scan_fail(c, "a parenthesis is open");
}

/* From right to left, as in Perl. */
static double
scan_power(struct scan *c)
{
	double base = scan_operand(c);

	return c->wrong == NULL && take(c, "**") ? pow(base, scan_power(c)) : base;
}

/* Whole numbers, as in Perl: the sign is that of the divisor. */
static double
remainder_of(struct scan *c, double value, double by)
{
	value = trunc(value);
	by = trunc(by);
	return by == 0 ? scan_fail(c, "a division by 0") : value - by * floor(value / by);
}

static double
scan_product(struct scan *c)
{
	double value = scan_power(c), by;

	while (c->wrong == NULL) {
		if (take_unit(c, &by) || (take(c, "*") && (by = scan_power(c), true)))
			value *= by;
		else if (take(c, "%"))
			value = remainder_of(c, value, scan_power(c));
		else if (take(c, "/"))
			value = (by = scan_power(c)) == 0 ? scan_fail(c, "a division by 0") : value / by;
		else
			break;
	}
	return value;
}

static double
scan_sum(struct scan *c)
{
	double value = scan_product(c);

	while (c->wrong == NULL) {
		if (take(c, "+"))
			value += scan_product(c);
		else if (take(c, "-"))
			value -= scan_product(c);
		else
			break;
	}
	return value;
}

int
sum_eval(const char *s, double *out, struct err *e)
{
	struct scan c = { .s = s };
	double value;

	if (strlen(s) > LENGTH_MAX)
		return err_set(e, 0, "'%s': too long a size", s);
	value = scan_sum(&c);
	skip_blanks(&c);
	if (c.wrong == NULL && *c.s != '\0')
		c.wrong = "not a size (a number and one of K M G T P k m g t p)";
	if (c.wrong != NULL)
		return err_set(e, 0, "'%s': %s", s, c.wrong);
	if (!(value > -9e18 && value < 9e18))
		value = value < 0 ? -9e18 : 9e18;
	*out = value;
	return 0;
}
