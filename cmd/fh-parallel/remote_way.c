/* Decides how a host is reached, and in which of its folders. Must never know what runs there.
 * Invariant: a name of a host, a path, a value is a word in a list, or quoted by shq (local sh) or far (remote sh). */
#include "remote_int.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "far.h"
#include "mem.h"
#include "shq.h"

extern char **environ;

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
void
remote_direct(struct remote *r, const struct host *t, const char *script, struct exec_line *out)
{
	buf_reset(&r->far);
	far_end(&r->words, script, &r->far);
	remote_agent(r, t, buf_str(&r->far), out);
}

/* The local script in r->script. */
void
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
enum tmpl_result
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

bool
remote_has_own_dir(const struct remote *r)
{
	return r->o->wd != NULL && strcmp(r->o->wd, "...") == 0;
}

struct ferry
remote_ferry(struct remote *r, const struct host *t)
{
	buf_reset(&r->text);
	remote_quoted(r, t, &r->text);
	return (struct ferry){ t, buf_str(&r->text), r->dir.len > 0 ? buf_str(&r->dir) : "." };
}

enum tmpl_result
remote_folder(struct remote *r, const struct tmpl_job *v, const char **out, struct err *e)
{
	enum tmpl_result t = remote_dir(r, v, e);

	*out = buf_str(&r->dir);
	return t;
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
