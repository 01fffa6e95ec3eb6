/* Which narration keys have to be spoken: the script's texts compared with those in the cache. */
#ifndef FH_VOICE_KEYS_H
#define FH_VOICE_KEYS_H

#include "mem.h"
#include "pydict.h"
#include "js_view.h"
#include "voice.h"

enum voice_need {
	VOICE_KEY_FRESH,
	VOICE_KEY_STALE,    /* spoken with another text */
	VOICE_KEY_MISSING,  /* never spoken: no entry, or one without sound or text */
	VOICE_KEY_BROKEN,   /* its sound cannot be played */
	VOICE_KEY_ORPHANED, /* in the cache, no longer in the script */
	VOICE_NNEEDS
};
extern const char *const voice_need_name[VOICE_NNEEDS]; /* "fresh", "stale" ... */

struct voice_key {
	enum voice_need need;
	const char *key; /* n bytes, UTF-8, may hold NULs */
	size_t n;
	const char *why; /* BROKEN: the file and what is wrong with it; else NULL */
};

/* All-zero is an empty list. */
struct voice_keys {
	struct voice_key *v; /* the script's, in its order, then the orphaned ones in the order of the index */
	size_t n, cap;
	size_t count[VOICE_NNEEDS];
	struct pydict script;
	struct arena arena;
};

/* Reads SCRIPT from the project's narration script. Returns 0; or -1 with words: "narration_script.py: line L, column
 * C: ..." (code 0), or the file cannot be read (code: errno value). */
int voice_script(const struct voice *v, struct pydict *out, struct err *e);

/* Compares the script with the index that voice_check read (none: every key is missing). An entry belongs to its
 * narration_key, else to the stem of its sound's file name; of several the last one counts. A key without an entry is
 * fresh too where an entry without narration_key has its very text. With audio, the sound of each fresh key is looked at.
 * Returns 0 with the list in out (the caller's to voice_keys_fini), or -1 with words as voice_script. */
int voice_keys(const struct voice *v, bool audio, struct voice_keys *out, struct err *e);

/* How many have to be spoken. */
size_t voice_keys_needed(const struct voice_keys *k);
void voice_keys_fini(struct voice_keys *k);

/* Looks at the sound of the next entry from *it (js_iter(v->index)) on that cannot be played. Returns 1 with its position in
 * the index in *i, its file name in file and what is wrong in e; 0 where no more is found. *i starts as SIZE_MAX. */
int voice_fault_next(const struct voice *v, struct js_iter *it, size_t *i, struct buf *file, struct err *e);

#define AUTO_VOICE_KEYS __attribute__((cleanup(voice_keys_fini))) struct voice_keys

#endif
