/* Decides how a job's command runs on another machine. Must never know when, nor what becomes of it.
 * Over there sh (far.h) goes to the folder, watches whether we are still there (a connection that breaks ends the job), and
 * runs the command by the shell of the user there, with the variables it is to have: by env, so that their names are data too.
 * Invariant: a name of a path, a value is a word in a list, or quoted by shq (local sh) or far (remote sh). */
#include "remote_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "far.h"
#include "mem.h"
#include "shq.h"

extern char **environ;

/* Ends the group where who started it is gone: the connection. $PPID is what it was when sh began. */
#define FAR_WATCH \
	"( exec </dev/null >/dev/null 2>&1\n" \
	"while sleep 1; do\n" \
	"if [ -r /proc/$$/stat ]; then read -r s </proc/$$/stat || exit; s=${s##*) }; s=${s#* }; s=${s%% *}\n" \
	"else s=$(ps -o ppid= -p $$) || exit; s=$((s)); fi\n" \
	"[ \"$s\" = \"$PPID\" ] || break\n" \
	"done\n" \
	"trap '' TERM; kill -TERM 0; sleep 1; kill -KILL 0 ) & k=$!\n"

/* $1 folder ("": where we are), $2 niceness ("": as it is), $3 how it reads stdin (cat, fifo: through $PARALLEL_TMP), $4 the
 * command, then NAME=VALUE. */
static const char far_run[] =
    "w=$1 n=$2 m=$3 c=$4; shift 4\n"
    "[ -z \"$w\" ] || { mkdir -p -- \"$w\" && cd -- \"$w\"; } || exit 1\n"
    "t=\n"
    "case $m in\n"
    "cat) t=$(mktemp \"${TMPDIR:-/tmp}/parXXXXXX\") && cat >\"$t\" || exit 1 ;;\n"
    "fifo) t=$(mktemp -u \"${TMPDIR:-/tmp}/parXXXXXX\") && mkfifo -m 600 \"$t\" || exit 1\n"
    "exec 3<&0; cat <&3 >\"$t\" & f=$!; exec 3<&- </dev/null ;;\n"
    "esac\n"
    "[ -z \"$t\" ] || set -- \"PARALLEL_TMP=$t\" \"$@\"\n" FAR_WATCH
    "if [ -n \"$n\" ]; then nice -n \"$n\" env \"$@\" \"${SHELL:-/bin/sh}\" -c \"$c\"\n"
    "else env \"$@\" \"${SHELL:-/bin/sh}\" -c \"$c\"; fi\n"
    "r=$?\n"
    "exec 2>/dev/null\n"
    "kill $k $f\n"
    "[ -z \"$t\" ] || rm -f -- \"$t\"\n"
    "exit $r";

/* NAME=VALUE of an exported function is BASH_FUNC_NAME%%=() {...}. */
static bool
remote_is_named(const char *entry, const char *name, size_t n)
{
	const char *f = "BASH_FUNC_";

	if (strncmp(entry, name, n) == 0 && entry[n] == '=')
		return true;
	return strncmp(entry, f, strlen(f)) == 0 && strncmp(entry + strlen(f), name, n) == 0 && strncmp(entry + strlen(f) + n, "%%=", 3) == 0;
}

bool
remote_sends(const struct opts *o, const char *entry)
{
	const char *s;
	size_t i, n;

	for (i = 0; i < o->env.n; i++)
		for (s = o->env.v[i]; *s != '\0'; s += n + (s[n] == ','))
			if ((n = strcspn(s, ",")) > 0 && remote_is_named(entry, s, n))
				return true;
	return false;
}

static void
remote_var(struct remote *r, const char *fmt, ...) FH_PRINTF(2, 3);

static void
remote_var(struct remote *r, const char *fmt, ...)
{
	AUTO_BUF one = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&one, fmt, ap);
	va_end(ap);
	far_word(&r->words, buf_str(&one));
}

static void
remote_vars(struct remote *r, const struct job *j)
{
	const struct host *t = j->host;
	char **p;

	remote_var(r, "PARALLEL_PID=%ld", (long)getpid());
	remote_var(r, "PARALLEL_SEQ=%" PRIu64, j->seq);
	remote_var(r, "PARALLEL_JOBSLOT=%" PRIu64, j->slot);
	remote_var(r, "PARALLEL_JOBSLOT0=%" PRIu64, j->slot - 1);
	remote_var(r, "PARALLEL_SSHLOGIN=%s", t->name);
	remote_var(r, "PARALLEL_SSHHOST=%s", t->host);
	if (r->o->hostgroups) {
		remote_var(r, "PARALLEL_HOSTGROUPS=%s", t->groups);
		remote_var(r, "PARALLEL_ARGHOSTGROUPS=%s", buf_str(&j->groups));
	}
	if (r->o->slot_var != NULL)
		remote_var(r, "%s=%" PRIu64, r->o->slot_var, j->slot - 1);
	for (p = environ; *p != NULL; p++)
		if (remote_sends(r->o, *p))
			far_word(&r->words, *p);
}

static const char *
remote_input(const struct opts *o)
{
	return o->pipe && o->cat ? "cat" : o->pipe && o->fifo ? "fifo" : "";
}

/* The words of far_run. */
static void
remote_words(struct remote *r, const struct job *j, const char *text)
{
	far_begin(&r->words);
	far_word(&r->words, buf_str(&r->dir));
	if (r->o->nice == INT64_MIN)
		far_word(&r->words, "");
	else
		remote_var(r, "%" PRId64, r->o->nice);
	far_word(&r->words, remote_input(r->o));
	far_word(&r->words, text);
	remote_vars(r, j);
}

/* The names that list makes of the job, NUL-terminated one after the other. */
static enum tmpl_result
remote_names(struct tmpl *const *list, size_t n, const struct tmpl_job *v, struct buf *out, struct err *e)
{
	enum tmpl_result t;
	size_t i;

	for (i = 0; i < n; i++) {
		if ((t = tmpl_expand(list[i], v, out, e)) == TMPL_FAIL)
			return t;
		buf_add(out, "", 1);
	}
	return TMPL_OK;
}

/* Lines that send the files; those that cannot be read are told, and left out. */
static void
remote_send(struct remote *r, const struct ferry *f, struct job *j, const struct buf *names)
{
	const char *s = buf_str(names);
	struct err e;
	struct stat st;

	for (; s < buf_str(names) + names->len; s += strlen(s) + 1) {
		if (access(s, R_OK) < 0 || stat(s, &st) < 0) {
			err_sys(&e, errno, "warning: %s: not sent", s);
			r->say(e.msg);
			continue;
		}
		ferry_put(f, s, &r->script);
		j->fed_bytes += (uint64_t)st.st_size * (r->o->cleanup ? 2 : 1); /* as the reference counts */
	}
}

static void
remote_clean(struct remote *r, const struct ferry *f, const struct buf *sent, const struct buf *fetched)
{
	const struct buf *both[] = { sent, fetched };
	const char *s, **v = NULL;
	size_t n = 0, cap = 0, i;

	for (i = 0; i < 2 && r->o->cleanup; i++)
		for (s = buf_str(both[i]); s < buf_str(both[i]) + both[i]->len; s += strlen(s) + 1) {
			if (n == cap)
				v = xgrow(v, n, &cap, sizeof *v);
			v[n++] = s;
		}
	if (n > 0)
		ferry_remove(f, v, n, &r->script);
	if (remote_has_own_dir(r))
		ferry_remove_wd(f, &r->script);
	free(v);
}

/* The script: files there, the command, files back, and its status. */
static enum tmpl_result
remote_script(struct remote *r, struct job *j, const struct tmpl_job *v, struct err *e)
{
	struct ferry f = remote_ferry(r, j->host);
	AUTO_BUF sent = { 0 }, fetched = { 0 };
	const char *s;

	if (remote_names(r->send, r->o->transferfile.n, v, &sent, e) == TMPL_FAIL ||
	    remote_names(r->fetch, r->o->ret.n, v, &fetched, e) == TMPL_FAIL)
		return TMPL_FAIL;
	buf_reset(&r->script);
	remote_send(r, &f, j, &sent);
	buf_reset(&r->far);
	far_end(&r->words, far_run, &r->far);
	buf_addf(&r->script, "%s ", f.ssh);
	shq_adds(&r->script, buf_str(&r->far));
	buf_adds(&r->script, "\nr=$?\n");
	for (s = buf_str(&fetched); s < buf_str(&fetched) + fetched.len; s += strlen(s) + 1)
		ferry_get(&f, s, &r->script);
	remote_clean(r, &f, &sent, &fetched);
	buf_adds(&r->script, "exit $r");
	return TMPL_OK;
}

enum tmpl_result
remote_wrap(struct remote *r, struct job *j, const struct tmpl_job *v, const char *text, struct exec_line *out, struct err *e)
{
	enum tmpl_result t = remote_dir(r, v, e);

	if (t != TMPL_OK)
		return t;
	remote_words(r, j, text);
	if (r->o->transferfile.n == 0 && r->o->ret.n == 0 && !remote_has_own_dir(r)) {
		remote_direct(r, j->host, far_run, out);
		return TMPL_OK;
	}
	if (remote_script(r, j, v, e) != TMPL_OK)
		return TMPL_FAIL;
	remote_local(r, out);
	return TMPL_OK;
}

bool
remote_suits_agent(const struct opts *o)
{
	bool files = o->transferfile.n > 0 || o->ret.n > 0 || (o->wd != NULL && strcmp(o->wd, "...") == 0);
	bool terminal = o->open_tty || o->tmux;

	return !files && !terminal && !opts_compress(o) && !o->hostgroups && !o->nonall && o->sshdelay_ns == 0 && strcmp(o->engine, "ssh,job") != 0;
}

void
remote_done(struct remote *r, struct job *j, const struct tmpl_job *v)
{
	AUTO_BUF names = { 0 }, here = { 0 };
	const char *s;
	struct stat st;

	if (r->o->ret.n == 0 || remote_names(r->fetch, r->o->ret.n, v, &names, NULL) == TMPL_FAIL)
		return;
	for (s = buf_str(&names); s < buf_str(&names) + names.len; s += strlen(s) + 1) {
		buf_reset(&here);
		ferry_name_here(s, &here);
		if (stat(buf_str(&here), &st) == 0)
			j->back_bytes += 2 * (uint64_t)st.st_size; /* twice: as the reference counts */
	}
}
