/* One JSON object, written member by member: "{", then each call a member; who wrote the last one adds "}". */
#ifndef FH_JS_PUT_H
#define FH_JS_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

/* Each appends one member to b, which holds nothing else; an empty b gets its "{" first. text NULL: null. */
void js_put_text(struct buf *b, const char *name, const char *text);
void js_put_int(struct buf *b, const char *name, int64_t n);
void js_put_bool(struct buf *b, const char *name, bool yes);
/* ns as seconds with six decimals. */
void js_put_seconds(struct buf *b, const char *name, int64_t ns);
/* An object made in the same way (its "}" is added here). */
void js_put_object(struct buf *b, const char *name, const struct buf *object);

#endif
