#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2035 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel: --live and --latest-line, with and without a terminal. The terminal is tmux's: what it shows is what a user sees.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
unset NO_COLOR

run fh-parallel -j1 --live 'echo {}; exit {}' ::: 0 3
is "$rc $out" $'1 0\n3' '--live leaves stdout and status alone'
like "$err" '1/2 ok, * s: echo 0; exit 0
2/2 failed, * s: echo 3; exit 3
2 done, 1 failed, 0 left, * s' 'without a terminal: a line for each end, and the sum'
run fh-parallel -j1 --live --retries 2 --timeout 0.2 'sleep {}' ::: 100
like "$err" '*failed, tried again*1/1 timed out*' 'what ended how'
run fh-parallel -j1 --live echo ::: $'a\e[31m\ab'
is "$(tr -cd '\033\007' <"$T/err" | wc -c)" 0 'controls are harmless'

run fh-parallel -j1 --bar true ::: 1 2
like "$rc $(tail -n 2 "$T/err")" $'0 # *100 % 2/2 done*\n100' '--bar without a terminal: lines for zenity'
fh-parallel -j1 'echo $PARALLEL_PID >pid; until [ -e go ]; do sleep 0.05; done; : {}' ::: 1 2>e &
for ((i = 0; i < 200; i++)); do [ -s pid ] && break; sleep 0.1; done
kill -USR2 "$(cat pid)"
for ((i = 0; i < 200; i++)); do [ -s e ] && break; sleep 0.1; done
is "$(head -n 1 e)" '0 done, 1 running' 'SIGUSR2: progress is shown'
touch go
wait $!
is "$?" 0 'and the run goes on'
rm -f go pid

# As GNU parallel writes a job's line for the last time.
run fh-parallel -k --ll 'echo {}1; echo {}2' ::: a b
is "$(cat -v "$T/out")" $'^Ma2 \n^Mb2 ' '--ll: the last line of each job'
run fh-parallel -k --ll --tag 'echo {}1 >&2; printf {}2' ::: a b
is "$(cat -v "$T/out")" $'^Ma       a1 \na2^Mb       b1 \nb2' 'tagged; stderr too; what has no newline follows'
run fh-parallel -k --ll 'seq -s " " {}; exit 1' ::: 100
is "$rc $(awk '{ print length }' "$T/out") $(tail -c 3 "$T/out")" '1 81 3>' 'cut to 80 columns behind the CR'
run fh-parallel --ll --dry-run 'echo {}' ::: a
is "$(cat -v "$T/out")" '^Mecho a ' '--dry-run'
run fh-parallel -k --ll --color 'echo {}' ::: a
is "$(cat -v "$T/out")" '^M^[[48;5;134;38;5;231m^[[Ka ^[[m' '--color'
run fh-parallel --ll --results r 'echo {}' ::: a
is "$rc $out $(cat r/1/a/stdout)" '0  a' '--results: nothing is shown, as always'

if ! command -v tmux >/dev/null; then
	skip 'a terminal' 'no tmux'
	done_testing
fi
terms=0
tm() { tmux -S "$T/sock$terms" "$@" 2>/dev/null; } # a server each: one that ends is still there for a while
trap 'tm kill-server; rm -rf "$T"' EXIT
# term COLUMNS ROWS SCRIPT: the script runs in a new terminal
term() {
	tm kill-server
	terms=$((terms + 1))
	printf '%s\n' "cd '$T'; rm -f go* pid over" "$3" 'echo "over $?" >over; exec cat' >script
	TERM=xterm tm -f /dev/null new-session -d -s x -x "$1" -y "$2" -- bash "$T/script"
}
seen() { tm capture-pane -p -t x: "$@" | sed 's/ *$//'; }
# until PATTERN: waits until the screen looks like that; says what it looks like where it never does
until_seen() { # PATTERN NAME
	local i
	# shellcheck disable=SC2053
	for ((i = 0; i < 200; i++)); do [[ $(seen) == $1 ]] && break; sleep 0.1; done
	like "$(seen)" "$1" "$2"
}
over() { for ((i = 0; i < 200; i++)); do [ -s over ] && break; sleep 0.1; done; cat over; }
hold='until [ -e go{} ]; do sleep 0.05; done'

term 60 10 'stty -g >before; fh-parallel -j2 --live "echo \$PARALLEL_PID >pid; echo out {}; printf \"a\\rb\\033[0m\\a\"; '"$hold"'" ::: 1 2 3; stty -g | cmp - before'
until_seen ' 1 * s  1  b[?]
 2 * s  2  b[?]
0 done, 0 failed, 2 running, 1 left, * s*' '--live: a line for each job, and the sum'
touch go1
until_seen 'out 1
b
*s  2  b*
* 3  b[?]
1 done, 0 failed, 2 running, 0 left, * s, eta *' 'output appears above'
tm resize-window -t x: -x 24 -y 10
until_seen '*
1 done, 0 failed, 2 *>*' 'a narrower terminal: lines are cut'
touch go2 go3
is "$(over)" 'over 0' 'the terminal is as it was'
is "$(seen | grep -c 'running\| s  [123]')" 0 'and the lines are gone'
like "$(seen)" '*3 done, 0 failed, 0 le*' 'the sum stays'

term 40 5 'fh-parallel -j9 --live "printf 日本語日本語日本語日本語日本語日本語; '"$hold"'" ::: 1 2 3 4 5 6; echo'
until_seen '* 1  日本語日本語日本語日本>
* 2  日*
... and 4 more
0 done, 0 failed, 6 running, 0 left, *' 'more jobs than rows; wide characters'
touch go1 go2 go3 go4 go5 go6
over >/dev/null

for sig in INT TERM KILL; do
	term 60 8 'stty -g >before; fh-parallel -j2 --live "echo \$PARALLEL_PID >pid; exec sleep 300" ::: 1 2 2>/dev/tty; rc=$?; stty -g | cmp - before; echo; echo 12345678901234567890123456789012345678901234567890123456789012345; exit_() { return $rc; }; exit_'
	until_seen '* s  2*2 running*' "--live before SIG$sig"
	kill -$sig "$(cat pid)"
	[ $sig != INT ] || for ((i = 0; i < 100; i++)); do sleep 0.1; kill -INT "$(cat pid)" 2>/dev/null || break; done # signals merge
	is "$(over)" "over $([ $sig = KILL ] && echo 137 || echo 255)" 'it ends'
	until_seen '*123456789012345678901234567890123456789012345678901234567890
12345*' 'the terminal is whole: long lines wrap'
	[ $sig = KILL ] || is "$(seen | grep -c '2 running,')" 0 'nothing is left of the lines'
done

term 60 8 'NO_COLOR=1 fh-parallel -j2 --live "echo out; '"$hold"'" ::: 1; echo'
until_seen '*out*1 running*' '--live, NO_COLOR'
is "$(seen -e | grep -c $'\e')" 0 'no colours'
touch go1
term 60 8 'TERM=dumb fh-parallel -j2 --live echo ::: 1 2>&1 | cat; TERM=dumb fh-parallel -j2 --live echo ::: 1'
until_seen '*1/1 ok*1/1 ok*' 'a terminal that cannot draw gets plain lines'

term 40 6 'fh-parallel -j9 --ll --tag "echo start {}; '"$hold"'; echo end {}" ::: 1 2 3'
until_seen '1       start 1
2       start 2
3       start 3*' '--ll on a terminal: a line for each job'
touch go2
until_seen '1       start 1
2       end 2
3       start 3*' 'which is drawn again'
touch go1 go3
over >/dev/null
until_seen '1       end 1
2       end 2
3       end 3*' 'and stays'
done_testing
