/* Decides which rooms a run with --pipe or --pipe-part has, by its options, and what of them cannot go together. Must never know a
 * job, nor what becomes of a block (run_feed.c).
 * Invariant: where stdin is cut into blocks, the rooms of arguments do not see it (run_feed_opts). */
#include "run_int.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"

/* Whether jobs take more than one block each. */
bool
run_feed_spreads(const struct opts *o)
{
	return ((o->pipe || o->pipe_part) && o->tee) || (o->pipe && (o->round_robin || o->bin != NULL || o->shard != NULL));
}

static enum spread_how
run_spread_how(const struct opts *o)
{
	if (o->tee)
		return SPREAD_ALL;
	if (o->round_robin)
		return o->keep_order ? SPREAD_TURNS : SPREAD_READY;
	return o->bin != NULL ? SPREAD_BIN : SPREAD_SHARD;
}

static int
run_feed_check(const struct opts *o, struct err *e)
{
	if (o->ncommand == 0)
		return err_set(e, 0, "--pipe needs a command to read the input");
	if (o->pipe && o->pipe_part)
		return err_set(e, 0, "--pipe and --pipe-part cannot both be");
	if (o->pipe && o->block < 0)
		return err_set(e, 0, "--block: less than nothing is for --pipe-part only");
	if (o->pipe_part && (o->max_lines >= 0 || o->max_replace_args >= 0))
		return err_set(e, 0, "--pipe-part does not count records: -N and -L are for --pipe");
	if (o->group_by != NULL && (o->rrs || o->recstart != NULL || o->recend != NULL))
		return err_set(e, 0, "--group-by has lines as records: not with --rrs, --recstart, --recend");
	if (o->round_robin && o->retries > 1)
		return err_set(e, 0, "--retries: not with --round-robin, whose blocks are gone");
	if (o->block_timeout_ns > 0 && o->block_timeout_ns < CLOCK_S)
		return err_set(e, 0, "--block-timeout must be at least a second");
	if (o->shuf || o->bar || o->eta)
		return err_set(e, 0, "--shuf, --bar and --eta need to know all jobs, which --pipe does not");
	return 0;
}

static int
run_feed_count(struct run *r, struct err *e)
{
	struct run_feed *f = &r->feed;

	f->jobs = (uint64_t)r->slots;
	if (f->spread == NULL || !r->o->tee)
		return 0;
	f->jobs = 0;
	if (batch_total(r->batch, &f->jobs, e) < 0)
		return -1;
	if (f->jobs > (uint64_t)r->slots)
		return err_set(e, 0, "--tee: %" PRIu64 " jobs must run at once, and -j allows %" PRId64, f->jobs, r->slots);
	return 0;
}

int
run_open_feed(struct run *r, struct err *e)
{
	const struct opts *o = r->o;
	const char *text = o->group_by != NULL ? o->group_by : o->bin != NULL ? o->bin : o->shard;
	bool spreads = run_feed_spreads(o), records = o->tee || o->bin != NULL || o->shard != NULL;
	enum intake_kind kind = !spreads || !records ? INTAKE_BLOCKS : o->tee ? INTAKE_BYTES : INTAKE_LINES;
	struct run_feed *f = &r->feed;

	if (!o->pipe && !o->pipe_part)
		return 0;
	if (text != NULL && key_new(o, text, tmpl_set_perl(r->set), &f->key, e) < 0)
		return -1;
	if (intake_new(o, kind, STDIN_FILENO, (uint64_t)r->slots, !spreads, f->key, &f->intake, e) < 0)
		return -1;
	if (spreads)
		f->spread = spread_new(run_spread_how(o), intake_border(f->intake), f->key);
	f->kind = o->cat && !spreads ? FEEDER_FILE : o->cat || o->fifo ? FEEDER_FIFO : FEEDER_PIPE; /* a file would be read before it is whole */
	f->hurry_ns = -1;
	return run_feed_count(r, e);
}

void
run_close_feed(struct run *r)
{
	spread_free(r->feed.spread);
	intake_free(r->feed.intake);
	key_free(r->feed.key);
	free(r->feed.inputs);
}

/* The files are what is to be cut, and only for --tee is there any use for what else is given. */
static void
run_feed_drop_files(struct run *r, const struct opts *o, struct opts *out)
{
	struct input *in = xcalloc(o->ninputs + 1, sizeof *in);
	size_t i;

	out->ninputs = 0;
	for (i = 0; i < o->ninputs; i++)
		if (!o->inputs[i].file && o->tee)
			in[out->ninputs++] = o->inputs[i];
	r->feed.inputs = in;
	out->inputs = in;
}

/* The options as the rooms of arguments should see them: what comes on stdin, and its --header, is none of their business. */
int
run_feed_opts(struct run *r, struct err *e)
{
	const struct opts *o = r->o;
	struct opts *out = &r->input_opts;
	static const struct input none = { .file = false };
	*out = *o;
	if (!o->pipe && !o->pipe_part)
		return 0;
	if (fcntl(STDIN_FILENO, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) /* its number must not become another's */
		return err_sys(e, errno, "/dev/null");
	if (!o->pipe_part || !o->tee)
		out->header = NULL;
	out->no_run_if_empty = false;
	if (o->max_lines >= 0 && o->max_replace_args < 0 && o->max_args < 0)
		out->max_inputs = -1; /* -L counts records */
	out->max_lines = -1;
	if (o->pipe_part)
		run_feed_drop_files(r, o, out);
	if (out->ninputs == 0) {
		out->inputs = &none;
		out->ninputs = 1;
	}
	return run_feed_check(o, e);
}
