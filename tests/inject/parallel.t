#!/usr/bin/env bash
# shellcheck disable=SC2016 # jobs' text is not for this shell
# Every call of fh-parallel's own that can fail fails once: the first, the second, ... until none is reached. It never hangs, no
# signal ends it, nobody and no temporary file is left; status 0 means that all output is there, and any other has words.
# FAULT_MODES="plain pipe ...": these alone; SOAK=1: all of them; else plain, and of --tee what keeps a job from starting.
# FAULT_CALLS="open write ...": these calls alone.
# FAULT_ERRNO and FAULT_STAYS as in fault.t, but a fork that fails for good is waited for for ever, which is no test.
FH=${FH:-$(cd "$(dirname "$0")/../.." && pwd)/build/plain-dynamic/cmd}
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

lib=${LIBFAIL:-$here/build/plain-dynamic/tests/inject/libfail.so}
[ -e "$lib" ] || { echo "not ok 1 - no libfail.so: make check-fault builds it"; echo "1..1"; exit 1; }
calls="${FAULT_CALLS:-open read write short stat close mkdir fork make mmap wait send malloc}"
modes=${FAULT_MODES:-"plain tee${SOAK:+ order lines results csv files pipe cat fifo robin part spool log compress many}"}
export FH_INI='' LC_ALL=C HOME=$T TMPDIR=$T/tmp PARALLEL_SHELL=/bin/sh
mark="fh-fault-$$-$RANDOM"
seq 1 4000 >"$T/in"

args() { # MODE: its arguments in $a
	local say="echo {#}; seq 3000; echo err >&2; : $mark"
	a=(-j2)
	case $1 in
	plain) a+=("$say" ::: 1 2 3) ;;
	order) a+=(-k "$say" ::: 3 2 1) ;;
	lines) a+=(--lb "$say" ::: 1 2 3) ;;
	results) a+=(--results r "$say" ::: 1 2 3) ;;
	csv) a+=(--results r.csv "$say" ::: 1 2 3) ;;
	files) a+=(--files "$say" ::: 1 2 3) ;;
	compress) a+=(--compress --compress-program gzip "$say" ::: 1 2 3) ;;
	log) a+=(--joblog log --tag "$say" ::: 1 2 3) ;;
	pipe) a+=(--pipe --block 6k "cat; : $mark") ;;
	cat) a+=(--pipe --cat --block 6k "cat {}; : $mark") ;;
	fifo) a+=(--pipe --fifo --block 6k "cat {}; : $mark") ;;
	robin) a+=(--pipe --round-robin --block 2k "cat; : $mark") ;;
	part) a+=(--pipe-part -a ../in --block 6k "cat; : $mark") ;;
	many) mapfile -t a < <(printf '%s\n' -j3 "echo {#}; : $mark" ::: {1..40}) ;; # so many that lanes and threads come in
	tee) a+=(--pipe --tee "cat; : $mark" ::: 1 2) ;;
	spool) mapfile -t a < <(printf '%s\n' -j4 -k "[ {} != 1 ] || sleep 0.3; $say" ::: {1..40}) ;; # more than may wait in files of their own
	esac
}
# What there is in the end: what was printed, line by line, and the files that results are.
picture() {
	sort "$T/out"
	[ ! -e "$T/w/r" ] || (cd "$T/w/r" && find . -type f | sort | xargs cksum)
	[ ! -e "$T/w/r.csv" ] || wc -c <"$T/w/r.csv"
}
run_one() { # COMMAND...: status in $rc
	rm -rf "$T/w" "$T/tmp" && mkdir "$T/w" "$T/tmp"
	rc=0
	(cd "$T/w" && exec timeout -k 5 30 "$@" "${a[@]}") <"$T/in" >"$T/out" 2>"$T/err" || rc=$?
	[ "$mode" != files ] || sed -i "s|.*||" "$T/out" # names are of chance
}
judge() { # CALL N: what is wrong
	local n
	[ "$rc" != 124 ] && [ "$rc" != 137 ] || echo " $1-$2:hangs"
	[ "$rc" -lt 128 ] || [ "$rc" = 255 ] || echo " $1-$2:status=$rc"
	if [ "$rc" = 0 ]; then picture | cmp -s - "$T/wanted" || echo " $1-$2:status-0-and-not-all"; fi
	grep -vE "^([0-9]+\t)?err$" "$T/err" >"$T/words" # less what the jobs say
	[ "$rc" = 0 ] || [ -s "$T/words" ] || echo " $1-$2:status-$rc-without-words"
	[ -z "$(sort "$T/words" | uniq -d)" ] || echo " $1-$2:said-twice"
	[ "$mode" = files ] || [ -z "$(ls -A "$T/tmp")" ] || [ "$1" = malloc ] || echo " $1-$2:temporary-file"
	for n in 1 2 3 4 5 6 7 8 9 10; do [ -z "$(pgrep -f "$mark")" ] && return; sleep 0.1; done
	echo " $1-$2:somebody-is-left"
}

sweep() { # CALL ERRNO: a test
	local n=0 wrong=''
	case $call${FAULT_STAYS:-} in fork1) return ;; esac
	while [ $n -lt 400 ]; do
		n=$((n + 1))
		rm -f "$T/hit"
		run_one env FAIL_PROG=fh-parallel FAIL_CALL="$1" FAIL_N=$n FAIL_ERRNO="$2" FAIL_HIT="$T/hit" LD_PRELOAD="$lib" fh-parallel
		[ -e "$T/hit" ] || break
		wrong=$wrong$(judge "$1" $n)
	done
	swept=$((swept + n - 1))
	[ $n = 1 ] || is "$wrong" '' "$mode: each of $((n - 1)) calls of $1${2:+, $2}"
}

export FAIL_STAYS=${FAULT_STAYS:-}
[ -n "$FAIL_STAYS" ] || unset FAIL_STAYS
if [ -z "${FAULT_STAYS:-}" ]; then # NFS: it is the end that tells
	mkdir "$T/tmp"
	said=$(FAIL_PROG=fh-parallel FAIL_CALL=close FAIL_N=1 FAIL_STAYS=1 FAIL_ERRNO=EDQUOT LD_PRELOAD=$lib timeout 20 fh-parallel echo ::: 1 2>&1 >"$T/out" </dev/null)
	is "$?:$said" "255:fh-parallel: standard output: Disk quota exceeded" "standard output that fails when it is closed"
fi
for mode in $modes; do
	args "$mode"
	run_one fh-parallel
	is "$rc" 0 "$mode works undisturbed" || cat "$T/err"
	picture >"$T/wanted"
	swept=0
	[ "$mode${SOAK:-}${FAULT_MODES:-}" != tee ] || calls="fork make"
	for call in $calls; do
		for why in ${FAULT_ERRNO:-''}; do
			case $call in make | wait) why='' ;; esac
			sweep "$call" "${why#"''"}"
			case $call in short | fork | make | mmap | wait | malloc) break ;; esac # have one reason only
		done
	done
	least=10
	[ -z "${FAULT_CALLS:-}" ] || least=2 # a few of them
	[ $swept -gt $least ]
	ok $? "$mode: $swept runs with a failing call"
done
done_testing
