/* Decides how the memory of former runs is kept. Must never know what follows from it.
 * Invariants: 1. the file is replaced as a whole, under a lock: two runs that end together lose nothing, and a reader sees old or new.
 *             2. it holds at most MEMO_MAX commands, the least lately stored go first. What is no line of ours is dropped. */
#include "memo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "file.h"
#include "fnv.h"
#include "io.h"

#define MEMO_MAX 256
#define MEMO_BYTES ((size_t)64 * MEMO_MAX)
#define MEMO_WAIT_NS (CLOCK_S / 5)

static uint64_t
memo_hash(const char *const *words, size_t n)
{
	uint64_t h = FNV_START;
	size_t i;

	for (i = 0; i < n; i++)
		h = fnv_add(h, words[i], strlen(words[i]) + 1);
	return h;
}

/* Appends the folder; false: there is no home. */
static bool
memo_dir(struct buf *out)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (cache != NULL && cache[0] == '/')
		buf_addf(out, "%s/fh", cache);
	else if (home != NULL && home[0] == '/')
		buf_addf(out, "%s/.cache/fh", home);
	return out->len > 0;
}

/* The next line of ours at *s, which moves on. */
static bool
memo_line(const char **s, uint64_t *hash, int64_t *bytes)
{
	const char *line;
	int n = 0;

	while (**s != '\0') {
		line = *s;
		*s += strcspn(line, "\n");
		*s += **s == '\n';
		if (sscanf(line, "%16" SCNx64 " %15" SCNd64 "%n", hash, bytes, &n) == 2 && line[n] == '\n' && *bytes > 0)
			return true;
	}
	return false;
}

static int64_t
memo_look(const char *s, uint64_t hash)
{
	uint64_t h;
	int64_t bytes;

	while (memo_line(&s, &h, &bytes))
		if (h == hash)
			return bytes;
	return -1;
}

int64_t
memo_find(const char *const *words, size_t n)
{
	AUTO_BUF name = { 0 };
	AUTO_BUF text = { 0 };

	if (!memo_dir(&name))
		return -1;
	buf_adds(&name, "/job-memory");
	return io_slurp_at(AT_FDCWD, buf_str(&name), &text, MEMO_BYTES) < 0 ? -1 : memo_look(buf_str(&text), memo_hash(words, n));
}

/* old's lines but that of hash, and not the first ones where they are many; then the new one. */
static void
memo_write(const char *old, uint64_t hash, int64_t bytes, struct buf *out)
{
	const char *s = old;
	size_t n = 0;
	uint64_t h;
	int64_t b;

	while (memo_line(&s, &h, &b))
		n += h != hash;
	for (s = old; memo_line(&s, &h, &b);)
		if (h != hash && n-- < MEMO_MAX)
			buf_addf(out, "%016" PRIx64 " %" PRId64 "\n", h, b);
	buf_addf(out, "%016" PRIx64 " %" PRId64 "\n", hash, bytes);
}

int
memo_store(const char *const *words, size_t n, int64_t bytes)
{
	uint64_t hash = memo_hash(words, n);
	AUTO_BUF dir = { 0 };
	AUTO_BUF old = { 0 };
	AUTO_BUF now = { 0 };
	AUTO_FD at = -1;
	AUTO_FD lock = -1;
	int64_t was;
	int r;

	if (!memo_dir(&dir))
		return -ENOENT;
	if ((r = file_mkdirs(AT_FDCWD, buf_str(&dir), 0777)) < 0)
		return r;
	if ((at = open(buf_str(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -errno;
	if ((lock = file_lock(at, "job-memory.lock", MEMO_WAIT_NS)) < 0)
		return lock;
	io_slurp_at(at, "job-memory", &old, MEMO_BYTES); /* none, or none that can be read: it begins anew */
	was = memo_look(buf_str(&old), hash);
	if (was == bytes)
		return 0;
	memo_write(buf_str(&old), hash, bytes > was ? bytes : (3 * was + bytes) / 4, &now);
	return file_replace(at, "job-memory", now.data, now.len, 0666);
}
