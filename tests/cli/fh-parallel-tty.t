#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2035 # jobs' text is not for this shell; patterns and words are meant
# fh-parallel: what has to do with a terminal: -p, --tty, -o, --tmux. The terminal is one of script(1).
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

# on_tty INPUT COMMAND: what the terminal shows of it, without CR. INPUT is typed once the echo is off.
on_tty() {
	rm -f ready
	# shellcheck disable=SC2059
	{ for _ in {1..2500}; do [ ! -e ready ] || break; sleep 0.02; done; printf "$1"; } |
		TERM=xterm SHELL=/bin/bash timeout 60 script -qec "stty -echo; touch ready; $2" /dev/null >shown
	tr -d '\r' <shown
}
if ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	skip 'a terminal' 'no script(1)'
	done_testing
fi

p() { on_tty "$1" "fh-parallel $2 2>q; echo \"rc=\$?\" >rc"; }
is "$(p 'y\nn\nYes\n' '-j1 -p echo {}= ::: a b c' | grep "=")" $'a=\nc=' '-p: what begins with y runs'
is "$(cat q rc)" 'echo a= ?...echo b= ?...echo c= ?...rc=1' 'the question is on stderr, what is refused counts as failed'
p '\nx\n' '-j1 -p --joblog jl echo ::: a b' >/dev/null
is "$(cat rc) $(cut -f1,7 jl | tail -n +2 | tr '\t\n' ': ')" 'rc=2 1:-2 2:-2 ' 'neither an empty answer nor another one'
p 'n\ny\ny\n' '-j1 --interactive --retries 2 false ::: a b' >/dev/null
is "$(cat q rc)" 'false a ?...false b ?...false b ?...rc=2' 'it is asked before every try'
p 'y\n' '-j2 -p --dry-run echo ::: $'"'"'a\e[31m'"'" >/dev/null
like "$(cat q)" 'echo *a*?...' 'a command with controls'
is "$(tr -cd '\033' <q | wc -c)" 0 'shows none'
run setsid fh-parallel -p echo ::: a
is "$rc $out" '255 ' '-p without a terminal: nothing runs'
like "$err" '*--interactive: /dev/tty: *' 'one line says why'

# A question stands, and another job ends meanwhile; then we are ended.
mkfifo hold
(sleep 60 >hold & echo $! >holder) # keeps the terminal's input open
TERM=xterm timeout 50 script -qec 'exec fh-parallel -j2 -p -k "echo \$PARALLEL_PID >pid; sleep 0.3; echo end >>log; : {}" ::: a b 2>q' /dev/null <hold >shown &
s=$!
for _ in {1..200}; do grep -q '[?]' q 2>/dev/null && break; sleep 0.1; done
echo y >hold
for _ in {1..200}; do [ -s log ] && break; sleep 0.1; done
is "$(cat log)" end 'while a question stands jobs go on'
for _ in {1..200}; do grep -q ': b ' q && break; sleep 0.1; done
kill -TERM "$(cat pid)"
rc=0
wait $s || rc=$?
is "$rc" 255 'TERM ends a run that waits for an answer'
kill "$(cat holder)" 2>/dev/null

is "$(on_tty 'hello\nworld\n' 'fh-parallel --tty "read x; echo {} got \$x; test -t 0 && test -t 1 && echo tty" ::: a b' | grep -v '^$' | tr '\n' ' ')" \
	'a got hello tty b got world tty ' '--tty: jobs read the terminal, one after the other'
is "$(on_tty 'hello\n' 'fh-parallel -o -j1 "read x; echo {} got \$x; test -t 1 || echo kept" ::: a' | grep -v '^$' | tr '\n' ' ')" \
	'a got hello kept ' '-o: the same, output is grouped'
is "$(on_tty '' 'fh-parallel --tty --timeout 1 sleep ::: 100 2>/dev/null; echo rc=$?' | tail -n 1)" 'rc=1' '--tty and --timeout'
run setsid fh-parallel --tty 'cat; echo {}' ::: a b
is "$rc $out" $'0 a\nb' '--tty without a terminal: jobs read nothing'

run env PATH=/nonexistent "$FH/fh-parallel" --tmux echo ::: a
is "$rc $out $err" '255  fh-parallel: --tmux: tmux: not found in PATH' '--tmux without tmux: one line'
run fh-parallel --pipe --tmux cat
is "$rc" 255 '--tmux and --pipe: refused'
if ! command -v tmux >/dev/null; then
	skip '--tmux' 'no tmux'
	done_testing
fi
export TMPDIR=$T SHELL=/bin/bash TERM=xterm
# shellcheck disable=SC2317
f() { echo "$1=$PARALLEL_SEQ=$PARALLEL_JOBSLOT=$PWD" >>"seen$1"; test -t 1; }
export -f f
run timeout 60 fh-parallel --tmux -j2 --joblog jl 'f {}; echo shown; exit {}' ::: 0 3 0
is "$rc $out" '1 ' '--tmux: nothing on stdout, the status counts'
is "$(sort seen0 seen3)" "0=1=1=$T
0=3=$(cut -d= -f3 <(grep 0=3 seen0))=$T
3=2=2=$T" 'jobs have their variables, functions and folder'
is "$(tail -n +2 jl | sort -n | cut -f7 | tr '\n' ' ')" '0 3 0 ' 'and their lines in the joblog'
like "$err" '*tmux -S */fh-tmux.*.s attach' 'stderr says how to see them'
sock=$(sed 's/.*-S \([^ ]*\).*/\1/' "$T/err")
like "$(tmux -S "$sock" capture-pane -p -t p: 2>&1)" '*shown*Job finished at*' 'the window has the output'
tmux -S "$sock" kill-server
run timeout 60 fh-parallel --tmuxpane -j4 'exit {}' ::: 0 0 0 7 0 0
is "$rc" 1 '--tmuxpane'
sock=$(sed 's/.*-S \([^ ]*\).*/\1/' "$T/err")
is "$(tmux -S "$sock" list-windows | wc -l)" 1 'has one window'
tmux -S "$sock" kill-server
run timeout 60 fh-parallel --tmux --timeout 1 sleep ::: 100
is "$rc" 1 '--tmux and --timeout'
sock=$(sed -n 's/.*-S \([^ ]*\).*/\1/p' "$T/err")
gone=1
for _ in {1..100}; do tmux -S "$sock" list-panes >/dev/null 2>&1 || { gone=0; break; }; sleep 0.1; done
ok $gone 'the window of what was ended is gone'
for _ in {1..100}; do ls -d fh-tmux.*[!s] >/dev/null 2>&1 || break; sleep 0.1; done
is "$(ls -d fh-tmux.*[!s] 2>/dev/null)" '' 'no folder is left'
done_testing
