/* Names of files as text. Nothing here touches the file system. */
#ifndef FH_PATH_H
#define FH_PATH_H

#include <stdbool.h>

#include "buf.h"

/* What follows the last '/' of path (path itself where there is none). Borrowed from path. */
const char *path_base(const char *path);

/* Appends the folder part of path: "." where it has no '/', "/" for a file in the root. */
void path_dir(struct buf *out, const char *path);

/* Appends dir, a '/' where one is needed, and name. An absolute name, or an empty dir, leaves dir out. */
void path_join(struct buf *out, const char *dir, const char *name);

/* Whether name can stand as one file name: not empty, no '/', not "." or "..". */
bool path_is_plain(const char *name);

/* Whether path, taken from a folder, stays inside it: relative, with no ".." part, not empty. */
bool path_is_inside(const char *path);

#endif
