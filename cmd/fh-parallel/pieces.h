/* A text with replacement strings, taken apart once. Only tmpl.c, tmpl_expand.c and meter.c see the inside of struct tmpl. */
#ifndef FH_PAR_PIECES_H
#define FH_PAR_PIECES_H

#include "rpl.h"
#include "shq.h"

enum piece_type {
	PIECE_TEXT,  /* as it is */
	PIECE_RPL,
	PIECE_OPEN,  /* -q: a word of the command begins: what comes until PIECE_CLOSE is quoted as a whole */
	PIECE_CLOSE,
};

struct piece {
	enum piece_type type;
	struct view text; /* PIECE_TEXT: into tmpl.text */
	struct rpl rpl;
};

/* Pieces between white space of the text. */
struct chunk {
	size_t first, n;
	bool repeats; /* once per value, separated by spaces (-X and its like) */
	bool alone;   /* one plain {} between white space: the values are words as they are */
};

struct tmpl {
	struct buf text;
	struct piece *pieces;
	size_t npieces, cappieces;
	struct chunk *chunks;
	size_t nchunks, capchunks;
	bool raw;         /* values go in unquoted */
	bool tight;       /* nothing stands between several values */
	bool first;       /* ends where a second value would begin */
	enum shq_kind quotes;
	bool regions;     /* has PIECE_OPEN */
	bool has_rpl;     /* a replacement string was there, not only the appended one */
	bool needs_total, may_skip, direct;
	const char *trim;  /* how values are cut (columns_trim); NULL: not at all */
	struct perl *perl; /* the set's */
	struct tmpl **filters; /* --filter: a job is skipped where one is not true; owned */
	size_t nfilters;
};

static inline bool
piece_is_blank(const struct piece *p)
{
	return p->type == PIECE_TEXT && (p->text.s[0] == ' ' || p->text.s[0] == '\t' || p->text.s[0] == '\n');
}

/* Whether the piece stands for all values of the job. */
static inline bool
piece_takes_all(const struct piece *p)
{
	return p->type == PIECE_RPL && p->rpl.pos == RPL_ALL &&
	    (p->rpl.kind == RPL_VALUE || p->rpl.kind == RPL_UNIQ || p->rpl.kind == RPL_CHOOSE || p->rpl.kind == RPL_PERL);
}

/* The index that position pos (not RPL_ALL) means among n values, SIZE_MAX for none. Too far back wraps around once, as
 * in the reference. */
static inline size_t
piece_index(long pos, size_t n)
{
	if (pos > 0)
		return (size_t)pos <= n ? (size_t)pos - 1 : SIZE_MAX;
	if ((size_t)-pos <= n)
		return n - (size_t)-pos;
	return (size_t)-pos <= 2 * n ? 2 * n - (size_t)-pos : SIZE_MAX;
}

/* What r makes of value i of the job (SIZE_MAX: of nothing); borrowed from the job, scratch and perl. marks: perl.h.
 * Returns 0, or -1 with words. */
int piece_apply(const struct tmpl *t, const struct rpl *r, const struct perl_job *j, size_t i, struct buf *scratch,
    struct view *out, unsigned *marks, struct err *e);

/* Fills t (zero before) from words, joined by spaces; as o->mode says words are repeated. command: values are quoted, {} is
 * appended where nothing is replaced, -q. Returns 0, or -1 with words; then too pieces_fini is due. */
int pieces_compile(struct tmpl *t, const struct opts *o, struct rpl_set *set, const char *const *words, size_t n,
    bool command, struct err *e);
void pieces_fini(struct tmpl *t);


#endif
