/* Decides where a word ends and what stands in a placeholder's place. Must never know what is run.
 * Invariant: a value is copied into exactly one word, byte by byte; it is never split, unquoted or expanded again
 * (fill_into is the only place that sees values, after all splitting is done). */
#include "command.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"

static const struct command_value *
value_find(const struct command_value *values, size_t n, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(values[i].name) == len && memcmp(values[i].name, name, len) == 0)
			return &values[i];
	return NULL;
}

static int
fill_fail(const char *at, const struct command_value *values, size_t n, struct err *e)
{
	AUTO_BUF known = { 0 };
	size_t i, len = strcspn(at, "}");

	for (i = 0; i < n; i++)
		buf_addf(&known, "%s{%s}", i ? " " : "", values[i].name);
	return err_set(e, 0, "unknown placeholder %.*s (known: %s; write {{ for a brace)", (int)(len < 40 ? len + 1 : 40), at,
	    buf_str(&known));
}

/* The word with its placeholders filled, appended to out. */
static int
fill_into(struct buf *out, const char *word, const struct command_value *values, size_t n, struct err *e)
{
	const struct command_value *v;
	size_t len;

	while (*word != '\0') {
		len = strcspn(word, "{}");
		buf_add(out, word, len);
		word += len;
		if (word[0] == '\0')
			break;
		if (word[0] == word[1] || word[0] == '}') {
			buf_addc(out, word[0]);
			word += word[0] == word[1] ? 2 : 1;
			continue;
		}
		len = strcspn(word, "}");
		if (word[len] == '\0' || (v = value_find(values, n, word + 1, len - 1)) == NULL)
			return fill_fail(word, values, n, e);
		buf_adds(out, v->value != NULL ? v->value : "");
		word += len + 1;
	}
	return 0;
}

/* One quoted stretch, from behind its opening quote to behind its closing one. Returns NULL where there is none. */
static const char *
split_quoted(struct buf *word, const char *p, char quote)
{
	for (; *p != quote; p++) {
		if (*p == '\0')
			return NULL;
		if (quote == '"' && *p == '\\' && (p[1] == '"' || p[1] == '\\'))
			p++;
		buf_addc(word, *p);
	}
	return p + 1;
}

/* The word that begins at p. Returns where it ends; NULL with words. */
static const char *
split_word(struct buf *word, const char *p, struct err *e)
{
	while (*p != '\0' && strchr(" \t\r\n", *p) == NULL) {
		if (*p == '\'' || *p == '"') {
			if ((p = split_quoted(word, p + 1, *p)) == NULL) {
				err_set(e, 0, "a quote has no end");
				return NULL;
			}
			continue;
		}
		if (*p == '\\' && *++p == '\0') {
			err_set(e, 0, "a backslash at the end");
			return NULL;
		}
		buf_addc(word, *p++);
	}
	return p;
}

int
command_compile(struct command *c, const char *text, const struct command_value *values, size_t n, struct err *e)
{
	AUTO_BUF word = { 0 };
	AUTO_BUF trial = { 0 };

	for (;;) {
		text += strspn(text, " \t\r\n");
		if (*text == '\0')
			break;
		buf_reset(&word);
		buf_reset(&trial);
		if ((text = split_word(&word, text, e)) == NULL ||
		    fill_into(&trial, buf_str(&word), values, n, e) < 0)
			return -1;
		c->words = xgrow(c->words, c->nwords, &c->cap, sizeof *c->words);
		c->words[c->nwords++] = arena_strdup(&c->arena, buf_str(&word));
	}
	return c->nwords > 0 && c->words[0][0] != '\0' ? 0 : err_set(e, 0, "names no program");
}

char **
command_expand(const struct command *c, const struct command_value *values, size_t n, struct arena *a)
{
	char **argv = arena_alloc(a, (c->nwords + 1) * sizeof *argv);
	AUTO_BUF word = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < c->nwords; i++) {
		buf_reset(&word);
		if (fill_into(&word, c->words[i], values, n, &e) < 0)
			err_bug("command_expand: %s", e.msg);
		argv[i] = arena_strdup(a, buf_str(&word));
	}
	argv[i] = NULL;
	return argv;
}

char *
command_fill(const char *text, const struct command_value *values, size_t n, struct arena *a, struct err *e)
{
	AUTO_BUF out = { 0 };

	if (fill_into(&out, text, values, n, e) < 0)
		return NULL;
	return arena_strdup(a, buf_str(&out));
}

void
command_fini(struct command *c)
{
	free(c->words);
	arena_fini(&c->arena);
	*c = (struct command){ 0 };
}
