/* Where in a state? Fields as people write them. */
#ifndef FH_STATE_PATH_H
#define FH_STATE_PATH_H

#include <stdbool.h>

#include "err.h"
#include "js.h"
#include "js_edit.h"
#include "mem.h"

/* A field is a dotted path ("flags.dry_run", "scenes.0.id", "scenes.-1.id"), a JSON Pointer (RFC 6901: "/scenes/0/id", for
 * keys with dots), or "" for the whole. A part is a member's name, or in an array a position: from 0, or negative
 * from the end. */

/* The value at field; absent where there is none. */
struct js state_get(struct js root, const char *field);

/* Decides the edits that put new (text of a checked JSON value) at field. Missing objects on the way are made; the part "-" is the
 * place after the last element. Returns 0, or -1 with words in e that name the field. */
int state_path_set(struct js_edits *edits, const char *text, const char *field, const char *new, struct err *e);
/* Decides the edits that take field out. Returns 0, or -1 with words (there is no such field). */
int state_path_delete(struct js_edits *edits, const char *text, const char *field, struct err *e);
/* Decides the edits that append new to the array at field, which is made where it is missing. Returns 0, or -1 with words. */
int state_path_append(struct js_edits *edits, const char *text, const char *field, const char *new, struct err *e);

#endif
