#!/usr/bin/env bash
# shellcheck disable=SC2016 # jobs' text is not for this shell
# fh-parallel short of something: descriptors, processes, memory, disk, standard descriptors. It waits and goes on, or ends in good
# order with one line; no byte of a finished job is lost without a word.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
lines() { wc -l <"$1" | tr -d ' '; }

# Standard descriptors that are closed must not become the numbers of what is opened later.
for how in '' --lb -k; do
	rm -f marks
	timeout 20 fh-parallel -j2 $how 'cat; echo {}; echo x >>marks' ::: 1 2 3 <&- >out 2>err
	is "$? $(sort out | tr '\n' ' ')$(lines marks)" '0 1 2 3 3' "stdin closed ${how:-grouped}"
	timeout 20 fh-parallel -j2 $how 'echo {}' ::: 1 2 3 >&- 2>err
	is "$? $(lines err)" '255 1' "stdout closed ${how:-grouped}: status, one line"
	like "$(cat err)" '*standard output: Bad file descriptor' 'and which'
	timeout 20 fh-parallel -j2 $how 'echo {}' ::: 1 2 3 <&- >&- 2>&-
	is "$?" 255 "all closed ${how:-grouped}"
	[ -c /dev/full ] || continue
	timeout 20 fh-parallel -j2 $how 'echo {}; sleep 0.0{}; echo {}' ::: 1 2 3 4 5 >/dev/full 2>err
	is "$? $(lines err)" '255 1' "a full disk as stdout ${how:-grouped}: status, one line"
done
timeout 20 fh-parallel echo <&- >out 2>err
is "$? $(cat out err)" '0 ' 'values from a closed stdin: none'
timeout 20 fh-parallel --pipe cat <&- >out 2>err
is "$? $(cat out err)" '0 ' '--pipe from a closed stdin: nothing'
rm -f log
timeout 20 fh-parallel -j1 --joblog log 'echo {}' ::: 1 2 3 >&- 2>err
is "$(tail -n +2 log)" '' 'what could not be printed is not logged as done'

# Descriptors: the fewer there are, the fewer jobs at a time; too few for one are told.
seq 12 | while read -r n; do seq "$n" 1000; done >want
for n in 40 20 14; do
	(ulimit -n $n && exec 3>&- 4>&- 5>&- 6>&- && timeout 30 fh-parallel -k -j8 'seq {} 1000' ::: 1 2 3 4 5 6 7 8 9 10 11 12 >out 2>err)
	is "$? $(cksum <out)" "0 $(cksum <want)" "ulimit -n $n: all is done"
done
(ulimit -n 7 && timeout 20 fh-parallel -j8 'seq {} 1000' ::: 1 2 3 >out 2>err)
is "$? $(lines out) $(grep -c 'Too many open files' err)" '255 0 1' 'ulimit -n 7: one line says that it is too few'

# Memory
if [[ $FH != *address* && $FH != *thread* && -z $RUN ]]; then
	for n in 8000 16000 40000; do
		(ulimit -v $n && timeout 30 fh-parallel -k -j4 'seq {} 1000' ::: 1 2 3 4 5 6 7 8 9 10 11 12 >out 2>err)
		rc=$?
		[ $rc != 0 ] || cmp -s out want
		ok $? "ulimit -v $n: all, or a status ($rc)"
		[ $rc = 0 ] || [ -s err ]
		ok $? 'and words'
	done
fi

# ulimit -f: we are told of it by a write that fails, jobs by the signal, as ever.
too_large() { (ulimit -f 0 && timeout 20 fh-parallel "$@" 2>&1 >/dev/full) | cat; echo "${PIPESTATUS[0]}"; }
has() { grep -c "^fh-parallel: .*$1: File too large\$" <<<"$said"; }
said=$(too_large --joblog log true ::: 1 2)
is "$(has log) ${said##*$'\n'}" '1 255' 'ulimit -f: a log'
said=$(too_large -j2 --results kept true ::: 1 2)
is "$(has kept/1/[12]/seq) ${said##*$'\n'}" '1 255' 'ulimit -f: kept output, told once'
said=$(too_large --results kept.csv echo ::: 1 2)
is "$(has kept.csv) ${said##*$'\n'}" '1 255' 'ulimit -f: a table'
said=$(seq 9 | too_large --pipe --cat cat)
is "$(has 'cannot make the input of a job in .*') ${said##*$'\n'}" '1 255' 'ulimit -f: the file of a job'
said=$(ulimit -f 0; cd "$T" && timeout 20 fh-parallel --lb 'head -c 9 /dev/zero >x; kill -l $?; : {}' ::: 1 2>/dev/null | cat)
is "$said" XFSZ 'ulimit -f: what a job writes is its own affair'

# Processes: another user's, for root has no limit.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && [[ $FH != *thread* && -z $RUN ]]; then
	mkdir open && chmod 755 "$T" && chmod 777 open && cp "$FH/fh-parallel" open/fhp && chmod 755 open/fhp
	uid=$((61000 + $$ % 4000))
	limited() { (cd open && HOME=$PWD setpriv --reuid "$uid" --regid "$uid" --clear-groups bash -c "ulimit -u $1; shift; exec \"\$@\"" - "$@"); }
	limited 6 timeout 60 ./fhp -j20 -k '/bin/sleep 0.{}' ::: 1 1 1 1 1 1 1 1 1 1 2 2 2 2 2 >out 2>err
	is "$?" 0 'ulimit -u 6: it waits for processes, and all jobs are done'
	limited 3 timeout 3 ./fhp -j20 echo ::: 1 2 3 >out 2>err
	is "$(lines out) $(grep -c 'trying again' err)" '0 1' 'not even one: it waits, and says so once'
else
	skip 'ulimit -u' 'not root, or a tool that needs threads'
fi

# The disk of temporary files: what a job could not write there is lost, and few programs look; we do.
cat >full.sh <<'END'
mkdir -p "$1" && mount -t tmpfs -o size=256k none "$1" || exit 77
cd "$2" && shift 2 && export TMPDIR=$PWD/disk
fh-parallel -j1 --files --joblog log 'echo {} >>started; head -c {}000 /dev/zero 2>/dev/null; true' ::: 1 90 600 2 3 >out 2>err
echo "$? $(wc -l <out) $(tail -n +2 log | wc -l) $(wc -l <err)" >told
rm -f disk/*
fh-parallel -j1 'head -c {}000 /dev/zero 2>/dev/null; true' ::: 1 90 600 2 3 >out 2>err
echo "$? $(wc -c <out) $(wc -l <err)" >plain
fh-parallel -j1 --joblog log --resume --lb 'head -c {}000 /dev/zero' ::: 1 90 600 2 3 >out 2>err
echo "$? $(wc -c <out)" >resumed
# The file of job 1 is given back, which makes room, before job 2 ends, which found none.
mkfifo go way
timeout 20 bash -c 'read -r _ <go; head -c 200000; sleep 0.2; echo >go; cat' <way >out &
timeout 20 fh-parallel -j2 --joblog freed 'test {} = 4 && sleep 0.3; head -c {}00000 /dev/zero 2>/dev/null; test {} = 4 && echo >go && read x <go; true' ::: 2 4 >way 2>err
echo "$?" >rc
wait
echo "$(cat rc) $(wc -c <out) $(tail -n +2 freed | wc -l) $(wc -l <err)" >freed.told
head -c 600000 /dev/zero | tr '\0' '\n' | fh-parallel -j1 --pipe --block 300k --cat 'wc -c <{} >>fed' >out 2>catted
echo "$? $(cat fed 2>/dev/null)" >fed.rc
# what we write ourselves: told once, by its name
fill='head -c 999999 /dev/zero >disk/filler 2>/dev/null'
export TMPDIR=$PWD
fh-parallel -j3 --results disk/t.csv 'head -c 200000 /dev/zero | tr "\0" x; : {}' ::: 1 2 3 >out 2>err
echo "$? $(cat err)" >own
rm disk/t.csv
fh-parallel -j3 --joblog disk/log "test {} = 1 && $fill; sleep 0.{}; : $(printf %05000d 0)" ::: 1 2 3 >out 2>err
echo "$? $(tail -n +2 disk/log | wc -l) $(cat err)" >>own
rm -f disk/*
eval "$fill"
fh-parallel -j3 --json-log disk/json 'sleep 0.{}' ::: 1 2 3 >out 2>err
echo "$? $(cat err)" >>own
TMPDIR=$PWD/disk fh-parallel --compress -j3 'seq {}0000; sleep 0.{}' ::: 2 2 2 >out 2>err
echo "$? $(grep fh-parallel err | cut -d : -f 3)" >>own
rm -f disk/*
END
if unshare -rm true 2>/dev/null; then
	rm -f log started
	timeout 60 unshare -rm bash full.sh "$T/disk" "$T"
	if [ $? = 77 ]; then
		skip 'a full $TMPDIR' 'no tmpfs of our own'
	else
		read -r rc n logged said <told
		is "$rc $logged $said $(lines started)" '255 2 1 3' '$TMPDIR full: status, the job is not logged, one line, none starts after it'
		ok $((n < 2)) "what came before is printed ($n names)"
		read -r rc n said <plain # output is held in memory where there are files in memory, and nothing is lost
		[ "$rc $n" = '0 696000' ] || [ "$rc $said" = '255 1' ]
		ok $? "grouped: nothing is lost, or it is told ($rc $n $said)"
		read -r rc n logged said <freed.told
		[ "$rc $n $logged $said" = "0 600000 2 0" ] || { [ "$rc $said" = "255 1" ] && [ "$logged" -lt 2 ]; }
		ok $? "the former job's file makes room meanwhile: the same ($rc $n $logged $said)"
		like "$(cat resumed)" '0 605000' 'and --resume does what is left'
		like "$(cat fed.rc)" '255 ' '--cat: no job runs on half of its input'
		is "$(cat own)" "255 fh-parallel: --results: disk/t.csv: No space left on device
255 0 fh-parallel: --joblog: disk/log: No space left on device
255 fh-parallel: --json-log: disk/json: No space left on device
255  the disk is full" 'a table, a log, packed output: one line each, with its name'
		like "$(cat catted)" '*No space left*' 'and it is told'
	fi
else
	skip 'a full $TMPDIR' 'no name spaces'
fi
done_testing
