/* Decides what the verbs on the state as a whole do: new, backup, restore, validate, normalize, apply. Must never know a
 * field (state_norm.c, state_apply.c, state_valid.c do).
 * Invariant: text that normalize throws away is on disk under another name before the state is replaced (keep_broken). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "io.h"
#include "js_text.h"
#include "js_view.h"
#include "path.h"
#include "project.h"
#include "state_apply.h"
#include "state_edit.h"
#include "state_norm.h"
#include "state_valid.h"
#include "state_verb.h"

/* The project's name: that of its folder, wherever we stand. */
static void
folder_name(const struct state_call *c, struct buf *out)
{
	AUTO_FREE char *real = realpath(c->folder, NULL);

	buf_adds(out, real != NULL ? path_base(real) : "");
	if (out->len == 0)
		buf_adds(out, "project");
}

static void
backup_path(const struct state_call *c, struct buf *out)
{
	path_join(out, c->folder, PROJECT_BACKUP);
}

/* --- new, backup, restore ---------------------------------------------------------------------------------------- */
int
state_verb_new(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF name = { 0 }, seed = { 0 }, text = { 0 };

	(void)s;
	folder_name(c, &name);
	if (c->o->name != NULL) {
		buf_reset(&name);
		buf_adds(&name, c->o->name);
	}
	buf_adds(&seed, "{\"topic\": ");
	if (c->o->topic != NULL)
		js_encode(&seed, c->o->topic, strlen(c->o->topic));
	else
		buf_adds(&seed, "null");
	buf_adds(&seed, "}");
	state_norm(&text, js_root(seed.data), name.data, c->now);
	return state_create(c->path, text.data, text.len, 0666, c->o->force, c->wait_ns, e);
}

/* A broken state is not backed up: the backup is what a broken one is repaired from. */
int
state_verb_backup(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_STATE locked = STATE_INIT;
	AUTO_BUF path = { 0 };
	int r;

	(void)s;
	if (state_open(&locked, c->path, STATE_EDIT, c->wait_ns, e) < 0)
		return -1;
	backup_path(c, &path);
	r = file_replace(AT_FDCWD, path.data, locked.text.data, locked.text.len, locked.was.st_mode & 0777);
	return r < 0 ? err_sys(e, -r, "%s", path.data) : STATE_YES;
}

static int
backup_read(struct state_call *c, struct buf *text, struct err *e)
{
	AUTO_BUF path = { 0 };
	int r;

	backup_path(c, &path);
	r = io_slurp_at(AT_FDCWD, path.data, text, STATE_SIZE_MAX);
	buf_room(text, 0);
	if (r < 0)
		return err_sys(e, -r, "%s", path.data);
	if (state_check(text->data, text->len, e) < 0)
		return err_wrap(e, "%s", path.data);
	return 0;
}

int
state_verb_restore(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF text = { 0 };

	(void)s;
	if (backup_read(c, &text, e) < 0)
		return -1;
	return state_create(c->path, text.data, text.len, 0666, true, c->wait_ns, e);
}

/* --- validate ---------------------------------------------------------------------------------------------------- */
int
state_verb_validate(struct state_call *c, struct state *s, struct err *e)
{
	AUTO_BUF text = { 0 };
	int r = io_slurp_at(AT_FDCWD, c->path, &text, STATE_SIZE_MAX);

	(void)s;
	if (r < 0)
		return err_sys(e, -r, "%s", c->path);
	if (state_valid(c->err, buf_str(&text), text.len) > 0)
		return STATE_NO;
	buf_adds(c->out, "\xe2\x9c\x85 State file valid\n");
	return STATE_YES;
}

/* --- normalize, apply -------------------------------------------------------------------------------------------- */
/* project_state.json.broken-20260131T120000Z, with a number behind it where that name is taken. */
static void
broken_path(const struct state_call *c, struct buf *out)
{
	const char *p;
	size_t stem;
	int i;

	buf_addf(out, "%s.broken-", c->path);
	for (p = c->now; *p != '\0'; p++) {
		if (*p != '-' && *p != ':')
			buf_addc(out, *p);
	}
	stem = out->len;
	for (i = 2; faccessat(AT_FDCWD, out->data, F_OK, AT_SYMLINK_NOFOLLOW) == 0; i++) {
		out->len = stem;
		buf_addf(out, "-%d", i);
	}
}

static int
keep_broken(struct state_call *c, const struct state *s, const char *instead, struct err *why, struct err *e)
{
	AUTO_BUF path = { 0 };
	int r;

	broken_path(c, &path);
	r = file_replace(AT_FDCWD, path.data, s->text.data, s->text.len, s->was.st_mode & 0777);
	if (r < 0)
		return err_sys(e, -r, "%s", path.data);
	err_harmless(path.data, path.len);
	buf_addf(c->err, "fh-state: %s: %s: kept as %s, %s\n", c->path, why->msg, path_base(path.data), instead);
	return 0;
}

/* What there is to normalize: the state's own object, else the backup's, else nothing. *kept: what replaces a text that is thrown
 * away, NULL where nothing is. */
static void
find_object(struct state_call *c, const struct state *s, struct buf *object, const char **instead, struct err *why)
{
	enum state_salvage found = state_salvage(s->text.data, s->text.len, object, why);
	struct err e;

	*instead = NULL;
	if (found == STATE_WHOLE)
		return;
	if (backup_read(c, object, &e) == 0) {
		*instead = "took " PROJECT_BACKUP;
	} else {
		buf_reset(object);
		buf_adds(object, "{}");
		*instead = "began anew";
	}
	if (found == STATE_EMPTY) {
		buf_addf(c->err, "fh-state: %s: empty file: %s\n", c->path, *instead);
		*instead = NULL;
	}
}

/* s holds the state as it should be; what was thrown away is kept, and s saved. */
static int
normal_save(struct state_call *c, struct state *s, struct buf *text, const char *instead, struct err *why, struct err *e)
{
	struct buf was;

	if (instead != NULL && keep_broken(c, s, instead, why, e) < 0)
		return -1;
	was = s->text;
	s->text = *text;
	*text = was;
	s->changed = text->len != s->text.len || memcmp(buf_str(text), buf_str(&s->text), text->len) != 0;
	return state_save(s, e) < 0 ? -1 : STATE_YES;
}

/* On a state in memory only: normalizes text, and moves it on if phase says so. */
static int
normal_text(struct state_call *c, const struct buf *object, bool move, struct buf *out, struct err *e)
{
	AUTO_STATE next = STATE_INIT;
	AUTO_BUF name = { 0 }, phase = { 0 };
	AUTO_FD dir = -1;
	int r;

	folder_name(c, &name);
	state_norm(&next.text, js_root(object->data), name.data, c->now);
	if (move) {
		dir = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			return err_sys(e, errno, "%s", c->folder);
		if (c->o->phase != NULL)
			buf_adds(&phase, c->o->phase);
		else
			js_decode(&phase, js_member(state_root(&next), "phase"));
		if ((r = state_phase(phase.data, phase.len)) < 0)
			return state_verb_usage(e, "%s: no such phase; there are: %s", phase.data, state_phase_names);
		if (state_apply(&next, (enum state_phase)r, dir, c->now, e) < 0)
			return -1;
	}
	*out = next.text;
	next.text = (struct buf){ 0 };
	return 0;
}

static int
normalize_once(struct state_call *c, bool move, struct err *e)
{
	AUTO_STATE s = STATE_INIT;
	AUTO_BUF object = { 0 }, text = { 0 };
	struct err why = { .msg = "" };
	const char *instead;
	int r;

	if (state_open(&s, c->path, STATE_REPAIR, c->wait_ns, e) < 0)
		return e->code == ENOENT ? state_verb_usage(e, "State file missing: %s", c->path) : -1;
	find_object(c, &s, &object, &instead, &why);
	if ((r = normal_text(c, &object, move, &text, e)) != 0)
		return r;
	return normal_save(c, &s, &text, instead, &why, e);
}

/* Somebody may write the file without a lock while we think: then all is done anew on what is there. */
static int
normalize(struct state_call *c, bool move, struct err *e)
{
	int r = -1, i;

	for (i = 0; i < 20; i++) {
		buf_reset(c->err);
		e->code = 0;
		r = normalize_once(c, move, e);
		if (r >= 0 || e->code != ESTALE)
			break;
	}
	return r;
}

int
state_verb_normalize(struct state_call *c, struct state *s, struct err *e)
{
	(void)s;
	return normalize(c, false, e);
}

int
state_verb_apply(struct state_call *c, struct state *s, struct err *e)
{
	(void)s;
	return normalize(c, true, e);
}
