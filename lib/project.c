/* Decides what things in a project folder are called. Must never know what is in them, scene files' class lines excepted
 * (the name of the class is the name of the video). */
#include "project.h"

#include <ctype.h>
#include <string.h>

#include "io.h"
#include "path.h"

#define SCENE_FILE_MAX ((size_t)16 << 20)

void
project_video(struct buf *out, const char *id, const char *quality, const char *class)
{
	buf_addf(out, "media/videos/%s/%s/%s.mp4", id, quality, class);
}

void
project_partials(struct buf *out, const char *id, const char *quality, const char *class)
{
	buf_addf(out, "media/videos/%s/%s/partial_movie_files/%s", id, quality, class);
}

void
project_render_log(struct buf *out, const char *id, const char *suffix)
{
	buf_addf(out, "render_%s.%s", id, suffix);
}

void
project_scene_file(struct buf *out, const char *id)
{
	buf_addf(out, "%s.py", id);
}

bool
project_name_ok(const char *name)
{
	const char *p;

	for (p = name; *p != '\0'; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return path_is_plain(name);
}

/* --- the class of a scene file ----------------------------------------------------------------------------------- */
struct source {
	const char *p, *end;
};

static void
skip_blank(struct source *s, bool lines)
{
	while (s->p < s->end) {
		if (*s->p == '#' && lines) {
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		} else if (*s->p == ' ' || *s->p == '\t' || *s->p == '\f' || (lines && isspace((unsigned char)*s->p))) {
			s->p++;
		} else {
			return;
		}
	}
}

/* An identifier (ASCII letters, digits, _; bytes of other scripts count as letters), *n bytes; NULL where there is none. */
static const char *
take_name(struct source *s, size_t *n)
{
	const char *start = s->p;

	while (s->p < s->end && (isalnum((unsigned char)*s->p) || *s->p == '_' || (*s->p & 0x80)))
		s->p++;
	*n = (size_t)(s->p - start);
	return *n > 0 && !isdigit((unsigned char)*start) ? start : NULL;
}

/* The bases up to the closing parenthesis. Whether one of them is VoiceoverScene or ends in .VoiceoverScene; *whole: the
 * parenthesis was there. */
static bool
take_bases(struct source *s, bool *whole)
{
	static const char base[] = "VoiceoverScene";
	const char *name = NULL;
	size_t n = 0, depth = 0;
	bool derives = false, keyword = false;

	*whole = false;
	for (;;) {
		skip_blank(s, true);
		if (s->p >= s->end)
			return false;
		if ((*s->p == ',' || *s->p == ')') && depth == 0) {
			derives |= !keyword && name != NULL && n == sizeof base - 1 && memcmp(name, base, n) == 0;
			name = NULL;
			keyword = false;
			*whole = *s->p == ')';
		} else if (*s->p == '(' || *s->p == '[') {
			depth++;
		} else if ((*s->p == ')' || *s->p == ']') && depth > 0) {
			depth--;
			name = NULL;
		} else if (*s->p == '=') {
			keyword = true; /* metaclass=X is no base */
		} else if (*s->p != '.' && (name = take_name(s, &n)) != NULL) {
			continue;
		}
		s->p++;
		if (*whole)
			return derives;
	}
}

/* At "class" at the start of a line: the class's name (*n bytes), or NULL where this is no class statement. */
static const char *
take_class(struct source s, size_t *n, bool *derives)
{
	const char *name;
	bool whole = true;

	*derives = false;
	s.p += strlen("class");
	if (s.p >= s.end || (*s.p != ' ' && *s.p != '\t'))
		return NULL;
	skip_blank(&s, false);
	if ((name = take_name(&s, n)) == NULL)
		return NULL;
	skip_blank(&s, false);
	if (s.p < s.end && *s.p == '(') {
		s.p++;
		*derives = take_bases(&s, &whole);
		skip_blank(&s, false);
	}
	return whole && s.p < s.end && *s.p == ':' ? name : NULL;
}

/* Over one string literal at s->p, of one or three quotes. */
static void
skip_literal(struct source *s)
{
	char q = *s->p;
	size_t quotes = s->end - s->p >= 3 && s->p[1] == q && s->p[2] == q ? 3 : 1;

	for (s->p += quotes; s->p < s->end; s->p++) {
		if (*s->p == '\\') {
			s->p++;
		} else if (quotes == 1 && *s->p == '\n') {
			return;
		} else if (*s->p == q && (quotes == 1 || (s->end - s->p >= 3 && s->p[1] == q && s->p[2] == q))) {
			s->p += quotes;
			return;
		}
	}
	s->p = s->end;
}

/* To the start of the next line that is not inside a string. */
static void
next_line(struct source *s)
{
	while (s->p < s->end && *s->p != '\n') {
		if (*s->p == '"' || *s->p == '\'') {
			skip_literal(s);
		} else if (*s->p == '#') {
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		} else {
			s->p++;
		}
	}
	if (s->p < s->end)
		s->p++;
}

bool
project_class(const char *text, size_t n, struct buf *out)
{
	struct source s = { .p = text, .end = text + n };
	const char *first = NULL, *name;
	size_t first_n = 0, name_n;
	bool derives = false;

	for (; s.p < s.end; next_line(&s)) {
		if (s.end - s.p < 6 || memcmp(s.p, "class", 5) != 0 || (name = take_class(s, &name_n, &derives)) == NULL)
			continue;
		if (first == NULL || derives) {
			first = name;
			first_n = name_n;
		}
		if (derives)
			break;
	}
	if (first == NULL)
		return false;
	buf_add(out, first, first_n);
	return true;
}

int
project_class_at(int dirfd, const char *name, struct buf *out)
{
	AUTO_BUF text = { 0 };
	int r = io_slurp_at(dirfd, name, &text, SCENE_FILE_MAX);

	if (r < 0)
		return r;
	return project_class(buf_str(&text), text.len, out);
}

bool
project_class_of_id(const char *id, struct buf *out)
{
	static const char prefix[] = "scene_";
	const char *p;
	bool upper = false;

	if (strncmp(id, prefix, sizeof prefix - 1) != 0)
		return false;
	id += sizeof prefix - 1;
	p = id + strspn(id, "0123456789");
	if (p == id || (*p != '\0' && (*p != '_' || p[1] == '\0')) ||
	    p[strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
		return false;
	buf_adds(out, "Scene");
	buf_add(out, id, (size_t)(p - id));
	for (; *p != '\0'; p++) {
		if (*p != '_')
			buf_addc(out, upper && *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
		upper = *p == '_';
	}
	return true;
}
