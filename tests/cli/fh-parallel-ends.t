#!/usr/bin/env bash
# shellcheck disable=SC2016 # jobs' text is not for this shell
# fh-parallel is told to end, or is killed, in each of its ways of running: nobody is left behind, grandchildren and those with a
# session of their own included, nor any temporary file; the log has whole lines only, and the status is the reference's.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
z=$((20000 + $$ % 40000)).125
seq 1000 >in

# jobs that ignore nothing, with a child and a grandchild, and (TERM) one in a session of its own
job="echo x >>f; echo out; sleep $z & (sleep $z; :) & sleep $z"
own="setsid sleep $z & $job"
modes='plain order lines inherit X compress results files csv tmpdir pipe unread robin cat fifo opened part perl retries wd words'
args() { # MODE: its arguments in $a
	a=(-j2 --joblog l)
	case $1 in
	plain) a+=("$job" ::: 1 2 3) ;;
	order) a+=(-k "$job" ::: 1 2 3) ;;
	lines) a+=(--lb "$job" ::: 1 2 3) ;;
	inherit) a+=(-u "$job" ::: 1 2 3) ;;
	X) a+=(-X "$job; : {}" ::: 1 2 3) ;;
	compress) a+=(--compress "$job" ::: 1 2 3) ;;
	results) a+=(--results r "$job" ::: 1 2 3) ;;
	files) a+=(--files "$job" ::: 1 2 3) ;;
	csv) a+=(--results r.csv "$job" ::: 1 2 3) ;;
	tmpdir) a+=(--tmpdir . "$job" ::: 1 2 3) ;;
	pipe) a+=(--pipe -N100 "$job") ;;
	unread) a+=(--pipe -N100 "head -c1 >/dev/null; $job") ;;
	robin) a+=(--pipe --round-robin -N100 "$job") ;;
	cat) a+=(--pipe --cat -N100 "$job; : {}") ;;
	fifo) a+=(--pipe --fifo -N100 "$job; : {}") ;;
	opened) a+=(--pipe --fifo -N100 "read x <{}; $job") ;;
	part) a+=(--pipe-part -a ../in --block 1k "$job") ;;
	perl) a+=("$job; : {= \$_++ =}" ::: 1 2 3) ;;
	retries) a+=(--retries 3 "$job" ::: 1 2 3) ;;
	wd) a+=(--wd . "$job" ::: 1 2 3) ;;
	words) a+=(sh -c "'$job'" sh ::: 1 2 3) ;;
	esac
}
left() { # processes of ours that are left, waited for a moment
	local n
	for _ in $(seq $((50 * patience))); do
		n=$(pgrep -f "sleep $z" | wc -l)
		[ "$n" = 0 ] && break
		sleep 0.1
	done
	echo "$n"
}
started() { # every mode has two jobs at work
	local m n
	for _ in $(seq $((200 * patience))); do
		n=0
		for m in $modes; do [ -e "$m/f" ] && [ "$(wc -l <"$m/f")" -ge 2 ] && n=$((n + 1)); done
		[ $n = "$(echo "$modes" | wc -w)" ] && return
		sleep 0.1
	done
	return 1
}

wave() { # NAME SIGNAL... : all modes at once, and these signals to each
	local name=$1 m s wrong='' rc
	local -A pid=()
	shift
	for m in $modes; do
		rm -rf "$m" && mkdir -p "$m/tmp"
		args "$m"
		pid[$m]=$(cd "$m" && { TMPDIR=$PWD/tmp perl -e '$SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec @ARGV' \
			bash -c 'echo $$; exec >out 2>err; "$@"; echo $? >rc' - fh-parallel "${a[@]}" <../in & })
	done
	started
	ok $? "$name: all are at work"
	for s; do
		for m in $modes; do pkill "-$s" -P "${pid[$m]}"; done
		[ $# = 1 ] || sleep 0.3
	done
	for m in $modes; do
		for _ in $(seq $((100 * patience))); do [ -s "$m/rc" ] && break; sleep 0.1; done
		rc=$(cat "$m/rc" 2>/dev/null)
		[ "$s" = KILL ] && { [ "$rc" = 137 ] || wrong="$wrong $m:status=$rc"; }
		[ "$s" = KILL ] || [ "$rc" = 255 ] || wrong="$wrong $m:status=$rc"
		[ -z "$(tail -c 1 "$m/l" | tr -d '\n')" ] || wrong="$wrong $m:log"
		[ "$(tail -n +2 "$m/l" | wc -l)" = 0 ] || wrong="$wrong $m:logged"
		[ "$(wc -l <"$m/f")" = 2 ] || wrong="$wrong $m:started=$(wc -l <"$m/f")"
	done
	is "$(left)" 0 "$name: nobody is left"
	for m in $modes; do
		[ "$s$m" = KILLfiles ] || [ -z "$(ls -A "$m/tmp")" ] || wrong="$wrong $m:temporary"
	done
	is "$wrong" '' "$name: status, log, temporary files"
}

if [ "$(uname)" = Linux ] && [[ $FH != *portable* ]]; then job=$own; fi
wave TERM TERM
all=$modes
[ -n "${SOAK-}" ] || modes='plain lines unread' # one way of ending jobs serves them all
wave QUIT QUIT
wave 'INT twice' INT INT
wave 'HUP and TERM' HUP TERM
wave 'stopped, then TERM' TSTP TERM CONT
job=${job#setsid*& } modes=$all
wave 'kill -9' KILL
done_testing
