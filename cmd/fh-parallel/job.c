/* Decides what state a job is in after an event. Must never know descriptors, slots or output.
 * Invariants: 1. a job is DONE only after its exit and after the end of its pipes, or an empty read that follows the
 *                exit: nobody waits for a grandchild that holds a pipe (the table has no other way to DONE).
 *             2. a job that could not be started is QUEUED again. */
#include "job.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

#include "err.h"
#include "proc.h"

#define JOB_AS_STATE_NAME(s) #s,
#define JOB_AS_EVENT_NAME(s) "EV_" #s,

static const char *const state_names[] = { JOB_STATES(JOB_AS_STATE_NAME) };
static const char *const event_names[] = { JOB_EVENTS(JOB_AS_EVENT_NAME) };

/* 0 is QUEUED, so a cell holds its state + 1; an empty one is 0: not possible. */
#define TO(s) (JOB_##s + 1)

static const unsigned char steps[JOB_NSTATE][EV_NEVENT] = {
	[JOB_QUEUED][EV_SPAWNED] = TO(RUNNING),
	[JOB_RUNNING][EV_REFUSED] = TO(QUEUED),
	[JOB_EXITING][EV_REFUSED] = TO(QUEUED),
	[JOB_RUNNING][EV_EXIT] = TO(DRAINING),     /* dead, pipes still open */
	[JOB_RUNNING][EV_EOF] = TO(EXITING),       /* pipes closed (or none), still alive */
	[JOB_RUNNING][EV_TIMEOUT] = TO(RUNNING),
	[JOB_DRAINING][EV_EOF] = TO(DONE),
	[JOB_DRAINING][EV_EMPTY] = TO(DONE),       /* a grandchild holds the pipe: not waited for */
	[JOB_EXITING][EV_EXIT] = TO(DONE),
	[JOB_EXITING][EV_TIMEOUT] = TO(EXITING),
};

const char *
job_state_name(enum job_state s)
{
	return state_names[s];
}

const char *
job_event_name(enum job_event ev)
{
	return event_names[ev];
}

enum job_state
job_next_state(enum job_state s, enum job_event ev)
{
	return steps[s][ev] == 0 ? JOB_NSTATE : (enum job_state)(steps[s][ev] - 1);
}

bool
job_event(struct job *j, enum job_event ev)
{
	enum job_state next = job_next_state(j->state, ev);

	if (next == JOB_NSTATE)
		err_bug("job %llu: %s in state %s", (unsigned long long)j->seq, event_names[ev], state_names[j->state]);
	j->state = next;
	return next == JOB_DONE;
}

void
job_again(struct job *j)
{
	int i;

	j->state = JOB_QUEUED;
	j->pid = 0;
	j->status = 0;
	j->deadline_ns = 0;
	j->kill_step = 0;
	j->timed_out = j->killed = j->skipped = j->stopped = j->gave_way = j->lost = j->pack_failed = false;
	buf_reset(&j->latest);
	for (i = 0; i < 2; i++) {
		buf_reset(&j->partial[i]);
		buf_reset(&j->kept[i]);
		j->sent_bytes[i] = 0;
	}
}

void
job_reset(struct job *j)
{
	job_again(j);
	j->attempt = 0;
	j->worker = NULL;
	j->losses = 0;
	j->host = NULL;
	j->host_name = NULL;
	j->remote = false;
	j->tried = 0;
	j->back_bytes = 0;
	buf_reset(&j->groups);
	j->last = j->idle = false;
	block_unref(j->block);
	j->block = NULL;
	feeder_free(j->feeder);
	j->feeder = NULL;
	j->fed_bytes = 0;
	args_reset(&j->args);
	buf_reset(&j->command);
	buf_reset(&j->tag);
}

void
job_fini(struct job *j)
{
	block_unref(j->block);
	feeder_free(j->feeder);
	args_fini(&j->args);
	buf_fini(&j->command);
	buf_fini(&j->tag);
	buf_fini(&j->groups);
	buf_fini(&j->kept[0]);
	buf_fini(&j->kept[1]);
	buf_fini(&j->file);
	buf_fini(&j->made);
	buf_fini(&j->latest);
	buf_fini(&j->partial[0]);
	buf_fini(&j->partial[1]);
	capture_close(&j->capture);
}

int
job_exitval(const struct job *j)
{
	if (j->skipped)
		return -2;
	if (j->timed_out || (j->remote && WIFSIGNALED(j->status)))
		return j->remote ? 255 : -1; /* what its ssh says */
	if (j->pack_failed)
		return 255;
	return WIFEXITED(j->status) ? WEXITSTATUS(j->status) : 0;
}

int
job_signal(const struct job *j)
{
	return WIFSIGNALED(j->status) && !j->remote ? WTERMSIG(j->status) : 0;
}

bool
job_failed(const struct job *j)
{
	return j->skipped || j->timed_out || j->pack_failed || j->status != 0;
}

void
job_kill(const struct job *j, int signo)
{
	if (!j->ungrouped)
		proc_kill(j->pid, signo);
	else if (j->pid > 1)
		kill(j->pid, signo);
}

const char *
job_host(const struct job *j)
{
	return j->host_name != NULL ? j->host_name : ":";
}
