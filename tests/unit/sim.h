/* A machine made from a seed, under the real fh-parallel: the test program is linked with --wrap (Makefile, SEAMS), so that run.c
 * and all rooms it knows run as they are, and only clock, processes, signals, free memory and the reader of our output are
 * this one's. What must hold is checked where it could break, by SIM_MUST. */
#ifndef FH_SIM_H
#define FH_SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"

#define SIM_JOBS 60
#define SIM_PROCS 4096

/* One attempt of a job. */
struct sim_proc {
	uint64_t seq;
	int attempt;
	int64_t start, due, left; /* due: when it ends; left: what was left of that when it was stopped */
	int status;
	int fd;                   /* its stdout, for its last words; -1: none */
	bool over, stopped, deaf, child, termed, gave_way;
	bool awaited;             /* by a thread that will take a turn when it ends */
	bool pressed;             /* it was stopped for want of memory */
};

struct sim {
	uint64_t seed, first_seed;
	bool on;
	/* what is asked for */
	int64_t slots, delay, timeout, tries;
	int njobs, halt_on;     /* 0: none; 1 fail, 2 success, 3 done */
	int64_t halt_n;
	bool ordered, lines, world, press, logged[SIM_JOBS + 1], skips;
	/* what comes */
	int64_t now, signal_at[4], crash_at, reader_until, stall_again;
	int signals[4], nsignals, fails_after;
	/* what was seen */
	struct sim_proc proc[SIM_PROCS];
	int nproc, alive, attempts[SIM_JOBS + 1], refused, last_seq;
	int64_t last_start, ended[SIM_JOBS + 1]; /* ended: when its last exit was told */
	bool suspends, shown[SIM_JOBS + 1];      /* suspends: TSTP is being obeyed; shown: the last word of its last attempt is out */
	int gave[SIM_JOBS + 1], failed, succeeded, done, final[SIM_JOBS + 1], last_attempt[SIM_JOBS + 1];
	bool stopping, halted, held, kill_wish, crashed, killed, interrupted;
	int64_t steps;
	struct buf out;
};

extern struct sim sim;

uint64_t sim_random(uint64_t below);
void sim_die(const char *what, int line);
#define SIM_MUST(x) do { if (!(x)) sim_die(#x, __LINE__); } while (0)

#endif
