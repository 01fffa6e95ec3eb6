/* Decides which settings fh.ini may hold, where they are looked for and which one wins. Must never know what a tool
 * does with them.
 * The only user of inih. Its builds differ (Debian's cuts lines at 200 bytes, ends values at " ;" and takes an indented line for
 * a continued value, others not), so it reads each line with the value put aside: it sees `key=.`, decides what is
 * section, key and comment, and the value, of any length, is taken from the file's own bytes (ini_line).
 * Invariants: 1. a line is accepted whole or named in the error.   2. the first error ends the reading. */
#include "ini.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "io.h"
#include "near.h"
#include "num.h"
#include "path.h"

enum { FILE_MAX = 1 << 20, WORD_MAX = 48 }; /* inih keeps 49 bytes of a name */

#define SECOND INT64_C(1000000000)
#define ROW(s, n, t, f) .section = s, .name = n, .type = t, .off = offsetof(struct ini, f)

static const char *const profiles[] = { "manim", "ffmpeg", NULL };

const struct ini_key ini_keys[] = {
	{ ROW("render", "command", INI_STR, render.command), .arg = "COMMAND",
	    .help = "command line that renders one scene, with placeholders" },
	{ ROW("render", "video", INI_STR, render.video), .arg = "FILE", .help = "file that the command makes, with placeholders" },
	{ ROW("render", "quality", INI_STR, render.quality), .arg = "WORD", .help = "quality handed to the renderer" },
	{ ROW("render", "env", INI_STR, render.env), .arg = "NAME=VALUE ...", .help = "environment added for the renderer" },
	{ ROW("render", "timeout", INI_DURATION, render.timeout_ns), .preset = "1h", .min = 0, .max = INT64_MAX, .arg = "DURATION",
	    .help = "time limit of one attempt, 0 for none" },
	{ ROW("render", "attempts", INI_INT, render.attempts), .preset = "3", .min = 1, .max = 1000, .arg = "N",
	    .variable = "PHASE_RETRY_LIMIT",
	    .help = "how often a scene is tried (PHASE_RETRY_LIMIT overrides it)" },
	{ ROW("render", "backoff", INI_DURATION, render.backoff_ns), .preset = "2", .min = 0, .max = INT64_MAX, .arg = "DURATION",
	    .variable = "PHASE_RETRY_BACKOFF_SECONDS",
	    .help = "wait between attempts (PHASE_RETRY_BACKOFF_SECONDS overrides it)" },
	{ ROW("render", "transient_wait", INI_DURATION, render.transient_wait_ns), .preset = "10", .min = 0, .max = INT64_MAX,
	    .arg = "DURATION", .help = "wait after a passing failure, doubled each time" },
	{ ROW("render", "grace", INI_DURATION, render.grace_ns), .preset = "5", .min = 0, .max = INT64_MAX, .arg = "DURATION",
	    .help = "between TERM and KILL for a renderer that must go" },
	{ ROW("render", "font", INI_STR, render.font), .arg = "FILE", .help = "font file for profile ffmpeg" },
	{ ROW("render", "repo", INI_STR, render.repo), .arg = "DIR",
	    .help = "the pipeline's own folder, which PYTHONPATH is extended by with its scripts" },
	{ ROW("render", "transient", INI_STR, render.transient), .preset = "too_many_concurrent_requests", .arg = "TEXT",
	    .help = "text in the renderer's output that marks a passing failure" },
	{ ROW("render", "profile", INI_STR, render.profile), .choices = profiles, .arg = "NAME", .help = "built-in set of the values above" },
	{ ROW("parallel", "job_memory", INI_SIZE, parallel.job_memory_bytes), .preset = "1.5G", .min = 1, .max = INT64_MAX,
	    .arg = "SIZE", .help = "memory that one job needs, for -j auto" },
	{ ROW("parallel", "jobs_min", INI_INT, parallel.jobs_min), .preset = "1", .min = 1, .max = 65535, .arg = "N",
	    .help = "fewest jobs that -j auto chooses" },
	{ ROW("parallel", "jobs_max", INI_INT, parallel.jobs_max), .preset = "4", .min = 1, .max = 65535, .arg = "N",
	    .help = "most jobs that -j auto chooses" },
	{ ROW("parallel", "jobs_percent", INI_PERCENT, parallel.jobs_millipercent), .preset = "75%", .min = 1, .max = 10000000,
	    .arg = "N%", .help = "share of the usable cores that -j auto takes" },
};
const size_t ini_nkeys = ARRAY_LEN(ini_keys);

/* --- one value --------------------------------------------------------------------------------------------------- */
static int
read_number(const struct ini_key *k, const char *value, int64_t *out, struct err *e)
{
	switch (k->type) {
	case INI_SIZE:
		return num_size(value, out, e);
	case INI_DURATION:
		return num_duration(value, out, e);
	case INI_PERCENT:
		return num_percent(value, out, e);
	default:
		return num_int(value, INT64_MIN, INT64_MAX, out, e);
	}
}

static int
store_number(const struct ini_key *k, int64_t *field, const char *value, struct err *e)
{
	int64_t n;

	if (read_number(k, value, &n, e) < 0)
		return -1;
	if ((k->min != 0 || k->max != 0) && n < k->min)
		return err_set(e, 0, "'%s': too small", value);
	if ((k->min != 0 || k->max != 0) && n > k->max)
		return err_set(e, 0, "'%s': too large", value);
	*field = n;
	return 0;
}

static int
store_bool(bool *field, const char *value, struct err *e)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(value, words[i]) == 0) {
			*field = i % 2 == 1;
			return 0;
		}
	}
	return err_set(e, 0, "'%s': not true or false", value);
}

static int
store_text(struct ini *c, const struct ini_key *k, const char **field, const char *value, struct err *e)
{
	struct near near = { .word = value, .len = strlen(value) };
	size_t i;

	for (i = 0; k->choices != NULL && k->choices[i] != NULL && strcmp(k->choices[i], value) != 0; i++)
		near_try(&near, k->choices[i], strlen(k->choices[i]));
	if (k->choices != NULL && k->choices[i] == NULL)
		return near.best != NULL ? err_set(e, 0, "'%s': unknown (did you mean '%s'?)", value, near.best) :
		                           err_set(e, 0, "'%s': unknown", value);
	*field = arena_strdup(&c->arena, value);
	return 0;
}

static void
unset(struct ini *c, const struct ini_key *k)
{
	void *field = (char *)c + k->off;

	if (k->type == INI_STR)
		*(const char **)field = NULL;
	else if (k->type == INI_BOOL)
		*(bool *)field = false;
	else
		*(int64_t *)field = 0;
}

/* value NULL or "": the default. */
static int
store(struct ini *c, const struct ini_key *k, const char *value, struct err *e)
{
	void *field = (char *)c + k->off;

	if (value == NULL || *value == '\0')
		value = k->preset;
	if (value == NULL) {
		unset(c, k);
		return 0;
	}
	if (k->type == INI_STR)
		return store_text(c, k, field, value, e);
	if (k->type == INI_BOOL)
		return store_bool(field, value, e);
	return store_number(k, field, value, e);
}

/* --- names ------------------------------------------------------------------------------------------------------- */
/* 0 where a row is in the section of n bytes; -1 with words in e where none is. */
static int
find_section(const char *section, size_t n, struct err *e)
{
	struct near near = { .word = section, .len = n };
	size_t i;

	for (i = 0; i < ini_nkeys; i++) {
		if (strncmp(ini_keys[i].section, section, n) == 0 && ini_keys[i].section[n] == '\0')
			return 0;
		near_try(&near, ini_keys[i].section, strlen(ini_keys[i].section));
	}
	if (near.best != NULL)
		return err_set(e, 0, "[%.*s]: unknown section (did you mean '%s'?)", (int)n, section, near.best);
	return err_set(e, 0, "[%.*s]: unknown section", (int)n, section);
}

/* The key's row, or NULL with words in e. */
static const struct ini_key *
find_key(const char *section, const char *name, struct err *e)
{
	struct near near = { .word = name, .len = strlen(name) };
	size_t i;

	if (*section == '\0') {
		err_set(e, 0, "%s: stands before any [section]", name);
		return NULL;
	}
	if (find_section(section, strlen(section), e) < 0)
		return NULL;
	for (i = 0; i < ini_nkeys; i++) {
		if (strcmp(ini_keys[i].section, section) != 0)
			continue;
		if (strcmp(ini_keys[i].name, name) == 0)
			return &ini_keys[i];
		near_try(&near, ini_keys[i].name, strlen(ini_keys[i].name));
	}
	if (near.best != NULL)
		err_set(e, 0, "[%s] %s: unknown key (did you mean '%s'?)", section, name, near.best);
	else
		err_set(e, 0, "[%s] %s: unknown key", section, name);
	return NULL;
}

int
ini_set(struct ini *c, const char *section, const char *name, const char *value, struct err *e)
{
	const struct ini_key *k = find_key(section, name, e);

	if (k == NULL)
		return -1;
	return store(c, k, value, e) < 0 ? err_wrap(e, "[%s] %s", section, name) : 0;
}

/* --- one file ---------------------------------------------------------------------------------------------------- */
struct reading {
	struct ini *c;
	char *rest;        /* what inih has not seen yet; cut into lines in place */
	const char *value; /* of the line that inih sees now */
	int line;          /* its number, from 1 */
	int *seen;         /* line of each row of ini_keys, 0: not yet in this file */
	bool failed;
	struct err *e;
};

/* Ends the reading with the line's number in front of what r->e says. Returns 0, which tells inih so. */
static int
stop(struct reading *r)
{
	r->failed = true;
	err_wrap(r->e, "line %d", r->line);
	return 0;
}

static char *
trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	for (n = strlen(s); n > 0 && isspace((unsigned char)s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}

/* The line as inih shall see it, with the value put aside; NULL where it is wrong, with words in r->e. */
static const char *
ini_line(struct reading *r, char *line)
{
	char *at;

	r->value = "";
	if (*line == '\0' || *line == ';' || *line == '#')
		return "";
	if (*line == '[') {
		at = strchr(line, ']');
		if (at != NULL && at[1] == '\0')
			return find_section(line + 1, (size_t)(at - line) - 1, r->e) < 0 ? NULL : line;
		err_set(r->e, 0, "'%s': not a [section]", line);
		return NULL;
	}
	at = line + strcspn(line, "=:");
	if (*at == '\0' || at == line) {
		err_set(r->e, 0, "'%s': not 'key = value'", line);
		return NULL;
	}
	*at = '\0';
	r->value = trim(at + 1);
	at = trim(line);
	if (strlen(at) <= WORD_MAX)
		return at;
	err_set(r->e, 0, "%s: unknown key", at);
	return NULL;
}

/* inih's fgets. */
static char *
next_line(char *out, int size, void *arg)
{
	struct reading *r = arg;
	const char *line;
	char *from = r->rest;

	if (r->failed || from == NULL || *from == '\0')
		return NULL;
	r->line++;
	r->rest = strchr(from, '\n');
	if (r->rest != NULL)
		*r->rest++ = '\0';
	if ((line = ini_line(r, trim(from))) == NULL) {
		stop(r);
		return NULL;
	}
	snprintf(out, (size_t)size, "%s%s\n", line, *line != '\0' && *line != '[' ? "=." : "");
	return out;
}

/* inih's handler: 1 goes on. */
static int
take_line(void *arg, const char *section, const char *name, const char *placeholder FH_UNUSED)
{
	struct reading *r = arg;
	const struct ini_key *k;
	int *seen;

	if (r->failed)
		return 0;
	if ((k = find_key(section, name, r->e)) == NULL)
		return stop(r);
	seen = &r->seen[k - ini_keys];
	if (*seen != 0) {
		err_set(r->e, 0, "[%s] %s: given twice, first in line %d", section, name, *seen);
		return stop(r);
	}
	*seen = r->line;
	if (store(r->c, k, r->value, r->e) == 0)
		return 1;
	err_wrap(r->e, "[%s] %s", section, name);
	return stop(r);
}

static int
parse(struct ini *c, struct buf *text, struct err *e)
{
	AUTO_FREE int *seen = xcalloc(ini_nkeys, sizeof *seen);
	struct reading r = { .c = c, .rest = text->data, .seen = seen, .e = e };
	int bad;

	if (text->len == 0)
		return 0;
	if (strlen(text->data) != text->len)
		return err_set(e, 0, "not a text file");
	if (strncmp(r.rest, "\xef\xbb\xbf", 3) == 0)
		r.rest += 3;
	bad = ini_parse_stream(next_line, &r, take_line, &r);
	if (r.failed)
		return -1;
	return bad != 0 ? err_set(e, 0, "line %d: cannot be read", bad) : 0;
}

int
ini_read(struct ini *c, int dirfd, const char *name, const char *shown, struct err *e)
{
	AUTO_BUF text = { 0 };
	int r = io_slurp_at(dirfd, name, &text, FILE_MAX);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return err_sys(e, -r, "%s", shown);
	return parse(c, &text, e) < 0 ? err_wrap(e, "%s", shown) : 0;
}

/* --- all of them ------------------------------------------------------------------------------------------------- */
void
ini_init(struct ini *c)
{
	struct err e;
	size_t i;

	memset(c, 0, sizeof *c);
	for (i = 0; i < ini_nkeys; i++)
		if (store(c, &ini_keys[i], NULL, &e) < 0)
			err_bug("ini: preset of %s: %s", ini_keys[i].name, e.msg);
}

static int
read_user(struct ini *c, struct err *e)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	AUTO_BUF path = { 0 };

	if (base != NULL && *base == '/')
		path_join(&path, base, "fh/fh.ini");
	else if (home != NULL && *home == '/')
		path_join(&path, home, ".config/fh/fh.ini");
	else
		return 0;
	return ini_read(c, AT_FDCWD, buf_str(&path), buf_str(&path), e);
}

static int
read_environment(struct ini *c, struct err *e)
{
	const char *value;
	char *p;
	size_t i;

	for (i = 0; i < ini_nkeys; i++) {
		AUTO_BUF name = { 0 };

		buf_addf(&name, "FH_%s_%s", ini_keys[i].section, ini_keys[i].name);
		for (p = name.data; *p != '\0'; p++)
			*p = (char)toupper((unsigned char)*p);
		value = getenv(name.data);
		if (value != NULL && store(c, &ini_keys[i], value, e) < 0)
			return err_wrap(e, "%s", name.data);
	}
	return 0;
}

int
ini_read_pipeline(struct ini *c, struct err *e)
{
	const struct ini_key *k;
	const char *value;

	for (k = ini_keys; k < ini_keys + ini_nkeys; k++) {
		value = k->variable != NULL ? getenv(k->variable) : NULL;
		if (value != NULL && *value != '\0' && store(c, k, value, e) < 0)
			return err_wrap(e, "%s", k->variable);
	}
	return 0;
}

int
ini_load(struct ini *c, int dirfd, struct err *e)
{
	const char *only = getenv("FH_INI");

	ini_init(c);
	if (only != NULL) {
		if (*only != '\0' && access(only, F_OK) < 0)
			return err_sys(e, errno, "%s", only);
		if (*only != '\0' && ini_read(c, AT_FDCWD, only, only, e) < 0)
			return -1;
	} else if (ini_read(c, AT_FDCWD, "/etc/fh.ini", "/etc/fh.ini", e) < 0 || read_user(c, e) < 0 ||
	           ini_read(c, dirfd, "fh.ini", "fh.ini", e) < 0)
		return -1;
	return read_environment(c, e);
}

void
ini_fini(struct ini *c)
{
	arena_fini(&c->arena);
	memset(c, 0, sizeof *c);
}
