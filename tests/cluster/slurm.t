#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2015,SC2002,SC2119,SC2120,SC2181,SC2238,SC2317 # jobs' text is not for this shell; statuses are collected
# --engine slurm on a real Slurm of two nodes, brought up and down here (slurm-up): output and joblog as of a local run; nodes
# crashed and frozen, the controller, a launcher and the runner killed in the middle: every job's output exactly once, nothing
# left on any node, the allocation given back.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cluster=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin
skip_all() { skip "Slurm" "$1"; done_testing; }
command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null && command -v srun >/dev/null ||
	skip_all "not installed: make deps-cluster"
up=$("$cluster/slurm-up" -n 2 -c 4 2>"$T/up") || skip_all "$(head -n 1 "$T/up")"
eval "$up"
trap '"$cluster/slurm-down"; rm -rf "$T"' EXIT
chmod 755 "$T"
cd "$T" || exit 1
S=(--engine slurm --slurm-opts "-N2 --exclusive" --worker-timeout 3)
w() { timeout 60 "$@"; }

# idle [-j ID]: whether within a minute no allocation is left, or not that one
idle() {
	local i
	for ((i = 0; i < 600; i++)); do
		[ -z "$(timeout 5 squeue -h "$@" -t R,PD,CF 2>/dev/null)" ] && return 0
		sleep 0.1
	done
	return 1
}
# empty PATTERN: whether within 10 s no process with PATTERN is left on any node
empty() {
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$("$cluster/slurm-node" procs node1 "$1") $("$cluster/slurm-node" procs node2 "$1")" = "0 0" ] && return 0
		sleep 0.1
	done
	return 1
}
# once N OUT LOG: whether output came once for each of N, and the joblog has each job once with status 0
once() { # N OUT LOG
	[ "$(sort -n "$2" | uniq | wc -l)" = "$1" ] && [ "$(wc -l <"$2")" = "$1" ] &&
		[ "$(tail -n +2 "$3" | cut -f 1,7,8 | sort -n)" = "$(seq "$1" | sed 's/$/\t0\t0/')" ]
}
# until_lines N FILE: waits until there are so many
until_lines() {
	local i
	for ((i = 0; i < 300; i++)); do
		[ "$(cat "$2" 2>/dev/null | wc -l)" -lt "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

# --- as a local run ------------------------------------------------------------------------------------------------------
seq 2000 >in
fh-parallel -k -j4 'echo {} $(({} * 7)); echo e{} >&2' <in >want 2>want.err
w fh-parallel "${S[@]}" -k 'echo {} $(({} * 7)); echo e{} >&2' <in >out 2>err
is $? 0 "2,000 jobs on two nodes"
check_same "... stdout with -k, to the byte" out want
check_same "... stderr likewise" err want.err
ok "$(idle; echo $?)" "... the allocation is given back"
is "$(w fh-parallel "${S[@]}" 'hostname; sleep 0.3' ::: $(seq 8) | sort | uniq -c | xargs)" "4 node1 4 node2" "eight slots, four on each node"
is "$(w fh-parallel "${S[@]}" --cpus-per-job 2 'echo {%}; sleep 0.3' ::: $(seq 4) | sort | xargs)" "1 2 3 4" "--cpus-per-job 2: two on each"
is "$(w fh-parallel --engine slurm --slurm-opts '-N2 --exclusive --mem=1000' --mem-per-job 500M -j auto 'echo {%}; sleep 0.3' ::: 1 2 3 4 | sort | xargs)" \
	"1 2 3 4" "--mem-per-job: as many as memory holds"
w fh-parallel "${S[@]}" -k --pipe -N100 cat <in >out
check_same "--pipe: records spread over nodes come back whole" out in
is "$(w fh-parallel "${S[@]}" -k --pipe --cat -N500 'wc -l <{}' <in | xargs)" "500 500 500 500" "--pipe --cat"
f() { echo "f $1"; }
export -f f
is "$(w fh-parallel "${S[@]}" -k f ::: a 'b c' | xargs)" "f a f b c" "exported functions"
is "$(w fh-parallel "${S[@]}" 'pwd; umask' ::: 1 | head -n 1)" "$(pwd)" "jobs start where we are"
w fh-parallel "${S[@]}" "exit {}" ::: 0 0 3
is $? 1 "exit status"
w fh-parallel "${S[@]}" --joblog jl 'kill -KILL $$' ::: a
is "$(tail -n +2 jl | cut -f 7,8 | xargs)" "0 9" "a signal"
is "$(w fh-parallel "${S[@]}" --timeout 1 'sleep {}; echo {}' ::: 0 30 2>/dev/null)" 0 "--timeout"
w fh-parallel "${S[@]}" --halt now,fail=1 'sleep {}; (exit 3)' ::: 0.2 30 2>/dev/null
is $? 3 "--halt now,fail=1"
: >tries
w fh-parallel "${S[@]}" --retries 3 'echo x >>tries; exit 1; : {}' ::: a
is "$(wc -l <tries)" 3 "--retries"
w fh-parallel "${S[@]}" --joblog rl 'exit {}' ::: 0 1 0
w fh-parallel "${S[@]}" --joblog rl --resume-failed 'echo again {#}' ::: 0 1 0 >out
is "$(cat out)" "again 2" "--resume-failed"

# --- in a batch job; a step a job; workers that are jobs -----------------------------------------------------------------
cat >batch <<EOF2
#!/bin/bash
PATH=$PATH
fh-parallel --engine slurm -k --tag "hostname; :" ::: 1 2 >batch.out 2>&1
fh-parallel --engine slurm -j auto 'echo {%}; sleep 0.3' ::: 1 2 3 4 5 6 7 8 | sort -n | tail -n 1 >batch.slots
SLURM_RESTART_COUNT=1 fh-parallel --engine slurm --joblog batch.log -k echo ::: 1 2 3 >batch.resumed 2>&1
EOF2
fh-parallel --joblog batch.log true ::: 1 2
w sbatch -Q -N2 --exclusive -o batch.err --wait batch </dev/null
is "$(cut -f 1 batch.out | xargs) $(cat batch.slots)" "1 2 8" "in a batch job: its nodes, its size for -j auto"
is "$(cat batch.resumed)" 3 "a job that was requeued goes on where it was"
w fh-parallel --engine slurm,step --slurm-opts "-N2 --exclusive" -k 'echo {}; exit {}' ::: 0 1 2 >out 2>err
is "$? $(xargs <out)" "2 0 1 2" "slurm,step: true exit statuses"
is "$(w fh-parallel --engine slurm --elastic 2 -j2 -k 'echo {}' ::: 1 2 3 4 | xargs)" "1 2 3 4" "--elastic"
ok "$(idle; echo $?)" "... and nothing stays allocated"

# --- one state, changed from two nodes ------------------------------------------------------------------------------------
mkdir proj && fh-state -C proj new >/dev/null
w fh-parallel "${S[@]}" "fh-state -C $T/proj increment >/dev/null; : {}" ::: {1..60}
is "$(fh-state -C proj get run_count)" 60 "60 changes of a state from two nodes: none is lost"

# --- breakdowns in the middle of 200 jobs --------------------------------------------------------------------------------
job='echo {}; echo {} >>seen; sleep 0.05; :'
begin() { # ARG...: 200 jobs in the background, $runner
	rm -f seen log
	fh-parallel "${S[@]}" --joblog log "$@" "$job" <<<"$(seq 200)" >out 2>err &
	runner=$!
	until_lines 40 seen
}
over() { # its status; not after more than a minute
	local i
	for ((i = 0; i < 600; i++)); do
		kill -0 "$runner" 2>/dev/null || break
		sleep 0.1
	done
	[ $i -lt 600 ] || kill -KILL "$runner"
	wait "$runner"
}

begin
pkill_srun=$(pgrep -P $runner srun | head -n 1)
kill -KILL "$pkill_srun"
over
rc=$?
[ $rc = 0 ] && once 200 out log
ok $? "srun killed: every job once" || { tail -n 3 err; echo "rc $rc"; } | sed 's/^/# /'
like "$(cat err)" "*lost*" "... and it is told"
ok "$(idle; echo $?)" "... the allocation is given back"
ok "$(empty 'sleep 0.05\|--agent'; echo $?)" "... nothing is left on the nodes"

begin
"$cluster/slurm-node" freeze node2
over
rc=$?
[ $rc = 0 ] && once 200 out log
ok $? "a node frozen: every job once" || { tail -n 3 err; echo "rc $rc"; } | sed 's/^/# /'
"$cluster/slurm-node" thaw node2
ok "$(empty 'sleep 0.05\|--agent'; echo $?)" "... nothing is left on it when it thaws"
ok "$(idle; echo $?)" "... the allocation is given back"

begin
kill -KILL $runner
wait $runner 2>/dev/null
ok "$(empty 'sleep 0.05\|--agent'; echo $?)" "the runner killed: nothing is left on the nodes"
ok "$(idle; echo $?)" "... the allocation is given back"
n=$(wc -l <out)
w fh-parallel "${S[@]}" --joblog log --resume "$job" <<<"$(seq 200)" >>out 2>err
[ $? = 0 ] && [ "$(sort -n out | uniq | wc -l)" = 200 ] && [ "$n" -lt 200 ]
ok $? "... --resume does the rest"

begin
kill -TERM $runner
over
is $? 143 "SIGTERM: 143"
idle
w fh-parallel "${S[@]}" --joblog log --resume "$job" <<<"$(seq 200)" >>out 2>err
[ $? = 0 ] && once 200 out log
ok $? "... and --resume: every job once"

begin
"$cluster/slurm-node" crash node2
over
rc=$?
[ $rc = 0 ] && once 200 out log
ok $? "a node crashed: every job once" || { tail -n 3 err; echo "rc $rc"; } | sed 's/^/# /'
ok "$(empty 'sleep 0.05\|--agent'; echo $?)" "... nothing is left on the nodes"
"$cluster/slurm-node" start node2
idle
up=0; for ((i = 0; i < 150 && up < 2; i++)); do up=$(timeout 5 sinfo -h -N -o %T | grep -cx idle); [ "$up" = 2 ] || sleep 0.2; done

begin
id=$(squeue -h -t R -o %i)
"$cluster/slurm-node" crash ctl
over
rc=$?
[ $rc = 0 ] && once 200 out log
ok $? "the controller killed: every job once" || { tail -n 3 err; echo "rc $rc"; } | sed 's/^/# /'
"$cluster/slurm-node" start ctl
# ours alone: what it did not write down before it was killed, the end of former ones too, it does not know
ok "$([ -n "$id" ] && idle -j "$id"; echo $?)" "... the allocation is given back when it is there again"

done_testing
