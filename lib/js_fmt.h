/* JSON values as text: laid out as the surrounding document is. */
#ifndef FH_JS_FMT_H
#define FH_JS_FMT_H

#include "buf.h"
#include "js.h"

/* How a document is laid out. */
struct js_style {
	const char *unit;    /* what one level is indented by; NULL: all on one line */
	const char *newline; /* "\n" or "\r\n" */
	const char *comma;   /* between members on one line: ", " or "," */
	const char *colon;   /* ": " or ":" */
};

extern const struct js_style js_indent2; /* as json.dump(..., indent=2) */
extern const struct js_style js_line;    /* as json.dumps(...): one line, ", " and ": " */

/* Appends v (JS_NONE: null) in style. indent (n bytes) stands before the closing bracket of a value of several lines, not
 * before its first line. Numbers and names keep their text, strings get the spelling of js_encode, of equal keys the
 * first place and the last value are kept, as Python's dict does; empty ones become [] and {}. */
void js_print(struct buf *out, struct js v, const struct js_style *style, const char *indent, size_t n);

/* Appends a text that is equal for values that Python's json.dumps(v, sort_keys=True) writes alike: keys sorted, one spelling for
 * strings and for numbers (1.0 and 1.00; an int and a float differ). */
void js_canon(struct buf *out, struct js v);

/* The shortest text that reads back as x, as Python's repr() and json write it: "0.1", "1e-05", "1e+16", "NaN". Into out. */
#define JS_DOUBLE_LEN 48
char *js_double(double x, char out[JS_DOUBLE_LEN]);

#endif
