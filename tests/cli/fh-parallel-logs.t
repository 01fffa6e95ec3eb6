#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2035 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel: --json-log and --joblog-extra.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

run fh-parallel -j2 --retries 2 --json-log j --joblog l --joblog-extra 'echo "a\"{}"; test {} != 2' ::: 1 2 $'\x01é'
is "$rc" 1 'one job failed'
perl -MJSON::PP -e '
	while (<>) { $o = decode_json($_); push @{$e{$o->{event}}}, $o }
	($two) = grep { $_->{seq} == 2 } @{$e{end}};
	print join " ", scalar @{$e{start}}, scalar @{$e{end}}, scalar @{$e{over}}, $two->{attempts}, $two->{exitval},
		$e{over}[0]{done}, $e{over}[0]{failed}, (grep { $_->{args}[0] eq "\x01\xe9" } @{$e{start}}) ? "args" : "no args"' j >got
is "$(cat got)" '4 3 1 2 1 3 1 args' '--json-log: every start, end and the end of all'
is "$(head -1 l | cut -f8-)" $'Signal\tUtime\tStime\tPeakKiB\tAttempts\tCommand' '--joblog-extra: the header'
is "$(grep -c '^2' l) $(awk -F'\t' '$1 == 2 { print $12, ($11 > 100), $13 }' l)" '1 2 1 echo "a\"2"; test 2 != 2' 'and a row'
run fh-parallel --joblog l --joblog-extra --resume echo ::: 1 2 3 4
is "$out" 4 '--resume reads it'
run fh-parallel --joblog l --retry-failed
is "$rc $out" '1 a"2' '--retry-failed too'
is "$(awk -F'\t' '{ print NF }' l | sort -u)" 13 'the log keeps its columns'
run fh-parallel --joblog p echo ::: 1
run fh-parallel --joblog p --resume --joblog-extra echo ::: 1 2
is "$(awk -F'\t' '{ print NF }' p | sort -u)" 9 'also one that has none of them'
run fh-parallel --joblog c --joblog-extra 'perl -e "\$x = q(x) x 4e7; \$i++ while \$i < 2e6"; : {}' ::: 1
is "$(awk -F'\t' 'NR == 2 { print ($9 > 0.02), ($11 > 39000) }' c)" '1 1' 'time and memory are the job'\''s'
run fh-parallel --json-log /nonexistent/x echo ::: 1
is "$rc $out" '255 ' 'a log that cannot be opened: nothing is started'
run fh-parallel --json-log /dev/full echo ::: 1
is "$rc" 255 'a log that cannot be written is told'
like "$err" *'/dev/full'* 'by name'
run fh-parallel --bar -j2 : ::: 1 2
is "$(tr -cd "\033" <"$T/err" | wc -c)" 0 "--bar: no escapes where there is no terminal"
like "$err" *"2/2 done"* "but a line"
done_testing
