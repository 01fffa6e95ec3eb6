/* tell pylit|mp4: what our parser makes of each file that standard input names, one line each, for tests/fuzz/peers to compare with
 * what another program makes of it.
 *     pylit  "no", or "yes" and key=text for each pair, both in hexadecimal
 *     mp4    "no", or "yes", video tracks, audio tracks, duration in ms */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "mp4.h"
#include "pylit.h"

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
		puts("no");
	else
		printf("yes %u %u %" PRId64 "\n", m.video.tracks, m.audio.tracks, m.duration_ns / 1000000);
}

int
main(int argc, char *argv[])
{
	char name[4096];
	int r;

	if (argc != 2 || (strcmp(argv[1], "pylit") != 0 && strcmp(argv[1], "mp4") != 0))
		errx(2, "usage: tell pylit|mp4 <names");
	while (fgets(name, sizeof name, stdin) != NULL) {
		AUTO_BUF text = { 0 };

		name[strcspn(name, "\n")] = '\0';
		if ((r = io_slurp_at(AT_FDCWD, name, &text, (size_t)64 << 20)) < 0)
			errx(3, "%s: %s", name, strerror(-r));
		if (strcmp(argv[1], "mp4") == 0)
			tell_mp4(buf_str(&text), text.len);
		else
			tell_pylit(buf_str(&text), text.len);
	}
	return 0;
}
