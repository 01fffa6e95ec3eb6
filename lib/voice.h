/* Is the spoken narration of a project up to date? The verdict on the cache as a whole, in the pipeline's order and
 * words. Which keys have to be spoken: voice_keys.h. */
#ifndef FH_VOICE_H
#define FH_VOICE_H

#include <stdbool.h>

#include "buf.h"
#include "js.h"
#include "sha.h"

enum voice_verdict {
	VOICE_FRESH,   /* valid */
	VOICE_NO_HASH, /* valid: there is no hash yet, or was none and it has been written */
	VOICE_CHANGED, /* the script is another than the one that was spoken */
	VOICE_NO_INDEX,
	VOICE_NO_SCRIPT,
	VOICE_BAD_INDEX, /* no array of entries */
	VOICE_NVERDICTS
};
extern const char *const voice_verdict_name[VOICE_NVERDICTS]; /* "fresh", "no-hash" ... for scripts */

struct voice {
	int dirfd;                  /* the project folder */
	struct buf folder;          /* of the cache, from the project folder */
	struct buf text;            /* of cache.json */
	struct js index;            /* its array, a view of text; p is NULL unless voice_check read one */
	char hash[SHA_HEX];         /* of the script; "" where it is not known */
	struct buf cached;          /* what .cache_hash holds, trimmed */
	bool has_cached;            /* whether there is a .cache_hash */
	enum voice_verdict verdict; /* of voice_check */
	struct buf say;             /* its message, without newline */
	struct buf note;            /* why, where the message does not tell; for people, "" else */
};

#define VOICE_BACKEND "FLAMING_HORSE_TTS_BACKEND" /* environment */

/* Opens the project folder dir for backend ("qwen" or "mlx") into v (the caller's to voice_close). The cache is in the
 * `output_dir` of voice_clone_config.json where that names one (~ is $HOME); else in media/voiceovers/mlx where the backend
 * is mlx and an index stands there; else in media/voiceovers/qwen, where the pipeline's precache step writes for either.
 * Returns 0, or -1 with words. */
int voice_open(struct voice *v, const char *dir, const char *backend, struct err *e);
void voice_close(struct voice *v);

/* The verdict, in v->verdict, with its message in v->say: is there an index, a script, is the index an array of entries
 * with sound and text, is the script's hash the one that is kept. A missing hash is written where create is true. A
 * script that is no UTF-8 has changed. Returns 0; or -1 with words, whose code is the errno value, where a file cannot be
 * read or the hash not be written. */
int voice_check(struct voice *v, bool create, struct err *e);

/* After voice_check gave FRESH, CREATED or CHANGED: keeps the script's hash, atomically, unless it is kept already. The
 * verdict becomes VOICE_FRESH. Returns 0, or -1 with words (VOICE_CHANGED by a script that is no UTF-8: code EILSEQ). */
int voice_update(struct voice *v, struct err *e);

/* Sound and text of an index entry, string tokens: audio_file or final_audio, text or input_text, of each the first that
 * is not empty (as Python's `a or b`). Returns NULL, or what is wrong: "is not an object", "missing audio file field",
 * "missing text field". */
const char *voice_entry(struct js entry, struct js *audio, struct js *text);

/* Whether a file that cannot be opened for this errno value simply is not there. */
bool voice_absent(int code);

#define AUTO_VOICE __attribute__((cleanup(voice_close))) struct voice

#endif
