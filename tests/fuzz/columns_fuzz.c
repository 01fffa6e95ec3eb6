/* A byte of modes, a separator up to NUL, then an input: the columns lie in the input or the splitter's own text; plain ones and
 * the separator put together again are the input, --csv takes off nothing but quotes and separators, and --trim nothing but blanks
 * at the ends that it names. */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { CSV = 1, TRIM = 2, SEP_MAX = 24, TEXT_MAX = 32 };

/* By a separator that is plain text: nothing is lost. */
static void
joins_again(const struct tuple *t, struct view in, const char *sep)
{
	AUTO_BUF all = { 0 };
	size_t i;

	for (i = 0; i < t->n; i++) {
		buf_adds(&all, i ? sep : "");
		buf_add(&all, t->v[i].s, t->v[i].len);
	}
	if (all.len != in.len || (in.len > 0 && memcmp(all.data, in.s, in.len) != 0))
		abort();
}

static bool
is_blank(char c)
{
	return memchr(" \t\n\v\f\r", c, 6) != NULL;
}

/* What --trim leaves lies in the value; where it cuts no blank is left, where it does not the end is the value's. */
static void
trims(struct view v, const char *how)
{
	struct view cut = columns_trim(v, how);
	const char *end = v.s + v.len, *cut_end = cut.s + cut.len;

	if (cut.s < v.s || cut_end > end)
		abort();
	if (strchr(how, 'l') != NULL ? cut.len > 0 && is_blank(*cut.s) : cut.s != v.s)
		abort();
	if (strchr(how, 'r') != NULL ? cut.len > 0 && is_blank(cut_end[-1]) : cut_end != end)
		abort();
}

static void
check(struct columns *c, const struct opts *o, struct view in)
{
	struct tuple t = { 0 };
	bool plain = *o->colsep != '\0' && strpbrk(o->colsep, "^$.[]|()?*+{}\\") == NULL;
	size_t i, sum = 0;

	columns_split(c, in, &t);
	for (i = 0; i < t.n; i++) {
		sum += t.v[i].len;
		if (columns_how(o) != NULL)
			trims(t.v[i], columns_how(o));
		if (!o->csv && plain && t.v[i].len > 0 && (t.v[i].s < in.s || t.v[i].s + t.v[i].len > in.s + in.len))
			abort();
	}
	if (plain && (t.n == 0 || sum > in.len))
		abort();
	if (plain && !o->csv)
		joins_again(&t, in, o->colsep);
	(void)columns_open(c, in);
	tuple_fini(&t);
}

/* With back references a match may take exponential time. */
static bool
refers_back(const char *sep)
{
	for (; (sep = strchr(sep, '\\')) != NULL; sep++)
		if (sep[1] >= '1' && sep[1] <= '9')
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const trims[] = { "n", "l", "r", "rl" };
	struct opts o = { 0 };
	struct columns *c;
	struct err e = { .msg = "" };
	char sep[SEP_MAX + 1];
	size_t len;

	if (n < 2 || (len = strnlen((const char *)data + 1, n - 1)) > SEP_MAX || len == n - 1 || n - len - 2 > TEXT_MAX)
		return 0;
	memcpy(sep, data + 1, len + 1);
	if (refers_back(sep))
		return 0;
	o.colsep = sep;
	o.csv = data[0] & CSV;
	o.trim = trims[data[0] / TRIM & 3];
	if (columns_new(&o, &c, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return 0;
	}
	check(c, &o, (struct view){ (const char *)data + len + 2, n - len - 2 });
	columns_free(c);
	return 0;
}
