#!/usr/bin/env bash
# build.sh [--wait] PROJECT: from plan.json to final_video.mp4 with the fh tools. Needs them on PATH, ffmpeg, and bash 3.2.
# Where another build of PROJECT runs, this one is refused; with --wait it goes on after that one.
#
# Run it again at any time, after a change or after a kill -9: what is done is found fresh, the rest is done. It takes no
# cleaning up for that, since every result is made under another name and renamed when it is whole.
set -euo pipefail
patient=
[ "${1:-}" != --wait ] || { patient=1 && shift; }
[ $# = 1 ] || { echo "usage: ${0##*/} [--wait] PROJECT" >&2; exit 2; }
PATH=$(cd "$(dirname "$0")" && pwd):$PATH	# speak.sh
cd "$1"
unset FH_STATE_FILE STATE_FILE PROJECT_DIR	# the state is ./project_state.json, whatever the caller exports
voice=media/voiceovers/qwen

die() {
	echo "build: $*" >&2
	exit 1
}

for tool in fh-state fh-voicecheck fh-render-worker fh-parallel ffmpeg; do
	command -v "$tool" >/dev/null || die "$tool: not on PATH"
done

phase() {
	fh-state phase
}

each() {	# COMMAND...: for each line of stdin, side by side; a bar for people, lines for logs
	if [ -t 2 ]; then
		fh-parallel -j auto --bar --halt soon,fail=1 "$@" >>build.log
	else
		fh-parallel -j auto --halt soon,fail=1 "$@" | tee -a build.log
	fi
}

advance() {	# PHASE: move on by what is on disk; where nothing moves, the state says why
	local before
	before=$(fh-state get phase current_scene_index)
	fh-state apply --phase "$1"
	[ "$(fh-state get phase current_scene_index)" != "$before" ] || die "$(fh-state get errors.-1)"
}

plan() {	# plan, narration and scenes are there (an agent wrote them): tell the state
	while :; do
		case $(phase) in
		init) fh-state phase plan ;;
		plan | review | narration | build_scenes) advance "$(phase)" ;;
		*) return ;;
		esac
	done
}

check() {	# each scene must speak the text of its own key
	local n=0 id file key
	[ "$(phase)" = scene_qc ] || return 0
	fh-state scenes | while IFS='|' read -r id file _; do
		key=$(fh-state get "scenes.$n.narration_key")
		grep -q "SCRIPT\[\"$key\"\]" "$file" || die "$id: $file does not speak SCRIPT[\"$key\"]"
		echo "- $id: speaks \"$key\""
		n=$((n + 1))
	done >scene_qc_report.md
	advance scene_qc
}

index() {	# cache.json from the entries that speak.sh wrote
	local entry comma=''
	for entry in "$voice"/entries/*.json; do
		[ -f "$entry" ] || continue
		printf '%s%s' "$comma" "$(cat "$entry")"
		comma=$',\n'
	done | { echo '['; cat; printf '\n]\n'; } >"$voice/.cache.json"
	mv "$voice/.cache.json" "$voice/cache.json"
}

speak() {	# what fh-voicecheck finds missing or stale; what a killed build has spoken counts
	if ! fh-voicecheck -q --keys --audio .; then
		case $(phase) in final_render | assemble | complete) fh-state phase precache_voiceovers ;; esac
		rm -rf "$voice"/.speak.*
		[ ! -d "$voice/entries" ] || index
		{ fh-voicecheck --keys=need --audio . || [ $? = 1 ]; } | each speak.sh {}
		index
	fi
	fh-voicecheck -q . || fh-voicecheck -q --update .
	[ "$(phase)" != precache_voiceovers ] || advance precache_voiceovers
}

render() {	# a worker per scene, which finds out by itself whether its video is still right
	local worker="fh-render-worker --profile ffmpeg"
	if ! fh-state scenes | fh-parallel -j auto --colsep '|' "$worker" -q --check . '{1}' '{2}' '{3}' '{4}'; then
		case $(phase) in assemble | complete) fh-state phase final_render ;; esac
		fh-state scenes | each --colsep '|' "$worker" . '{1}' '{2}' '{3}' '{4}'
	fi
	[ "$(phase)" != final_render ] || fh-state phase assemble
}

assemble() {	# one video of all scenes, unless it is newer than each of them
	local list file
	list=$(fh-state scenes | while IFS='|' read -r id _ class _; do echo "file 'media/videos/$id/1440p60/$class.mp4'"; done)
	if [ "$list" != "$(cat scenes.txt 2>/dev/null)" ]; then
		echo "$list" >.scenes.txt
		mv .scenes.txt scenes.txt
	fi
	for file in scenes.txt media/videos/*/1440p60/*.mp4; do
		[ final_video.mp4 -nt "$file" ] && continue
		ffmpeg -nostdin -v error -y -f concat -safe 0 -i scenes.txt -c copy -movflags +faststart \
			-map_metadata -1 -fflags +bitexact -flags +bitexact .final_video.mp4
		mv .final_video.mp4 final_video.mp4
		break
	done
	[ "$(phase)" = complete ] || fh-state phase complete
}

# The lock belongs to the open descriptor, which our jobs inherit. So it lasts as long as any of them, is gone when the last
# one is, however that ended, and a build that is refused has nothing to remove.
lock() {	# [nowait]
	if command -v flock >/dev/null; then
		flock ${1:+-n} 9
	else
		perl -MFcntl=:flock -e 'open my $l, "+<&=9"; exit !flock $l, @ARGV ? LOCK_EX | LOCK_NB : LOCK_EX' ${1+"$1"}
	fi
}

exec 9<>.build.lock
if ! lock nowait; then
	running=$(cat .build.lock)
	[ "$patient" ] || ! kill -0 "$running" 2>/dev/null || die "already running (PID $running)"
	echo "waiting for build $running, or for what a kill has left of it"
	lock
fi
echo $$ >.build.lock
trap ': >.build.lock' EXIT

if [ "$(phase)" != complete ]; then
	fh-state backup >/dev/null
	fh-state increment >/dev/null
fi
: >.build.times
for step in plan check speak render assemble; do
	TIMEFORMAT=$(printf '  %-9s%%3R s' "$step")
	{ time "$step" 2>&4; } 4>&2 2>>.build.times
done
cat .build.times
echo "$PWD/final_video.mp4"
