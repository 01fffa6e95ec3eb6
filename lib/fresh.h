/* Is a rendered video still the one that its sources would give? By content: what it was made from is kept as hashes in
 * a small hidden file beside it, ".<video>.fh". It goes where the video goes, and where it is missing (the video is
 * older than this tool, or came from elsewhere) the times of the files decide. */
#ifndef FH_FRESH_H
#define FH_FRESH_H

#include <stdint.h>

#include "sha.h"

enum fresh_part { FRESH_SCENE, FRESH_TEXT, FRESH_AUDIO, FRESH_SETTINGS, FRESH_PARTS };

/* What a video is made from. An empty hash: not there, or not known; such a part is not compared. */
struct fresh_key {
	char hash[FRESH_PARTS][SHA_HEX];
	int64_t audio_bytes, audio_mtime_ns; /* of the audio file when it was hashed: the same again is not read again */
};

/* Hashes the file name (relative to where we are) into k. Returns 0, or -1 with words. */
int fresh_file(struct fresh_key *k, enum fresh_part part, const char *name, struct err *e);
/* As fresh_file of the audio file, which is read only when its size or time differ from those in was (may be NULL). A
 * missing file leaves the part empty. Returns 0, or -1 with words. */
int fresh_audio(struct fresh_key *k, const char *name, const struct fresh_key *was, struct err *e);
void fresh_bytes(struct fresh_key *k, enum fresh_part part, const void *p, size_t n);

/* The key kept beside video. Returns 1; 0 where there is none or it is none of ours (k is all empty then). */
int fresh_load(struct fresh_key *k, const char *video);
/* Keeps k beside video, atomically. Returns 0 or -errno. */
int fresh_store(const struct fresh_key *k, const char *video);
/* Takes it away. */
void fresh_forget(const char *video);

/* Takes over from was what now does not know. */
void fresh_fill(struct fresh_key *now, const struct fresh_key *was);

/* What differs, as words ("scene file", "narration text, settings"); "" where nothing does. Into out of n bytes. Returns
 * out. */
char *fresh_changes(const struct fresh_key *was, const struct fresh_key *now, char *out, size_t n);

/* Whether the file name is newer than video by more than FRESH_SLACK_NS (file systems count in steps of up to 2 s; copies
 * of a project are made in any order). A missing file is not newer. */
#define FRESH_SLACK_NS (2 * INT64_C(1000000000))
bool fresh_is_newer(const char *name, const char *video);

#endif
