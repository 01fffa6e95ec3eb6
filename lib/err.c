/* Decides how a failure is worded and how its text is kept harmless. Must never know who shows it or what it is about.
 * Invariants: 1. msg is always NUL-terminated and one line (err_harmless, called by every writer here).
 *             2. every setter returns -1. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

#undef err_set /* what analyzers are told (err.h) */
#undef err_vset
#undef err_sys
#undef err_wrap

void
err_harmless(char *text, size_t n)
{
	unsigned char *p = (unsigned char *)text;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\t')
			p[i] = ' ';
		else if (p[i] < 0x20 || p[i] == 0x7f)
			p[i] = '?';
		else if (p[i] == 0xc2 && i + 1 < n && p[i + 1] >= 0x80 && p[i + 1] < 0xa0)
			p[i] = p[i + 1] = '?', i++;
		else if (p[i] >= 0x80 && p[i] < 0xa0 && (i == 0 || p[i - 1] < 0x80))
			p[i] = '?'; /* not inside a UTF-8 sequence */
	}
}

static void FH_PRINTF(2, 0)
err_vformat(char *out, const char *fmt, va_list ap)
{
	if (vsnprintf(out, ERR_MAX, fmt, ap) < 0)
		out[0] = '\0';
	err_harmless(out, strlen(out));
}

int
err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	err_vformat(e->msg, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_vset(struct err *e, int code, const char *fmt, va_list ap)
{
	e->code = code;
	err_vformat(e->msg, fmt, ap);
	return -1;
}

int
err_sys(struct err *e, int code, const char *fmt, ...)
{
	size_t used;
	va_list ap;

	if (e == NULL)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	err_vformat(e->msg, fmt, ap);
	va_end(ap);
	used = strlen(e->msg);
	snprintf(e->msg + used, ERR_MAX - used, ": %s", strerror(code));
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	char front[ERR_MAX];
	size_t used, keep;
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	err_vformat(front, fmt, ap);
	va_end(ap);
	used = strnlen(front, ERR_MAX - 3);
	keep = strnlen(e->msg, ERR_MAX - used - 3);
	memmove(e->msg + used + 2, e->msg, keep);
	memcpy(e->msg, front, used);
	memcpy(e->msg + used, ": ", 2);
	e->msg[used + 2 + keep] = '\0';
	return -1;
}

void
err_bug(const char *fmt, ...)
{
	char line[ERR_MAX + 10], text[ERR_MAX];
	va_list ap;

	va_start(ap, fmt);
	err_vformat(text, fmt, ap);
	va_end(ap);
	snprintf(line, sizeof line, "fh: bug: %s", text);
	host_die(70, line);
}
