#!/usr/bin/env bash
# Files that hold the output of jobs are used again: nobody's bytes may get among another job's.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2016 # for the jobs
left='if [ {} = 1 ]; then (sleep 0.2; echo late; echo late >&2) & fi; echo {}; sleep 0.02'
run fh-parallel -k -j1 "$left" ::: $(seq 30)
is "$out" "$(seq 30)" 'what a process left behind writes later is not among the output of a later job'
is "$err" '' 'nor on stderr'

run fh-parallel -k -j4 'head -c {} /dev/zero | tr "\0" x; echo; echo {} >&2' ::: 5 20000 3 8192 1 9000 0 70000 2 4
for n in 5 20000 3 8192 1 9000 0 70000 2 4; do head -c "$n" /dev/zero | tr '\0' x; echo; done >"$T/want"
check_same 'a file that held more before says no more than its own job does' "$T/out" "$T/want"
is "$err" "$(printf '%s\n' 5 20000 3 8192 1 9000 0 70000 2 4)" 'and in order on stderr'

# shellcheck disable=SC2016
run fh-parallel -j1 'echo one; echo two >/dev/stdout; test -f /dev/stdout && echo file {}' ::: a
is "$out" "$(printf "two\nfile a")" 'a job sees a file of its own, which it may cut'

# shellcheck disable=SC2016
run fh-parallel -k -j1 'ls -l /proc/self/fd | grep -c deleted; : {} # stdout of ls is the pipe' ::: 1 2 3 4
is "$out" "$(printf '1\n1\n1\n1')" 'a job has no files of others'

done_testing
