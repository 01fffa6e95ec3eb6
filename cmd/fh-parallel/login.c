/* Decides what a text that names a host means. Must never know whether there is such a host.
 * Invariant: what goes to ssh as host or user does not begin with '-', and has no character that a shell could act on. */
#include "login.h"

#include <ctype.h>
#include <string.h>

#include "num.h"

struct part {
	const char *s;
	size_t n;
};

static size_t
login_span(struct part p, const char *more)
{
	size_t i;

	for (i = 0; i < p.n && (isalnum((unsigned char)p.s[i]) || (p.s[i] != '\0' && strchr(more, p.s[i]) != NULL)); i++)
		;
	return i;
}

static struct part
login_skip(struct part p, size_t n)
{
	return (struct part){ p.s + n, p.n - n };
}

/* "@a+b/" and "4/" in front. */
static int
login_prefix(struct part *p, struct arena *mem, struct login *out, struct err *e)
{
	const char *slash;
	size_t n;

	out->groups = "";
	out->cpus = -1;
	if (p->n > 0 && *p->s == '@') {
		slash = memchr(p->s, '/', p->n);
		n = slash == NULL ? p->n : (size_t)(slash - p->s);
		out->groups = arena_strndup(mem, p->s + 1, n - 1);
		*p = login_skip(*p, slash == NULL ? n : n + 1);
	}
	for (n = 0; n < p->n && isdigit((unsigned char)p->s[n]); n++)
		;
	if (n == p->n || p->s[n] != '/')
		return 0;
	if (n > 0 && num_int(arena_strndup(mem, p->s, n), 0, INT32_MAX, &out->cpus, e) < 0)
		return -1;
	*p = login_skip(*p, n + 1);
	return 0;
}

/* The host at *p, in brackets or not, into out; *p is then what follows. False: there is none. */
static bool
login_host(struct part *p, struct arena *mem, struct login *out)
{
	bool bracket = p->n > 0 && *p->s == '[';
	const char *colon = memchr(p->s, ':', p->n);
	size_t n;

	if (bracket)
		*p = login_skip(*p, 1);
	else if (colon == NULL || memchr(colon + 1, ':', p->n - (size_t)(colon + 1 - p->s)) == NULL)
		colon = NULL;
	if (bracket || colon != NULL) { /* IPv6 */
		for (n = 0; n < p->n && (isxdigit((unsigned char)p->s[n]) || p->s[n] == ':'); n++)
			;
	} else {
		n = login_span(*p, "-_.");
	}
	out->host = arena_strndup(mem, p->s, n);
	*p = login_skip(*p, n);
	if (bracket && (p->n == 0 || *p->s != ']'))
		return false;
	*p = login_skip(*p, bracket);
	return n > 0;
}

/* ":22", "#22", "p22" behind the host. */
static const char *
login_port(struct part *p, struct arena *mem)
{
	const char *port = NULL;
	size_t n = 1;

	if (p->n < 2 || strchr(":#p", *p->s) == NULL)
		return NULL;
	while (n < p->n && isdigit((unsigned char)p->s[n]))
		n++;
	if (n > 1)
		port = arena_strndup(mem, p->s + 1, n - 1);
	if (n > 1)
		*p = login_skip(*p, n);
	return port;
}

static void
login_word(struct login *l, struct arena *mem, const char *word)
{
	const char **v = arena_alloc(mem, (l->nssh + 2) * sizeof *v);

	if (l->nssh > 0)
		memcpy(v, l->ssh, l->nssh * sizeof *v);
	v[l->nssh++] = word;
	v[l->nssh] = NULL;
	l->ssh = v;
}

/* One word at *s, before end, as a shell would read it (quotes and backslashes, nothing else), into out; *s is moved on. False: there
 * is none. */
static bool
login_next_word(const char **s, const char *end, struct buf *out)
{
	char quote = '\0';

	buf_reset(out);
	while (*s < end && isspace((unsigned char)**s))
		++*s;
	if (*s == end)
		return false;
	for (; *s < end && (quote != '\0' || !isspace((unsigned char)**s)); ++*s) {
		if (quote == '\0' && (**s == '\'' || **s == '"'))
			quote = **s;
		else if (**s == quote)
			quote = '\0';
		else if (**s == '\\' && quote != '\'' && *s + 1 < end && (quote == '\0' || strchr("\"\\$`", (*s)[1])))
			buf_addc(out, *++*s);
		else
			buf_addc(out, **s);
	}
	return true;
}

/* The words of command, as a shell splits them. */
static void
login_command(struct login *l, struct arena *mem, const char *s, size_t n)
{
	const char *end = s + n;
	AUTO_BUF word = { 0 };

	while (login_next_word(&s, end, &word))
		login_word(l, mem, arena_strndup(mem, buf_str(&word), word.len));
}

/* "[user@]host[:port]" in p, which must end there. */
static int
login_place(struct part p, struct arena *mem, struct login *out, struct err *e)
{
	const char *at = memchr(p.s, '@', p.n), *port, *user = NULL;
	struct part whole = p;
	size_t n = at == NULL ? 0 : (size_t)(at - p.s);

	if (at != NULL && memchr(p.s, ':', n) != NULL)
		return err_set(e, 0, "%s: a password is not taken: let ssh log in with a key", out->name);
	if (at != NULL) {
		user = arena_strndup(mem, p.s, n);
		if (n == 0 || login_span((struct part){ p.s, n }, "-_.+") != n)
			return err_set(e, 0, "%s: no user's name before the @", out->name);
		p = login_skip(p, n + 1);
	}
	if (!login_host(&p, mem, out))
		return err_set(e, 0, "%s: no name of a host", out->name);
	port = login_port(&p, mem);
	if (p.n > 0)
		return err_set(e, 0, "%s: not a host, from '%.*s' on", out->name, (int)p.n, p.s);
	if (*out->host == '-' || *whole.s == '-')
		return err_set(e, 0, "%s: a host's name must not begin with -", out->name);
	if (port != NULL) {
		login_word(out, mem, "-p");
		login_word(out, mem, port);
	}
	if (user != NULL) {
		login_word(out, mem, "-l");
		login_word(out, mem, user);
	}
	login_word(out, mem, out->host);
	return 0;
}

int
login_parse(const char *text, size_t n, const char *ssh, struct arena *mem, struct login *out, struct err *e)
{
	struct part p = { text, n };
	const char *blank;

	*out = (struct login){ .host = "" };
	out->name = arena_strndup(mem, text, n);
	if (login_prefix(&p, mem, out, e) < 0)
		return err_wrap(e, "%s", out->name);
	while (p.n > 0 && isspace((unsigned char)p.s[p.n - 1]))
		p.n--;
	out->name = arena_strndup(mem, p.s, p.n);
	if (p.n == 0)
		return 0;
	if (strcmp(out->name, ":") == 0) {
		out->host = ":";
		return 0;
	}
	if ((blank = memrchr(p.s, ' ', p.n)) == NULL) {
		login_command(out, mem, ssh, strlen(ssh));
	} else {
		login_command(out, mem, p.s, (size_t)(blank - p.s));
		p = login_skip(p, (size_t)(blank + 1 - p.s));
	}
	if (out->nssh == 0)
		return err_set(e, 0, "%s: no command that reaches the host", out->name);
	return login_place(p, mem, out, e);
}
