#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2086,SC2094 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel --pipe and --pipe-part on streams of some size: every byte once, in constant memory, however jobs read.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
P="$FH/fh-parallel"
cd "$T" || exit 1
seq 200000 > in
mkdir tmp
export TMPDIR=$T/tmp

p() { timeout 60 $RUN "$P" "$@"; }

for how in '' '--block 77k' '-N999' '-L7 --block 10k' '--recend 9\n' '--recstart 1' '--regexp --recend [0-4]\n'; do
	p -k -j3 --pipe $how cat < in | cmp -s - in
	ok $? "all of a stream, in order: --pipe $how"
done
p -j3 --pipe --round-robin --block 10k cat < in | sort -n | cmp -s - in
ok $? 'all of a stream, once: --round-robin'
for how in '--block 77k' '--block -1' '--block -3 --recend 7\n' '--cat --block 300k cat {} #' '--fifo --block 300k cat {} #'; do
	p -k -j3 --pipe-part -a in $how cat | cmp -s - in
	ok $? "all of a file, in order: --pipe-part $how"
done
(cat in; sleep 0.2; cat in) | p -k -j2 --pipe cat | cmp -s - <(cat in in)
ok $? 'a stream that pauses'

# a job that stops reading, one that never reads, one that closes its input and lives on
p -j1 --pipe --block 300k --joblog log 'head -c 10 > /dev/null' < in
is $? 5 'jobs that leave more than a pipe holds have failed'
is "$(cut -f7,8 log | sort -u | tr '\n' ' ')" "$(printf '0\t13 Exitval\tSignal ')" 'by SIGPIPE'
p -j1 --pipe --block 50k 'exec < /dev/null; sleep 0.1; echo {#}' < in > out
is "$?:$(tail -n 1 out)" '0:26' 'one that closes its input ends when it ends'
p -j2 --tee --pipe 'head -n {} | tail -n 1' ::: 1 3 < in | sort > out
is "$(tr '\n' ' ' < out)" '1 3 ' 'with --tee, one that stops reading holds up nobody'
p -k -j2 --tee --pipe '{}' ::: 'cksum' 'sleep 0.3; cksum' < in | uniq -c | awk '{print $1}' > out
is "$(cat out)" 2 'a slow one gets all the same'
printf '1\n' | p -j1 --pipe --retries 3 --block 1 'cat; test -e ok || { touch ok; exit 1; }' > out
is "$?:$(cat out)" 0:1 'another try reads the same block'

p -j4 --pipe --shard 1 'cat > s{#}' < in
is "$(cat s1 s2 s3 s4 | sort -n | cksum)" "$(cksum < in)" 'shards are all of it'
is "$(sort -u s1 s2 s3 s4 | wc -l)" 200000 'each record in one of them'

# every expression of a run, of whatever option, is computed by the same perl
mkdir bin
printf '#!/bin/sh\necho x >> "%s/perls"\nexec "%s" "$@"\n' "$T" "$(command -v perl)" > bin/perl
chmod +x bin/perl
printf 'a1\na2\nb1\n' | PATH=$T/bin:$PATH p --pipe -k -j1 --group-by '$_=substr($_,0,1)' -N1 --filter '1' 'echo "{= $_=seq() =}"; cat' > out
is "$(tr '\n' ' ' < out):$(wc -l < perls)" '1 a1 a2 2 b1 :1' 'one perl for --group-by, --filter and {= =}'

# what cannot be
for how in '--pipe' '--pipe --block -1 cat' '--pipe-part -a nofile cat' '--pipe-part -N2 -a in cat' '--pipe --regexp --recend ( cat' \
    '--pipe --block-timeout 0.5 cat' '--pipe --group-by 1 --rrs cat' '-j1 --pipe --tee cat ::: a b' '--pipe --group-by X cat'; do
	rc=0
	p $how < in > out 2> err || rc=$?
	is "$rc:$(wc -l < err)" 255:1 "said in one line: $how"
done

# constant memory: 300 MB through jobs of 1 MB
if [ -z "$RUN" ] && (ulimit -v 200000; "$P" --version >/dev/null 2>&1); then # a sanitizer needs more than that by itself
	(ulimit -v 200000; yes 0123456789abcdef | head -c 300000000 | p -j2 --pipe --block 1M 'cat > /dev/null')
	ok $? '300 MB in less than 200 MB of address space'
fi
is "$(ls -A tmp)" "" 'no file is left'
done_testing
