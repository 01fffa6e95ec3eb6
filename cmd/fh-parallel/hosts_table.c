/* Decides which machines there are, how many jobs each takes, and which one takes the next job. Must never know commands, nor
 * how a job gets there.
 * Invariants: 1. running <= slots at every hosts_take (hosts_choose), but for slots that were cut down since.
 *             2. a host keeps its place in the table: names given twice are one host, and none is ever taken out (lost, gone). */
#include "hosts_int.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "group.h"
#include "login.h"
#include "mem.h"
#include "slots.h"

/* --- the table ---------------------------------------------------------------------------------------------------- */

static struct host *
hosts_find(const struct hosts *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcmp(h->v[i]->name, name) == 0)
			return h->v[i];
	return NULL;
}

static struct host *
hosts_put(struct hosts *h, const struct login *l)
{
	struct host *t = hosts_find(h, l->name);
	AUTO_BUF groups = { 0 };

	if (t != NULL) {
		t->gone = false;
		return t;
	}
	buf_adds(&groups, l->name);
	if (*l->groups != '\0')
		buf_addf(&groups, "+%s", l->groups);
	t = arena_alloc(&h->mem, sizeof *t);
	*t = (struct host){ .name = l->name, .host = l->host, .nssh = l->nssh, .cpus = l->cpus, .slots = 1, .number = h->n };
	t->groups = arena_strdup(&h->mem, buf_str(&groups));
	t->ssh = (char *const *)(uintptr_t)l->ssh; /* execve takes it as const in all but name */
	if (h->n == h->cap)
		h->v = xgrow(h->v, h->n, &h->cap, sizeof *h->v);
	h->v[h->n++] = t;
	return t;
}

struct host *
hosts_add(struct hosts *h, const char *name, int64_t cpus)
{
	const char *copy = arena_strdup(&h->mem, name);
	struct login l = { .name = copy, .host = copy, .groups = "", .cpus = cpus };

	return hosts_put(h, &l);
}

static int
hosts_put_text(struct hosts *h, const char *text, size_t n, struct err *e)
{
	struct login l;

	if (login_parse(text, n, h->ssh, &h->mem, &l, e) < 0)
		return -1;
	if (*l.name != '\0') {
		hosts_put(h, &l);
	} else if (*l.groups != '\0') {
		h->only = xreallocarray(h->only, h->nonly + 1, sizeof *h->only);
		h->only[h->nonly++] = l.groups;
	}
	return 0;
}

/* A list: commas (not ",," or "\,", which stand for one in a name) and newlines separate. */
int
hosts_put_list(struct hosts *h, const char *s, struct err *e)
{
	AUTO_BUF one = { 0 };

	for (;; s++) {
		if ((s[0] == ',' && s[1] == ',') || (s[0] == '\\' && s[1] == ',')) {
			buf_addc(&one, ',');
			s++;
		} else if (*s == ',' || *s == '\n' || *s == '\0') {
			if (hosts_put_text(h, buf_str(&one), one.len, e) < 0)
				return -1;
			buf_reset(&one);
			if (*s == '\0')
				return 0;
		} else {
			buf_addc(&one, *s);
		}
	}
}

void
hosts_leave_out(struct hosts *h)
{
	bool in;
	size_t i, k;

	for (i = 0; i < h->n; i++) {
		for (k = 0, in = h->nonly == 0; k < h->nonly; k++)
			in |= group_meets(h->v[i]->groups, h->only[k]);
		h->v[i]->gone |= !in;
	}
}

/* --- making it ---------------------------------------------------------------------------------------------------- */

struct hosts *
hosts_new_empty(const struct opts *o)
{
	struct hosts *h = xcalloc(1, sizeof *h);
	const char *ssh = getenv("PARALLEL_SSH");

	h->o = o;
	h->ssh = o->ssh != NULL ? o->ssh : ssh != NULL && *ssh != '\0' ? ssh : "ssh";
	return h;
}

static int
hosts_fill(struct hosts *h, struct err *e)
{
	const struct opts *o = h->o;
	const char *s;
	size_t i;

	for (i = 0; i < o->sshlogin.n; i++) {
		s = o->sshlogin.v[i];
		if (strcmp(s, "..") == 0 || strcmp(s, "-") == 0) {
			if (hosts_add_file(h, s, e) < 0)
				return -1;
		} else if (hosts_put_list(h, s, e) < 0) {
			return err_wrap(e, "--sshlogin");
		}
	}
	for (i = 0; i < o->sshloginfile.n; i++)
		if (hosts_add_file(h, o->sshloginfile.v[i], e) < 0)
			return -1;
	hosts_leave_out(h);
	return 0;
}

int
hosts_new(const struct opts *o, struct hosts **out, struct err *e)
{
	struct hosts *h;

	*out = NULL;
	if (o->sshlogin.n == 0 && o->sshloginfile.n == 0)
		return 0;
	h = hosts_new_empty(o);
	if (hosts_fill(h, e) < 0) {
		hosts_free(h);
		return -1;
	}
	*out = h;
	return 0;
}

void
hosts_free(struct hosts *h)
{
	if (h == NULL)
		return;
	free(h->v);
	free(h->only);
	free(h->files);
	buf_fini(&h->all_groups);
	arena_fini(&h->mem);
	free(h);
}

size_t
hosts_count(const struct hosts *h)
{
	return h->n;
}

struct host *
hosts_at(const struct hosts *h, size_t i)
{
	return h->v[i];
}

bool
hosts_are_remote(const struct hosts *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcmp(h->v[i]->name, ":") != 0)
			return true;
	return false;
}

/* --- slots -------------------------------------------------------------------------------------------------------- */

bool
hosts_need_cpus(const struct hosts *h, const char *text)
{
	bool fixed = text != NULL && *text != '\0' && text[strspn(text, "0123456789")] == '\0';
	size_t i;

	for (i = 0; !fixed && i < h->n; i++)
		if (h->v[i]->cpus < 0)
			return true;
	return false;
}

int
hosts_set_slots(struct hosts *h, const char *text, bool *file, struct err *e)
{
	struct host *t;
	size_t i;

	*file = false;
	for (i = 0; i < h->n; i++) {
		t = h->v[i];
		if (t->cpus == 0)
			t->slots = 0;
		else if (slots_parse(text, t->cpus < 0 ? 1 : t->cpus, &t->slots, file, e) < 0)
			return -1;
	}
	return 0;
}

static bool
host_is_up(const struct host *t)
{
	return !t->lost && !t->gone && t->slots > 0;
}

int64_t
hosts_slots(const struct hosts *h)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < h->n && sum < SLOTS_MAX; i++)
		if (host_is_up(h->v[i]))
			sum += h->v[i]->slots;
	return sum < SLOTS_MAX ? sum : SLOTS_MAX;
}

bool
hosts_are_left(const struct hosts *h)
{
	return hosts_slots(h) > 0;
}

/* --- choosing ----------------------------------------------------------------------------------------------------- */

static bool
host_suits(const struct host *t, const struct host_wish *w)
{
	return host_is_up(t) && (w->groups == NULL || *w->groups == '\0' || group_meets(t->groups, w->groups));
}

static bool
host_was_tried(const struct host *t, const struct host_wish *w)
{
	return (w->tried >> (t->number % HOSTS_TRIED) & 1) != 0;
}

/* Whether a is less busy than b. */
static bool
host_is_better(const struct host *a, const struct host *b)
{
	double x = (double)a->running / (double)a->slots, y = (double)b->running / (double)b->slots;

	return x < y || (!(x > y) && a->started < b->started);
}

struct host *
hosts_choose(const struct hosts *h, const struct host_wish *w)
{
	struct host *best = NULL, *t;
	bool fresh = false;
	size_t i;

	for (i = 0; i < h->n; i++) /* is there one left where it has not failed yet? Then only those. */
		fresh |= host_suits(h->v[i], w) && !host_was_tried(h->v[i], w);
	for (i = 0; i < h->n; i++) {
		t = h->v[i];
		if (!host_suits(t, w) || t->running >= t->slots || (fresh && host_was_tried(t, w)))
			continue;
		if (best == NULL || host_is_better(t, best))
			best = t;
	}
	return best;
}

void
hosts_take(struct host *t)
{
	t->running++;
	t->started++;
}

void
hosts_give(struct host *t)
{
	if (t->running-- <= 0)
		err_bug("hosts: %s was given back once too often", t->name);
}

void
hosts_lose(struct host *t)
{
	t->lost = true;
}

int
hosts_make_groups(struct hosts *h, const char *groups, struct err *e)
{
	struct view one;
	bool made = false, in;
	size_t i;

	while (group_next(&groups, &one)) {
		for (i = 0, in = false; i < h->n && !in; i++)
			in = group_has(h->v[i]->groups, one);
		if (in || one.len == 0)
			continue;
		if (hosts_put_text(h, one.s, one.len, e) < 0)
			return -1;
		made = true;
	}
	return made;
}

const char *
hosts_groups(struct hosts *h)
{
	struct view one;
	const char *list;
	size_t i;

	buf_reset(&h->all_groups);
	for (i = 0; i < h->n; i++)
		for (list = h->v[i]->groups; group_next(&list, &one);)
			if (!group_has(buf_str(&h->all_groups), one))
				buf_addf(&h->all_groups, "%s%.*s", h->all_groups.len > 0 ? "+" : "", (int)one.len, one.s);
	return buf_str(&h->all_groups);
}
