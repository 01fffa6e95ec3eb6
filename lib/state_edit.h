/* Changes of a state in memory: fields, the run count, errors, history. Each takes a state open for editing and keeps every
 * byte it does not mean. They return 0, or -1 with words in e (then the state's text may be changed in part: do not
 * save). now: a time as clock_utc writes it. json: the text of a checked JSON value. */
#ifndef FH_STATE_EDIT_H
#define FH_STATE_EDIT_H

#include <stddef.h>

#include "err.h"
#include "js_edit.h"
#include "state.h"

/* Makes edits (decided on s->text) in s. */
void state_make(struct state *s, struct js_edits *edits);

/* Field as in state_path.h. */
int state_set(struct state *s, const char *field, const char *json, struct err *e);
/* As state_set, with n bytes of text as a string. */
int state_set_text(struct state *s, const char *field, const char *text, size_t n, struct err *e);
int state_delete(struct state *s, const char *field, struct err *e);
int state_append(struct state *s, const char *field, const char *json, struct err *e);
/* Puts json in place of value v, which is a view of s->text (and dies, as all others, with this call). */
void state_replace(struct state *s, struct js v, const char *json);
/* Sets member name of object o, a view of s->text. */
void state_put(struct state *s, struct js o, const char *name, const char *json);

/* updated_at becomes now. */
int state_touch(struct state *s, const char *now, struct err *e);
/* Adds 1 to run_count (a number; whole numbers of any length) and sets updated_at. */
int state_increment(struct state *s, const char *now, struct err *e);

/* Appends text (n bytes) to errors unless it is there. */
int state_error_add(struct state *s, const char *text, size_t n, struct err *e);
/* Takes out the errors that are strings and begin with one of the count prefixes ("": all of them, and what is no string
 * too). *cleared: how many went. */
int state_error_clear(struct state *s, const char *const *prefixes, size_t count, size_t *cleared, struct err *e);
/* Appends to history. */
int state_history_add(struct state *s, const char *json, struct err *e);

#endif
