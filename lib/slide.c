/* Decides how a slide looks and when its pages turn. Must never know of scenes, states or processes.
 * Texts reach ffmpeg in files and file names are escaped twice, as its filter grammar reads them (ffmpeg-filters(1),
 * "Notes on filtergraph escaping"), so that no text and no name is taken as grammar.
 * Invariant: the output depends on the fields of struct slide and on ffmpeg alone (bitexact flags, fixed threads). */
#include "slide.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "font.h"
#include "io.h"
#include "path.h"
#include "utf8.h"

#define WIDTH 1280
#define HEIGHT 720
#define RATE 24 /* with superfast: a third less work than 30 and veryfast, measured, for the same look */
#define MARGIN 96
#define TAIL_NS (CLOCK_S / 2)  /* shown after the voice has ended */
#define TITLE_SIZE 54
#define TITLE_LINES 2
#define TEXT_SIZE 36
#define TEXT_LINES 7           /* of a page */
#define PAGES_MAX 64
#define TEXT_MAX 20000         /* bytes of text that are shown */

#define INK "0x0f172a"
#define ACCENT "0x38bdf8"
#define PALE "0xe2e8f0"

struct lines {
	struct buf text; /* lines, each ended by a newline */
	size_t n;
};

int64_t
slide_length_ns(int64_t audio_ns)
{
	return audio_ns + TAIL_NS;
}

/* text with every run of white space and controls as one space, bytes that are no UTF-8 as '?'. */
static void
clean(struct buf *out, const char *text)
{
	size_t n = strnlen(text, TEXT_MAX), i = 0, ok;

	while (i < n) {
		struct utf8 u = { 0 };

		ok = utf8_scan(&u, text + i, n - i);
		while (ok > 0) {
			if ((unsigned char)text[i] > ' ' && text[i] != 0x7f)
				buf_addc(out, text[i]);
			else if (out->len > 0 && out->data[out->len - 1] != ' ')
				buf_addc(out, ' ');
			i++, ok--;
		}
		if (i < n) {
			buf_addc(out, '?');
			i++;
		}
	}
	if (out->len > 0 && out->data[out->len - 1] == ' ')
		buf_splice(out, out->len - 1, 1, "", 0);
}

/* How many of the n bytes at p fit into width (1/100 of the font size), whole characters, at least one. */
static size_t
fit(const char *p, size_t n, unsigned width)
{
	size_t take = 0, next;

	while (take < n) {
		for (next = take + 1; next < n && ((unsigned char)p[next] & 0xc0) == 0x80; next++)
			continue;
		if (take > 0 && font_width(p, next) > width)
			break;
		take = next;
	}
	return take;
}

/* Breaks clean text at spaces, or inside a word that is wider than a line. */
static void
wrap(struct lines *out, const char *text, int size)
{
	unsigned width = (unsigned)(WIDTH - 2 * MARGIN) * 100 / (unsigned)size;
	size_t left = strlen(text), line, word;

	while (left > 0) {
		for (line = 0; line < left; line = word) {
			word = line + (line > 0);
			word += strcspn(text + word, " ");
			if (font_width(text, word) > width)
				break;
		}
		if (line == 0)
			line = fit(text, left, width);
		buf_add(&out->text, text, line);
		buf_addc(&out->text, '\n');
		out->n++;
		text += line;
		left -= line;
		if (left > 0 && *text == ' ')
			text++, left--;
	}
}

/* A name as the value of an option of a filter: escaped for the option, and the result for the graph. */
static void
escape(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (strchr("\\'", *value) != NULL)
			buf_adds(out, "\\\\\\");
		else if (strchr(": \t", *value) != NULL)
			buf_adds(out, "\\\\");
		else if (strchr("[],;", *value) != NULL)
			buf_adds(out, "\\");
		buf_addc(out, *value);
	}
}

/* Puts n bytes into work/name and appends the option that names it. */
static int
text_file(struct buf *graph, const struct slide *s, const char *name, const char *text, size_t n, struct err *e)
{
	AUTO_BUF path = { 0 };
	AUTO_FD fd = -1;
	int r;

	path_join(&path, s->work, name);
	fd = open(buf_str(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_sys(e, errno, "%s", buf_str(&path));
	if ((r = io_write_full(fd, text, n)) < 0)
		return err_sys(e, -r, "%s", buf_str(&path));
	buf_adds(graph, "textfile=");
	escape(graph, buf_str(&path));
	return 0;
}

/* The style of all text: from a file, nothing in it is expanded. */
static void
text_style(struct buf *graph, const char *font, int size, const char *colour, int x, int y)
{
	buf_adds(graph, ":expansion=none:fontfile=");
	escape(graph, font);
	buf_addf(graph, ":fontsize=%d:fontcolor=%s:line_spacing=%d:x=%d:y=%d", size, colour, size * 2 / 5, x, y);
}

static int
draw_title(struct buf *graph, const struct slide *s, const char *font, struct err *e)
{
	__attribute__((cleanup(buf_fini))) struct buf text = { 0 }, bold = { 0 };
	struct lines l = { 0 };
	size_t n = 0, i;
	int r;

	clean(&text, s->title);
	wrap(&l, buf_str(&text), TITLE_SIZE);
	for (i = 0; i < TITLE_LINES && i < l.n; i++)
		n += strcspn(l.text.data + n, "\n") + 1;
	font_bold(&bold, font);
	buf_adds(graph, ",drawtext=");
	r = text_file(graph, s, "title.txt", buf_str(&l.text), n > 0 ? n - 1 : 0, e);
	text_style(graph, buf_str(&bold), TITLE_SIZE, "white", MARGIN, l.n > 1 ? 72 : 104);
	buf_fini(&l.text);
	return r;
}

/* Page number i of the text, from byte at, shown from from_ns on. */
static int
draw_page(struct buf *graph, const struct slide *s, const char *font, size_t i, const char *text, size_t n,
    int64_t from_ns, int64_t until_ns, struct err *e)
{
	char name[32];

	snprintf(name, sizeof name, "page%zu.txt", i);
	buf_adds(graph, ",drawtext=");
	if (text_file(graph, s, name, text, n, e) < 0)
		return -1;
	text_style(graph, font, TEXT_SIZE, PALE, MARGIN, 268);
	buf_addf(graph, ":alpha=min(1\\,(t-%.3f)/0.35):enable=gte(t\\,%.3f)*lt(t\\,%.3f)", (double)from_ns / CLOCK_S,
	    (double)from_ns / CLOCK_S, (double)until_ns / CLOCK_S);
	return 0;
}

/* Pages of nearly equal length, each shown for its share of the letters. */
static int
draw_pages(struct buf *graph, const struct slide *s, const char *font, const struct lines *l, struct err *e)
{
	size_t pages = (l->n + TEXT_LINES - 1) / TEXT_LINES, i, line = 0, stop, at = 0, end;
	int64_t from = 0, until;

	if (pages > PAGES_MAX)
		pages = PAGES_MAX;
	for (i = 0; i < pages; i++, at = end, from = until) {
		stop = l->n * (i + 1) / pages;
		for (end = at; line < stop; line++)
			end += strcspn(l->text.data + end, "\n") + 1;
		until = (int64_t)((double)s->audio_ns * (double)end / (double)l->text.len);
		if (draw_page(graph, s, font, i, l->text.data + at, end - at - 1, from,
		        i + 1 < pages ? until : slide_length_ns(s->audio_ns) + CLOCK_S, e) < 0)
			return -1;
	}
	return 0;
}

static int
draw_text(struct buf *graph, const struct slide *s, const char *font, struct err *e)
{
	AUTO_BUF text = { 0 };
	struct lines l = { 0 };
	int r;

	clean(&text, s->text);
	wrap(&l, buf_str(&text), TEXT_SIZE);
	r = draw_pages(graph, s, font, &l, e);
	buf_fini(&l.text);
	return r;
}

/* A dark ground, an accent beside the title, a line under it, and at the foot a bar that grows with the voice. */
static int
draw(struct buf *graph, const struct slide *s, const char *font, struct err *e)
{
	buf_addf(graph, "[0:v]drawbox=x=%d:y=72:w=10:h=132:color=" ACCENT ":t=fill", MARGIN - 40);
	buf_addf(graph, ",drawbox=x=%d:y=228:w=%d:h=2:color=0x334155:t=fill", MARGIN, WIDTH - 2 * MARGIN);
	if (font != NULL && (draw_title(graph, s, font, e) < 0 || draw_text(graph, s, font, e) < 0))
		return -1;
	buf_addf(graph, "[ground];[ground][1:v]overlay=x=-w+w*t/%.3f:y=H-h,format=yuv420p[v];[2:a]apad[a]",
	    (double)s->audio_ns / CLOCK_S);
	return 0;
}

static char **
words(struct arena *a, const char *const *w, size_t n)
{
	char **argv = arena_alloc(a, (n + 1) * sizeof *argv);
	size_t i;

	for (i = 0; i < n; i++)
		argv[i] = arena_strdup(a, w[i]);
	argv[n] = NULL;
	return argv;
}

static char **
ffmpeg_words(const struct slide *s, const char *graph, struct arena *a)
{
	__attribute__((cleanup(buf_fini))) struct buf audio = { 0 }, video = { 0 };
	char length[32], ground[96], bar[96];

	buf_addf(&audio, "file:%s", s->audio);
	buf_addf(&video, "file:%s", s->video);
	snprintf(length, sizeof length, "%.3f", (double)slide_length_ns(s->audio_ns) / CLOCK_S);
	snprintf(ground, sizeof ground, "color=c=" INK ":s=%dx%d:r=%d", WIDTH, HEIGHT, RATE);
	snprintf(bar, sizeof bar, "color=c=" ACCENT ":s=%dx8:r=%d", WIDTH, RATE);
	const char *const w[] = { "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "warning", "-y",
		"-f", "lavfi", "-i", ground, "-f", "lavfi", "-i", bar, "-i", buf_str(&audio),
		"-filter_complex_threads", "1", "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-t", length,
		"-c:v", "libx264", "-preset", "superfast", "-tune", "stillimage", "-crf", "23", "-g", "48", "-threads", "2",
		"-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2", "-map_metadata", "-1",
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", buf_str(&video) };

	return words(a, w, ARRAY_LEN(w));
}

int
slide_make(const struct slide *s, struct arena *a, char ***argv, bool *plain, struct err *e)
{
	__attribute__((cleanup(buf_fini))) struct buf graph = { 0 }, font = { 0 };

	if (s->font != NULL)
		buf_adds(&font, s->font);
	*plain = s->font == NULL && !font_find(&font);
	if (draw(&graph, s, *plain ? NULL : buf_str(&font), e) < 0)
		return -1;
	*argv = ffmpeg_words(s, buf_str(&graph), a);
	return 0;
}
