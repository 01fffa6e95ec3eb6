/* The machine of the simulation: time that passes only where somebody waits, processes that are a line in a table, a reader that
 * stalls. Decides what happens next, by the seed. */
#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "autojobs.h"
#include "clock.h"
#include "guard.h"
#include "kin.h"
#include "lanes.h"
#include "loop.h"
#include "mem.h"
#include "proc.h"
#include "pump.h"
#include "slots.h"
#include "turns.h"
#include "world.h"

#define PID_FIRST 100000000 /* no real process has such a number */
#define MS CLOCK_MS
#define STEPS_MAX 200000
#define HOLD_NS (30 * MS) /* of run_order.c */

struct sim sim;

/* --wrap gives these names */
int64_t __wrap_clock_mono_ns(void);
int64_t __wrap_clock_wall_ns(void);
void __wrap_clock_sleep_ns(int64_t ns);
int64_t __wrap_cpu_count(enum cpu_kind kind);
void __wrap_autojobs_look(const struct autojobs_roots *roots, struct autojobs_facts *f);
int __wrap_guard_open(struct guard *g, size_t n, const char *dir, const char *prefix);
void __wrap_guard_close(struct guard *g);
int __wrap_lanes_open(struct lanes **out, size_t n);
void __wrap_kin_adopt(void);
void __wrap_kin_children(pid_t pid, struct kin *out);
void __wrap_kin_below(pid_t pid, struct kin *out);
int __wrap_proc_spawn(const struct proc_spec *s, pid_t *pid);
int __wrap_proc_kill(pid_t pid, int signo);
bool __wrap_proc_group_lives(pid_t pid);
void __wrap_world_look(struct world *w, int64_t now, uint64_t running, struct sched_world *out);
enum world_wish __wrap_world_wish(struct world *w);
int __wrap_kill(pid_t pid, int signo);
int __real_kill(pid_t pid, int signo);
int __wrap_loop_new(struct loop **out, const int *signals, size_t n);
void __wrap_loop_free(struct loop *l);
const struct sig *__wrap_loop_sig(const struct loop *l);
int __wrap_loop_watch(struct loop *l, int fd, short events, void *who);
void __wrap_loop_forget(struct loop *l, int fd);
int __wrap_loop_wait(struct loop *l, int64_t deadline);
bool __wrap_loop_next(struct loop *l, struct loop_event *ev);
int __wrap_loop_share(struct loop *l, void (*leave)(void *), void (*enter)(void *), void *who);
void __wrap_loop_tell_exits(struct loop *l, bool on);
void __wrap_loop_reap(struct loop *l);
void __wrap_loop_hurry(struct loop *l, int64_t deadline);
int __wrap_turns_open(struct turns **out, size_t n, void (*turn)(void *), void *ctx);
void __wrap_turns_expect(struct turns *t, pid_t pid, const struct proc_birth *birth);
void __wrap_turns_close(struct turns *t);
struct pump *__wrap_pump_new(struct loop *l);
void __wrap_pump_set_file(struct pump *p, int fd);
void __wrap_pump_set_screen(struct pump *p, struct screen *s);
void __wrap_pump_free(struct pump *p);
void __wrap_pump_put(struct pump *p, struct chunk *list);
void __wrap_pump_bytes(struct pump *p, int side, const char *s, size_t n);
void __wrap_pump_run(struct pump *p);
bool __wrap_pump_is_empty(const struct pump *p);
bool __wrap_pump_is_stalled(const struct pump *p);
bool __wrap_pump_waits(const struct pump *p);
int __wrap_pump_unpack_status(const struct pump *p);
bool __wrap_pump_was_cramped(struct pump *p);
int __wrap_pump_failed(const struct pump *p);

uint64_t
sim_random(uint64_t below)
{
	sim.seed ^= sim.seed << 13;
	sim.seed ^= sim.seed >> 7;
	sim.seed ^= sim.seed << 17;
	return (sim.seed >> 11) % below;
}

/* --- time ----------------------------------------------------------------------------------------------------------- */

static int64_t asked; /* how often the time was asked for since we waited last: who never waits never ends */

int64_t
__wrap_clock_mono_ns(void)
{
	SIM_MUST(++asked < 100000);
	return sim.now;
}

int64_t
__wrap_clock_wall_ns(void)
{
	return INT64_C(1700000000) * CLOCK_S + sim.now;
}

void
__wrap_clock_sleep_ns(int64_t ns)
{
	sim.now += ns > 0 ? ns : 0;
}

/* --- the machine ---------------------------------------------------------------------------------------------------- */

int64_t
__wrap_cpu_count(enum cpu_kind kind)
{
	(void)kind;
	return 4;
}

void
__wrap_autojobs_look(const struct autojobs_roots *roots, struct autojobs_facts *f)
{
	(void)roots;
	f->mem_available = f->mem_cgroup = -1;
}

int
__wrap_guard_open(struct guard *g, size_t n, const char *dir, const char *prefix)
{
	(void)dir, (void)prefix;
	*g = (struct guard){ .pid = 1, .wfd = -1, .group = xcalloc(n, sizeof *g->group), .n = n };
	return 0;
}

void
__wrap_guard_close(struct guard *g)
{
	free((void *)(uintptr_t)g->group);
	*g = (struct guard){ 0 };
}

int
__wrap_lanes_open(struct lanes **out, size_t n)
{
	(void)out, (void)n;
	return -ENOSYS;
}

void
__wrap_kin_adopt(void)
{
}

void
__wrap_kin_children(pid_t pid, struct kin *out)
{
	(void)pid, (void)out;
}

void
__wrap_kin_below(pid_t pid, struct kin *out)
{
	(void)pid, (void)out;
}

void
__wrap_world_look(struct world *w, int64_t now, uint64_t running, struct sched_world *out)
{
	(void)now, (void)running;
	*out = (struct sched_world){ .mem_free = INT64_MAX };
	if (w == NULL)
		return;
	out->hold = sim_random(3) == 0;
	sim.held = out->hold;
}

enum world_wish
__wrap_world_wish(struct world *w)
{
	enum world_wish v = sim.press ? (enum world_wish)sim_random(WORLD_RESUME + 1) : WORLD_FINE;

	(void)w;
	sim.kill_wish = v == WORLD_KILL;
	return v;
}

int
__wrap_kill(pid_t pid, int signo)
{
	if (!sim.on)
		return __real_kill(pid, signo);
	SIM_MUST(pid == getpid() && signo == SIGSTOP);
	sim.now += (int64_t)sim_random(2000) * MS; /* until CONT */
	return 0;
}

/* --- processes ------------------------------------------------------------------------------------------------------- */

static struct sim_proc *
proc_of(pid_t pid)
{
	SIM_MUST(pid >= PID_FIRST && pid < PID_FIRST + sim.nproc);
	return &sim.proc[pid - PID_FIRST];
}

static void
proc_say(const struct sim_proc *p, int fd, char what)
{
	char line[64];
	int n = snprintf(line, sizeof line, "%c %llu %d\n", what, (unsigned long long)p->seq, p->attempt);

	if (fd >= 0)
		SIM_MUST(write(fd, line, (size_t)n) == n);
}

static uint64_t
spec_seq(const struct proc_spec *s)
{
	size_t i;

	for (i = 0; s->envp[i] != NULL; i++)
		if (strncmp(s->envp[i], "PARALLEL_SEQ=", 13) == 0)
			return strtoull(s->envp[i] + 13, NULL, 10);
	return 0;
}

/* What must hold where a job starts. */
static void
check_start(uint64_t seq)
{
	int i;

	SIM_MUST(seq >= 1 && (int)seq <= sim.njobs);
	SIM_MUST(!sim.stopping && !sim.halted && !sim.killed && !sim.crashed);
	SIM_MUST(!sim.held);
	SIM_MUST(sim.alive < sim.slots);
	SIM_MUST(sim.nproc == 0 || sim.now >= sim.last_start + sim.delay);
	SIM_MUST(!sim.logged[seq] && sim.final[seq] == 0);
	if (sim.attempts[seq] == 0) { /* in the order of the input */
		for (i = sim.last_seq + 1; i < (int)seq; i++)
			SIM_MUST(sim.logged[i]);
		SIM_MUST((int)seq >= sim.last_seq); /* the same one, where it was refused */
		sim.last_seq = (int)seq;
	}
	for (i = 0; i < sim.nproc; i++)
		SIM_MUST(sim.proc[i].over || sim.proc[i].seq != seq);
}

int
__wrap_proc_spawn(const struct proc_spec *s, pid_t *pid)
{
	struct sim_proc *p = &sim.proc[sim.nproc];
	uint64_t seq = spec_seq(s);

	SIM_MUST(sim.nproc < SIM_PROCS);
	check_start(seq);
	if (sim_random(40) == 0 && sim.refused++ < 20)
		return sim_random(2) == 0 ? -EAGAIN : -ENOMEM;
	*p = (struct sim_proc){ .seq = seq, .start = sim.now, .fd = s->fd[1] >= 0 ? fcntl(s->fd[1], F_DUPFD_CLOEXEC, 3) : -1 };
	p->attempt = ++sim.attempts[seq];
	SIM_MUST(p->attempt <= sim.tries + sim.gave[seq]);
	p->due = sim.now + (int64_t)sim_random(sim_random(4) == 0 ? 3000 : 40) * MS / 2;
	p->status = sim_random(3) == 0 ? (int)sim_random(4) << 8 : sim_random(20) == 0 ? SIGSEGV : 0;
	p->deaf = sim_random(6) == 0;
	p->child = sim_random(8) == 0; /* somebody of its group lives on, if nobody ends it */
	proc_say(p, p->fd, 'b');
	*pid = PID_FIRST + sim.nproc++;
	*s->mark = *pid;
	sim.alive++;
	sim.last_start = sim.now;
	return 0;
}

static void
proc_end(struct sim_proc *p, int status, int64_t due)
{
	if (p->due > due || p->stopped) {
		p->status = status;
		p->due = due;
		p->stopped = false;
	}
}

/* Memory pressure stops the youngest of those that run, and never the last one. */
static void
check_stop(const struct sim_proc *p)
{
	int i, others = 0;

	for (i = 0; i < sim.nproc; i++) {
		const struct sim_proc *q = &sim.proc[i];

		if (q == p || q->over || q->stopped || q->termed)
			continue;
		SIM_MUST(q->start <= p->start);
		others++;
	}
	SIM_MUST(others > 0);
}

int
__wrap_proc_kill(pid_t pid, int signo)
{
	struct sim_proc *p = proc_of(pid);
	bool hears = signo == SIGKILL || !p->deaf;

	if (signo == SIGTERM && !p->termed) {
		p->termed = true;
		p->gave_way = sim.kill_wish;
		sim.kill_wish = false;
	}
	if (signo == SIGSTOP && !p->stopped && !p->over) {
		p->pressed = !sim.suspends;
		if (p->pressed)
			check_stop(p);
		p->stopped = true;
		p->left = p->due > sim.now ? p->due - sim.now : 0;
	} else if (signo == SIGCONT && p->stopped) {
		SIM_MUST(!p->pressed || !sim.suspends); /* who was stopped for another reason stays so */
		p->stopped = false;
		p->due = sim.now + p->left;
	} else if ((signo == SIGTERM || signo == SIGKILL) && hears) {
		if (!p->over)
			proc_end(p, signo, sim.now + (int64_t)sim_random(4) * MS);
		p->child = false;
	}
	return 0;
}

bool
__wrap_proc_group_lives(pid_t pid)
{
	const struct sim_proc *p = proc_of(pid);

	return !p->over || p->child;
}

/* The exit of p is told: what must come of it? */
static void
check_exit(struct sim_proc *p)
{
	bool failed = p->status != 0 || (p->termed && !p->gave_way), mine;
	int n;

	SIM_MUST(sim.timeout == 0 || sim.now - p->start <= sim.timeout + (375 + 60) * MS || sim.nsignals > 0 || sim.press || sim.skips);
	p->over = true;
	sim.alive--;
	proc_say(p, p->fd, 'e');
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	if (p->gave_way && !sim.stopping && !sim.halted && !sim.killed) {
		sim.gave[p->seq]++; /* it was not its fault */
		return;
	}
	if (failed && p->attempt < sim.tries && !sim.stopping && !sim.halted && !sim.killed)
		return;
	SIM_MUST(++sim.final[p->seq] == 1);
	sim.last_attempt[p->seq] = p->attempt;
	sim.ended[p->seq] = sim.now;
	sim.failed += failed;
	sim.succeeded += !failed;
	sim.done++;
	n = sim.halt_on == 1 ? sim.failed : sim.halt_on == 2 ? sim.succeeded : sim.done;
	mine = sim.halt_on == 3 || (sim.halt_on == 1) == failed;
	sim.halted |= sim.halt_on > 0 && mine && n >= sim.halt_n;
}

/* --- the loop -------------------------------------------------------------------------------------------------------- */

struct loop {
	struct sig sig;
	struct { void *who; short events; } w[1024];
	struct pollfd ready[1024];
	size_t nready, next;
	struct pump *pump;
	bool untold, reap;      /* ends of children are not told; but this once */
	bool waiting, hurried;
	int64_t due;            /* until when it waits */
};

/* Threads that meet the ends of jobs. They come when they are called for. */
struct turns {
	void (*turn)(void *);
	void *ctx;
	size_t n;
};

static struct turns turns; /* turn is NULL: there are none */

struct pump {
	struct loop *l;
	struct chunk *head, **end;
	bool stalled, told;
};

int
__wrap_loop_new(struct loop **out, const int *signals, size_t n)
{
	(void)signals, (void)n;
	*out = xcalloc(1, sizeof **out);
	return 0;
}

void
__wrap_loop_free(struct loop *l)
{
	free(l);
}

const struct sig *
__wrap_loop_sig(const struct loop *l)
{
	return &l->sig;
}

int
__wrap_loop_watch(struct loop *l, int fd, short events, void *who)
{
	SIM_MUST(fd >= 0 && fd < 1024);
	l->w[fd].who = who;
	l->w[fd].events = events;
	return 0;
}

void
__wrap_loop_forget(struct loop *l, int fd)
{
	if (fd >= 0 && fd < 1024)
		l->w[fd].who = NULL;
}

/* When the next job ends; awaited: of those only. INT64_MAX: none ever will. */
static int64_t
next_end(bool awaited)
{
	int64_t at = INT64_MAX;
	int i;

	for (i = 0; i < sim.nproc; i++)
		if (!sim.proc[i].over && !sim.proc[i].stopped && (sim.proc[i].awaited || !awaited) && sim.proc[i].due < at)
			at = sim.proc[i].due;
	return at;
}

/* The earliest thing that the loop is to tell. */
static int64_t
next_event(const struct loop *l)
{
	int64_t at = l->untold ? INT64_MAX : next_end(false);
	int i;

	for (i = 0; i < sim.nsignals; i++)
		if (sim.signals[i] != 0 && sim.signal_at[i] < at)
			at = sim.signal_at[i];
	if (l->pump != NULL && l->pump->stalled && sim.reader_until < at)
		at = sim.reader_until;
	return at;
}

static void
poll_real(struct loop *l)
{
	size_t n = 0;
	int fd;

	for (fd = 0; sim.lines && fd < 1024; fd++)
		if (l->w[fd].who != NULL && l->w[fd].events != 0)
			l->ready[n++] = (struct pollfd){ .fd = fd, .events = l->w[fd].events };
	l->nready = n > 0 && poll(l->ready, (nfds_t)n, 0) > 0 ? n : 0;
	l->next = 0;
}

/* One who runs must run: memory pressure never stops all of them. */
static void
check_wait(void)
{
	int i, going = 0, stopped = 0;

	for (i = 0; i < sim.nproc; i++) {
		going += !sim.proc[i].over && !sim.proc[i].stopped;
		stopped += !sim.proc[i].over && sim.proc[i].stopped;
	}
	SIM_MUST(stopped == 0 || going > 0);
	SIM_MUST(++sim.steps < STEPS_MAX);
}

/* A job that is over is shown within HOLD_NS where nothing forbids it, so that there must be a wake-up by then. */
static void
check_shown(const struct loop *l, int64_t deadline)
{
	int i;

	if (sim.ordered || sim.lines || sim.stopping || sim.halted || sim.fails_after == 0 || (l->pump != NULL && l->pump->head != NULL))
		return;
	for (i = 1; i <= sim.njobs; i++)
		SIM_MUST(sim.final[i] == 0 || sim.shown[i] || (deadline >= 0 && deadline <= sim.ended[i] + HOLD_NS));
}

static void
sleep_until(int64_t t)
{
	if (sim.now < t)
		sim.now = t + (int64_t)sim_random(3) * MS / 2; /* late now and then */
}

/* Jobs end before anything else happens, and their threads meet that. Until the loop is hurried, or there is something for it. */
static void
take_turns(struct loop *l, int64_t deadline)
{
	int64_t end;

	l->waiting = true;
	l->hurried = false;
	l->due = deadline;
	while (l->untold && !l->hurried && (end = next_end(true)) < INT64_MAX && end <= next_event(l) && (deadline < 0 || end <= deadline)) {
		check_wait();
		sleep_until(end);
		turns.turn(turns.ctx);
		if (!l->hurried)
			check_shown(l, deadline);
	}
	l->waiting = false;
}

int
__wrap_loop_wait(struct loop *l, int64_t deadline)
{
	int64_t event;
	bool ready;
	size_t i;

	check_wait();
	check_shown(l, deadline);
	asked = 0;
	if (sim.crash_at >= 0 && sim.now >= sim.crash_at) {
		sim.crashed = true;
		return -EIO; /* as near to kill -9 as a run can come that is to be run again */
	}
	poll_real(l);
	for (i = 0, ready = false; i < l->nready; i++)
		ready |= l->ready[i].revents != 0;
	l->hurried = false;
	if (!ready && turns.turn != NULL)
		take_turns(l, deadline);
	if (l->hurried)
		return 0;
	event = next_event(l);
	SIM_MUST(ready || deadline >= 0 || event < INT64_MAX); /* a lost wake-up */
	if (ready)
		return 0;
	if (deadline < 0 || event < deadline)
		deadline = event;
	sleep_until(deadline);
	return 0;
}

/* --- turns ----------------------------------------------------------------------------------------------------------- */

int
__wrap_loop_share(struct loop *l, void (*leave)(void *), void (*enter)(void *), void *who)
{
	(void)l, (void)enter, (void)who;
	return leave != NULL && sim_random(4) == 0 ? -ENOSYS : 0;
}

void
__wrap_loop_tell_exits(struct loop *l, bool on)
{
	l->untold = !on;
}

void
__wrap_loop_reap(struct loop *l)
{
	l->reap = true;
}

void
__wrap_loop_hurry(struct loop *l, int64_t deadline)
{
	l->hurried |= l->waiting && deadline >= 0 && (l->due < 0 || deadline < l->due);
}

int
__wrap_turns_open(struct turns **out, size_t n, void (*turn)(void *), void *ctx)
{
	SIM_MUST(turns.turn == NULL && n <= TURNS_MAX);
	if (sim_random(4) == 0)
		return -EAGAIN;
	turns = (struct turns){ .turn = turn, .ctx = ctx, .n = n };
	*out = &turns;
	return 0;
}

/* Each once, and never more at a time than there are threads. */
void
__wrap_turns_expect(struct turns *t, pid_t pid, const struct proc_birth *birth)
{
	SIM_MUST(birth == NULL && pid >= PID_FIRST && pid < PID_FIRST + sim.nproc);
	SIM_MUST(!sim.proc[pid - PID_FIRST].awaited && (size_t)sim.alive <= t->n);
	sim.proc[pid - PID_FIRST].awaited = true;
}

void
__wrap_turns_close(struct turns *t)
{
	SIM_MUST(t == &turns && (sim.crashed || sim.alive == 0));
	turns.turn = NULL;
}

static bool
next_signal(struct loop_event *ev)
{
	int i;

	for (i = 0; i < sim.nsignals; i++)
		if (sim.signals[i] != 0 && sim.signal_at[i] <= sim.now) {
			ev->kind = LOOP_SIGNAL;
			ev->signo = sim.signals[i];
			sim.signals[i] = 0;
			sim.suspends = ev->signo == SIGTSTP;
			sim.killed |= ev->signo == SIGTERM || ev->signo == SIGQUIT || (ev->signo == SIGINT && sim.interrupted);
			sim.interrupted |= ev->signo == SIGINT; /* the second one is another matter */
			sim.stopping |= ev->signo != SIGTSTP && ev->signo != SIGUSR1;
			return true;
		}
	return false;
}

bool
__wrap_loop_next(struct loop *l, struct loop_event *ev)
{
	int i;

	*ev = (struct loop_event){ .fd = -1 };
	sim.suspends = false;
	if (next_signal(ev))
		return true;
	for (i = 0; (!l->untold || l->reap) && i < sim.nproc; i++)
		if (!sim.proc[i].over && !sim.proc[i].stopped && sim.proc[i].due <= sim.now) {
			ev->kind = LOOP_EXIT;
			ev->pid = PID_FIRST + i;
			ev->status = sim.proc[i].status;
			check_exit(&sim.proc[i]);
			return true;
		}
	l->reap = false;
	while (l->next < l->nready) {
		const struct pollfd *f = &l->ready[l->next++];

		if (f->revents == 0 || l->w[f->fd].who == NULL)
			continue;
		*ev = (struct loop_event){ .kind = LOOP_FD, .fd = f->fd, .revents = f->revents, .who = l->w[f->fd].who };
		return true;
	}
	if (l->pump == NULL || !l->pump->stalled || l->pump->told || sim.now < sim.reader_until)
		return false;
	l->pump->told = true;
	*ev = (struct loop_event){ .kind = LOOP_FD, .fd = STDOUT_FILENO, .who = l->pump };
	return true;
}

/* --- the reader ------------------------------------------------------------------------------------------------------ */

struct pump *
__wrap_pump_new(struct loop *l)
{
	struct pump *p = xcalloc(1, sizeof *p);

	p->l = l;
	p->end = &p->head;
	l->pump = p;
	return p;
}

/* A simulated pump has neither: what is given to it is not its own memory. */
void
__wrap_pump_set_file(struct pump *p, int fd)
{
	(void)p;
	(void)fd;
}

void
__wrap_pump_set_screen(struct pump *p, struct screen *s)
{
	(void)p;
	(void)s;
}

void
__wrap_pump_free(struct pump *p)
{
	if (p == NULL)
		return;
	chunk_free_list(p->head);
	p->l->pump = NULL;
	free(p);
}

void
__wrap_pump_put(struct pump *p, struct chunk *list)
{
	*p->end = list;
	while (*p->end != NULL)
		p->end = &(*p->end)->next;
}

void
__wrap_pump_bytes(struct pump *p, int side, const char *s, size_t n)
{
	if (n > 0)
		__wrap_pump_put(p, chunk_text(side, NULL, s, n));
}

/* Whose last words are in what has just been printed. */
static void
note_shown(const char *s)
{
	unsigned long long seq;
	int attempt;

	for (; s != NULL && *s != '\0'; s = strchr(s, '\n'), s = s != NULL ? s + 1 : NULL)
		if (sscanf(s, "e %llu %d\n", &seq, &attempt) == 2 && seq <= SIM_JOBS && sim.final[seq] > 0 && attempt == sim.last_attempt[seq])
			sim.shown[seq] = true;
}

static void
take_chunk(const struct chunk *c)
{
	size_t before = sim.out.len;

	char raw[4096];
	ssize_t n = 0;

	if (sim.fails_after > 0)
		sim.fails_after--;
	if (sim.fails_after == 0 || c->side != 0)
		return;
	buf_add(&sim.out, c->mem.data + c->mem_at, c->mem.len - c->mem_at);
	SIM_MUST(c->fd < 0 || c->end - c->at <= (int64_t)sizeof raw);
	if (c->fd >= 0) {
		SIM_MUST((n = pread(c->fd, raw, (size_t)(c->end - c->at), c->at)) == c->end - c->at);
		buf_add(&sim.out, raw, (size_t)n);
	}
	note_shown(buf_str(&sim.out) + before);
}

void
__wrap_pump_run(struct pump *p)
{
	struct chunk *c;

	p->stalled = p->head != NULL && sim.now < sim.reader_until;
	p->told = false;
	while (!p->stalled && (c = p->head) != NULL) {
		take_chunk(c);
		if ((p->head = c->next) == NULL)
			p->end = &p->head;
		chunk_free(c);
		if (sim.stall_again > 0 && sim_random((uint64_t)sim.stall_again) == 0)
			sim.reader_until = sim.now + (int64_t)sim_random(500) * MS;
	}
}

bool
__wrap_pump_is_empty(const struct pump *p)
{
	return p->head == NULL;
}

bool
__wrap_pump_is_stalled(const struct pump *p)
{
	return p->stalled;
}

/* Nothing here is packed. */
bool
__wrap_pump_waits(const struct pump *p)
{
	(void)p;
	return false;
}

int
__wrap_pump_unpack_status(const struct pump *p)
{
	(void)p;
	return 0;
}

bool
__wrap_pump_was_cramped(struct pump *p)
{
	(void)p;
	return false;
}

int
__wrap_pump_failed(const struct pump *p)
{
	(void)p;
	return sim.fails_after == 0 ? -ENOSPC : 0;
}
