#!/usr/bin/env bash
# shellcheck disable=SC2035 # jobs' text is not for this shell; patterns and words are meant
# sem: slots across processes, killed holders, time limits.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export HOME=$T/home
mkdir "$HOME"
ln -s "$FH/fh-parallel" sem
PATH=$T:$PATH

# How many ran together at most: every job notes its begin and end in one file (appends are whole lines).
# shellcheck disable=SC2016
job='echo + >>log; sleep 0.0$((RANDOM % 5 + 1)); echo - >>log'
together() { awk '{ n += $1 == "+" ? 1 : -1; if (n > max) max = n } END { print max + 0, NR, n }' log; }

for ((i = 0; i < 20; i++)); do sem --fg --id one "$job" & done
wait
is "$(together)" '1 40 0' '20 at once on one slot: never two'
: >log
for ((i = 0; i < 30; i++)); do sem --fg -j3 --id three "$job" & done
wait
is "$(together)" '3 60 0' '30 at once on three slots: three, never four'
: >log
for ((i = 0; i < 12; i++)); do sem -j2 --id bg 'echo + >>log; sleep 0.5; echo - >>log'; done # longer than another takes to come
sem --id bg --wait
is "$(together)" '2 24 0' '--bg: two at a time, and --wait sees the end of all'

# A holder that is killed gives its slot back at once, and its job dies with it.
sem --fg --id k 'echo $$ >pid; exec sleep 60' &
holder=$!
for ((i = 0; i < 100; i++)); do [ -s pid ] && break; sleep 0.05; done
start=${EPOCHREALTIME/./}
(sleep 0.3; kill -9 $holder) &
run sem --fg --id k --st -20 echo mine
took=$(((${EPOCHREALTIME/./} - start) / 1000))
is "$rc $out" '0 mine' 'kill -9 of the holder: the slot is free'
ok $((took > 3000)) "at once ($took ms)"
for ((i = 0; i < 100; i++)); do kill -0 "$(cat pid)" 2>/dev/null || break; sleep 0.05; done
kill -0 "$(cat pid)" 2>/dev/null
ok $((! $?)) 'and its job is gone'

# Waiting costs nothing.
sem --id w 'sleep 1.5'
cost=$( { TIMEFORMAT='%U %S'; time sem --fg --id w true 2>/dev/null; } 2>&1 | awk '{ print $1 + $2 }')
ok "$(awk -v c="$cost" 'BEGIN { print (c > 0.2) }')" "waiting costs no processor time ($cost s)"

# Time limits.
sem --id t 'sleep 3'
run sem --fg --id t --st -0.3 echo no
is "$rc $out" '1 ' '--st -N gives up with 1'
like "$err" *'timed out'* 'and says so'
run sem --fg --id t --st 0.3 echo yes
is "$rc $out" '0 yes' '--st N runs it anyway'
sem --id t --wait

# Names.
run sem --fg --id '../a b/ü' echo x
is "$rc $out" '0 x' 'a name with anything in it'
is "$(cd "$HOME/.parallel/semaphores" && ls -d fh-..*)" 'fh-..%2fa%20b%2f%c3%bc' 'stays one folder'
run sem --fg -j x --id a echo x
is "$rc" 255 'a bad -j is told'
HOME=/dev/null run sem --fg --id a echo x
is "$rc $out" '255 ' 'no folder for the locks: nothing is run'
like "$err" *'semaphores'* 'and it is named'
run sem --fg --id a 'kill -9 $$'
is "$rc" 137 'a signal is told as a shell tells it'
run sem --fg --id a --joblog jl 'exit 7'
is "$rc $(cut -f7,9 jl | tail -1)" $'7 7\texit 7 ' 'the options of a run work'
done_testing
