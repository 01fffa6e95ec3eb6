/* Decides how many jobs -j auto means. Must never know jobs or options.
 * Invariants: 1. a limit that cannot be read, or says max, is none; it never becomes 0.
 *             2. the answer is at least 1, whatever the facts. */
#include "autojobs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ini.h"
#include "io.h"
#include "num.h"

#define FILE_BYTES (1 << 16)             /* of one file that we read */
#define NO_LIMIT (INT64_C(1) << 60)      /* v1 writes a huge number for none */
#define JOB_MEMORY_PRESET (INT64_C(3) << 29) /* 1.5 GiB, of fh.ini */
#define JOB_MEMORY_LEAST (INT64_C(64) << 20)

/* --- looking ------------------------------------------------------------------------------------------------------ */

/* The text of dir/name, NULL where there is none. */
static const char *
auto_read(const char *dir, const char *name, struct buf *text)
{
	AUTO_BUF path = { 0 };

	buf_addf(&path, "%s/%s", dir, name);
	buf_reset(text);
	return io_slurp_at(AT_FDCWD, buf_str(&path), text, FILE_BYTES) < 0 ? NULL : buf_str(text);
}

/* The number in dir/name; -1: none ("max" too). */
static int64_t
auto_number(const char *dir, const char *name)
{
	AUTO_BUF text = { 0 };
	const char *s = auto_read(dir, name, &text);
	long long n;

	return s != NULL && sscanf(s, "%lld", &n) == 1 && n >= 0 && n < NO_LIMIT ? n : -1;
}

/* The number behind key at the beginning of a line of dir/name; -1: none. */
static int64_t
auto_field(const char *dir, const char *name, const char *key)
{
	AUTO_BUF text = { 0 };
	const char *s = auto_read(dir, name, &text), *end;
	size_t n = strlen(key);
	long long value;

	for (; s != NULL && *s != '\0'; s = *end == '\0' ? end : end + 1) {
		end = s + strcspn(s, "\n");
		if (strncmp(s, key, n) == 0 && sscanf(s + n, "%lld", &value) == 1)
			return value;
	}
	return -1;
}

static void
auto_least(int64_t *limit, int64_t n)
{
	if (n >= 0 && (*limit < 0 || n < *limit))
		*limit = n;
}

/* One cgroup's share of the processors. */
static void
auto_cpu(const char *dir, struct autojobs_facts *f)
{
	AUTO_BUF text = { 0 };
	const char *s = auto_read(dir, "cpu.max", &text);
	long long quota = -1, period = -1;

	if (s == NULL || sscanf(s, "%lld %lld", &quota, &period) != 2) {
		quota = auto_number(dir, "cpu.cfs_quota_us");
		period = auto_number(dir, "cpu.cfs_period_us");
	}
	if (quota > 0 && period > 0)
		auto_least(&f->cpu_milli, (int64_t)((double)quota * 1000.0 / (double)period));
}

/* What one cgroup leaves of memory: pages of files that nobody maps can be dropped. */
static void
auto_memory(const char *dir, struct autojobs_facts *f)
{
	bool v1 = auto_number(dir, "memory.max") < 0 && auto_number(dir, "memory.limit_in_bytes") >= 0;
	int64_t limit = auto_number(dir, v1 ? "memory.limit_in_bytes" : "memory.max");
	int64_t used = auto_number(dir, v1 ? "memory.usage_in_bytes" : "memory.current");
	int64_t cache = auto_field(dir, "memory.stat", v1 ? "total_inactive_file " : "inactive_file ");

	if (limit < 0)
		return;
	used = used < 0 ? 0 : cache > 0 ? used - (cache < used ? cache : used) : used;
	auto_least(&f->mem_cgroup, used < limit ? limit - used : 0);
}

/* A cgroup and those above it, up to the root of its tree. */
static void
auto_walk(const char *root, const char *path, void (*look)(const char *dir, struct autojobs_facts *f), struct autojobs_facts *f)
{
	AUTO_BUF dir = { 0 };
	const char *slash;

	buf_addf(&dir, "%s%s", root, path);
	for (;;) {
		look(buf_str(&dir), f);
		slash = strrchr(buf_str(&dir), '/');
		if (dir.len <= strlen(root) || slash == NULL)
			return;
		buf_splice(&dir, (size_t)(slash - dir.data), dir.len - (size_t)(slash - dir.data), "", 0);
		if (dir.len < strlen(root))
			return;
	}
}

/* Whether the controller stands in a v1 line's comma list. */
static bool
auto_has(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (; *list != '\0'; list += strcspn(list, ",") + (list[strcspn(list, ",")] == ',')) {
		if (strncmp(list, name, n) == 0 && (list[n] == ',' || list[n] == '\0'))
			return true;
	}
	return false;
}

/* One line of /proc/self/cgroup: "0::/path" is v2, "4:cpu,cpuacct:/path" v1. */
static void
auto_group(const char *root, char *line, struct autojobs_facts *f)
{
	AUTO_BUF tree = { 0 };
	char *list = strchr(line, ':'), *path = list != NULL ? strchr(list + 1, ':') : NULL;

	if (path == NULL)
		return;
	*path++ = '\0';
	list++;
	if (*list == '\0') {
		auto_walk(root, path, auto_cpu, f);
		auto_walk(root, path, auto_memory, f);
		buf_addf(&tree, "%s/unified", root);
		auto_walk(buf_str(&tree), path, auto_cpu, f);
		auto_walk(buf_str(&tree), path, auto_memory, f);
		return;
	}
	buf_addf(&tree, "%s/%s", root, list);
	if (auto_has(list, "cpu"))
		auto_walk(buf_str(&tree), path, auto_cpu, f);
	buf_reset(&tree);
	buf_addf(&tree, "%s/%s", root, auto_has(list, "cpu") ? "cpu" : "memory");
	if (auto_has(list, "cpu"))
		auto_walk(buf_str(&tree), path, auto_cpu, f);
	else if (auto_has(list, "memory"))
		auto_walk(buf_str(&tree), path, auto_memory, f);
}

void
autojobs_look(const struct autojobs_roots *roots, struct autojobs_facts *f)
{
	AUTO_BUF text = { 0 };
	char *line, *rest;
	int64_t kib = auto_field(roots->proc, "meminfo", "MemAvailable:");

	f->cpu_milli = f->mem_cgroup = -1;
	f->mem_available = kib < 0 ? -1 : kib * 1024;
	if (auto_read(roots->proc, "self/cgroup", &text) == NULL)
		return;
	rest = text.len > 0 ? text.data : NULL;
	while ((line = strsep(&rest, "\n")) != NULL)
		auto_group(roots->cgroup, line, f);
}

/* --- deciding ----------------------------------------------------------------------------------------------------- */

int64_t
autojobs_mem_free(const struct autojobs_facts *f)
{
	int64_t least = f->mem_available;

	auto_least(&least, f->mem_cgroup);
	return least;
}

/* Cores that we may use, in 1/1000. */
static int64_t
auto_cores(const struct autojobs_facts *f)
{
	int64_t milli = f->cpus * 1000;

	return f->cpu_milli >= 0 && f->cpu_milli < milli ? f->cpu_milli : milli;
}

/* Jobs by cores alone. */
static int64_t
auto_by_cores(const struct autojobs_facts *f, const struct autojobs_limits *l)
{
	return (int64_t)((double)auto_cores(f) * (double)l->millipercent / 1e8 + 1e-9);
}

int64_t
autojobs_decide(const struct autojobs_facts *f, const struct autojobs_limits *l)
{
	int64_t n = auto_by_cores(f, l), room = autojobs_mem_free(f);

	if (room >= 0 && room / l->job_memory < n)
		n = room / l->job_memory;
	n = n > l->max ? l->max : n;
	n = n < l->min ? l->min : n;
	return n < 1 ? 1 : n;
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

static void
auto_say_memory(const char *what, int64_t bytes, struct buf *out)
{
	char text[32];

	buf_addf(out, "%s: %s\n", what, bytes < 0 ? "no limit" : num_show_size(bytes, text, sizeof text));
}

void
autojobs_explain(const struct autojobs_facts *f, const struct autojobs_limits *l, struct buf *out)
{
	int64_t room = autojobs_mem_free(f);
	char text[32];

	buf_addf(out, "jobs: %" PRId64 "\n", autojobs_decide(f, l));
	buf_addf(out, "cores we may run on (affinity): %" PRId64 "\n", f->cpus);
	if (f->cpu_milli >= 0)
		buf_addf(out, "cores by cgroup cpu.max: %.2f\n", (double)f->cpu_milli / 1000.0);
	else
		buf_adds(out, "cores by cgroup cpu.max: no limit\n");
	buf_addf(out, "%g %% of %.2f cores: %" PRId64 " jobs\n", (double)l->millipercent / 1000.0,
	    (double)auto_cores(f) / 1000.0, auto_by_cores(f, l));
	auto_say_memory("memory available", f->mem_available, out);
	auto_say_memory("memory left by cgroup memory.max", f->mem_cgroup, out);
	if (l->learned)
		buf_adds(out, "memory of a job: as in earlier runs of this command, and a quarter more\n");
	if (room >= 0)
		buf_addf(out, "at %s a job: %" PRId64 " jobs\n", num_show_size(l->job_memory, text, sizeof text), room / l->job_memory);
	buf_addf(out, "never less than %" PRId64 " nor more than %" PRId64 "\n", l->min, l->max);
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

int
autojobs_limits(struct autojobs_limits *l, struct err *e)
{
	AUTO_INI c;

	if (ini_load(&c, AT_FDCWD, e) < 0)
		return -1;
	*l = (struct autojobs_limits){ .job_memory = c.parallel.job_memory_bytes, .min = c.parallel.jobs_min,
		.max = c.parallel.jobs_max, .millipercent = c.parallel.jobs_millipercent };
	return 0;
}

void
autojobs_here(struct autojobs_facts *f)
{
	const char *root = getenv("FH_TEST_ROOT");
	AUTO_BUF proc = { 0 };
	AUTO_BUF cgroup = { 0 };

	buf_addf(&proc, "%s/proc", root != NULL ? root : "");
	buf_addf(&cgroup, "%s/sys/fs/cgroup", root != NULL ? root : "");
	autojobs_look(&(struct autojobs_roots){ buf_str(&proc), buf_str(&cgroup) }, f);
}

/* A Slurm allocation may be less than the machine, bound or not. */
static int64_t
auto_allocated(int64_t cpus)
{
	const char *text = getenv("SLURM_JOB_ID") != NULL ? getenv("SLURM_CPUS_ON_NODE") : NULL;
	int64_t n;

	return text != NULL && num_int(text, 1, INT64_MAX, &n, NULL) == 0 && n < cpus ? n : cpus;
}

int
autojobs(int64_t cpus, int64_t learned, int64_t *jobs, struct buf *out, struct err *e)
{
	struct autojobs_facts f = { .cpus = auto_allocated(cpus) };
	struct autojobs_limits l;

	if (autojobs_limits(&l, e) < 0)
		return -1;
	if (learned > 0 && l.job_memory == JOB_MEMORY_PRESET) {
		l.job_memory = learned < JOB_MEMORY_LEAST ? JOB_MEMORY_LEAST : learned + learned / 4;
		l.learned = true;
	}
	autojobs_here(&f);
	*jobs = autojobs_decide(&f, &l);
	if (out != NULL)
		autojobs_explain(&f, &l, out);
	return 0;
}
