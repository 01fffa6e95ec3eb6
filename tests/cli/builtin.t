#!/usr/bin/env bash
# shell/fh_builtins.so: fh-state and fh-voicecheck in the shell's own process. What it prints, writes and returns is what the programs do;
# besides, it sets variables, is never stale, and never takes the shell down. FH_BASH names further shells to run it all in, besides the two that
# Debian has.
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC2016,SC2317
. "$(dirname "$0")/../lib.sh"

so=${FH%/cmd}/shell/fh_builtins.so
[ -f "$so" ] || { skip "the builtin" "not built here (no bash headers, or a sanitizer's build)"; done_testing; }
export so
sample=$here/tests/demo/project
P="$T/a pro'ject"

fresh() {
	rm -rf "$P"
	mkdir -p "$P/media/voiceovers/qwen"
	cp "$sample"/* "$P"
	printf '[{"narration_key": "k", "text": "t", "audio_file": "k.mp3"}]' >"$P/media/voiceovers/qwen/cache.json"
	rm -rf "$P"/.state_backup.json
}

sh() { # CODE ARG...: in $shell, with the builtins, in the project
	local code=$1
	shift
	run env -i PATH="$PATH" HOME="$T" LC_ALL=C.UTF-8 so="$so" T="$T" "$shell" -c 'enable -f "$so" fh-state fh-voicecheck; cd "$0"; '"$code" "$P" "$@"
}

# --- the same as the program -----------------------------------------------------------------------------------------
same() { # WORDS...: program and builtin on equal projects: output, errors, status, files but for times
	local a b
	fresh
	a=$({ (cd "$P" && "$FH/${1:-}" "${@:2}") 2>&1 </dev/null; echo "$?"; files; } | tr "\0" "~")
	fresh
	b=$({ (cd "$P" && "$shell" -c 'enable -f "$so" fh-state fh-voicecheck; "$@"' - "$@") 2>&1 </dev/null; echo "$?"; files; } | tr "\0" "~")
	is "$b" "$a" "as the program: $*"
}

files() {
	(cd "$P" && for f in project_state.json .state_backup.json media/voiceovers/qwen/.cache_hash; do
		echo "$f"
		[ ! -e "$f" ] || sed 's/20[0-9-]*T[0-9:]*Z/TIME/g' "$f"
	done)
}

as_program() {
	while read -r line; do
		eval "same $line"
	done <<'END'
fh-state get phase
fh-state get phase run_count scenes.0.title flags errors
fh-state project_state.json get phase
fh-state get project_state.json phase
fh-state get nope
fh-state get -d none nope
fh-state get -0 phase run_count
fh-state get --json flags scenes
fh-state get -q phase
fh-state set topic 'a "b" $(touch ran)'
fh-state -j set topic '[1, {"a": null}]'
fh-state -j set topic '[1'
fh-state append errors one two
fh-state phase plan
fh-state phase nonsense
fh-state flag needs_human_review on
fh-state error add "it is broken" "it is broken"
fh-state history add -o phase=plan action=x timestamp=@now
fh-state scenes
fh-state scene current
fh-state repair-metadata
fh-state apply --phase plan
fh-state normalize
fh-state -l nope
fh-state validate
fh-state backup
fh-state restore
fh-state new
fh-state edit 'phase plan' 'error add x' 'flag dry_run on'
fh-state edit 'phase plan' 'nope'
fh-state nope
fh-state getx
fh-state
fh-state --help
fh-state -V
fh-state --nope
fh-state get
fh-state -f /nowhere/s.json get phase
fh-state -f / get phase
fh-state -f /dev/zero get phase
fh-voicecheck
fh-voicecheck -n .
fh-voicecheck --keys
fh-voicecheck --keys=need -0
fh-voicecheck --json
fh-voicecheck --text nope
fh-voicecheck /nowhere
fh-voicecheck a b
fh-voicecheck --audio
END
}

# --- what only a builtin can -----------------------------------------------------------------------------------------
variables() {
	fresh
	sh 'fh-state -v x get phase; fh-state get -v y run_count phase; echo "$x|$y"'
	is "$out" "plan|0
plan" "-v takes the output, less its last newline"
	sh 'x=old; fh-state -v x get nope || echo "$?[$x]"'
	is "$out" "1[]" "-v is empty where there is nothing"
	sh 'fh-state set topic "$1"; fh-state -v x get topic; [ "$x" = "$1" ]; echo $?' $'a\n\n'
	is "$out" 0 "-v keeps the value's own newlines"
	sh 'fh-state append errors one "two
lines" three; fh-state -a e get errors; printf "<%s>\n" "${e[@]}"; fh-state error list -a e; echo "${#e[@]}"; fh-state -a e get phase errors; echo "${#e[@]}"'
	is "$out" '<one>
<two
lines>
<three>
3
4' "-a has an element for each value, newlines and all"
	fresh
	"$FH/fh-state" -C "$P" apply --phase plan
	sh 'fh-state -a s scene current; echo "${s[0]}"; e=(1 2 3); fh-state -a e get errors; echo "${#e[@]}"'
	is "$out" "scene_01_blue_dot|scene_01_blue_dot.py|Scene01BlueDot|scene_01_blue_dot
0" "-a empties the array first"
	fresh
	sh 'f() { local x a; fh-state -v x get phase; fh-state -a a get phase; echo "$x ${a[0]}"; }; x=out; f; echo "$x ${a-none}"'
	is "$out" "plan plan
out none" "a function's locals are its own"
	sh 'fh-state -v "a b" get phase; echo $?; fh-state -v "a[\$(touch ran)]" get phase; echo $?; readonly r=1; fh-state -v r get phase; echo $?; if declare -A m 2>/dev/null; then fh-state -a m get phase; echo $?; else echo 2; fi; ls ran'
	is "$out" "2
2
2
2" "names that cannot be set are refused"
	sh 'declare -i n=7; declare -ai l; fh-state set topic "$1"; fh-state -v n get topic; fh-state -a l get topic; echo "$n $l"; ls ran' 'x[$(touch ran)]'
	is "$out" 'x[$(touch ran)] x[$(touch ran)]' "nothing is evaluated, also by integer variables"
	sh 'fh-state edit "-v x get phase"; echo $?; fh-voicecheck -v x; echo "$x"; fh-voicecheck --keys=missing --array k; echo "${#k[@]} ${k[1]}"'
	is "$out" "2
⚠ Cache hash file missing, created for future checks
9 scene_02_flying_clocks" "fh-voicecheck has -v and --array"
	run "$FH/fh-state" -v x get phase
	is "$rc" 2 "the program refuses -v"
}

load() {
	fresh
	local show='echo "$STATE_PHASE,$STATE_RUN_COUNT,$STATE_NEEDS_REVIEW,$STATE_CURRENT_SCENE_INDEX,$STATE_CACHE_VALID"; env | grep -c ^STATE_'
	sh "fh-state load; $show"
	is "$out" "plan,0,False,0,1
5" "load sets the variables, exported, and prints nothing"
	sh "eval \"\$(fh-state load)\"; $show"
	is "$out" "plan,0,False,0,1
5" "within \$(...) it prints the code"
	sh 'cat <(fh-state load) | grep -c export'
	is "$out" 5 "within <(...) too"
	sh 'fh-state load | grep -c export'
	is "$out" 5 "and in a pipeline"
	sh "fh-state increment; fh-state increment; $show"
	is "$out" "plan,2,False,0,1
5" "increment sets them too"
	sh "fh-state normalize --load; $show"
	is "$out" "plan,2,False,0,1
5" "so does --load, after any verb"
	sh "set -u; fh-state load; fh-state invalidate; $show"
	is "$out" ",,,,0
5" "invalidate empties them"
	sh 'f() { local STATE_PHASE; fh-state load; echo "$STATE_PHASE"; }; f; echo "[${STATE_PHASE-}] $STATE_RUN_COUNT"'
	is "$out" "plan
[] 2" "a local of that name is the one that is set"
	sh 'STATE_PHASE=x; readonly STATE_RUN_COUNT=1; fh-state load; echo $?'
	is "$rc:$out" "0:2" "a readonly one is a failure, not the end"
	printf '{"project_name":"x","phase":"a%s","run_count":"b[$(touch ran)]","flags":{},"scenes":[]}' "'"'$(touch ran)`touch ran`\n;touch ran' >"$P/project_state.json"
	sh 'declare -i STATE_RUN_COUNT; fh-state load; echo "$STATE_PHASE"; echo "$STATE_RUN_COUNT"; ls ran'
	is "$out" "a'"'$(touch ran)`touch ran`
;touch ran
b[$(touch ran)]' "nothing in the state runs"
}

# --- never stale -----------------------------------------------------------------------------------------------------
stale() {
	fresh
	sh 'for i in {1..300}; do
		printf "{\"phase\": \"%03d\"}" $i >project_state.json
		fh-state -v a get phase; fh-state -v b get phase
		[ "$a$b" = "$(printf "%03d%03d" $i $i)" ] || echo "$i: $a $b"
	done'
	is "$rc:$out" "0:" "written in place, same size, 300 times: always the new one"
	fresh
	sh 'sleep 0.1; fh-state get phase; fh-state get phase; "$1" phase review; fh-state get phase; fh-state phase narration; fh-state get phase; ( fh-state phase plan ); fh-state get phase' "$FH/fh-state"
	is "$out" "plan
plan
review
narration
plan" "changed by the program, by us, by a subshell: seen"
	mkdir "$P/other"
	printf '{"phase": "other"}' >"$P/other/project_state.json"
	sh 'fh-state get phase; cd other; fh-state get phase; cd ..; fh-state get phase; fh-state -C other get phase; STATE_FILE=other/project_state.json fh-state get phase; export PROJECT_DIR=other; fh-state get phase'
	is "$out" "plan
other
plan
other
other
other" "another folder, another file"
	sh 'fh-state get phase; rm project_state.json; fh-state get phase; echo $?'
	is "$out" "plan
3" "a file that is gone is gone"
}

# --- the shell goes on -----------------------------------------------------------------------------------------------
survives() {
	local traps
	fresh
	sh 'set -euo pipefail; fh-state get nope || echo "no $?"; x=$(fh-state get phase); echo "$x"; fh-state get nope; echo never'
	is "$rc:$out" "1:no 1
plan" "under set -euo pipefail a no is a no"
	sh 'fh-state get phase >/dev/full; echo $?; fh-state get phase >&-; echo $?'
	is "$out" "3
3" "a full disk and a closed stdout are told"
	like "$err" "*fh-state: standard output: No space left*" "in words"
	sh 'printf first; fh-state get phase; printf "last\n"; fh-state get phase >f; echo x >>f; cat f'
	is "$out" "firstplan
last
plan
x" "output keeps its order with the shell's own, and follows redirections"
	sh 'for i in {1..2000}; do fh-state get scenes; done | head -c 1; echo "${PIPESTATUS[0]}"; (trap "" PIPE; fh-state get scenes; echo $? >&2) | :'
	like "$out" "?141" "SIGPIPE ends the subshell, as it ends a program"
	traps='trap; for s in $(kill -l | tr -d "0-9)"); do :; done; grep -E "^Sig(Ign|Cgt|Blk)" /proc/$$/status; ls /proc/$$/fd; umask; pwd; shopt; set -o; ulimit -a'
	sh "$traps >\$T/before; fh-state get phase; fh-state increment; fh-state apply; fh-voicecheck; fh-state nope; fh-state get nope; fh-state --help; cd .; $traps >\$T/after"
	check_same "signals, descriptors, options, folder: as before" "$T/before" "$T/after"
	sh 'fh-state edit <<<"phase review
error add \"from stdin\""; fh-state get phase errors'
	is "$out" 'review
["from stdin"]' "edit reads standard input"
	run "$shell" <<END
enable -f '$so' fh-state
cd '${P//\'/\'\\\'\'}'
fh-state edit
END
	printf "enable -f '%s' fh-state\ncd \"%s\"\nfh-state edit\nphase narration\n" "$so" "$P" | "$shell" >/dev/null
	is "$("$FH/fh-state" -C "$P" phase)" narration "edit reads the script's own standard input from where the shell is"
	sh '(fh-state phase plan) & wait; fh-state get phase; f() { fh-state phase "$1"; }; f review; fh-state get phase; enable -d fh-state; fh-state get phase; enable -f "$so" fh-state; fh-state get phase'
	is "$out" "plan
review
review
review" "in the background, in functions, unloaded and loaded again"
}

# Memory: lib/ gives up where there is none. The lock must be gone, the shell alive.
memory() {
	fresh
	perl -e 'print "{\"phase\": \"plan\", \"run_count\": 0, \"flags\": {}, \"errors\": [\"", "x" x 60000000, "\"]}"' >"$P/project_state.json"
	# No pipe to count them through: the shell has an end of its own in each.
	sh 'fds() { local f=(/proc/$$/fd/*); n=${#f[@]}; }; fds; a=$n; ulimit -v $(( $(awk "/VmSize/ {print \$2}" /proc/$$/status) + 100000 )); fh-state -w 0 increment; echo $?; fh-state -w 0 increment; echo $?; fds; echo $((n - a)); printf "{\"phase\": \"small\", \"run_count\": 4, \"flags\": {}}" >project_state.json; fh-state -w 0 increment; echo "$? $STATE_RUN_COUNT"; ls -A | grep -c tmp$'
	is "$out" "3
3
0
0 5
0" "out of memory: status 3, no lock, no descriptor, no file left, and on it goes"
	is "$err" "fh: out of memory: ${err##*: }
fh: out of memory: ${err##*: }" "in one line each"
	fresh
	sh 'calls() { local i; for ((i = 0; i < $1; i++)); do
			fh-state get phase; fh-state -v x get scenes; fh-state -a y get nope run_count; fh-state load; fh-state nope; fh-state get "a$i"; fh-voicecheck -k; fh-state scenes; fh-state validate
		done; } >/dev/null 2>&1
		rss() { awk "/VmRSS/ {print \$2}" /proc/$$/status; }
		calls 300; a=$(rss); calls '"${CALLS:-3000}"'; b=$(rss); echo $((b - a < 400)) $a $b'
	like "$out" "1 *" "memory does not grow"
}

waits() {
	fresh
	rm -f "$T/held"
	perl -MFcntl=:flock -e 'open my $f, "+<", shift; flock $f, LOCK_EX; $| = 1; print "held\n"; sleep 20' "$P/project_state.json" >"$T/held" &
	holder=$!
	until [ -s "$T/held" ]; do sleep 0.02; done
	sh 'fh-state -w 0.2s increment; echo $?; trap "echo term" TERM; (sleep 0.3; kill -TERM $$) & s=$SECONDS; fh-state -w 15s increment; echo $? $((SECONDS - s < 5))'
	like "$out" "3
term
3 1" "a lock is waited for no longer than told, and a signal ends the wait"
	kill $holder
	wait $holder 2>/dev/null
	rm -f "$T/held"
	perl -MFcntl=:flock -e 'open my $f, "+<", shift; flock $f, LOCK_EX; $| = 1; print "held\n"; sleep 1' "$P/project_state.json" >"$T/held" &
	holder=$!
	until [ -s "$T/held" ]; do sleep 0.02; done
	sh 'trap "seen=1" ALRM CHLD; (sleep 0.2; kill -ALRM $$) & fh-state -w 15s increment; echo "$? $seen"'
	is "$out" "0 1" "an alarm or a child that ends does not"
	wait $holder
}

processes() {
	command -v strace >/dev/null || { skip "no process" "no strace"; return; }
	fresh
	run strace -f -qq -o "$T/trace" -e trace=process "$shell" -c 'enable -f "$so" fh-state fh-voicecheck; cd "$0"; fh-state load; fh-state get phase; fh-state -v x get phase; fh-state increment; fh-state normalize; fh-state apply; fh-state validate; fh-state backup; fh-voicecheck; fh-state edit "phase plan"' "$P"
	is "$(grep -cE '(execve|fork|clone)' "$T/trace")" 1 "no process: reads and writes"
	sleep 0.1
	run strace -qq -o "$T/trace" -e trace=open,openat "$shell" -c 'enable -f "$so" fh-state; cd "$0"; fh-state get phase; sleep 0.1; fh-state get phase; for i in {1..50}; do fh-state get phase run_count; done' "$P"
	is "$(($(grep -c 'project_state' "$T/trace") <= 2))" 1 "the file is opened once, and once more to be sure"
}

# A bash that loads nothing, or not ours: it says so, goes on, and fh.sh takes the program.
refused() {
	fresh
	run "$shell" -c 'enable -f "$so" fh-state; echo "on it goes"; FH_BUILTINS=$so; source "$1"; cd "$0"; get_phase' "$P" "$here/shell/fh.sh"
	is "$rc:$out" "0:on it goes
plan" "${shell##*/} loads no builtins: the program then"
}

for shell in bash bash-static ${FH_BASH:-}; do
	shell=$(command -v "$shell") || { skip "the other bash" "not here"; continue; }
	"$shell" -c 'enable -f "$so" fh-state' 2>"$T/err" || { refused; continue; }
	as_program
	variables
	load
	stale
	survives
	memory
	waits
	processes
done
done_testing
