#!/usr/bin/env bash
# manim render FILE CLASS -qh|--dry_run: a stand-in for the renderer, in the project folder; makes a real small video. Each of
# $RIG/fail-CLASS (writes half a video and fails), hang-CLASS, mute-CLASS, transient-CLASS happens once.
set -eu
file=$2 class=$3
out=media/videos/${file%.py}/1440p60
once() {
	[ -e "$RIG/$1-$class" ] && rm "$RIG/$1-$class"
}
[ -f "$file" ] || { echo "no such file: $file"; exit 2; }
[ "$4" != --dry_run ] || exit 0
echo "Manim stub: $class"
mkdir -p "$out/partial_movie_files/$class"
if once fail; then
	echo half >"$out/$class.mp4"
	echo "Traceback (most recent call last): it failed"
	exit 1
fi
! once transient || { echo "503 too_many_concurrent_requests"; exit 1; }
! once hang || exec sleep 600
audio=(-f lavfi -i "sine=frequency=300:sample_rate=8000:duration=0.4" -c:a aac -b:a 16k)
! once mute || audio=()
ffmpeg -nostdin -v error -y -f lavfi -i "color=c=0x2040$(printf '%02x' "$((10#${class//[!0-9]/}))"):s=64x36:r=10:d=0.4" "${audio[@]}" -threads 1 \
	-c:v libx264 -preset ultrafast -pix_fmt yuv420p -map_metadata -1 -fflags +bitexact -flags:v +bitexact "$out/.$class.mp4"
mv "$out/.$class.mp4" "$out/$class.mp4"
