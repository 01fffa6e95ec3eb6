#!/usr/bin/env bash
# shellcheck disable=SC2016 # jobs' text is not for this shell
# fh-parallel is killed (kill -9) at a random moment, again and again, and goes on with --resume until all is done: what a former run
# has logged is never run again, what it has not is; no more jobs are repeated than were in flight at the kills.
#
#     KILLS=1000 JOBS=200 SEED=n    by default 12 kills and 30 jobs
#
# Each job tells when it begins and when it ends, by one short line appended to a file. The logs after each kill tell the rest.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
kills=${KILLS:-12} jobs=${JOBS:-30} seed=${SEED:-$RANDOM}
RANDOM=$seed
slots=5
echo "# seed $seed"
job='echo "$PARALLEL_SEQ" >>begun; sleep 0.0$((PARALLEL_SEQ % 4)); echo out {#} {}; echo "$PARALLEL_SEQ" >>ended'

whole() { # every line of the log has nine fields and all is ended by a newline
	[ -z "$(tail -c 1 log | tr -d '\n')" ] && awk -F'\t' 'NF < 9 || (NR > 1 && $1 !~ /^[0-9]+$/) { bad = 1 } END { exit bad }' log
}

# One round: runs to their end, killed on the way; says what was wrong in $wrong.
round() { # OPTION...
	local n ms runs=0 flight=0
	rm -f log begun ended out
	: >begun
	: >ended
	while :; do
		runs=$((runs + 1))
		cp log before 2>/dev/null || : >before
		cp begun begun.before
		fh-parallel -j$slots --joblog log --resume "$@" "$job" ::: $(seq "$jobs") >>out 2>err &
		local p=$!
		ms=$((RANDOM % 150 + 5))
		if [ $left -gt 0 ]; then
			sleep "0.$(printf %03d $ms)"
			kill -KILL $p 2>/dev/null && left=$((left - 1))
		fi
		wait $p 2>/dev/null
		rc=$?
		# nobody of that run lives on: who were his would append to the files while we count
		for _ in $(seq 100); do [ "$(pgrep -f "$mark" | wc -l)" = 0 ] && break; sleep 0.02; done
		[ -e log ] || continue
		[ "$(head -c "$(wc -c <before)" log | cksum)" = "$(cksum <before)" ] || [ -n "$(tail -c 1 before)" ] || wrong="$wrong log-rewritten"
		# what was logged before was not begun again
		n=$(tail -n +$(($(wc -l <begun.before) + 1)) begun | sort -u | grep -Fxc -f <(tail -n +2 before | cut -f1 | sort -u; echo none))
		[ "$n" = 0 ] || wrong="$wrong repeated-$n-that-were-logged"
		[ $rc != 0 ] && [ $rc != 137 ] && wrong="$wrong status=$rc"
		# begun in this run and not logged by it: in flight, or over and not shown yet (-k, and short jobs that overtake)
		n=$(tail -n +$(($(wc -l <begun.before) + 1)) begun | sort -u | grep -Fxvc -f <(tail -n +2 log | cut -f1; echo none))
		flight=$((flight + n))
		[ "$n" -le $((slots * 6)) ] || wrong="$wrong $n-in-flight"
		[ $rc = 0 ] && break
	done
	whole || wrong="$wrong log-broken"
	[ "$(tail -n +2 log | cut -f1 | sort -n | uniq | wc -l)" = "$jobs" ] || wrong="$wrong log-has-$(tail -n +2 log | cut -f1 | sort -n | uniq | wc -l)"
	[ "$(tail -n +2 log | wc -l)" = "$jobs" ] || wrong="$wrong logged-twice"
	[ "$(sort -un ended | wc -l)" = "$jobs" ] || wrong="$wrong never-done"
	n=$(($(wc -l <begun) - jobs))
	[ "$n" -le "$flight" ] || wrong="$wrong begun-$n-too-often-of-$flight"
	# all output is there: a job that is logged has printed its line
	[ "$(sort -u out | grep -c '^out [0-9]* [0-9]*$')" = "$jobs" ] || wrong="$wrong output-lost"
	total=$((total + runs)) repeated=$((repeated + n))
}

mark="fh-killed-$$-$RANDOM"
job="$job; : $mark"
for mode in '' -k --lb; do
	left=$(((kills + 2) / 3)) wrong='' total=0 repeated=0
	while [ "$left" -gt 0 ] && [ -z "$wrong" ]; do
		# shellcheck disable=SC2086 # no word, or one
		round $mode
	done
	is "$wrong" '' "--resume ${mode:-grouped}: $total runs, $repeated jobs repeated"
done

# --resume-failed and --retry-failed after a kill: the failed ones again, and what was in flight; nothing that was well.
rm -f log begun
try='echo "$PARALLEL_SEQ" >>begun; sleep 0.0{}; : '$mark'; [ $(({} % 4)) != 0 ]'
fh-parallel -j3 --joblog log "$try" ::: $(seq 40) >/dev/null 2>&1 &
p=$!
for _ in $(seq 200); do [ -e log ] && [ "$(wc -l <log)" -gt 12 ] && break; sleep 0.02; done
kill -KILL $p
wait $p 2>/dev/null
for _ in $(seq 100); do [ "$(pgrep -f "$mark" | wc -l)" = 0 ] && break; sleep 0.02; done
cp log first
awk -F'\t' 'NR > 1 && $7 == 0 { print $1 }' first | sort >well
awk -F'\t' 'NR > 1 && $7 != 0 { print $1 }' first | sort >failed
: >begun
fh-parallel -j3 --joblog log --retry-failed >/dev/null 2>&1
is "$(sort begun)" "$(cat failed)" '--retry-failed: the failed ones, once each'
: >begun
fh-parallel -j3 --joblog log --resume-failed "$try" ::: $(seq 40) >/dev/null 2>&1
is "$(sort begun)" "$(seq 40 | sort | grep -Fxv -f well)" '--resume-failed: those, and all that had not ended'
: >begun
fh-parallel -j3 --joblog log --resume "$try" ::: $(seq 40) >/dev/null 2>&1
is "$(cat begun)" '' '--resume: all is done'

# --results without a log: a job counts as done once it is over.
rm -f begun
fh-parallel -j3 --results r 'echo {} >>begun; sleep 0.1; echo {}; : '"$mark" ::: $(seq 20) >/dev/null 2>&1 &
p=$!
for _ in $(seq 200); do [ -e begun ] && [ "$(wc -l <begun)" -gt 8 ] && break; sleep 0.02; done
kill -KILL $p
wait $p 2>/dev/null
for _ in $(seq 100); do [ "$(pgrep -f "$mark" | wc -l)" = 0 ] && break; sleep 0.02; done
fh-parallel -j3 --results r --resume 'echo {} >>begun; sleep 0.1; echo {}; : '"$mark" ::: $(seq 20) >/dev/null 2>&1
is "$(for i in $(seq 20); do cat "r/1/$i/stdout"; done | tr '\n' ' ')" "$(seq 20 | tr '\n' ' ')" '--results --resume: no job is left out'
ok $(($(wc -l <begun) > 23)) "and no more than three are repeated ($(($(wc -l <begun) - 20)))"
done_testing
