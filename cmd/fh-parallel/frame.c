/* Decides what frames look like as bytes. Must never know pipes, jobs or time.
 * Invariants: 1. nothing outside the given bytes is ever read (get_* know what is left).
 *             2. a payload that is accepted is accepted whole: nothing may follow its last field.
 *             3. what frame_put_* writes, frame_get_* takes, and gives back the same (tests/fuzz/frame_fuzz.c). */
#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define FRAME_AS_NAME(k) #k,

static const char *const kind_names[] = { FRAME_KINDS(FRAME_AS_NAME) };

#define SMALL 4096 /* bytes of a payload of numbers and a few words */

/* How long the payload of each kind may be. */
static const uint32_t kind_max[FRAME_NKIND] = {
	[FRAME_HELLO] = SMALL, [FRAME_SETUP] = FRAME_BYTES_MAX, [FRAME_READY] = SMALL, [FRAME_JOB] = FRAME_BYTES_MAX,
	[FRAME_REFUSED] = SMALL, [FRAME_INPUT] = FRAME_DATA_BYTES, [FRAME_OUTPUT] = FRAME_DATA_BYTES, [FRAME_TOOK] = 8,
	[FRAME_WINDOW] = 8, [FRAME_SIGNAL] = 8, [FRAME_EXIT] = 48, [FRAME_SAY] = SMALL,
};

const char *
frame_kind_name(enum frame_kind k)
{
	return k < FRAME_NKIND ? kind_names[k] : "?";
}

/* --- numbers ---------------------------------------------------------------------------------------------------------- */

static uint64_t
number_at(const char *s, int bytes)
{
	uint64_t n = 0;
	int i;

	for (i = bytes; i-- > 0;)
		n = n << 8 | (unsigned char)s[i];
	return n;
}

static void
number_put(struct buf *b, uint64_t n, int bytes)
{
	char *to = buf_room(b, 8);
	int i;

	for (i = 0; i < bytes; i++, n >>= 8)
		to[i] = (char)(n & 0xff);
	buf_grown(b, (size_t)bytes);
}

/* --- a frame ---------------------------------------------------------------------------------------------------------- */

enum next
frame_next(const char *s, size_t n, size_t *at, struct frame *out, struct err *e)
{
	const char *head = s + *at;
	uint32_t len;
	unsigned kind, side;

	if (n - *at < FRAME_HEAD_BYTES)
		return NEXT_WAIT;
	len = (uint32_t)number_at(head, 4);
	kind = (unsigned char)head[4];
	side = (unsigned char)head[5];
	if (kind >= FRAME_NKIND || side > 1 || head[6] != 0 || head[7] != 0) {
		err_set(e, 0, "no frame: kind %u", kind);
		return NEXT_FAIL;
	}
	if (len > kind_max[kind]) {
		err_set(e, 0, "a frame %s of %u bytes: too long", kind_names[kind], len);
		return NEXT_FAIL;
	}
	if (n - *at - FRAME_HEAD_BYTES < len)
		return NEXT_WAIT;
	*out = (struct frame){ .kind = (enum frame_kind)kind, .side = (int)side, .job = (uint32_t)number_at(head + 8, 4),
		.body = { head + FRAME_HEAD_BYTES, len } };
	*at += FRAME_HEAD_BYTES + len;
	return NEXT_GOT;
}

size_t
frame_find_magic(const char *s, size_t n)
{
	const char *p = n > 0 ? memmem(s, n, FRAME_MAGIC, FRAME_MAGIC_BYTES) : NULL;

	return p == NULL ? 0 : (size_t)(p - s) + FRAME_MAGIC_BYTES;
}

bool
frame_finds_wanted(const char *s, size_t n)
{
	return n > 0 && memmem(s, n, FRAME_WANTED, FRAME_WANTED_BYTES) != NULL;
}

static void
frame_head(struct buf *out, enum frame_kind k, int side, uint32_t job, size_t n)
{
	number_put(out, n, 4);
	number_put(out, k, 1);
	number_put(out, (uint64_t)side, 1);
	number_put(out, 0, 2);
	number_put(out, job, 4);
}

void
frame_put(struct buf *out, enum frame_kind k, int side, uint32_t job, const void *s, size_t n)
{
	if (n > kind_max[k])
		err_bug("frame %s of %zu bytes", kind_names[k], n);
	frame_head(out, k, side, job, n);
	if (n > 0)
		buf_add(out, s, n);
}

void
frame_put_number(struct buf *out, enum frame_kind k, uint32_t job, uint64_t n)
{
	frame_head(out, k, 0, job, 8);
	number_put(out, n, 8);
}

/* --- fields of a payload ---------------------------------------------------------------------------------------------- */

/* What is left of a payload; bad: something was not there, and nothing more is. */
struct fields {
	const char *s;
	size_t n;
	bool bad;
};

static struct fields
fields_of(const struct frame *f)
{
	return (struct fields){ f->body.s, f->body.len, false };
}

static uint64_t
get_number(struct fields *f)
{
	uint64_t n;

	if (f->bad || f->n < 8) {
		f->bad = true;
		return 0;
	}
	n = number_at(f->s, 8);
	f->s += 8;
	f->n -= 8;
	return n;
}

/* A text is followed by NUL, which is not counted, so that it can be used where it is; it holds none. */
static struct view
get_text(struct fields *f)
{
	struct view v = { "", 0 };
	size_t len;

	if (f->bad || f->n < 5) {
		f->bad = true;
		return v;
	}
	len = (size_t)number_at(f->s, 4);
	if (len > f->n - 5 || f->s[4 + len] != '\0' || memchr(f->s + 4, '\0', len) != NULL) {
		f->bad = true;
		return v;
	}
	v = (struct view){ f->s + 4, len };
	f->s += len + 5;
	f->n -= len + 5;
	return v;
}

static struct frame_words
get_words(struct fields *f)
{
	struct frame_words w = { 0 };
	uint64_t n = get_number(f), i;

	if (f->bad || n > f->n / 5) { /* so many cannot be there */
		f->bad = true;
		return w;
	}
	w.v = xcalloc((size_t)n + 1, sizeof *w.v);
	w.n = (size_t)n;
	for (i = 0; i < n; i++)
		w.v[i] = get_text(f);
	return w;
}

static int
fields_end(const struct fields *f, const struct frame *of, struct err *e)
{
	if (!f->bad && f->n == 0)
		return 0;
	return err_set(e, 0, "a frame %s that makes no sense", kind_names[of->kind]);
}

static void
put_text(struct buf *b, struct view v)
{
	number_put(b, v.len, 4);
	if (v.len > 0)
		buf_add(b, v.s, v.len);
	buf_addc(b, '\0');
}

static void
put_words(struct buf *b, const struct frame_words *w)
{
	size_t i;

	number_put(b, w->n, 8);
	for (i = 0; i < w->n; i++)
		put_text(b, w->v[i]);
}

void
frame_words_free(struct frame_words *w)
{
	free(w->v);
	*w = (struct frame_words){ 0 };
}

/* The payload begun at `from` of out is complete: its length is written into the head before it. */
static int
frame_close(struct buf *out, size_t from, enum frame_kind k)
{
	size_t len = out->len - from - FRAME_HEAD_BYTES;
	int i;

	if (len > kind_max[k]) {
		buf_splice(out, from, out->len - from, "", 0);
		return -1;
	}
	for (i = 0; i < 4; i++, len >>= 8)
		out->data[from + (size_t)i] = (char)(len & 0xff);
	return 0;
}

/* --- payloads --------------------------------------------------------------------------------------------------------- */

int
frame_number(const struct frame *f, uint64_t *n, struct err *e)
{
	struct fields in = fields_of(f);

	*n = get_number(&in);
	return fields_end(&in, f, e);
}

void
frame_put_hello(struct buf *out, const struct frame_hello *h)
{
	size_t from = out->len;

	frame_head(out, FRAME_HELLO, 0, 0, 0);
	number_put(out, h->version, 8);
	put_text(out, h->tool);
	put_text(out, h->host);
	number_put(out, h->cpus, 8);
	number_put(out, h->memory, 8);
	number_put(out, h->pid, 8);
	if (frame_close(out, from, FRAME_HELLO) < 0)
		err_bug("frame: a host's name of %zu bytes", h->host.len);
}

int
frame_get_hello(const struct frame *f, struct frame_hello *h, struct err *e)
{
	struct fields in = fields_of(f);

	*h = (struct frame_hello){ .version = get_number(&in) };
	if (!in.bad && h->version != FRAME_VERSION)
		return 0; /* what follows may be anything */
	h->tool = get_text(&in);
	h->host = get_text(&in);
	h->cpus = get_number(&in);
	h->memory = get_number(&in);
	h->pid = get_number(&in);
	return fields_end(&in, f, e);
}

int
frame_put_setup(struct buf *out, const struct frame_setup *s)
{
	const struct view texts[] = { s->shell, s->dir, s->tmpdir, s->slot_var, s->login, s->host, s->termseq };
	const uint64_t numbers[] = { s->pid, s->slots, s->window, s->beat_ns, (uint64_t)s->nice };
	size_t from = out->len, i;

	frame_head(out, FRAME_SETUP, 0, 0, 0);
	for (i = 0; i < ARRAY_LEN(texts); i++)
		put_text(out, texts[i]);
	for (i = 0; i < ARRAY_LEN(numbers); i++)
		number_put(out, numbers[i], 8);
	put_words(out, &s->env);
	return frame_close(out, from, FRAME_SETUP);
}

int
frame_get_setup(const struct frame *f, struct frame_setup *s, struct err *e)
{
	struct view *const texts[] = { &s->shell, &s->dir, &s->tmpdir, &s->slot_var, &s->login, &s->host, &s->termseq };
	uint64_t *const numbers[] = { &s->pid, &s->slots, &s->window, &s->beat_ns };
	struct fields in = fields_of(f);
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = get_text(&in);
	for (i = 0; i < ARRAY_LEN(numbers); i++)
		*numbers[i] = get_number(&in);
	s->nice = (int64_t)get_number(&in);
	s->env = get_words(&in);
	if (fields_end(&in, f, e) == 0)
		return 0;
	frame_words_free(&s->env);
	return -1;
}

int
frame_put_job(struct buf *out, uint32_t job, const struct frame_job *j)
{
	size_t from = out->len;

	frame_head(out, FRAME_JOB, 0, job, 0);
	number_put(out, j->seq, 8);
	number_put(out, j->slot, 8);
	number_put(out, j->input, 8);
	put_text(out, j->dir);
	put_text(out, j->text);
	put_words(out, &j->words);
	return frame_close(out, from, FRAME_JOB);
}

int
frame_get_job(const struct frame *f, struct frame_job *j, struct err *e)
{
	struct fields in = fields_of(f);
	uint64_t input;

	j->seq = get_number(&in);
	j->slot = get_number(&in);
	input = get_number(&in);
	in.bad |= input >= FRAME_NIN;
	j->input = in.bad ? FRAME_IN_NULL : (enum frame_input)input;
	j->dir = get_text(&in);
	j->text = get_text(&in);
	j->words = get_words(&in);
	if (fields_end(&in, f, e) == 0)
		return 0;
	frame_words_free(&j->words);
	return -1;
}

void
frame_put_exit(struct buf *out, uint32_t job, const struct frame_exit *x)
{
	const uint64_t numbers[] = { x->status, x->ran_ns, x->took, x->user_us, x->sys_us, x->peak_kib };
	size_t i;

	frame_head(out, FRAME_EXIT, 0, job, sizeof numbers);
	for (i = 0; i < ARRAY_LEN(numbers); i++)
		number_put(out, numbers[i], 8);
}

int
frame_get_exit(const struct frame *f, struct frame_exit *x, struct err *e)
{
	uint64_t *const numbers[] = { &x->status, &x->ran_ns, &x->took, &x->user_us, &x->sys_us, &x->peak_kib };
	struct fields in = fields_of(f);
	size_t i;

	for (i = 0; i < ARRAY_LEN(numbers); i++)
		*numbers[i] = get_number(&in);
	return fields_end(&in, f, e);
}

void
frame_put_error(struct buf *out, enum frame_kind k, uint32_t job, int code, const char *words)
{
	size_t from = out->len;

	frame_head(out, k, 0, job, 0);
	number_put(out, (uint64_t)code, 8);
	put_text(out, (struct view){ words, strnlen(words, SMALL / 2) });
	if (frame_close(out, from, k) < 0)
		err_bug("frame: words that are too long");
}

int
frame_get_error(const struct frame *f, int *code, struct view *words, struct err *e)
{
	struct fields in = fields_of(f);
	uint64_t n = get_number(&in);

	in.bad |= n > 100000;
	*code = in.bad ? 0 : (int)n;
	*words = get_text(&in);
	return fields_end(&in, f, e);
}
