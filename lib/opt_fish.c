/* Decides what the completions for fish say. Must never know what a tool does.
 * Invariant: text from the table stands in fish's single quotes (fish_quoted), so that no help line can run as code. */
#include "buf.h"
#include "opt_comp.h"

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
fish_values(const struct opt_values *v, struct buf *out)
{
	static const char *const kinds[] = {
		[OPT_C_NONE] = "", [OPT_C_FILE] = "", [OPT_C_DIR] = "(__fish_complete_directories)",
		[OPT_C_HOST] = "(__fish_print_hostnames)", [OPT_C_SIGNAL] = "TERM KILL INT HUP QUIT USR1 USR2",
		[OPT_C_COMMAND] = "(__fish_complete_command)",
	};
	AUTO_BUF words = { 0 };

	buf_adds(out, v->kind == OPT_C_FILE ? " -F" : " -f");
	buf_adds(&words, kinds[v->kind]);
	opt_comp_choices(v->choices, &words);
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
	struct opt_values v = opt_comp_row(row);
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
	opt_comp_takers(t, " ", out);
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
		struct opt_values v = opt_comp_verb(&t->verbs[i]);

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
	struct opt_values v = { .kind = t->operand_complete };
	const struct opt *row;
	AUTO_BUF fn = { 0 };
	size_t i;

	opt_comp_ident(&fn, t->name);
	buf_addf(out, "# fish completion for %s, made by fh-gen from its option table\n", t->name);
	if (t->nverbs > 0 || t->stop_at_operand)
		fish_verb(t, fn.data, out);
	for (i = 0; (row = opt_row(t, i)) != NULL; i++)
		if (row->kind == OPT_NORMAL)
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
