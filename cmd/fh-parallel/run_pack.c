/* Carries what jobs print to the programs of --compress, and knows when they have ended. Decides that a job whose program
 * failed has failed itself, with 255 (the reference).
 * Invariants: 1. a job whose pipes are read and whose programs still run is in the packing list, and keeps its slot.
 *             2. a job's pipe is not read while its program has not taken what was read before. */
#include "run_int.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "direct.h"
#include "packing.h"
#include "proc.h"

/* --- set-up -------------------------------------------------------------------------------------------------------- */

/* Whether the program is there at all: of what is more than words only the shell knows. */
static bool
run_pack_can(const char *text)
{
	struct argv words = { 0 };
	AUTO_BUF path = { 0 };
	bool can = !direct_split(text, strlen(text), &words) || proc_find(words.v[0], getenv("PATH"), &path) == 0;

	argv_fini(&words);
	return can;
}

void
run_pack_open(struct run *r)
{
	const char *there = r->o->compress_program, *back = r->o->decompress_program;
	struct run_packs *p = &r->packs;

	if (!opts_compress(r->o) || r->o->dry_run)
		return;
	if (there != NULL && there[0] != '\0') {
		buf_adds(&p->there, there);
		buf_addf(&p->back, "%s -dc", there);
	} else if (pack_find(&p->there, &p->back) == NULL) {
		run_say(r, "--compress: no program for it is installed: output is not compressed");
		return;
	}
	if (back != NULL && back[0] != '\0') {
		buf_reset(&p->back);
		buf_adds(&p->back, back);
		p->no_way_back = !run_pack_can(back);
	}
	p->with = (struct pack_with){ .shell = exec_shell(r->exec), .there = buf_str(&p->there), .back = buf_str(&p->back),
		.dir = r->o->tmpdir, .sig = loop_sig(r->loop) };
	p->on = true;
}

void
run_pack_close(struct run *r)
{
	buf_fini(&r->packs.there);
	buf_fini(&r->packs.back);
}

/* --- while a job runs ---------------------------------------------------------------------------------------------- */

short
run_pipe_events(const struct run *r, const struct job *j, int side)
{
	if (j->capture.mode == CAPTURE_PACK)
		return packing_is_full(&j->capture, side) ? 0 : POLLIN;
	return r->pipes_quiet ? 0 : POLLIN;
}

static void
run_pack_watch(struct run *r, struct job *j, int side)
{
	const struct capture_side *s = &j->capture.side[side];
	bool full = packing_is_full(&j->capture, side);
	int error = 0;

	if (full)
		error = loop_watch(r->loop, pack_fd(s->pack), POLLOUT, j);
	else
		loop_forget(r->loop, pack_fd(s->pack));
	if (error == 0 && s->open && j->state != JOB_DONE)
		error = loop_watch(r->loop, s->fd, full ? 0 : POLLIN, j);
	if (error < 0)
		err_bug("run: a pipe cannot be watched");
}

void
run_pack_look(struct run *r, struct job *j, int side)
{
	if (j->capture.mode == CAPTURE_PACK && packing_is_full(&j->capture, side))
		run_pack_watch(r, j, side);
}

/* Nothing more comes for the program of that side, once it has taken all. */
static void
run_pack_end(struct run *r, struct job *j, int side)
{
	const struct pack *p = j->capture.side[side].pack;

	if (p == NULL || pack_fd(p) < 0)
		return;
	if (pack_waits(p)) {
		run_pack_watch(r, j, side);
		return;
	}
	loop_forget(r->loop, pack_fd(p));
	packing_end(&j->capture, side);
}

bool
run_pack_pipe(struct run *r, struct job *j, int fd)
{
	int i;

	for (i = 0; i < 2 && j->capture.mode == CAPTURE_PACK; i++) {
		struct pack *p = j->capture.side[i].pack;

		if (p == NULL || pack_fd(p) != fd)
			continue;
		pack_push(p); /* a program that reads no more is seen with the next bytes, or at its end */
		run_pack_watch(r, j, i);
		if (j->state == JOB_DONE)
			run_pack_end(r, j, i);
		return true;
	}
	return false;
}

/* --- a job's output is all read ------------------------------------------------------------------------------------ */

void
run_pack_failed(struct run *r, const char *option, const char *text, int status)
{
	if (r->packs.told)
		return;
	r->packs.told = true;
	if (WIFSIGNALED(status))
		run_say(r, "%s: %s: ended by signal %d", option, text, WTERMSIG(status));
	else
		run_say(r, "%s: %s: exit status %d", option, text, WEXITSTATUS(status));
}

/* What is packed and cannot be unpacked is nothing to be shown. */
static void
run_pack_check_back(struct run *r, struct job *j)
{
	int i, fd;

	if (!r->packs.no_way_back || results_keeps_files(r->results))
		return;
	for (i = 0; i < 2; i++) {
		if ((fd = capture_take(&j->capture, i)) < 0)
			continue;
		close(fd);
		j->capture.side[i].raw = 0;
		j->pack_failed = true;
		run_pack_failed(r, "--decompress-program", r->packs.with.back, 127 << 8);
	}
}

static void
run_packed(struct run *r, struct job *j)
{
	int status = packing_over(&j->capture);

	j->pack_failed = status != 0;
	if (j->pack_failed)
		run_look_at_disk(r, j);
	if (j->pack_failed && !j->killed && !r->disk_full)
		run_pack_failed(r, "--compress-program", r->packs.with.there, status);
	run_pack_check_back(r, j);
}

bool
run_pack(struct run *r, struct job *j)
{
	int i;

	if (j->capture.mode != CAPTURE_PACK)
		return false;
	for (i = 0; i < 2; i++) {
		if (j->capture.side[i].fd >= 0)
			loop_forget(r->loop, j->capture.side[i].fd);
		run_pack_end(r, j, i);
	}
	if (packing_runs(&j->capture)) {
		run_link(&r->packing, j);
		return true;
	}
	run_packed(r, j);
	return false;
}

/* The job of list whose program was pid; its side in *side. */
static struct job *
run_pack_find(struct job *list, const struct loop_event *ev, int *side)
{
	struct job *j;

	for (j = list; j != NULL; j = j->next)
		if ((*side = packing_exited(&j->capture, ev->pid, ev->status)) >= 0)
			return j;
	return NULL;
}

void
run_pack_exit(struct run *r, const struct loop_event *ev)
{
	struct job *j;
	int side;

	if (!r->packs.on || output_exited(r->output, ev->pid, ev->status))
		return;
	if ((j = run_pack_find(r->running, ev, &side)) != NULL) {
		run_pack_watch(r, j, side); /* its next bytes find nobody */
		return;
	}
	if ((j = run_pack_find(r->packing, ev, &side)) == NULL)
		return;
	run_pack_end(r, j, side);
	if (packing_runs(&j->capture))
		return;
	run_unlink(&r->packing, j);
	run_packed(r, j);
	run_finished(r, j);
}

void
run_pack_kill(struct run *r)
{
	struct job *j;

	for (j = r->packing; j != NULL; j = j->next) {
		j->killed = true;
		packing_kill(&j->capture);
	}
}
