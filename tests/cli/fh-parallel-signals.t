#!/usr/bin/env bash
# shellcheck disable=SC2016 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel and what comes from outside: signals, kill -9, a reader that stalls or goes, a full disk. Nobody is left behind.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

# A sleep that nobody else has: its seconds name this run.
z=$((10000 + $$ % 50000)).25
left() { # processes of ours that are left, waited for a moment
	local n
	for _ in $(seq $((20 * patience))); do
		n=$(pgrep -f "sleep $z" | wc -l)
		[ "$n" = 0 ] && break
		sleep 0.1
	done
	echo "$n"
}
until_there() { # FILE LINES: the file has that many
	for _ in $(seq $((100 * patience))); do
		[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ] && return 0
		sleep 0.05
	done
	return 1
}
begin() { # ARG...: in the background as $p, its words in out and err; INT not ignored
	rm -f f
	perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' fh-parallel "$@" >out 2>err &
	p=$!
}
ends() { rc=0; wait "$p" || rc=$?; }

begin -j2 'echo s{}; echo x >>f; until [ -e go ]; do sleep 0.1; done; echo e{}' ::: 1 2 3 4
until_there f 2
kill -INT $p
sleep 0.3
kill -0 $p
ok $? 'INT: it waits for what runs'
touch go
ends
is "$rc" 255 'INT: status'
is "$(sort out | tr '\n' ' ')" 'e1 e2 s1 s2 ' 'INT: what ran is printed, nothing starts'
like "$(cat err)" '*interrupted*2 running jobs*' 'INT: it says so'

begin -j2 "echo x >>f; sleep $z; echo no" ::: 1 2 3 4
until_there f 2
kill -INT $p
sleep 0.2
kill -INT $p
ends
is "$rc" 255 'INT twice: status'
is "$(cat out)" '' 'INT twice: nothing is printed'
is "$(left)" 0 'INT twice: nobody is left'

begin -j2 "echo x >>f; trap '' TERM INT; sleep $z & sleep $z; sleep $z; echo no" ::: 1 2 3 4
until_there f 2
kill -TERM $p
ends
is "$rc" 255 'TERM: status, though the jobs ignore it'
is "$(left)" 0 'TERM: nobody is left, grandchildren included'

begin -j2 'echo x >>f; until [ -e go2 ]; do sleep 0.1; done; echo e{}' ::: 1 2 3 4
until_there f 2
kill -HUP $p
sleep 0.2
touch go2
ends
is "$rc" 0 'HUP: the status of what ran'
is "$(sort out | tr '\n' ' ')" 'e1 e2 ' 'HUP: what ran is printed, nothing starts'

begin -j2 "echo x >>f; sleep $z; echo no" ::: 1 2 3 4
until_there f 2
kill -KILL $p
ends
is "$(left)" 0 'kill -9: nobody is left, children of the shells included'

begin -j20 "echo x >>f; exec sleep $z" ::: $(seq 100)
until_there f 20
kill -KILL $p
ends
is "$(left)" 0 'kill -9 after many starts: nobody is left'

begin -j2 'echo x >>f; kill -USR1 $PPID; sleep 0.5; echo ok{}' ::: 1
ends
is "$rc $(cat out)" '0 ok1' 'USR1 is no end'
like "$(cat err)" '*1 jobs are running*' 'USR1 lists'

begin -j2 "echo x >>f; sleep 0.2; echo ok; :" ::: 1 2
until_there f 1
kill -TSTP $p
sleep 0.6
is "$(ps -o state= -p $p)" T 'TSTP stops'
is "$(cat out)" '' 'and what it would say'
kill -CONT $p
ends
is "$rc $(tr '\n' ' ' <out)" '0 ok ok ' 'CONT goes on'

# Readers. A job that has ended is not kept waiting by another one's stalled output, nor is a time limit.
start=$(date +%s%N)
{ fh-parallel -j2 --timeout 1 'yes {} | head -c 500000; sleep 30' ::: 1 2 2>err; echo "$?" >rc; } | { sleep 2; wc -c >n; }
took=$((($(date +%s%N) - start) / 1000000))
is "$(cat n) $(cat rc)" '1000000 2' 'a stalled reader gets every byte'
[ "$took" -lt 4500 ]
ok $? "a stalled reader does not stop the time limit ($took ms)"

{ fh-parallel -j2 "yes {} | head -n 100000; sleep 0.1" ::: 1 2 3 4 5 6 7 8; echo "$?" >rc; } 2>err | head -n 1 >out
is "$(cat rc)" 141 'a reader that is gone ends it, as SIGPIPE does'
is "$(cat err)" '' 'without a word'
{ fh-parallel -j2 --lb "echo {}; sleep 0.5; echo {}; sleep $z" ::: 1 2 2>err; } | head -n 1 >out &
wait $! 2>/dev/null
pid=$(pgrep -f "fh-parallel.*$z" | head -1)
[ -z "$pid" ] || kill -TERM "$pid"
is "$(left)" 0 'and its jobs'

if [ -c /dev/full ]; then
	rc=0
	fh-parallel echo ::: a b >/dev/full 2>err || rc=$?
	is "$rc" 255 'a full disk: status'
	like "$(cat err)" '*standard output: No space left*' 'and the words'
fi

# A grandchild that holds the pipe is not waited for, grouped or by lines.
for how in --group --lb; do
	start=$(date +%s%N)
	out=$(fh-parallel $how '(sleep 5.125; echo late) & echo {}' ::: a)
	took=$((($(date +%s%N) - start) / 1000000))
	is "$out" a "$how: a job ends at its exit"
	[ "$took" -lt 3000 ]
	ok $? "$how: though a grandchild holds its output ($took ms)"
done
pkill -f 'sleep 5.12[5]'
done_testing
