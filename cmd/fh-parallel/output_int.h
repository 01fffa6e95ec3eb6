/* What the files of output share. Nobody else includes it. */
#ifndef FH_PAR_OUTPUT_INT_H
#define FH_PAR_OUTPUT_INT_H

#include "output.h"
#include "pump.h"
#include "spool.h"

struct turn; /* output_turn.c */

struct output {
	struct output_conf c;
	struct pump *pump;
	struct turn *ring;  /* seq s is at s % cap */
	size_t cap;         /* a power of two */
	uint64_t next, end; /* seqs next .. end - 1 are in the ring */
	struct spool *spool; /* where what waits is kept */
	int unpack_status;  /* as pump_unpack_status, of what became rows */
	int lost;           /* errno where what a job printed could not be read; 0: all could */
	int unsent;         /* errno of the end of stdout; 0: none yet, or all went well */
	bool begun;         /* the table has its header */
	struct buf lead;    /* what begins the lines now made: colour and tag */
};

#define OUTPUT_READ_BYTES 65536 /* of a pipe or file at a time */

static inline bool
output_is_front(const struct output *o, const struct job *j)
{
	return !o->c.ordered || j->seq == o->next;
}

/* Appends a chunk to what j has to say. */
static inline void
output_add(struct job *j, struct chunk *c)
{
	if (j->out == NULL)
		j->out_end = &j->out;
	*j->out_end = c;
	j->out_end = &c->next;
}

/* --- output_dress.c: how a job's words look ------------------------------------------------------------------------ */

/* The tag of j's lines, borrowed from it; NULL: none. */
const char *output_tag(const struct output *o, const struct job *j);
/* Whether j is shown in a colour; o->lead then begins its lines. */
bool output_paints(struct output *o, const struct job *j);
/* Lines of job j, as they are to be shown; last: none follow. */
struct chunk *output_dress(struct output *o, const struct job *j, int side, const char *s, size_t n, bool last);
/* The command line before the output. Where the colour depends on how the job ends (o->c.paint_failed) it is dressed then: output_dress_note,
 * before anything else is added. */
struct chunk *output_note(struct output *o, const struct job *j, const char *note, size_t n);
void output_dress_note(struct output *o, struct job *j);
/* --latest-line where it is not drawn: as GNU parallel writes a job's line for the last time. What had no newline yet follows as
 * it is. */
void output_latest(struct output *o, struct job *j);

/* --- output_file.c: CAPTURE_FILE ----------------------------------------------------------------------------------- */

/* What the job, which has ended, wrote on either side is added to what it has to say. */
void output_files(struct output *o, struct job *j);

/* --- output_row.c: rows, where o->c.row is set ---------------------------------------------------------------------- */

/* The table's first line, once. */
void output_row_header(struct output *o, const struct job *j);
/* The row of job j instead of its output (FILE), or behind what has been shown already. Takes list, returns what is to be shown. */
struct chunk *output_row(struct output *o, struct job *j, struct chunk *list);

/* --- output_turn.c: order ------------------------------------------------------------------------------------------ */

/* ordered: j has begun, and may speak when its turn comes. */
void output_runs(struct output *o, struct job *j);
/* Seq is over; list is all that is left to be said of it, now the turns'. */
void output_over(struct output *o, uint64_t seq, struct chunk *list);

#endif
