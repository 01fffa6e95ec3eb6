#!/usr/bin/env bash
# shellcheck disable=SC1083 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel --longest-first: order, and what it is good for.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

run fh-parallel --dry-run -j1 --longest-first=2 echo {1} ::: a b c d e f :::+ 45s 1m30s 2.5 1h x 45s
is "$(echo "$out" | tr -d '\n')" 'echo decho eecho becho aecho fecho c' 'by a column; what is no duration is average; equal ones in order'
run fh-parallel -k -j2 --longest-first=2 'echo {1} {#}' ::: a b c :::+ 1 3 2
is "$out" $'a 1\nb 2\nc 3' '-k prints in the order of the input, numbers are those of the input'
printf 'secs,n\n3,a\n5,b\n1,c\n' >table
run fh-parallel -j1 -a table --colsep , --header : --longest-first=secs echo '{n}'
is "$out" $'b\na\nc' 'a column by its name'
run fh-parallel -j1 --longest-first=1 -N2 echo ::: 1 2 9 1 3 3
is "$out" $'9 1\n3 3\n1 2' 'several inputs: their sum'
run fh-parallel -j3 --joblog log 'sleep {}; echo {}' ::: 0.1 0.4 0.2
run fh-parallel -j1 --joblog log --longest-first 'sleep {}; echo {}' ::: 0.1 0.4 0.3 0.2
is "$out" $'0.4\n0.3\n0.2\n0.1' 'by the joblog of the former run'
is "$(cut -f1 log | tr '\n' ' ')" 'Seq 2 3 4 1 ' 'which is begun anew'
run fh-parallel -j1 --longest-first=log --dry-run 'sleep {}; echo {}' ::: 0.2 0.4
is "$(echo "$out" | head -1)" 'sleep 0.4; echo 0.4' 'by a joblog that is named'
run fh-parallel -j1 --joblog log --resume --longest-first=1 echo ::: 1 2 3 4 5 6
is "$out" $'6\n5' '--resume: the numbers are those of the input'
run fh-parallel --longest-first echo ::: 1
is "$rc $out" '255 ' 'neither column nor joblog'
run fh-parallel --longest-first=5x echo ::: 1
is "$rc $out" '255 ' 'no such column or file'

# 40 jobs of 1 to 20 units on 4 slots: the end is within 5 % of max(longest, sum / slots).
# A busy machine stretches short units: then once more with longer ones.
makespan() { # LOG: ms from the first start to the last end
	awk -F'\t' 'NR > 1 { if (b == 0 || $3 < b) b = $3; if ($3 + $4 > e) e = $3 + $4 } END { printf "%d\n", (e - b) * 1000 }' "$1"
}
for unit in 40 80 160; do # ms
	for i in {1..20}; do echo "$i"; echo $((21 - i)); done | awk -v u=$unit '{ printf "%.3f\n", $1 * u / 1000 }' >units
	bound=$((420 * unit / 4))
	rm -f ms
	run fh-parallel -j4 --joblog ms --longest-first=1 -a units sleep
	span=$(makespan ms)
	late=$((span > bound * 105 / 100 || span < bound))
	[ $late = 1 ] || break
done
ok "$late" "makespan $span ms, bound $bound ms"
is "$(grep -c sleep ms)" 40 'every job once'
done_testing
