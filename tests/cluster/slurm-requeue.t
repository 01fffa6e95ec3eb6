#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2015,SC2238 # jobs' text is not for this shell; || follows what cannot fail
# A batch job on a real Slurm of two nodes is requeued in the middle of 200 jobs, by the administrator (scontrol requeue) and by itself
# when a preemption is announced (--requeue): it goes on where it was, and each job's output is there once.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cluster=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin
skip_all() { skip "Slurm" "$1"; done_testing; }
up=$("$cluster/slurm-up" -n 2 -c 4 2>"$T/up") || skip_all "$(head -n 1 "$T/up")"
eval "$up"
trap '"$cluster/slurm-down"; rm -rf "$T"' EXIT
chmod 755 "$T"

state() { squeue -h -t all -j "$1" -O State,RestartCnt 2>/dev/null | xargs; }
# Waits until the batch job ID is in state WANT. Slurm lets one that was requeued wait: it is told not to.
until_state() { # ID WANT
	local i
	for ((i = 0; i < 600; i++)); do
		case $(state "$1") in
		"$2") return 0 ;;
		PENDING*) scontrol update jobid="$1" starttime=now 2>/dev/null ;;
		esac
		sleep 0.1
	done
	return 1
}

requeued() { # NAME COMMAND...: with the number of the batch job behind it
	local name=$1 id i
	shift
	mkdir "$T/$name"
	cd "$T/$name" || exit 1
	seq 200 >list
	cat >batch <<EOF2
#!/bin/bash
PATH=$PATH
echo "\${SLURM_RESTART_COUNT:-first}" >>starts
exec fh-parallel --engine slurm --requeue --joblog log 'echo {}; echo {} >>seen; sleep 0.05; :' :::: list >>out 2>>err
EOF2
	id=$(sbatch --parsable --requeue --open-mode=append -N2 --exclusive -o batch.out batch)
	for ((i = 0; i < 600; i++)); do
		[ "$(wc -l 2>/dev/null <seen || echo 0)" -lt 40 ] || break
		sleep 0.05
	done
	"$@" "$id"
	until_state "$id" "COMPLETED 1"
	ok $? "$name: it ends well the second time" || { state "$id"; tail -n 3 err batch.out; } | sed 's/^/# /'
	is "$(xargs <starts)" "first 1" "$name: it was begun twice"
	is "$(sort -n out | xargs)" "$(seq 200 | xargs)" "$name: each job's output once"
	is "$(tail -n +2 log | cut -f 1,7,8 | sort -n)" "$(seq 200 | sed 's/$/\t0\t0/')" "$name: each in the joblog once"
	ok "$(! grep -q requeue: err; echo $?)" "$name: there is no quarrel about who requeues it"
	[ "$(sort -n seen | uniq -d | wc -l)" -le 8 ]
	ok $? "$name: only what was running was run again"
}

requeued scontrol scontrol requeue
requeued preemption scancel --batch --signal=USR2
done_testing
