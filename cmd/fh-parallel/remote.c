/* Decides how a command runs on another machine. Must never know when, nor what becomes of it.
 * Over there sh (far.h) goes to the folder, watches whether we are still there (a connection that breaks ends the job), and
 * runs the command by the shell of the user there, with the variables it is to have: by env, so that their names are data too.
 * Invariant: a name of a host, a path, a value is a word in a list, or quoted by shq (local sh) or far (remote sh). */
#include "remote.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "far.h"
#include "ferry.h"
#include "mem.h"
#include "shq.h"

extern char **environ;

struct remote {
	const struct opts *o;
	void (*say)(const char *line);
	struct tmpl *wd, **send, **fetch;
	struct buf dir;          /* of the job's working folder */
	struct buf far, script;  /* what is executed */
	struct buf words, text;
	const char **argv;
	size_t argv_cap;
	char socket[64];         /* -M: "ControlPath=..."; "": none */
	char socket_dir[48];
};

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

/* $1: what a CPU is. "ready" first: whoever says that has let us in. */
static const char far_ask[] =
    "echo ready\n"
    "t=/sys/devices/system/cpu\n"
    "n=\n"
    "case $1 in\n"
    "cores) n=$(for c in $t/cpu[0-9]*/topology; do echo $(cat $c/physical_package_id) $(cat $c/core_id); done 2>/dev/null | sort -u | wc -l) ;;\n"
    "sockets) n=$(cat $t/cpu[0-9]*/topology/physical_package_id 2>/dev/null | sort -u | wc -l) ;;\n"
    "esac\n"
    "[ \"${n:-0}\" -gt 0 ] || n=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 1)\n"
    "echo $n\n"
    "command -v fh-parallel >/dev/null 2>&1 || echo alone";

/* --- set-up ------------------------------------------------------------------------------------------------------- */

static int
remote_compile(struct tmpl_set *set, const struct opt_list *list, struct tmpl ***out, struct err *e)
{
	size_t i;

	*out = xcalloc(list->n + 1, sizeof **out);
	for (i = 0; i < list->n; i++)
		if (tmpl_compile(set, &list->v[i], 1, TMPL_TEXT, &(*out)[i], e) < 0)
			return -1;
	return 0;
}

/* -M: connections stay open and are shared, through sockets in a folder of ours. */
static int
remote_open_sockets(struct remote *r, struct err *e)
{
	snprintf(r->socket_dir, sizeof r->socket_dir, "/tmp/fhXXXXXX"); /* short: names of sockets are */
	if (mkdtemp(r->socket_dir) == NULL) {
		r->socket_dir[0] = '\0';
		return err_sys(e, errno, "--controlmaster: /tmp");
	}
	snprintf(r->socket, sizeof r->socket, "ControlPath=%s/%%C", r->socket_dir);
	return 0;
}

int
remote_new(const struct opts *o, struct tmpl_set *set, void (*say)(const char *line), struct remote **out, struct err *e)
{
	struct remote *r = xcalloc(1, sizeof *r);

	r->o = o;
	r->say = say;
	if (o->wd != NULL && tmpl_compile(set, &o->wd, 1, TMPL_TEXT, &r->wd, e) < 0)
		err_wrap(e, "--wd");
	else if (remote_compile(set, &o->transferfile, &r->send, e) < 0)
		err_wrap(e, "--transferfile");
	else if (remote_compile(set, &o->ret, &r->fetch, e) < 0)
		err_wrap(e, "--return");
	else if (!o->controlmaster || remote_open_sockets(r, e) == 0) {
		*out = r;
		return 0;
	}
	remote_free(r, NULL);
	return -1;
}

/* --- argv --------------------------------------------------------------------------------------------------------- */

static bool
remote_shares(const struct remote *r, const struct host *t)
{
	return r->socket[0] != '\0' && t->ssh != NULL && strchr(t->name, ' ') == NULL;
}

static void
remote_add(struct remote *r, size_t *n, const char *word)
{
	if (*n == r->argv_cap)
		r->argv = xgrow(r->argv, *n, &r->argv_cap, sizeof *r->argv);
	r->argv[(*n)++] = word;
}

/* The words that reach t. */
static size_t
remote_reach(struct remote *r, const struct host *t)
{
	size_t n = 0, i;

	for (i = 0; i < t->nssh; i++) {
		if (i + 1 == t->nssh && remote_shares(r, t)) {
			remote_add(r, &n, "-o");
			remote_add(r, &n, "ControlMaster=auto");
			remote_add(r, &n, "-o");
			remote_add(r, &n, "ControlPersist=60");
			remote_add(r, &n, "-o");
			remote_add(r, &n, r->socket);
		}
		remote_add(r, &n, t->ssh[i]);
	}
	return n;
}

static void
remote_line(struct remote *r, size_t n, struct exec_line *out)
{
	remote_add(r, &n, NULL);
	*out = (struct exec_line){ .file = r->argv[0], .argv = (char *const *)(uintptr_t)r->argv, .envp = environ };
}

/* The login shell of t is given text. */
void
remote_agent(struct remote *r, const struct host *t, const char *text, struct exec_line *out)
{
	size_t n = remote_reach(r, t);

	remote_add(r, &n, "--");
	remote_add(r, &n, text);
	remote_line(r, n, out);
}

/* One command over there. */
static void
remote_direct(struct remote *r, const struct host *t, const char *script, struct exec_line *out)
{
	buf_reset(&r->far);
	far_end(&r->words, script, &r->far);
	remote_agent(r, t, buf_str(&r->far), out);
}

/* The local script in r->script. */
static void
remote_local(struct remote *r, struct exec_line *out)
{
	size_t n = 0;

	remote_add(r, &n, "/bin/sh");
	remote_add(r, &n, "-c");
	remote_add(r, &n, buf_str(&r->script));
	remote_line(r, n, out);
}

/* The words that reach t, and "--", for a local script. */
static void
remote_quoted(struct remote *r, const struct host *t, struct buf *out)
{
	size_t n = remote_reach(r, t), i;

	for (i = 0; i < n; i++) {
		shq_adds(out, r->argv[i]);
		buf_addc(out, ' ');
	}
	buf_adds(out, "--");
}

void
remote_free(struct remote *r, const struct hosts *h)
{
	AUTO_BUF text = { 0 };
	size_t i, n;

	if (r == NULL)
		return;
	for (i = 0; h != NULL && i < hosts_count(h); i++) {
		if (!remote_shares(r, hosts_at(h, i)))
			continue;
		n = remote_reach(r, hosts_at(h, i));
		buf_reset(&text);
		remote_add(r, &n, "-O");
		remote_add(r, &n, "exit");
		remote_add(r, &n, NULL);
		shq_argv(&text, (char *const *)(uintptr_t)r->argv);
		buf_adds(&text, " </dev/null >/dev/null 2>&1");
		if (system(buf_str(&text)) < 0) /* it goes by itself after a minute */
			continue;
	}
	if (r->socket_dir[0] != '\0')
		rmdir(r->socket_dir);
	tmpl_free(r->wd);
	for (i = 0; r->send != NULL && i < r->o->transferfile.n; i++)
		tmpl_free(r->send[i]);
	for (i = 0; r->fetch != NULL && i < r->o->ret.n; i++)
		tmpl_free(r->fetch[i]);
	free(r->send);
	free(r->fetch);
	free(r->argv);
	buf_fini(&r->dir);
	buf_fini(&r->far);
	buf_fini(&r->script);
	buf_fini(&r->words);
	buf_fini(&r->text);
	free(r);
}

/* --- the job's folder --------------------------------------------------------------------------------------------- */

/* "." is where we are, by its name below the home folder where it is there. */
static void
remote_here(struct buf *out)
{
	const char *home = getenv("HOME");
	char *here = getcwd(NULL, 0);
	size_t n = home == NULL ? 0 : strlen(home);

	if (here != NULL && n > 1 && strncmp(here, home, n) == 0 && (here[n] == '/' || here[n] == '\0'))
		buf_adds(out, here[n] == '/' ? here + n + 1 : ".");
	else if (here != NULL)
		buf_adds(out, here);
	free(here);
}

/* --wd, into r->dir: "" where there is none. */
static enum tmpl_result
remote_dir(struct remote *r, const struct tmpl_job *v, struct err *e)
{
	char host[256] = "localhost";

	buf_reset(&r->dir);
	if (r->wd == NULL)
		return TMPL_OK;
	if (strcmp(r->o->wd, ".") == 0) {
		remote_here(&r->dir);
		return TMPL_OK;
	}
	if (strcmp(r->o->wd, "...") != 0)
		return tmpl_expand(r->wd, v, &r->dir, e);
	gethostname(host, sizeof host - 1);
	buf_addf(&r->dir, ".parallel/tmp/%s-%ld-%" PRIu64, host, (long)getpid(), v->seq);
	return TMPL_OK;
}

static bool
remote_has_own_dir(const struct remote *r)
{
	return r->o->wd != NULL && strcmp(r->o->wd, "...") == 0;
}

static struct ferry
remote_ferry(struct remote *r, const struct host *t)
{
	buf_reset(&r->text);
	remote_quoted(r, t, &r->text);
	return (struct ferry){ t, buf_str(&r->text), r->dir.len > 0 ? buf_str(&r->dir) : "." };
}

/* --- the job ------------------------------------------------------------------------------------------------------ */

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

enum tmpl_result
remote_folder(struct remote *r, const struct tmpl_job *v, const char **out, struct err *e)
{
	enum tmpl_result t = remote_dir(r, v, e);

	*out = buf_str(&r->dir);
	return t;
}

bool
remote_suits_agent(const struct opts *o)
{
	bool files = o->transferfile.n > 0 || o->ret.n > 0 || (o->wd != NULL && strcmp(o->wd, "...") == 0);
	bool terminal = o->open_tty || o->tmux;

	return !files && !terminal && !o->hostgroups && !o->nonall && o->sshdelay_ns == 0 && strcmp(o->engine, "ssh,job") != 0;
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

void
remote_ask(struct remote *r, const struct host *t, struct exec_line *out)
{
	far_begin(&r->words);
	far_word(&r->words, r->o->use_sockets ? "sockets" : r->o->use_cores ? "cores" : "threads");
	remote_direct(r, t, far_ask, out);
}

bool
remote_base(struct remote *r, const struct host *t, bool cleanup, struct exec_line *out)
{
	const struct args none = { .n = 0 };
	const struct tmpl_job v = { .args = &none };
	struct ferry f;
	size_t i;

	if (r->o->basefile.n == 0 || t->ssh == NULL || (cleanup && !r->o->cleanup))
		return false;
	buf_reset(&r->dir);
	if (r->wd != NULL && !remote_has_own_dir(r))
		(void)remote_dir(r, &v, NULL);
	f = remote_ferry(r, t);
	buf_reset(&r->script);
	for (i = 0; i < r->o->basefile.n && !cleanup; i++)
		ferry_put(&f, r->o->basefile.v[i], &r->script);
	if (cleanup)
		ferry_remove(&f, r->o->basefile.v, r->o->basefile.n, &r->script);
	remote_local(r, out);
	return true;
}
