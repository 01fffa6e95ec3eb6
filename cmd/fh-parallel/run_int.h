/* What the files of run share: the one struct that sees every room. Nobody else includes it. */
#ifndef FH_PAR_RUN_INT_H
#define FH_PAR_RUN_INT_H

#include <limits.h>

#include "ask.h"
#include "batch.h"
#include "ending.h"
#include "engine.h"
#include "exec.h"
#include "fleet.h"
#include "guard.h"
#include "hosts.h"
#include "intake.h"
#include "joblog.h"
#include "jobserver.h"
#include "launch.h"
#include "longest.h"
#include "loop.h"
#include "observer.h"
#include "output.h"
#include "remote.h"
#include "sched.h"
#include "screen.h"
#include "slots.h"
#include "source.h"
#include "summon.h"
#include "turns.h"
#include "world.h"
#include "spread.h"

#define STATUS_OTHER 255
#define RUN_BY_PID 1024

/* --compress */
struct run_packs {
	bool on;
	struct pack_with with;
	struct buf there, back;
	bool no_way_back;        /* the program that unpacks is not there */
	bool told;               /* that a program failed */
};

/* --pipe */
struct run_feed {
	struct intake *intake;   /* NULL: jobs read nothing */
	struct spread *spread;   /* NULL: a block is a job */
	struct key *key;
	enum feeder_kind kind;
	struct input *inputs;    /* what is no file of --pipe-part */
	uint64_t made, jobs;     /* with spread: so many of so many */
	bool ended;              /* with spread: all was given out */
	bool failed;             /* it cannot be read, which has been told */
	bool shut;               /* there is a fifo that nobody has opened yet */
	int64_t hurry_ns;        /* --block-timeout is over then; -1: it does not run */
};

struct run {
	const struct opts *o;
	struct opts input_opts;  /* for who reads arguments */
	struct run_feed feed;
	struct run_packs packs;
	void (*say)(const char *line);
	struct loop *loop;
	struct guard guard;      /* ends the jobs where we are killed */
	struct source *source;
	struct tmpl_set *set;
	struct tmpl *command;
	struct batch *batch;
	struct longest *longest; /* NULL: jobs come in the order of the input */
	struct sched *sched;
	struct hosts *hosts;     /* NULL: no option names one, all runs here */
	struct remote *remote;   /* NULL: none of them is another machine */
	int64_t ssh_ns;          /* --sshdelay: none starts on another machine before */
	int64_t slots_max;       /* what slots may become when hosts come */
	struct exec *exec;
	struct launch *launch;
	struct turns *turns;     /* NULL: nobody takes any but us */
	bool turns_tried;
	struct engine *engine;   /* NULL: jobs run here */
	struct fleet *fleet;     /* of engine, or agents on the hosts of -S; NULL: there are none */
	struct exec *far_exec;   /* knows the shell */
	struct summon *summon;   /* how agents come to the hosts of -S; NULL: they have none */
	struct buf summon_text;
	struct frame_words far_env;
	bool far_stopped;        /* Slurm, or somebody, wants us to stop */
	char far_dir[PATH_MAX];  /* where jobs start */
	struct results *results; /* NULL: output is not kept */
	struct ending *ending;
	struct jobserver *tokens; /* make's; NULL: none */
	bool token_waits;        /* a job could start if there were a token */
	struct world *world;    /* NULL: nobody asks what the machine says */
	int64_t press_ns;        /* when it is asked next what is to give way */
	struct output *output;
	struct joblog *joblog;
	struct observer *progress; /* one of obs; NULL: none yet */
	struct screen *screen;   /* what is drawn on the terminal; NULL: nothing */
	bool draws_latest;       /* --latest-line on a terminal */
	struct observer obs[OBSERVERS_MAX];
	size_t nobs;

	struct ask *ask;         /* NULL: nobody is asked */
	struct job *asked;       /* it has a slot, and starts if the answer is yes */
	struct job *idle;        /* to be used again */
	struct job *again;       /* to be started again, before anything new */
	struct job *running, *dry; /* with a pid; of --dry-run, over at the end of the round */
	struct job *packing;     /* over, and programs still run that pack what they printed (run_pack.c) */
	struct job *by_pid[RUN_BY_PID]; /* those with a process, by its number; a list each (job.same) */
	struct job *held;        /* over, and not shown yet (run_order.c); by seq */
	uint64_t seq;            /* of the job made last */
	uint64_t total;          /* jobs in all; 0: not counted */
	int64_t slots, cpus;
	bool slots_in_file;
	int64_t peak_bytes;      /* what the largest process of a job took */
	bool input_ended, input_waits;
	bool killing;            /* all that runs is being ended, and what it printed is not shown */
	int64_t wake_ns;         /* the next thing that is due; -1: nothing */
	int64_t memory_max;      /* bytes that output may hold in memory; 0: not looked at yet */
	int64_t relief_ns;       /* when that is looked at next */
	int64_t deadline_ns;     /* no job's deadline is before; 0: none has one */
	int interrupts;
	bool broken_pipe;        /* our reader is gone */
	bool pipes_quiet;        /* pipes of jobs are not read: our own reader is behind */
	bool later_told;         /* that a start has to wait: not again before one comes through */
	bool output_told;        /* that our own output fails */
	bool keep_told;          /* that what later runs need cannot be written */
	bool disk_full;          /* what jobs print may not be whole, and is remembered no more */
	int status;              /* set where the run did not end as asked; else 0 */
};

/* run.c: all that can be done by now is done; false: the run is over. */
bool run_round(struct run *r);
/* What the loop tells. */
void run_events(struct run *r);

/* run_turns.c */
/* Before the loop is waited for: opens turns where that is worth it. */
void run_turns_look(struct run *r);
/* A job with a process, pid, runs. */
void run_turns_expect(struct run *r, pid_t pid);
void run_turns_close(struct run *r);

/* run_open.c */
int run_open(struct run *r, struct err *e);
void run_close(struct run *r);

/* run_list.c */
void run_link(struct job **list, struct job *j);
void run_unlink(struct job **list, struct job *j);
struct job *run_pop(struct job **list);
/* From now on j is found by its pid. */
void run_found(struct run *r, struct job *j);
/* The running job with that pid, which is looked for no more; NULL: there is none. */
struct job *run_take(struct run *r, pid_t pid);
/* Whether a running job has that pid. */
bool run_has(const struct run *r, pid_t pid);

/* run_start.c: the beginning of a job */
/* Gets a slot and starts, or whatever launch says. */
void run_start(struct run *r, struct job *j);
/* The rest of run_start, once nothing holds it back. */
void run_begin(struct run *r, struct job *j);
/* It has a slot and is never run; counts as failed. */
void run_refuse(struct run *r, struct job *j);
/* Nobody had it: started again, here or by its own ssh, as the same attempt. */
void run_start_over(struct run *r, struct job *j);
void run_refused_far(struct run *r, struct job *j, const struct err *e, bool later);
/* Whether pipes are read: not while the reader of our output is behind. */
void run_watch_pipes(struct run *r, bool on);

/* run_job.c: the life of a job */
/* All is known of this attempt: is it the last? */
void run_finished(struct run *r, struct job *j);
/* What this attempt has printed is nobody's. */
void run_discard(struct run *r, struct job *j);
/* Its exit is known, and all it said: it is over, or runs again. */
void run_ended(struct run *r, struct job *j);
/* Back to the idle ones. */
void run_forget(struct run *r, struct job *j);
/* Events of the loop. */
void run_exit(struct run *r, const struct loop_event *ev);
void run_pipe(struct run *r, struct job *j, int fd);
void run_end_dry(struct run *r);

/* run_pack.c: --compress */
void run_pack_open(struct run *r);
void run_pack_close(struct run *r);
/* What is to be waited for at the pipe of side. */
short run_pipe_events(const struct run *r, const struct job *j, int side);
/* Its pipe was read. */
void run_pack_look(struct run *r, struct job *j, int side);
/* A program of j has room at fd; false: it is no program's. */
bool run_pack_pipe(struct run *r, struct job *j, int fd);
/* j is DONE, and in no list. True: programs are still at its output; run_finished follows. */
bool run_pack(struct run *r, struct job *j);
/* A child that is no job has ended. */
void run_pack_exit(struct run *r, const struct loop_event *ev);
/* Says once that a program has ended like that, as wait gives it. */
void run_pack_failed(struct run *r, const char *option, const char *text, int status);
/* Ends the programs of jobs that are over. */
void run_pack_kill(struct run *r);

/* run_keep.c: what later runs may rely on */
/* j is over and shown, as far as we can. */
void run_remember(struct run *r, const struct job *j);
/* Writes what may be written by now; at the end of the run, all of it. */
void run_log(struct run *r);
void run_log_rest(struct run *r);
/* Whether there was room for what j printed; ends the run in good order where not. Before its capture is closed. */
void run_look_at_disk(struct run *r, const struct job *j);
/* Our output: what can be written without waiting. */
void run_pump(struct run *r);

/* What a job that is over has said is shown and remembered; the job is free again. */
void run_show(struct run *r, struct job *j);

/* run_ask.c: --interactive */
/* True: the question is put, and the job waits for the answer. */
bool run_ask(struct run *r, struct job *j);
/* Something was typed. */
void run_answer(struct run *r);
/* Where nothing starts any more the question is withdrawn. */
void run_settle_asked(struct run *r);

/* run.c: the next job of the input, NULL: none now */
struct job *run_next_input(struct run *r);

/* run_hosts.c: where jobs run */
/* Makes the table, and asks the hosts. Sets *slots and slots_max. */
int run_hosts_open(struct run *r, int64_t *slots, struct err *e);
void run_hosts_close(struct run *r);
/* The next job to start, with its host; NULL: none now. */
struct job *run_hosts_next(struct run *r);
/* It is on its host no more; ended: an attempt is over, else it never began. */
void run_hosts_left(struct run *r, struct job *j, bool ended);
/* Hosts, or -j, may have changed in their files. */
void run_hosts_reread(struct run *r);

/* run_order.c: short jobs are seen in order */
bool run_is_first(const struct run *r, const struct job *j);
void run_let_begin(const struct run *r, const struct job *j);
bool run_hold(struct run *r, struct job *j);
void run_settle(struct run *r, bool all);

/* run_feed.c: --pipe */
bool run_feed_spreads(const struct opts *o);
int run_feed_opts(struct run *r, struct err *e);
int run_open_feed(struct run *r, struct err *e);
void run_close_feed(struct run *r);
/* As batch_next: the block of the next job, and its values. */
enum next run_feed_input(struct run *r, struct job *j, struct err *e);
int run_feed_fd(const struct run *r);
/* Before it starts. Returns 0 or -errno. */
int run_feed_start(struct run *r, struct job *j);
/* It did not start. */
void run_feed_undo(struct run *r, struct job *j);
/* Its process is gone. */
void run_feed_exit(struct run *r, struct job *j);
/* Writes what can be written without waiting. */
void run_feed_push(struct run *r, struct job *j);
/* Whether those that run wait for others with whom they share the input (--tee, --bin, --shard): before these have begun nobody gets
 * any of it. */
bool run_feed_gathers(const struct run *r);
void run_feed_tick(struct run *r);
void run_feed_ahead(struct run *r);

/* run_observe.c: who watches */
void run_open_screen(struct run *r);
/* --progress from now on, or no more (SIGUSR2). */
void run_toggle_progress(struct run *r);
int run_open_observers(struct run *r, struct err *e);
void run_observe_started(struct run *r, const struct job *j);
void run_observe_ended(struct run *r, const struct job *j, enum observer_fate fate);
void run_observe_finished(struct run *r, const struct job *j);
/* Who asked to hear of this moment does; last: it is the end. */
void run_tick(struct run *r, bool last);
/* What they have to leave behind is written. -1: some could not, and it was said. */
int run_observe_over(struct run *r);

/* run_far.c: jobs that run elsewhere */
int run_far_open(struct run *r, struct err *e);
/* How agents are called. Returns 0, or -1 with words. */
int run_far_summon(struct run *r, struct err *e);
/* Makes the fleet; shell: frame_setup.shell, borrowed. */
void run_far_fleet(struct run *r, const char *shell);
void run_far_close(struct run *r);
/* Whether a job can be given to anybody now. */
bool run_far_has_room(const struct run *r);
enum launch_result run_far_start(struct run *r, struct job *j, struct err *e);
/* Its input pipe has something for it. */
void run_far_feed(struct run *r, struct job *j);
/* An event of the loop; false: not for us. */
bool run_far_fd(struct run *r, const struct loop_event *ev);
/* What workers have said, before anything starts; what they are told, after it: once a round each. */
void run_far_events(struct run *r);
void run_far_tick(struct run *r);
/* Whether SIGUSR2 means the same as SIGTERM: an end that Slurm announces (sbatch --signal). */
bool run_far_stops(const struct run *r);
/* The exit status where a signal has ended the run; from then on it counts as such. */
int run_far_status(struct run *r, int signo);
/* --requeue, where such a signal came. */
void run_far_requeue(struct run *r);
/* A job is to end, wherever it runs. */
void run_end_job(struct run *r, struct job *j, int64_t now);

/* run_agents.c: agents on the hosts of -S */
int run_agents_open(struct run *r, struct err *e);
/* Who takes a job for t; NULL: it is to have an ssh of its own (t NULL: it runs here). */
struct worker *run_agents_for(struct run *r, struct host *t);
/* w takes input from now on. */
void run_agents_ready(struct run *r, const struct worker *w);
/* There never was an agent for j. */
void run_agents_absent(struct run *r, struct job *j);
/* j is to end, and its agent has not come yet: true, and it does. */
bool run_agents_end(struct run *r, struct job *j);

/* run_relief.c: output that grows too large for memory goes to disk */
void run_relief(struct run *r, int64_t now);

/* run_signal.c: what comes from outside, and time */
void run_signal(struct run *r, int signo);
/* What j (NULL: any job) that was ended has left behind is ended too. */
void run_orphans(struct run *r, const struct job *j);
/* Starts nothing more, and ends what runs; what that prints is not shown. */
void run_kill_all(struct run *r);
/* We can go on no more: nobody is waited for. */
void run_kill_now(struct run *r);
/* j's deadline is looked at when it comes. */
void run_due(struct run *r, const struct job *j);
/* j, which runs, may do so for limit ns in all (0: as long as it likes). */
void run_time_out_at(struct run *r, struct job *j, int64_t limit);
/* --timeout N%: a job has ended, and with the median the limit of those that run has moved. */
void run_follow_median(struct run *r);
/* Time limits, and the next signals to what is to end. */
void run_deadlines(struct run *r, int64_t now);

/* run_press.c: jobs give way where memory is short */
void run_press(struct run *r, int64_t now);

/* run_say.c */
void run_say(const struct run *r, const char *fmt, ...) FH_PRINTF(2, 3);
/* A failure of the world ends the run in good order: nothing starts, what runs finishes. */
void run_fail(struct run *r, const struct err *e);
void run_wake_at(struct run *r, int64_t t);

#endif
