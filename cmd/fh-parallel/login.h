/* An sshlogin as it is written: [@group+group/][cpus/][command with options ][user@]host[:port]. Text only: asks nobody. */
#ifndef FH_PAR_LOGIN_H
#define FH_PAR_LOGIN_H

#include <stdint.h>

#include "err.h"
#include "mem.h"
#include "opts.h"

struct login {
	const char *name;   /* without groups and cpus: $PARALLEL_SSHLOGIN, Host in the joblog; ":" is this machine; "" no host */
	const char *host;   /* the host in it: $PARALLEL_SSHHOST */
	const char *groups; /* "a+b" as given, "" where there are none */
	int64_t cpus;       /* as given; -1: not given */
	const char **ssh;   /* what reaches it, NULL-terminated: "ssh" "-p" "22" "-l" "me" "host". NULL: this machine */
	size_t nssh;
};

/* text (n bytes) into out; ssh is the default command ("ssh"), as a shell would read it. All words are kept in mem. A name that ssh could
 * take for an option is refused. A text that is only "@group": name is "". Returns 0, or -1 with words. (GNU parallel 20221122,
 * observed, but for passwords.) */
int login_parse(const char *text, size_t n, const char *ssh, struct arena *mem, struct login *out, struct err *e);

#endif
