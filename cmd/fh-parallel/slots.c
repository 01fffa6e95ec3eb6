/* Decides how many jobs may run at once. Must never know which.
 * What -j auto means is autojobs's. */
#include "slots.h"

#include <ctype.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "autojobs.h"
#include "buf.h"
#include "io.h"
#include "num.h"

#define FDS_SPARE 64   /* ours, and what waits for its turn (spool.c: HELD_FDS) */
#define FILE_MAX 4096  /* bytes of a -j file, and of one in /sys, which says that it is so long */

#ifndef FH_PORTABLE
/* A number that the kernel tells of a processor's place. -1: it does not. */
static int64_t
cpu_place(int cpu, const char *what)
{
	AUTO_BUF text = { 0 };
	char name[96];
	long long id;

	snprintf(name, sizeof name, "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, what);
	if (io_slurp_at(AT_FDCWD, name, &text, FILE_MAX) < 0 || sscanf(buf_str(&text), "%lld", &id) != 1)
		return -1;
	return id;
}

/* How many different places of that kind those processors have; 0: that is not told. */
static int64_t
cpu_places(const cpu_set_t *ours, const char *what)
{
	int64_t seen[CPU_SETSIZE], n = 0, i, id, pack;
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, ours))
			continue;
		if ((pack = cpu_place(cpu, "physical_package_id")) < 0 || (id = cpu_place(cpu, what)) < 0)
			return 0;
		id += pack * 65536;
		for (i = 0; i < n && seen[i] != id; i++)
			;
		if (i == n)
			seen[n++] = id;
	}
	return n;
}
#endif

int64_t
cpu_count(enum cpu_kind kind)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

#ifndef FH_PORTABLE
	int64_t there;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
		there = kind == CPU_THREADS ? 0 : cpu_places(&set, kind == CPU_CORES ? "core_id" : "physical_package_id");
		return there > 0 ? there : CPU_COUNT(&set);
	}
#endif
	return kind == CPU_SOCKETS || n < 1 ? 1 : n;
}

static int64_t
slots_clamp(int64_t n)
{
	return n < 1 ? 1 : n > SLOTS_MAX ? SLOTS_MAX : n;
}

bool
slots_is_auto(const char *text)
{
	return text != NULL && strcmp(text, "auto") == 0;
}

/* A number in one of its forms. Returns 0, -1 with words; 1 where text is none. */
static int
slots_number(const char *text, int64_t cpus, int64_t *slots, struct err *e)
{
	bool sign = text[0] == '+' || text[0] == '-';
	double part;
	int64_t n;

	if (slots_is_auto(text))
		return autojobs(cpus, -1, slots, NULL, e) < 0 ? -1 : 0;
	if (num_percent(text, &n, NULL) == 0) {
		part = (double)cpus * (double)n / 100000.0;
		*slots = (int64_t)part + ((double)(int64_t)part < part);
		if (n <= 0)
			return err_set(e, 0, "%s: cannot run any jobs", text);
		*slots = slots_clamp(*slots);
		return 0;
	}
	if (num_int(sign ? text + 1 : text, 0, INT64_MAX / 2, &n, NULL) < 0)
		return 1;
	if (!sign) {
		*slots = n == 0 ? SLOTS_MAX : slots_clamp(n);
		return 0;
	}
	*slots = text[0] == '+' ? cpus + n : cpus - n;
	if (*slots < 1)
		return err_set(e, 0, "%s: cannot run any jobs", text);
	*slots = slots_clamp(*slots);
	return 0;
}

int
slots_parse(const char *text, int64_t cpus, int64_t *slots, bool *file, struct err *e)
{
	AUTO_BUF in = { 0 };
	int r;

	*file = false;
	if ((r = slots_number(text != NULL ? text : "100%", cpus, slots, e)) <= 0)
		return r;
	if ((r = io_slurp_at(AT_FDCWD, text, &in, FILE_MAX)) < 0)
		return err_set(e, -r, "%s: neither a number of jobs nor a file that can be read", text);
	*file = true;
	in.data[strcspn(buf_str(&in), "\n")] = '\0';
	while (in.len > 0 && isspace((unsigned char)in.data[strlen(in.data) - 1]))
		in.data[strlen(in.data) - 1] = '\0';
	r = slots_number(in.data, cpus, slots, e);
	return r <= 0 ? r : err_set(e, 0, "%s: %s: not a number of jobs", text, in.data);
}

int
slots_explain(const char *text, int64_t cpus, int64_t learned, struct buf *out, struct err *e)
{
	int64_t n;
	bool file;

	if (text == NULL || slots_is_auto(text))
		return autojobs(cpus, learned, &n, out, e);
	if (slots_parse(text, cpus, &n, &file, e) < 0)
		return -1;
	buf_addf(out, "jobs: %lld\n-j %s of %lld cores\n", (long long)n, text, (long long)cpus);
	return 0;
}

int64_t
slots_fit(int64_t want, int64_t fds, struct rlimit *was)
{
	struct rlimit now;
	int64_t need = FDS_SPARE + want * fds, room, like = need + want * fds; /* where output is large it has files on disk too */

	if (getrlimit(RLIMIT_NOFILE, was) < 0)
		return want;
	now = *was;
	if (now.rlim_cur != RLIM_INFINITY && (uint64_t)like > now.rlim_cur) {
		now.rlim_cur = now.rlim_max == RLIM_INFINITY || (uint64_t)like < now.rlim_max ? (rlim_t)like : now.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &now) < 0)
			now = *was;
	}
	if (fds == 0 || now.rlim_cur == RLIM_INFINITY || (uint64_t)need <= now.rlim_cur)
		return want;
	room = (int64_t)now.rlim_cur - FDS_SPARE;
	if (room < 2 * fds)
		room = (int64_t)now.rlim_cur - 12; /* very few: only what we cannot do without */
	return room / fds < 1 ? 1 : room / fds;
}
