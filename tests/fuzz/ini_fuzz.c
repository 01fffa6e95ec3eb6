/* Any bytes as fh.ini: read whole, or refused with a line that says why; settings that were read stay in their ranges. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ini.h"
#include "io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_FD fd = memfd_create("fh.ini", MFD_CLOEXEC);
	struct err e = { .msg = "" };
	char name[64];
	AUTO_INI c;

	if (fd < 0 || io_write_full(fd, data, n) < 0)
		abort();
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ini_init(&c);
	if (ini_read(&c, AT_FDCWD, name, "fh.ini", &e) < 0 && strncmp(e.msg, "fh.ini: ", 8) != 0)
		abort();
	if (c.parallel.jobs_min < 1 || c.parallel.jobs_max < 1 || c.parallel.job_memory_bytes < 1 || c.render.timeout_ns < 0)
		abort();
	return 0;
}
