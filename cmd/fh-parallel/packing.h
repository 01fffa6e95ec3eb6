/* What one job prints, while it is packed: the captures of --compress from the start of the job until its programs have ended.
 * capture_close ends it at any time. */
#ifndef FH_PAR_PACKING_H
#define FH_PAR_PACKING_H

#include "capture.h"

/* Makes c CAPTURE_PACK. It is as capture_use has left it: what is packed goes to those files; or CAPTURE_INIT: to files without a
 * name, made once there is something. Returns 0 or -errno, then nothing is open. */
int packing_open(struct capture *c, const struct pack_with *with);
/* n bytes that the job printed on side i. Returns 0 or -errno (-EPIPE: the program reads no more). */
int packing_add(struct capture *c, int i, const void *s, size_t n);
/* The program of side i has had enough for now: the job's pipe is not to be read. */
bool packing_is_full(const struct capture *c, int i);
/* The job is over, and its pipes are read: all is packed once this has been called and no program runs. Where bytes still wait for
 * a program it is to be called again when they do no more. */
void packing_end(struct capture *c, int i);
/* Child pid has ended: the side whose program it was, or -1. */
int packing_exited(struct capture *c, pid_t pid, int status);
/* Ends its programs. */
void packing_kill(const struct capture *c);
bool packing_runs(const struct capture *c);
/* No program runs: c becomes CAPTURE_FILE. Returns how the first program that failed has ended, as wait gives it; 0: none has. */
int packing_over(struct capture *c);

#endif
