#!/usr/bin/env bash
# fh-state and its file: locks, kills, links, modes, what is no state, what is broken, backups.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
S=project_state.json

fresh() {
	rm -rf "$S"
	fh-state new -n demo --topic "a topic" || exit 1
}
count() { fh-state get run_count; }
litter() { find . -maxdepth 1 -name '.*.tmp' | wc -l; }

# --- new
run fh-state new
is "$rc:$(fh-state validate)" "0:✅ State file valid" "new makes a valid state"
is "$(fh-state get project_name)" "$(basename "$T")" "named as its folder"
is "$(fh-state get phase run_count flags.dry_run created_at | tr '\n' ' ')" "plan 0 False $(fh-state get updated_at) " "fresh"
fh-state set run_count 5
run fh-state new
is "$rc:$out:$(count)" "1::5" "new does not overwrite"
like "$err" "fh-state: $S: there is one already" "and says so"
run fh-state new --force -n x --topic '"q"'
is "$rc:$(fh-state get project_name topic run_count | tr '\n' ' ')" '0:x "q" 0 ' "but with --force"
mkdir d
run fh-state new -C d
is "$rc:$(fh-state get -C d project_name)" "0:d" "in another folder"
run fh-state new no/such/$S
is "$rc" 3 "in a folder that is not there"

# --- all at once
fresh
for ((i = 0; i < 100; i++)); do fh-state -w $((15 * patience)) increment >/dev/null & done
wait
is "$(count)" 100 "100 increments at once lose none"
fresh
pids=()
for ((w = 0; w < 8; w++)); do
	(for ((i = 0; i < 25; i++)); do
		case $((i % 3)) in
		0) fh-state increment >/dev/null ;;
		1) fh-state append history "w$w.$i" ;;
		2) fh-state edit "error add e$w.$i" 'flag dry_run on' ;;
		esac
	done) &
	pids+=($!)
done
bad=0
while kill -0 "${pids[0]}" 2>/dev/null; do fh-state get phase >/dev/null || bad=1; done
wait
is "$bad:$(count):$(fh-state history list | wc -l):$(fh-state error list | wc -l):$(litter)" "0:72:64:64:0" \
    "eight writers of three kinds, a reader all the time"

# 64 processes, each with so many increments: 15, 500 by make soak, 1 under valgrind.
fresh
each=15
[ -z "${SOAK:-}" ] || each=${INCREMENTS:-500}
[ "$patience" = 1 ] || each=1
for ((w = 0; w < 64; w++)); do
	(for ((i = 0; i < each; i++)); do fh-state increment -w 600 >/dev/null || echo "$w.$i" >>lost; done) &
done
wait
is "$(count):$(cat lost 2>/dev/null):$(litter)" "$((64 * each))::0" "64 processes, $each increments each: $((64 * each))"

# --- killed at any moment
fresh
for ((i = 0; i < 60; i++)); do
	fh-state append history "$(printf '%*s' 3000 x)" &
	p=$!
	perl -e 'select undef, undef, undef, rand 0.004'
	kill -9 $p 2>/dev/null
	wait $p 2>/dev/null
	fh-state get phase >/dev/null || break
done 2>/dev/null
is $i 60 "kill -9 leaves a whole state, 60 times"
: >".$S.1.00000000.tmp"
fh-state increment >/dev/null
is "$(litter)" 0 "what killed writers left goes with the next write"
run fh-state validate
is $rc 0 "and the state is valid"

# --- locks
fresh
if command -v flock >/dev/null; then
	flock -x $S sleep 3 &
	p=$!
	perl -e 'select undef, undef, undef, 0.2'
	run fh-state set -w 0.1 phase init
	is "$rc:$err" "3:fh-state: $S: locked by another process: gave up waiting" "--wait"
	run env FH_LOCK_WAIT=0.1 fh-state set phase init
	is "$rc" 3 "\$FH_LOCK_WAIT"
	run fh-state get phase
	is "$rc:$out" "0:plan" "reading needs no lock"
	kill $p
	wait $p 2>/dev/null
	run fh-state set -w 20 phase init
	is "$rc:$(fh-state get phase)" "0:init" "a lock that goes is waited for"
else
	skip "locks" "no flock(1)"
fi
run fh-state set -w soon phase init
is "$rc" 2 "--wait takes a duration"

# --- links, modes
fresh
mkdir -p real
mv $S real/the.json
ln -s real/the.json $S
chmod 640 real/the.json
fh-state increment >/dev/null
is "$(readlink $S):$(fh-state get real/the.json run_count):$(stat -c %a real/the.json):$(ls -A real)" \
    "real/the.json:1:640:the.json" "a link is followed and stays, so does the mode"
ln -s loop.json loop.json
run fh-state set -f loop.json a 1
is "$rc" 3 "a loop of links"
rm $S loop.json

# --- what is no state
no_state() { # NAME WORDS: reading and writing $S both end in time with one line
	local verb name=$1 words=$2
	for verb in "get phase" "set phase init" "increment" "backup" "load"; do
		# shellcheck disable=SC2086
		run timeout 10 fh-state $verb
		like "$rc:$out:$err" "3::fh-state: $S: $words" "$name: $verb"
	done
	run timeout 10 fh-state validate
	like "$rc:$out" "[13]:" "$name: validate"
}
rm -rf $S
no_state "no file" "No such file or directory"
mkdir $S
no_state "a folder" "Is a directory"
run timeout 10 fh-state normalize
is "$rc" 3 "a folder: normalize"
rmdir $S
mkfifo $S
no_state "a FIFO" "not a regular file"
run timeout 10 fh-state normalize
is "$rc" 3 "a FIFO: normalize"
rm $S
ln -s /dev/zero $S
no_state "/dev/zero" "not a regular file"
rm $S
: >$S
no_state "an empty file" "empty file"
truncate -s 300M $S
no_state "300 MiB" "larger than 256 MiB"
printf '{"phase": "plan",\n  "run_count": 01}' >$S
no_state "broken JSON" "line 2 column 16: number with a leading zero"
printf '[1]' >$S
no_state "no object" "line 1 column 1: a state is an object, this is an array"
rm $S
run fh-state normalize
is "$rc:$err" "2:fh-state: State file missing: $S" "normalize without a file is 2"
run fh-state apply
is "$rc" 2 "so is apply"

# --- a disk that is full, a folder that is read-only
fresh
before=$(cat $S)
if [ -w /dev/full ]; then
	fh-state get phase >/dev/full 2>"$T/err"
	is "$?:$(cat "$T/err")" "3:fh-state: standard output: No space left on device" "a full standard output"
else
	skip "a full standard output" "no /dev/full"
fi
if [ "$(id -u)" != 0 ]; then
	chmod 555 .
	run fh-state set phase init
	chmod 755 .
	is "$rc:$(cat $S)" "3:$before" "a read-only folder"
else
	skip "a read-only folder" "root may write anywhere"
fi
said=$(
	ulimit -f 0
	fh-state set phase init 2>&1
)
is "$?:$said:$(litter)" "3:fh-state: $S: File too large:0" "no room to write: the old state stands"
is "$(cat $S)" "$before" "byte for byte"
# shellcheck disable=SC2016
cat >full.sh <<'END'
mount -t tmpfs -o size=64k none disk || exit 77
cd disk && fh-state new -n demo --topic "a topic" && fh-state backup && fh-state set topic other
was=$(cat project_state.json)
head -c 99999 /dev/zero >filler 2>/dev/null
while read -r -a words; do
	said=$(fh-state "${words[@]}" 2>&1)
	case "$?$said" in "3fh-state: "*".json: No space left on device") ;; *) echo "${words[*]}: $? $said" ;; esac
	[ "$(cat project_state.json)" = "$was" ] && [ "$(ls -A)" = "$left" ] || echo "${words[*]}: $(ls -A)"
done <<-VERBS
	set topic third
	increment
	append errors again
	delete topic
	phase review
	flag needs_human_review on
	error add broken
	history add done
	new --force --name other
	apply --phase review
	backup
	restore
VERBS
fh-state get topic
rm filler
fh-state set topic third && fh-state get topic
END
mkdir disk
if unshare -rm true 2>/dev/null; then
	left=$(printf '.state_backup.json\nfiller\nproject_state.json') unshare -rm bash full.sh >"$T/out" 2>&1
	if [ $? = 77 ]; then
		skip "a full disk" "no tmpfs of our own"
	else
		is "$(cat "$T/out")" $'other\nthird' "a full disk: each verb says so, all is as it was, and goes on once there is room"
	fi
else
	skip "a full disk" "no name spaces"
fi

# --- all or none
run fh-state edit 'phase init' 'flag dry_run on' 'scene revert nobody'
is "$rc:$err:$(cat $S)" "1:fh-state: edit: command 3: nobody: no such scene:$before" "edit: one no, all no"
run fh-state edit 'phase init' 'get nosuch'
is "$rc:$(cat $S)" "1:$before" "a question may say no too"
run fh-state edit 'phase init' 'load'
is "$rc:$(fh-state get phase)" "0:init" "and may print"
like "$out" "export STATE_PHASE='init'*" "what the edits before it made"
# shellcheck disable=SC2016
printf '%s\n' '# a comment' '' 'phase review' "set topic 'two" "lines'" 'set -s run_count 7' 'error add "\"q\" $HOME `x`"' >cmds
run fh-state edit <cmds
fh-state edit <cmds
is "$(fh-state get phase topic run_count errors.0)" $'review\ntwo\nlines\n7\n"q" $HOME `x`' "edit reads standard input, expands nothing"
fh-state set run_count 0
before=$(cat $S)
run fh-state edit 'phase plan' "set topic 'x"
is "$rc:$err:$(cat $S)" "2:fh-state: edit: command 2: a quote without its end:$before" "a quote without its end"
run fh-state edit error add "it's ; \$(x) 'q'" , phase error , flag dry_run off
is "$rc:$(fh-state get phase errors.-1)" "0:error"$'\n'"it's ; \$(x) 'q'" "words, and commas between the commands"
run fh-state edit -- history add -o a=1 t=@now , set -s topic 42
like "$rc:$(fh-state get --json history.-1 topic)" '0:{"a": "1", "t": "20*Z"}'$'\n''"42"' "options for one command each"
before=$(cat $S)
for cmd in 'edit' 'normalize' 'new' 'git' 'set x' 'phase a b' '--nosuch x'; do
	run fh-state edit "phase init" "$cmd"
	is "$rc:$(cat $S)" "2:$before" "not within edit: $cmd"
done
run fh-state edit
is "$rc:$(cat $S)" "0:$before" "nothing to do"

# --- broken states are kept, backups taken
fresh
fh-state set run_count 7
fh-state backup
is "$(cmp $S .state_backup.json && echo same)" same "backup copies"
head -c 200 $S >half
cp half $S
run fh-state backup
is "$rc:$(fh-state get .state_backup.json run_count)" "3:7" "a broken state is not backed up"
run fh-state normalize
is "$rc:$(count)" "0:7" "normalize takes the backup"
like "$err" "fh-state: $S: line *: kept as $S.broken-*Z, took .state_backup.json" "and says so"
check_same "what was broken is kept" half "$(ls $S.broken-*)"
cp half $S
fh-state normalize 2>/dev/null
is "$(find . -name "$S.broken-*" | wc -l)" 2 "each under its own name"
rm -f $S.broken-* .state_backup.json
cp half $S
run fh-state normalize
is "$rc:$(fh-state get phase run_count project_name | tr '\n' ' ')" "0:plan 0 $(basename "$T") " "without a backup it begins anew"
check_same "still keeping what was broken" half "$(ls $S.broken-*)"
rm -f $S.broken-*
printf '{"phase": "review", "topic": NaN}' >$S
run fh-state normalize
is "$rc:$err:$(fh-state get phase topic)" "0::review"$'\n'"NaN" "Python's NaN breaks nothing"
echo '{}' >.state_backup.json
: >$S
run fh-state apply --phase review
is "$rc:$(fh-state get phase):$(find . -name '*.broken-*' | wc -l)" "0:narration:0" "an empty file: the backup, and nothing to keep"
fresh
cp $S was
run fh-state apply
is "$rc:$err:$(cmp $S was && echo same)" "1:fh-state: plan.json: No such file or directory:same" "apply plan without a plan changes nothing"
for plan in '{' '[]' '{"scenes":[]}' '{"scenes":{"a":1}}' '{"scenes":[{"title":"x"},5]}'; do
	echo "$plan" >plan.json
	run fh-state apply
	is "$rc:$(cmp $S was && echo same)" "1:same" "nor with $plan"
done
run fh-state apply --phase nonsense
is "$rc:$(cmp $S was && echo same)" "2:same" "nor a phase that is none"
rm plan.json
fh-state backup
fh-state phase error
run fh-state restore
is "$rc:$(cmp $S was && echo same)" "0:same" "restore"
rm $S
run fh-state restore
is "$rc:$(cmp $S was && echo same)" "0:same" "restore where the state is gone"
echo '{' >.state_backup.json
run fh-state restore
is "$rc:$(cmp $S was && echo same)" "3:same" "a broken backup is not restored"

# --- validate says all of it
cat >$S <<'EOF'
{"topic": 5, "phase": "x\u001b[2J", "created_at": "soon", "run_count": -1, "scenes": [1, {"title": 2, "status": "odd"}],
 "current_scene_index": 1.5, "errors": {}, "history": [7], "flags": {"dry_run": "yes"}}
EOF
run fh-state validate
is "$rc:$out:$err" "1::❌ Missing required field: project_name
❌ Invalid type for 'topic' (must be string or null)
❌ Missing required field: updated_at
❌ Invalid type for 'run_count' (must be a whole number, at least 0)
❌ Invalid type for 'current_scene_index' (must be a whole number, at least 0)
❌ Invalid type for 'errors' (must be an array)
⚠ Odd value of 'created_at' (should be a time as 2026-01-31T12:00:00Z)
❌ Invalid phase: x?[2J
❌ Missing required field: flags.needs_human_review
❌ Invalid type for 'flags.dry_run' (must be true or false)
❌ Missing required field: flags.force_replan
❌ Invalid type for 'scenes.0' (must be an object)
❌ Missing required field: scenes.1.id
❌ Invalid type for 'scenes.1.title' (must be a string)
⚠ Odd value of 'scenes.1.status' (should be pending, built or rendered)
⚠ Odd value of 'history.0' (should be a string or an object)" "validate names everything"
printf '{\n "a": tru\n}' >$S
run fh-state validate
is "$rc:$out:$err" "1::❌ Invalid JSON: line 2 column 7: value expected" "with line and column"
done_testing
