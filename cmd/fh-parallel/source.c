/* Decides which values stand together: one of each source, all combinations of groups, in step within a group (:::+), or
 * all in step (--link). Must never know what happens to one source's records (feed.c), how they are kept (stock.c), nor what becomes of
 * the tuples.
 * Three ways to make a tuple, one function each: the only source (plain), combinations (product), in step (linked).
 * Invariants: 1. what was pulled is in the feed's stock before another feed is asked, so that NEXT_WAIT anywhere
 * loses nothing. 2. of the first group of a product only one round is kept: it may be endless. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#include "feed.h"
#include "mem.h"
#include "stock.h"

/* Sources in step, the shortest decides: indices into source.stock. */
struct group {
	size_t first, n;
	size_t ntuples; /* stocked, once full */
	size_t at;      /* of them, where the product stands */
	bool full;
	bool had;       /* any of its sources had a value */
};

struct source {
	struct stock *stock;
	size_t n;
	struct group *group;
	size_t ngroups;
	enum next (*pull)(struct source *, struct tuple *, struct err *);
	struct tuple head; /* product: the tuple of the first group */
	bool running;      /* product: head is in use */
	size_t pulled;     /* tuples from the first group; linked: rounds */
	size_t waits;      /* stock that answered NEXT_WAIT */
	char **names;
	const char **shown; /* the same, or names of files (source_shown) */
	size_t nnames;
	bool uses_stdin, shuf;
	/* --shuf: all tuples, and the order in which they go */
	struct stock all;
	size_t *order, shuffled;
};

/* As stock_pull; who makes it wait is remembered. */
static enum next
source_pull(struct source *s, struct stock *k, struct err *e)
{
	s->waits = (size_t)(k - s->stock);
	return stock_pull(k, e);
}

/* --- the only source --------------------------------------------------------------------------------------------- */
static enum next
pull_plain(struct source *s, struct tuple *out, struct err *e)
{
	return feed_next(s->stock[0].feed, out, e);
}

/* --- in step ----------------------------------------------------------------------------------------------------- */
/* --link: the longest decides, the others start over. */
static enum next
pull_linked(struct source *s, struct tuple *out, struct err *e)
{
	struct stock *k;
	bool fresh = false;
	enum next got;
	size_t i;

	for (k = s->stock; k < s->stock + s->n; k++) {
		while (k->ntuples <= s->pulled && !k->ended)
			if ((got = source_pull(s, k, e)) == NEXT_WAIT || got == NEXT_FAIL)
				return got;
		fresh |= k->ntuples > s->pulled;
	}
	if (!fresh)
		return NEXT_END;
	for (i = 0; i < s->n; i++) {
		k = &s->stock[i];
		if (k->ntuples == 0) {
			err_set(e, 0, "--link: %s: has no input", feed_name(k->feed));
			return NEXT_FAIL;
		}
		stock_get(k, s->pulled % k->ntuples, out);
	}
	s->pulled++;
	return NEXT_GOT;
}

/* --- combinations ------------------------------------------------------------------------------------------------ */
/* Stocks all of group g. An empty source counts as one empty value. NEXT_END: done. */
static enum next
group_fill(struct source *s, struct group *g, struct err *e)
{
	struct stock *k;
	enum next got;

	for (k = s->stock + g->first; k < s->stock + g->first + g->n; k++) {
		while ((got = source_pull(s, k, e)) == NEXT_GOT)
			;
		if (got != NEXT_END)
			return got;
	}
	g->ntuples = SIZE_MAX;
	for (k = s->stock + g->first; k < s->stock + g->first + g->n; k++) {
		g->had |= k->ntuples > 0;
		if (k->ntuples == 0)
			stock_add_empty(k);
		if (k->ntuples < g->ntuples)
			g->ntuples = k->ntuples;
	}
	g->full = true;
	return NEXT_END;
}

/* The next round of the first group: one tuple of each of its sources. In the first round an empty source gives an
 * empty value, since others may have some. */
static enum next
head_pull(struct source *s, struct err *e)
{
	struct group *g = &s->group[0];
	struct stock *k;
	enum next got;

	for (k = s->stock; k < s->stock + g->n; k++) {
		if (k->ready)
			continue;
		stock_reset(k);
		got = source_pull(s, k, e);
		if (got == NEXT_END && s->pulled > 0)
			return NEXT_END;
		if (got == NEXT_END)
			stock_add_empty(k);
		else if (got != NEXT_GOT)
			return got;
		else
			g->had = true;
		k->ready = true;
	}
	s->head.n = 0;
	for (k = s->stock; k < s->stock + g->n; k++) {
		stock_get(k, 0, &s->head);
		k->ready = false;
	}
	s->pulled++;
	return NEXT_GOT;
}

/* Moves on to the next combination of all groups but the first. False: all have been. */
static bool
groups_step(struct source *s)
{
	size_t g;

	for (g = s->ngroups - 1; g > 0; g--) {
		if (++s->group[g].at < s->group[g].ntuples)
			return true;
		s->group[g].at = 0;
	}
	return false;
}

static enum next
pull_product(struct source *s, struct tuple *out, struct err *e)
{
	bool had = false;
	enum next got;
	size_t g, i;

	if (!s->running) {
		if ((got = head_pull(s, e)) != NEXT_GOT)
			return got;
		s->running = true;
	}
	for (g = 1; g < s->ngroups; g++)
		if (!s->group[g].full && (got = group_fill(s, &s->group[g], e)) != NEXT_END)
			return got;
	for (g = 0; g < s->ngroups; g++)
		had |= s->group[g].had;
	if (!had)
		return NEXT_END;
	for (i = 0; i < s->head.n; i++)
		tuple_add(out, s->head.v[i].s, s->head.v[i].len);
	for (g = 1; g < s->ngroups; g++)
		for (i = s->group[g].first; i < s->group[g].first + s->group[g].n; i++)
			stock_get(&s->stock[i], s->group[g].at, out);
	s->running = groups_step(s);
	return NEXT_GOT;
}

/* --- --shuf ------------------------------------------------------------------------------------------------------ */
static int
shuffle(size_t *v, size_t n)
{
	uint64_t r;
	size_t i, k, t;

	for (i = n; i > 1; i--) {
		if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
			return -errno;
		k = (size_t)(r % i);
		t = v[i - 1];
		v[i - 1] = v[k];
		v[k] = t;
	}
	return 0;
}

static enum next
pull_shuffled(struct source *s, struct tuple *out, struct err *e)
{
	struct tuple t = { 0 };
	enum next got = NEXT_END;
	size_t i;

	while (s->order == NULL && (got = s->pull(s, &t, e)) == NEXT_GOT) {
		stock_add(&s->all, &t);
		t.n = 0;
	}
	tuple_fini(&t);
	if (got != NEXT_END)
		return got;
	if (s->order == NULL) {
		s->order = xcalloc(s->all.ntuples, sizeof *s->order);
		for (i = 0; i < s->all.ntuples; i++)
			s->order[i] = i;
		if (shuffle(s->order, s->all.ntuples) < 0)
			return err_sys(e, errno, "--shuf: no random numbers"), NEXT_FAIL;
	}
	if (s->shuffled == s->all.ntuples)
		return NEXT_END;
	stock_get(&s->all, s->order[s->shuffled++], out);
	return NEXT_GOT;
}

enum next
source_next(struct source *s, struct tuple *out, struct err *e)
{
	out->n = 0;
	if (s->n == 0)
		return NEXT_END;
	return s->shuf ? pull_shuffled(s, out, e) : s->pull(s, out, e);
}

bool
source_run(const struct source *s, struct view *out)
{
	return s->n == 1 && !s->shuf && feed_run(s->stock[0].feed, out);
}

void
source_take(struct source *s, size_t n)
{
	feed_take(s->stock[0].feed, n);
}

/* --- opening ----------------------------------------------------------------------------------------------------- */
/* Whether source i goes in step with the one before it. With -a files the reference looks as many sources too far to the right
 * for its '+'; so do we. */
static bool
source_is_linked(const struct opts *o, size_t i)
{
	size_t g, n;

	for (g = o->arg_files.n; g < o->ninputs; g++, i -= n) {
		n = o->inputs[g].file ? o->inputs[g].n : 1;
		if (i < n)
			return o->inputs[g].link;
	}
	return false;
}

static void
source_add_feed(struct source *s, const struct opts *o, struct feed *f)
{
	s->stock = xreallocarray(s->stock, s->n + 1, sizeof *s->stock);
	s->stock[s->n] = (struct stock){ .feed = f };
	if (s->ngroups == 0 || !source_is_linked(o, s->n)) {
		s->group = xreallocarray(s->group, s->ngroups + 1, sizeof *s->group);
		s->group[s->ngroups++] = (struct group){ .first = s->n };
	}
	s->group[s->ngroups - 1].n++;
	s->n++;
}

static int
source_add_file(struct source *s, const struct opts *o, const char *name, struct err *e)
{
	bool own = strcmp(name, "-") != 0;
	int fd = own ? open(name, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	struct feed *f;

	if (fd < 0)
		return err_sys(e, errno, "%s: cannot open", name);
	s->uses_stdin |= !own;
	if (feed_new_fd(o, fd, own, name, &f, e) < 0)
		return -1;
	source_add_feed(s, o, f);
	return 0;
}

static int
source_add(struct source *s, const struct opts *o, const struct input *in, struct err *e)
{
	struct feed *f;
	size_t i;

	if (!in->file) {
		if (feed_new_words(o, in->words, in->n, &f, e) < 0)
			return -1;
		source_add_feed(s, o, f);
		return 0;
	}
	for (i = 0; i < in->n; i++)
		if (source_add_file(s, o, in->words[i], e) < 0)
			return -1;
	return 0;
}

/* Names from the first input of every source; --header 0: the sources' own names. */
static int
source_header(struct source *s, const struct opts *o, struct err *e)
{
	struct tuple t = { 0 };
	bool own = strcmp(o->header, "0") == 0;
	enum next got = NEXT_GOT;
	size_t i, k;

	for (i = 0; i < s->n && got != NEXT_FAIL; i++) {
		t.n = 0;
		if (own)
			tuple_add(&t, feed_name(s->stock[i].feed), strlen(feed_name(s->stock[i].feed)));
		else
			got = feed_header(s->stock[i].feed, &t, e);
		s->names = xreallocarray(s->names, s->nnames + t.n, sizeof *s->names);
		for (k = 0; k < t.n; k++)
			s->names[s->nnames++] = xstrndup(t.v[k].s, t.v[k].len);
	}
	tuple_fini(&t);
	return got == NEXT_FAIL ? -1 : 0;
}

/* As the reference shows the columns: the first of them by the names of the files that were named, whose columns they may be. */
static void
source_show(struct source *s, const struct opts *o)
{
	size_t i, k, n = 0;

	s->shown = xcalloc(s->nnames + 1, sizeof *s->shown);
	for (i = 0; i < s->nnames; i++)
		s->shown[i] = s->names[i];
	for (i = 0; i < o->ninputs; i++)
		for (k = 0; o->inputs[i].file && k < o->inputs[i].n && n < s->nnames; k++)
			s->shown[n++] = o->inputs[i].words[k];
}

static int
source_open(struct source *s, const struct opts *o, struct err *e)
{
	size_t i;

	for (i = 0; i < o->ninputs; i++)
		if (source_add(s, o, &o->inputs[i], e) < 0)
			return -1;
	if (o->ninputs == 0 && source_add_file(s, o, "-", e) < 0)
		return -1;
	s->shuf = o->shuf;
	s->pull = s->n == 1 ? pull_plain : o->link_inputs ? pull_linked : pull_product;
	if (o->skip_first_line && s->n > 0 && feed_skip(s->stock[0].feed, e) == NEXT_FAIL)
		return -1;
	if (o->header != NULL && source_header(s, o, e) < 0)
		return -1;
	source_show(s, o);
	return 0;
}

int
source_new(const struct opts *o, struct source **out, struct err *e)
{
	struct source *s = xcalloc(1, sizeof *s);

	if (source_open(s, o, e) < 0) {
		source_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

int
source_fd(const struct source *s)
{
	return feed_fd(s->stock[s->waits].feed);
}

void
source_block(struct source *s, bool on)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		feed_block(s->stock[i].feed, on);
}

bool
source_uses_stdin(const struct source *s)
{
	return s->uses_stdin;
}

const char *const *
source_names(const struct source *s, size_t *n)
{
	*n = s->nnames;
	return (const char *const *)s->names;
}

const char *const *
source_shown(const struct source *s)
{
	return s->shown;
}

size_t
source_count(const struct source *s)
{
	return s->n;
}

void
source_free(struct source *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		stock_fini(&s->stock[i]);
	for (i = 0; i < s->nnames; i++)
		free(s->names[i]);
	stock_fini(&s->all);
	free(s->names);
	free(s->shown);
	free(s->order);
	free(s->stock);
	free(s->group);
	tuple_fini(&s->head);
	free(s);
}
