/* Decides how a text with replacement strings is taken apart: pieces, and chunks between white space. Must never know the
 * values that come.
 * Invariant: every byte of the text stands in exactly one piece, in order. */
#include "pieces.h"

#include <string.h>

#include "columns.h"
#include "direct.h"
#include "mem.h"

/* Text is cut where this changes: words, spaces, other white space. */
static int
blank_class(char c)
{
	return c == ' ' ? 1 : c == '\t' || c == '\n' ? 2 : 0;
}

static struct piece *
piece_new(struct tmpl *t, enum piece_type type)
{
	if (t->npieces == t->cappieces)
		t->pieces = xgrow(t->pieces, t->npieces, &t->cappieces, sizeof *t->pieces);
	t->pieces[t->npieces] = (struct piece){ .type = type };
	return &t->pieces[t->npieces++];
}

/* Text, cut where white space begins or ends. */
static void
add_text(struct tmpl *t, const char *s, size_t n)
{
	size_t k;

	for (; n > 0; s += k, n -= k) {
		for (k = 1; k < n && blank_class(s[k]) == blank_class(s[0]); k++)
			;
		piece_new(t, PIECE_TEXT)->text = (struct view){ s, k };
	}
}

static int
add_rpl(struct tmpl *t, struct rpl_set *set, const struct rpl *r, struct err *e)
{
	struct piece *p = piece_new(t, PIECE_RPL);

	p->rpl = *r;
	t->may_skip |= r->kind == RPL_UNIQ || r->kind == RPL_CHOOSE;
	t->needs_total |= r->kind == RPL_TOTAL || r->kind == RPL_SEQ0;
	if (r->kind != RPL_PERL)
		return 0;
	t->needs_total |= memmem(r->code.s, r->code.len, "total_jobs", strlen("total_jobs")) != NULL;
	return perl_compile(rpl_set_perl(set), r->code, &p->rpl.id, e);
}

/* Pieces of the word that ends at end, from *s on, in t->text, which ends at all. *s is then at the end, or behind it where
 * an expression reaches over several words. */
static int
add_pieces(struct tmpl *t, struct rpl_set *set, const char **s, const char *end, const char *all, struct err *e)
{
	const char *from = *s, *p = *s;
	struct rpl r;
	long got;

	while (p < end) {
		got = rpl_match(set, p, (size_t)(end - p), (size_t)(all - p), &r, e);
		if (got < 0)
			return -1;
		if (got == 0) {
			p++;
			continue;
		}
		add_text(t, from, (size_t)(p - from));
		if (add_rpl(t, set, &r, e) < 0)
			return -1;
		t->has_rpl = true;
		p += got;
		from = p;
	}
	add_text(t, from, (size_t)(p - from));
	*s = p;
	return 0;
}

/* The words as one text. */
static void
join(struct tmpl *t, const char *const *words, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(&t->text, ' ');
		buf_adds(&t->text, words[i]);
	}
	(void)buf_room(&t->text, 0);
}

/* Pieces of every word on its own, with -q between PIECE_OPEN and PIECE_CLOSE. Only an expression reaches over several. */
static int
add_words(struct tmpl *t, struct rpl_set *set, const char *const *words, size_t n, struct err *e)
{
	const char *s = t->text.data, *word = s, *end;
	size_t i;

	for (i = 0; i < n; i++, word = end + 1) {
		end = word + strlen(words[i]);
		if (s > end)
			continue;
		if (s <= word) { /* not within a word that an expression has joined to the one before */
			if (i > 0)
				add_text(t, word - 1, 1);
			if (t->regions)
				piece_new(t, PIECE_OPEN);
			s = word;
		}
		if (add_pieces(t, set, &s, end, t->text.data + t->text.len, e) < 0)
			return -1;
		if (t->regions && s <= end)
			piece_new(t, PIECE_CLOSE);
	}
	return 0;
}

static int
append_values(struct tmpl *t, struct rpl_set *set, bool behind_words, struct err *e)
{
	struct rpl all = { .kind = RPL_VALUE };

	if (behind_words)
		piece_new(t, PIECE_TEXT)->text = (struct view){ " ", 1 };
	if (t->regions)
		piece_new(t, PIECE_OPEN);
	if (add_rpl(t, set, &all, e) < 0)
		return -1;
	if (t->regions)
		piece_new(t, PIECE_CLOSE);
	return 0;
}

/* Whether p begins after a chunk: spaces and quotes do; other white space only behind a replacement string, what stands
 * before one belongs to it (as in the reference). */
static bool
ends_chunk(const struct piece *p, bool has_rpl)
{
	if (p->type == PIECE_OPEN || p->type == PIECE_CLOSE)
		return true;
	return piece_is_blank(p) && (has_rpl || *p->text.s == ' ');
}

static void
add_chunks(struct tmpl *t, bool repeat)
{
	struct chunk c = { 0 };
	size_t i;

	for (i = 0; i < t->npieces; i += c.n) {
		c = (struct chunk){ .first = i, .n = 1, .repeats = piece_takes_all(&t->pieces[i]) };
		while (!ends_chunk(&t->pieces[i], false) && i + c.n < t->npieces && !ends_chunk(&t->pieces[i + c.n], c.repeats))
			c.repeats |= piece_takes_all(&t->pieces[i + c.n++]);
		c.alone = c.n == 1 && c.repeats && t->pieces[i].rpl.kind == RPL_VALUE &&
		    t->pieces[i].rpl.fn.op == VALUE_SAME && !t->regions;
		c.repeats &= repeat;
		if (t->nchunks == t->capchunks)
			t->chunks = xgrow(t->chunks, t->nchunks, &t->capchunks, sizeof *t->chunks);
		t->chunks[t->nchunks++] = c;
	}
}

/* Values go in unquoted where a replacement string stands before the first blank or '=' of the command. */
static bool
begins_with_value(const struct tmpl *t)
{
	size_t i;

	for (i = 0; i < t->npieces; i++) {
		if (t->pieces[i].type == PIECE_RPL)
			return true;
		if (t->pieces[i].type == PIECE_TEXT && (piece_is_blank(&t->pieces[i]) ||
		    memchr(t->pieces[i].text.s, '=', t->pieces[i].text.len) != NULL))
			return false;
	}
	return false;
}

/* Whether the first word is text only, and an ordinary program. */
static bool
begins_direct(const struct tmpl *t)
{
	const struct piece *p = t->pieces, *end = p + t->npieces;

	while (p < end && piece_is_blank(p))
		p++;
	if (p < end && p->type == PIECE_OPEN)
		p++;
	return p < end && p->type == PIECE_TEXT && !piece_is_blank(p) && direct_word(p->text.s, p->text.len) &&
	    (p + 1 == end || p[1].type == PIECE_CLOSE || (piece_is_blank(&p[1]) && p[-(p > t->pieces)].type != PIECE_OPEN));
}

/* Whether the command means the same without a shell: its own text outside of -q's quotes is harmless, and the first
 * word an ordinary program. */
static bool
is_direct(const struct tmpl *t)
{
	const struct piece *p;
	bool inside = false;
	size_t i;

	if (t->raw || !begins_direct(t))
		return false;
	for (p = t->pieces; p < t->pieces + t->npieces; p++) {
		inside = p->type == PIECE_OPEN || (inside && p->type != PIECE_CLOSE);
		if (p->type == PIECE_RPL && (p->rpl.kind == RPL_RAW || p->rpl.kind == RPL_PERL))
			return false;
		for (i = 0; p->type == PIECE_TEXT && !inside && i < p->text.len; i++)
			if (!direct_char(p->text.s[i]) && strchr(" \t=", p->text.s[i]) == NULL)
				return false;
	}
	return true;
}

int
pieces_compile(struct tmpl *t, const struct opts *o, struct rpl_set *set, const char *const *words, size_t n,
    bool command, struct err *e)
{
	bool named = o->cat || o->fifo; /* the value is a variable of the shell's */

	t->regions = command && o->quote;
	t->trim = columns_how(o);
	t->perl = rpl_set_perl(set);
	join(t, words, n);
	if (add_words(t, set, words, n, e) < 0)
		return -1;
	if (command && !t->has_rpl && !(t->regions && o->max_inputs == 0) && ((!o->pipe && !o->pipe_part) || named) && append_values(t, set, n > 0, e) < 0)
		return -1;
	t->raw = !command || named || (!t->regions && (n == 0 || begins_with_value(t)));
	add_chunks(t, o->mode == CTX_REPEAT);
	t->direct = command && is_direct(t);
	return 0;
}

void
pieces_fini(struct tmpl *t)
{
	size_t i;

	for (i = 0; i < t->npieces; i++)
		value_fini(&t->pieces[i].rpl.fn);
	buf_fini(&t->text);
	free(t->pieces);
	free(t->chunks);
}

/* Values up to the end of the input that value i belongs to: the reference makes what a value stands for when it is read. */
static size_t
args_through(const struct args *a, size_t i)
{
	while (i < a->n && !a->v[i].last)
		i++;
	return i < a->n ? i + 1 : a->n;
}

int
piece_apply(const struct tmpl *t, const struct rpl *r, const struct perl_job *j, size_t i, struct buf *scratch,
    struct view *out, unsigned *marks, struct err *e)
{
	struct view v = { "", 0 };

	if (i < j->args->n)
		v = (struct view){ args_at(j->args, i), j->args->v[i].len };
	if (t->trim != NULL)
		v = columns_trim(v, t->trim);
	if (r->kind == RPL_PERL)
		return perl_eval(t->perl, r->id, j, v, args_through(j->args, i), out, marks, e);
	*out = value_apply(&r->fn, v, scratch);
	return 0;
}
