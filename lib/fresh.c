/* Decides what counts as a change. Must never know how a scene is rendered.
 * Invariant: a key is stored only by who has seen the video whole, and is taken away before the video is made anew, so
 * a key never speaks of another video than the one beside it. */
#include "fresh.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "clock.h"
#include "file.h"
#include "io.h"
#include "path.h"

#define KEY_HEAD "fh scene key 1\n"
#define KEY_MAX 1024 /* bytes of a key file, more than any has */

static const struct {
	const char *name;  /* in the file */
	const char *words; /* for people */
} parts[FRESH_PARTS] = {
	[FRESH_SCENE] = { "scene", "scene file" },
	[FRESH_TEXT] = { "text", "narration text" },
	[FRESH_AUDIO] = { "audio", "narration audio" },
	[FRESH_SETTINGS] = { "settings", "settings" },
};

static int64_t
mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * CLOCK_S + st->st_mtim.tv_nsec;
}

int
fresh_file(struct fresh_key *k, enum fresh_part part, const char *name, struct err *e)
{
	AUTO_FD fd = io_open_regular(AT_FDCWD, name);

	if (fd < 0)
		return err_sys(e, -fd, "%s", name);
	return sha_fd(fd, k->hash[part], e) < 0 ? err_wrap(e, "%s", name) : 0;
}

int
fresh_audio(struct fresh_key *k, const char *name, const struct fresh_key *was, struct err *e)
{
	struct stat st;

	if (stat(name, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(e, errno, "%s", name);
	k->hash[FRESH_AUDIO][0] = '\0';
	k->audio_bytes = st.st_size;
	k->audio_mtime_ns = mtime_ns(&st);
	if (was == NULL || was->hash[FRESH_AUDIO][0] == '\0' || was->audio_bytes != k->audio_bytes ||
	    was->audio_mtime_ns != k->audio_mtime_ns)
		return fresh_file(k, FRESH_AUDIO, name, e);
	memcpy(k->hash[FRESH_AUDIO], was->hash[FRESH_AUDIO], SHA_HEX);
	return 0;
}

void
fresh_bytes(struct fresh_key *k, enum fresh_part part, const void *p, size_t n)
{
	struct sha s;

	sha_init(&s);
	sha_add(&s, p, n);
	sha_end(&s, k->hash[part]);
}

static void
fresh_name(struct buf *out, const char *video)
{
	AUTO_BUF base = { 0 };
	AUTO_BUF dir = { 0 };

	buf_addf(&base, ".%s.fh", path_base(video));
	path_dir(&dir, video);
	path_join(out, buf_str(&dir), buf_str(&base));
}

/* "name hash" or, of the audio, "audio hash bytes mtime". */
static void
fresh_line(struct fresh_key *k, const char *line)
{
	char name[16], hash[SHA_HEX + 1];
	int64_t bytes = 0, mtime = 0;
	int i, n = sscanf(line, "%15s %65[0-9a-f] %" SCNd64 " %" SCNd64, name, hash, &bytes, &mtime);

	for (i = 0; i < FRESH_PARTS; i++)
		if (n >= 2 && strlen(hash) == SHA_HEX - 1 && strcmp(name, parts[i].name) == 0)
			memcpy(k->hash[i], hash, SHA_HEX);
	if (n == 4) {
		k->audio_bytes = bytes;
		k->audio_mtime_ns = mtime;
	}
}

int
fresh_load(struct fresh_key *k, const char *video)
{
	AUTO_BUF name = { 0 };
	AUTO_BUF text = { 0 };
	char *line, *left;

	*k = (struct fresh_key){ 0 };
	fresh_name(&name, video);
	if (io_slurp_at(AT_FDCWD, buf_str(&name), &text, KEY_MAX) < 0 ||
	    strncmp(buf_str(&text), KEY_HEAD, sizeof KEY_HEAD - 1) != 0)
		return 0;
	left = text.data + sizeof KEY_HEAD - 1;
	while ((line = strsep(&left, "\n")) != NULL)
		fresh_line(k, line);
	return 1;
}

int
fresh_store(const struct fresh_key *k, const char *video)
{
	AUTO_BUF name = { 0 };
	AUTO_BUF text = { 0 };
	int i;

	fresh_name(&name, video);
	buf_adds(&text, KEY_HEAD);
	for (i = 0; i < FRESH_PARTS; i++) {
		if (k->hash[i][0] == '\0')
			continue;
		buf_addf(&text, "%s %s", parts[i].name, k->hash[i]);
		if (i == FRESH_AUDIO)
			buf_addf(&text, " %" PRId64 " %" PRId64, k->audio_bytes, k->audio_mtime_ns);
		buf_addc(&text, '\n');
	}
	return file_replace(AT_FDCWD, buf_str(&name), text.data, text.len, 0666);
}

void
fresh_forget(const char *video)
{
	AUTO_BUF name = { 0 };

	fresh_name(&name, video);
	unlink(buf_str(&name));
}

char *
fresh_changes(const struct fresh_key *was, const struct fresh_key *now, char *out, size_t n)
{
	size_t used = 0;
	int i;

	out[0] = '\0';
	for (i = 0; i < FRESH_PARTS; i++) {
		if (was->hash[i][0] == '\0' || now->hash[i][0] == '\0' || strcmp(was->hash[i], now->hash[i]) == 0)
			continue;
		used += (size_t)snprintf(out + used, n - used, "%s%s", used > 0 ? ", " : "", parts[i].words);
		if (used >= n)
			break;
	}
	return out;
}

void
fresh_fill(struct fresh_key *now, const struct fresh_key *was)
{
	int i;

	for (i = 0; i < FRESH_PARTS; i++) {
		if (now->hash[i][0] != '\0' || was->hash[i][0] == '\0')
			continue;
		memcpy(now->hash[i], was->hash[i], SHA_HEX);
		if (i == FRESH_AUDIO) {
			now->audio_bytes = was->audio_bytes;
			now->audio_mtime_ns = was->audio_mtime_ns;
		}
	}
}

bool
fresh_is_newer(const char *name, const char *video)
{
	struct stat a, b;

	return stat(name, &a) == 0 && stat(video, &b) == 0 && mtime_ns(&a) - FRESH_SLACK_NS > mtime_ns(&b);
}
