/* What others tell us in variables and in /proc: the first byte says which. Slurm's counts and names make an allocation of as many
 * nodes, where each takes at least one job; a jobserver is a pair of descriptors or a name, no longer than there is room; a
 * mount has a type and options between commas. */
#include <stdlib.h>
#include <string.h>

#include "jobserver.h"
#include "mem.h"
#include "mount.h"
#include "slurm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char *
line_cut(char **text)
{
	char *line = *text, *nl = strchrnul(line, '\n');

	*text = *nl == '\0' ? nl : nl + 1;
	*nl = '\0';
	return line;
}

/* Counts, memory of a node, memory of a CPU, then names. */
static void
slurm(char *text)
{
	const char *counts = line_cut(&text), *node = line_cut(&text), *cpu = line_cut(&text);
	struct err e = { .msg = "" };
	struct slurm_alloc a;
	size_t i;

	if (slurm_alloc_read("1", text, counts, node, cpu, &a, &e) < 0) {
		if (e.msg[0] == '\0')
			abort();
		return;
	}
	if (a.n == 0 || a.node_mb < 0 || a.cpu_mb < 0)
		abort();
	for (i = 0; i < a.n; i++)
		if (a.node[i].cpus < 1 || a.node[i].name[0] == '\0' || slurm_fit(&a, &a.node[i], 1, 1 << 20) < 1)
			abort();
	slurm_alloc_free(&a);
}

static void
jobserver(const char *text)
{
	int rfd, wfd;
	char path[16];

	if (!jobserver_parse(text, path, sizeof path, &rfd, &wfd))
		return;
	if (memchr(path, '\0', sizeof path) == NULL || (path[0] == '\0') != (rfd >= 0 && wfd >= 0))
		abort();
	if (strstr(text, path) == NULL)
		abort();
}

static void
mount(const char *text)
{
	AUTO_BUF type = { 0 }, options = { 0 };

	if (!mount_find(text, 0, 1, &type, &options)) {
		if (type.len + options.len > 0)
			abort();
		return;
	}
	if (options.len < 3 || options.data[0] != ',' || options.data[options.len - 1] != ',' || strstr(text, "0:1") == NULL)
		abort();
	(void)mount_doubt(buf_str(&type), buf_str(&options));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FREE char *text = xmalloc(n + 1);

	memcpy(text, data, n);
	text[n] = '\0';
	if (text[0] == 's')
		slurm(text + 1);
	else if (text[0] == 'j')
		jobserver(text + 1);
	else if (text[0] == 'm')
		mount(text + 1);
	return 0;
}
