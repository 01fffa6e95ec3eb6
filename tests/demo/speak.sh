#!/usr/bin/env bash
# speak.sh KEY: in a project folder, speak the text of one narration key to KEY.mp3 and write its entry for cache.json.
# To use another voice, change the middle of this file. The same text must give the same bytes.
set -euo pipefail
voice=media/voiceovers/qwen
mkdir -p "$voice/entries"
work=$(mktemp -d "$PWD/$voice/.speak.XXXXXX")
trap 'rm -rf "$work"' EXIT

fh-voicecheck --text "$1" . >"$work/text"
text=$(fh-voicecheck --text "$1" --json .)
cd "$work"
if ffmpeg -v quiet -filters | grep flite >/dev/null; then
	model=flite-slt
	set -- "$1" -f lavfi -i flite=textfile=text:voice=slt
else
	model=espeak-ng
	espeak-ng -f text -w speech.wav
	set -- "$1" -i speech.wav
fi
ffmpeg -nostdin -v error "${@:2}" -ac 1 -ar 24000 -b:a 96k -map_metadata -1 -fflags +bitexact -flags +bitexact speech.mp3
cd "$OLDPWD"

seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$work/speech.mp3")
cat >"$work/entry" <<END
  {
    "narration_key": "$1",
    "text": $text,
    "audio_file": "$1.mp3",
    "model_id": "$model",
    "ref_audio": "",
    "ref_text": "",
    "duration_seconds": $seconds,
    "created_at": $(date +%s)
  }
END
mv "$work/speech.mp3" "$voice/$1.mp3"
mv "$work/entry" "$voice/entries/$1.json"
echo "✓ Spoke $1"
