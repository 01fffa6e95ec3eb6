#!/usr/bin/env bash
# shellcheck disable=SC2035 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel: what the machine says of starting one more: -j auto, load, memory, swapping, --limit. The machine is a folder of ours.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export FH_TEST_ROOT=$T/root FH_INI="" XDG_CACHE_HOME=$T/cache
mkdir -p root/proc/self root/sys/fs/cgroup
mem() { echo "MemAvailable: $(($1 * 1024)) kB" >root/proc/meminfo.new; mv root/proc/meminfo.new root/proc/meminfo; } # MiB
load() { echo "0.1 0.1 0.1 $(($1 + 1))/99 1" >root/proc/loadavg.new; mv root/proc/loadavg.new root/proc/loadavg; }
swap() { printf 'x 1\npswpin %s\npswpout %s\n' "$1" "$2" >root/proc/vmstat.new; mv root/proc/vmstat.new root/proc/vmstat; }
io() { echo "8 0 sda 1 1 1 1 1 1 1 1 0 $1 1" >root/proc/diskstats.new; mv root/proc/diskstats.new root/proc/diskstats; } # ms at work
mem 64000
load 0
took() { local s=${EPOCHREALTIME/./}; "$@"; ms=$(((${EPOCHREALTIME/./} - s) / 1000)); }

# -j auto
echo 0::/ >root/proc/self/cgroup
echo 50000 100000 >root/sys/fs/cgroup/cpu.max
run fh-parallel --explain-jobs
is "$rc ${out%%$'\n'*}" '0 jobs: 1' '--explain-jobs: half a core is one job'
like "$out" *'cpu.max: 0.50'* 'and says so'
echo max 100000 >root/sys/fs/cgroup/cpu.max
FH_PARALLEL_JOBS_PERCENT=400% FH_PARALLEL_JOBS_MAX=3 run fh-parallel --explain-jobs -j auto
is "${out%%$'\n'*}" 'jobs: 3' 'limits are configurable'
mem 3100
FH_PARALLEL_JOBS_PERCENT=400% run fh-parallel --explain-jobs
is "${out%%$'\n'*}" 'jobs: 2' 'memory for two'
FH_PARALLEL_JOBS_PERCENT=400% run fh-parallel -j auto 'echo + >>log; sleep 0.2; echo - >>log' ::: 1 2 3 4
is "$(awk '{ n += $1 == "+" ? 1 : -1; if (n > max) max = n } END { print max }' log)" 2 '-j auto runs as many'
FH_PARALLEL_JOBS_PERCENT=400% FH_PARALLEL_JOBS_MAX=40 run fh-parallel --explain-jobs -j auto 'echo + >>log; sleep 0.2; echo - >>log'
like "$out" *'as in earlier runs'*'at 64.0 MiB'* 'what a run needed is remembered for its command'
FH_PARALLEL_JOBS_PERCENT=400% run fh-parallel --explain-jobs -j auto 'another command'
ok "$(grep -c "earlier runs" <<<"$out")" "and for no other"
FH_PARALLEL_JOB_MEMORY=1G FH_PARALLEL_JOBS_PERCENT=400% run fh-parallel --explain-jobs -j auto 'echo + >>log; sleep 0.2; echo - >>log'
like "$out" *'at 1.0 GiB a job'* 'what fh.ini says comes first'
printf 'nonsense\n\n0123456789abcdef -5\n' >>cache/fh/job-memory
# shellcheck disable=SC2016 # for the shell of the job
run fh-parallel -j auto 'x=$(head -c 100000000 /dev/zero | tr "\\0" a); true' ::: 1
# shellcheck disable=SC2016
FH_PARALLEL_JOBS_PERCENT=400% run fh-parallel --explain-jobs -j auto 'x=$(head -c 100000000 /dev/zero | tr "\\0" a); true'
like "$out" *'earlier runs'*'at '[1-9][0-9][0-9].*' MiB a job'* 'a large one counts in full, and nonsense in the file is dropped'
is "$(grep -c . cache/fh/job-memory) $(grep -c nonsense cache/fh/job-memory)" '2 0' 'a line per command'
FH_PARALLEL_JOBS_PERCENT=many run fh-parallel -j auto true ::: 1
is "$rc" 255 'a bad setting is told'

# --load, --noswap, --limit: nothing starts until it may.
load 5
(sleep 1; load 1) &
took run fh-parallel --load 3 echo ::: a
is "$out" a '--load: it starts in the end'
ok $((ms < 900)) "and not before ($ms ms)"
run fh-parallel --load 1x echo ::: a
is "$rc $out" '255 ' '--load: nonsense'
(sleep 1; : >may) &
took run fh-parallel --limit 'test -e may' echo ::: a b
is "$(echo "$out" | sort | tr '\n' ' ')" 'a b ' '--limit: it starts in the end'
ok $((ms < 900)) "and not before ($ms ms)"
run fh-parallel --limit "io x" echo ::: a
is "$rc" 255 "--limit io: a number"
io 0
(for n in 1 2 3 4 5 6 7 8; do sleep 0.3; io $((n * 300)); done) &
took run fh-parallel -j1 --limit "io 50" "sleep 1.2; echo" ::: a b
is "$(echo "$out" | sort | tr "\n" " ")" "a b " "--limit io: both run"
ok $((ms < 3000)) "the second when the disk has time ($ms ms)"
swap 1 1
run fh-parallel --noswap echo ::: a
is "$out" a '--noswap: nobody swaps'
(for n in 2 3 4 5 6 7 8; do sleep 0.3; swap $n $n; done) &
took run fh-parallel -j1 --noswap 'sleep 1.2; echo' ::: a b
is "$(echo "$out" | sort | tr '\n' ' ')" 'a b ' '--noswap: both run'
ok $((ms < 3000)) "the second when swapping has ended ($ms ms)"
wait

# Memory
mem 100
(sleep 1; mem 900) &
took run fh-parallel --memfree 500M echo ::: a
is "$out" a '--memfree: it starts in the end'
ok $((ms < 900)) "and not before ($ms ms)"
mem 900
(sleep 0.4; mem 100; sleep 1.5; mem 900) &
run fh-parallel -j2 --memfree 500M 'echo {} >>starts; sleep 1; echo {}' ::: a b
is "$rc $(echo "$out" | sort | tr '\n' ' ')" '0 a b ' '--memfree: both end well'
like "$err" *'run again later'* 'although the youngest was ended'
ok $(($(grep -c . starts) < 3)) 'and started again'
wait
mem 900
(sleep 0.4; mem 100; sleep 2; mem 2000) &
took run fh-parallel -j2 --memsuspend 500M 'for i in 1 2 3 4; do sleep 0.3; done; echo {}' ::: a b
is "$rc $(echo "$out" | tr '\n' ' ')" '0 a b ' '--memsuspend: the oldest goes on, the other waits'
wait

# --delay, --term-seq
took run fh-parallel -j4 --delay 0.2auto false ::: 1 2 3
ok $((ms < 500)) "--delay auto: longer where jobs fail ($ms ms)"
took run fh-parallel --timeout 0.2 --term-seq INT,100,KILL,25 'trap "echo int; exit" INT; : {}; while :; do sleep 0.05; done' ::: 1
is "$out" int '--term-seq'
run fh-parallel --term-seq INT,x true ::: 1
is "$rc" 255 '--term-seq: nonsense'
done_testing
