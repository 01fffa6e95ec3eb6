#!/usr/bin/env bash
# fh-parallel under make -j, and as a jobserver for makes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL
# shellcheck disable=SC2016
job='echo + >>log; sleep 0.0$((RANDOM % 8 + 2)); echo - >>log'
# How many ran together at most, and how many lines there are.
together() { awk '{ n += $1 == "+" ? 1 : -1; if (n > max) max = n } END { print max + 0, NR }' log; }
tokens() { perl -e 'use Fcntl; sysopen F, $ARGV[0], O_RDWR | O_NONBLOCK; print sysread(F, $b, 99) + 0, " $b"' "$1"; }

cat >Makefile <<'END'
all: a b c
a b c:
	+@fh-parallel -j8 "$$JOB; : {}" ::: 1 2 3 4 5 6 7 8 9 10
one:
	+@fh-parallel -j8 "$$JOB; : {}" ::: 1 2 3 4 5 6 7 8 9 10
plain:
	@fh-parallel -j4 "$$JOB; : {}" ::: 1 2 3 4
x y z w:
	@echo + >>log; sleep 0.1; echo - >>log
END
JOB=$job run make -s -j3
is "$rc $(together)" '0 3 60' 'make -j3, three of -j8: three jobs at once, never four, and all of them'
: >log
# each waits until four have begun, ten seconds at most
# shellcheck disable=SC2016
JOB='echo + >>log; i=0; until [ $(grep -c + log) -ge 4 ] || [ $((i += 1)) -gt 1000 ]; do sleep 0.01; done; echo - >>log' run make -s -j4 one
is "$rc $(together)" '0 4 20' 'one alone gets all the tokens'
: >log
JOB=$job run make -s -j1 one
is "$rc $(cut -c1 log | wc -l)" '0 20' 'make -j1: no jobserver'
: >log
JOB=$job run make -s -j3 plain
is "$rc $(wc -l <log)" '0 8' 'a recipe without + has no jobserver: it goes on without'

# The fifo form.
: >log
mkfifo fifo
exec 9<>fifo
printf ab >&9
for _ in 1 2 3; do
	MAKEFLAGS=" -j3 --jobserver-auth=fifo:$PWD/fifo" fh-parallel -j8 "$job; : {}" ::: 1 2 3 4 5 6 7 8 &
done
wait
ok $(($(together | cut -d' ' -f1) > 5)) 'fifo: two tokens and one of each'
is "$(together | cut -d' ' -f2)" 48 'all jobs ran'
is "$(tokens fifo | tr ' ' '\n' | head -1)" 2 'the tokens are back'
printf xy >&9
MAKEFLAGS="--jobserver-auth=fifo:$PWD/fifo" run fh-parallel -j8 --halt now,fail=1 'test {} = 2 && exit 3; sleep 5' ::: 1 2 3 4
is "$rc" 3 'jobs that are killed'
is "$(tokens fifo | cut -c1)" 2 'give their tokens back'
printf xy >&9
MAKEFLAGS="--jobserver-auth=fifo:$PWD/fifo" fh-parallel -j8 sleep ::: 5 5 5 5 2>/dev/null &
sleep 0.5
kill -TERM $!
wait $!
got=$(tokens fifo)
is "${got:0:2}$(echo "${got:2}" | fold -w1 | sort | tr -d '\n')" '2 xy' 'and so do we when we are ended: the very bytes'

# However jobs end, and we: every token is back, the very bytes. Both forms; 7 is the pipe, 9 the fifo.
mkfifo pipe
exec 7<>pipe
auth_of() { if [ "$1" = fifo ]; then echo "fifo:$PWD/fifo"; else echo 7,7; fi; }
back() { # FORM NAME: three tokens are in it
	local got i
	for ((i = 0; i < 50; i++)); do # who is killed leaves it to the one that watches over us
		got+=$(tokens "$1" | cut -s -d' ' -f2 | tr -d '\n')
		[ "${#got}" -ge 3 ] && break
		sleep 0.1
	done
	is "$(printf %s "$got" | fold -w1 | sort | tr -d '\n')" xyz "$1: $2"
}
ended() { # FORM NAME OPTION... JOB
	printf xyz >"$1"
	rm -f pids
	MAKEFLAGS="--jobserver-auth=$(auth_of "$1")" run timeout 60 fh-parallel -j8 "${@:3}" ::: 1 2 3 4 5
	back "$1" "$2"
}
# shellcheck disable=SC2016
for form in fifo pipe; do
	ended $form 'a job that kills itself' 'kill -9 $$; : {}'
	ended $form 'a job whose group is killed' 'sleep 0.1 & kill -9 -- -$$; : {}'
	ended $form 'jobs that leave others behind' '(sleep 0.3 &) ; : {}'
	ended $form '--timeout' --timeout 0.2 'sleep 9; : {}'
	ended $form '--timeout, and deaf' --timeout 0.2 --term-seq TERM,50,KILL,25 'trap "" TERM; sleep 9; : {}'
	ended $form '--retries' --retries 3 'kill -9 $$; : {}'
	ended $form '--halt now' --halt now,fail=1 'sleep 0.{}; test {} = 9'
	ended $form '--halt soon' --halt soon,fail=2 'test {} = 9'
	for signal in INT TERM KILL; do
		printf xyz >$form
		rm -f run.*
		MAKEFLAGS="--jobserver-auth=$(auth_of $form)" fh-parallel -j8 ': > run.{}; exec sleep 9' ::: 1 2 3 4 5 2>/dev/null &
		pid=$!
		until [ -e run.4 ]; do sleep 0.02; done
		kill -$signal $pid
		[ $signal != INT ] || { sleep 0.1; kill -INT $pid; }
		wait $pid 2>/dev/null
		back $form "we, by SIG$signal"
	done
done

# Serving: inner makes share the slots.
: >log
run fh-parallel -j2 --jobserver 'make -s {}' ::: x y z w
is "$(together)" '2 8' 'two at once'
: >log
run fh-parallel -j3 --jobserver 'make -s x y z w; : {}' ::: 1
is "$(together)" '3 8' 'one inner make uses all three slots'
done_testing
