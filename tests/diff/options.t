#!/usr/bin/env bash
# How words become options: fh-parallel against GNU parallel, live, where that is installed. Both get --dry-run where the
# line allows it; stdout and status must be the same, for refused lines (255) only the status. Not here, for we refuse on
# purpose what the reference takes for 0: `--max-args echo`, `-s echo`.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

if ! parallel --version 2>/dev/null | grep -q '^GNU parallel 20221122'; then
	skip "options" "no GNU parallel 20221122"
	done_testing
fi
cd "$T" || exit 1
export HOME=$T
mkdir .parallel && : >.parallel/will-cite

same() { # WORD...
	local gnu_rc rc=0
	timeout 20 "$FH/fh-parallel" "$@" >"$T/ours" 2>"$T/ours.err" </dev/null || rc=$?
	for _ in 1 2 3 4 5; do # the reference shows dry jobs as they end, on a busy machine in any order
		gnu_rc=0
		timeout 20 parallel "$@" >"$T/gnu" 2>"$T/gnu.err" </dev/null || gnu_rc=$?
		cmp -s "$T/gnu" "$T/ours" || [ "$(sort "$T/gnu")" != "$(sort "$T/ours")" ] || continue
		break
	done
	if [ "$gnu_rc" = 255 ] && [ "$rc" = 255 ]; then
		[ -s "$T/ours.err" ] && ! grep -q 'not implemented' "$T/ours.err"
		ok $? "refused and told: $*"
		return
	fi
	[ "$gnu_rc" = "$rc" ] && cmp -s "$T/gnu" "$T/ours"
	ok $? "$*" && return
	echo "# status: theirs $gnu_rc, ours $rc: $(head -1 "$T/ours.err")"
	diff "$T/gnu" "$T/ours" | head -8 | sed 's/^/# /'
}

# Each line is a command line: words separated by blanks, _ for an empty word.
while IFS= read -r line; do
	words=()
	for w in $line; do
		[ "$w" != _ ] || w=
		words+=("$w")
	done
	same "${words[@]}"
done <<'LINES'
--dry-run -j4 echo ::: a
--dry-run -j 4 echo ::: a
--dry-run -j=4 echo ::: a
--dry-run -j -1 echo ::: a
--dry-run -j-1 echo ::: a
--dry-run -j +0 echo ::: a
--dry-run --jobs=2 echo ::: a
--dry-run --jobs= echo ::: a
--dry-run --jobs _ echo ::: a
--dry-run --jobs -1 echo ::: a
--dry-run --max-procs 2 echo ::: a
--dry-run -P2 echo ::: a
--dry-run -kj2 echo ::: a
--dry-run -kj 2 echo ::: a
--dry-run -kjx echo ::: a
--dry-run -jk2 echo ::: a
--dry-run -k4 echo ::: a
--dry echo ::: a
--dryrun echo ::: a
--DRY-RUN echo ::: a
+dry-run echo ::: a
--dry-run +k echo ::: a
--dry-run --k echo ::: a
--dry-run --K echo ::: a
--dry-run --X echo ::: a b
+ echo ::: a
- ::: a
--d echo ::: a
--re 3 echo ::: a
--jo 2 echo ::: a
--keep --dry-run echo ::: a
--keeporder --dry-run echo ::: a
--no-run-if-empty --dry-run echo ::: a
--no-keep echo ::: a
--nokeep-order echo ::: a
--unknown echo ::: a
--= echo ::: a
-é echo ::: a
-% echo ::: a
--dry-run -n2 echo ::: a b c
--dry-run -n 2 echo ::: a b c
--dry-run -n2k echo ::: a b c
--dry-run -N2k echo ::: a b c
--dry-run -kn2 echo ::: a b c
--dry-run -N 2 echo {2} {1} ::: a b c
--dry-run --max-args=2 echo ::: a b c
--dry-run --max-replace-args 2 echo ::: a b c
--dry-run -L2 echo ::: a b c
--dry-run -L 2 echo ::: a b c
--dry-run -l2 echo ::: a b c
--dry-run -l 2 echo ::: a b c
--dry-run -l echo ::: a b c
--dry-run -lk echo ::: a b
--dry-run -l2k echo ::: a b c
--dry-run --max-lines echo ::: a b
--dry-run --max-lines=2 echo ::: a b c
--dry-run -i echo {} ::: a
--dry-run -i% echo % ::: a
--dry-run -i -k echo {} ::: a
--dry-run -i - echo {} - ::: a
--dry-run --replace echo {} ::: a
--dry-run --replace=% echo % ::: a
--dry-run --replace= echo % ::: a
--dry-run -I% echo % ::: a
--dry-run -I % echo % ::: a
--dry-run -I -- echo -- ::: a
--dry-run -I
--dry-run -I= echo = ::: a
--dry-run --colsep - echo {2} ::: a-b
--dry-run -C- echo {2} ::: a-b
--dry-run --colsep=- echo {2} ::: a-b
--dry-run -- echo ::: a
--dry-run -k -- -x ::: a
-- --dry-run ::: a
echo --dry-run ::: a
--dry-run echo -k ::: a
--dry-run echo -- -k ::: a
--dry-run --tag --tag echo ::: a
--dry-run --tagstring= echo ::: a
--dry-run --tagstring x echo ::: a
--dry-run --plus=3 echo ::: a
--dry-run --arg-sep , echo , a
--dry-run --arg-sep=, echo , a
--dry-run --arg-file-sep ,, echo ,, /dev/null
--dry-run --trim lr echo ::: a
--dry-run --trim x echo ::: a
--dry-run --halt 1 echo ::: a
--dry-run --halt soon,fail=1 echo ::: a
--dry-run --halt nonsense echo ::: a
--dry-run --timeout 10 echo ::: a
--dry-run --timeout 10x echo ::: a
--dry-run --timeout -1 echo ::: a
--dry-run --delay 0.01 echo ::: a
--dry-run --retries 3 echo ::: a
--dry-run --retries= echo ::: a
--dry-run --nice 1 echo ::: a
--dry-run --nice abc echo ::: a
--dry-run -s 1k echo ::: a
--dry-run -s100 echo ::: a
--dry-run -X4 echo ::: a
--dry-run -mX echo ::: a b
--dry-run -E b echo ::: a b c
--dry-run -Eb echo ::: a b c
--dry-run -E _ echo ::: a b c
--dry-run -d, echo ::: a,b
--dry-run -d , echo ::: a,b
--dry-run --delimiter=, echo ::: a,b
--dry-run -d \t echo ::: a
--dry-run -0 echo ::: a
--dry-run -0k echo ::: a
--dry-run -0kq echo {} ::: a
--dry-run -qkt echo {} ::: a
--dry-run -vvv echo ::: a
--dry-run -a /dev/null echo
--dry-run -a
--dry-run --a /dev/null echo
--dry-run -a /nonexistent echo
--dry-run --joblog /dev/null echo ::: a
--dry-run --results
--dry-run --line=3 echo ::: a
--dry-run --lb echo ::: a
--dry-run --l echo ::: a
--dry-run --u echo ::: a
--dry-run -u echo ::: a
--dry-run --group echo ::: a
--dry-run --sql x echo ::: a
--dry-run --link echo ::: a b ::: c d
--dry-run --xapply echo ::: a b ::: c d
--dry-run --shuf=1 echo ::: a
--dry-run -U x echo ::: a
--dry-run -g echo ::: a
--dry-run -T echo ::: a
--dry-run --header : echo {a} ::: a b
--dry-run --header=: echo {a} ::: a b
--dry-run --header
LINES
done_testing
