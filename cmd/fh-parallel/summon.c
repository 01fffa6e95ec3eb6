/* Decides what is run on another machine to have an agent there. Must never know who calls it, or when.
 * Invariants of --bootstrap: 1. what is executed has been found, just before, to have the hash of our own program: a copy that
 *                was altered, or came only in part, is removed and never run.
 *             2. copies are in a folder of the user's that nobody else may enter, under names made of the hash alone; they are
 *                written under another name first. */
#include "summon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "far.h"
#include "io.h"
#include "mem.h"
#include "self.h"
#include "sha.h"

#define PROGRAM_MAX ((size_t)256 << 20)

struct summon {
	struct buf program; /* our own; empty: it is not sent */
	char hash[SHA_HEX];
};

static const char summon_found[] =
    "command -v fh-parallel >/dev/null || { echo 'fh-parallel: not found' >&2; exit 127; }\n"
    "exec fh-parallel --plain --agent";

/* $1 the hash, $2 the size of our program. Copies that nobody has asked for in a month go when another is made. */
static const char summon_sent[] =
    "die() { echo \"--bootstrap: $*\" >&2; exit 126; }\n"
    "hash_is() {\n"
    "if command -v sha256sum >/dev/null; then s=$(sha256sum <\"$2\")\n"
    "elif command -v shasum >/dev/null; then s=$(shasum -a 256 <\"$2\")\n"
    "elif command -v openssl >/dev/null; then s=$(openssl dgst -r -sha256 <\"$2\")\n"
    "else die 'no sha256sum, shasum or openssl there'; fi\n"
    "[ \"${s%%[ *]*}\" = \"$1\" ]\n"
    "}\n"
    "umask 077\n"
    "d=${XDG_CACHE_HOME:-$HOME/.cache}/fh-parallel p=$d/agent-$1\n"
    "mkdir -p -- \"$d\" && [ ! -L \"$d\" ] && [ -O \"$d\" ] && chmod 700 -- \"$d\" || die \"$d: no folder of our own\"\n"
    "if [ -L \"$p\" ] || [ ! -f \"$p\" ] || [ ! -O \"$p\" ] || ! hash_is \"$1\" \"$p\"; then\n"
    "find \"$d\" -name 'agent-*' -mtime +30 -exec rm -f {} + 2>/dev/null\n"
    "rm -rf -- \"$p\"\n"
    "t=$(mktemp \"$d/new-XXXXXX\") || die \"$d: cannot be written to\"\n"
    "trap 'rm -f -- \"$t\"' EXIT\n"
    "printf '\\0fh-agent?\\n'\n"
    "head -c \"$2\" >\"$t\" && hash_is \"$1\" \"$t\" || die 'what came is not what was sent'\n"
    "chmod 700 \"$t\" && mv -f -- \"$t\" \"$p\" || die \"$p: cannot be put there\"\n"
    "trap - EXIT\n"
    "else touch -- \"$p\"; fi\n"
    "exec \"$p\" --plain --agent";

static int
summon_read(struct summon *s, const char *argv0, struct err *e)
{
	AUTO_FD fd = self_open(argv0);
	struct sha h;
	int r = fd < 0 ? fd : io_slurp(fd, &s->program, PROGRAM_MAX);

	if (r < 0)
		return err_sys(e, -r, "--bootstrap: our own program");
	sha_init(&h);
	sha_add(&h, s->program.data, s->program.len);
	sha_end(&h, s->hash);
	return 0;
}

int
summon_new(const struct opts *o, struct summon **out, struct err *e)
{
	struct summon *s = xcalloc(1, sizeof *s);

	if (o->bootstrap && summon_read(s, o->argv0, e) < 0) {
		summon_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
summon_free(struct summon *s)
{
	if (s == NULL)
		return;
	buf_fini(&s->program);
	free(s);
}

void
summon_text(const struct summon *s, struct buf *out)
{
	AUTO_BUF words = { 0 };
	char size[24];

	far_begin(&words);
	if (s->program.len > 0) {
		snprintf(size, sizeof size, "%zu", s->program.len);
		far_word(&words, s->hash);
		far_word(&words, size);
	}
	far_end(&words, s->program.len > 0 ? summon_sent : summon_found, out);
}

struct view
summon_program(const struct summon *s)
{
	return (struct view){ s->program.data, s->program.len };
}
