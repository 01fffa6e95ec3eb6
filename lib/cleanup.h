/* Every resource has an owner and goes with its scope (design: design.md 3.3, "Ownership").
 * AUTO_x declares a variable that is released when it leaves scope; TAKE moves it out, on the success path only.
 * A variable so declared is initialised where it is declared. */
#ifndef FH_CLEANUP_H
#define FH_CLEANUP_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void
cleanup_free(void *p)
{
	free(*(void **)p);
}

/* Keeps errno: the failure that ends the scope is the one to be told. */
static inline void
cleanup_fd(const int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	errno = keep;
}

/* The descriptor, now the caller's; the variable is left at -1. */
static inline int
take_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

#define AUTO_FREE __attribute__((cleanup(cleanup_free)))
#define AUTO_FD __attribute__((cleanup(cleanup_fd))) int
#define TAKE(p) (__extension__({ __typeof__(p) take_ = (p); (p) = NULL; take_; }))

#define FH_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define FH_MUST_CHECK __attribute__((warn_unused_result))
#define FH_UNUSED __attribute__((unused))
#define FH_NORETURN __attribute__((noreturn))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
