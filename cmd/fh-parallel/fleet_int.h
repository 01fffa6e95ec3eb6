/* What the files of fleet share. Nobody else includes it. */
#ifndef FH_PAR_FLEET_INT_H
#define FH_PAR_FLEET_INT_H

#include "fleet.h"
#include "mem.h"

struct fleet {
	struct fleet_conf c;
	struct worker **w;
	size_t n, cap;
	struct worker *dirty;   /* those that have something to tell */
	uint64_t slots;
	bool slots_changed;
	struct buf line, note;  /* of FLEET_SAY */
	int64_t beat_ns;        /* the next one */
	int64_t tick_ns;        /* the last look at who is silent */
	int64_t since_ns;       /* silence counts from here at the earliest */
	struct arena mem;       /* names: jobs borrow them */
	char **name;            /* each once */
	size_t nnames, names_cap;
};

/* fleet_crew.c */
/* w has something to tell. */
void fleet_mark(struct fleet *f, struct worker *w);
/* A line for people, with w's name before it. */
void fleet_note(struct fleet *f, const struct worker *w, const char *fmt, ...) FH_PRINTF(3, 4);
/* A copy of s (NULL: none) that lives as long as f. */
const char *fleet_intern(struct fleet *f, const char *s);

#endif
