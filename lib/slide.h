/* A scene drawn with ffmpeg alone: its title, and its narration as text that turns page in time with the voice, laid over
 * the recorded narration. For machines without manim, and for demos. The same input gives the same bytes. */
#ifndef FH_SLIDE_H
#define FH_SLIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "mem.h"

#define SLIDE_VERSION "slide 1" /* changes when what is drawn changes, so that old videos count as stale */

struct slide {
	const char *title;
	const char *text;       /* UTF-8; any white space, wrapped here */
	const char *audio;      /* file of the narration */
	int64_t audio_ns;       /* its length, > 0 */
	const char *video;      /* file to write */
	const char *work;       /* existing folder for files of ours, removed by who made it */
	const char *font;       /* font file; NULL: one is looked for */
};

/* Writes the text files and makes the ffmpeg command, in arena a (NULL-terminated; its first word is "ffmpeg"). *plain: no
 * font was found, so no text is drawn. Returns 0, or -1 with words. */
int slide_make(const struct slide *s, struct arena *a, char ***argv, bool *plain, struct err *e);

/* How long the video is to be, for a narration of audio_ns. */
int64_t slide_length_ns(int64_t audio_ns);

#endif
