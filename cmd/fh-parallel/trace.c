/* Decides how stints look as a Chrome trace. Must never know where they come from or go.
 * Invariant: what is written is one JSON object, whatever bytes a command has (js_encode). */
#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>

#include "clock.h"
#include "js_text.h"
#include "mem.h"
#include "opt.h"
#include "utf8.h"

#define NAME_BYTES 80 /* of a command, as the name of its event; all of it is in args */

/* Nanoseconds as microseconds, none lost. */
static void
add_us(struct buf *out, const char *key, int64_t ns)
{
	buf_addf(out, ", \"%s\": %" PRId64 ".%03d", key, ns / 1000, (int)(ns % 1000));
}

static void
add_thread(struct buf *out, uint64_t slot)
{
	buf_addf(out, "{\"ph\": \"M\", \"pid\": 1, \"tid\": %" PRIu64 ", \"name\": \"thread_name\", \"args\": {\"name\": \"slot %" PRIu64 "\"}},\n"
	              "{\"ph\": \"M\", \"pid\": 1, \"tid\": %" PRIu64 ", \"name\": \"thread_sort_index\", \"args\": {\"sort_index\": %" PRIu64 "}},\n",
	    slot, slot, slot, slot);
}

/* The viewers' own names of colours. */
static const char *
color(enum stint_fate f)
{
	static const char *const names[STINT_NFATE] = { [STINT_OK] = "good", [STINT_FAILED] = "terrible", [STINT_AGAIN] = "bad",
		[STINT_TIMED_OUT] = "terrible", [STINT_KILLED] = "grey" };

	return names[f];
}

/* Where name ends: at most NAME_BYTES, no character cut apart. */
static size_t
name_length(const char *text, size_t n)
{
	if (n <= NAME_BYTES)
		return n;
	for (n = NAME_BYTES; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

/* Bytes at s that are whole characters. */
static size_t
whole_chars(const char *s, size_t n)
{
	struct utf8 u = { 0 };
	size_t done = 0, i;

	for (i = 0; i < n && utf8_scan(&u, s + i, 1) == 1; i++)
		if (u.need == 0)
			done = i + 1;
	return done;
}

/* n bytes as a JSON string. What is no UTF-8 becomes U+FFFD: the half surrogates by which js_encode keeps it stop strict readers. */
static void
add_string(struct buf *out, const char *s, size_t n)
{
	AUTO_BUF text = { 0 };
	size_t i = 0, whole;

	while (i < n) {
		whole = whole_chars(s + i, n - i);
		buf_add(&text, s + i, whole);
		if ((i += whole) < n) {
			buf_adds(&text, "\xef\xbf\xbd");
			i++;
		}
	}
	js_encode(out, buf_str(&text), text.len);
}

static void
add_stint(const struct stints *s, const struct stint *p, struct buf *out)
{
	const char *text = buf_str(&s->text) + p->text;

	buf_adds(out, "{\"ph\": \"X\", \"cat\": \"job\", \"name\": ");
	add_string(out, text, name_length(text, p->text_len));
	buf_addf(out, ", \"pid\": 1, \"tid\": %" PRIu64 ", \"cname\": \"%s\"", p->slot, color(p->fate));
	add_us(out, "ts", p->start_ns);
	add_us(out, "dur", p->end_ns - p->start_ns);
	buf_addf(out, ", \"args\": {\"seq\": %" PRIu64 ", \"attempt\": %" PRId64 ", \"result\": \"%s\", \"exitval\": %d, \"signal\": %d, "
	              "\"user\": %.6f, \"system\": %.6f, \"max_rss_kib\": %" PRId64 ", \"command\": ",
	    p->seq, p->attempt, stint_fate_name(p->fate), p->exitval, p->signo, (double)p->user_us / 1e6, (double)p->system_us / 1e6,
	    p->rss_kib);
	add_string(out, text, p->text_len);
	buf_adds(out, "}},\n");
}

struct change {
	int64_t at;
	int by; /* -1, 1 */
};

/* In order of time; what ends stands before what starts. */
static int
change_compare(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return x->at != y->at ? (x->at > y->at ? 1 : -1) : x->by - y->by;
}

/* How many run, each time that this changes. */
static void
add_counter(const struct stints *s, struct buf *out)
{
	AUTO_FREE struct change *c = xcalloc(s->n * 2 + 1, sizeof *c);
	int64_t running = 0;
	size_t i;

	for (i = 0; i < s->n; i++) {
		c[2 * i] = (struct change){ s->v[i].start_ns, 1 };
		c[2 * i + 1] = (struct change){ s->v[i].end_ns, -1 };
	}
	qsort(c, s->n * 2, sizeof *c, change_compare);
	for (i = 0; i < s->n * 2; i++) {
		running += c[i].by;
		if (i + 1 < s->n * 2 && c[i + 1].at == c[i].at)
			continue;
		buf_adds(out, "{\"ph\": \"C\", \"pid\": 1, \"name\": \"running\"");
		add_us(out, "ts", c[i].at);
		buf_addf(out, ", \"args\": {\"jobs\": %" PRId64 "}},\n", running);
	}
}

void
trace_draw(const struct stints *s, struct buf *out)
{
	char when[CLOCK_UTC_LEN];
	uint64_t slot, slots = stints_slots(s);
	size_t i;

	buf_addf(out, "{\"displayTimeUnit\": \"ms\", \"otherData\": {\"version\": \"fh-parallel %s\", \"begun\": \"%s\"}, \"traceEvents\": [\n",
	    FH_VERSION, clock_utc(s->begun_wall_ns, when));
	for (slot = 1; slot <= slots; slot++)
		add_thread(out, slot);
	for (i = 0; i < s->n; i++)
		add_stint(s, &s->v[i], out);
	add_counter(s, out);
	/* last, since nothing follows it: no comma */
	buf_adds(out, "{\"ph\": \"M\", \"pid\": 1, \"name\": \"process_name\", \"args\": {\"name\": \"fh-parallel\"}}\n]}\n");
}
