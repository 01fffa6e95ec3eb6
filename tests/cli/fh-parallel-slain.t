#!/usr/bin/env bash
# shellcheck disable=SC2016 # jobs' text is not for this shell
# kill -9 of a job, of a job's shell, of who holds a semaphore: what it had started goes with it, nobody stays a zombie, its slot is free
# at once, log and status say what happened.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export HOME=$T
z=$((30000 + $$ % 30000)).375
seq 1000 >in
left() { # processes of ours that are left, waited for a moment
	local n
	for _ in $(seq 100); do
		n=$(pgrep -fc "^sleep $z")
		[ "$n" = 0 ] && break
		sleep 0.05
	done
	echo "$n"
}
until_lines() { # FILE N
	for _ in $(seq 200); do [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ] && return; sleep 0.05; done
	return 1
}

# Two jobs at a time of four; the first two are killed (by pid, as the kernel does it that is short of memory), the others end well.
run_slain() { # NAME JOB-TEXT ARG...: with the pids of the jobs that are to be killed in "pids"
	local name=$1 p rc=0 pid wrong=''
	shift
	rm -rf pids log out err tmp r && mkdir tmp
	TMPDIR=$T/tmp fh-parallel -j2 --joblog log "$@" <in >out 2>err &
	p=$!
	until_lines pids 2 || wrong="$wrong not-begun"
	while read -r pid; do kill -KILL "$pid"; done <pids
	# while it runs on: the two others have their slots, and nobody is a zombie for long
	until_lines more 2 || wrong="$wrong slots-not-free"
	for _ in $(seq 40); do [[ $(ps -o state= --ppid $p) != *Z* ]] && break; sleep 0.05; done
	[[ $(ps -o state= --ppid $p) != *Z* ]] || wrong="$wrong zombie"
	: >go
	wait $p || rc=$?
	rm -f go more
	[ $rc = 2 ] || wrong="$wrong status=$rc"
	is "$wrong $(tail -n +2 log | cut -f7,8 | sort | tr '\t\n' ': ')" ' 0:0 0:0 0:9 0:9 ' "$name: status, slots, log"
	is "$(left) $(find tmp -type f ! -name 'par*.par' | wc -l)" '0 0' "$name: nobody and no temporary file is left"
}
work="if [ \$PARALLEL_SEQ -gt 2 ]; then echo x >>more; until [ -e go ]; do sleep 0.05; done; echo well; exit; fi; echo begun"
shell="$work; sleep $z & echo \$\$ >>pids; sleep $z; echo no"
own="$work; echo \$\$ >>pids; exec sleep $z"
for how in '' -k --lb -u --files '--results r' --compress '--timeout 1000' --retries\ 1; do
	# shellcheck disable=SC2086 # no word, or some
	run_slain "a shell ${how:-grouped}" $how "$shell" ::: 1 2 3 4
done
run_slain 'a job' "$own" ::: 1 2 3 4
for how in '' --cat --fifo; do
	# shellcheck disable=SC2086
	run_slain "--pipe $how" --pipe $how -N250 "$shell; : {}"
done
run_slain '--pipe-part' --pipe-part -a in --block 1k "$shell"
if [ "$(uname)" = Linux ] && [[ $FH != *portable* ]]; then
	run_slain 'a shell whose child has a session of its own' "$work; setsid sleep $z & echo \$\$ >>pids; sleep $z" ::: 1 2 3 4
fi

# What a job leaves behind that ends by itself is let alone.
fh-parallel "sleep $z & echo {}" ::: 1 >out 2>err
is "$? $(cat out) $(pgrep -fc "^sleep $z")" '0 1 1' 'a daemon of a job that has ended well stays'
kill "$(pgrep -f "^sleep $z")"

# --retries: killed once, it is run again.
rm -f pids
fh-parallel --retries 3 --joblog log "[ -e pids ] && { echo again; exit; }; echo \$\$ >>pids; sleep $z" ::: 1 >out 2>err &
p=$!
until_lines pids 1
kill -KILL "$(cat pids)"
wait $p
is "$? $(cat out) $(tail -n +2 log | cut -f7,8) $(left)" $'0 again 0\t0 0' '--retries: a killed job is run again'

# Semaphores: the job, the job's shell, the one who holds the slot (--fg), and who looks after a job in the background (--bg).
ln -s "$FH/fh-parallel" sem
PATH=$T:$PATH
for what in job holder; do
	for how in --fg --bg; do
		rm -f pids holders
		sem $how --id s "echo \$\$ >>pids; echo \$PPID >>holders; sleep $z & sleep $z" 2>err &
		p=$!
		until_lines pids 1
		sem --fg --id s --st -60 'echo mine' >out 2>err2 & # before it is free
		q=$!
		sleep 0.1
		if [ $what = job ]; then kill -KILL "$(cat pids)"; else kill -KILL "$(cat holders)"; fi
		wait $q
		is "$? $(cat out err2)" '0 mine' "sem $how: kill -9 of the $what: the next one has the slot"
		wait $p 2>/dev/null
		rc=$?
		[ $how = --bg ] && rc=137 # it was away before
		is "$rc $(left)" '137 0' "sem $how: kill -9 of the $what: status, and nobody is left"
	done
done
run sem --id s --wait
is "$rc $out$err" '0 ' 'sem --wait: nobody holds it'
done_testing
