/* What fh-voicecheck is asked: filled from its option table. */
#ifndef FH_VOICECHECK_H
#define FH_VOICECHECK_H

#include <stdbool.h>

struct voice_opts {
	const char *keys;    /* NULL: not asked; "": all that are not fresh, with their state; else one state, or "need" */
	const char *text;    /* the key whose text is printed, or NULL */
	const char *backend; /* NULL: from the environment */
	bool audio, update, dry_run, json, nul, quiet;
};

#endif
