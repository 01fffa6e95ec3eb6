#!/usr/bin/env bash
# fh-state: finding the file, reading, the words the pipeline knows, typed edits.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
S=project_state.json

fresh() { # a state as json.dump(..., indent=2) writes it
	cat >"${1:-$S}" <<'EOF'
{
  "project_name": "demo",
  "topic": "Caf\u00e9 & \"quotes\"",
  "phase": "plan",
  "created_at": "2026-01-01T00:00:00Z",
  "updated_at": "2026-01-01T00:00:00Z",
  "run_count": 9,
  "plan_file": null,
  "scenes": [
    {
      "id": "scene_01_intro",
      "file": "scene_01_intro.py",
      "class_name": "Scene01Intro",
      "estimated_duration": "45s",
      "weight": 1.10
    },
    {
      "id": "scene_02_end"
    }
  ],
  "current_scene_index": 0,
  "errors": [],
  "history": [],
  "flags": {
    "needs_human_review": false,
    "dry_run": true,
    "force_replan": false
  },
  "big": 123456789012345678901234567890
}
EOF
}

# --- reading
fresh
run fh-state get phase
is "$rc:$out:$err" "0:plan:" "get a string"
run fh-state get "$S" phase
is "$rc:$out" "0:plan" "get FILE FIELD, the words of the Python helper"
run fh-state "$S" get phase
is "$rc:$out" "0:plan" "FILE first"
run fh-state get run_count flags.dry_run flags.force_replan topic big scenes.0.weight
is "$out" $'9\nTrue\nFalse\nCafé & "quotes"\n123456789012345678901234567890\n1.10' "several fields, words and numbers as they are"
run fh-state get scenes.-1.id /scenes/0/file scenes.1
is "$out" $'scene_02_end\nscene_01_intro.py\n{"id": "scene_02_end"}' "positions, pointers, objects"
run fh-state get plan_file
is "$rc:$out:$err" "1::" "null is missing"
run fh-state get nosuch
is "$rc:$out:$err" "1::" "missing is 1, silently"
run fh-state get scenes.2.id scenes.x phase.deeper scenes.-3 scenes.00
is "$rc" 1 "no such place"
run fh-state get phase nosuch run_count
is "$rc:$out" $'1:plan\n\n9' "a missing one among several leaves its line empty"
run fh-state get --default none nosuch plan_file phase
is "$rc:$out" $'0:none\nnone\nplan' "--default"
run fh-state get --json topic flags.dry_run
is "$out" $'"Caf\\u00e9 & \\"quotes\\""\ntrue' "--json"
fh-state get -0 phase topic | tr '\0' '|' >"$T/o"
is "$(cat "$T/o")" 'plan|Café & "quotes"|' "-0"
run fh-state get ""
like "$out" '{"project_name": "demo", *' "the whole"
run fh-state get
is "$rc" 2 "get without a field is wrong usage"
run fh-state git phase
is "$rc:$err" "2:fh-state: git: no such verb (did you mean get?)" "a wrong verb"
run fh-state get phase -f nowhere.json
is "$rc:$out:$err" "3::fh-state: nowhere.json: No such file or directory" "no file"

# --- finding
mkdir -p d/e
fresh d/$S
fh-state set -f d/$S phase review
fresh d/e/other.json
fh-state set -f d/e/other.json phase narration
run fh-state get -C d phase
is "$out" review "--project-dir"
run env PROJECT_DIR=d fh-state get phase
is "$out" review "\$PROJECT_DIR"
run env STATE_FILE=d/e/other.json PROJECT_DIR=d fh-state get phase
is "$out" narration "\$STATE_FILE before \$PROJECT_DIR"
run env FH_STATE_FILE=d/$S STATE_FILE=d/e/other.json fh-state get phase
is "$out" review "\$FH_STATE_FILE before \$STATE_FILE"
run env FH_STATE_FILE=d/$S fh-state get d/e/other.json phase
is "$out" narration "an operand before all of them"
run env FH_STATE_FILE=d/e/other.json fh-state get -C d phase
is "$out" review "--project-dir before the environment"

# --- load, increment, invalidate
run fh-state load $S
is "$out" "export STATE_PHASE='plan'
export STATE_RUN_COUNT='9'
export STATE_NEEDS_REVIEW='False'
export STATE_CURRENT_SCENE_INDEX='0'
export STATE_CACHE_VALID='1'" "load"
cp $S was
run fh-state increment $S
is "$rc" 0 "increment"
like "$out" "*export STATE_RUN_COUNT='10'*" "prints the new count"
diff was $S | grep '^>' | sed 's/"20.*Z"/NOW/' >o
is "$(cat o)" $'>   "updated_at": NOW,\n>   "run_count": 10,' "changes two lines"
like "$(fh-state get updated_at)" "$(date -u +%Y-%m-%dT%H:)*Z" "updated_at is now"
run fh-state invalidate
is "$out" "export STATE_CACHE_VALID='0'
export STATE_PHASE=''
export STATE_RUN_COUNT=''
export STATE_NEEDS_REVIEW=''
export STATE_CURRENT_SCENE_INDEX=''" "invalidate needs no file"
for pair in '{"phase":"x"} run_count' '{"run_count":1,"flags":{}} phase' '{"phase":"x","run_count":1,"flags":[]} flags' \
    '{"phase":"x","run_count":"1","flags":{}} run_count'; do
	echo "${pair% *}" >odd.json
	run fh-state increment odd.json
	is "$rc:$out:$(cat odd.json)" "1::${pair% *}" "increment refuses without ${pair##* }, saves nothing"
done
for pair in "99999999999999999999 100000000000000000000" "-1 0" "-1000000000000000000000 -999999999999999999999" "0 1" "-0 1" \
    "1.5 2.5" "999999999999999999 1000000000000000000" "-20000000000000000000 -19999999999999999999"; do
	echo "{\"phase\":\"x\",\"run_count\":${pair% *},\"flags\":{}}" >odd.json
	fh-state increment odd.json >/dev/null
	is "$(fh-state get odd.json run_count)" "${pair#* }" "${pair% *} and one"
done
# shellcheck disable=SC2016
nasty=$'\'; touch hurt; echo \'$(touch hurt)`touch hurt`\n"\\ \e[31m'
fh-state set -s phase "$nasty"
(eval "$(fh-state load)" && printf '%s' "$STATE_PHASE") >o
is "$(cat o)" "$nasty" "what load prints gives the text back"
[ ! -e hurt ]
ok $? "and runs none of it"

# --- typed edits keep the rest
edit_is() { # NAME DIFF ARG...: the lines that a call changes
	local name=$1 want=$2
	shift 2
	fresh
	cp $S was
	run fh-state "$@"
	is "$rc:$(diff was $S | grep '^[<>]' | sed 's/^\(.\) */\1/')" "0:$want" "$name"
}
edit_is "set a number" $'<"run_count": 9,\n>"run_count": 1.50,' set run_count 1.50
edit_is "set a string" $'<"topic": "Caf\\u00e9 & \\"quotes\\"",\n>"topic": "na\\u00efve \\ud83d\\ude00\\t",' set topic $'naïve 😀\t'
edit_is "set null" $'<"topic": "Caf\\u00e9 & \\"quotes\\"",\n>"topic": null,' set topic null
edit_is "set what looks like a number as a string" $'<"topic": "Caf\\u00e9 & \\"quotes\\"",\n>"topic": "42",' set -s topic 42
edit_is "set a negative number" $'<"run_count": 9,\n>"run_count": -5,' set run_count -5
edit_is "set a fraction below zero" $'<"run_count": 9,\n>"run_count": -0.5,' set run_count -0.5
edit_is "set a boolean" $'<"dry_run": true,\n>"dry_run": false,' set flags.dry_run false
edit_is "what get prints of a boolean sets it" $'<"dry_run": true,\n>"dry_run": false,' set flags.dry_run False
edit_is "but is a string elsewhere" $'<"plan_file": null,\n>"plan_file": "False",' set plan_file False
edit_is "set to what it is" "" set phase plan
edit_is "no JSON number, so a string" $'<"plan_file": null,\n>"plan_file": "01",' set plan_file 01
edit_is "set two" $'<"phase": "plan",\n>"phase": "a",\n<"run_count": 9,\n>"run_count": 1,' set phase a run_count 1
edit_is "set JSON" $'<"errors": [],\n>"errors": [\n>1.0,\n>{\n>"a": []\n>}\n>],' set --json errors '[1.0,{"a":[]}]'
edit_is "append" $'<"errors": [],\n>"errors": [\n>"one",\n>2\n>],' append errors one 2
edit_is "append makes the array" $'<"big": 123456789012345678901234567890\n>"big": 123456789012345678901234567890,\n>"new": [\n>"x"\n>]' append new x
edit_is "delete" $'<"plan_file": null,' delete plan_file
edit_is "delete the last" $'<},\n<"big": 123456789012345678901234567890\n>}' delete big
edit_is "delete an element" $'<"id": "scene_01_intro",\n<"file": "scene_01_intro.py",\n<"class_name": "Scene01Intro",\n<"estimated_duration": "45s",\n<"weight": 1.10\n<},\n<{' delete scenes.0
fresh
fh-state set -t phase init
like "$(fh-state get updated_at)" "$(date -u +%Y-%m-%dT%H:)*Z" "--touch"
for call in "set run_count" "set phase.x 1" "set scenes.7 1" "delete nosuch" "append phase x" "set --json x {" "delete scenes.-9" \
    "set scenes.x.y 1" "append errors"; do
	fresh
	cp $S was
	# shellcheck disable=SC2086
	run fh-state $call
	like "$rc:$(cmp was $S && echo same)" "[12]:same" "refused, nothing changed: $call"
done
# --load
fresh_load=$T/load && mkdir -p "$fresh_load" && fh-state -C "$fresh_load" new >/dev/null
run fh-state -C "$fresh_load" --load phase review
is "$rc:$out" "0:$(fh-state -C "$fresh_load" load)" "--load: after a change, what load prints"
like "$out" "export STATE_PHASE='review'*" "--load: as it is then"
run fh-state -C "$fresh_load" --load get nope
is "$rc:$out" "1:" "--load: nothing after a no"
run fh-state -C "$fresh_load" -l delete phase
is "$rc:$out" "1:" "--load: what cannot be shown is a failure"
# a lock that other machines may not see
mkdir -p "$T/root/proc/self" "$T/nfs" && fh-state -C "$T/nfs" new >/dev/null
printf "36 22 %s / /n rw - nfs s:/x rw,vers=3,nolock\n" "$(stat -c %Hd:%Ld "$T/nfs")" >"$T/root/proc/self/mountinfo"
run env FH_TEST_ROOT="$T/root" fh-state -C "$T/nfs" phase review
is "$rc" 0 "a change where locks are doubted: made"
case $FH in
*portable*) skip "... with a warning" "the portable build does not look" ;;
*) like "$err" "fh-state: warning: *project_state.json: its lock may not keep out other machines: NFS mounted with nolock" "... with a warning"
	;;
esac
run env FH_TEST_ROOT="$T/root" fh-state -C "$T/nfs" get phase
is "$out:$err" "review:" "... none where nothing is changed"
done_testing
