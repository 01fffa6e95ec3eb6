#!/usr/bin/env bash
# README, "Adopting fh": each command that stands for a block of Python is run as it is written, on the sample project, and what it leaves is
# a valid state. Then what the commands say and change is looked at.
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC2034,SC2016
. "$(dirname "$0")/../lib.sh"

P=$T/project
fresh() {
	rm -rf "$P"
	cp -r "$here/tests/demo/project" "$P"
	cd "$P" || exit 1
	fh-state apply --phase plan
	fh-state repair-metadata
	fh-state edit 'append errors "final_render failed for x" "assemble failed: y" "other"' 'flag needs_human_review on'
	echo '{"output_dir": "voices"}' >voice_clone_config.json
	mkdir -p media/videos/scene_01_blue_dot/1440p60
	ffmpeg -nostdin -v error -y -f lavfi -i color=s=64x36:r=10:d=0.4 -f lavfi -i sine=d=0.4 -preset ultrafast \
		media/videos/scene_01_blue_dot/1440p60/Scene01BlueDot.mp4 2>/dev/null
}

ID=scene_01_blue_dot TOPIC='$(touch ran) "a" 42' INDEX=2 PHASE=plan
command -v ffmpeg >/dev/null || { skip "README's table" "no ffmpeg"; done_testing; }
n=0
while IFS= read -r line; do
	line=${line//\\|/¦} # a bar within a cell
	line=${line#*|*|}
	while [[ $line == *'`fh-state'* ]]; do
		line=${line#*'`'} command=${line%%'`'*} line=${line#*'`'}
		command=${command//¦/|}
		fresh
		n=$((n + 1))
		(eval "$command") >"$T/out" 2>"$T/err"
		is "$?:$(cat "$T/err")" 0: "README: $command"
		is "$(fh-state validate 2>&1)" "✅ State file valid" "and the state is valid"
	done
done < <(sed -n '/^| this block of Python/,/^$/p' "$here/README.md")
[ "$n" -ge 24 ]
ok $? "README has a command for each block ($n)"

fresh
fh-state --touch --string set topic "$TOPIC"
is "$(fh-state get -d '' topic)" "$TOPIC" "a topic stays what it is"
eval "$(sed -n 's/^| restart from the voice cache | `\(.*\)` |$/\1/p' "$here/README.md")"
is "$(fh-state get phase flags.needs_human_review errors history.-1.action)" 'precache_voiceovers
False
["other"]
rerender_final_with_fresh_voice_cache' "restart: phase, flag, errors by prefix, history"
eval "$(sed -n 's/^| a scene failed: back to building it | `\(.*\)` |$/\1/p' "$here/README.md")"
is "$(fh-state get phase current_scene_index errors.-1 history.-1.scene scenes.0.status)" 'build_scenes
0
final_render failed for scene_01_blue_dot: see build.log
scene_01_blue_dot
pending' "a scene failed: phase, index, error, history, status"
eval "$(sed -n 's/^| sound and picture differ: to that scene | `\(.*\)` |$/\1/p' "$here/README.md")"
is "$(fh-state get current_scene_index history.-1.ratio)" '2
0.873' "a number stays a number"
fh-state mark "$ID" rendered
is "$(fh-state scene get "$ID" status verification.audio_present video_file)" 'rendered
True
media/videos/scene_01_blue_dot/1440p60/Scene01BlueDot.mp4' "a rendered scene is verified by its file"
is "$(find . -name ran)" "" "and nothing ran"
done_testing
