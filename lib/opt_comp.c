/* Decides how a table becomes completions for bash, zsh and fish. Must never know what a tool does: what only a tool
 * knows (names in a project) is asked from it at the moment of completion, by the row's `list` command.
 * Invariants: 1. the scripts need nothing but their shell: bash 3.2, no bash-completion package.
 *             2. text from the table stands in single quotes (quoted), so that no help line can run as code. */
#include <string.h>

#include "buf.h"
#include "opt.h"
#include "shq.h"

/* Where the value of a row or the operand of a verb comes from. */
struct values {
	const char *const *choices;
	const char *list;
	enum opt_complete kind;
	bool none; /* takes nothing that could be completed */
};

static struct values
row_values(const struct opt *row)
{
	return (struct values){ row->choices, row->list, row->complete,
		row->choices == NULL && row->list == NULL && row->complete == OPT_C_NONE };
}

static struct values
verb_values(const struct opt_verb *v)
{
	return (struct values){ v->choices, v->list, v->complete,
		v->choices == NULL && v->list == NULL && v->complete == OPT_C_NONE };
}

static void
quoted(struct buf *out, const char *s)
{
	shq_eval(out, s, strlen(s));
}

/* "fh-state" as part of a function's name. */
static void
ident(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++)
		buf_addc(out, *name == '-' ? '_' : *name);
}

/* Ways to write the row, separated by sep: "-j --jobs --max-procs". */
static void
forms(const struct tool *t, const struct opt *row, const char *sep, struct buf *out)
{
	struct opt_names walk = { .row = row };
	size_t n, from = out->len;
	const char *w;

	if (opt_letter(t, row) != '\0')
		buf_addf(out, "-%c", opt_letter(t, row));
	while ((w = opt_name(&walk, &n)) != NULL)
		buf_addf(out, "%s-%s%.*s", out->len > from ? sep : "", n > 1 ? "-" : "", (int)n, w);
}

static void
choices(const char *const *list, struct buf *out)
{
	size_t i;

	for (i = 0; list != NULL && list[i] != NULL; i++)
		buf_addf(out, "%s%s", i > 0 ? " " : "", list[i]);
}

static bool
is_shown(const struct opt *row)
{
	return row->kind == OPT_NORMAL;
}

/* The words of rows whose value is the next word, for `case`: "-j|--jobs|...". */
static void
value_forms(const struct tool *t, const char *sep, struct buf *out)
{
	size_t i, from = out->len;
	const struct opt *row;

	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		if (row->arg == NULL || row->arg_optional || row->kind == OPT_REFUSED)
			continue;
		buf_adds(out, out->len > from ? sep : "");
		forms(t, row, sep, out);
	}
	if (out->len == from)
		buf_adds(out, "''"); /* a case needs a word */
}

/* --- bash -------------------------------------------------------------------------------------------------------- */
static const char bash_head[] =
    "	local cur=${COMP_WORDS[COMP_CWORD]} opt='' verb=''\n"
    "	COMPREPLY=()\n"
    "	# readline hands --name=value over as three words\n"
    "	if [ \"$cur\" = = ]; then\n"
    "		opt=${COMP_WORDS[COMP_CWORD - 1]} cur=''\n"
    "	elif ((COMP_CWORD > 1)) && [ \"${COMP_WORDS[COMP_CWORD - 1]}\" = = ]; then\n"
    "		opt=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "	elif ((COMP_CWORD > 1)); then\n"
    "		case ${COMP_WORDS[COMP_CWORD - 1]} in\n";

static void
bash_helpers(const char *fn, struct buf *out)
{
	buf_addf(out, "_%s_reply()\n{\n", fn);
	buf_adds(out, "	local line\n"
	              "	while IFS= read -r line; do COMPREPLY+=(\"$line\"); done\n"
	              "}\n\n");
	/* never compgen -W on what a program printed: that expands it, $(...) included */
	buf_addf(out, "_%s_list()\n{\n", fn);
	buf_adds(out, "	local line\n"
	              "	while IFS= read -r line; do\n"
	              "		case $line in \"$1\"*) COMPREPLY+=(\"$(printf %q \"$line\")\") ;; esac\n"
	              "	done\n"
	              "}\n\n");
}

static void
bash_values(const char *fn, const struct values *v, struct buf *out)
{
	AUTO_BUF words = { 0 };

	if (v->kind == OPT_C_FILE || v->kind == OPT_C_DIR) {
		buf_adds(out, "compopt -o filenames 2>/dev/null; ");
		buf_addf(out, "_%s_reply < <(compgen -%c -- \"$cur\"); ", fn, v->kind == OPT_C_FILE ? 'f' : 'd');
	}
	if (v->kind == OPT_C_HOST)
		buf_addf(out, "_%s_reply < <(compgen -A hostname -- \"$cur\"); ", fn);
	if (v->kind == OPT_C_SIGNAL)
		buf_addf(out, "_%s_reply < <(compgen -W 'TERM KILL INT HUP QUIT USR1 USR2' -- \"$cur\"); ", fn);
	if (v->kind == OPT_C_COMMAND)
		buf_addf(out, "_%s_reply < <(compgen -c -- \"$cur\"); ", fn);
	choices(v->choices, &words);
	if (words.len > 0)
		buf_addf(out, "_%s_reply < <(compgen -W '%s' -- \"$cur\"); ", fn, words.data);
	if (v->list != NULL)
		buf_addf(out, "_%s_list \"$cur\" < <({ %s; } 2>/dev/null); ", fn, v->list);
}

static void
bash_options(const struct tool *t, const char *fn, struct buf *out)
{
	const struct opt *row;
	size_t i;

	buf_adds(out, "	case $opt in\n");
	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		struct values v = row_values(row);

		if (row->arg == NULL || row->kind == OPT_REFUSED || v.none)
			continue;
		buf_adds(out, "	");
		forms(t, row, "|", out);
		buf_adds(out, ") ");
		bash_values(fn, &v, out);
		buf_adds(out, "return ;;\n");
	}
	buf_adds(out, "	?*) return ;;\n	esac\n	case $cur in\n	-*)\n		_");
	buf_adds(out, fn);
	buf_adds(out, "_reply < <(compgen -W '");
	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		if (!is_shown(row))
			continue;
		if (row->name != NULL)
			buf_addf(out, "--%s%s ", row->name, row->arg != NULL && !row->arg_optional ? "=" : "");
		else
			buf_addf(out, "-%c ", row->letter);
	}
	buf_splice(out, out->len - 1, 1, "", 0);
	buf_adds(out, "' -- \"$cur\")\n"
	              "		case ${COMPREPLY[0]-} in *=) compopt -o nospace 2>/dev/null ;; esac\n"
	              "		return ;;\n	esac\n");
}

/* Finds the first operand, which is the verb or the command: $verb, and its place $i. */
static void
bash_verb(const struct tool *t, struct buf *out)
{
	buf_adds(out, "	local word i\n"
	              "	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	              "		word=${COMP_WORDS[i]}\n"
	              "		case $word in\n		");
	value_forms(t, "|", out);
	buf_adds(out, ") i=$((i + 1)); [ \"${COMP_WORDS[i]}\" = = ] && i=$((i + 1)) ;;\n"
	              "		=) i=$((i + 1)) ;;\n"
	              "		-*) ;;\n"
	              "		*) verb=$word; break ;;\n"
	              "		esac\n	done\n");
}

static void
bash_operands(const struct tool *t, const char *fn, struct buf *out)
{
	struct values v = { .kind = t->operand_complete };
	size_t i;

	buf_adds(out, "	case $verb in\n	'') ");
	if (t->nverbs > 0) {
		buf_addf(out, "_%s_reply < <(compgen -W '", fn);
		for (i = 0; i < t->nverbs; i++)
			buf_addf(out, "%s%s", i > 0 ? " " : "", t->verbs[i].name);
		buf_adds(out, "' -- \"$cur\") ");
	} else
		bash_values(fn, &v, out);
	buf_adds(out, ";;\n");
	for (i = 0; i < t->nverbs; i++) {
		struct values w = verb_values(&t->verbs[i]);

		if (w.none)
			continue;
		buf_addf(out, "	%s) ", t->verbs[i].name);
		bash_values(fn, &w, out);
		buf_adds(out, ";;\n");
	}
	buf_adds(out, "	esac\n");
}

void
opt_bash(const struct tool *t, struct buf *out)
{
	AUTO_BUF fn = { 0 };

	ident(&fn, t->name);
	buf_addf(out, "# bash completion for %s, made by fh-gen from its option table\n# shellcheck shell=bash\n", t->name);
	bash_helpers(fn.data, out);
	buf_addf(out, "_%s()\n{\n%s		", fn.data, bash_head);
	value_forms(t, "|", out);
	buf_adds(out, ") opt=${COMP_WORDS[COMP_CWORD - 1]} ;;\n		esac\n	fi\n");
	if (t->nverbs > 0 || t->stop_at_operand)
		bash_verb(t, out);
	if (t->stop_at_operand)
		buf_adds(out, "	[ -z \"$verb\" ] || return 0 # the command's own words\n");
	bash_options(t, fn.data, out);
	bash_operands(t, fn.data, out);
	/* no match: readline falls back to file names */
	buf_addf(out, "}\ncomplete -o default -F _%s %s\n", fn.data, t->name);
}

/* --- zsh --------------------------------------------------------------------------------------------------------- */
/* text for inside a single-quoted _arguments spec. */
static void
zsh_text(const char *s, struct buf *out)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else if (strchr("[]:\\", *s) != NULL)
			buf_addf(out, "\\%c", *s);
		else
			buf_addc(out, *s);
	}
}

/* The action part of a spec. */
static void
zsh_values(const struct values *v, struct buf *out)
{
	static const char *const kinds[] = {
		[OPT_C_NONE] = " ", [OPT_C_FILE] = "_files", [OPT_C_DIR] = "_files -/", [OPT_C_HOST] = "_hosts",
		[OPT_C_SIGNAL] = "_signals", [OPT_C_COMMAND] = "_command_names -e",
	};

	if (v->choices != NULL && v->list == NULL) {
		buf_addc(out, '(');
		choices(v->choices, out);
		buf_addc(out, ')');
	} else if (v->list != NULL) {
		buf_adds(out, "{compadd -- ");
		choices(v->choices, out);
		buf_addf(out, " ${(f)\"$({ %s } 2>/dev/null)\"}%s}", v->list, v->kind == OPT_C_FILE ? "; _files" : "");
	} else
		buf_adds(out, kinds[v->kind]);
}

/* One name or letter of a row as a line of _arguments. all: every form of the row, which exclude each other. */
static void
zsh_form(const struct opt *row, const char *name, size_t n, const char *all, struct buf *out)
{
	struct values v = row_values(row);
	bool many = row->type == OPT_LIST || row->type == OPT_COUNT;

	if (many)
		buf_adds(out, "		'*'");
	else
		buf_addf(out, "		'(%s)'", all);
	buf_addf(out, "-%s%.*s", n > 1 ? "-" : "", (int)n, name);
	if (row->arg != NULL)
		buf_adds(out, n > 1 ? row->arg_optional ? "=-" : "=" : row->arg_optional ? "-" : "+");
	buf_adds(out, "'[");
	zsh_text(row->help, out);
	buf_addc(out, ']');
	if (row->arg != NULL) {
		buf_adds(out, row->arg_optional ? "::" : ":");
		zsh_text(row->arg, out);
		buf_addc(out, ':');
		zsh_values(&v, out);
	}
	buf_adds(out, "'\n");
}

static void
zsh_row(const struct tool *t, const struct opt *row, struct buf *out)
{
	struct opt_names walk = { .row = row };
	char letter = opt_letter(t, row);
	AUTO_BUF all = { 0 };
	const char *w;
	size_t n;

	forms(t, row, " ", &all);
	if (letter != '\0')
		zsh_form(row, &letter, 1, all.data, out);
	while ((w = opt_name(&walk, &n)) != NULL)
		zsh_form(row, w, n, all.data, out);
}

static void
zsh_verbs(const struct tool *t, struct buf *out)
{
	size_t i;

	buf_adds(out, "case $state in\nverb)\n	verbs=(\n");
	for (i = 0; i < t->nverbs; i++) {
		AUTO_BUF line = { 0 };

		buf_addf(&line, "%s:%s", t->verbs[i].name, t->verbs[i].help);
		buf_adds(out, "		");
		quoted(out, line.data);
		buf_addc(out, '\n');
	}
	buf_adds(out, "	)\n	_describe verb verbs ;;\noperand)\n	case $line[1] in\n");
	for (i = 0; i < t->nverbs; i++) {
		struct values v = verb_values(&t->verbs[i]);

		if (v.none)
			continue;
		buf_addf(out, "	%s) _arguments '*:operand:", t->verbs[i].name);
		zsh_values(&v, out);
		buf_adds(out, "' ;;\n");
	}
	buf_adds(out, "	*) _files ;;\n	esac ;;\nesac\n");
}

void
opt_zsh(const struct tool *t, struct buf *out)
{
	struct values v = { .kind = t->operand_complete };
	const struct opt *row;
	size_t i;

	buf_addf(out, "#compdef %s\n# made by fh-gen from the option table of %s\n", t->name, t->name);
	buf_adds(out, "local context state state_descr line\nlocal -a args verbs\ntypeset -A opt_args\nargs=(\n");
	for (i = 0; (row = opt_row(t, i)) != NULL; i++)
		if (is_shown(row))
			zsh_row(t, row, out);
	if (t->nverbs > 0)
		buf_adds(out, "		'1:verb:->verb'\n		'*::operand:->operand'\n");
	else if (t->stop_at_operand)
		buf_adds(out, "		'(-)1:command:_command_names -e'\n		'*::arguments:_normal'\n");
	else {
		buf_adds(out, "		'*:operand:");
		zsh_values(&v, out);
		buf_adds(out, "'\n");
	}
	buf_addf(out, ")\n_arguments -s -S%s : $args\n", t->stop_at_operand ? " -A '-*'" : t->nverbs > 0 ? " -C" : "");
	if (t->nverbs > 0)
		zsh_verbs(t, out);
}

/* --- fish -------------------------------------------------------------------------------------------------------- */
static void
fish_quoted(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s != '\0'; s++)
		buf_addf(out, *s == '\'' || *s == '\\' ? "\\%c" : "%c", *s);
	buf_addc(out, '\'');
}

/* " -f -a '...'" and the like, what may stand there. */
static void
fish_values(const struct values *v, struct buf *out)
{
	static const char *const kinds[] = {
		[OPT_C_NONE] = "", [OPT_C_FILE] = "", [OPT_C_DIR] = "(__fish_complete_directories)",
		[OPT_C_HOST] = "(__fish_print_hostnames)", [OPT_C_SIGNAL] = "TERM KILL INT HUP QUIT USR1 USR2",
		[OPT_C_COMMAND] = "(__fish_complete_command)",
	};
	AUTO_BUF words = { 0 };

	buf_adds(out, v->kind == OPT_C_FILE ? " -F" : " -f");
	buf_adds(&words, kinds[v->kind]);
	choices(v->choices, &words);
	if (v->list != NULL)
		buf_addf(&words, "%s(begin; %s; end 2>/dev/null)", words.len > 0 ? " " : "", v->list);
	if (words.len == 0)
		return;
	buf_adds(out, " -a ");
	fish_quoted(out, words.data);
}

static void
fish_row(const struct tool *t, const struct opt *row, const char *fn, struct buf *out)
{
	struct opt_names walk = { .row = row };
	struct values v = row_values(row);
	const char *w;
	size_t n;

	buf_addf(out, "complete -c %s", t->name);
	if (t->stop_at_operand)
		buf_addf(out, " -n 'test -z (__%s_verb)'", fn);
	if (opt_letter(t, row) != '\0')
		buf_addf(out, " -s %c", opt_letter(t, row));
	while ((w = opt_name(&walk, &n)) != NULL)
		buf_addf(out, " -%c %.*s", n > 1 ? 'l' : 's', (int)n, w);
	if (row->arg != NULL) {
		buf_adds(out, row->arg_optional ? "" : " -r");
		fish_values(&v, out);
	} else
		buf_adds(out, " -f");
	buf_adds(out, " -d ");
	fish_quoted(out, row->help);
	buf_addc(out, '\n');
}

/* A function that prints the first operand, or an empty line. */
static void
fish_verb(const struct tool *t, const char *fn, struct buf *out)
{
	buf_addf(out, "function __%s_verb\n", fn);
	buf_adds(out, "	set -l skip 1\n	for word in (commandline -opc)\n"
	              "		if test $skip = 1\n			set skip 0\n			continue\n		end\n"
	              "		switch $word\n			case ");
	value_forms(t, " ", out);
	buf_adds(out, "\n				set skip 1\n			case '-*'\n			case '*'\n"
	              "				echo -- $word\n				return\n		end\n	end\n"
	              "	echo\nend\n");
}

static void
fish_verbs(const struct tool *t, const char *fn, struct buf *out)
{
	size_t i;

	for (i = 0; i < t->nverbs; i++) {
		buf_addf(out, "complete -c %s -n 'test -z (__%s_verb)' -f -a %s -d ", t->name, fn, t->verbs[i].name);
		fish_quoted(out, t->verbs[i].help);
		buf_addc(out, '\n');
	}
	for (i = 0; i < t->nverbs; i++) {
		struct values v = verb_values(&t->verbs[i]);

		if (v.none)
			continue;
		buf_addf(out, "complete -c %s -n 'test (__%s_verb) = %s'", t->name, fn, t->verbs[i].name);
		fish_values(&v, out);
		buf_addc(out, '\n');
	}
}

void
opt_fish(const struct tool *t, struct buf *out)
{
	struct values v = { .kind = t->operand_complete };
	const struct opt *row;
	AUTO_BUF fn = { 0 };
	size_t i;

	ident(&fn, t->name);
	buf_addf(out, "# fish completion for %s, made by fh-gen from its option table\n", t->name);
	if (t->nverbs > 0 || t->stop_at_operand)
		fish_verb(t, fn.data, out);
	for (i = 0; (row = opt_row(t, i)) != NULL; i++)
		if (is_shown(row))
			fish_row(t, row, fn.data, out);
	if (t->nverbs > 0)
		fish_verbs(t, fn.data, out);
	else if (t->operand_complete != OPT_C_NONE) {
		buf_addf(out, "complete -c %s", t->name);
		if (t->stop_at_operand)
			buf_addf(out, " -n 'test -z (__%s_verb)'", fn.data);
		fish_values(&v, out);
		buf_addc(out, '\n');
	}
}
