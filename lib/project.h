/* Names of things inside a project folder (README, "The project folder"): one place, so that no tool spells them by itself. */
#ifndef FH_PROJECT_H
#define FH_PROJECT_H

#include <stdbool.h>

#include "buf.h"

#define PROJECT_STATE "project_state.json"
#define PROJECT_BACKUP ".state_backup.json"
#define PROJECT_LOCK ".build.lock"
#define PROJECT_PLAN "plan.json"
#define PROJECT_NARRATION "narration_script.py"
#define PROJECT_QC_REPORT "scene_qc_report.md"
#define PROJECT_VOICES "media/voiceovers/qwen"
#define PROJECT_VOICE_INDEX PROJECT_VOICES "/cache.json"
#define PROJECT_VOICE_HASH PROJECT_VOICES "/.cache_hash"
#define PROJECT_FINAL_VIDEO "final_video.mp4"

/* All append to out a path within the project folder. id: scene id, class: class name (both as they are: ask
 * project_name_ok first where they come from outside), quality: such as "1440p60". */
void project_video(struct buf *out, const char *id, const char *quality, const char *class);
void project_partials(struct buf *out, const char *id, const char *quality, const char *class);
void project_render_log(struct buf *out, const char *id, const char *suffix); /* render_ID.SUFFIX */
void project_scene_file(struct buf *out, const char *id);                     /* ID.py */

/* Whether name (a scene id, a class) can be part of a path inside the project: not empty, no '/', no control character, not
 * "." or "..". */
bool project_name_ok(const char *name);

/* The class that a scene's file defines: appends its name to out. The first class that derives from VoiceoverScene (also as
 * module.VoiceoverScene, among several bases, over several lines), else the first class at the start of a line. text is
 * Python source; what stands in triple-quoted strings or comments is no class. Returns whether there is one. */
bool project_class(const char *text, size_t n, struct buf *out);

/* As project_class, of the regular file name in dirfd (at most 16 MiB). Returns 1, 0 where there is no class, or -errno. */
int project_class_at(int dirfd, const char *name, struct buf *out);

/* The class name that goes with a scene id: scene_01_blue_dot -> Scene01BlueDot, scene_3 -> Scene3. Appends it; returns false (and
 * appends nothing) for an id of another form. */
bool project_class_of_id(const char *id, struct buf *out);

#endif
