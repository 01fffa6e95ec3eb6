/* Decides what the completion script for bash says. Must never know what a tool does.
 * Invariants: 1. the script needs nothing but bash 3.2: no bash-completion package.
 *             2. what the table says stands in single quotes or was made for a script (list); what a program prints is data (_list). */
#include "buf.h"
#include "opt_comp.h"

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
bash_values(const char *fn, const struct opt_values *v, struct buf *out)
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
	opt_comp_choices(v->choices, &words);
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
		struct opt_values v = opt_comp_row(row);

		if (row->arg == NULL || row->kind == OPT_REFUSED || v.none)
			continue;
		buf_adds(out, "	");
		opt_comp_forms(t, row, "|", out);
		buf_adds(out, ") ");
		bash_values(fn, &v, out);
		buf_adds(out, "return ;;\n");
	}
	buf_adds(out, "	?*) return ;;\n	esac\n	case $cur in\n	-*)\n		_");
	buf_adds(out, fn);
	buf_adds(out, "_reply < <(compgen -W '");
	for (i = 0; (row = opt_row(t, i)) != NULL; i++) {
		if (row->kind != OPT_NORMAL)
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
	opt_comp_takers(t, "|", out);
	buf_adds(out, ") i=$((i + 1)); [ \"${COMP_WORDS[i]}\" = = ] && i=$((i + 1)) ;;\n"
	              "		=) i=$((i + 1)) ;;\n"
	              "		-*) ;;\n"
	              "		*) verb=$word; break ;;\n"
	              "		esac\n	done\n");
}

static void
bash_operands(const struct tool *t, const char *fn, struct buf *out)
{
	struct opt_values v = { .kind = t->operand_complete };
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
		struct opt_values w = opt_comp_verb(&t->verbs[i]);

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

	opt_comp_ident(&fn, t->name);
	buf_addf(out, "# bash completion for %s, made by fh-gen from its option table\n# shellcheck shell=bash\n", t->name);
	bash_helpers(fn.data, out);
	buf_addf(out, "_%s()\n{\n%s		", fn.data, bash_head);
	opt_comp_takers(t, "|", out);
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
