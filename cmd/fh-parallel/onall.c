/* Decides which inner runs there are, and in which order. Must never know jobs.
 * The inner command line must reach the inner program as it is: in the outer run every replacement string has a name that no
 * command line can hold, and only that of the input is used, for the host.
 * Invariant: hosts are in the order of their names, as -k is to show them. */
#include "onall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hosts.h"
#include "io.h"
#include "joblog.h"
#include "mem.h"
#include "remote.h"
#include "self.h"
#include "survey.h"

#define HERE "\001\002" /* stands for the host; begins each of the other names too */

struct onall {
	struct opts o;
	struct hosts *hosts;
	struct input input;
	const char **names;
	const char **words;
	char *self;
	char stdin_name[64]; /* "": none */
};

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
onall_take_hosts(struct onall *a)
{
	struct host *t;
	size_t i, n = 0;

	a->names = xcalloc(hosts_count(a->hosts) + 1, sizeof *a->names);
	for (i = 0; i < hosts_count(a->hosts); i++) {
		t = hosts_at(a->hosts, i);
		if (!t->gone && t->cpus != 0)
			a->names[n++] = t->name;
	}
	qsort(a->names, n, sizeof *a->names, by_name);
	a->input = (struct input){ .words = a->names, .n = n };
	a->o.inputs = &a->input;
	a->o.ninputs = 1;
}

static int
onall_filter(struct onall *a, void (*say)(const char *line), struct err *e)
{
	struct remote *r;

	if (remote_new(&a->o, NULL, say, &r, e) < 0)
		return -1;
	survey_ask(a->hosts, r, &a->o, true, say);
	remote_free(r, a->hosts);
	return 0;
}

/* All of stdin into a file that each inner run reads. */
static int
onall_keep_stdin(struct onall *a, const struct opts *o, struct err *e)
{
	const char *dir = o->tmpdir != NULL ? o->tmpdir : getenv("TMPDIR");
	AUTO_BUF block = { 0 };
	AUTO_FD fd = -1;
	ssize_t n;
	int r = 0;

	snprintf(a->stdin_name, sizeof a->stdin_name, "%.40s/fhXXXXXX", dir != NULL ? dir : "/tmp");
	if ((fd = mkostemp(a->stdin_name, O_CLOEXEC)) < 0) {
		r = -errno;
		a->stdin_name[0] = '\0';
		return err_sys(e, -r, "cannot make a temporary file");
	}
	buf_room(&block, 65536);
	while (r == 0 && (n = io_read_full(STDIN_FILENO, block.data, 65536)) > 0)
		r = io_write_full(fd, block.data, (size_t)n);
	return r < 0 ? err_sys(e, -r, "%s", a->stdin_name) : 0;
}

/* We, --onall-host HOST, and our own words. */
static void
onall_command(struct onall *a, int argc, char *argv[])
{
	size_t n = 0;
	int i;

	a->self = self_path(a->o.argv0);
	a->words = xcalloc((size_t)argc + 5, sizeof *a->words);
	a->words[n++] = a->self;
	a->words[n++] = "--onall-host";
	a->words[n++] = HERE;
	if (a->stdin_name[0] != '\0') {
		a->words[n++] = "--onall-stdin";
		a->words[n++] = a->stdin_name;
	}
	for (i = 1; i < argc; i++)
		a->words[n++] = argv[i];
	a->o.command = a->words;
	a->o.ncommand = n;
}

static int
onall_joblog(const struct opts *o, struct err *e)
{
	struct joblog_conf c = { .name = o->joblog };
	struct joblog *g;

	if (o->joblog == NULL || o->joblog_append || o->dry_run)
		return 0;
	if (joblog_open(&c, &g, e) < 0)
		return err_wrap(e, "--joblog");
	joblog_close(g);
	return 0;
}

static void
onall_options(const struct opts *o, struct opts *out)
{
	opts_defaults(out);
	out->argv0 = o->argv0;
	out->jobs = o->jobs;
	out->keep_order = o->keep_order;
	out->ungroup = o->ungroup;
	out->line_buffer = o->line_buffer;
	out->tmpdir = o->tmpdir;
	out->tagstring = o->tag ? HERE : NULL;
	out->color = o->color;
	out->quote = true;
	out->ndelim = 1;
	out->delim[0] = '\n';
	out->max_inputs = 1;
	out->replace = HERE;
	out->er = HERE "1";
	out->bnr = HERE "2";
	out->bner = HERE "3";
	out->dnr = HERE "4";
	out->seqreplace = HERE "5";
	out->slotreplace = HERE "6";
	out->parens = HERE HERE;
}

int
onall_new(const struct opts *o, int argc, char *argv[], void (*say)(const char *line), struct onall **out, struct err *e)
{
	struct onall *a = xcalloc(1, sizeof *a);

	onall_options(o, &a->o);
	if (hosts_new(o, &a->hosts, e) < 0)
		goto fail;
	if (a->hosts == NULL) {
		a->hosts = hosts_new_empty(&a->o);
		hosts_add(a->hosts, ":", 1);
	}
	if (o->filter_hosts && onall_filter(a, say, e) < 0)
		goto fail;
	onall_take_hosts(a);
	if (!o->nonall && o->ninputs == 0 && onall_keep_stdin(a, o, e) < 0)
		goto fail;
	if (onall_joblog(o, e) < 0)
		goto fail;
	onall_command(a, argc, argv);
	*out = a;
	return 0;
fail:
	onall_free(a);
	return -1;
}

const struct opts *
onall_opts(const struct onall *a)
{
	return &a->o;
}

void
onall_free(struct onall *a)
{
	if (a == NULL)
		return;
	if (a->stdin_name[0] != '\0')
		unlink(a->stdin_name);
	hosts_free(a->hosts);
	free(a->names);
	free(a->words);
	free(a->self);
	free(a);
}
