/* Decides where words and lines of `fh-state edit` end. Must never know what they mean. Nothing is expanded: a '$' is a '$'. */
#include "state_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define BLANK " \t\r\n"

static void
push(struct state_words *w, const char *word, size_t n)
{
	if (w->n + 1 >= w->cap) {
		w->cap = w->cap ? w->cap * 2 : 8;
		w->v = xreallocarray(w->v, w->cap, sizeof *w->v);
	}
	w->v[w->n++] = arena_strndup(&w->text, word, n);
	w->v[w->n] = NULL;
}

void
state_words_add(struct state_words *w, const char *word)
{
	push(w, word, strlen(word));
}

/* What separates words at p: blanks, and lines that go on. */
static const char *
skip(const char *p)
{
	while (*p != '\0' && (strchr(BLANK, *p) != NULL || (p[0] == '\\' && p[1] == '\n')))
		p += *p == '\\' ? 2 : 1;
	return p;
}

/* What the quoted part at p (on its opening quote) says. Returns where it ends, NULL where it does not. */
static const char *
quoted(struct buf *out, const char *p)
{
	char quote = *p++;

	for (; *p != '\0' && *p != quote; p++) {
		if (quote == '"' && *p == '\\' && (p[1] == '"' || p[1] == '\\' || p[1] == '\n')) {
			p++;
			if (*p == '\n')
				continue;
		}
		buf_addc(out, *p);
	}
	return *p == quote ? p + 1 : NULL;
}

/* The word at p. Returns where it ends, NULL for a quote without an end. */
static const char *
word(struct buf *out, const char *p)
{
	while (p != NULL && *p != '\0' && strchr(BLANK, *p) == NULL) {
		if (*p == '\'' || *p == '"') {
			p = quoted(out, p);
		} else if (*p == '\\' && p[1] != '\0') {
			if (p[1] != '\n')
				buf_addc(out, p[1]);
			p += 2;
		} else {
			buf_addc(out, *p++);
		}
	}
	return p;
}

int
state_words_split(struct state_words *w, const char *line, struct err *e)
{
	AUTO_BUF text = { 0 };
	const char *p = line;

	for (;;) {
		p = skip(p);
		if (*p == '\0' || *p == '#')
			return 0;
		buf_reset(&text);
		if ((p = word(&text, p)) == NULL)
			return err_set(e, 0, "a quote without its end");
		push(w, buf_str(&text), text.len);
	}
}

size_t
state_words_line(const char *text)
{
	const char *p = text;
	bool start = true; /* of a word: there a '#' begins a comment */

	for (; *p != '\0' && *p != '\n'; p++) {
		if (*p == '#' && start)
			return (size_t)(p - text) + strcspn(p, "\n");
		start = strchr(BLANK, *p) != NULL || (start && p[0] == '\\' && p[1] == '\n');
		if (*p == '\\' && p[1] != '\0') {
			p++;
		} else if (*p == '\'' || *p == '"') {
			char quote = *p++;

			for (; *p != '\0' && *p != quote; p++)
				p += quote == '"' && *p == '\\' && p[1] != '\0';
			if (*p == '\0')
				break;
		}
	}
	return (size_t)(p - text);
}

void
state_words_fini(struct state_words *w)
{
	free(w->v);
	arena_fini(&w->text);
	*w = (struct state_words){ 0 };
}
