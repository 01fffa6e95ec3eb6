/* Runs a compiled expression. */
#ifndef FH_PAR_RX_RUN_H
#define FH_PAR_RX_RUN_H

#include "rx_read.h"

/* Runs steps from pc on s at position at; save holds 2 * RX_GROUPS positions (SIZE_MAX: none) and gets those of the
 * match. Returns whether it matches. */
bool rx_run(const struct rx *r, size_t pc, const char *s, size_t len, size_t at, size_t *save);

#endif
