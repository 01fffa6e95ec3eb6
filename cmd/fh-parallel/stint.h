/* What a run did and when: one stint per attempt of a job, collected while it goes on; --trace and --timeline are made of
 * them at its end. */
#ifndef FH_PAR_STINT_H
#define FH_PAR_STINT_H

#include <stdint.h>

#include "buf.h"

enum stint_fate { STINT_OK, STINT_FAILED, STINT_AGAIN, STINT_TIMED_OUT, STINT_KILLED, STINT_NFATE };

struct stint {
	uint64_t seq, slot;     /* both from 1 */
	int64_t attempt;        /* from 1 */
	int64_t start_ns, end_ns; /* since the run began */
	int64_t user_us, system_us; /* processor time */
	int64_t rss_kib;        /* largest memory */
	int exitval, signo;     /* as in the joblog */
	enum stint_fate fate;    /* the attempt's: one that is tried again is STINT_AGAIN, however it ended */
	size_t text, text_len;  /* its command, in stints.text; cut to STINT_TEXT_MAX bytes */
	size_t name, name_len;  /* its values, joined by blanks, likewise; none where there are none */
};

#define STINT_TEXT_MAX 4096

/* In the order in which the attempts ended. */
struct stints {
	struct stint *v;
	size_t n, cap;
	struct buf text;
	int64_t begun_wall_ns;  /* when the run began, since 1970 */
};

const char *stint_fate_name(enum stint_fate f);
/* Latest end of all, 0 where there is none; highest slot. */
int64_t stints_end(const struct stints *s);
uint64_t stints_slots(const struct stints *s);

#endif
