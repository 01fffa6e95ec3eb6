/* Decides what belongs together. Must never know what becomes of it.
 * Invariant: exactly one of whole and column is what is looked at; the expression, if any, comes after. */
#include "key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "fnv.h"
#include "mem.h"
#include "num.h"

struct key {
	struct opts o;          /* ours, for columns */
	struct columns *columns;
	struct tuple tuple;
	bool whole;             /* no column */
	int64_t column;         /* from 1; negative: from the end; 0: by name, not known yet */
	char *name;
	bool computed;          /* what is looked at goes through the expression */
	size_t expr;            /* its number */
	struct perl *perl;      /* borrowed */
	struct args arg;        /* @arg of the expression */
	bool known;             /* answer is what it made of asked */
	struct buf asked, answer;
	struct buf last;        /* of key_same */
};

/* --- what the option says ----------------------------------------------------------------------------------------- */

/* text is COLUMN, COLUMN EXPR or EXPR: the length of COLUMN, 0 where there is none. An expression begins with no name. */
static size_t
key_column_len(const char *text)
{
	size_t n = strcspn(text, " \t");

	return strpbrk(text, "$@%&;=(") != NULL && strcspn(text, "$@%&;=(/") < n ? 0 : n;
}

static int
key_parse(struct key *k, const char *text, struct err *e)
{
	size_t n = key_column_len(text);
	AUTO_FREE char *column = xstrndup(text, n);
	const char *expr = text + n + strspn(text + n, " \t");

	k->whole = n == 0;
	if (n > 0 && num_int(column, INT32_MIN, INT32_MAX, &k->column, NULL) < 0)
		k->name = TAKE(column);
	else if (n > 0 && k->column == 0)
		return err_set(e, 0, "%s: columns are numbered from 1", text);
	k->computed = *expr != '\0';
	return k->computed ? perl_compile(k->perl, (struct view){ expr, strlen(expr) }, &k->expr, e) : 0;
}

int
key_new(const struct opts *o, const char *text, struct perl *perl, struct key **out, struct err *e)
{
	struct key *k = xcalloc(1, sizeof *k);

	k->o = *o;
	k->perl = perl;
	if (k->o.colsep == NULL && !k->o.csv)
		k->o.colsep = "\\t";
	if (columns_new(&k->o, &k->columns, e) < 0 || key_parse(k, text, e) < 0) {
		key_free(k);
		return -1;
	}
	*out = k;
	return 0;
}

void
key_free(struct key *k)
{
	if (k == NULL)
		return;
	columns_free(k->columns);
	args_fini(&k->arg);
	buf_fini(&k->asked);
	buf_fini(&k->answer);
	tuple_fini(&k->tuple);
	buf_fini(&k->last);
	free(k->name);
	free(k);
}

static struct view
key_trim(struct view v)
{
	if (v.len > 0 && v.s[v.len - 1] == '\n')
		v.len--;
	return v;
}

bool
key_is_name(const struct key *k)
{
	return k != NULL && k->name != NULL;
}

int
key_header(void *self, struct view header, struct err *e)
{
	const char *nl = memchr(header.s, '\n', header.len);
	struct view line = { header.s, nl == NULL ? header.len : (size_t)(nl - header.s) };
	struct key *k = self;
	size_t i;

	if (k->name == NULL)
		return 0;
	k->tuple.n = 0;
	columns_split(k->columns, line, &k->tuple);
	for (i = 0; i < k->tuple.n; i++)
		if (strlen(k->name) == k->tuple.v[i].len && memcmp(k->name, k->tuple.v[i].s, k->tuple.v[i].len) == 0)
			k->column = (int64_t)i + 1;
	return k->column == 0 ? err_set(e, 0, "%s: no column has that name", k->name) : 0;
}

/* --- what a record says ------------------------------------------------------------------------------------------- */

/* What the expression makes of *v; neighbours are often alike, and are not asked for again. */
static int
key_compute(struct key *k, struct view *v, struct err *e)
{
	struct perl_job j = { .args = &k->arg };
	struct view answer;
	unsigned marks = 0;

	if (!k->known || v->len != k->asked.len || memcmp(v->s, buf_str(&k->asked), v->len) != 0) {
		k->known = false;
		args_reset(&k->arg);
		args_add(&k->arg, v->s, v->len);
		args_end_tuple(&k->arg);
		if (perl_eval(k->perl, k->expr, &j, *v, SIZE_MAX, &answer, &marks, e) < 0)
			return -1;
		buf_reset(&k->asked);
		buf_add(&k->asked, v->s, v->len);
		buf_reset(&k->answer);
		buf_add(&k->answer, answer.s, answer.len);
		k->known = true;
	}
	*v = (struct view){ buf_str(&k->answer), k->answer.len };
	return 0;
}

int
key_of(struct key *k, struct view record, struct view *out, struct err *e)
{
	int64_t i;

	*out = key_trim(record);
	if (k->name != NULL && k->column == 0)
		return err_set(e, 0, "%s: names of columns need --header", k->name);
	if (!k->whole) {
		k->tuple.n = 0;
		columns_split(k->columns, *out, &k->tuple);
		i = k->column > 0 ? k->column - 1 : (int64_t)k->tuple.n + k->column;
		*out = i >= 0 && i < (int64_t)k->tuple.n ? k->tuple.v[i] : (struct view){ "", 0 };
	}
	return k->computed ? key_compute(k, out, e) : 0;
}

int
key_same(void *self, struct view a, struct view b, struct err *e)
{
	struct key *k = self;
	struct view v;

	if (key_of(k, a, &v, e) < 0)
		return -1;
	buf_reset(&k->last);
	buf_add(&k->last, v.s, v.len);
	if (key_of(k, b, &v, e) < 0)
		return -1;
	return v.len == k->last.len && memcmp(v.s, buf_str(&k->last), v.len) == 0;
}

/* The number that a text begins with, as perl takes it, without its fraction. */
static int64_t
key_number(struct view v)
{
	char text[32];
	size_t n = v.len < sizeof text - 1 ? v.len : sizeof text - 1;

	memcpy(text, v.s, n);
	text[n] = '\0';
	return strtoll(text, NULL, 10);
}

size_t
key_bin(struct view v, size_t n)
{
	int64_t slot = key_number(v) % (int64_t)n - 1;

	return (size_t)(slot < 0 ? slot + (int64_t)n : slot);
}

size_t
key_shard(struct view v, size_t n)
{
	uint64_t h = fnv_add(FNV_START, v.s, v.len);

	return (size_t)((h ^ h >> 32) % n);
}
