/* Decides how we talk with perl. Must never know which replacement string an expression came from.
 * A frame is four bytes of length (big endian) and a list of texts, each with its own length; every request has one
 * answer: "y" and texts, or "n" and the reason. perl's stdin is the socket; its stdout is ours, for an expression may
 * print. perl ends when we do: the socket is closed.
 * Invariant: one request is under way at a time. */
#include "perl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io.h"
#include "mem.h"
#include "num.h"
#include "proc.h"

#define FIELDS 4    /* texts in an answer, at most */
#define ANSWER_MAX ((size_t)1 << 30)

struct perl {
	pid_t pid;
	int fd;            /* -1: not started */
	int status;        /* for perl_status */
	struct buf request, answer;
	struct view field[FIELDS];
	size_t nfields;
	enum shq_kind quotes; /* what Q() makes */
	bool *wants_args;  /* of each expression: it names @arg, so they must be sent */
	size_t n, cap;
};

/* The far side. Expressions are compiled in package Arg, as in the reference, so that what it documents is there. --filter
 * has nothing of it there, and is strict. One that
 * comes out false is evaluated again, as there: what counts in a variable of its own never shows a 0. The first time the arguments
 * behind the value are not there yet. */
static const char script[] =
    "open my $io, '+<&', \\*STDIN or exit 1; open STDIN, '<', '/dev/null'; binmode $io; $| = 1; $SIG{INT} = 'IGNORE';"
    "our ($seq, $slot, $total, $raw, $skip, @code, $told); my $null = '';"
    "sub get { my ($n, $b) = ($_[0], ''); while (length $b < $n) { sysread($io, $b, $n - length $b, length $b) or exit 0 } $b }"
    "sub put { my $f = join '', map { pack('N', length $_) . $_ } @_; $f = pack('N', length $f) . $f;"
    " while (length $f) { my $n = syswrite($io, $f) or exit 0; substr($f, 0, $n) = '' } }"
    "sub load { my $j = shift; ($seq, $slot, $total, $Global::max_jobs_running) = splice @$j, 0, 4; $raw = $skip = 0;"
    " @Arg::arg = (undef, @$j) }"
    "package Job; sub seq { $main::seq } sub slot { $main::slot } sub total_jobs { $main::total } sub skip { $main::skip = 1 }"
    "package Arg; our (@arg, $job); $job = bless {}, 'Job';"
    "sub seq { $main::seq } sub slot { $main::slot } sub total_jobs { $main::total } sub skip { $main::skip = 1 }"
    "sub uq { $main::raw = 1 } sub hash { require B; B::hash(@_ ? $_[0] : $_) }"
    "sub csh { my $s = shift; $s =~ s{([^\\x01\\x1b-\\x1f\\x7f-\\x81\\w%+,./:\\@\\n-])}{\\\\$1}ag; $s =~ s/\\n/\"\\\\\\n\"/g; $s }"
    "sub Q { my @r = map { my $s = $_; if ($s eq '') { $s = \"''\" } elsif (@ARGV) { $s = csh($s) } elsif ($s =~ m{[^-\\w/.+]}a) {"
    " $s =~ s/'/'\"'\"'/g; $s = \"'$s'\"; $s =~ s/^''(?=.)//s; $s =~ s/(?<=.)''\\z//s } $s } @_; wantarray ? @r : join ' ', @r }"
    "sub pQ { my $s = @_ ? $_[0] : $_; $s =~ s/([\\\\\"\\$\\@])/\\\\$1/g; $s }"
    "sub at { my @t = localtime; my $f = shift; require POSIX; POSIX::strftime($f, @t) }"
    "sub yyyy_mm_dd_hh_mm_ss { at('%Y-%m-%dT%H:%M:%S') } sub yyyy_mm_dd_hh_mm { at('%Y-%m-%dT%H:%M') }"
    "sub yyyy_mm_dd { at('%Y-%m-%d') } sub hh_mm_ss { at('%H:%M:%S') } sub hh_mm { at('%H:%M') }"
    "sub yyyymmddhhmmss { at('%Y%m%d%H%M%S') } sub yyyymmddhhmm { at('%Y%m%d%H%M') } sub yyyymmdd { at('%Y%m%d') }"
    "sub hhmmss { at('%H%M%S') } sub hhmm { at('%H%M') }"
    "package main;"
    "sub why { my $w = $@; $w =~ s/\\n.*//s; $w =~ s/ at \\(eval \\d+\\) line \\d+\\.?//; ('n', $w) }"
    "sub compile { push @code, eval \"package Arg; sub { $_[0]\\n}\"; defined $code[-1] ? ('y', $#code) : (pop @code, why())[-2, -1] }"
    "sub run { my ($id, $v, $seen, @j) = @_; load(\\@j); local $_ = $v;"
    " $#Arg::arg = $seen if $seen < $#Arg::arg;"
    " eval { $code[$id]->(); $_ or ($_ = $v, @Arg::arg = (undef, @j), $code[$id]->()); 1 } or return why();"
    " ('y', defined $_ ? $_ : '', $raw | $skip << 1) }"
    "sub truth { my ($c) = @_; local $_; my $r = eval \"package Filter; use strict; $c\"; "
    " $@ eq '' or $told++ or print STDERR 'fh-parallel: --filter: ', (why())[1] =~ tr{\\0-\\37\\177}{?}r, \"\\n\"; ('y', $r ? 1 : 0) }"
    "my %do = (c => \\&compile, e => \\&run, t => \\&truth);"
    "while (1) { my ($op, @f) = unpack '(N/a*)*', get(unpack 'N', get(4)); my @r = $do{$op}->(@f); put(@r) }";

struct perl *
perl_new(void)
{
	struct perl *p = xcalloc(1, sizeof *p);

	p->fd = p->status = -1;
	return p;
}

void
perl_set_shell(struct perl *p, enum shq_kind kind)
{
	p->quotes = kind;
}

void
perl_free(struct perl *p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		close(p->fd);
	if (p->pid > 0)
		waitpid(p->pid, NULL, 0); /* it ends with its socket; or the loop has reaped it */
	buf_fini(&p->request);
	buf_fini(&p->answer);
	free(p->wants_args);
	free(p);
}

static int
perl_start(struct perl *p, struct err *e)
{
	static char name[] = "perl", dash_e[] = "-e", csh[] = "csh";
	AUTO_FREE char *text = xstrdup(script);
	char *argv[] = { name, dash_e, text, p->quotes == SHQ_CSH ? csh : NULL, NULL };
	struct proc_spec s = PROC_SPEC_INIT;
	int sv[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		return err_sys(e, errno, "perl: socketpair");
	s.file = name;
	s.argv = argv;
	s.fd[0] = sv[1];
	s.bound = true;
	r = proc_spawn(&s, &p->pid);
	close(sv[1]);
	if (r < 0) {
		close(sv[0]);
		return err_sys(e, -r, "perl, which a replacement string needs");
	}
	p->fd = sv[0];
	return 0;
}

/* --- frames ------------------------------------------------------------------------------------------------------- */
static void
put_u32(char *to, size_t n)
{
	to[0] = (char)(n >> 24 & 0xff);
	to[1] = (char)(n >> 16 & 0xff);
	to[2] = (char)(n >> 8 & 0xff);
	to[3] = (char)(n & 0xff);
}

static size_t
get_u32(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;

	return (size_t)u[0] << 24 | (size_t)u[1] << 16 | (size_t)u[2] << 8 | u[3];
}

static void
add_text(struct perl *p, const char *s, size_t n)
{
	put_u32(buf_room(&p->request, 4), n);
	buf_grown(&p->request, 4);
	buf_add(&p->request, s, n);
}

static void
add_number(struct perl *p, uint64_t n)
{
	char text[NUM_DIGITS];

	add_text(p, text, num_put(n, text));
}

static void
request_begin(struct perl *p, const char *op)
{
	buf_reset(&p->request);
	buf_add(&p->request, "\0\0\0", 4); /* the length, once it is known */
	add_text(p, op, 1);
}

static void
add_job(struct perl *p, const struct perl_job *j, bool args)
{
	size_t i;

	add_number(p, j->seq);
	add_number(p, j->slot);
	add_number(p, j->total);
	add_number(p, j->max_slots);
	for (i = 0; args && i < j->args->n; i++)
		add_text(p, args_at(j->args, i), j->args->v[i].len);
}

static bool
answer_split(struct perl *p)
{
	const char *s = p->answer.data, *end = s + p->answer.len;
	size_t n;

	for (p->nfields = 0; end - s >= 4 && p->nfields < FIELDS; s += n) {
		n = get_u32(s);
		s += 4;
		if (n > (size_t)(end - s))
			return false;
		p->field[p->nfields++] = (struct view){ s, n };
	}
	return s == end && p->nfields >= 2;
}

/* It has closed its socket. */
static int
perl_gone(struct perl *p, struct err *e)
{
	int st;

	if (p->pid > 0 && waitpid(p->pid, &st, 0) == p->pid)
		p->status = WIFEXITED(st) ? WEXITSTATUS(st) : 255;
	p->pid = 0;
	return err_set(e, 0, "perl has ended");
}

/* Sends the request and takes its answer. Returns 0 and field[1..], or -1 with words. */
static int
request(struct perl *p, struct err *e)
{
	char length[4];
	size_t n;

	if (p->fd < 0 && perl_start(p, e) < 0)
		return -1;
	put_u32(p->request.data, p->request.len - 4);
	if (io_write_full(p->fd, p->request.data, p->request.len) < 0 || io_read_full(p->fd, length, 4) != 4)
		return perl_gone(p, e);
	n = get_u32(length);
	buf_reset(&p->answer);
	if (n > ANSWER_MAX || io_read_full(p->fd, buf_room(&p->answer, n), n) != (ssize_t)n)
		return perl_gone(p, e);
	buf_grown(&p->answer, n);
	if (!answer_split(p))
		return err_set(e, 0, "perl has answered nonsense");
	if (*p->field[0].s != 'y')
		return err_set(e, 0, "%.*s", (int)p->field[1].len, p->field[1].s);
	return 0;
}

/* --- what is asked ------------------------------------------------------------------------------------------------ */
int
perl_compile(struct perl *p, struct view code, size_t *id, struct err *e)
{
	request_begin(p, "c");
	add_text(p, code.s, code.len);
	if (request(p, e) < 0)
		return err_wrap(e, "{=%.*s=}", (int)code.len, code.s);
	if (p->n == p->cap)
		p->wants_args = xgrow(p->wants_args, p->n, &p->cap, sizeof *p->wants_args);
	p->wants_args[p->n++] = memmem(code.s, code.len, "arg", 3) != NULL;
	*id = strtoul(p->field[1].s, NULL, 10);
	return *id == p->n - 1 ? 0 : err_set(e, 0, "perl has answered nonsense");
}

int
perl_eval(struct perl *p, size_t id, const struct perl_job *j, struct view value, size_t seen, struct view *out, unsigned *marks,
    struct err *e)
{
	request_begin(p, "e");
	add_number(p, id);
	add_text(p, value.s, value.len);
	add_number(p, seen);
	add_job(p, j, p->wants_args[id]);
	if (request(p, e) < 0) {
		if (p->status < 0)
			p->status = PERL_DIED;
		return -1;
	}
	*out = p->field[1];
	if (p->nfields > 2)
		*marks |= (unsigned)(*p->field[2].s - '0');
	return 0;
}

int
perl_status(const struct perl *p)
{
	return p->status;
}

int
perl_truth(struct perl *p, struct view code, bool *yes, struct err *e)
{
	request_begin(p, "t");
	add_text(p, code.s, code.len);
	if (request(p, e) < 0)
		return err_wrap(e, "%.*s", (int)code.len, code.s);
	*yes = *p->field[1].s == '1';
	return 0;
}
