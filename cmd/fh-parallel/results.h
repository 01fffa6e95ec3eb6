/* --results and --files: where the output of a job is kept, under what name, and in what form.
 * Layouts: the reference's (GNU parallel 20221122): a folder per value, or names from a template; NAME.csv .tsv .json have
 * one row a job instead. */
#ifndef FH_PAR_RESULTS_H
#define FH_PAR_RESULTS_H

#include <stdbool.h>

#include "capture.h"
#include "err.h"
#include "job.h"
#include "opts.h"
#include "tmpl.h"

struct results;

/* What o asks for, in *out: NULL where it asks for neither. names: n names of columns (--header) or NULL; they, o and set
 * are borrowed. A table's file is made, empty, now. Returns 0, or -1 with words. */
int results_new(const struct opts *o, struct tmpl_set *set, const char *const *names, size_t n, struct results **out,
    struct err *e);
void results_free(struct results *r);

/* Whether every job has files of its own (else: a table, or none where r is NULL). */
bool results_keeps_files(const struct results *r);
/* Whether there is one row a job; *fd: where it goes (STDOUT_FILENO, or a file), borrowed. */
bool results_is_table(const struct results *r, int *fd);

/* Makes the files of job v and what is needed around them; text (n bytes) is written first. They are c's then, and the name of
 * the file with stdout is appended to name. dry: the job will not run, so there is no such file. Returns 0, or -1 with
 * words. */
int results_open(struct results *r, const struct tmpl_job *v, const char *text, size_t n, bool dry, struct capture *c,
    struct buf *name, bool *folder, struct err *e);

/* Makes the files of job v, which will never run: what is there already stays, text goes into a new one only. Returns 0, or -1 with
 * words. */
int results_leave(struct results *r, const struct tmpl_job *v, const char *text, size_t n, bool dry, struct err *e);

/* Whether the files of job v are there from a former run. */
bool results_are_there(struct results *r, const struct tmpl_job *v);

/* Job number seq is over and name (of results_open) has all it said: the file with its number tells so, to results_are_there too.
 * Nothing where such files are not kept. Returns 0, or -1 with words. */
int results_done(const struct results *r, uint64_t seq, const struct buf *name, bool folder, struct err *e);

/* What the last results_open made for a job that is to be run again, or shown to nobody: its --files file, whose name nobody
 * would learn, goes. Files of --results stay. */
void results_drop(const struct results *r, struct buf *name);

/* Appends the row of job j, which has printed text[0] and text[1]; text NULL: the line of column names, for jobs like j. */
void results_row(struct results *r, const struct job *j, const struct buf text[2], struct buf *out);

#endif
