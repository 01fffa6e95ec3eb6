/* Words for a failure. A function that takes `struct err *e` writes them there and returns -1; each caller on the
 * way up adds in front only what it alone knows. Only cmd/ prints them. */
#ifndef FH_ERR_H
#define FH_ERR_H

#include <stdarg.h>

#include "cleanup.h"

#define ERR_MAX 1024 /* bytes of a message, NUL included; a longer one is cut */

struct err {
	int code;          /* errno value, or 0 where no system call failed */
	char msg[ERR_MAX]; /* "object: what: why", no newline, control characters made harmless */
};

/* Sets e to the formatted words and code (an errno value or 0). e may be NULL. Returns -1, so that
 * `return err_set(e, ...)` ends a function. */
int err_set(struct err *e, int code, const char *fmt, ...) FH_PRINTF(3, 4);
int err_vset(struct err *e, int code, const char *fmt, va_list ap) FH_PRINTF(3, 0);

/* As err_set, with ": " and the words of errno value code (> 0) added at the end. Returns -1. */
int err_sys(struct err *e, int code, const char *fmt, ...) FH_PRINTF(3, 4);

/* Puts the formatted words and ": " in front of what e says. Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) FH_PRINTF(2, 3);

#if defined(__clang_analyzer__) || defined(FH_ANALYZE) /* who sees one file at a time, and would go on behind a failure */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_vset(...) (err_vset(__VA_ARGS__), -1)
#define err_sys(...) (err_sys(__VA_ARGS__), -1)
#define err_wrap(...) (err_wrap(__VA_ARGS__), -1)
#endif

/* Makes text of n bytes safe to show on a terminal: bytes below 0x20, 0x7f and C1 controls (raw, or as UTF-8)
 * become '?', TAB becomes a space. In place. Valid UTF-8 stays. */
void err_harmless(char *text, size_t n);

/* Ends the process with status 70 after one line on stderr: a broken invariant, our own bug. */
void err_bug(const char *fmt, ...) FH_PRINTF(1, 2) FH_NORETURN;

#endif
