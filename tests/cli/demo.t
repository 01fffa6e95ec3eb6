#!/usr/bin/env bash
# tests/demo/build.sh on the sample project: the whole job with the real tools, ffmpeg and a real voice; again with nothing
# to do, with one line changed, while another build runs, and after kill -9 at several moments.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

if ! command -v ffmpeg >/dev/null || ! command -v ffprobe >/dev/null; then
	skip "the demo" "no ffmpeg"
	done_testing
fi
sample=$here/tests/demo/project
P="$T/the pro'ject"

build() { # PROJECT
	run timeout 300 "$here/tests/demo/build.sh" "$1"
	[ "$rc" = 0 ] || sed 's/^/# /' "$T/out" "$T/err"
}

copy() { # PROJECT
	mkdir -p "$1"
	cp "$sample"/* "$1"
}


length() { # FILE ENTRY [STREAM]: milliseconds
	ffprobe -v error ${3:+-select_streams "$3"} -show_entries "$2=duration" -of csv=p=0 "$1" | awk '{ printf "%d\n", $1 * 1000 }'
}

near() { # A B LIMIT NAME: numbers no farther apart than LIMIT
	[ $(($1 > $2 ? $1 - $2 : $2 - $1)) -le "$3" ]
	ok $? "$4" || echo "# $1 and $2"
}

copy "$P"
build "$P"
is "$rc" 0 "the build ends well"
like "$out" "*/final_video.mp4*" "it says where the video is"
for name in plan check speak render assemble; do
	like "$out" "*$name*[0-9].[0-9][0-9][0-9] s*" "and how long $name took"
done
is "$(cd "$P" && fh-state get phase)" complete "the state is complete"
run fh-state validate "$P/project_state.json"
is "$rc" 0 "and valid"
is "$(cd "$P" && fh-state scenes | wc -l)" 9 "with nine scenes"
is "$(grep -c '"status": "rendered"' "$P/project_state.json")" 9 "all of them rendered"
run fh-voicecheck --keys --audio "$P"
is "$rc" 0 "every narration key is spoken"

sum=0
for video in "$P"/media/videos/*/1440p60/*.mp4; do
	sum=$((sum + $(length "$video" format)))
done
[ "$sum" -gt 60000 ]
ok $? "nine scenes are more than a minute"
near "$(length "$P/final_video.mp4" stream v)" "$sum" 500 "the picture is as long as the scenes together"
near "$(length "$P/final_video.mp4" stream a)" "$sum" 500 "and so is the sound"
is "$(ffprobe -v error -show_entries stream=codec_type -of csv=p=0 "$P/final_video.mp4" | sort | tr '\n' ' ')" \
	"audio video " "one picture, one sound"
volume=$(ffmpeg -nostdin -hide_banner -i "$P/final_video.mp4" -vn -af volumedetect -f null - 2>&1 | sed -n 's/.*mean_volume: -\([0-9]*\).*/\1/p')
[ "${volume:-99}" -lt 40 ]
ok $? "which is no silence"

# again
cp "$P/final_video.mp4" "$T/first.mp4"
cp "$P/project_state.json" "$T/state"
SECONDS=0
build "$P"
[ "$rc" = 0 ] && [ "$SECONDS" -lt 5 ]
ok $? "a second run finds all fresh, quickly"
check_same "and leaves the video" "$T/first.mp4" "$P/final_video.mp4"
check_same "and the state" "$T/state" "$P/project_state.json"

# one line
find "$P/media" -name '*.mp[34]' -exec cksum {} + | sort >"$T/before"
sed 's/Three for the place\|for four unknowns/for four riddles/' "$P/narration_script.py" >"$T/script"
cp "$T/script" "$P/narration_script.py"
build "$P"
is "$rc" 0 "one line of narration changes"
is "$(grep -c '✓ Spoke' "$T/out")" 1 "one key is spoken"
find "$P/media" -name '*.mp[34]' -exec cksum {} + | sort >"$T/after"
is "$(comm -13 "$T/before" "$T/after" | sed 's/.*\///' | sort | tr '\n' ' ')" \
	"Scene05FourthSatellite.mp4 scene_05_fourth_satellite.mp3 " "one sound and one scene are new"
! cmp -s "$T/first.mp4" "$P/final_video.mp4"
ok $? "and the video"
is "$(cd "$P" && fh-state get phase)" complete "the state is complete again"
cp "$sample/narration_script.py" "$P"
build "$P"
check_same "changed back, the video is the first again" "$T/first.mp4" "$P/final_video.mp4"

# two at once
if command -v flock >/dev/null; then
	(
		exec 9<>"$P/.build.lock"
		flock 9
		echo "$BASHPID" >"$P/.build.lock"
		exec sleep 60
	) &
	other=$!
	until [ -s "$P/.build.lock" ]; do sleep 0.05; done
	run "$here/tests/demo/build.sh" "$P"
	is "$rc:$err" "1:build: already running (PID $other)" "a second build is refused"
	is "$(cat "$P/.build.lock")" "$other" "and leaves the lock as it is"
	(sleep 1; kill "$other") &
	run "$here/tests/demo/build.sh" --wait "$P"
	like "$rc:$out" "0:waiting for build $other*final_video.mp4" "or waits for the first to end, if told"
	wait "$other" 2>/dev/null
	build "$P"
	is "$rc" 0 "the lock of a dead build does not hold"
else
	skip "two builds at once" "no flock(1) to hold the lock with"
fi

# kill -9
Q="$T/killed"
copy "$Q"
for pause in 0.1 0.4 1 2 4; do
	"$here/tests/demo/build.sh" "$Q" >/dev/null 2>&1 &
	other=$!
	sleep "$pause"
	kill -9 "$other" 2>/dev/null
	wait "$other" 2>/dev/null
done
build "$Q"
is "$rc" 0 "after kill -9 at five moments the next run ends well"
check_same "with the same video" "$T/first.mp4" "$Q/final_video.mp4"
is "$(cd "$Q" && fh-state get phase)" complete "and a complete state"
run fh-state validate "$Q/project_state.json"
is "$rc" 0 "which is valid"
is "$(find "$Q" -name '.speak*' -o -name '*.tmp*' -o -name '.final*' | wc -l)" 0 "nothing half made is left"
done_testing
