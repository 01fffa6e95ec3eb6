/* Decides what of one source is an input: which records belong together, which are left out, where the source ends. Must
 * never know of other sources, nor how many inputs make a command.
 * Order of what happens to a record: joined with the next (-L, --csv), NULs shown, compared with -E, left out (-r), split
 * and trimmed.
 * Invariants: 1. once ended is set no record is read any more (-E). 2. joined holds a record that waits for its
 * continuation, so that NEXT_WAIT loses nothing. */
#include "feed.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "columns.h"
#include "mem.h"
#include "record.h"

struct feed {
	const struct opts *o;
	const char *name;
	struct reader *reader; /* NULL: words */
	const char *const *words;
	size_t nwords, word; /* word: the one being split */
	size_t at;           /* in it */
	struct columns *columns; /* NULL: inputs stay as they are */
	struct buf joined;   /* what came of a record that goes on in the next */
	bool joining;
	bool plain;          /* a record is an input: nothing joins, ends, drops or splits it */
	struct buf shown; /* a record whose NULs were made visible */
	bool told_nul, ended;
};

static int
feed_start(const struct opts *o, struct feed *f, struct feed **out, struct err *e)
{
	f->o = o;
	if (columns_new(o, &f->columns, e) < 0) {
		feed_free(f);
		return -1;
	}
	f->plain = o->max_lines <= 0 && !o->csv && o->eof_str == NULL && !o->no_run_if_empty;
	*out = f;
	return 0;
}

int
feed_new_fd(const struct opts *o, int fd, bool own, const char *name, struct feed **out, struct err *e)
{
	struct feed *f = xcalloc(1, sizeof *f);

	f->name = name;
	f->reader = reader_new(fd, own, name, o->delim, o->ndelim);
	return feed_start(o, f, out, e);
}

int
feed_new_words(const struct opts *o, const char *const *words, size_t n, struct feed **out, struct err *e)
{
	struct feed *f = xcalloc(1, sizeof *f);

	f->name = ":::";
	f->words = words;
	f->nwords = n;
	return feed_start(o, f, out, e);
}

static enum next
feed_record(struct feed *f, struct view *out, struct err *e)
{
	struct view w;

	if (f->ended)
		return NEXT_END;
	if (f->reader != NULL)
		return record_next(f->reader, out, e);
	if (f->word >= f->nwords)
		return NEXT_END;
	w = (struct view){ f->words[f->word], strlen(f->words[f->word]) };
	if (!record_word_next(&w, f->o->delim, f->o->ndelim, &f->at, out)) {
		f->word++;
		f->at = 0;
	}
	return NEXT_GOT;
}

/* Whether the record goes on in the next one: a blank at its end with -L, an open quote with --csv. */
static bool
feed_goes_on(const struct feed *f, struct view v)
{
	if (f->o->max_lines > 0 && v.len > 0 && isspace((unsigned char)v.s[v.len - 1]))
		return true;
	return f->o->csv && columns_open(f->columns, v);
}

/* The next record, with what continues it. */
static enum next
feed_logical(struct feed *f, struct view *out, struct err *e)
{
	enum next got;

	if (f->o->max_lines <= 0 && !f->o->csv)
		return feed_record(f, out, e);
	while ((got = feed_record(f, out, e)) == NEXT_GOT) {
		if (!f->joining && !feed_goes_on(f, *out))
			return NEXT_GOT;
		if (!f->joining)
			buf_reset(&f->joined);
		else if (f->o->csv)
			buf_add(&f->joined, f->o->delim, f->o->ndelim);
		buf_add(&f->joined, out->s, out->len);
		*out = (struct view){ f->joined.data, f->joined.len };
		f->joining = feed_goes_on(f, *out);
		if (!f->joining)
			return NEXT_GOT;
	}
	if (got != NEXT_END || !f->joining)
		return got;
	f->joining = false;
	*out = (struct view){ f->joined.data, f->joined.len };
	return NEXT_GOT;
}

/* No argument can hold a NUL: it becomes the two characters \0, and the user is told once. */
static struct view
feed_show_nul(struct feed *f, struct view v)
{
	size_t i;

	if (!f->told_nul)
		dprintf(STDERR_FILENO, "fh-parallel: %s: a NUL in the input was replaced by \\0 (did you mean -0?)\n",
		    f->name);
	f->told_nul = true;
	buf_reset(&f->shown);
	for (i = 0; i < v.len; i++)
		if (v.s[i] != '\0')
			buf_addc(&f->shown, v.s[i]);
		else
			buf_add(&f->shown, "\\0", 2);
	return (struct view){ f->shown.data, f->shown.len };
}

static bool
view_blank(struct view v)
{
	size_t i = 0;

	while (i < v.len && isspace((unsigned char)v.s[i]))
		i++;
	return i == v.len;
}

static void
feed_split(struct feed *f, struct view v, struct tuple *out)
{
	if (f->reader != NULL && reader_had_nul(f->reader) && memchr(v.s, '\0', v.len) != NULL)
		v = feed_show_nul(f, v);
	if (f->columns != NULL)
		columns_split(f->columns, v, out);
	else
		tuple_add(out, v.s, v.len);
}

/* The next record that is an input, whole. */
static enum next
feed_input(struct feed *f, struct view *v, struct err *e)
{
	const char *stop = f->o->eof_str;
	enum next got;

	do {
		got = feed_logical(f, v, e);
		if (got != NEXT_GOT)
			return got;
		if (stop != NULL && strlen(stop) == v->len && memcmp(stop, v->s, v->len) == 0) {
			f->ended = true;
			return NEXT_END;
		}
	} while (f->o->no_run_if_empty && view_blank(*v));
	return NEXT_GOT;
}

enum next
feed_next(struct feed *f, struct tuple *out, struct err *e)
{
	struct view v;
	enum next got = f->plain ? feed_record(f, &v, e) : feed_input(f, &v, e);

	if (got == NEXT_GOT)
		feed_split(f, v, out);
	return got;
}

bool
feed_run(const struct feed *f, struct view *out)
{
	return f->plain && f->columns == NULL && f->reader != NULL && !reader_had_nul(f->reader) && record_run(f->reader, out);
}

void
feed_take(struct feed *f, size_t n)
{
	record_take(f->reader, n);
}

void
feed_block(struct feed *f, bool on)
{
	if (f->reader != NULL)
		reader_block(f->reader, on);
}

enum next
feed_header(struct feed *f, struct tuple *out, struct err *e)
{
	struct view v;
	enum next got;

	feed_block(f, true);
	got = feed_logical(f, &v, e);
	feed_block(f, false);
	if (got != NEXT_GOT)
		return got;
	feed_split(f, v, out);
	return NEXT_GOT;
}

enum next
feed_skip(struct feed *f, struct err *e)
{
	struct view v;
	enum next got;

	feed_block(f, true);
	got = feed_record(f, &v, e);
	feed_block(f, false);
	return got;
}

int
feed_fd(const struct feed *f)
{
	return f->reader != NULL ? reader_fd(f->reader) : -1;
}

const char *
feed_name(const struct feed *f)
{
	return f->name;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	reader_free(f->reader);
	columns_free(f->columns);
	buf_fini(&f->joined);
	buf_fini(&f->shown);
	free(f);
}
