/* fh-gen: writes what the option tables say into the tree: completions and man pages. For whoever builds the suite;
 * not installed. The tables come in by name from the Makefile (FH_TOOLS: X(state) X(voicecheck) ...).
 *
 *     fh-gen write        completions/SHELL/..., man/TOOL.1 from man/TOOL.1.in, man/fh.7 from man/fh.7.in
 *     fh-gen check        0 where they stand as they would be written, 1 with the names of those that do not
 *     fh-gen rows TOOL    the table for tests: name, letter, aliases, argument, sample, kind, separated by TAB ("-": none)
 *     fh-gen tools        the names of all tools
 *
 * A line of a .in file that is @WORD@ is replaced: @SYNOPSIS@ @VERBS@ @OPTIONS@ @EXITS@ @DIFFERENCES@ from the tool's
 * table, @SETTINGS@ and @SETTINGS:section@ from ini.c's. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "ini.h"
#include "io.h"
#include "opt.h"

#define X(t) extern const struct tool t##_tool;
FH_TOOLS
#undef X
#define X(t) &t##_tool,
static const struct tool *const tools[] = { FH_TOOLS NULL };
#undef X

enum { PAGE_MAX = 1 << 20 };

/* Receives one generated file. Returns 0, 1 where something is to be told, or exits. */
typedef int take_fn(const char *path, const struct buf *text);

static const struct tool *
find_tool(const char *name)
{
	size_t i;

	for (i = 0; tools[i] != NULL; i++)
		if (strcmp(tools[i]->name, name) == 0)
			return tools[i];
	return NULL;
}

/* --- man pages --------------------------------------------------------------------------------------------------- */
/* The rows of a section, n bytes (0: all, with headings). */
static void
settings(const char *section, size_t n, struct buf *out)
{
	const char *open = NULL;
	size_t i;

	for (i = 0; i < ini_nkeys; i++) {
		const struct ini_key *k = &ini_keys[i];

		if (n > 0 && (strncmp(k->section, section, n) != 0 || k->section[n] != '\0'))
			continue;
		if (open == NULL || strcmp(open, k->section) != 0)
			buf_addf(out, "%s.Ss Section %s\n.Bl -tag -width Ds\n", open != NULL ? ".El\n" : "", k->section);
		open = k->section;
		buf_addf(out, ".It Cm %s No = Ar %s\n%c%s.\n", k->name, k->arg, k->help[0] - 'a' + 'A', k->help + 1);
		if (k->preset != NULL)
			buf_addf(out, "Default:\n.Ql %s .\n", k->preset);
	}
	if (open != NULL)
		buf_adds(out, ".El\n");
}

/* What stands for the n bytes of word between the @. */
static void
expand(const struct tool *t, const char *word, size_t n, struct buf *out)
{
	static const struct { const char *word; void (*fn)(const struct tool *, struct buf *); } words[] = {
		{ "SYNOPSIS", opt_mdoc_synopsis }, { "VERBS", opt_mdoc_verbs }, { "OPTIONS", opt_mdoc },
		{ "EXITS", opt_mdoc_exits }, { "DIFFERENCES", opt_mdoc_refused },
	};
	size_t i;

	if (n >= 8 && strncmp(word, "SETTINGS", 8) == 0) {
		settings(word + 9, n > 8 ? n - 9 : 0, out);
		return;
	}
	for (i = 0; t != NULL && i < ARRAY_LEN(words); i++) {
		if (strlen(words[i].word) == n && strncmp(word, words[i].word, n) == 0) {
			words[i].fn(t, out);
			return;
		}
	}
	errx(2, "@%.*s@: unknown word in a man page", (int)n, word);
}

static void
expand_page(const struct tool *t, const char *text, struct buf *out)
{
	size_t n;

	buf_adds(out, ".\\\" Made by fh-gen from the .in file beside it; do not edit.\n");
	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		if (n > 2 && text[0] == '@' && text[n - 1] == '@')
			expand(t, text + 1, n - 2, out);
		else
			buf_addf(out, "%.*s\n", (int)n, text);
	}
}

/* Lines of running text are broken before column 80, as mandoc -Tlint asks; macros and literal displays stay. */
static void
fill(const char *text, struct buf *out)
{
	bool literal = false;
	size_t n, k;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		literal = strncmp(text, ".Bd", 3) == 0 || (literal && strncmp(text, ".Ed", 3) != 0);
		while (!literal && *text != '.' && n >= 80) {
			for (k = 79; k > 0 && text[k] != ' '; k--)
				;
			if (k == 0)
				break;
			buf_addf(out, "%.*s\n%s", (int)k, text, strchr(".'", text[k + 1]) != NULL ? "\\&" : "");
			text += k + 1;
			n -= k + 1;
		}
		buf_addf(out, "%.*s\n", (int)n, text);
	}
}

/* man/NAME from man/NAME.in; t is NULL for fh.7. */
static int
give_page(const struct tool *t, const char *name, take_fn *take)
{
	AUTO_BUF text = { 0 }, out = { 0 }, filled = { 0 }, path = { 0 };
	int r;

	buf_addf(&path, "man/%s.in", name);
	r = io_slurp_at(AT_FDCWD, path.data, &text, PAGE_MAX);
	if (r < 0)
		errx(3, "%s: %s", path.data, strerror(-r));
	expand_page(t, buf_str(&text), &out);
	fill(buf_str(&out), &filled);
	path.data[path.len - 3] = '\0';
	return take(path.data, &filled);
}

/* --- all files --------------------------------------------------------------------------------------------------- */
static int
give_completion(const struct tool *t, const char *fmt, void (*fn)(const struct tool *, struct buf *), take_fn *take)
{
	AUTO_BUF text = { 0 }, path = { 0 };
	const char *at = strchr(fmt, '@');

	buf_addf(&path, "%.*s%s%s", (int)(at - fmt), fmt, t->name, at + 1);
	fn(t, &text);
	return take(path.data, &text);
}

static int
give_all(take_fn *take)
{
	char page[64];
	struct err e;
	size_t i;
	int r = 0;

	for (i = 0; tools[i] != NULL; i++) {
		if (opt_check(tools[i], &e) < 0)
			errx(2, "%s", e.msg);
		r |= give_completion(tools[i], "completions/bash/@", opt_bash, take);
		r |= give_completion(tools[i], "completions/zsh/_@", opt_zsh, take);
		r |= give_completion(tools[i], "completions/fish/@.fish", opt_fish, take);
		snprintf(page, sizeof page, "%s.1", tools[i]->name);
		r |= give_page(tools[i], page, take);
	}
	return r | give_page(NULL, "fh.7", take);
}

/* Whether the file holds just text. */
static bool
stands(const char *path, const struct buf *text)
{
	AUTO_BUF old = { 0 };

	return io_slurp_at(AT_FDCWD, path, &old, PAGE_MAX) == 0 && old.len == text->len &&
	       memcmp(buf_str(&old), buf_str(text), text->len) == 0;
}

static int
take_write(const char *path, const struct buf *text)
{
	AUTO_BUF dir = { 0 };
	int r;

	if (stands(path, text))
		return 0;
	buf_add(&dir, path, (size_t)(strrchr(path, '/') - path));
	r = file_mkdirs(AT_FDCWD, dir.data, 0777);
	if (r == 0)
		r = file_replace(AT_FDCWD, path, text->data, text->len, 0666);
	if (r < 0)
		errx(3, "%s: %s", path, strerror(-r));
	printf("%s\n", path);
	return 0;
}

static int
take_check(const char *path, const struct buf *text)
{
	if (stands(path, text))
		return 0;
	warnx("%s: not as its table says: run make gen", path);
	return 1;
}

static int
show_rows(const char *name)
{
	const struct tool *t = find_tool(name);
	static const char *const kinds[] = { "normal", "hidden", "refused" };
	const struct opt *row;
	size_t i;

	if (t == NULL)
		errx(2, "%s: no such tool", name);
	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		char letter[2] = { row->letter != 0 ? row->letter : '-', '\0' };

		printf("%s\t%s\t%s\t%s\t%s\t%s\n", row->name ? row->name : "-", letter, row->aliases ? row->aliases : "-",
		    row->arg == NULL ? "-" : row->arg_optional ? "optional" : "needed",
		    row->arg != NULL ? opt_sample(row) : "-", kinds[row->kind]);
	}
	return 0;
}

static int
show_tools(void)
{
	size_t i;

	for (i = 0; tools[i] != NULL; i++)
		puts(tools[i]->name);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "write") == 0)
		return give_all(take_write);
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return give_all(take_check);
	if (argc == 2 && strcmp(argv[1], "tools") == 0)
		return show_tools();
	if (argc == 3 && strcmp(argv[1], "rows") == 0)
		return show_rows(argv[2]);
	errx(2, "usage: fh-gen write | check | tools | rows TOOL");
}
