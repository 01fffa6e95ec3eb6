/* Decides where options come from, in which order, and what they mean together. Must never know what a room does with
 * them; the table itself is ../fh-parallel.opt.c.
 * Order, later ones win: /etc/parallel/config, ~/.parallel/config (or, with -J, the named profiles instead), $PARALLEL,
 * the command line. Words that are no options add up to the command.
 * Invariant: o->mem owns every word that is not argv's. */
#include "opts.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "path.h"
#include "record.h"

struct words {
	char **v;
	size_t n, cap;
};

static void
words_add(struct words *w, char *s)
{
	if (w->n == w->cap)
		w->v = xgrow(w->v, w->n, &w->cap, sizeof *w->v);
	w->v[w->n++] = s;
}

/* --- words of $PARALLEL and profiles ------------------------------------------------------------------------------ */
/* One word at *s, before end, in the quotes of the reference, which are not quite a shell's: a backslash keeps the next
 * byte, within "..." too, where it then goes; within '...' both stay. False: there is none, or (*unclosed) it does not end. */
static bool
next_word(const char **s, const char *end, struct buf *out, bool *unclosed)
{
	char quote = '\0';

	buf_reset(out);
	*unclosed = false;
	while (*s < end && isspace((unsigned char)**s))
		++*s;
	if (*s == end)
		return false;
	for (; *s < end && (quote != '\0' || !isspace((unsigned char)**s)); ++*s) {
		if (quote == '\0' && (**s == '\'' || **s == '"'))
			quote = **s;
		else if (**s == quote)
			quote = '\0';
		else if (**s != '\\')
			buf_addc(out, **s);
		else if (*s + 1 == end)
			quote = '\\';
		else {
			if (quote == '\'')
				buf_addc(out, '\\');
			buf_addc(out, *++*s);
		}
	}
	*unclosed = quote != '\0';
	return !*unclosed;
}

static int
shell_words(struct opts *o, const char *s, const char *end, struct words *w, struct err *e)
{
	AUTO_BUF one = { 0 };
	bool unclosed;

	while (next_word(&s, end, &one, &unclosed))
		words_add(w, arena_strndup(&o->mem, buf_str(&one), one.len));
	return unclosed ? err_set(e, 0, "%s: a quote that does not end", buf_str(&one)) : 0;
}

/* The words of a profile: all lines but those that begin with '#'. A file that is not there has none. */
static int
file_words(struct opts *o, const char *path, struct words *w, struct err *e)
{
	AUTO_BUF text = { 0 };
	const char *line, *end, *nl;
	int r = io_slurp_at(AT_FDCWD, path, &text, (size_t)1 << 20);

	if (r == -ENOENT || r == -ENOTDIR || r == -EISDIR)
		return 0;
	if (r < 0)
		return err_sys(e, -r, "%s", path);
	for (line = buf_str(&text), end = line + text.len; line < end; line = nl + 1) {
		nl = memchr(line, '\n', (size_t)(end - line));
		nl = nl != NULL ? nl : end;
		if (*line != '#' && shell_words(o, line, nl, w, e) < 0)
			return -1;
	}
	return 0;
}

/* --- one set of words --------------------------------------------------------------------------------------------- */
/* Parses w (w->v[0] is a name) into o; what is no option goes to left. */
static enum opt_result
parse_words(struct opts *o, struct words *w, struct words *left, struct err *e)
{
	enum opt_result r;
	int first = 1;
	size_t i;

	words_add(w, NULL);
	r = opt_parse(&parallel_tool, o, (int)--w->n, w->v, &first, e);
	if (r != OPT_BAD)
		for (i = (size_t)first; i < w->n; i++)
			words_add(left, w->v[i]);
	return r;
}

static enum opt_result
parse_file(struct opts *o, const char *dir, const char *name, struct words *left, struct err *e)
{
	AUTO_BUF path = { 0 };
	struct words w = { 0 };
	enum opt_result r = OPT_BAD;

	path_join(&path, dir, name);
	words_add(&w, arena_strdup(&o->mem, buf_str(&path)));
	if (file_words(o, buf_str(&path), &w, e) == 0)
		r = w.n == 1 ? OPT_RUN : parse_words(o, &w, left, e);
	if (r == OPT_BAD)
		err_wrap(e, "%s", buf_str(&path));
	free(w.v);
	return r;
}

void
opts_user_dir(struct buf *out)
{
	const char *dir = getenv("PARALLEL_HOME"), *home = getenv("HOME");

	if (dir != NULL && *dir != '\0')
		buf_adds(out, dir);
	else
		path_join(out, home != NULL ? home : "", ".parallel");
}

static enum opt_result
parse_profiles(struct opts *o, const struct opt_list *profiles, struct words *left, struct err *e)
{
	AUTO_BUF dir = { 0 };
	enum opt_result r = OPT_RUN;
	size_t i;
	bool here;

	opts_user_dir(&dir);
	if (profiles->n == 0) {
		r = parse_file(o, "/etc/parallel", "config", left, e);
		return r != OPT_RUN ? r : parse_file(o, buf_str(&dir), "config", left, e);
	}
	for (i = 0; i < profiles->n && r == OPT_RUN; i++) {
		here = strncmp(profiles->v[i], "./", 2) == 0;
		r = parse_file(o, here ? "" : buf_str(&dir), profiles->v[i], left, e);
	}
	return r;
}

static enum opt_result
parse_env(struct opts *o, struct words *left, struct err *e)
{
	const char *s = getenv("PARALLEL");
	struct words w = { 0 };
	enum opt_result r = OPT_BAD;

	if (s == NULL || *s == '\0')
		return OPT_RUN;
	words_add(&w, arena_strdup(&o->mem, "$PARALLEL"));
	if (shell_words(o, s, s + strlen(s), &w, e) == 0)
		r = parse_words(o, &w, left, e);
	if (r == OPT_BAD)
		err_wrap(e, "$PARALLEL");
	free(w.v);
	return r;
}

/* Only to know of -J and --plain, which decide what is read before the command line. */
static void
look_ahead(struct opts *o, int argc, char *argv[], struct opt_list *profiles, bool *plain)
{
	struct opts scratch = { 0 };
	struct words w = { 0 }, left = { 0 };
	int i;

	opts_defaults(&scratch);
	for (i = 0; i < argc; i++)
		words_add(&w, arena_strdup(&o->mem, argv[i]));
	(void)parse_words(&scratch, &w, &left, NULL);
	*profiles = scratch.profiles;
	scratch.profiles = (struct opt_list){ 0 };
	*plain = scratch.plain;
	opts_fini(&scratch);
	free(w.v);
	free(left.v);
}

/* "#!/path/parallel --shebang -k echo" comes as one word, then the script, then its arguments. Appends what that means to w.
 * --shebang: the script is the input, less its first line. --shebang-wrap: the rest of the line runs the script, for each
 * argument or else for each line of stdin. Returns 1; 0: we were not called so; -1 with words. */
static int
shebang_words(struct opts *o, int argc, char *argv[], struct words *w, struct err *e)
{
	static char skip[] = "--skip-first-line", file[] = "-a", values[] = ":::";
	const char *line = argc > 2 ? argv[1] : "", *after = line + strcspn(line, " \t");
	bool wrap;
	int i;

	if (*after == '\0' || (strncmp(line, "--shebang", 9) != 0 && strncmp(line, "--hashbang", 10) != 0))
		return 0;
	wrap = after - line > 10;
	words_add(w, argv[0]);
	if (!wrap) {
		words_add(w, skip);
		words_add(w, file);
		words_add(w, argv[2]);
	}
	if (shell_words(o, after, after + strlen(after), w, e) < 0)
		return err_wrap(e, "%s: first line", argv[2]);
	if (wrap)
		words_add(w, argv[2]);
	if (wrap && argc > 3)
		words_add(w, values);
	for (i = 3; i < argc; i++)
		words_add(w, argv[i]);
	return 1;
}

static enum opt_result
parse_all(struct opts *o, int argc, char *argv[], struct words *left, struct err *e)
{
	struct opt_list profiles;
	struct words w = { 0 };
	int i, bang = shebang_words(o, argc, argv, &w, e);
	enum opt_result r = bang < 0 ? OPT_BAD : OPT_RUN;
	bool plain;

	for (i = 0; bang == 0 && i < argc; i++)
		words_add(&w, argv[i]);
	look_ahead(o, (int)w.n, w.v, &profiles, &plain);
	if (!plain && r == OPT_RUN)
		r = parse_profiles(o, &profiles, left, e);
	if (!plain && r == OPT_RUN)
		r = parse_env(o, left, e);
	free(profiles.v);
	if (r == OPT_RUN)
		r = parse_words(o, &w, left, e);
	free(w.v);
	return r;
}

/* --- the command and its inputs ----------------------------------------------------------------------------------- */
/* Whether word is sep, or sep and '+' (*link). */
static bool
is_separator(const char *word, const char *sep, bool *link)
{
	size_t n = strlen(sep);

	if (n == 0 || strncmp(word, sep, n) != 0)
		return false;
	*link = strcmp(word + n, "+") == 0;
	return word[n] == '\0' || *link;
}

static bool
group_begins(const struct opts *o, const char *word, struct input *in)
{
	*in = (struct input){ 0 };
	if (is_separator(word, o->arg_sep, &in->link))
		return true;
	in->file = is_separator(word, o->arg_file_sep, &in->link);
	return in->file;
}

/* Splits words into the command and groups of inputs; -a files come first. */
static void
take_inputs(struct opts *o, const struct words *left)
{
	struct input *in = arena_alloc(&o->mem, (o->arg_files.n + left->n + 1) * sizeof *in), one;
	const char **words = arena_alloc(&o->mem, (left->n + 1) * sizeof *words);
	size_t i, n = 0;

	for (; n < o->arg_files.n; n++)
		in[n] = (struct input){ .file = true, .words = &o->arg_files.v[n], .n = 1 };
	for (i = 0; i < left->n; i++)
		words[i] = left->v[i];
	words[i] = NULL;
	o->command = words;
	for (i = 0; i < left->n && !group_begins(o, words[i], &one); i++)
		o->ncommand++;
	for (; i < left->n; i++) {
		if (group_begins(o, words[i], &one)) {
			one.words = &words[i + 1];
			in[n++] = one;
		} else
			in[n - 1].n++;
	}
	o->inputs = in;
	o->ninputs = n;
}

/* --- what options mean together ----------------------------------------------------------------------------------- */
void
opts_defaults(struct opts *o)
{
	*o = (struct opts){ .max_args = -1, .max_replace_args = -1, .max_lines = -1, .arg_sep = ":::",
		.arg_file_sep = "::::", .replace = "{}", .parens = "{==}", .worker_timeout_ns = 30 * CLOCK_S, .cpus_per_job = 1, .nice = INT64_MIN, .retries = 1,
		.termseq = "TERM,200,TERM,100,TERM,50,KILL,25", .engine = "local" };
}

static void
decide_batch(struct opts *o)
{
	bool all = o->context_replace || o->multiple || o->xargs;

	o->max_inputs = o->max_replace_args >= 0 ? o->max_replace_args : o->max_args >= 0 ? o->max_args : o->max_lines;
	if (o->max_inputs < 0)
		o->max_inputs = all ? INT64_MAX : 1;
	o->spread = (o->context_replace || o->multiple) && !o->xargs;
	if (o->context_replace || o->max_replace_args >= 0 || (o->max_lines >= 0 && !o->lines_in_place && !o->multiple && !o->xargs))
		o->mode = CTX_REPEAT;
	else
		o->mode = all || o->max_args >= 0 || o->max_lines >= 0 ? CTX_INPLACE : CTX_NONE;
}

/* What cannot stand together. */
static int
opts_conflict(const struct opts *o, struct err *e)
{
	size_t i;

	if (o->tmux && (o->pipe || o->pipe_part))
		return err_set(e, 0, "--tmux: not with --pipe: a job's standard input is its window");
	if (o->group && (o->ungroup || o->line_buffer))
		return err_set(e, 0, "--group: cannot be combined with --%s", o->ungroup ? "ungroup" : "line-buffer");
	if (o->ungroup && o->line_buffer)
		return err_set(e, 0, "--ungroup: cannot be combined with --line-buffer");
	if ((o->resume || o->resume_failed) && o->joblog == NULL && o->results == NULL)
		return err_set(e, 0, "--%s: needs --joblog or --results", o->resume ? "resume" : "resume-failed");
	for (i = 0; i < o->env.n; i++)
		if (strcmp(o->env.v[i], "_") == 0)
			return err_set(e, 0, "--env _: not supported: name what the jobs need");
	return 0;
}

/* The inner run of --onall: one host, one job after the other; what concerns all hosts is the outer run's. */
static void
decide_inner(struct opts *o)
{
	AUTO_BUF login = { 0 };
	const char **words = arena_alloc(&o->mem, 2 * sizeof *words);
	struct input *one = arena_alloc(&o->mem, sizeof *one);
	const char *s;

	buf_adds(&login, "1/");
	for (s = o->onall_host; *s != '\0'; s++)
		buf_addf(&login, "%s%c", *s == ',' ? "\\" : "", *s);
	free(o->sshlogin.v);
	o->sshlogin = (struct opt_list){ xcalloc(1, sizeof *o->sshlogin.v), 1, 1 };
	o->sshlogin.v[0] = arena_strdup(&o->mem, buf_str(&login));
	o->sshloginfile.n = 0;
	o->jobs = "1";
	o->tagstring = o->results = o->halt = NULL;
	o->tag = o->filter_hosts = o->color = o->bar = o->eta = o->progress = o->resume = o->resume_failed = false;
	o->joblog_append = true;
	if (o->nonall && o->ninputs == 0) {
		words[0] = "";
		*one = (struct input){ .words = words, .n = 1 };
		o->inputs = one;
		o->ninputs = 1;
		o->max_inputs = 0;
	}
	o->onall = o->nonall = false;
}

static bool
slurm_restarted(void)
{
	const char *n = getenv("SLURM_RESTART_COUNT");

	return n != NULL && atoi(n) > 0;
}

static int
opts_decide(struct opts *o, struct err *e)
{
	int n = record_delim(o->delim_text != NULL ? o->delim_text : "\n", o->delim, e);

	if (o->joblog != NULL && !o->retry_failed && slurm_restarted())
		o->resume = true; /* Slurm has requeued the batch job that we are in */
	if (n < 0)
		return err_wrap(e, "--delimiter");
	o->ndelim = (size_t)n;
	if (o->eof_str != NULL && *o->eof_str == '\0')
		o->eof_str = NULL;
	if (o->header != NULL && o->colsep == NULL && !o->csv && strcmp(o->header, "0") != 0)
		o->colsep = "\\t";
	decide_batch(o);
	if (o->onall_host != NULL)
		decide_inner(o);
	if (o->ungroup)
		o->files = o->files0 = false; /* the output is shown as it comes, by no name */
	if (o->retry_failed && o->joblog != NULL && access(o->joblog, F_OK) < 0)
		o->retry_failed = false; /* the first run: all of it */
	o->pipe |= (o->cat || o->fifo) && !o->pipe_part;
	if (o->latest_line) {
		o->line_buffer = o->results == NULL && !o->files && !o->files0;
		o->latest_line = o->line_buffer; /* what is kept in files is not shown */
		o->group = o->ungroup = false;
	}
	if (o->silent)
		o->verbose = 0;
	o->tmux |= o->tmuxpane;
	o->semaphore |= o->fg && !o->tmux; /* with --tmux it is tmux that comes to the foreground */
	if (o->tty) {
		o->open_tty = true;
		o->ungroup |= !o->group && !o->line_buffer;
		o->jobs = o->jobs != NULL ? o->jobs : "1";
	}
	o->stdin_for_jobs = o->arg_files.n > 0;
	return opts_conflict(o, e);
}

enum opts_result
opts_load(struct opts *o, int argc, char *argv[], struct buf *say, struct err *e)
{
	struct words left = { 0 };
	enum opt_result r;

	opts_defaults(o);
	o->argv0 = argc > 0 ? argv[0] : parallel_tool.name;
	o->semaphore = strcmp(path_base(o->argv0), "sem") == 0;
	r = parse_all(o, argc, argv, &left, e);
	if (r == OPT_RUN)
		take_inputs(o, &left);
	free(left.v);
	switch (r) {
	case OPT_HELP:
		opt_help(&parallel_tool, say);
		return OPTS_SAY;
	case OPT_VERSION:
		buf_addf(say, "%s %s\nwith the command line of GNU parallel 20221122\n", parallel_tool.name, FH_VERSION);
		return OPTS_SAY;
	case OPT_BAD:
		if (e->code != EDOM && e->code != ENOTSUP) /* known, and yet not to be had: the usage would not help */
			opt_usage(&parallel_tool, say);
		return OPTS_BAD;
	case OPT_RUN:
		break;
	}
	return opts_decide(o, e) < 0 ? OPTS_BAD : OPTS_RUN;
}

void
opts_fini(struct opts *o)
{
	struct opt_list *lists[] = { &o->arg_files, &o->rpl, &o->tmpl_files, &o->filter, &o->env, &o->sshlogin,
		&o->sshloginfile, &o->transferfile, &o->ret, &o->basefile, &o->profiles };
	size_t i;

	for (i = 0; i < ARRAY_LEN(lists); i++)
		free(lists[i]->v);
	arena_fini(&o->mem);
}
