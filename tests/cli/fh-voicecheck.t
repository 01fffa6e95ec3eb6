#!/bin/bash
# fh-voicecheck: the verdicts in their order and words, the hash, keys, sounds, every option.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
unset FLAMING_HORSE_TTS_BACKEND
Q=media/voiceovers/qwen
VALID='✓ Voice cache is valid and up-to-date'
CHANGED='❌ Narration script has changed since last cache'
CREATED='⚠ Cache hash file missing, created for future checks'

SCRIPT='SCRIPT = {\n    "a": "Hello.",\n    "b": "World.",\n}\n'
script() { printf '%b' "${1:-$SCRIPT}" >narration_script.py; }
index() { printf '%s\n' "$1" >$Q/cache.json; }
entry() { printf '{"narration_key": "%s", "text": "%s", "audio_file": "%s.mp3"}' "$1" "$2" "$1"; }
keep() { sha256sum <narration_script.py | cut -d' ' -f1 >$Q/.cache_hash; }
mp3() { # FILE: five silent frames, MPEG 1 layer III
	perl -e 'print "\xff\xfb\x90\x64" . "\0" x 413 for 1 .. 5' >"$1"
}
fresh() {
	rm -rf media narration_script.py voice_clone_config.json
	mkdir -p $Q
	script
	index "[$(entry a Hello.), $(entry b World.)]"
	keep
}
says() { is "$rc|$out|$err" "$1" "$2"; }

# --- the verdicts, in their order
rm -rf media
run fh-voicecheck .
says "1|❌ Cache index missing|" "nothing there: the index comes first"
mkdir -p $Q
echo '{broken' >$Q/cache.json
run fh-voicecheck .
says "1|❌ Narration script missing|" "then the script, before the index is read"
fresh
run fh-voicecheck .
says "0|$VALID|" "valid"
run fh-voicecheck
says "0|$VALID|" "the folder is . by itself"
run fh-voicecheck "$PWD/../${PWD##*/}"
says "0|$VALID|" "a folder elsewhere"
index '[]'
run fh-voicecheck .
says "1|❌ Cache index is empty|" "empty index"
for bad in '{}' '"x"' 'null' '{"entries": []}'; do
	index "$bad"
	run fh-voicecheck .
	says "1|❌ Cache index is not a valid list|" "no list: $bad"
done
for bad in '' '[' '[1,]' '[{"a": 1}] x' "['a']" '[01]'; do
	index "$bad"
	run fh-voicecheck .
	like "$rc|$out|$err" "1|❌ Cache index read error: line *column *|" "no JSON: $bad"
done
printf '[{"text": "\xff", "audio_file": "a"}]' >$Q/cache.json
run fh-voicecheck .
like "$rc|$out|$err" "1|❌ Cache index read error: *|" "no UTF-8 in the index"
index '[{"text": "a", "audio_file": "b"}, 1]'
run fh-voicecheck .
says "1|❌ Cache entry 1 is not an object|" "an entry that is no object"
for bad in '{"text": "a"}' '{"text": "a", "audio_file": ""}' '{"text": "a", "audio_file": 5, "final_audio": "b"}' '{"text": "a", "final_audio": null}'; do
	index "[$bad]"
	run fh-voicecheck .
	says "1|❌ Cache entry 0 missing audio file field|" "no sound: $bad"
done
for bad in '{"audio_file": "b"}' '{"audio_file": "b", "text": "", "input_text": ""}' '{"audio_file": "b", "text": ["a"], "input_text": "a"}'; do
	index "[$bad]"
	run fh-voicecheck .
	says "1|❌ Cache entry 0 missing text field|" "no text: $bad"
done
for good in '{"input_text": "a", "final_audio": "b"}' '{"text": "", "input_text": "a", "audio_file": null, "final_audio": "b"}' \
	'{"text": "a", "audio_file": "b", "duration_seconds": NaN}' '{"text": 1, "text": "a", "audio_file": "b"}'; do
	index "[$good]"
	run fh-voicecheck .
	says "0|$VALID|" "good: $good"
done

# --- the hash
fresh
echo '# more' >>narration_script.py
run fh-voicecheck .
says "1|$CHANGED|" "a changed script"
fresh
rm $Q/.cache_hash
run fh-voicecheck .
says "0|$CREATED|" "no hash: valid, and made"
is "$(cat $Q/.cache_hash)" "$(sha256sum <narration_script.py | cut -d' ' -f1)" "it is the script's"
is "$(stat -c %s $Q/.cache_hash)" 64 "64 digits and nothing else"
run fh-voicecheck .
says "0|$VALID|" "and is good"
is "$(find . -name '*.tmp*')" "" "no temporary file stays"
printf ' \n\t%s\r\n ' "$(cat $Q/.cache_hash)" >$Q/hash
mv $Q/hash $Q/.cache_hash
run fh-voicecheck .
says "0|$VALID|" "white space around it"
fresh
for bad in '' x "$(tr a-f A-F <$Q/.cache_hash)" "$(cat $Q/.cache_hash) 1"; do
	printf %s "$bad" >$Q/.cache_hash
	run fh-voicecheck .
	says "1|$CHANGED|" "a hash that is none: '${bad:0:8}'"
done
fresh
sed -i 's/$/\r/' narration_script.py
run fh-voicecheck .
says "0|$VALID|" "CR LF counts as LF"
tr -d '\n' <narration_script.py >cr && mv cr narration_script.py
run fh-voicecheck .
says "0|$VALID|" "and so does a lone CR"
printf '\xff' >>narration_script.py
run fh-voicecheck .
says "1|$CHANGED|fh-voicecheck: narration_script.py: byte 52: not valid UTF-8" "no UTF-8 is stale, and said"
rm $Q/.cache_hash
run fh-voicecheck .
is "$rc:$([ -e $Q/.cache_hash ] && echo made)" "1:" "without a hash too, and none is made"
fresh
rm $Q/.cache_hash
ln -s ../hash $Q/.cache_hash
run fh-voicecheck .
is "$rc|$out|$([ -L $Q/.cache_hash ] && cat media/voiceovers/hash)" "0|$CREATED|$(sha256sum <narration_script.py | cut -d' ' -f1)" \
	"a hash file that is a link is written through"

# --- the world
run fh-voicecheck nosuch
says "3||fh-voicecheck: nosuch: No such file or directory" "no project folder"
run fh-voicecheck narration_script.py
is "$rc|$out" "3|" "a file is no project folder"
fresh
rm narration_script.py && mkdir narration_script.py
run fh-voicecheck .
says "3||fh-voicecheck: narration_script.py: Is a directory" "a script that is a folder"
rmdir narration_script.py && mkfifo narration_script.py
run timeout 10 fh-voicecheck .
like "$rc|$out|$err" "3||fh-voicecheck: narration_script.py: *" "a script that is a FIFO does not block"
fresh
rm $Q/cache.json && mkdir $Q/cache.json
run fh-voicecheck .
says "3||fh-voicecheck: $Q/cache.json: Is a directory" "an index that is a folder"
rmdir $Q/cache.json && ln -s /dev/zero $Q/cache.json
run timeout 10 fh-voicecheck .
like "$rc|$out|$err" "3||fh-voicecheck: $Q/cache.json: *" "an index that has no end"
rm $Q/cache.json && ln -s nowhere $Q/cache.json
run fh-voicecheck .
says "1|❌ Cache index missing|" "a link to nowhere is missing"
fresh
rm $Q/.cache_hash && mkdir $Q/.cache_hash
run fh-voicecheck .
says "3||fh-voicecheck: $Q/.cache_hash: Is a directory" "a hash that is a folder"
rmdir $Q/.cache_hash && ln -s /nonexistent/hash $Q/.cache_hash
run fh-voicecheck .
says "3||fh-voicecheck: $Q/.cache_hash: not written: No such file or directory" "a hash that cannot be made is no valid cache"
run fh-voicecheck -n .
says "0|⚠ Cache hash file missing|" "unless nothing is to be written"
if [ "$(id -u)" != 0 ]; then
	fresh
	rm $Q/.cache_hash
	chmod a-w $Q
	run fh-voicecheck .
	says "3||fh-voicecheck: $Q/.cache_hash: not written: Permission denied" "a read-only folder"
	run fh-voicecheck --dry-run .
	says "0|⚠ Cache hash file missing|" "a read-only folder, --dry-run"
	chmod u+w $Q
else
	skip "a read-only folder" "root writes everywhere"
fi
fresh
rm $Q/.cache_hash
run fh-voicecheck --dry-run .
is "$rc:$([ -e $Q/.cache_hash ] && echo made)" "0:" "--dry-run makes no hash"
# shellcheck disable=SC2086
$RUN fh-voicecheck . >/dev/full 2>"$T/err"
is "$?|$(cat "$T/err")" "3|fh-voicecheck: standard output: No space left on device" "a full disk behind stdout"
# shellcheck disable=SC2086
$RUN fh-voicecheck -q . >/dev/full
ok $? "which -q does not touch"

# --- usage
run fh-voicecheck a b
is "$rc|$out" "2|" "one folder only"
run fh-voicecheck --nosuch
is "$rc|$out" "2|" "unknown option"
run fh-voicecheck --keys=some .
is "$rc|$out" "2|" "unknown state"
run fh-voicecheck --help
like "$rc|$out" "0|*--keys*--audio*" "--help"

# --- -q and --update
fresh
run fh-voicecheck -q .
says "0||" "-q, valid"
echo >>narration_script.py
run fh-voicecheck --quiet .
says "1||" "-q, stale"
run fh-voicecheck -n --update .
says "1|$CHANGED|" "--update with --dry-run writes nothing"
run fh-voicecheck --update .
says "0|$VALID|" "--update keeps the hash"
run fh-voicecheck .
says "0|$VALID|" "which is good then"
before=$(stat -c %i $Q/.cache_hash)
run fh-voicecheck --update .
is "$rc:$(stat -c %i $Q/.cache_hash)" "0:$before" "--update again writes nothing"
rm $Q/.cache_hash
run fh-voicecheck --update .
says "0|$VALID|" "--update makes it where there was none"
chmod 600 $Q/.cache_hash
echo >>narration_script.py
run fh-voicecheck -q --update .
is "$rc:$(stat -c %a $Q/.cache_hash)" "0:600" "its mode stays"
index '[]'
echo >>narration_script.py
before=$(cat $Q/.cache_hash)
run fh-voicecheck --update .
is "$rc|$out|$(cat $Q/.cache_hash)" "1|❌ Cache index is empty|$before" "--update of no cache"
rm $Q/cache.json
run fh-voicecheck --update .
says "1|❌ Cache index missing|" "--update without an index"

# --- keys
fresh
run fh-voicecheck --keys .
says "0||" "all fresh: no lines"
index "[$(entry a Hello.), $(entry b Welt.), $(entry z Old.)]"
script 'SCRIPT = {\n"c": "New.",\n"a": "Hello.",\n"b": "World."}\n'
run fh-voicecheck --keys .
says $'1|missing\tc\nstale\tb\norphaned\tz|' "states and keys, in the script's order"
run fh-voicecheck --keys=need .
says $'1|c\nb|' "what must be spoken"
run fh-voicecheck --keys=all .
says $'1|missing\tc\nfresh\ta\nstale\tb\norphaned\tz|' "all of them"
for pair in stale:b missing:c orphaned:z fresh:a broken:; do
	run fh-voicecheck --keys="${pair%:*}" .
	says "1|${pair#*:}|" "--keys=${pair%:*}"
done
run fh-voicecheck -q --keys .
says "1||" "-q --keys"
fh-voicecheck -0 --keys=need . | tr '\0' '+' >"$T/out"
is "$(cat "$T/out")" "c+b+" "-0"
run fh-voicecheck --update --keys=need .
is "$rc|$out|$(fh-voicecheck .)" $'1|c\nb|'"$CHANGED" "--update --keys writes nothing while keys wait"
index "[$(entry a Hello.), $(entry b World.), $(entry c New.), $(entry z Old.)]"
run fh-voicecheck --update --keys .
is "$rc|$out|$(fh-voicecheck .)" "0|orphaned"$'\t'"z|$VALID" "and the hash when none waits; orphans do not count"
echo '# a comment' >>narration_script.py
run fh-voicecheck --keys .
is "$rc" 0 "a comment makes no key stale"
run fh-voicecheck .
is "$rc" 1 "though the script has changed"
rm $Q/.cache_hash
run fh-voicecheck --keys .
is "$rc:$([ -e $Q/.cache_hash ] && echo made)" "0:" "--keys writes no hash"
index "[$(entry a Old.), $(entry a Hello.), {\"text\": \"World.\", \"audio_file\": \"b.mp3\"}, {\"input_text\": \"New.\", \"final_audio\": \"x/1f3a.mp3\"}]"
run fh-voicecheck --keys=all .
says $'0|fresh\tc\nfresh\ta\nfresh\tb|' "the last entry counts; without narration_key the file's stem, else the text"
index "[$(entry a Hello.), {\"narration_key\": \"b\", \"text\": \"World.\"}, 7]"
run fh-voicecheck --keys .
says $'1|missing\tc\nmissing\tb|fh-voicecheck: ❌ Cache entry 1 missing audio file field' "a bad entry is no entry"
rm $Q/cache.json
run fh-voicecheck --keys=need .
says $'1|c\na\nb|' "no index: every key"
echo '{' >$Q/cache.json
run fh-voicecheck --keys=need .
like "$rc|$out|$err" $'1|c\na\nb|fh-voicecheck: ❌ Cache index read error: *' "a broken one: every key, and said"
rm narration_script.py
run fh-voicecheck --keys .
says "1||fh-voicecheck: ❌ Narration script missing" "no script"
fresh
script 'SCRIPT = {"a": "x",\n  "b": open("/etc/passwd").read()}\n'
run fh-voicecheck --keys .
says "3||fh-voicecheck: narration_script.py: line 2, column 8: found 'open' where a text should be; only string literals are read, nothing is run" \
	"a script that would have to be run"
script 'import os\nSCRIPT = {"a": os.system("touch ran") and "x"}\n'
run fh-voicecheck --keys .
is "$rc:$([ -e ran ] && echo ran)" "3:" "is never run"
script 'SCRIPT = {"t\\ta\\\\\\nb": "x", "\\x1b[31m": "y", "\\0": "z"}\n'
index "[$(entry q q)]"
run fh-voicecheck --keys=missing .
is "$out" $'t\\ta\\\\\\nb\n\\0033[31m\n\\0000' "control characters as printf %b reads them"
is "$(printf '%b' 't\ta\\\nb')" $'t\ta\\\nb' "it does"
fh-voicecheck -0 --keys=missing . | head -c 7 >"$T/raw"
printf 't\ta\\\nb\0' | cmp -s - "$T/raw"
ok $? "-0 gives them raw"
printf 'SCRIPT = {"k\xc3\xa9": "\\u00fc\xe2\x82\xac \\ud83d\\ude00"}' >narration_script.py
index '[{"narration_key": "k\u00e9", "text": "ü€ \ud83d\ude00", "audio_file": "k"}]'
run fh-voicecheck --keys=all .
says "0|fresh"$'\t'"ké|" "texts are compared, not their spelling"

# --- sounds
fresh
mp3 $Q/a.mp3
run fh-voicecheck --audio .
says "1|❌ Cache entry 1: b.mp3: No such file or directory|" "a sound that is missing"
: >$Q/b.mp3
run fh-voicecheck --audio .
says "1|❌ Cache entry 1: b.mp3: is empty|" "an empty one"
echo '<html>' >$Q/b.mp3
run fh-voicecheck --audio .
says "1|❌ Cache entry 1: b.mp3: no audio file that is known here|" "one that is no sound"
run fh-voicecheck --keys --audio .
says $'1|broken\tb|fh-voicecheck: b: b.mp3: no audio file that is known here' "--keys calls it broken, stderr says why"
run fh-voicecheck --keys=need --audio .
is "$rc|$out" "1|b" "it has to be spoken"
run fh-voicecheck --keys=need .
is "$rc|$out" "0|" "without --audio nobody looks"
run fh-voicecheck --update --audio .
is "$rc" 1 "--update --audio does not pass it"
mp3 $Q/b.mp3
run fh-voicecheck --audio .
says "0|$VALID|" "all there"
run fh-voicecheck --keys --audio .
says "0||" "and for --keys"
echo >>narration_script.py
rm $Q/a.mp3
run fh-voicecheck --audio .
says "1|$CHANGED"$'\n'"❌ Cache entry 0: a.mp3: No such file or directory|" "both verdicts"
fresh
mp3 "$T/elsewhere.mp3"
index "[{\"text\": \"a\", \"audio_file\": \"$T/elsewhere.mp3\"}, {\"text\": \"a\", \"audio_file\": \"../../../x\\u0000\"}, {\"text\": \"a\", \"audio_file\": \"..\"}]"
run fh-voicecheck --audio .
like "$rc|$out" $'1|❌ Cache entry 1: ../../../x: a NUL character in its name\n❌ Cache entry 2: ..: Is a directory' "absolute names; NUL; a folder"
index '[{"text": "a", "audio_file": "\u001b[31m\nx"}]'
run fh-voicecheck --audio .
says '1|❌ Cache entry 0: ?[31m?x: No such file or directory|' "names are shown harmless"
if command -v ffmpeg >/dev/null; then
	fresh
	for f in mp3 wav ogg opus flac m4a aac; do
		ffmpeg -nostdin -v error -y -f lavfi -i sine=duration=0.3 "$Q/s.$f" 2>"$T/err" || continue
		index "[{\"text\": \"a\", \"audio_file\": \"s.$f\"}]"
		run fh-voicecheck --audio .
		says "0|$VALID|" "what ffmpeg writes as $f"
	done
else
	skip "what ffmpeg writes" "no ffmpeg"
fi

# --- JSON
fresh
run fh-voicecheck --json .
hash=$(cat $Q/.cache_hash)
is "$rc|$out" "0|{\"valid\": true, \"verdict\": \"fresh\", \"message\": \"\\u2713 Voice cache is valid and up-to-date\", \"folder\": \"$Q\", \"hash\": \"$hash\", \"cached_hash\": \"$hash\"}" "--json"
index "[$(entry a Hello.), $(entry z Z)]"
mp3 $Q/z.mp3
run fh-voicecheck --json --keys .
like "$rc|$out" '1|*, "needed": 1, "keys": {"fresh": \["a"\], "stale": \[\], "missing": \["b"\], "broken": \[\], "orphaned": \["z"\]}}' "--json --keys"
run fh-voicecheck --json --audio .
like "$rc|$out" '1|{"valid": false, *"audio": \[{"entry": 0, "file": "a.mp3", "problem": "No such file or directory"}\]}' "--json --audio"
rm -rf media
run fh-voicecheck --json --audio .
is "$rc|$out" "1|{\"valid\": false, \"verdict\": \"no-index\", \"message\": \"\\u274c Cache index missing\", \"folder\": \"$Q\", \"hash\": null, \"cached_hash\": null, \"audio\": []}" "--json of nothing"

# --- one text
fresh
script 'SCRIPT = {"a": """Line 1\nLine \\"2\\"\n""", "e": ""}\n'
$RUN fh-voicecheck --text a . >"$T/out"
printf 'Line 1\nLine "2"\n\n' | cmp -s - "$T/out"
ok $? "--text prints the text and a newline"
run fh-voicecheck --text a --json .
is "$rc|$out" '0|"Line 1\nLine \"2\"\n"' "--text --json"
$RUN fh-voicecheck -0 --text e . >"$T/out"; rc=$?
is "$rc:$(wc -c <"$T/out")" "0:1" "--text -0, an empty text"
run fh-voicecheck --text b .
says "1||fh-voicecheck: b: no such narration key" "--text of no key"
rm narration_script.py
run fh-voicecheck --text b .
says "1||fh-voicecheck: narration_script.py: No such file or directory" "--text without a script"

# --- which cache
fresh
mkdir -p media/voiceovers/mlx
FLAMING_HORSE_TTS_BACKEND=mlx run fh-voicecheck .
says "0|$VALID|" "mlx: the precache step writes where it does for qwen"
echo '[]' >media/voiceovers/mlx/cache.json
FLAMING_HORSE_TTS_BACKEND=' MLX ' run fh-voicecheck .
says "1|❌ Cache index is empty|" "mlx: an index of its own comes first"
run fh-voicecheck --backend mlx .
says "1|❌ Cache index is empty|" "--backend"
FLAMING_HORSE_TTS_BACKEND=mlx run fh-voicecheck -b qwen .
says "0|$VALID|" "--backend overrides the environment"
FLAMING_HORSE_TTS_BACKEND='' run fh-voicecheck .
says "0|$VALID|" "an empty environment is none"
FLAMING_HORSE_TTS_BACKEND=festival run fh-voicecheck .
says "2||fh-voicecheck: FLAMING_HORSE_TTS_BACKEND: 'festival': not qwen or mlx" "another backend"
mv media/voiceovers/qwen media/voiceovers/own
printf '%s' '{"output_dir": " media/voiceovers/own\n", "x": NaN}' >voice_clone_config.json
run fh-voicecheck .
says "0|$VALID|" "output_dir of voice_clone_config.json"
mkdir -p home && mv media/voiceovers/own home/v
echo '{"output_dir": "~/v"}' >voice_clone_config.json
HOME=$T/home run fh-voicecheck .
says "0|$VALID|" "with ~"
for bad in '{"output_dir": 5}' '{"output_dir": " "}' '{broken' '[]'; do
	echo "$bad" >voice_clone_config.json
	run fh-voicecheck .
	says "1|❌ Cache index missing|" "a config that names no folder: $bad"
done
done_testing
