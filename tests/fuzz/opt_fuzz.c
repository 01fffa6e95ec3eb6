/* Any words as a command line, under both rules. Words are separated by newlines. A refusal says why; no operand is lost
 * and none comes twice: options and operands together are the words that were given. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "opt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct things {
	bool keep, dry;
	unsigned verbose;
	int64_t jobs;
	const char *file, *mode, *repl, *lines;
	struct opt_list list;
};

static const char *const modes[] = { "fast", "slow", NULL };

#define F(f) OPT_FIELD(things, f)
static const struct opt rows[] = {
	{ "keep-order", 'k', "keeporder", F(keep), .group = "A", .help = "h" },
	{ "dry-run", 0, "dryrun just-print", F(dry), .group = "A", .help = "h" },
	{ "verbose", 'v', NULL, F(verbose), .group = "A", .help = "h" },
	{ "jobs", 'j', "max-procs P", F(jobs), .arg = "N", .min = -5, .max = 99, .group = "B", .help = "h" },
	{ "joblog", 0, NULL, F(file), .arg = "FILE", .group = "B", .help = "h" },
	{ "mode", 'm', NULL, F(mode), .arg = "MODE", .choices = modes, .group = "B", .help = "h" },
	{ "replace", 'i', NULL, F(repl), .arg = "STR", .arg_optional = true, .group = "B", .help = "h" },
	{ "max-lines", 'l', NULL, F(lines), .arg = "N", .arg_optional = true, .number = true, .group = "B", .help = "h" },
	{ "arg-file", 'a', NULL, F(list), .arg = "FILE", .group = "B", .help = "h" },
	{ "sql", 0, NULL, .type = OPT_NONE, .arg = "DB", .kind = OPT_REFUSED, .help = "h" },
};
static const struct tool tools[] = {
	{ "fh-plain", "", "", rows, ARRAY_LEN(rows) },
	{ "fh-perl", "", "", rows, ARRAY_LEN(rows), .stop_at_operand = true },
};

enum { WORDS_MAX = 64 };

static void
once(const struct tool *tool, const uint8_t *data, size_t n)
{
	AUTO_FREE char *copy = xstrndup((const char *)data, n);
	char name[] = "fh", *argv[WORDS_MAX + 2] = { name }, *walk = copy, *was[WORDS_MAX + 2];
	struct err e = { .msg = "" };
	struct things o = { 0 };
	int argc = 1, first = 0, i, k, found;
	enum opt_result r;

	while (argc <= WORDS_MAX && walk != NULL)
		argv[argc++] = strsep(&walk, "\n");
	argv[argc] = NULL;
	memcpy(was, argv, sizeof was);
	r = opt_parse(tool, &o, argc, argv, &first, &e);
	if (r == OPT_BAD && e.msg[0] == '\0')
		abort();
	if (r == OPT_RUN) {
		if (first < 1 || first > argc || argv[argc] != NULL || o.jobs < -5 || o.jobs > 99)
			abort();
		for (i = 0; i < argc; i++) {
			for (found = k = 0; k < argc; k++)
				found += argv[k] == was[i];
			if (found != 1)
				abort();
		}
	}
	free(o.list.v);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(tools); i++)
		once(&tools[i], data, n);
	return 0;
}
