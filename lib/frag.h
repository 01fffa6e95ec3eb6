/* Movie fragments of an ISO base media file (ISO/IEC 14496-12, 8.8): their samples added to the tracks. */
#ifndef FH_FRAG_H
#define FH_FRAG_H

#include "track.h"

/* Takes the defaults for fragments (trex) from an mvex box into the tracks. Returns 0, or -1 with words. */
int frag_defaults(struct track *tracks, size_t ntracks, struct box_file *f, const struct box *mvex, struct err *e);

/* Adds the samples of a moof box to their tracks and checks that they lie within the media bytes of m. Returns 0, or -1
 * with words. */
int frag_read(struct track *tracks, size_t ntracks, struct box_file *f, const struct box_map *m,
    const struct box *moof, struct err *e);

#endif
