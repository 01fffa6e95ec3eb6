/* Decides when a text that was read may stand for the file. Must never know what the text says.
 * A file is what it was where device, inode, size, mtime and ctime (in ns) are. But times come from a clock that ticks: whoever
 * writes in place twice within one tick leaves no trace but the bytes. So
 * Invariant: a text is relied on without reading only if it was read when the times that go with it were past: longer ago than any file system's
 * tick (OLD_NS by the wall clock), or than this one's since we first saw them (TICK_NS; whole seconds: OLD_NS). Until
 * then it is read each time, and parsed only if it differs (read_again). */
#include "state_cache.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "io.h"

#define OLD_NS (3 * CLOCK_S)    /* FAT ticks every 2 s */
#define TICK_NS (50 * CLOCK_MS) /* Linux: 10 ms at most */

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    same_time(&a->st_mtim, &b->st_mtim) && same_time(&a->st_ctim, &b->st_ctim);
}

static int64_t
time_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * CLOCK_S + t->tv_nsec;
}

/* Whether a text read after `mono` and `wall` can be relied on for a file first seen so at seen_ns. */
static bool
is_past(const struct stat *st, int64_t seen_ns, int64_t mono, int64_t wall)
{
	int64_t m = time_ns(&st->st_mtim), c = time_ns(&st->st_ctim);
	bool fine = st->st_mtim.tv_nsec != 0 && st->st_ctim.tv_nsec != 0;

	return mono - seen_ns > (fine ? TICK_NS : OLD_NS) || wall - (m > c ? m : c) > OLD_NS;
}

#define ANSWER_MAX ((size_t)64 << 10)

static void
forget(struct state_cache *c)
{
	size_t i;

	for (i = 0; i < STATE_MEMOS; i++)
		buf_reset(&c->memo[i].key);
}

void
state_cache_keep(struct state_cache *c, const void *key, size_t n, const struct buf *out, int status)
{
	struct state_memo *m = &c->memo[c->next++ % STATE_MEMOS];

	buf_reset(&m->key);
	buf_reset(&m->out);
	if (n > ANSWER_MAX || out->len > ANSWER_MAX)
		return;
	buf_add(&m->out, buf_str(out), out->len);
	buf_add(&m->key, key, n);
	m->status = status;
}

bool
state_cache_recall(const struct state_cache *c, const void *key, size_t n, struct buf *out, int *status)
{
	const struct state_memo *m;

	for (m = c->memo; m < c->memo + STATE_MEMOS; m++) {
		if (m->key.len != n || n == 0 || memcmp(m->key.data, key, n) != 0)
			continue;
		buf_add(out, buf_str(&m->out), m->out.len);
		*status = m->status;
		return true;
	}
	return false;
}

/* Reads path; where the bytes are those of the kept text, that one stays. */
static int
read_again(struct state_cache *c, const char *path, struct err *e)
{
	int64_t mono = clock_mono_ns(), wall = clock_wall_ns();
	AUTO_STATE now = STATE_INIT;
	struct buf old;
	bool same;

	if (state_read(&now, path, e) < 0)
		return -1;
	same = c->s.text.data != NULL && now.text.len == c->s.text.len && memcmp(now.text.data, c->s.text.data, now.text.len) == 0;
	if (!same && state_check(now.text.data, now.text.len, e) < 0)
		return err_wrap(e, "%s", path);
	if (!same || !same_file(&now.was, &c->s.was))
		c->seen_ns = mono;
	c->s.was = now.was;
	c->settled = is_past(&now.was, c->seen_ns, mono, wall);
	if (!same) {
		forget(c);
		old = c->s.text;
		c->s.text = now.text;
		now.text = old;
	}
	return 0;
}

struct state *
state_cache_get(struct state_cache *c, const char *path, struct err *e)
{
	struct stat st;

	if (c->settled && c->s.text.data != NULL && stat(path, &st) == 0 && same_file(&st, &c->s.was))
		return &c->s;
	if (read_again(c, path, e) < 0) {
		state_cache_fini(c);
		return NULL;
	}
	return &c->s;
}

void
state_cache_fini(struct state_cache *c)
{
	size_t i;

	c->s.lock = -1; /* all-zero says 0 */
	state_close(&c->s);
	for (i = 0; i < STATE_MEMOS; i++) {
		buf_fini(&c->memo[i].key);
		buf_fini(&c->memo[i].out);
	}
	*c = (struct state_cache){ 0 };
}
