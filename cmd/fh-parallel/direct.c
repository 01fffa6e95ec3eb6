/* Decides which commands mean the same without a shell. Must never know how a command came about.
 * When in doubt a shell is needed: that is always right, only slower. */
#include "direct.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "path.h"

/* --- argv ---------------------------------------------------------------------------------------------------------- */
void
argv_reset(struct argv *a)
{
	a->n = 0;
	buf_reset(&a->text);
}

void
argv_add(struct argv *a, const char *word)
{
	if (a->n == a->cap)
		a->v = xgrow(a->v, a->n, &a->cap, sizeof *a->v);
	a->v[a->n++] = (char *)(uintptr_t)word; /* exec wants char *, and changes nothing */
}

/* Words in the text move with it. */
void
argv_text(struct argv *a, const char *s, size_t n)
{
	uintptr_t old = (uintptr_t)a->text.data, end = old + a->text.len, p;
	size_t i;

	buf_add(&a->text, s, n);
	if ((uintptr_t)a->text.data == old)
		return;
	for (i = 0; i < a->n; i++) {
		p = (uintptr_t)a->v[i];
		if (old != 0 && p >= old && p <= end)
			a->v[i] = a->text.data + (p - old);
	}
}

void
argv_word(struct argv *a, size_t from)
{
	argv_text(a, "", 1); /* the NUL */
	argv_add(a, a->text.data + from);
}

void
argv_end(struct argv *a)
{
	argv_add(a, NULL);
	a->n--;
}

void
argv_fini(struct argv *a)
{
	free(a->v);
	buf_fini(&a->text);
	*a = (struct argv){ 0 };
}

/* --- what needs a shell -------------------------------------------------------------------------------------------- */
/* Builtins and keywords of bash, dash, ksh and zsh. */
static const char *const shell_words[] = { ".", ":", "[", "alias", "autoload", "bg", "bind", "break", "builtin", "caller",
	"case", "cd", "chdir", "command", "compgen", "complete", "compopt", "continue", "coproc", "declare", "dirs", "disown",
	"do", "done", "echo", "elif", "else", "emulate", "enable", "esac", "eval", "exec", "exit", "export", "false", "fc",
	"fg", "fi", "float", "for", "foreach", "function", "getopts", "hash", "help", "hist", "history", "if", "in", "integer",
	"jobs", "kill", "let", "limit", "local", "login", "logout", "mapfile", "nameref", "noglob", "popd", "print", "printf",
	"pushd", "pwd", "read", "readarray", "readonly", "repeat", "return", "select", "set", "setopt", "shift", "shopt",
	"source", "suspend", "test", "then", "time", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias",
	"unlimit", "unset", "unsetopt", "until", "wait", "whence", "where", "which", "while" };

static int
compare_word(const void *key, const void *member)
{
	const char *const *m = member;

	return strcmp(key, *m);
}

bool
direct_char(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("_/.+-,:@%", c) != NULL);
}

/* bash gives functions on as BASH_FUNC_name%%=. */
static bool
is_function(const char *name)
{
	static const char prefix[] = "BASH_FUNC_";
	char **v;
	size_t n = strlen(name);

	for (v = environ; v != NULL && *v != NULL; v++)
		if (strncmp(*v, prefix, sizeof prefix - 1) == 0 && strncmp(*v + sizeof prefix - 1, name, n) == 0 &&
		    (strncmp(*v + sizeof prefix - 1 + n, "%%=", 3) == 0 || strncmp(*v + sizeof prefix - 1 + n, "()=", 3) == 0))
			return true;
	return false;
}

bool
direct_word(const char *word, size_t n)
{
	AUTO_FREE char *w = xstrndup(word, n);

	if (n == 0 || memchr(word, '=', n) != NULL)
		return false;
	return bsearch(w, shell_words, ARRAY_LEN(shell_words), sizeof *shell_words, compare_word) == NULL && !is_function(w);
}

bool
direct_shell(const char *shell)
{
	static const char *const known[] = { "ash", "bash", "busybox", "dash", "ksh", "ksh93", "mksh", "sh" };
	const char *start = getenv("BASH_ENV"), *path = getenv("PATH");

	if (start != NULL && *start != '\0')
		return false;
	if (path == NULL) /* a shell has a default of its own */
		return false;
	return bsearch(path_base(shell), known, ARRAY_LEN(known), sizeof *known, compare_word) != NULL;
}

/* One word at *s, bare or with '...' and "'" in it, into the text of out. False: it means more than itself. */
static bool
split_word(const char **s, const char *end, struct argv *out)
{
	const char *close;

	while (*s < end && **s != ' ') {
		if (**s == '\'') {
			close = memchr(*s + 1, '\'', (size_t)(end - *s - 1));
			if (close == NULL)
				return false;
			argv_text(out, *s + 1, (size_t)(close - *s - 1));
			*s = close + 1;
		} else if (end - *s >= 3 && memcmp(*s, "\"'\"", 3) == 0) {
			argv_text(out, "'", 1);
			*s += 3;
		} else if (direct_char(**s))
			argv_text(out, (*s)++, 1);
		else
			return false;
	}
	return true;
}

bool
direct_split(const char *text, size_t len, struct argv *out)
{
	const char *s = text, *end = text + len;
	size_t from;

	argv_reset(out);
	if (memchr(text, '\0', len) != NULL)
		return false;
	for (;;) {
		while (s < end && *s == ' ')
			s++;
		if (s == end)
			break;
		from = out->text.len;
		if (!split_word(&s, end, out))
			return false;
		argv_word(out, from);
	}
	argv_end(out);
	return out->n > 0 && direct_word(out->v[0], strlen(out->v[0]));
}
