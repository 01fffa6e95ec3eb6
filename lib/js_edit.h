/* Edits of a JSON text that keep every byte they do not mean: each is a cut and some bytes in its place, laid out like
 * what stands around it (json.dump's indentation, a minified line, or somebody's own hand). */
#ifndef FH_JS_EDIT_H
#define FH_JS_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "js.h"

struct js_cut {
	size_t at, cut;    /* bytes of the old text to leave out */
	size_t from, bytes; /* what comes in their place, in js_edits.bytes */
};

/* Edits that are decided but not yet made. All-zero is none. Positions are those of the text as it is: edits of one list
 * must not overlap; those at the same place come out in the order they were decided. */
struct js_edits {
	struct js_cut *v;
	size_t n, cap;
	struct buf bytes;
};

/* new is the text of a checked JSON value (js_root of it is taken); it is laid out to fit. */

/* Puts new in place of value old, which is in text. */
void js_edit_replace(struct js_edits *e, const char *text, struct js old, const char *new);
/* Appends a member name (n bytes, as decoded) to object o. */
void js_edit_add_member(struct js_edits *e, const char *text, struct js o, const char *name, size_t n, const char *new);
/* Appends an element to array a. */
void js_edit_add_element(struct js_edits *e, const char *text, struct js a, const char *new);
/* Takes out the members of array or object c for which drop says so (i counts from 0). A container that is left with
 * none becomes [] or {}. Returns how many went. */
typedef bool js_drop_fn(const void *arg, size_t i, struct js key, struct js value);
size_t js_edit_drop(struct js_edits *e, const char *text, struct js c, js_drop_fn *drop, const void *arg);

/* Makes the edits in text and forgets them. */
void js_edit_make(struct js_edits *e, struct buf *text);
void js_edits_fini(struct js_edits *e);

#define AUTO_EDITS __attribute__((cleanup(js_edits_fini))) struct js_edits

#endif
