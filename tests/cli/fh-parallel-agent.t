#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2154,SC2209,SC2054,SC2317,SC2015 # jobs' text is not for this shell; words are meant
# Jobs by way of an agent, here a child of ours on the same machine: everything as if they were run by the runner itself; workers
# that are killed, frozen, or no agents at all; nothing is left behind whoever is killed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

A=(--engine local-agent,2)

# same NAME ARG...: status and both outputs with agents and without
same() {
	local name=$1
	shift
	run fh-parallel "$@"
	mv out want.out; mv err want.err
	want=$rc
	run fh-parallel --engine local-agent "$@"
	[ "$rc $out" = "$want $(cat want.out)" ] && cmp -s err want.err
	ok $? "$name: as without" || { echo "# $rc, not $want"; diff want.out out; diff want.err err; } | head -20 | sed 's/^/# /'
}

# shellcheck disable=SC2016 # for the jobs
{
	same "words" -k echo ::: a 'b c' "d'e"
	same "a shell" -k 'echo $((1+{})); echo err >&2; exit {}' ::: 0 1 2
	same "a signal" -k 'kill -KILL $$' ::: a
	same "variables" -k -j1 'echo $PARALLEL_SEQ $PARALLEL_JOBSLOT $PARALLEL_SSHLOGIN $PARALLEL_SSHHOST {#} {%} $N' ::: a b
	same "--process-slot-var" -j1 --process-slot-var N 'echo $N' ::: a
	same "--wd" -k --wd "$T/w" pwd ::: a
	same "--nice" -k --nice 3 nice ::: 1
	same "no such program" -k nosuchprogram ::: a
	same "--tag, -v" -k --tag -v echo ::: a b
	same "--results" --results r echo ::: a b
	same "stdin is empty" -k 'cat; echo {}' ::: a
	same "--timeout" -k --timeout 0.3 'sleep {}' ::: 0 20
	same "--termseq" -k --timeout 0.3 --termseq INT,200,KILL,25 'trap "echo int" INT; sleep {}; sleep 5' ::: 20
	same "--retries" -j1 --retries 3 'echo {} >>tries; exit 1' ::: a
	same "--halt" -j2 --halt now,fail=1 'sleep {}; exit 3' ::: 0.1 20
	same "-u" -u -j1 echo ::: a b
	same "--lb" --lb -j1 'echo {}; printf x; echo y >&2' ::: a b
	same "functions" -k f ::: a
}
is "$(wc -l <tries)" 6 "--retries: three tries each"
is "$(cat r/1/b/stdout)" b "--results: kept"
f() { echo "f $1"; }
export -f f
same "an exported function" -k f ::: a 'b c'

seq 20000 >n
for how in "" --cat --fifo; do
	name=${how:---pipe}
	cat=cat
	[ -z "$how" ] || cat='cat {}'
	# shellcheck disable=SC2086 # no word
	$RUN fh-parallel "${A[@]}" -k -j3 --pipe --block 10k $how "$cat" <n >out
	check_same "$name: all comes, in order" out n
done
$RUN fh-parallel "${A[@]}" -j2 --pipe --round-robin --block 10k 'cat' <n | sort -n >out
check_same "--round-robin: all comes" out n
is "$($RUN fh-parallel "${A[@]}" -j1 --pipe --block 1M 'head -n 1' <n)" 1 "a job that does not read all"

# a job that is fast waits for one that does not read
$RUN fh-parallel "${A[@]}" -j2 --pipe -N1000 --rrs 'if read -r x && [ "$x" = 1 ]; then sleep 1; fi; cat >/dev/null; echo {#}' <n | sort -n | tail -n 1 >out
is "$(cat out)" 20 "one that does not read does not stop the others"

# more than any window; and the output of many at once
is "$($RUN fh-parallel "${A[@]}" -j2 'head -c 20000000 /dev/zero; :' ::: 1 2 | wc -c)" 40000000 "much output, grouped"
is "$($RUN fh-parallel "${A[@]}" -j2 --lb 'yes | head -c 20000000; :' ::: 1 2 | wc -c)" 40000000 "much output, --line-buffer"
seq 300 | $RUN fh-parallel "${A[@]}" -j4 -k 'echo {}; echo {} >&2' >out 2>err
check_same "300 jobs, -k: stdout" out <(seq 300)
check_same "300 jobs, -k: stderr" err <(seq 300)

# memory of both ends: less than a tenth of what passes
if [ -z "$RUN" ] && [ -r /proc/self/status ]; then
	$RUN fh-parallel --engine local-agent -j1 --lb "grep VmHWM /proc/\$PPID/status; yes | head -c 200000000; grep VmHWM /proc/\$PPID/status; :" ::: 1 |
		grep VmHWM >out
	awk '{ k[NR] = $2 } END { exit !(NR == 2 && k[2] - k[1] < 20000) }' out
	ok $? "200 MB: the agent does not grow" || sed 's/^/# /' out
fi

# --- who is lost ---------------------------------------------------------------------------------------------------------
# shellcheck disable=SC2016
once='if mkdir x{} 2>/dev/null; then echo first; sleep 0.2; kill -KILL $PPID; sleep 9; fi; echo done {}'
run fh-parallel --engine local-agent,3 -j1 --joblog log "$once" ::: 1 2
is "$rc $(sort out | xargs)" "0 done 1 done 2" "workers killed: their jobs run again, and what they had printed is not shown"
is "$(tail -n +2 log | awk -F'\t' '{ print $1, $7, $8 }' | sort)" "$(printf '1 0 0\n2 0 0')" "... each once in the joblog"
like "$err" "*lost: its launcher has ended: its jobs are run again*" "... and it is told"

run fh-parallel --engine local-agent,1 -j2 --joblog log2 'if [ {} = 2 ]; then sleep 0.3; kill -KILL $PPID; fi; echo {}' ::: 1 2 3 4
is "$rc" 255 "no worker left: 255"
like "$err" "*no worker is left*" "... and words"
is "$(tail -n +2 log2 | awk -F'\t' '$1 == 2' | wc -l)" 0 "... and what was lost is not in the joblog"
run fh-parallel --joblog log2 --resume -k -j1 'echo again {}' ::: 1 2 3 4
like "$out" "again 2*" "... --resume runs it"

# All of a step get a signal, the job first (a shell that is told so of its command by its status ends as if by itself).
# shellcheck disable=SC2016
for end in 'kill -TERM $$' 'sh -c "kill -TERM \$\$"; exit $?' 'exit 130' 'kill -KILL $$'; do
	rm -rf x* log
	all='if mkdir x{} 2>/dev/null; then echo first; setsid sh -c "while kill -0 $$ && sleep 0.02; do :; done; sleep 0.1; kill -TERM $PPID" >&- 2>&- & sleep 0.1; '$end'; fi; echo done {}'
	run fh-parallel --engine local-agent,3 -j1 --joblog log "$all" ::: 1 2
	is "$rc $(sort out | xargs)" "0 done 1 done 2" "job ($end), then its agent: the job was not the end's reason, and runs again"
	is "$(tail -n +2 log | awk -F'\t' '{ print $1, $7, $8 }' | sort)" "$(printf '1 0 0\n2 0 0')" "... each once in the joblog"
done
run fh-parallel --engine local-agent -j1 --joblog log2 'kill -TERM $$' ::: 1
is "$rc $(tail -n 1 log2 | cut -f7,8)" "1 0	15" "a job alone: that is its end"
run fh-parallel --engine local-agent -j1 --joblog log2 'exit 137; :' ::: 1
is "$rc $(tail -n 1 log2 | cut -f7,8)" "1 137	0" "... also what a shell says"

# a frozen one: its heartbeat stops
# shellcheck disable=SC2016
freeze='if mkdir z 2>/dev/null; then echo $PPID >agent; kill -STOP $PPID; sleep 60; fi; echo done {}'
run fh-parallel --engine local-agent,2 -j1 --worker-timeout 2 "$freeze" ::: 1 2 3
is "$rc $(sort out | xargs)" "0 done 1 done 2 done 3" "a frozen worker: its job runs elsewhere"
like "$err" "*lost: it says nothing*" "... and it is told"

# a runner that slept itself: nobody is lost
fh-parallel --engine local-agent,2 -j1 --worker-timeout 2 "sleep 0.5; echo {}" ::: 1 2 3 4 >out 2>err &
runner=$!
sleep 1
kill -STOP $runner
sleep 3
kill -CONT $runner
wait $runner
is "$? $(sort out | xargs) $(cat err)" "0 1 2 3 4 " "a runner that was stopped for longer than --worker-timeout: nobody is lost"

# --- nothing is left -----------------------------------------------------------------------------------------------------
gone() { # PID...: are all away within 10 s?
	local i p
	for p; do
		for ((i = 0; i < 200; i++)); do
			[ -d "/proc/$p" ] && ! grep -q '^State:.[ZX]' "/proc/$p/status" 2>/dev/null || continue 2
			sleep 0.05
		done
		return 1
	done
}
# start: runs two jobs with a grandchild each, and waits for their pids in p1 p2
start() {
	rm -f p1 p2
	# shellcheck disable=SC2016
	fh-parallel --engine local-agent,1 -j2 'sleep 300 & echo $$ $! $PPID >t{} && mv t{} p{}; wait' ::: 1 2 >/dev/null 2>&1 </dev/null &
	runner=$!
	for ((i = 0; i < 200; i++)); do
		[ -e p1 ] && [ -e p2 ] && break
		sleep 0.05
	done
}
if [ -z "$RUN" ]; then
	start
	kill -KILL $runner
	# shellcheck disable=SC2046
	gone $(cat p1 p2)
	ok $? "kill -9 of the runner: no job, no grandchild, no agent is left"
	start
	kill -TERM $runner
	wait $runner
	is $? 255 "SIGTERM to the runner: 255"
	# shellcheck disable=SC2046
	gone $(cat p1 p2)
	ok $? "... and nothing is left"
	start
	read -r _ _ agent <p1
	kill -KILL "$agent"
	# shellcheck disable=SC2046
	gone $(cut -d' ' -f1,2 p1 p2)
	ok $? "kill -9 of the agent: no job, no grandchild is left"
	wait $runner
	is $? 255 "... and the runner ends"
fi

# --- who is no agent -----------------------------------------------------------------------------------------------------
fh-parallel --agent </dev/null >out 2>err; rc=$?
is "$rc" 1 "an agent whose runner is gone ends"
printf 'garbage that is no frame' | fh-parallel --agent >out 2>err
is "$?" 1 "garbage ends an agent"
like "$(tr -d "\0" <out | tr -c "[:print:]" " ")" "*no frame: kind*" "... and it says why"
run fh-parallel --engine nonesuch echo ::: a
is "$rc $out" "255 " "no such engine: nothing runs"
like "$err" "*--engine: nonesuch: not one of*" "... and words"
# An agent's disk is full: no job takes half of its input for all of it.
mkdir disk
if unshare -rm mount -t tmpfs none disk 2>/dev/null; then
	seq 60000 | timeout 60 unshare -rm bash -c 'mount -t tmpfs -o size=64k none disk && TMPDIR=$PWD/disk fh-parallel "$@"' - "${A[@]}" --pipe --block 200k --cat 'wc -c <{}' >out 2>err
	rc=$?
	[ $rc -gt 0 ] && [ "$(cut -d : -f 3 err | sort -u)" = ' No space left on device' ] && ! grep -qx '65536\|0' out
	ok $? "--cat where the agent's disk is full: the job is not run, and it is said"
else
	skip "--cat where the agent's disk is full" 'no tmpfs of our own'
fi
done_testing
