#!/usr/bin/env bash
# fh-render-worker with stand-ins for the renderer: what it skips, renders, refuses, ends, and tells the state.
# shellcheck disable=SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

command -v ffmpeg >/dev/null || { echo "1..0 # SKIP no ffmpeg"; exit 0; }
unset PHASE_RETRY_LIMIT PHASE_RETRY_BACKOFF_SECONDS PYTHONPATH FH_STATE_FILE STATE_FILE PROJECT_DIR
export FH_INI='' # no settings but the test's own: PROJECT/fh.ini is then given as FH_INI
mkdir "$T/bin" "$T/media"
PATH=$T/bin:$PATH
ff() { ffmpeg -nostdin -v error -y "$@"; }
ff -f lavfi -i color=s=32x32:d=1:r=10 -f lavfi -i sine=d=1 -shortest "$T/media/good.mp4"
ff -f lavfi -i color=s=32x32:d=1:r=10 "$T/media/mute.mp4"
ff -i "$T/media/good.mp4" -c copy "$T/media/good.mkv"
head -c 3000 "$T/media/good.mp4" >"$T/media/cut.mp4"
export MEDIA=$T/media CALLS=$T/calls PIDS=$T/pids

# The renderer: `manim render FILE CLASS -qh` as told by $FAKE.
cat >"$T/bin/manim" <<'FAKE'
#!/usr/bin/env bash
printf '%s\0' "$@" >>"$CALLS.args"
echo "$*" >>"$CALLS"
n=$(wc -l <"$CALLS")
id=${2##*/} id=${id%.py}
out=${OUT:-media/videos/$id/1440p60/$3.mp4}
make() { mkdir -p "${out%/*}/partial_movie_files/$3"; : >"${out%/*}/partial_movie_files/$3/piece"; cp "$MEDIA/$1" "$out"; }
echo "out of $id" ; echo "err of $id" >&2
case $FAKE in
good) make good.mp4 "$@" ;;
mute) make mute.mp4 "$@" ;;
cut) make cut.mp4 "$@" ;;
none) ;;
env) env >"$MEDIA/env"; make good.mp4 "$@" ;;
third) [ "$n" -ge 3 ] || exit 7; make good.mp4 "$@" ;;
never) exit 7 ;;
slow) sleep 0.5; make good.mp4 "$@" ;;
busy) [ "$n" -ge 3 ] || { head -c 300000 /dev/zero | tr '\0' x; echo too_many_concurrent_requests >&2; head -c 300000 /dev/zero; exit 1; }
	make good.mp4 "$@" ;;
busier) echo xxtoo_many_concurrent_requestsxx; exit 1 ;;
hang | deaf) [ "$FAKE" = hang ] || trap '' TERM INT
	sleep 300 & echo "$$ $!" >"$PIDS.new"; mv "$PIDS.new" "$PIDS"; wait; sleep 300 ;;
litter) sleep 300 & echo "$!" >"$PIDS"; make good.mp4 "$@" ;;
mkv) out=${out%.mp4}.mkv; make good.mkv "$@" ;;
esac
FAKE
chmod +x "$T/bin/manim"

# project NAME: a fresh one, with a scene, a narration, a state; we are in it
project() {
	rm -rf "$T/p" "$CALLS" "$CALLS.args" "$PIDS"
	mkdir -p "$T/p/$1/media/voiceovers/qwen"
	cd "$T/p/$1" || exit 1
	: >"$CALLS"
	echo 'class A(VoiceoverScene): pass' >s1.py
	printf 'SCRIPT = {"k1": "One.", "k2": "Two."}\n' >narration_script.py
	cp "$MEDIA/good.mp4" media/voiceovers/qwen/k1.mp3
	printf '[{"narration_key": "k1", "text": "One.", "audio_file": "k1.mp3", "duration_seconds": 1.0}]\n' \
		>media/voiceovers/qwen/cache.json
	perl -e 'printf qq({\n  "project_name": "p",\n  "phase": "final_render",\n  "created_at": "x",\n  "updated_at": "x",\n  "run_count": 0,\n  "scenes": [%s],\n  "current_scene_index": 0,\n  "errors": [],\n  "history": [],\n  "flags": {}\n}\n), join ",", map qq(\n    {"id": "s$_", "title": "T $_", "narration_key": "k$_"}), 1..8' >project_state.json
	export FAKE=good
	unset OUT
	FH_INI=
}
worker() { run fh-render-worker "$@"; }
calls() { wc -l <"$CALLS" | tr -d ' '; }
video=media/videos/s1/1440p60/A.mp4
gone() { # PID...: none of them is there any more, within 2 s
	local i
	for i in {1..40}; do
		kill -0 "$@" 2>/dev/null || return 0
		sleep 0.05
	done
	return 1
}
all_gone() { local p pids; read -ra pids <"$PIDS"; for p in "${pids[@]}"; do gone "$p" || return 1; done; }
wait_for() { local i; for i in {1..100}; do [ -e "$1" ] && return; sleep 0.05; done; return 1; }

# --- the plain way
project plain
worker . s1 s1.py A 45s
is "$rc:$out:$err" "0:🎬 Rendering scene: s1 (A)
✓ Successfully rendered: s1 (A):" "renders"
is "$(cat "$CALLS")" "render s1.py A -qh" "calls manim as the pipeline does"
is "$(cat render_s1.log)" '🎬 Rendering scene: s1 (A)
$ manim render s1.py A -qh
out of s1
✓ Successfully rendered: s1 (A)' "its output goes to render_ID.log"
is "$(cat render_s1.err)" "err of s1" "its errors go to render_ID.err"
is "$(fh-state get scenes.0.status scenes.0.video_file scenes.0.verification.audio_present scenes.0.verification.duration_seconds)" \
	"rendered
$video
True
1.0" "the state is told"
is "$(fh-state get scenes.0.verification.file_size_bytes)" "$(wc -c <$video | tr -d ' ')" "with the real size"
before=$(stat -c %i:%Y project_state.json)
worker . s1 s1.py A 45s
is "$rc:$out:$(calls)" "0:✓ Scene s1 already rendered and verified (skipping):1" "skips what is rendered"
is "$(stat -c %i:%Y project_state.json)" "$before" "and leaves a state that knows it alone"
cd / && worker "$T/p/plain" s1 s1.py A
is "$rc:$out" "0:✓ Scene s1 already rendered and verified (skipping)" "works in PROJECT_DIR"
cd "$T/p/plain" || exit 1
find . -name '.*.tmp' -o -name '*.fh' | sort >"$T/left"
is "$(cat "$T/left")" "./media/videos/s1/1440p60/.A.mp4.fh" "leaves one hidden file and nothing else"
if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	ASAN_OPTIONS=detect_leaks=0 strace -f -o "$T/trace" fh-render-worker -q . s1 s1.py A
	is "$(grep -cE '(execve|clone|clone3|fork|vfork)\(' "$T/trace")" 1 "the skip is one process"
else
	skip "the skip is one process" "no strace"
fi

# --- what is fresh
fresh() { worker --check . s1 s1.py A; is "$rc:$(calls)" "0:$before" "$1: fresh"; }
stale() { # NAME PATTERN: and then it is rendered
	worker --check . s1 s1.py A
	is "$rc" 1 "$1: stale"
	like "$out" "*is not fresh: $2" "$1: says why"
	worker . s1 s1.py A
	is "$rc:$(calls)" "0:$((before + 1))" "$1: rendered again"
	before=$(calls)
}
before=$(calls)
touch -d '2030-01-01' s1.py media/voiceovers/qwen/k1.mp3 narration_script.py
fresh "touched files"
echo '# more' >>s1.py
stale "another scene file" "scene file changed"
sed -i 's/Two/2/' narration_script.py
fresh "another key's text"
sed -i 's/One/1/' narration_script.py
stale "another text of its key" "narration text changed"
echo x >>media/voiceovers/qwen/k1.mp3
stale "another recording" "narration audio changed"
rm media/voiceovers/qwen/k1.mp3
fresh "recording cleaned away"
fresh "and looked at again"
export FH_INI=$T/ini
printf '[render]\nquality = -ql\n' >"$T/ini"
stale "another setting" "settings changed"
printf '[render]\nquality = -ql\ntimeout = 5m\nattempts = 9\n' >"$T/ini"
fresh "another time limit"
echo '[CLI]' >manim.cfg
stale "a manim.cfg" "settings changed"
rm -rf media/videos/s1/1440p60/.A.mp4.fh
fresh "its key removed"
[ ! -e media/videos/s1/1440p60/.A.mp4.fh ]
ok $? "--check makes none"
rm -f media/videos/s1/1440p60/.A.mp4.fh
touch -d '2031-01-01' s1.py
stale "no key and a newer scene file" "older than its sources"
rm -rf media/videos
stale "media removed" "*No such file or directory"
worker --force . s1 s1.py A
is "$rc:$(calls)" "0:$((before + 1))" "--force renders what is fresh"
project legacy
mkdir -p "${video%/*}" && cp "$MEDIA/good.mp4" "$video"
worker . s1 s1.py A
is "$rc:$out:$(calls)" "0:✓ Scene s1 already rendered and verified (skipping):0" "a video from before is taken over"
is "$(fh-state get scenes.0.status)" rendered "and the state is told of it"
echo '#' >>s1.py
before=$(cat render_s1.log)
worker --check . s1 s1.py A
is "$rc" 1 "and from then on its sources are known"
is "$(cat render_s1.log)" "$before" "--check leaves the log alone"
project code
echo 'SCRIPT = {"k1": make("One.")}' >narration_script.py
worker . s1 s1.py A
echo 'SCRIPT = {"k1": make("Won.")}' >narration_script.py
worker --check . s1 s1.py A
is "$rc" 1 "a script that cannot be read counts as a whole"

# --- what is not whole
for bad in cut mute; do
	project "$bad"
	mkdir -p "${video%/*}/partial_movie_files/A" && cp "$MEDIA/$bad.mp4" "$video" && touch "${video%/*}/partial_movie_files/A/old"
	worker . s1 s1.py A
	is "$rc:$(calls)" "0:1" "$bad: a video like that is rendered again"
	[ ! -e "${video%/*}/partial_movie_files/A/old" ]
	ok $? "$bad: stale pieces are removed"
	like "$(cat render_s1.log)" "→ Removing stale partials: ${video%/*}/partial_movie_files/A
→ Removing stale output: $video
🎬*" "$bad: and the log says so"
	project "$bad"
	FAKE=$bad worker . s1 s1.py A
	is "$rc:$out" "1:🎬 Rendering scene: s1 (A)
❌ Verification failed for s1: missing or invalid video" "$bad: a renderer that makes one fails"
	like "$err" "fh-render-worker: s1: $video: *" "$bad: and it says why"
	is "$(calls)" 1 "$bad: once is enough"
	is "$(fh-state get --default no scenes.0.status)" no "$bad: the state is not told"
done
project none
FAKE=none worker . s1 s1.py A
is "$rc" 1 "a renderer that makes nothing fails"

# --- attempts
project attempts
FAKE=third worker --backoff 0.01 . s1 s1.py A
is "$rc:$(calls):$out" "0:3:🎬 Rendering scene: s1 (A)
⚠ Render attempt 1 failed for s1, retrying...
⚠ Render attempt 2 failed for s1, retrying...
✓ Successfully rendered: s1 (A)" "fails twice, then succeeds"
project attempts
FAKE=never PHASE_RETRY_LIMIT=2 PHASE_RETRY_BACKOFF_SECONDS=0 worker . s1 s1.py A
is "$rc:$(calls)" "1:2" "PHASE_RETRY_LIMIT is obeyed"
is "$(tail -1 render_s1.err)" "❌ Render failed for s1 after 2 attempts" "the end is in render_ID.err"
is "$err" "fh-render-worker: s1: manim: exit status 7" "and how the last one ended on stderr"
PHASE_RETRY_LIMIT=none worker . s1 s1.py A
is "$rc:$err" "2:fh-render-worker: PHASE_RETRY_LIMIT: 'none': not a number" "a wrong PHASE_RETRY_LIMIT is told"
project attempts
SECONDS=0
PHASE_RETRY_LIMIT=2 FAKE=never worker . s1 s1.py A
[ "$SECONDS" -ge 2 ] && [ "$SECONDS" -le 8 ]
ok $? "2 s between attempts"
project attempts
rm s1.py
worker . s1 s1.py A
is "$rc:$err:$(calls)" "1:fh-render-worker: s1.py: No such file or directory:0" "no scene file"
project attempts
run env PATH=/nowhere "$FH/fh-render-worker" . s1 s1.py A
is "$rc:$err" "1:fh-render-worker: s1: manim: No such file or directory" "no renderer"
project ce
printf '#!/bin/sh\nexec manim "$@" ce\n' >"$T/bin/manim-ce"
chmod +x "$T/bin/manim-ce"
worker . s1 s1.py A
rm "$T/bin/manim-ce"
is "$rc:$(cat "$CALLS")" "0:render s1.py A -qh ce" "manim-ce is preferred"

# --- passing failures
project busy
FAKE=busy worker --transient-wait 0.02 --attempts 1 . s1 s1.py A
is "$rc:$(calls):$out" "0:3:🎬 Rendering scene: s1 (A)
⚠ Voiceover concurrency limit hit; retrying in 0.02 s (attempt 1/5)
⚠ Voiceover concurrency limit hit; retrying in 0.04 s (attempt 2/5)
✓ Successfully rendered: s1 (A)" "passing failures are waited for and not counted"
: >"$CALLS"
FAKE=never worker --force --transient-wait 0.01 --backoff 0 . s1 s1.py A
is "$rc:$(calls)" "1:3" "what an earlier run printed marks nothing"
project busier
FAKE=busier worker --transient-wait 0.01 --backoff 0 --attempts 2 . s1 s1.py A
is "$rc:$(calls)" "1:10" "five tries in each attempt"
project busier
printf '[render]\ntransient = busy signal\n' >"$T/ini"
FH_INI=$T/ini FAKE=busier worker --backoff 0 . s1 s1.py A
is "$rc:$(calls)" "1:3" "another text marks them"

# --- limits, signals, orphans
project hang
FAKE=hang worker --timeout 0.3 --attempts 1 . s1 s1.py A
like "$rc:$err" "1:fh-render-worker: s1: manim: time limit reached after *" "a time limit"
all_gone
ok $? "and the whole group is gone"
project deaf
SECONDS=0
FAKE=deaf worker --timeout 0.3 --grace 0.2 --attempts 1 . s1 s1.py A
is "$rc" 1 "a renderer deaf to TERM"
[ "$SECONDS" -le 5 ] && all_gone
ok $? "is killed"
project litter
FAKE=litter worker . s1 s1.py A
is "$rc" 0 "a renderer that leaves a process behind"
all_gone
ok $? "which is ended"

# started NAME FAKE: the worker in the background with the signals at their default; $worker is its pid
started() {
	project "$1"
	FAKE=$2 perl -e '$SIG{$_} = "DEFAULT" for qw(INT QUIT TERM HUP); exec @ARGV' \
		fh-render-worker --json --grace 0.5 . s1 s1.py A >"$T/out" 2>"$T/err" &
	worker=$!
	wait_for "$PIDS"
}
for signal in INT:130 TERM:143 HUP:129 QUIT:131; do
	started "${signal%:*}" hang
	kill -"${signal%:*}" "$worker"
	{ wait "$worker"; } 2>/dev/null
	is $? "${signal#*:}" "$signal: the status says which signal"
	all_gone
	ok $? "$signal: the group is gone"
	like "$(cat "$T/out")" '*"verdict": "interrupted"*' "$signal: and the report says so"
done
started twice deaf
kill -TERM "$worker"
sleep 0.1
kill -TERM "$worker"
{ wait "$worker"; } 2>/dev/null
is $? 143 "a second signal kills at once"
started nine hang
kill -KILL "$worker"
{ wait "$worker"; } 2>/dev/null
all_gone
ok $? "kill -9: the group is gone all the same"
worker . s1 s1.py A
is "$rc" 0 "and the next run renders"
project nap
FAKE=never perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' fh-render-worker --backoff 100 . s1 s1.py A >/dev/null 2>&1 &
worker=$!
for _ in {1..100}; do [ "$(calls)" = 0 ] || break; sleep 0.05; done
sleep 0.2
kill -INT $worker
{ wait $worker; } 2>/dev/null
is $? 130 "the waiting is interruptible"
(
	trap '' HUP
	FAKE=slow exec fh-render-worker -q . s2 s1.py A
) >/dev/null 2>&1 &
worker=$!
sleep 0.1
kill -HUP $worker 2>/dev/null
wait $worker
is "$(calls)" 2 "nohup: HUP is not heard"

# --- names are data
for id in a/b .. . '' $'a\nb'; do
	project names
	worker . "$id" s1.py A
	is "$rc:$(calls)" "2:0" "refused as an id: ${id//$'\n'/\\n}"
	worker . s1 s1.py "$id"
	is "$rc:$(calls)" "2:0" "refused as a class: ${id//$'\n'/\\n}"
done
for name in '$(touch x)' '`touch x`' "a'b" 'a"b' 'a b' '{class}' 'a;touch x' 'a|b' '*' 'ü' '-rf'; do
	project names
	cp s1.py "./$name.py"
	worker -- . "$name" "$name.py" 'A;$(touch x)'
	is "$rc" 0 "as an id: $name"
	case $name in -*) dot=./ ;; *) dot= ;; esac
	is "$(tr '\0' '\n' <"$CALLS.args")" "render
$dot$name.py"'
A;$(touch x)
-qh' "reaches the renderer as it is: $name"
	[ ! -e x ]
	ok $? "and nothing of it is run: $name"
done
project names
worker . $'s\e[31m' s1.py A
is "$rc" 2 "control characters are refused"
case $err in *$'\e'*) ok 1 "and made harmless" ;; *) ok 0 "and made harmless" ;; esac

# --- settings
project template
printf '[render]\ncommand = manim render "{file}" {class} -q "{title} {{x}} $HOME" {duration} {stem} {key}\nenv = A=1 "B=two {id}" HF_HUB_OFFLINE=0\n' >"$T/ini"
FH_INI=$T/ini FAKE=env worker . s1 s1.py A 45s
is "$rc:$(tr '\0' '|' <"$CALLS.args")" '0:render|s1.py|A|-q|T 1 {x} $HOME|45|s1|k1|' "a command template"
is "$(grep -xE '(A|B|HF_HUB_OFFLINE|TRANSFORMERS_OFFLINE|TOKENIZERS_PARALLELISM)=.*' "$MEDIA/env" | sort)" "A=1
B=two s1
HF_HUB_OFFLINE=0
TOKENIZERS_PARALLELISM=false
TRANSFORMERS_OFFLINE=1" "and its environment"
for line in 'command = manim {nonsense}' "command = manim 'x" 'command = " "x' 'video = ../{id}.mp4' 'video = /tmp/{id}.mp4' 'env = A B=2'; do
	project template
	printf '[render]\n%s\n' "$line" >"$T/ini"
	FH_INI=$T/ini worker . s1 s1.py A
	case $rc:$line in
	2:* | 1:command\ =\ \"*) ok 0 "wrong setting: $line" ;;
	*) ok 1 "wrong setting: $line (status $rc)" ;;
	esac
	is "$(calls)" 0 "and nothing is run: $line"
done
mkdir -p "$T/p/repo/scripts" "$T/p/repo/projects"
: >"$T/p/repo/scripts/build_video.sh"
mv "$T/p/template" "$T/p/repo/projects/x"
cd "$T/p/repo/projects/x" || exit 1
PYTHONPATH=/old MANIM_VOICE_PROD=1 FAKE=env worker . s1 s1.py A
is "$(grep -E '^(PYTHONPATH|MANIM_VOICE_PROD)=' "$MEDIA/env" | sort)" "MANIM_VOICE_PROD=1
PYTHONPATH=$T/p/repo:$T/p/repo/scripts:/old" "PYTHONPATH is extended by the pipeline above the project"
if command -v ffprobe >/dev/null; then
	project mkv
	printf '[render]\nvideo = media/videos/{id}/1440p60/{class}.mkv\n' >"$T/ini"
	export FH_INI=$T/ini
	FAKE=mkv worker --json . s1 s1.py A
	like "$rc:$out" '0:*"checked_by": "ffprobe"*' "other containers are looked at by ffprobe"
	worker . s1 s1.py A
	is "$rc:$(calls)" "0:1" "and skipped then"
fi

# --- the state
project many
pids=()
for i in 1 2 3 4 5 6 7 8; do
	[ "$i" = 1 ] || cp s1.py "s$i.py"
	fh-render-worker -q . "s$i" "s$i.py" A &
	pids+=($!)
done
status=0
for p in "${pids[@]}"; do wait "$p" || status=$?; done
is "$status:$(grep -c '"status": "rendered"' project_state.json)" "0:8" "eight workers mark at once and lose nothing"
project same
for i in 1 2 3; do FAKE=slow fh-render-worker . s1 s1.py A >"$T/same.$i" & done
wait
is "$(calls)" 1 "of three workers for one scene one renders"
is "$(cat "$T"/same.* | grep -c skipping)" 2 "and the others find it done"
project stranger
worker . s9 s1.py A
is "$rc" 1 "the folder is named after the id" # the stand-in names it after the file, as manim does
OUT=media/videos/s9/1440p60/A.mp4 worker . s9 s1.py A
is "$rc" 0 "a scene that the state does not know"
cp project_state.json before
worker --no-state . s1 s1.py A
cmp -s before project_state.json
ok $? "--no-state leaves it"
project broken
echo '{"scenes": [' >project_state.json
worker . s1 s1.py A
like "$rc:$err" "3:fh-render-worker: *project_state.json: *" "a broken state is told"
is "$(cat project_state.json)" '{"scenes": [' "and left"
project stateless
rm project_state.json
worker . s1 s1.py A
is "$rc" 0 "no state"

# --- the report
project report
FAKE=third worker --json --backoff 0 . s1 s1.py A
is "$rc:$err:$(wc -l <"$T/out")" "0::1" "--json prints one line"
if perl -MJSON::PP -e1 2>/dev/null; then
	is "$(perl -MJSON::PP -0777 -ne '$j = decode_json($_); print join " ", @$j{qw(scene verdict attempts transient_failures state)},
		$j->{verification}{audio_samples} > 0 ? 1 : 0, $j->{peak_memory_bytes} > 100000 ? 1 : 0, $j->{render_seconds} > 0 ? 1 : 0' "$T/out")" \
		"s1 rendered 3 0 updated 1 1 1" "and says what was done"
fi
worker --quiet . s1 s1.py A
is "$rc:$out:$err" "0::" "--quiet is quiet"
if [ -w /dev/full ]; then
	fh-render-worker . s1 s1.py A >/dev/full 2>"$T/err"
	is "$?:$(cat "$T/err")" "3:fh-render-worker: standard output: No space left on device" "a full disk under stdout"
fi
project narrow
mkdir -p media/videos
if unshare -rm mount -t tmpfs none media/videos 2>/dev/null; then
	said=$(unshare -rm bash -c 'mount -t tmpfs -o size=8k none media/videos && exec fh-render-worker --backoff 0 . s1 s1.py A' 2>&1 >/dev/null)
	like "$?:$said" "1:fh-render-worker: s1: *: the disk is full" "a full disk under the video"
else
	skip "a full disk under the video" "no tmpfs of our own"
fi
worker . s1
is "$rc" 2 "too few operands"
worker . s1 s1.py A 45s more
is "$rc" 2 "too many operands"
worker ./nowhere s1 s1.py A
is "$rc:$err" "3:fh-render-worker: ./nowhere: No such file or directory" "no project"

# --- the built-in renderer
project slide
ff -f lavfi -i sine=d=1.2 -f mp3 media/voiceovers/qwen/k1.mp3
worker --profile ffmpeg --json . s1 s1.py A
like "$rc:$out" '0:*"verdict": "rendered"*' "--profile ffmpeg renders"
like "$(ffprobe -v error -show_entries stream=codec_name:format=duration -of csv=p=0 "$video" | tr '\n' ' ')" "h264 aac 1.7*" \
	"sound and picture as long as the narration"
[ ! -e "${video%/*}/partial_movie_files" ]
ok $? "its texts are removed"
first=$(cksum <"$video")
worker --profile ffmpeg --force . s1 s1.py A
is "$(cksum <"$video")" "$first" "the same input gives the same bytes"
worker --profile ffmpeg . s1 s1.py A
like "$out" "*skipping*" "and is fresh"
fh-state scene set s1 title "It's 100%: [a], {b}; \\c" >/dev/null
worker --profile ffmpeg --check . s1 s1.py A
is "$rc" 1 "another title"
worker --profile ffmpeg . s1 s1.py A
is "$rc" 0 "with all that ffmpeg's filters read as grammar"
fh-state set "scenes.0.narration_key" "odd [k]:'1', \\2;" >/dev/null
cp media/voiceovers/qwen/k1.mp3 "media/voiceovers/qwen/odd [k]:'1', \\2;.mp3"
OUT=x worker --profile ffmpeg . "s1" s1.py "A [x]:'y', \\z;"
is "$rc" 0 "and so the names of its files"
rm media/voiceovers/qwen/*.mp3
worker --profile ffmpeg --force . s1 s1.py A
like "$rc:$err" "1:fh-render-worker: s1: media/voiceovers/qwen/*: narration of *: No such file or directory" \
	"no recording, no slide"
done_testing
