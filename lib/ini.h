/* fh.ini: what a site, a user or a project sets once for all tools. One table (ini.c) knows every key; a key or value that
 * it does not know is an error with file and line, so that a slip of the pen never goes unnoticed.
 *
 *     /etc/fh.ini   <   $XDG_CONFIG_HOME/fh/fh.ini (~/.config/fh/fh.ini)   <   PROJECT/fh.ini   <   $FH_SECTION_KEY   <   options
 *
 * [section] lines, then `key = value` (or `key: value`); blanks around either do not count; lines that begin with ';'
 * or '#' are comments, within a line these characters are part of the value. An empty value is the default again.
 * To add a key: a field here, a row in ini.c (fh.7 shows it by itself). */
#ifndef FH_INI_H
#define FH_INI_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "mem.h"

/* The settings. Strings are NULL where nothing sets them and live until ini_fini. */
struct ini {
	struct {
		const char *command;   /* template of the renderer's command line */
		const char *video;     /* template of the file that it makes */
		const char *quality;
		const char *env;       /* NAME=VALUE words for the renderer */
		const char *transient; /* text in its output that marks a passing failure */
		const char *profile;
		const char *font;      /* font file for profile ffmpeg; NULL: one is looked for */
		const char *repo;      /* the pipeline's own folder, for PYTHONPATH; NULL: it is looked for */
		int64_t timeout_ns;    /* 0: none */
		int64_t attempts;
		int64_t backoff_ns, transient_wait_ns, grace_ns;
	} render;
	struct {
		int64_t job_memory_bytes;
		int64_t jobs_min, jobs_max;
		int64_t jobs_millipercent; /* share of the cores, 75 % = 75000 */
	} parallel;
	struct arena arena; /* holds the strings */
};

enum ini_type { INI_STR, INI_BOOL, INI_INT, INI_SIZE, INI_DURATION, INI_PERCENT };

/* A row of the table. */
struct ini_key {
	const char *section, *name;
	enum ini_type type;
	size_t off;                 /* in struct ini: const char *, bool, or int64_t in bytes, ns, 1/1000 % */
	int64_t min, max;           /* of an int64_t, in its unit; both 0 means any */
	const char *const *choices; /* INI_STR: NULL-terminated; NULL: any */
	const char *preset;         /* the default as it would stand in the file; NULL: unset (NULL, false, 0) */
	const char *arg;            /* metavar, for the man page */
	const char *variable;       /* of the pipeline's environment, which says it too; NULL: none */
	const char *help;           /* one line, lower case, no full stop */
};

/* The rows, ini_nkeys of them. */
extern const struct ini_key ini_keys[];
extern const size_t ini_nkeys;

/* Every key at its default. */
void ini_init(struct ini *c);

/* Reads one file over what c holds. name is taken from the folder dirfd; shown is what messages call it. A missing file is no
 * error. Returns 0, or -1 with words in e (e->code is an errno value where the file could not be read, else 0). */
int ini_read(struct ini *c, int dirfd, const char *name, const char *shown, struct err *e) FH_MUST_CHECK;

/* Sets one key, as a line of a file would. Returns 0, or -1 with words in e. */
int ini_set(struct ini *c, const char *section, const char *name, const char *value, struct err *e) FH_MUST_CHECK;

/* ini_init, then system, user and project file (fh.ini in the folder dirfd) in this order, then the environment: FH_RENDER_TIMEOUT
 * sets [render] timeout. Where $FH_INI is set, that file alone is read (it must be there; empty: none at all).
 * Returns 0, or -1 with words in e as ini_read. c must be given to ini_fini in either case. */
int ini_load(struct ini *c, int dirfd, struct err *e) FH_MUST_CHECK;

/* The pipeline's own variables over that, such as PHASE_RETRY_LIMIT; one that is empty says nothing. For who stands in for the
 * pipeline. Returns 0, or -1 with words in e. */
int ini_read_pipeline(struct ini *c, struct err *e) FH_MUST_CHECK;

void ini_fini(struct ini *c);

#define AUTO_INI __attribute__((cleanup(ini_fini))) struct ini

#endif
