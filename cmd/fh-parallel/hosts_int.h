/* What the files of hosts share. Nobody else includes it. */
#ifndef FH_PAR_HOSTS_INT_H
#define FH_PAR_HOSTS_INT_H

#include <sys/stat.h>

#include "hosts.h"
#include "mem.h"

struct hosts_file {
	const char *name; /* "-": stdin */
	struct stat was;
};

struct hosts {
	const struct opts *o;
	const char *ssh;       /* the default command */
	struct host **v;
	size_t n, cap;
	const char **only;     /* -S @group: hosts in no such group are left out */
	size_t nonly;
	struct hosts_file *files;
	size_t nfiles;
	int64_t read_ns;       /* when files were looked at last */
	struct buf all_groups;
	struct arena mem;
};

/* hosts_file.c: --sshloginfile. Returns 0, or -1 with words. */
int hosts_add_file(struct hosts *h, const char *name, struct err *e);

/* hosts_table.c */
/* A list as -S and a line of a file have it. Returns 0, or -1 with words. */
int hosts_put_list(struct hosts *h, const char *s, struct err *e);
/* -S @group: hosts that are in no such group are gone. */
void hosts_leave_out(struct hosts *h);

#endif
