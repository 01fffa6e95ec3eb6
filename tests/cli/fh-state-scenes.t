#!/usr/bin/env bash
# fh-state: phases, flags, errors, history, scenes, marks.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
S=project_state.json

fresh() {
	cat >$S <<'EOF'
{
  "phase": "final_render",
  "updated_at": "2026-01-01T00:00:00Z",
  "run_count": 1,
  "scenes": [
    {"id": "scene_01_a", "file": "scene_01_a.py", "class_name": "One", "estimated_duration": "45s", "narration_key": "one"},
    {"id": "scene_02_b_c"},
    {"id": "scene_03_d", "file": "x.py", "class_name": "Three", "estimated_duration": ""}
  ],
  "current_scene_index": 1,
  "errors": ["final_render failed: a", {"x": 1}, "final_render failed: b", "other"],
  "history": ["begun"],
  "flags": {"needs_human_review": true}
}
EOF
}
diff_is() { # NAME DIFF ARG...: what a call changes, spaces at the ends cut
	local name=$1 want=$2
	shift 2
	fresh
	cp $S was
	run fh-state "$@"
	is "$rc:$out:$err:$(diff was $S | grep '^[<>]' | sed 's/^\(.\) */\1/; s/"20[0-9-]*T[0-9:]*Z"/NOW/')" "0:::$want" "$name"
}
refuses() { # STATUS NAME ARG...: nothing changes
	local want=$1 name=$2
	shift 2
	fresh
	cp $S was
	run fh-state "$@"
	is "$rc:$(cmp was $S && echo same)" "$want:same" "$name"
}

# --- phase, flag
fresh
run fh-state phase
is "$rc:$out" "0:final_render" "phase"
diff_is "phase P" $'<"phase": "final_render",\n>"phase": "assemble",' phase assemble
refuses 2 "no such phase" phase assembly
like "$err" "fh-state: assembly: no such phase; there are: init, plan, *, error" "names those there are"
run fh-state flag needs_human_review
is "$rc:$out" "0:True" "flag"
run fh-state flag -q needs_human_review
is "$rc:$out" "0:" "flag -q: yes"
run fh-state flag -q dry_run
is "$rc:$out" "1:" "flag -q: no, also where it is missing"
run fh-state flag dry_run
is "$rc:$out" "1:" "a missing flag has no value"
for word in off false False no 0; do
	diff_is "flag $word" $'<"flags": {"needs_human_review": true}\n>"flags": {"needs_human_review": false}' flag needs_human_review $word
done
diff_is "a flag that is missing" $'<"flags": {"needs_human_review": true}\n>"flags": {"needs_human_review": true, "dry_run": true}' flag dry_run on
diff_is "a flag that is so" "" flag needs_human_review on
refuses 2 "no such flag" flag needs_review on
refuses 2 "neither on nor off" flag dry_run maybe

# --- errors, history
run fh-state error list
is "$out" $'final_render failed: a\n{"x": 1}\nfinal_render failed: b\nother' "error list"
diff_is "error add" $'<"errors": ["final_render failed: a", {"x": 1}, "final_render failed: b", "other"],\n>"errors": ["final_render failed: a", {"x": 1}, "final_render failed: b", "other", "new \\u00e9"],' error add 'new é'
diff_is "error add, once" "" error add other
diff_is "error clear" $'<"errors": ["final_render failed: a", {"x": 1}, "final_render failed: b", "other"],\n>"errors": [{"x": 1}, "other"],' error clear 'final_render failed'
diff_is "error clear, two prefixes" $'<"errors": ["final_render failed: a", {"x": 1}, "final_render failed: b", "other"],\n>"errors": [{"x": 1}, "final_render failed: b"],' error clear 'final_render failed: a' o
diff_is "error clear --all" $'<"errors": ["final_render failed: a", {"x": 1}, "final_render failed: b", "other"],\n>"errors": [],' error clear --all
diff_is "nothing to clear" "" error clear zzz
refuses 2 "error clear without a prefix" error clear
refuses 2 "an empty prefix" error clear ''
refuses 2 "error what" error sub x
diff_is "history add" $'<"history": ["begun"],\n>"history": ["begun", "it is 42"],' history add 'it is 42'
diff_is "history add, a string all the same" $'<"history": ["begun"],\n>"history": ["begun", "42"],' history add 42
diff_is "history add --json" $'<"history": ["begun"],\n>"history": ["begun", {"n": 1.0}],' history add --json '{"n":1.0}'
diff_is "history add --fields" $'<"history": ["begun"],\n>"history": ["begun", {"phase": "plan", "t": NOW, "e": "a=b"}],' history add -o phase=plan t=@now e=a=b
refuses 2 "history add --fields without a name" history add -o =x
echo '{"errors": "text"}' >$S
run fh-state error add x
is "$rc:$out:$err:$(cat $S)" '1::fh-state: errors: is a string, not an array: fh-state normalize repairs it:{"errors": "text"}' "errors that are no array"

# --- lines of scenes
fresh
run fh-state scenes
is "$rc:$out" $'2:scene_01_a|scene_01_a.py|One|45s\nscene_03_d|x.py|Three|0s' "scenes, as far as they go"
is "$err" "Missing required scene metadata in $S (need id, file, class_name):
  - id='scene_02_b_c' file=None class_name=None" "what is missing"
fh-state delete scenes.1
run fh-state scenes
is "$rc:$err" "0:" "scenes, all there"
fh-state scene set scene_01_a class_name $'a|b\n\e[2J'
run fh-state scenes
is "$rc:$out:$err" "2:scene_03_d|x.py|Three|0s:Missing required scene metadata in $S (need id, file, class_name):
  - id='scene_01_a' file='scene_01_a.py' class_name='a|b\\n\\x1b[2J'" "what cannot stand in a line"
fh-state set --json scenes '[]'
run fh-state scenes
is "$rc:$out" "1:" "no scenes"
fresh
run fh-state scene current
is "$rc:$out" "0:scene_02_b_c|scene_02_b_c.py|Scene02BC|scene_02_b_c" "scene current, made from the id"
fh-state set current_scene_index 0
run fh-state scene current
is "$rc:$out" "0:scene_01_a|scene_01_a.py|One|one" "scene current"
fh-state set current_scene_index 3
run fh-state scene current
is "$rc:$out:$err" "1::fh-state: no current scene: 3 scenes, index 3" "no scene is left"

# --- one scene
fresh
run fh-state scene get scene_01_a class_name estimated_duration
is "$rc:$out" $'0:One\n45s' "scene get"
run fh-state scene get nobody file
is "$rc" 1 "no such scene"
diff_is "scene set" $'<{"id": "scene_02_b_c"},\n>{"id": "scene_02_b_c", "file": "f.py", "estimated_words": 12},' scene set scene_02_b_c file f.py estimated_words 12
diff_is "scene revert" $'<"phase": "final_render",\n>"phase": "build_scenes",\n<{"id": "scene_03_d", "file": "x.py", "class_name": "Three", "estimated_duration": ""}\n>{"id": "scene_03_d", "file": "x.py", "class_name": "Three", "estimated_duration": "", "status": "pending"}\n<"current_scene_index": 1,\n>"current_scene_index": 2,' scene revert scene_03_d
refuses 1 "scene revert of nobody" scene revert nobody
refuses 2 "scene set without a value" scene set scene_01_a file
refuses 2 "scene what" scene drop scene_01_a

# --- marks
mkdir -p media/videos/scene_01_a/1440p60
cp "$here/tests/fuzz/corpus/mp4/plain.mp4" media/videos/scene_01_a/1440p60/One.mp4
size=$(wc -c <media/videos/scene_01_a/1440p60/One.mp4)
fresh
run fh-state mark scene_01_a rendered --video media/videos/scene_01_a/1440p60/One.mp4
is "$rc:$(fh-state scene get scene_01_a status video_file verification.file_size_bytes verification.audio_present | tr '\n' ' ')" \
    "0:rendered media/videos/scene_01_a/1440p60/One.mp4 $((size)) True " "mark rendered reads the video"
like "$(fh-state scene get scene_01_a verification.duration_seconds verification.verified_at | tr '\n' ' ')" "[0-9]*.[0-9]* 20*Z " "its duration, and when"
if command -v ffprobe >/dev/null; then
	is "$(printf %.3f "$(fh-state scene get scene_01_a verification.duration_seconds)")" \
	    "$(printf %.3f "$(ffprobe -v error -show_entries format=duration -of default=noprint_wrappers=1:nokey=1 media/videos/scene_01_a/1440p60/One.mp4)")" \
	    "the duration that ffprobe tells"
else
	skip "duration as ffprobe" "no ffprobe"
fi
like "$(fh-state get scenes.0.verification)" '{"file_size_bytes": *, "duration_seconds": *, "audio_present": true, "verified_at": "*"}' "in the order of old"
fresh
run fh-state mark scene_01_a rendered
is "$rc:$(fh-state scene get scene_01_a video_file)" "0:media/videos/scene_01_a/1440p60/One.mp4" "the video where the renderer puts it"
(cd / && fh-state mark "$T/$S" scene_01_a rendered)
is "$?" 0 "from any folder"
head -c 500 media/videos/scene_01_a/1440p60/One.mp4 >cut.mp4
: >empty.mp4
refuses 1 "a video that is cut" mark scene_01_a rendered --video cut.mp4
refuses 1 "an empty one" mark scene_01_a rendered --video empty.mp4 --duration 5
refuses 3 "none" mark scene_01_a rendered --video no.mp4
refuses 2 "a duration that is none" mark scene_01_a rendered --video cut.mp4 --duration soon
refuses 1 "mark nobody" mark nobody rendered --video cut.mp4 --duration 5
refuses 2 "mark what" mark scene_01_a finished
refuses 2 "which video" mark scene_02_b_c rendered
fresh
fh-state mark scene_01_a rendered --video cut.mp4 --duration 10.000000 --no-audio
is "$(fh-state get scenes.0.verification | sed 's/"20.*Z"/NOW/')" \
    '{"file_size_bytes": 500, "duration_seconds": 10.0, "audio_present": false, "verified_at": NOW}' "told instead of read"
diff_is "mark built" $'<{"id": "scene_02_b_c"},\n>{"id": "scene_02_b_c", "status": "built", "file": "f.py", "class_name": "Two"},' mark scene_02_b_c built --scene-file f.py --class Two

# --- repair
fresh
printf '"""\nclass No(VoiceoverScene):\n"""\nclass Helper:\n    pass\nclass Two(\n    Base, m.VoiceoverScene,\n):\n    pass\n' >scene_02_b_c.py
cp $S was
run fh-state repair-metadata
is "$rc:$(fh-state scene get scene_02_b_c file class_name | tr '\n' ' ')" "0:scene_02_b_c.py Two " "repair-metadata"
like "$(fh-state get history.-1)" '{"timestamp": "20*Z", "phase": "final_render", "action": "Repaired missing scene metadata in state: set file for scene_02_b_c -> scene_02_b_c.py; set class_name for scene_02_b_c -> Two"}' "is noted"
cp $S was
run fh-state repair-metadata
is "$rc:$(cmp was $S && echo same)" "0:same" "and done once"
mkfifo scene_02_b_c.fifo
fh-state scene set scene_02_b_c file scene_02_b_c.fifo class_name ''
run timeout 10 fh-state repair-metadata
is "$rc:$(fh-state scene get scene_02_b_c class_name)" "0:" "a FIFO has no class, and is not waited for"

# --- names that would do harm
fresh
# shellcheck disable=SC2016
for bad in '../../etc/passwd' '$(touch hurt)' $'a\nb' "it's" '-n' '--help' $'\xff\xfe' $'\e[31m'; do
	fh-state -- scene set scene_02_b_c title "$bad" || break
	[ "$(fh-state scene get scene_02_b_c title)" = "$bad" ] || break
done
is "$bad$(ls hurt 2>/dev/null)" $'\e[31m' "any text goes in and comes out"
mkdir -p p
echo "class X(VoiceoverScene):" >x.py
fh-state set scenes.1.id ../x
fh-state phase build_scenes
mv $S p
run fh-state apply -C p
is "$rc:$(fh-state get -C p errors.-1)" "0:build_scenes incomplete: expected ../x.py not found" "no scene outside the project"
done_testing
