#!/usr/bin/env bash
# build.sh PROJECT: from plan.json to final_video.mp4 with the fh tools. Needs them on PATH, ffmpeg, and bash 3.2.
#
# Run it again at any time, after a change or after a kill -9: what is done is found fresh, the rest is done. It takes no
# cleaning up for that, since every result is made under another name and renamed when it is whole.
set -euo pipefail
[ $# = 1 ] || { echo "usage: ${0##*/} PROJECT" >&2; exit 2; }
cd "$1"
unset FH_STATE_FILE STATE_FILE PROJECT_DIR	# the state is ./project_state.json, whatever the caller exports
voice=media/voiceovers/qwen
mkdir -p "$voice"
exact="-map_metadata -1 -fflags +bitexact -flags +bitexact"	# the same input gives the same bytes

die() {
	echo "build: $*" >&2
	exit 1
}

# The lock is held by the open descriptor, which our jobs inherit. So it lasts as long as any of them, ends with the
# last one however that ends, and a build that is refused has nothing to remove.
lock() {	# [nowait]
	if command -v flock >/dev/null; then
		flock ${1:+-n} 9
	else
		perl -MFcntl=:flock -e 'open my $l, "+<&=9"; exit !flock $l, @ARGV ? LOCK_EX | LOCK_NB : LOCK_EX' ${1+"$1"}
	fi
}

# Lines of stdin to jobs: a bar for people, plain lines for logs.
each() {	# COMMAND...
	if [ -t 2 ]; then
		fh-parallel -j auto --bar --halt soon,fail=1 "$@" >>build.log
	else
		fh-parallel -j auto --halt soon,fail=1 "$@" | tee -a build.log
	fi
}

phase() {
	fh-state get phase
}

# Move on by what is on disk; where nothing moves, the state says why.
advance() {	# PHASE
	local before
	before=$(fh-state get phase current_scene_index)
	fh-state apply --phase "$1"
	[ "$(fh-state get phase current_scene_index)" != "$before" ] || die "$1: $(fh-state get errors.-1)"
}

plan() {	# the plan, the narration and the scenes are there (an agent wrote them): tell the state
	while :; do
		case $(phase) in
		init) fh-state phase plan ;;
		plan | review | narration | build_scenes) advance "$(phase)" ;;
		*) return ;;
		esac
	done
}

check() {	# scene_qc: each scene must speak the text of its own key
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

speak_key() {	# KEY: its text to KEY.mp3
	local dir
	dir=$(mktemp -d "$voice/.speak.XXXXXX")
	fh-voicecheck --text "$1" . >"$dir/text"
	if ffmpeg -v quiet -filters | grep -q flite; then
		set -- "$1" -f lavfi -i flite=textfile=text:voice=slt
	else
		(cd "$dir" && espeak-ng -f text -w speech.wav)
		set -- "$1" -i speech.wav
	fi
	# shellcheck disable=SC2086
	(cd "$dir" && ffmpeg -nostdin -v error "${@:2}" -ac 1 -ar 24000 -b:a 96k $exact speech.mp3)
	mv "$dir/speech.mp3" "$voice/$1.mp3"
	rm -r "$dir"
	echo "✓ Spoke $1"
}

speak() {	# what fh-voicecheck finds missing or stale is spoken, then index and hash are written
	local key
	if ! fh-voicecheck -q --keys --audio .; then
		case $(phase) in final_render | assemble | complete) fh-state phase precache_voiceovers ;; esac
		rm -rf "$voice"/.speak.*
		fh-voicecheck --keys . | sed -n 's/^\(stale\|missing\) //p' | each speak_key {}
		index >"$voice/.cache.json"
		mv "$voice/.cache.json" "$voice/cache.json"
	fi
	fh-voicecheck -q . || fh-voicecheck --update .
	[ "$(phase)" != precache_voiceovers ] || advance precache_voiceovers
}

render() {	# a worker per scene; it finds out by itself whether its video is still right
	fh-state scenes | each --colsep '|' fh-render-worker --profile ffmpeg . '{1}' '{2}' '{3}' '{4}'
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
		if [ ! final_video.mp4 -nt "$file" ]; then
			# shellcheck disable=SC2086
			ffmpeg -nostdin -v error -y -f concat -safe 0 -i scenes.txt -c copy $exact -movflags +faststart .final_video.mp4
			mv .final_video.mp4 final_video.mp4
			break
		fi
	done
	[ "$(phase)" = complete ] || fh-state phase complete
}

step() {	# NAME: run it; how long it took goes to .build.times
	local TIMEFORMAT="  $1 %3R s"
	{ time "$1" 2>&4; } 4>&2 2>>.build.times
}

exec 9<>.build.lock
if ! lock nowait; then
	running=$(cat .build.lock)
	! kill -0 "$running" 2>/dev/null || die "already running (PID $running)"
	echo "waiting for the last jobs of build $running, which was killed"
	lock
fi
echo $$ >.build.lock
trap ': >.build.lock' EXIT
: >.build.times
export -f speak_key
export voice exact

if [ "$(phase)" != complete ]; then
	fh-state backup >/dev/null
	fh-state increment >/dev/null
fi
for name in plan check speak render assemble; do
	step "$name"
done
cat .build.times
echo "$PWD/final_video.mp4"
