#!/usr/bin/env bash
# The runner of the corpus, on a corpus of its own with stand-ins for both programs: it must see every kind of difference.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

mkdir "$T/cases"
cat >"$T/cases/x.cases" <<'E'
# a comment
== plain
$ $P one

== bytes files
+ in
| a\x00b\c
$ $P <in >out; cat in

== order sorted
$ $P b a

== rows joblog
$ $P rows >log

== stdin stderr issue3
< x
< y\c
$ cat; $P err
E
cat >"$T/good" <<'E'
#!/bin/sh
case $1 in
rows) printf '1\t:\t%s.123\t     0.%03d\t0\t0\t0\t0\tx\n' "$(date +%s)" $(($$ % 1000)) ;;
err) echo words >&2; exit 3 ;;
b) if [ -e "$0.flip" ]; then echo a; echo b; else echo b; echo a; fi ;;
*) echo "${1-none}"; cat ;;
esac
E
sed 's/"${1-none}"/other/; s/echo words >&2; exit 3/exit 4/; s/echo b; else/echo c; else/; s/tx/ty/' "$T/good" >"$T/bad"
chmod +x "$T/good" "$T/bad"
export CASES=$T/cases
corpus() { P=$T/$1 REF=$T/good; shift; export P REF; run "$here/tests/diff/run" -j2 "$@"; }

corpus good --record
is "$rc ${out##*$'\n'}" "0 5 passed, 0 failed" "recording passes"
grep -qx '| a\\x00b\\c' "$T/cases/x.cases"; ok $? "bytes are kept as escapes"
grep -qx '# a comment' "$T/cases/x.cases"; ok $? "comments stay"
grep -qx '? 3' "$T/cases/x.cases"; ok $? "the exit status is recorded"
cp "$T/cases/x.cases" "$T/once"
corpus good --record
check_same "recording again changes nothing" "$T/once" "$T/cases/x.cases"
corpus good
is "$rc ${out##*$'\n'}" "0 5 passed, 0 failed" "the same program passes"
touch "$T/good.flip"
corpus good --case order
is "$rc" 0 "sorted does not look at the order"
touch "$T/bad.flip"
corpus bad
is "$rc ${out##*$'\n'}" "1 0 passed, 5 failed" "every kind of difference is seen"
corpus bad --compare
is "$rc ${out##*$'\n'}" "1 0 passed, 5 failed" "comparing live sees them too"
corpus good --half1
is "$rc ${out##*$'\n'}" "0 4 passed, 0 failed" "--half1 leaves issue3 out"
corpus good --group y
is "$rc ${out##*$'\n'}" "0 0 passed, 0 failed" "--group takes a file's name"
# shellcheck disable=SC2016 # the case has its own $P
printf '== late limit=1\n$ sleep 30; $P one\n' >"$T/cases/y.cases"
corpus good --group y
like "$rc $out" "1 *timeout*" "a case that hangs is ended"
done_testing
