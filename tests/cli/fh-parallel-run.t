#!/usr/bin/env bash
# shellcheck disable=SC2002,SC2016,SC2317 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel: order, slots, limits and what a job is given.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

run fh-parallel -j4 -k 'sleep 0.0$((RANDOM % 9)); echo {}' ::: $(seq 60)
is "$out" "$(seq 60)" '-k: in order'
seq 2000 >want
seq 2000 | fh-parallel -j8 -k echo >got
check_same '-k: 2,000 jobs' got want
seq 2000 | fh-parallel -j8 echo | sort -n >got
check_same '2,000 jobs, each once' got want

# -k with a slow first job: what waits goes to disk, not to descriptors or memory.
(
	ulimit -Sn 60 -Hn 60
	fh-parallel -j4 -k 'test {} = 1 && sleep 2; head -c 20000 /dev/zero | tr "\0" x; echo {}' ::: $(seq 300)
) >got 2>err
is "$(wc -c <got) $(tail -c 4 got)" '6001092 300' '-k: 300 outputs wait within 60 descriptors'
is "$(cat err)" '' 'without a word'
is "$(tr -d x <got | tr '\n' ' ' | md5sum)" "$(seq 300 | tr '\n' ' ' | md5sum)" 'in order'

# Output: whole lines, tags after LF and CR, both sides.
run fh-parallel -j2 --lb 'printf "a{}"; sleep 0.3; echo "b{}"' ::: 1 2
is "$(echo "$out" | sort | tr '\n' ' ')" 'a1b1 a2b2 ' '--lb: lines stay whole'
run fh-parallel --tag "printf 'a\\rb\\n\\nc'; echo e{} >&2" ::: 1
is "$out" $'1\ta\r1\tb\n1\t\n1\tc' '--tag: stdout'
is "$err" $'1\te1' '--tag: stderr'
run fh-parallel -k -j3 --lb 'echo s{}; sleep 0.{}; echo e{}' ::: 5 3 1
is "$(echo "$out" | tr '\n' ' ')" 's5 e5 s3 e3 s1 e1 ' '--lb -k: in order'
head -c 3000000 /dev/zero | tr '\0' y >big
run fh-parallel -j2 cat ::: big big
is "$(wc -c <"$T/out")" 6000000 'large outputs are whole'
fh-parallel -j2 --lb --tag cat ::: big big | wc -c >n
is "$(cat n | tr -d ' ')" 6000008 '--lb: a line of 3 MB is whole'

# What a job is given.
run fh-parallel -j1 'echo $PARALLEL_SEQ $PARALLEL_JOBSLOT {#} {%}; cat' ::: a b
is "$out" $'1 1 1 1\n2 1 2 1' 'numbers, and an empty stdin'
run fh-parallel 'test $PARALLEL_PID = $PPID && echo same; :' ::: a
is "$out" same 'PARALLEL_PID is the parent'
fn() { echo "fn $1"; }
export -f fn
run fh-parallel fn ::: a
is "$out" 'fn a' 'exported functions'
is "$(PARALLEL_SHELL=/bin/sh fh-parallel 'echo $0;:' ::: a)" /bin/sh 'PARALLEL_SHELL'
is "$(sh -c 'fh-parallel "echo \$0;:" ::: a; true')" "$(command -v sh)" 'the shell that called, by the name it was called'
run fh-parallel --wd "$T/deep/er" pwd '#' ::: a
is "$out" "$T/deep/er" '--wd makes the folder'
run fh-parallel --nice 5 'nice;:' ::: a
is "$out" "$(($(nice) + 5))" '--nice'
run ls /proc/self/fd
want=$out
run fh-parallel ls ::: /proc/self/fd
is "$out" "$want" 'no descriptor of ours is open in a job'
run fh-parallel 'ulimit -Sn; :' ::: a
is "$out" "$(ulimit -Sn)" 'the limit of descriptors is as it was'
printf 'echo script "$@"\n' >script
chmod +x script
run fh-parallel ./script ::: a
is "$out" 'script a' 'a script without #!'
run fh-parallel ./nosuch ::: a
is "$rc" 1 'a command that is not there: status'
like "$err" '*nosuch*No such file*' 'and the words of the shell'
seq 100 | fh-parallel -j4 ./nosuch 2>err
is "$? $(grep -c nosuch err)" '100 100' 'a hundred of them'
run fh-parallel --joblog log 'exit {};' ::: 127 0
is "$(cut -f7 log | tail -n +2 | sort -n | tr '\n' ' ')" '0 127 ' 'joblog has the statuses'

# Limits.
start=$(date +%s%N)
run fh-parallel -j2 --timeout 0.5 'echo a; sleep {}; echo b' ::: 20 0
took=$((($(date +%s%N) - start) / 1000000))
is "$rc $(echo "$out" | tr '\n' ' ')" '1 a b a ' '--timeout'
[ "$took" -lt 4000 ]
ok $? "in time ($took ms)"
rm -f n
run fh-parallel -j1 --retries 3 'echo x >>n; echo $(wc -l <n); test $(wc -l <n) = 3 #' ::: a
is "$rc $out" '0 3' '--retries: the last try counts and is printed'
start=$(date +%s%N)
run fh-parallel -j9 --delay 0.1 true ::: 1 2 3 4 5 6
took=$((($(date +%s%N) - start) / 1000000))
[ "$took" -ge 500 ] && [ "$took" -lt 3000 ]
ok $? "--delay ($took ms)"
run fh-parallel -j3 --halt now,fail=1 'sleep {}; echo {}; test {} != 0.3' ::: 20 0.1 0.3
is "$rc $(echo "$out" | tr '\n' ' ')" '1 0.1 0.3 ' '--halt now,fail=1'
run fh-parallel -j1 --halt soon,fail=2 'echo {}; exit {};' ::: 1 0 5 6
is "$rc $(echo "$out" | tr '\n' ' ')" '2 1 0 5 ' '--halt soon,fail=2'
echo 1 >slots
run fh-parallel -j slots 'echo {%}; echo 3 >slots' ::: a b
is "$out" $'1\n1' '-j FILE'
most=$(fh-parallel -j3 'touch on{}; ls -d on* | wc -l; sleep 0.1; rm on{}' ::: $(seq 12) | sort -n | tail -1)
is "$most" 3 '-j3: three at once and no more'

# Short of descriptors and processes: it waits and goes on.
(
	ulimit -Sn 20 -Hn 20
	fh-parallel -j50 -k echo ::: $(seq 200) 2>err
) >got
is "$(cat got)" "$(seq 200)" '20 descriptors'
like "$(cat err)" '*only enough file handles*' 'and it says so'

# --resume after kill -9 repeats only what was in flight.
rm -f log done_*
fh-parallel -j4 --joblog log 'sleep 0.05; echo x >>done_{}' ::: $(seq 40) &
p=$!
until [ "$(wc -l <log 2>/dev/null || echo 0)" -ge 10 ]; do sleep 0.05; done
kill -9 $p
wait $p 2>/dev/null
sleep 0.3
in_log=$(tail -n +2 log | wc -l)
fh-parallel -j4 --resume --joblog log 'sleep 0.01; echo x >>done_{}' ::: $(seq 40)
is "$(tail -n +2 log | cut -f1 | sort -n | tr '\n' ' ')" "$(seq 40 | tr '\n' ' ')" "every job once in the log ($in_log before)"
twice=$(grep -c . done_* | grep -c ':2')
[ "$twice" -le 4 ]
ok $? "at most what was in flight is repeated ($twice)"
# Threads of ours go where jobs end; jobs may run wherever we may.
may=$(grep Cpus_allowed: /proc/self/status)
is "$(seq 300 | fh-parallel -j2 'grep Cpus_allowed: /proc/self/status # {}' | sort -u)" "$may" 'each job may run on each processor'
done_testing
