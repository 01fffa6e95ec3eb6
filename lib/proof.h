/* Is a video whole and does it speak? */
#ifndef FH_PROOF_H
#define FH_PROOF_H

#include "buf.h"
#include "child.h"
#include "mp4.h"

struct proof {
	int64_t size_bytes;
	int64_t duration_ns; /* 0: not known (never for MP4) */
	bool probed;         /* by ffprobe: the container is none that we read ourselves */
	struct mp4 mp4;      /* all-zero where probed */
};

/* Looks at the file video: not empty, whole, with an audio track that has samples and a length. MP4 and its kin are read
 * in this process; for other containers ffprobe is run from h. Returns 0, or -1 with words that begin with the file's
 * name (e->code is ENOENT where it is missing, EINTR where a signal came). */
int proof_video(struct child_home *h, const char *video, struct proof *out, struct err *e);

/* Asks ffprobe for the length of a media file and whether it has an audio stream. Returns 0, or -1 with words. */
int proof_probe(struct child_home *h, const char *file, int64_t *duration_ns, bool *audio, struct err *e);

/* Appends a video that was seen whole as member name of a JSON object (js_put.h). */
void proof_json(struct buf *b, const char *name, const struct proof *p);

#endif
