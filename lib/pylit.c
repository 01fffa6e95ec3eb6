/* Decides which dict a Python file binds to a name, by reading alone. Must never know what the dict is for, and never
 * runs, imports or guesses anything: what it cannot read it refuses, with its place.
 * Invariants: 1. code that Python would run while it loads the file and that could touch the dict is refused: every name
 *                in it passes loaded_word; function bodies are not run while loading, unless something there calls them.
 *             2. no recursion but that of the literal, which is bounded (pydict.c), so no text can exhaust the stack. */
#include "pylit.h"

#include <stdbool.h>
#include <string.h>

#include "utf8.h"

#define DEPTH_MAX 100 /* nested brackets; Python's own limit is 200 */

/* How code is passed over. */
enum code {
	CODE_LOADED, /* runs while the file is loaded: names are looked at */
	CODE_IMPORT, /* as CODE_LOADED; '*' brings names that nobody sees */
	CODE_BODY,   /* a function's: runs when something calls it */
	CODE_NEVER,  /* under `if __name__ == "__main__":` */
};

struct word {
	const char *p;
	size_t n;
};

struct parser {
	struct pyscan s;
	const char *name;
	struct pydict *dict;
	bool bound;            /* name is bound to dict by now */
	bool bodies_name_it;   /* some function's body has the name in it */
	const char *star;      /* the `import *` by which name may have got another value, or NULL */
	const char *local_use; /* first use of one of the file's own functions or classes in loaded code, or NULL */
	struct word *locals;   /* names of the functions and classes seen so far */
	size_t nlocals, locals_cap;
};

/* --- passing over code -------------------------------------------------------------------------------------------- */

/* Looks at the word of n bytes at p, in code that runs while the file is loaded. */
static int
loaded_word(struct parser *p, size_t n)
{
	/* Names by which a module changes its own names unseen, and the function that has no name. */
	static const char *const reaching[] = { "exec", "eval", "globals", "locals", "vars", "setattr", "delattr",
		"__import__", "__dict__", "__builtins__", "lambda" };
	const char *w = p->s.p;
	size_t i;

	if (pyscan_at_word(&p->s, p->name))
		return pyscan_fail(&p->s, w, "%s is used here outside a function; only %s = {...} itself is read", p->name,
		                   p->name);
	for (i = 0; i < ARRAY_LEN(reaching); i++)
		if (pyscan_at_word(&p->s, reaching[i]))
			return pyscan_fail(&p->s, w, "'%s' is never run, and could change %s", reaching[i], p->name);
	for (i = 0; p->local_use == NULL && i < p->nlocals; i++)
		if (p->locals[i].n == n && memcmp(p->locals[i].p, w, n) == 0)
			p->local_use = w;
	return 0;
}

/* A word, a string or a single character. */
static int
token_skip(struct parser *p, enum code code)
{
	struct pyscan *s = &p->s;
	bool loaded = code == CODE_LOADED || code == CODE_IMPORT;
	size_t n;

	if (pyscan_at_string(s))
		return pyscan_string(s, NULL);
	if ((n = pyscan_word(s)) > 0) {
		if (code == CODE_BODY)
			p->bodies_name_it |= pyscan_at_word(s, p->name);
		else if (loaded && loaded_word(p, n) < 0)
			return -1;
		s->p += n;
		return 0;
	}
	if ((unsigned char)*s->p >= 0x80 && loaded)
		return pyscan_fail(s, s->p, "a name outside ASCII is not read");
	if ((unsigned char)*s->p < 0x20 || *s->p == 0x7f)
		return pyscan_fail(s, s->p, "a control character");
	if (strchr("$?`", *s->p) != NULL || (*s->p == '!' && (s->end - s->p < 2 || s->p[1] != '=')))
		return pyscan_fail(s, s->p, "unexpected '%c'", *s->p);
	if (*s->p == '*' && code == CODE_IMPORT)
		p->star = s->p;
	s->p++;
	return 0;
}

/* Brackets that are open. */
struct brackets {
	const char *at[DEPTH_MAX];
	unsigned n;
};

/* Keeps b in step with the character at p. */
static int
brackets_follow(const struct pyscan *s, struct brackets *b)
{
	static const char open[] = "([{", close[] = ")]}";
	const char *c;

	if (strchr(open, *s->p) != NULL) {
		if (b->n >= DEPTH_MAX)
			return pyscan_fail(s, s->p, "brackets nested deeper than %d", DEPTH_MAX);
		b->at[b->n++] = s->p;
	} else if ((c = strchr(close, *s->p)) != NULL) {
		if (b->n == 0 || *b->at[b->n - 1] != open[c - close])
			return pyscan_fail(s, s->p, "'%c' closes nothing", *s->p);
		b->n--;
	}
	return 0;
}

/* Passes over code up to one of the characters in stop outside brackets, the end of the line, or of the text. */
static int
code_skip(struct parser *p, enum code code, const char *stop)
{
	struct pyscan *s = &p->s;
	struct brackets b = { .n = 0 };

	for (;;) {
		if (pyscan_blank(s, b.n > 0) < 0)
			return -1;
		if (s->p >= s->end)
			return b.n > 0 ? pyscan_fail(s, b.at[b.n - 1], "'%c' is not closed", *b.at[b.n - 1]) : 0;
		if (b.n == 0 && (*s->p == '\n' || strchr(stop, *s->p) != NULL))
			return 0;
		if (brackets_follow(s, &b) < 0 || token_skip(p, code) < 0)
			return -1;
	}
}

/* The rest of the line, and the indented lines below it. Ends at the start of a line. */
static int
body_skip(struct parser *p, enum code code)
{
	struct pyscan *s = &p->s;
	const char *line;
	bool indented;

	if (code_skip(p, code, "") < 0)
		return -1;
	while (pyscan_at(s, '\n')) {
		s->p++;
		line = s->p;
		indented = pyscan_indent(s);
		if (pyscan_at(s, '\\'))
			return pyscan_unexpected(s, "a statement");
		if (!pyscan_at(s, '#') && !pyscan_at(s, '\n') && s->p < s->end && !indented) {
			s->p = line;
			break;
		}
		if (code_skip(p, code, "") < 0)
			return -1;
	}
	return 0;
}

/* --- statements --------------------------------------------------------------------------------------------------- */

/* What follows the '=': the dict, parentheses around it or not. */
static int
value_take(struct parser *p)
{
	struct pyscan *s = &p->s;
	unsigned open = 0;

	for (;; open++, s->p++) {
		if (pyscan_blank(s, open > 0) < 0)
			return -1;
		if (!pyscan_at(s, '('))
			break;
		if (open >= DEPTH_MAX)
			return pyscan_fail(s, s->p, "parentheses nested deeper than %d", DEPTH_MAX);
	}
	if (!pyscan_at(s, '{'))
		return pyscan_unexpected(s, "'{'");
	s->p++;
	pydict_clear(p->dict);
	p->bound = true;
	p->star = NULL;
	if (pydict_take(s, p->dict) < 0)
		return -1;
	for (; open > 0; open--, s->p++) {
		if (pyscan_blank(s, true) < 0)
			return -1;
		if (!pyscan_at(s, ')'))
			return pyscan_unexpected(s, "')'");
	}
	return 0;
}

/* Behind the name that we look for: = or : type =. */
static int
binding_take(struct parser *p)
{
	struct pyscan *s = &p->s;

	if (pyscan_blank(s, false) < 0)
		return -1;
	if (pyscan_at(s, ':')) {
		s->p++;
		if (pyscan_blank(s, false) < 0)
			return -1;
		if (pyscan_at(s, '='))
			return pyscan_unexpected(s, "a type");
		if (code_skip(p, CODE_LOADED, "=;") < 0)
			return -1;
		if (!pyscan_at(s, '='))
			return 0; /* a type alone binds nothing */
	}
	if (!pyscan_at(s, '=') || (s->end - s->p > 1 && s->p[1] == '=') || strchr(":=|+-*/%@&^<>!~", s->p[-1]) != NULL)
		return pyscan_fail(s, s->p, "only %s = {...} is read, nothing that changes it later", p->name);
	s->p++;
	return value_take(p);
}

/* Behind another name that begins a statement: an assignment, or something that would have to be run. */
static int
assignment_skip(struct parser *p, const char *at)
{
	static const char *const ops[] = { ":", ",", "+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", ">>=",
		"<<=", "**=" };
	struct pyscan *s = &p->s;
	size_t i, n, left;

	if (pyscan_blank(s, false) < 0)
		return -1;
	left = (size_t)(s->end - s->p);
	if (pyscan_at(s, '=') && (left < 2 || s->p[1] != '='))
		return code_skip(p, CODE_LOADED, ";");
	for (i = 0; i < ARRAY_LEN(ops); i++) {
		n = strlen(ops[i]);
		if (left >= n && memcmp(s->p, ops[i], n) == 0)
			return code_skip(p, CODE_LOADED, ";");
	}
	return pyscan_fail(s, at, "this is never run; only assignments, imports and functions may stand beside %s", p->name);
}

/* def and class: the head runs (defaults, bases), and so does the body of a class. */
static int
definition_skip(struct parser *p, const char *keyword, enum code body)
{
	struct pyscan *s = &p->s;
	struct word w;

	s->p += strlen(keyword);
	if (pyscan_blank(s, false) < 0)
		return -1;
	w = (struct word){ .p = s->p, .n = pyscan_word(s) };
	if (code_skip(p, CODE_LOADED, ":") < 0)
		return -1;
	if (!pyscan_at(s, ':'))
		return pyscan_unexpected(s, "':'");
	p->locals = xgrow(p->locals, p->nlocals, &p->locals_cap, sizeof *p->locals);
	p->locals[p->nlocals++] = w;
	return body_skip(p, body);
}

/* Takes the word w and the blanks behind it, if it stands at p. */
static bool
word_take(struct pyscan *s, const char *w)
{
	if (!pyscan_at_word(s, w))
		return false;
	s->p += strlen(w);
	return pyscan_blank(s, false) == 0;
}

/* if __name__ == "__main__": is not run by who loads the file. Any other condition is not ours to know. */
static int
main_guard_skip(struct parser *p)
{
	struct pyscan *s = &p->s, quiet = *s;
	AUTO_BUF word = { 0 };

	quiet.e = NULL;
	if (!word_take(&quiet, "if") || !word_take(&quiet, "__name__") || quiet.end - quiet.p < 2 ||
	    memcmp(quiet.p, "==", 2) != 0)
		return pyscan_fail(s, s->p, "an 'if' outside a function is not followed");
	quiet.p += 2;
	if (pyscan_blank(&quiet, false) < 0 || !pyscan_at_string(&quiet) || pyscan_string(&quiet, &word) < 0 ||
	    pyscan_blank(&quiet, false) < 0 || !pyscan_at(&quiet, ':') || strcmp(buf_str(&word), "__main__") != 0)
		return pyscan_fail(s, s->p, "an 'if' outside a function is not followed");
	s->p = quiet.p;
	return body_skip(p, CODE_NEVER);
}

/* def, class, if and decorators, which own the lines below them. Returns 1 where the statement is none of these. */
static int
compound_skip(struct parser *p)
{
	struct pyscan *s = &p->s;
	const char *at = s->p;

	if (pyscan_at(s, '@'))
		return code_skip(p, CODE_LOADED, "");
	if (word_take(s, "async") && !pyscan_at_word(s, "def"))
		return pyscan_fail(s, at, "'async' outside a function is not followed");
	if (pyscan_at_word(s, "def"))
		return definition_skip(p, "def", CODE_BODY);
	if (pyscan_at_word(s, "class"))
		return definition_skip(p, "class", CODE_LOADED);
	if (pyscan_at_word(s, "if"))
		return main_guard_skip(p);
	return s->p != at ? pyscan_unexpected(s, "'def'") : 1;
}

/* A string as a statement: the module's docstring. */
static int
docstring_skip(struct parser *p)
{
	AUTO_BUF text = { 0 };

	while (pyscan_at_string(&p->s))
		if (pyscan_string(&p->s, &text) < 0 || pyscan_blank(&p->s, false) < 0)
			return -1;
	return 0;
}

static int
simple_take(struct parser *p)
{
	static const char *const refused[] = { "assert", "await", "break", "class", "continue", "def", "del", "elif",
		"else", "except", "finally", "for", "global", "if", "nonlocal", "not", "raise", "return", "try", "while",
		"with", "yield", "None", "True", "False" };
	struct pyscan *s = &p->s;
	const char *at = s->p;
	size_t n = pyscan_word(s), i;

	if (pyscan_at_string(s))
		return docstring_skip(p);
	if (n == 0)
		return pyscan_unexpected(s, "a statement");
	if (pyscan_at_word(s, "import") || pyscan_at_word(s, "from"))
		return code_skip(p, CODE_IMPORT, ";");
	for (i = 0; i < ARRAY_LEN(refused); i++)
		if (pyscan_at_word(s, refused[i]))
			return pyscan_fail(s, at, "'%s' is not followed here", refused[i]);
	if (pyscan_at_word(s, p->name)) {
		s->p += n;
		return binding_take(p);
	}
	if (!pyscan_at_word(s, "pass") && loaded_word(p, n) < 0)
		return -1;
	s->p += n;
	return n == 4 && memcmp(at, "pass", 4) == 0 ? 0 : assignment_skip(p, at);
}

/* The statements of one line, up to its end. */
static int
line_take(struct parser *p)
{
	struct pyscan *s = &p->s;
	int r = compound_skip(p);

	if (r <= 0)
		return r;
	for (;;) {
		if (simple_take(p) < 0 || pyscan_blank(s, false) < 0)
			return -1;
		if (!pyscan_at(s, ';'))
			break;
		s->p++;
		if (pyscan_blank(s, false) < 0)
			return -1;
		if (s->p >= s->end || *s->p == '\n')
			break;
	}
	return s->p < s->end && *s->p != '\n' ? pyscan_unexpected(s, "the end of the statement") : 0;
}

static int
module_take(struct parser *p)
{
	struct pyscan *s = &p->s;
	bool indented;

	while (s->p < s->end) {
		indented = pyscan_indent(s);
		if (pyscan_at(s, '#') && pyscan_blank(s, false) < 0)
			return -1;
		if (pyscan_at(s, '\n')) {
			s->p++;
			continue;
		}
		if (s->p >= s->end)
			break;
		if (indented)
			return pyscan_fail(s, s->p, "unexpected indentation");
		if (line_take(p) < 0)
			return -1;
	}
	if (p->star != NULL)
		return pyscan_fail(s, p->star, "what 'import *' brings may replace %s", p->name);
	if (p->local_use != NULL && p->bodies_name_it)
		return pyscan_fail(s, p->local_use, "this is never run, and could change %s", p->name);
	return p->bound ? 0 : pyscan_fail(s, s->p, "no %s = {...} in it", p->name);
}

/* A copy of text with LF line ends and without a byte order mark. */
static void
source_copy(struct buf *out, const char *text, size_t n)
{
	const char *end = text + n, *cr;

	if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	for (; text < end && (cr = memchr(text, '\r', (size_t)(end - text))) != NULL; text = cr + 1) {
		buf_add(out, text, (size_t)(cr - text));
		if (cr + 1 == end || cr[1] != '\n')
			buf_addc(out, '\n');
	}
	buf_add(out, text, (size_t)(end - text));
}

int
pylit_parse(const char *text, size_t n, const char *name, struct pydict *out, struct err *e)
{
	AUTO_BUF source = { 0 };
	struct parser p = { .name = name, .dict = out, .s.e = e };
	struct utf8 u = { 0 };
	size_t good;
	const char *nul;
	int r;

	source_copy(&source, text, n);
	p.s.begin = p.s.p = buf_str(&source);
	p.s.end = p.s.begin + source.len;
	good = utf8_scan(&u, p.s.begin, source.len);
	if (good < source.len || u.need != 0)
		return pyscan_fail(&p.s, p.s.begin + good, "not valid UTF-8");
	if ((nul = memchr(p.s.begin, '\0', source.len)) != NULL)
		return pyscan_fail(&p.s, nul, "a NUL character");
	r = module_take(&p);
	free(p.locals);
	if (r < 0)
		pydict_fini(out);
	return r;
}
