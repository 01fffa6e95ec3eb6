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
got=$(perl -MJSON::PP -ne '$o = decode_json($_); next if ($o->{seq} // 0) != 2;
	print join(":", $o->{event}, $o->{attempt} // $o->{attempts}, $o->{exitval} // "-", exists $o->{runtime} ? "took" : "-"), " "' j)
is "$got" 'start:1:-:- retry:1:1:took start:2:-:- end:2:1:took ' 'an attempt that is not the last has its own end'
run fh-parallel -j2 --retries 3 --timeout 0.3 --json-log t ': {}; test -e tried || { echo > tried; exec sleep 9; }' ::: 1
got=$(perl -MJSON::PP -ne '$o = decode_json($_); print "$o->{event}:", $o->{timed_out} // "-", " "' t)
is "$rc $got" '0 start:- retry:1 start:- end:0 over:- ' 'one that took too long says so'
run fh-parallel -j2 --halt now,fail=1 --json-log h 'test {} = 2 || exec sleep 9; sleep 0.2; exit 3' ::: 1 2
got=$(perl -MJSON::PP -ne '$o = decode_json($_); print "$o->{event}:", $o->{seq} // "-", ":", $o->{signal} // "-", "\n"' h | sort | tr '\n' ' ')
is "$rc $got" '3 dropped:1:15 end:2:0 over:-:- start:1:- start:2:- ' 'one that is ended with the run is dropped'
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
