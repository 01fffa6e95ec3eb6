#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2086 # jobs' text is not for this shell; words are meant
# fh-parallel --compress: what jobs print goes through a program and back, whole, in order, whatever the program does.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
P="$FH/fh-parallel"
cd "$T" || exit 1
mkdir tmp bin
export TMPDIR=$T/tmp
seq 200000 > in
head -c 3000000 /dev/urandom > noise

p() { timeout 60 $RUN "$P" "$@"; }

p -k -j3 --compress 'cat {}; cat {} >&2' ::: in noise in > out 2> err
cat in noise in | tee want | cmp -s - out
ok $? 'all of it, on stdout'
check_same 'and on stderr' want err
p -k -j2 --tag --compress-program 'gzip -1' cat ::: in in | cmp -s - <(sed 's/^/in\t/' in in)
ok $? 'with a tag before each line'
p -j2 --compress-program 'sleep 0.5; cat' --decompress-program 'sleep 0.5; cat' cat ::: in | cmp -s - in
ok $? 'programs that are slow to begin'
p -k -j10 --compress-program cat --decompress-program cat 'test {} = 1 && sleep 1; echo {}; echo {} >&2' ::: {1..40} > out 2> err
is "$? $(cksum < out) $(sort -n err | cksum)" "0 $(seq 40 | cksum) $(seq 40 | cksum)" 'many that wait for the first one'
if [ -z "$RUN" ]; then # tools that watch a program need descriptors and files of their own
	(ulimit -n 30; p -k -j10 --compress-program cat --decompress-program cat 'test {} = 1 && sleep 0.5; echo {}' ::: {1..50} 2> err) |
	    cmp -s - <(seq 50)
	ok $? 'with few descriptors'
	(ulimit -f 1000; p -k --compress-program 'gzip -1' 'yes {} | head -c 20000000' ::: a b 2> err) |
	    cmp -s - <(yes a | head -c 20000000; yes b | head -c 20000000)
	ok $? 'nothing but what is packed takes room'
fi
p --files --compress-program 'gzip -1' 'yes {} | head -c 5000000' ::: a > name
is "$(gzip -dc < "$(cat name)" | wc -c) $(($(wc -c < "$(cat name)") < 100000))" '5000000 1' 'the file of --files is packed'
rm -f "$(cat name)"
p -v --results r --compress-program 'gzip -1' 'echo b; false' ::: a > out
is "$?:$(cat out):$(gzip -dc < r/1/a/stdout | tail -n 1):$(wc -c < r/1/a/stderr)" 1::b:0 'and those of --results'

# a job ends at its exit, whoever holds its pipe
start=$SECONDS
is "$(p --compress-program gzip 'sleep 30 & echo $!' ::: '' | tee pid | wc -l) $((SECONDS - start < 20))" '1 1' 'a grandchild is not waited for'
kill "$(cat pid)" 2> /dev/null

# the first one of the list that is installed
printf '#!/bin/sh\necho "$@" >> "%s/calls"\nexec gzip "$@"\n' "$T" > bin/lzop
cp bin/lzop bin/xz
chmod +x bin/*
for tool in bash sh cat gzip sed dirname; do cp "$(command -v "$tool")" "bin/$tool" 2> /dev/null; done
mv bin/gzip bin/z
sed -i 's/gzip/z/' bin/lzop bin/xz
rm -f bin/xz
(PATH=$T/bin; "$P" --compress echo ::: a) > out 2> err
is "$(cat out) $(tr '\n' ' ' < calls)" 'a -c -1 -dc ' 'a program of the list'
rm bin/lzop
(PATH=$T/bin; "$P" --compress echo ::: a) > out 2> err
is "$?:$(cat out):$(wc -l < err)" 0:a:1 'none of them: said, and done without'

# what fails is said in one line
failed() { # STATUS WORDS OPTION...
	local rc=0
	p -k "${@:3}" 'echo {}; exit 0' ::: a b c > out 2> err || rc=$?
	is "$rc" "$1" "status of ${*:3}"
	is "$(grep -c '^fh-parallel: ' err):$(grep '^fh-parallel: ' err)" "1:fh-parallel: $2" "words of ${*:3}"
}
failed 3 '--compress-program: exit 7: exit status 7' --compress-program 'exit 7'
failed 3 '--compress-program: kill -9 $$: ended by signal 9' --compress-program 'kill -9 $$'
failed 3 '--compress-program: cat; exit 4: exit status 4' --compress-program 'cat; exit 4' --decompress-program 'cat; exit 5'
is "$(tr '\n' ' ' < out)" 'a b c ' 'what did get through is shown'
failed 3 '--decompress-program: nosuch -x: exit status 127' --compress-program gzip --decompress-program 'nosuch -x'
failed 255 '--decompress-program: cat; exit 5: exit status 5' --compress-program cat --decompress-program 'cat; exit 5'
is "$(tr '\n' ' ' < out)" 'a b c ' 'that is shown too'
failed 255 '--decompress-program: exit 6: exit status 6' --compress-program cat --decompress-program 'exit 6' --results -.csv
p --compress-program 'head -c 2' --decompress-program cat --joblog log yes ::: a > out
is "$? $(cat out) $(tail -n 1 log | cut -f8)" '1 a 13' 'a program that stops reading ends its job'
p --retries 2 --compress-program 'test -e once || { : > once; exit 1; }; cat' --decompress-program cat echo ::: a > out 2> err
is "$?:$(cat out)" 0:a 'its job is tried again'

# programs that never end are ended with us
for how in "--compress-program 'cat; sleep 60' --decompress-program cat" "--compress-program cat --decompress-program 'sleep 60'"; do
	eval "$RUN \"\$P\" $how 'echo {}; echo > ready' ::: a > /dev/null 2>&1 &"
	pid=$! start=$SECONDS
	until [ -e ready ]; do sleep 0.02; done
	sleep 0.5
	kill -TERM "$pid"
	sleep 0.2
	kill -TERM "$pid" 2> /dev/null
	wait "$pid"
	is "$? $((SECONDS - start < 30))" '255 1' "TERM: $how"
	rm -f ready
done
is "$(ls -A tmp)" "" 'no file is left'
p --engine local-agent --compress echo ::: a >out 2>err
is "$? $(cat out err)" "255 fh-parallel: --engine: not with --compress" "agents have no programs for it"

done_testing
