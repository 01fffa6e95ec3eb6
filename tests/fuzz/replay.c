/* Runs a fuzz target over files instead of a fuzzer's inventions: with any compiler, as a test. One TAP line for each
 * file of the operands (folders: the files in them); a target that finds something ends the process, and the plan that
 * then is missing fails the run. Every file is also given cut to each of its first CUTS lengths, and to each power of two:
 * what a parser sees of a file that is still being written. */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "io.h"
#include "mem.h"
#include "path.h"

#define FILE_MAX ((size_t)64 << 20)
#define CUTS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* In memory of exactly n bytes, so that a read past them is seen by ASan and valgrind. */
static void
give(const char *data, size_t n)
{
	AUTO_FREE uint8_t *exact = xmemdup(data, n);

	LLVMFuzzerTestOneInput(exact, n);
}

static void
replay(const char *path, unsigned *count)
{
	AUTO_BUF text = { 0 };
	size_t n;
	int r = io_slurp_at(AT_FDCWD, path, &text, FILE_MAX);

	if (r < 0)
		errx(3, "%s: %s", path, strerror(-r));
	for (n = 0; n < text.len; n += n < CUTS ? 1 : n)
		give(buf_str(&text), n);
	give(buf_str(&text), text.len);
	printf("ok %u - %s\n", ++*count, path_base(path));
	fflush(stdout);
}

static void
replay_all(const char *path, unsigned *count)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort), i;

	if (n < 0)
		replay(path, count);
	for (i = 0; i < n; i++) {
		AUTO_BUF file = { 0 };

		path_join(&file, path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			replay(buf_str(&file), count);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int
main(int argc, char *argv[])
{
	unsigned count = 0;
	int i;

	for (i = 1; i < argc; i++)
		replay_all(argv[i], &count);
	printf("1..%u\n", count);
	return count > 0 ? 0 : 1;
}
