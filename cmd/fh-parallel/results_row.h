/* One job as a row of CSV, TSV or JSON, as the reference writes them (RFC 4180 quoting; one JSON object a line). */
#ifndef FH_PAR_RESULTS_ROW_H
#define FH_PAR_RESULTS_ROW_H

#include "buf.h"
#include "job.h"

enum row_form { ROW_NONE, ROW_CSV, ROW_TSV, ROW_JSON };

/* Appends the line of column names, for nvalues values; names (n of them, or NULL) replace V1, V2 ... JSON: nothing. */
void row_header(enum row_form form, const char *const *names, size_t n, size_t nvalues, struct buf *out);
/* Appends the row of j, which has printed text[0] on stdout and text[1] on stderr. */
void row_add(enum row_form form, const struct job *j, size_t nvalues, const struct buf text[2], struct buf *out);

#endif
