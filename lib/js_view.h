/* Reads JSON values in place: views (struct js, js.h) of a text that js_check has passed. */
#ifndef FH_JS_VIEW_H
#define FH_JS_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "js.h"

enum js_type { JS_NONE, JS_NULL, JS_BOOL, JS_NUMBER, JS_STRING, JS_ARRAY, JS_OBJECT };

/* The value that text (checked, NUL-terminated) holds. */
struct js js_root(const char *text);

/* By its first byte. JS_NONE where p is NULL. */
enum js_type js_type(struct js v);
/* What a value is called in messages: "a string", "an object", "missing" ... */
const char *js_type_name(struct js v);

/* Walks an array or object (anything else has no members):
 *     struct js_iter it = js_iter(v);
 *     while (js_next(&it, &key, &value)) ...
 * key is the string token, quotes included; it has p == NULL in arrays. */
struct js_iter {
	const char *p; /* where to look next; NULL: at the end */
	bool keyed;
};
struct js_iter js_iter(struct js v);
bool js_next(struct js_iter *it, struct js *key, struct js *value);

/* How deep v is nested: 0 for what is no array or object, 1 for [] ... */
size_t js_depth(struct js v);
/* Members of an array or object. */
size_t js_count(struct js v);
/* The member named name (n bytes, as decoded) of object v; of several the last one counts, as in Python and json-c. Absent
 * where v is no object. */
struct js js_member_n(struct js v, const char *name, size_t n);
struct js js_member(struct js v, const char *name);
/* As js_member for n names at once, in one walk: out[i] is the member names[i], or absent. */
void js_pick(struct js v, const char *const names[], size_t n, struct js out[]);
/* Element i of array v, from 0; absent where there is none. */
struct js js_element(struct js v, size_t i);

/* Whether string token s decodes to name (n bytes). False where s is no string. */
bool js_is_n(struct js s, const char *name, size_t n);
bool js_is(struct js s, const char *name);
/* Whether s is a string that begins with prefix (n bytes). */
bool js_begins(struct js s, const char *prefix, size_t n);
/* Whether v is the word true. */
bool js_is_true(struct js v);
/* As Python's bool(): false for none, null, false, zero, "", [] and {}. */
bool js_truthy(struct js v);
/* Whether v is a number without point, exponent or name (an int to Python). */
bool js_is_int(struct js v);

/* The value of number v, 0 for anything else. The point is a point whatever the locale (a shell that loads us has one). */
double js_number(struct js v);

#endif
