/* Decides how a text with replacement strings is taken apart: pieces, and chunks between white space. Must never know the
 * values that come.
 * Invariant: every byte of the text stands in exactly one piece, in order. */
#include "pieces.h"

#include <string.h>

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

static void
add_rpl(struct tmpl *t, const struct rpl *r)
{
	piece_new(t, PIECE_RPL)->rpl = *r;
	t->needs_total |= r->kind == RPL_TOTAL || r->kind == RPL_SEQ0;
	t->may_skip |= r->kind == RPL_UNIQ || r->kind == RPL_CHOOSE;
}

/* Pieces of n bytes of t->text at s. */
static int
add_pieces(struct tmpl *t, const struct rpl_set *set, const char *s, size_t n, struct err *e)
{
	const char *from = s, *end = s + n;
	struct rpl r;
	long got;

	while (s < end) {
		got = rpl_match(set, s, (size_t)(end - s), &r, e);
		if (got < 0)
			return -1;
		if (got == 0) {
			s++;
			continue;
		}
		add_text(t, from, (size_t)(s - from));
		add_rpl(t, &r);
		t->has_rpl = true;
		s += got;
		from = s;
	}
	add_text(t, from, (size_t)(s - from));
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

/* Pieces of every word on its own (no replacement string reaches over two), with -q between PIECE_OPEN and PIECE_CLOSE. */
static int
add_words(struct tmpl *t, const struct rpl_set *set, const char *const *words, size_t n, struct err *e)
{
	const char *s = t->text.data;
	size_t i, len;

	for (i = 0; i < n; i++) {
		len = strlen(words[i]);
		if (i > 0)
			add_text(t, s - 1, 1);
		if (t->regions)
			piece_new(t, PIECE_OPEN);
		if (add_pieces(t, set, s, len, e) < 0)
			return -1;
		if (t->regions)
			piece_new(t, PIECE_CLOSE);
		s += len + 1;
	}
	return 0;
}

static void
append_values(struct tmpl *t, bool behind_words)
{
	struct rpl all = { .kind = RPL_VALUE };

	if (behind_words)
		piece_new(t, PIECE_TEXT)->text = (struct view){ " ", 1 };
	if (t->regions)
		piece_new(t, PIECE_OPEN);
	add_rpl(t, &all);
	if (t->regions)
		piece_new(t, PIECE_CLOSE);
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
		if (p->type == PIECE_RPL && p->rpl.kind == RPL_RAW)
			return false;
		for (i = 0; p->type == PIECE_TEXT && !inside && i < p->text.len; i++)
			if (!direct_char(p->text.s[i]) && strchr(" \t=", p->text.s[i]) == NULL)
				return false;
	}
	return true;
}

int
pieces_compile(struct tmpl *t, const struct opts *o, const struct rpl_set *set, const char *const *words, size_t n,
    bool command, struct err *e)
{
	t->regions = command && o->quote;
	join(t, words, n);
	if (add_words(t, set, words, n, e) < 0)
		return -1;
	if (command && !t->has_rpl && !o->pipe && !o->pipe_part)
		append_values(t, n > 0);
	t->raw = !command || (!t->regions && (n == 0 || begins_with_value(t)));
	add_chunks(t, command && o->mode == CTX_REPEAT);
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
