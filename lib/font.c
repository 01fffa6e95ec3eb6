/* Decides which font text is drawn with and guesses its widths. Must never know what is written. */
#include "font.h"

#include <fts.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "path.h"

#define DEPTH_MAX 6

static const char *const wanted[] = { "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf",
	"FreeSans.ttf", "Arial.ttf", "Helvetica.ttc" };

/* The lower the better; 0: no font. */
static unsigned
font_rank(const char *name)
{
	const char *dot = strrchr(name, '.');
	unsigned i;

	if (dot == NULL || (strcasecmp(dot, ".ttf") != 0 && strcasecmp(dot, ".otf") != 0 && strcasecmp(dot, ".ttc") != 0))
		return 0;
	for (i = 0; i < ARRAY_LEN(wanted); i++)
		if (strcmp(name, wanted[i]) == 0)
			return i + 1;
	if (strcasestr(name, "bold") != NULL || strcasestr(name, "italic") != NULL || strcasestr(name, "oblique") != NULL ||
	    strcasestr(name, "mono") != NULL || strcasestr(name, "emoji") != NULL || strcasestr(name, "symbol") != NULL)
		return 30;
	return strcasestr(name, "sans") != NULL ? 10 : 20;
}

static void
font_scan(char *const dirs[], struct buf *out)
{
	FTS *walk = fts_open(dirs, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	unsigned best = 100, rank;
	FTSENT *f;

	while (walk != NULL && best > 1 && (f = fts_read(walk)) != NULL) {
		if (f->fts_level > DEPTH_MAX)
			fts_set(walk, f, FTS_SKIP);
		if (f->fts_info != FTS_F || (rank = font_rank(f->fts_name)) == 0)
			continue;
		if (rank > best || (rank == best && strcmp(f->fts_path, buf_str(out)) >= 0))
			continue;
		best = rank;
		buf_reset(out);
		buf_adds(out, f->fts_path);
	}
	if (walk != NULL)
		fts_close(walk);
}

bool
font_find(struct buf *out)
{
	static const char *const system_dirs[] = { "/usr/share/fonts", "/usr/local/share/fonts", "/opt/homebrew/share/fonts",
		"/Library/Fonts", "/System/Library/Fonts" };
	static const char *const home_dirs[] = { ".local/share/fonts", ".fonts", "Library/Fonts" };
	AUTO_ARENA a = { 0 };
	AUTO_BUF found = { 0 };
	AUTO_BUF dir = { 0 };
	char *dirs[ARRAY_LEN(system_dirs) + ARRAY_LEN(home_dirs) + 1];
	const char *home = getenv("HOME");
	size_t n = 0, i;

	for (i = 0; i < ARRAY_LEN(system_dirs); i++)
		dirs[n++] = arena_strdup(&a, system_dirs[i]);
	for (i = 0; home != NULL && home[0] == '/' && i < ARRAY_LEN(home_dirs); i++) {
		buf_reset(&dir);
		path_join(&dir, home, home_dirs[i]);
		dirs[n++] = arena_strdup(&a, buf_str(&dir));
	}
	dirs[n] = NULL;
	font_scan(dirs, &found);
	buf_adds(out, buf_str(&found));
	return found.len > 0;
}

void
font_bold(struct buf *out, const char *regular)
{
	static const char *const cut[] = { "-Regular", "" };
	AUTO_BUF bold = { 0 };
	const char *dot = strrchr(path_base(regular), '.');
	size_t i, stem = dot != NULL ? (size_t)(dot - regular) : strlen(regular), n;

	for (i = 0; i < ARRAY_LEN(cut); i++) {
		n = strlen(cut[i]);
		if (stem < n || memcmp(regular + stem - n, cut[i], n) != 0)
			continue;
		buf_add(&bold, regular, stem - n);
		buf_addf(&bold, "-Bold%s", regular + stem);
		break;
	}
	buf_adds(out, access(buf_str(&bold), R_OK) == 0 ? buf_str(&bold) : regular);
}

static unsigned
char_width(unsigned char c)
{
	if (strchr("iljI.,:;'!|()[] \"`", c) != NULL)
		return 36;
	if (strchr("mwMW@%", c) != NULL)
		return 96;
	if (c >= 'A' && c <= 'Z')
		return 72;
	return 61;
}

/* A character of two bytes is one letter; three and more are counted as wide ones, punctuation (U+2000) excepted. */
unsigned
font_width(const char *text, size_t n)
{
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == 0)
			continue;
		if (c < 0x80)
			sum += char_width(c);
		else if (c >= 0xe0 && c != 0xe2)
			sum += 100;
		else if (c >= 0xc0)
			sum += 61;
	}
	return sum;
}
