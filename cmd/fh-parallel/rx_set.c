/* Decides which bytes a name stands for: classes, ranges, escapes. Must never know where in an expression it was. Only ASCII has
 * classes, whatever the locale: the subjects are bytes. */
#include "rx_set.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/* --- sets -------------------------------------------------------------------------------------------------------- */
static bool
class_has(int name, int c)
{
	switch (name) {
	case 'd':
		return c >= '0' && c <= '9';
	case 'w':
		return c < 0x80 && (isalnum(c) || c == '_');
	case 's':
		return c == ' ' || (c >= '\t' && c <= '\r');
	default:
		return c == ' ' || c == '\t'; /* h */
	}
}

void
rx_set_class(struct rx_set *s, char name)
{
	bool inverse = isupper((unsigned char)name);
	int c;

	for (c = 0; c <= UCHAR_MAX; c++)
		if (class_has(tolower((unsigned char)name), c) != inverse)
			rx_set_add(s, (unsigned char)c);
}

void
rx_set_range(struct rx_set *s, int from, int to, bool fold)
{
	int c;

	for (c = from; c <= to; c++) {
		rx_set_add(s, (unsigned char)c);
		if (fold && isalpha(c)) {
			rx_set_add(s, (unsigned char)tolower(c));
			rx_set_add(s, (unsigned char)toupper(c));
		}
	}
}

void
rx_set_invert(struct rx_set *s)
{
	size_t i;

	for (i = 0; i < sizeof s->bits; i++)
		s->bits[i] = (unsigned char)~s->bits[i];
}

size_t
rx_set_posix(struct rx_set *s, const char *text, size_t n)
{
	static const struct {
		const char *name;
		int (*is)(int);
	} classes[] = { { "alpha:]", isalpha }, { "digit:]", isdigit }, { "alnum:]", isalnum }, { "upper:]", isupper },
		{ "lower:]", islower }, { "space:]", isspace }, { "punct:]", ispunct }, { "print:]", isprint },
		{ "graph:]", isgraph }, { "cntrl:]", iscntrl }, { "xdigit:]", isxdigit }, { "blank:]", isblank } };
	size_t i, len;
	int c;

	for (i = 0; i < ARRAY_LEN(classes); i++) {
		len = strlen(classes[i].name);
		if (n < len || memcmp(text, classes[i].name, len) != 0)
			continue;
		for (c = 0; c < 0x80; c++)
			if (classes[i].is(c))
				rx_set_add(s, (unsigned char)c);
		return len;
	}
	return 0;
}

/* --- escapes ----------------------------------------------------------------------------------------------------- */
/* \xHH, \x{H..}, *p behind the x. What is wider than a byte is none. */
static int
escape_hex(const char **p, const char *end)
{
	char digits[3] = { 0 };
	bool brace = *p < end && **p == '{';
	size_t n = 0;

	*p += brace;
	while (n < 2 && *p < end && isxdigit((unsigned char)**p))
		digits[n++] = *(*p)++;
	if (brace && (*p == end || *(*p)++ != '}'))
		return -1;
	return (int)strtol(digits, NULL, 16);
}

/* \o, \oo, \ooo. */
static int
escape_octal(const char **p, const char *end)
{
	int c = 0, n;

	for (n = 0; n < 3 && *p < end && **p >= '0' && **p <= '7'; n++)
		c = c * 8 + *(*p)++ - '0';
	return c & 0xff;
}

int
rx_escape(const char **p, const char *end)
{
	static const char from[] = "tnrfae", to[] = "\t\n\r\f\a\033";
	const char *k;
	int c;

	if (**p >= '0' && **p <= '7')
		return escape_octal(p, end);
	c = (unsigned char)*(*p)++;
	if (c == 'x')
		return escape_hex(p, end);
	if ((k = memchr(from, c, sizeof from - 1)) != NULL)
		return to[k - from];
	return isalnum(c) ? -1 : c;
}
