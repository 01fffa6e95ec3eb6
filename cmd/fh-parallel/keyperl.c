/* Decides how we talk with perl: frames of four bytes of length (big endian) and the value, one answer to each.
 * Invariant: at most one frame is under way; the answer to the same value as before is not asked for again. */
#include "keyperl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"
#include "proc.h"

struct keyperl {
	int fd;
	pid_t pid;
	struct buf asked, answer;
	bool known; /* answer is that to asked */
};

static char script[] =
    "my $f = eval 'sub { local $_ = $_[0]; my @arg = ($_); ' . $ARGV[0] . '; $_ }';"
    "syswrite STDOUT, defined $f ? 'y' : 'n'; exit 1 unless defined $f;"
    "my ($l, $v);"
    "sub get { my ($n, $b) = ($_[0], ''); while (length $b < $n) { sysread(STDIN, $b, $n - length $b, length $b) or exit 0 } $b }"
    "while (1) { $v = get(unpack 'N', get(4)); $v = eval { $f->($v) }; $v = '' unless defined $v;"
    " syswrite STDOUT, pack('N', length $v) . $v }";

static int
keyperl_start(struct keyperl *p, int fd, const char *expr, struct err *e)
{
	static char name[] = "perl", dash_e[] = "-e", dashes[] = "--";
	AUTO_FREE char *text = xstrdup(expr);
	char *argv[] = { name, dash_e, script, dashes, text, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	char answer;
	int r;

	s.file = name;
	s.argv = argv;
	s.fd[0] = s.fd[1] = fd;
	s.bound = true;
	if ((r = proc_spawn(&s, &p->pid)) < 0)
		return err_sys(e, -r, "perl, for %s", expr);
	close(fd);
	if (io_read_full(p->fd, &answer, 1) != 1 || answer != 'y')
		return err_set(e, 0, "%s: perl does not understand it", expr);
	return 0;
}

int
keyperl_new(const char *expr, struct keyperl **out, struct err *e)
{
	struct keyperl *p = xcalloc(1, sizeof *p);
	int sv[2];

	p->fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0) {
		free(p);
		return err_sys(e, errno, "socketpair");
	}
	p->fd = sv[0];
	if (keyperl_start(p, sv[1], expr, e) < 0) {
		if (p->pid == 0)
			close(sv[1]);
		keyperl_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

void
keyperl_free(struct keyperl *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		close(p->fd);
	if (p->pid > 0)
		waitpid(p->pid, NULL, 0); /* it ends with its input; or the loop has reaped it */
	buf_fini(&p->asked);
	buf_fini(&p->answer);
	free(p);
}

static int
keyperl_ask(struct keyperl *p, struct view v)
{
	unsigned char n[4] = { (unsigned char)(v.len >> 24), (unsigned char)(v.len >> 16), (unsigned char)(v.len >> 8),
		(unsigned char)v.len };
	AUTO_BUF frame = { 0 };
	size_t len;

	buf_add(&frame, n, sizeof n);
	buf_add(&frame, v.s, v.len);
	if (io_write_full(p->fd, frame.data, frame.len) < 0 || io_read_full(p->fd, n, sizeof n) != (ssize_t)sizeof n)
		return -1;
	len = (size_t)n[0] << 24 | (size_t)n[1] << 16 | (size_t)n[2] << 8 | n[3];
	buf_reset(&p->answer);
	if (io_read_full(p->fd, buf_room(&p->answer, len), len) != (ssize_t)len)
		return -1;
	buf_grown(&p->answer, len);
	return 0;
}

int
keyperl_of(struct keyperl *p, struct view v, struct view *out, struct err *e)
{
	if (!p->known || v.len != p->asked.len || memcmp(v.s, buf_str(&p->asked), v.len) != 0) {
		p->known = keyperl_ask(p, v) == 0;
		if (!p->known)
			return err_set(e, 0, "perl has ended");
		buf_reset(&p->asked);
		buf_add(&p->asked, v.s, v.len);
	}
	*out = (struct view){ buf_str(&p->answer), p->answer.len };
	return 0;
}
