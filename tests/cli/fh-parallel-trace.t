#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2035 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel: --trace and --timeline, whatever becomes of the run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

# The trace F as words: attempts, their results, threads that have one; and whether all is JSON.
cat >look.pl <<'P'
use JSON::PP;
local $/;
my $t = decode_json(<>);
my @x = grep { $_->{ph} eq "X" } @{$t->{traceEvents}};
my (%r, %tid);
$r{$_->{args}{result}}++, $tid{$_->{tid}}++ for @x;
my @bad = grep { $_->{dur} < 0 || $_->{ts} < 0 || $_->{pid} != 1 } @x;
my %names = map { $_->{tid} => $_->{args}{name} } grep { $_->{name} eq "thread_name" } @{$t->{traceEvents}};
my ($last) = grep { $_->{ph} eq "C" } reverse @{$t->{traceEvents}};
print scalar(@x), map(" $_=$r{$_}", sort keys %r), " threads=", join(",", map { $names{$_} // "?" } sort keys %tid),
	" bad=", scalar(@bad), " left=", $last ? $last->{args}{jobs} : "none", "\n";
P
look() { perl look.pl "$1"; }
well_formed() { # SVG: by the parser that is there; perl counts tags where there is none
	if command -v xmllint >/dev/null; then xmllint --noout "$1"; else
		perl -0777 -ne '@o = /<(?!\/|\?)(?:[^>]*[^\/])?>/g; @c = /<\//g; exit(@o != @c || /&(?!amp;|lt;|gt;|quot;)/)' "$1"; fi
}

run fh-parallel -j1 --retries 2 --trace t --timeline s.svg 'echo {}; test {} != "<&\"2"' ::: 1 '<&"2' $'\x01é\xff'
is "$rc" 1 'one job failed'
is "$(look t)" '4 failed=1 ok=2 tried again=1 threads=slot 1 bad=0 left=0' '--trace: every attempt'
well_formed s.svg
ok $? '--timeline: XML, whatever the values are'
is "$(grep -c '<g>' s.svg)" 4 'a bar for every attempt'
is "$(grep -o 'fill="#[0-9a-f]*" stroke' s.svg | sort | uniq -c | awk '{ print $1 }' | sort | tr '\n' ' ')" '1 1 2 ' 'in three colours'
run fh-parallel -j2 --trace t2 'sleep 0.{}' ::: 5 5 5 5
is "$(look t2)" '4 ok=4 threads=slot 1,slot 2 bad=0 left=0' 'slots are threads'
run fh-parallel -j2 --halt now,fail=1 --trace h 'sleep {}; exit 3' ::: 0.3 100 100
is "$rc $(look h)" '3 2 failed=1 killed=1 threads=slot 1,slot 2 bad=0 left=0' '--halt now: what was killed is there too'
run fh-parallel -j1 --timeout 0.5 --trace o 'sleep {}' ::: 100
is "$rc $(look o)" '1 1 timed out=1 threads=slot 1 bad=0 left=0' '--timeout'
run fh-parallel --trace n no-such-command-{} ::: 1
is "$rc $(look n)" '1 1 failed=1 threads=slot 1 bad=0 left=0' 'no such command'
run fh-parallel -k -j2 --trace k 'sleep {}' ::: 0.4 0
is "$(perl -MJSON::PP -0777 -ne 'print join ",", map { $_->{args}{seq} } grep { $_->{ph} eq "X" } @{decode_json($_)->{traceEvents}}' k)" '2,1' \
	'-k does not change when a job ended'
run fh-parallel --trace e --timeline e.svg echo </dev/null
is "$rc $(look e)" '0 0 threads= bad=0 left=none' 'no job at all'
well_formed e.svg
ok $? 'and the picture of nothing'
run fh-parallel --dry-run --trace dry echo ::: 1
is "$rc $(ls dry 2>/dev/null)" '0 ' '--dry-run writes none'

for sig in INT TERM; do
	echo old >g
	fh-parallel -j2 --trace g --timeline g.svg 'echo {} >>began; sleep 0.5; exec sleep {}' ::: 0 0.1 200 200 2>/dev/null &
	pid=$!
	for _ in {1..300}; do [ "$(grep -c '' began 2>/dev/null)" = 4 ] && break; sleep 0.1; done
	is "$(cat g)" old "SIG$sig: until the end the old file stands"
	kill -$sig $pid
	[ $sig = TERM ] || for _ in {1..100}; do sleep 0.1; kill -INT $pid 2>/dev/null || break; done # signals merge
	wait $pid
	is "$(look g)" '4 killed=2 ok=2 threads=slot 1,slot 2 bad=0 left=0' 'then the new one, whole'
	well_formed g.svg
	ok $? 'the picture too'
	rm -f began
done
is "$(find . -name '.*' -type f)" '' 'no temporary file is left'

run fh-parallel --trace /nonexistent/x echo ::: 1
is "$rc $out" '255 ' 'no such folder: nothing is started'
like "$err" '*--trace: /nonexistent/x: *' 'and told by name'
run fh-parallel --timeline . echo ::: 1
is "$rc $out" '255 ' 'a folder: nothing is started'
mkdir gone
run fh-parallel --trace gone/x 'rmdir gone; echo' ::: 1
is "$rc $out" '255 1' 'the folder has gone meanwhile: told at the end'
like "$err" '*--trace: gone/x: *' 'by name'
done_testing
