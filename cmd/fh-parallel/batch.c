/* Decides how many inputs make one command line. Must never know slots by name, nor processes.
 * A line is full when it has as many inputs as allowed, or when one more would make it too long; that one is held for the
 * next line. With -X and -m, once the input ends, what the last line holds is spread over the slots: ceil(n / slots) each.
 * Invariants: 1. line, meter and held survive NEXT_WAIT. 2. no input is read once ended is set. */
#include "batch.h"

#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "meter.h"

/* What the reference finds by trying on Linux (the kernel takes 128 KiB for one argument, the shell's -c), and the half of
 * it, less some, that it uses so that quoting has room. */
#define LINE_MAX_FOUND 130329
#define LINE_MAX_USED (LINE_MAX_FOUND / 2 - 1500)
#define SHOWN 50 /* bytes of an input that is too long */

struct batch {
	const struct opts *o;
	struct source *src;
	struct meter meter;
	uint64_t slots, seq;
	size_t max_inputs, max_line;
	struct args line;   /* being filled */
	struct tuple tuple;
	bool have;          /* tuple is read and not yet in a line */
	bool ended;
	bool runs;          /* what a bare value adds to the line is known without its being there: put_run */
	size_t spread, at;  /* spread > 0: line is handed out that many inputs at a time, from value at on */
	/* batch_total: all lines, one behind the other */
	struct args all;
	size_t *ntuples;    /* of each */
	size_t nlines, capall, next_line, all_at;
	bool counted;
};

size_t
batch_max_line(const struct opts *o)
{
	return o->max_chars > 0 && o->max_chars < LINE_MAX_USED ? (size_t)o->max_chars : LINE_MAX_USED;
}

size_t
batch_max_found(void)
{
	return LINE_MAX_FOUND;
}

struct batch *
batch_new(const struct opts *o, struct source *src, const struct tmpl *command, uint64_t slots)
{
	struct batch *b = xcalloc(1, sizeof *b);

	b->o = o;
	b->src = src;
	b->slots = slots > 0 ? slots : 1;
	b->max_inputs = o->max_inputs > 0 ? (size_t)o->max_inputs : o->spread || o->xargs ? SIZE_MAX : 1;
	b->max_line = batch_max_line(o);
	meter_init(&b->meter, command, o->mode == CTX_REPEAT, b->max_inputs > 1);
	b->runs = b->max_inputs > 1 && meter_is_even(&b->meter) && o->ndelim == 1 && shq_bare(o->delim, 1) == 0;
	return b;
}

static enum next
too_long(const struct batch *b, size_t len, struct err *e)
{
	const struct args *a = &b->line;
	size_t n = a->n > 0 ? a->v[0].len : 0;

	err_set(e, 0, "command line too long (%zu >= %zu) at input %llu: %.*s%s", len, b->max_line,
	    (unsigned long long)b->seq, (int)(n < SHOWN ? n : SHOWN), a->n > 0 ? args_at(a, 0) : "", n > SHOWN ? "..." : "");
	return NEXT_FAIL;
}

/* Makes sure that there is a next tuple. NEXT_GOT: there is. */
static enum next
peek(struct batch *b, struct err *e)
{
	enum next got;

	if (b->have)
		return NEXT_GOT;
	if (b->ended)
		return NEXT_END;
	got = source_next(b->src, &b->tuple, e);
	b->have = got == NEXT_GOT;
	b->ended = got == NEXT_END;
	return got;
}

/* Puts the next tuple into the line. NEXT_END: it does not fit, the line is full. */
static enum next
put(struct batch *b, struct err *e)
{
	size_t n = b->meter.n, grown = b->meter.grown, len;

	if (!args_add_tuple(&b->line, &b->tuple))
		return too_long(b, ARGS_MAX, e);
	len = meter_add(&b->meter, &b->line);
	if (len < b->max_line) {
		b->have = false;
		return NEXT_GOT;
	}
	if (b->line.ntuples == 1)
		return too_long(b, len, e);
	args_drop_tuple(&b->line);
	b->meter.n = n;
	b->meter.grown = grown;
	return NEXT_END;
}

/* Puts into the line what is read already, as long as it is bare and fits: millions of short values come this way. False: none; what
 * stops it is put's to judge. */
static bool
put_run(struct batch *b)
{
	struct view run;
	size_t used = 0, len;

	if (!b->runs || b->have || !source_run(b->src, &run))
		return false;
	while (used < run.len && b->line.ntuples < b->max_inputs) {
		len = shq_bare(run.s + used, run.len - used);
		if (len == 0 || run.s[used + len] != b->o->delim[0] || !meter_fits(&b->meter, len, b->max_line))
			break;
		args_add(&b->line, run.s + used, len); /* what fits has room */
		args_end_tuple(&b->line);
		used += len + 1;
	}
	if (used > 0)
		source_take(b->src, used);
	return used > 0;
}

/* Fills the line. NEXT_GOT: it is complete; NEXT_END: there are no inputs left. */
static enum next
fill(struct batch *b, struct err *e)
{
	enum next got = NEXT_GOT;

	if (b->line.n == 0)
		meter_start(&b->meter, b->seq + 1);
	while (got == NEXT_GOT && b->line.ntuples < b->max_inputs) {
		if (put_run(b))
			continue;
		got = peek(b, e);
		if (got == NEXT_GOT && (got = put(b, e)) == NEXT_END)
			return NEXT_GOT;
	}
	if (got == NEXT_GOT && b->o->spread && b->slots > 1)
		got = peek(b, e); /* to know whether this is the end */
	if (got == NEXT_WAIT || got == NEXT_FAIL)
		return got;
	return b->line.ntuples > 0 ? NEXT_GOT : NEXT_END;
}

static void
swap(struct args *a, struct args *b)
{
	struct args t = *a;

	*a = *b;
	*b = t;
}

/* Hands out the next part of a line that is spread. */
static void
deal(struct batch *b, struct args *out)
{
	size_t left = b->line.ntuples, n = left < b->spread ? left : b->spread;

	args_move(out, &b->line, &b->at, n);
	b->line.ntuples -= n;
	if (b->line.ntuples == 0) {
		args_reset(&b->line);
		b->spread = b->at = 0;
	}
}

static enum next
batch_pull(struct batch *b, struct args *out, struct err *e)
{
	enum next got;
	size_t n;

	args_reset(out);
	if (b->spread == 0 && (got = fill(b, e)) != NEXT_GOT)
		return got;
	if (b->spread == 0 && b->o->spread && b->slots > 1 && b->ended && !b->have)
		b->spread = (size_t)((b->line.ntuples + b->slots - 1) / b->slots);
	if (b->spread > 0)
		deal(b, out);
	else {
		swap(out, &b->line);
		args_reset(&b->line);
	}
	if (b->o->max_inputs == 0) {
		n = out->n;
		args_reset(out);
		while (n-- > 0)
			args_add(out, ARGS_NONE, ARGS_NONE_LEN);
		args_end_tuple(out);
	}
	b->seq++;
	return NEXT_GOT;
}

enum next
batch_next(struct batch *b, struct args *out, struct err *e)
{
	if (!b->counted)
		return batch_pull(b, out, e);
	args_reset(out);
	if (b->next_line == b->nlines)
		return NEXT_END;
	args_move(out, &b->all, &b->all_at, b->ntuples[b->next_line++]);
	return NEXT_GOT;
}

int
batch_total(struct batch *b, uint64_t *total, struct err *e)
{
	struct args one = { 0 };
	enum next got;
	size_t at;

	source_block(b->src, true);
	while (!b->counted && (got = batch_pull(b, &one, e)) != NEXT_END) {
		if (got == NEXT_FAIL) {
			args_fini(&one);
			return -1;
		}
		if (b->nlines == b->capall)
			b->ntuples = xgrow(b->ntuples, b->nlines, &b->capall, sizeof *b->ntuples);
		b->ntuples[b->nlines++] = one.ntuples;
		at = 0;
		args_move(&b->all, &one, &at, one.ntuples);
	}
	args_fini(&one);
	b->counted = true;
	*total = b->nlines - b->next_line;
	return 0;
}

int
batch_fd(const struct batch *b)
{
	return source_fd(b->src);
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	args_fini(&b->line);
	args_fini(&b->all);
	tuple_fini(&b->tuple);
	free(b->ntuples);
	free(b);
}
