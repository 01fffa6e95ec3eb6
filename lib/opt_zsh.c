/* Decides what the completion function for zsh says. Must never know what a tool does.
 * Invariant: text from the table stands in single quotes, what _arguments reads in it escaped (zsh_text), so that no help line can
 * run as code. */
#include <string.h>

#include "buf.h"
#include "opt_comp.h"
#include "shq.h"

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
zsh_values(const struct opt_values *v, struct buf *out)
{
	static const char *const kinds[] = {
		[OPT_C_NONE] = " ", [OPT_C_FILE] = "_files", [OPT_C_DIR] = "_files -/", [OPT_C_HOST] = "_hosts",
		[OPT_C_SIGNAL] = "_signals", [OPT_C_COMMAND] = "_command_names -e",
	};

	if (v->choices != NULL && v->list == NULL) {
		buf_addc(out, '(');
		opt_comp_choices(v->choices, out);
		buf_addc(out, ')');
	} else if (v->list != NULL) {
		buf_adds(out, "{compadd -- ");
		opt_comp_choices(v->choices, out);
		buf_addf(out, " ${(f)\"$({ %s } 2>/dev/null)\"}%s}", v->list, v->kind == OPT_C_FILE ? "; _files" : "");
	} else
		buf_adds(out, kinds[v->kind]);
}

/* One name or letter of a row as a line of _arguments. all: every form of the row, which exclude each other. */
static void
zsh_form(const struct opt *row, const char *name, size_t n, const char *all, struct buf *out)
{
	struct opt_values v = opt_comp_row(row);
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

	opt_comp_forms(t, row, " ", &all);
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
		shq_eval(out, line.data, line.len);
		buf_addc(out, '\n');
	}
	buf_adds(out, "	)\n	_describe verb verbs ;;\noperand)\n	case $line[1] in\n");
	for (i = 0; i < t->nverbs; i++) {
		struct opt_values v = opt_comp_verb(&t->verbs[i]);

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
	struct opt_values v = { .kind = t->operand_complete };
	const struct opt *row;
	size_t i;

	buf_addf(out, "#compdef %s\n# made by fh-gen from the option table of %s\n", t->name, t->name);
	buf_adds(out, "local context state state_descr line\nlocal -a args verbs\ntypeset -A opt_args\nargs=(\n");
	for (i = 0; (row = opt_row(t, i)) != NULL; i++)
		if (row->kind == OPT_NORMAL)
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
