/* What is done to all hosts at once, before and after the jobs: asking them what they are, sending --basefile. Waits for it. */
#ifndef FH_PAR_SURVEY_H
#define FH_PAR_SURVEY_H

#include "hosts.h"
#include "remote.h"

/* Asks the hosts for their cpus: those whose number is not known, or (filter) all, and then who does not answer is gone. Hosts that
 * are asked in vain count as one cpu. */
void survey_ask(struct hosts *h, struct remote *r, const struct opts *o, bool filter, void (*say)(const char *line));

/* Sends --basefile to all hosts, or (cleanup) removes it there. */
void survey_base(struct hosts *h, struct remote *r, bool cleanup, void (*say)(const char *line));

#endif
