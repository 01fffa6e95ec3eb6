/* tell pylit|mp4|rx: what our parser makes of each file that standard input names, one line each, for tests/fuzz/peers to compare
 * with what another program makes of it.
 *     pylit  "no", or "yes" and key=text for each pair, both in hexadecimal
 *     mp4    "no: " and why, or "yes", video tracks, audio tracks, duration in ms
 *     rx     of an expression, a newline and a text: "no" (not understood), "none" (no match), or "yes" and from-to for the match
 *            and each of its groups ("-": took no part) */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "mem.h"
#include "mp4.h"
#include "pylit.h"
#include "rx.h"

static void
hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		printf("%02x", (unsigned char)s[i]);
}

static void
tell_pylit(const char *text, size_t n)
{
	AUTO_PYDICT d = { 0 };
	struct err e;
	size_t i;

	if (pylit_parse(text, n, "SCRIPT", &d, &e) < 0) {
		puts("no");
		return;
	}
	printf("yes");
	for (i = 0; i < d.n; i++) {
		putchar(' ');
		hex(d.pairs[i].key, d.pairs[i].nkey);
		putchar('=');
		hex(d.pairs[i].text, d.pairs[i].ntext);
	}
	putchar('\n');
}

static void
tell_mp4(const char *data, size_t n)
{
	struct mp4 m;
	struct err e;

	if (mp4_read_memory(data, n, &m, &e) < 0)
		printf("no: %s\n", e.msg);
	else
		printf("yes %u %u %" PRId64 "\n", m.video.tracks, m.audio.tracks, m.duration_ns / 1000000);
}

static void
tell_match(const struct rx_match *m, const char *text)
{
	const struct view *g;
	size_t i;

	printf("yes");
	for (i = 0; i <= m->ngroups; i++) {
		g = &m->group[i];
		if (g->s == NULL)
			printf(" -");
		else
			printf(" %zu-%zu", (size_t)(g->s - text), (size_t)(g->s - text) + g->len);
	}
	putchar('\n');
}

static void
tell_rx(const char *data, size_t n)
{
	const char *nl = memchr(data, '\n', n), *text = nl + 1;
	struct rx_match m;
	struct rx *r;
	struct err e;

	if (nl == NULL || rx_new(data, (size_t)(nl - data), 0, &r, &e) < 0) {
		puts("no");
		return;
	}
	if (rx_find(r, text, n - (size_t)(text - data), 0, &m))
		tell_match(&m, text);
	else
		puts("none");
	rx_free(r);
}

static const struct peer {
	const char *name;
	void (*tell)(const char *data, size_t n);
} peers[] = { { "pylit", tell_pylit }, { "mp4", tell_mp4 }, { "rx", tell_rx } };

static const struct peer *
peer_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(peers); i++)
		if (strcmp(peers[i].name, name) == 0)
			return &peers[i];
	errx(2, "usage: tell pylit|mp4|rx <names");
}

int
main(int argc, char *argv[])
{
	const struct peer *peer = peer_named(argc == 2 ? argv[1] : "");
	char name[4096];
	int r;

	while (fgets(name, sizeof name, stdin) != NULL) {
		AUTO_BUF text = { 0 };

		name[strcspn(name, "\n")] = '\0';
		if ((r = io_slurp_at(AT_FDCWD, name, &text, (size_t)64 << 20)) < 0)
			errx(3, "%s: %s", name, strerror(-r));
		peer->tell(buf_str(&text), text.len);
	}
	return 0;
}
