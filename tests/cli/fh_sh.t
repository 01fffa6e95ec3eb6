#!/usr/bin/env bash
# shell/fh.sh: sourced by a build script under set -euo pipefail, with a project whose path has spaces and quotes; with
# all tools, with none of them, and with what a machine had before. FH_BASH names further shells to run it all in
# (bash 3.2, say).
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC2016
. "$(dirname "$0")/../lib.sh"

sample=$here/tests/demo/project
base="$T/it's a  place/with \$(touch ran) in it"
P="$base/pro ject"
S="$base/scripts"
mkdir -p "$S" "$T/bin"

# The system without fh and without any parallel.
for tool in bash sh sed tee cat cp grep nproc sleep touch rm mkdir mv chmod env; do
	ln -sf "$(command -v "$tool")" "$T/bin/$tool"
done
none=$T/bin
tools=$FH:$T/bin

# The build script: its own functions where $OWN is set, then fh.sh, then what the test asks for.
cat >"$T/script" <<'END'
set -euo pipefail
[ -z "${OWN:-}" ] || source "$OWN"
source "$FH_SH"
eval "$1"
END
cat >"$T/own" <<'END'
get_phase() {
	cat <<HERE | sed 's/one/own/'
one: $STATE_FILE
HERE
}
load_state_cache() { STATE_PHASE=own; }
validate_state() { echo "own validate"; return 3; }
render_scenes_parallel() { echo "own render: $1"; }
render_template_file() { echo "own template: $*"; }
validate_voiceover_sync() { echo first; false; echo "nor here"; }
validate_scene_imports() {
	echo "checking $1"
	if grep -q "manimvoiceoverplus" "$1" || grep -Eq "set_color\([[:space:]]*list" "$1"; then return 1; fi
	grep -q VoiceoverScene "$1"
}
END

sh() { # PATH CODE: in $shell
	run env -i PATH="$1" HOME="$T" LC_ALL=C.UTF-8 FH_SH="$here/shell/fh.sh" OWN="${OWN:-}" DEBUG="${DEBUG:-}" \
		FH_DISABLE="${FH_DISABLE:-}" FH_BUILTINS="${BUILTINS:-no}" FH_LOADABLES="${LOADABLES:-}" T="$T" PROJECT_DIR="$P" STATE_FILE="$P/project_state.json" SCRIPT_DIR="$S" PYTHON_BIN=bash \
		LOG_FILE="$P/build.log" STATE_BACKUP="$P/.state_backup.json" PARALLEL_RENDERS="${JOBS:-2}" \
		"$shell" "$T/script" "$2"
}

fresh() { # a new project; helpers that only say what they were asked
	local helper
	rm -rf "$P" "$S"
	mkdir -p "$P" "$S"
	cp "$sample"/* "$P"
	for helper in state_cache_helper update_project_state voice_cache_validator precache_voiceovers_qwen; do
		printf 'echo "echo %s: $1"\n' "$helper" >"$S/$helper.py"
	done
}

worker() { # FILE: a stand-in for the render worker; scene `bad` fails
	cat >"$1" <<'END'
#!/usr/bin/env bash
echo "$(pwd -P | sed 's/.*\///') $1 [$2] [$3] [$4] [$5]"
echo "$2" >>done.list
[ "$2" != bad ]
END
	chmod +x "$1"
}

with_tools() {
	fresh
	sh "$tools" 'load_state_cache; echo "$STATE_PHASE,$STATE_RUN_COUNT,$STATE_NEEDS_REVIEW,$STATE_CURRENT_SCENE_INDEX,$STATE_CACHE_VALID"'
	is "$out" plan,0,False,0,1 "load sets the five variables"
	sh "$tools" 'load_state_cache; env | grep -c "^STATE_\(PHASE\|RUN_COUNT\|NEEDS_REVIEW\|CURRENT_SCENE_INDEX\|CACHE_VALID\)="'
	is "$out" 5 "and exports them"
	sh "$tools" 'load_state_cache; rm "$STATE_FILE"; get_phase; get_run_count'
	is "$rc:$out" "0:plan
0" "a valid cache is read without the file"
	sh "$tools" 'invalidate_state_cache; echo "[$STATE_PHASE$STATE_RUN_COUNT$STATE_NEEDS_REVIEW$STATE_CURRENT_SCENE_INDEX] $STATE_CACHE_VALID"'
	is "$rc:$out" "0:[] 0" "invalidate empties them and unsets none"
	sh "$tools" 'load_state_cache; echo "on: [$STATE_NEEDS_REVIEW]"; get_phase || echo "no phase"'
	is "$rc:$out" "0:on: []
no phase" "a load of a missing file does not end the script; reading it then fails"
	like "$err" "*project_state.json*" "and says which file"
	fresh
	sh "$tools" 'get_phase; get_run_count; increment_run_count; echo "$STATE_RUN_COUNT"; get_run_count; get_phase'
	is "$rc:$out" "0:plan
0
1
1
plan" "reads go to the file where nothing is cached; increment saves and caches"
	sh "$tools" 'load_state_cache; apply_state_phase plan; echo "$STATE_PHASE"; invalidate_state_cache; get_phase'
	is "$rc:$out" "0:review
review" "apply moves the phase, and the cache with it"
	sh "$tools" 'validate_state; backup_state'
	is "$rc:$out" "0:✅ State file valid
💾 State backed up" "validate and backup"
	check_same "the backup is the state" "$P/project_state.json" "$P/.state_backup.json"
	is "$(cat "$P/build.log")" "💾 State backed up" "what is said is logged"
	echo 'Here you are: {"phase": "narration", "scenes": [],' >"$P/project_state.json"
	sh "$tools" 'normalize_state_json; get_phase'
	is "$rc:$out" "0:review" "normalize repairs a broken state"
	rm "$P/project_state.json"
	sh "$tools" 'normalize_state_json && echo yes || echo "no $?"'
	is "$out" "no 2" "normalize of a missing state is 2"
	sh "$tools" 'backup_state; echo "still here"; increment_run_count; echo "not here"'
	is "$out" "still here" "no state: no backup, and an increment that failed is a failure"
	fresh
	printf '{"project_name":"x","phase":"a'"'"';touch %s;'"'"'","run_count":0,"flags":{},"scenes":[]}' "$T/ran" >"$P/project_state.json"
	sh "$tools" 'load_state_cache; echo "$STATE_CACHE_VALID"'
	is "$out" 1 "a phase with quotes in it loads"
	[ ! -e "$T/ran" ] && [ ! -e ran ]
	ok $? "and nothing in the state or in the path runs as code"
}

voice_tools() {
	fresh
	cat >"$S/precache_voiceovers_qwen.py" <<'END'
echo "speaking in $1"
echo "a warning" >&2
d=$1/media/voiceovers/qwen
mkdir -p "$d"
echo '[{"narration_key": "k", "text": "t", "audio_file": "k.mp3"}]' >"$d/cache.json"
END
	sh "$tools" 'ensure_qwen_cache_index'
	is "$rc" 0 "a missing cache is made by the precache step"
	is "$out" "❌ Cache index missing
→ Voice cache needs regeneration; running precache...
speaking in $P
✓ Voice cache index ready for runtime validation" "and each step is said in order"
	is "$err" "a warning" "stderr stays stderr"
	like "$(cat "$P/build.log")" "*index missing*running*a warning*ready*" "and all of it is logged"
	sh "$tools" 'ensure_qwen_cache_index' # makes the hash
	sh "$tools" 'ensure_qwen_cache_index'
	is "$rc:$out" "0:✓ Voice cache is valid and up-to-date" "a valid one is left alone"
	printf "SCRIPT = {\"k\": \"t\"}\n" >"$P/narration_script.py"
	sh "$tools" 'ensure_qwen_cache_index'
	like "$rc:$out" "0:❌ Narration script has changed*ready*" "a stale one is made again"
	sh "$tools" 'ensure_qwen_cache_index'
	is "$rc:$out" "0:✓ Voice cache is valid and up-to-date" "and is valid then"
	rm -rf "${P:?}/media"
	echo 'exit 4' >"$S/precache_voiceovers_qwen.py"
	sh "$tools" 'if ensure_qwen_cache_index; then echo yes; else echo "no $?"; fi'
	like "$out" "*✗ ERROR: Failed to generate*no 1" "a precache that fails is a failure"
	echo 'exit 0' >"$S/precache_voiceovers_qwen.py"
	sh "$tools" 'if ensure_qwen_cache_index; then echo yes; else echo "no $?"; fi'
	like "$out" "*still missing: *no 1" "so is one that leaves no index"
}

lines='scene_01|a b.py|One|12s
|no id|X|0s
scene_02|b.py|Two|'

render_with() { # NAME PATH WAY: the lines rendered by what PATH has
	local want='pro ject . [scene_01] [a b.py] [One] [12s]
pro ject . [scene_02] [b.py] [Two] []
→ Rendering scenes (PARALLEL_RENDERS=2)
✓ Parallel render complete: scene_01
✓ Parallel render complete: scene_02'
	fresh
	[ -x "$T/worker/fh-render-worker" ] || worker "$S/render_scene_worker.sh"
	sh "$2" "render_scenes_parallel '$lines'"
	is "$rc:$(sort "$T/out")" "0:$(sort <<<"$want")" "$1: every scene, once, in the project folder"
	is "$(sort "$P/build.log")" "$(sort "$T/out")" "$1: all of it in the log"
	DEBUG=1 sh "$2" "render_scenes_parallel '$lines'"
	like "$err" "*fh.sh: jobs: $3" "$1: by $3"
	rm -f "$P/done.list"
	JOBS=1 sh "$2" "render_scenes_parallel 'a|a|A|
bad|b|B|
c|c|C|' && echo yes || echo no"
	like "$rc:$out" "0:*❌ Parallel rendering failed*no" "$1: a scene that fails makes it 1"
	is "$(tail -n 1 "$P/done.list")" bad "$1: and nothing starts after it"
	rm "$P/done.list"
	JOBS=-1 sh "$2" "render_scenes_parallel 'a|a|A|
b|b|B|'"
	is "$rc:$(tr '\n' ' ' <"$P/done.list")" "0:a b " "$1: -1 is one after another"
	JOBS=0 sh "$2" "render_scenes_parallel '$lines'"
	is "$rc" 0 "$1: 0 is auto"
}

render_all() {
	mkdir -p "$T/worker" "$T/fhp" "$T/gnu" "$T/other"
	worker "$T/worker/fh-render-worker"
	ln -sf "$FH/fh-parallel" "$T/fhp/fh-parallel"
	render_with "fh-parallel" "$T/worker:$T/fhp:$none" "fh-parallel"
	if parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
		ln -sf "$(command -v parallel)" "$T/gnu/parallel"
		render_with "GNU parallel" "$T/worker:$T/gnu:$none:/usr/bin:/bin" "GNU parallel"
	else
		skip "GNU parallel" "not installed"
	fi
	printf '#!/bin/sh\necho "I am another parallel"\nexit 9\n' >"$T/other/parallel"
	chmod +x "$T/other/parallel"
	render_with "another program called parallel" "$T/worker:$T/other:$none" "one after another"
	render_with "no parallel" "$T/worker:$none" "one after another"
	fresh
	echo 'self.play(ShowCreation(x))' >"$P/b.py"
	echo 'render_scenes_parallel() { grep -q ShowCreation x; }' >"$T/own.show"
	OWN=$T/own.show sh "$T/worker:$T/fhp:$none" "render_scenes_parallel '$lines' && echo yes || echo no"
	like "$rc:$out" "0:*ShowCreation in b.py*no" "a scene that the script would have repaired first: 1"
	[ ! -e "$P/done.list" ]
	ok $? "and nothing is rendered"
	OWN=$T/own sh "$T/worker:$T/fhp:$none" "render_scenes_parallel '$lines' && echo yes || echo no"
	like "$rc:$out" "0:*yes" "a script that does not look for it gets it rendered"
	rm -r "$T/worker"
	render_with "the script's worker" "$T/fhp:$none" "fh-parallel"
	rm -f "$S/render_scene_worker.sh"
	sh "$none" "render_scenes_parallel '$lines' && echo yes || echo no"
	like "$out" "*falling back to sequential*no" "no worker at all: 1, so that the script goes on by itself"
}

without_tools() {
	fresh
	OWN=$T/own sh "$none" 'get_phase; load_state_cache; echo "$STATE_PHASE"; render_scenes_parallel "a|b"; validate_state || echo "$?"'
	is "$rc:$out" "0:own: $P/project_state.json
own
own render: a|b
own validate
3" "the script's own functions are kept and used"
	OWN=$T/own sh "$tools" 'get_phase; validate_state'
	is "$rc:$out" "0:plan
✅ State file valid" "and not used where the tool is"
	OWN=$T/own FH_DISABLE=1 sh "$tools" 'get_phase'
	is "$out" "own: $P/project_state.json" "FH_DISABLE=1 leaves the script as it was"
	OWN=$T/own DEBUG=1 sh "$none" 'load_state_cache; normalize_state_json'
	is "$err" "fh.sh: load_state_cache: the script's own
fh.sh: normalize_state_json: without fh-state" "DEBUG=1 tells the way of each call"
	OWN=$T/own sh "$none" 'source "$FH_SH"; source "$FH_SH"; get_phase'
	is "$out" "own: $P/project_state.json" "sourced again it changes nothing"
	sh "$none" 'load_state_cache; get_run_count'
	is "$rc:$out" "0:state_cache_helper: load
echo state_cache_helper: get" "without the script's functions: the helper beside it"
	sh "$none" 'backup_state; ensure_qwen_cache_index'
	is "$rc:$out" "0:💾 State backed up
echo voice_cache_validator: $P" "backup and voice check too"
	rm -r "$S"
	mkdir "$S"
	sh "$none" 'normalize_state_json && echo yes || echo "no $?"'
	is "$out" "no 127" "nothing at all: a failure"
	like "$err" "fh.sh: *update_project_state.py: not there*" "which says what was looked for"
}

# A script whose phases are others than ours keeps what depends on them.
other_phases() {
	local list own
	rm -rf "$S" && mkdir -p "$S"
	while IFS='~' read -r own list; do
		fresh
		printf 'import x\n%b\nphase = "x"\n' "$list" >"$S/update_project_state.py"
		OWN=$T/own sh "$tools" 'validate_state || :; get_run_count'
		[ "$own" = own ] && own='own validate' || own='✅ State file valid'
		is "$out" "$own
0" "phases: $own where they are ${list:0:50}..."
	done <<'END'
ours~VALID_PHASES = {\n    "init", "plan", "review", "narration", "build_scenes",\n    "scene_qc", "precache_voiceovers", "final_render", "assemble", "complete", "error",\n}
ours~PHASE_SEQUENCE = ('init','plan','review','narration','build_scenes','scene_qc','precache_voiceovers','final_render','assemble','complete','error')
ours~PHASES = "init plan".split()
own~PHASES = ["init", "plan", "review", "training", "narration", "build_scenes", "scene_qc", "precache_voiceovers", "final_render", "assemble", "complete", "error"]
own~VALID_PHASES = frozenset({"init", "plan", "review", "narration", "build_scenes", "precache_voiceovers", "final_render", "assemble", "complete", "error"})
END
	rm -rf "$S" && mkdir -p "$S"
}

# What bash does by itself.
templates() {
	fresh
	printf 'Scene {{ID}} ({{TITLE}})\n{{ID}}{{ID}} {{NOT_GIVEN}} {ID} {{ID}\n\ttab \\ & $(touch ran) `touch ran`\n\nno newline at the end' >"$P/t 1"
	sh "$none" 'cd "$PROJECT_DIR"; render_template_file "t 1" "o 1" "ID=a&b\\1/{{TITLE}}" "TITLE=\$(touch ran) \"x\" =" "UNUSED=1"; cat "o 1"'
	is "$rc:$out" "0:Scene a&b\\1/\$(touch ran) \"x\" = (\$(touch ran) \"x\" =)
a&b\\1/\$(touch ran) \"x\" =a&b\\1/\$(touch ran) \"x\" = {{NOT_GIVEN}} {ID} {{ID}
	tab \\ & \$(touch ran) \`touch ran\`

no newline at the end" "template: literally, in order, a value may bring in a later key"
	check_template 'a{{K}}b\r\nc\rd\n\n' 'a*[x]?b\nc\nd\n\n' 'K=*[x]?'
	check_template '{{K}}' '{{K}}{{K}}' 'K={{K}}{{K}}'
	check_template '{{A}} {{}}' '1 2' A=1 =2
	check_template '' '' A=1
	check_template '\xff{{\xc3\xa9}}\xfe' '\xff1\xfe' $'\xc3\xa9=1'
	sh "$none" 'cd "$PROJECT_DIR"; render_template_file nowhere o A=1 && echo yes || echo "no $?"; render_template_file "t 1" o2 A && echo yes || echo "no $?"; ls o o2'
	is "$out" "no 1
no 1" "template: what cannot be is a failure, and writes nothing"
	OWN=$T/own sh "$none" 'cd "$PROJECT_DIR"; printf "a\\0b" >nul; render_template_file nul o A=1; infer_scene_class_name nowhere; get_current_scene_id'
	like "$out" "*own template: nul o A=1*" "template: a NUL is left to the script's own"
}

check_template() { # TEMPLATE WANT PAIR...: as printf has them
	# shellcheck disable=SC2059 # the escapes are wanted
	printf "$1" >"$P/t"
	# shellcheck disable=SC2059
	printf "$2" >"$P/want"
	shift 2
	env -i PATH="$none" LC_ALL=C.UTF-8 FH_BUILTINS=no FH_SH="$here/shell/fh.sh" "$shell" -c 'set -eu; source "$FH_SH"; render_template_file "$@"' - "$P/t" "$P/got" "$@"
	check_same "template: $*" "$P/want" "$P/got"
}

classes() {
	fresh
	printf 'import x\nclass A(Scene):\n  class B(VoiceoverScene):\nclass C( VoiceoverScene ) : \nclass D(VoiceoverScene):' >"$P/1.py"
	printf 'class A:\nclass B2(Scene, VoiceoverScene):\r\nclass C_(X): # no\n' >"$P/2.py"
	: >"$P/3.py"
	sh "$none" 'for f in 1 2 3 4; do echo "[$(infer_scene_class_name "$PROJECT_DIR/$f.py")]"; done'
	is "$out" "[C]
[B2]
[]
[]" "the class of a scene: the voiceover scene, else the first with bases, else none"
}

# fh_grep against grep, on patterns of the kind that checks of scenes use, and on some that must be left to grep.
greps() {
	printf 'from manim import *\nclass A(VoiceoverScene):\n  with self.voiceover(text=SCRIPT["a"]) as t:\n\n x = FadeIn(a, lag_ratio = 2)\n{{TITLE}} a+b a|b (c)\n&lt; tracker.duration\\n $^ *x' >"$T/g1"
	: >"$T/g2"
	printf '\n' >"$T/g3"
	printf 'one\n\n\ntwo\n' >"$T/g4"
	cat >"$T/g.sh" <<'END'
source "$1"
n=0
while IFS= read -r pattern; do
	for file in "$2"/g[1-4]; do
		for opt in "" -q -E -Eq -Fq -F -n -Ec -c -qE -Fn; do
			want=$(command grep $opt "$pattern" "$file" 2>/dev/null; echo $?)
			got=$(fh_grep $opt "$pattern" "$file" 2>/dev/null; echo $?)
			n=$((n + 1))
			[ "$want" = "$got" ] || printf 'grep %s %s %s: want %s, got %s\n' "$opt" "$pattern" "${file##*/}" "$want" "$got"
		done
	done
done
echo "$n"
END
	out=$(FH_BUILTINS=no "$shell" "$T/g.sh" "$here/shell/fh.sh" "$T" <<'END'
from manim import
class A(VoiceoverScene):
voiceover(text="
tracker\.duration
tracker.duration
FadeIn\([^\n)]*lag_ratio[[:space:]]*=
&lt;|&gt;
\{\{[^}]+\}\}
{{[^}]*}}
{{TITLE}}
a+b
a\+b
a|b
(c)
^class
^ *x
^$
x$
$^
\*x
*x
[]]
[^]]x
[[:alpha:]]\+
\<one
\bone
o\{1\}
o{1}
(o)(n)\1
with self\.voiceover\(text=SCRIPT\[[^]]+\]\) as t:
.
t.o
[^x]*two
END
	)
	is "$out" 1452 "grep in the shell: as grep, so many times"
}

# In shells with options that change what patterns and words mean.
moods() {
	local mood
	fresh
	printf 'Abc\n' >"$P/s.py"
	for mood in 'shopt -s nocasematch' 'shopt -s nullglob failglob' 'set -o posix' "IFS=/e" 'set -f' 'shopt -s extglob nocaseglob' 'set -E; trap "echo oops" ERR' 'LC_ALL=C' 'unset IFS'; do
		sh "$tools" "$mood"'; cd "$PROJECT_DIR"; x=$(get_phase); echo "$x"; normalize_state_json; apply_state_phase plan; if fh_grep -q abc s.py; then echo yes; else echo no; fi; fh_grep -c Abc s.py; render_template_file s.py o A=1; infer_scene_class_name s.py; load_state_cache; echo "$STATE_PHASE"; get_current_scene_id; increment_run_count; validate_state'
		is "$rc:$out:$err" "0:plan
no
1

review
scene_01_blue_dot
✅ State file valid:" "$mood"
		fresh
		printf 'Abc\n' >"$P/s.py"
	done
}

# As the program, where the builtin is taken; and the program where not.
small() {
	local line n=0 bad=0
	fresh
	LOADABLES=1 sh "$PATH" 'true'
	case $err in
	*" tee "*) ;;
	*) skip "small programs" "bash's loadable builtins are not here"; return ;;
	esac
	like "$err" "fh.sh: in the shell: tee rm *grep" "FH_LOADABLES=1 says what it takes"
	while IFS= read -r line; do
		for way in own ours; do
			rm -rf "$T/small" && mkdir "$T/small"
			(cd "$T/small" && mkdir dir && printf 'a\nb\nc' >abc && ln -s abc link && ln -s dir dlink)
			if [ $way = ours ]; then
				(cd "$T/small" && FH_BUILTINS=no FH_LOADABLES=1 "$shell" -c 'source "$1"; eval "$2"; echo "$?"; ls -lR | sed "s/ [A-Z][a-z][a-z] .*:..//; s/tmp[.].*/tmp/"' - "$here/shell/fh.sh" "$line") >"$T/small.$way" 2>/dev/null </dev/null
			else
				(cd "$T/small" && "$shell" -c 'eval "$2"; echo "$?"; ls -lR | sed "s/ [A-Z][a-z][a-z] .*:..//; s/tmp[.].*/tmp/"' - - "$line") >"$T/small.$way" 2>/dev/null </dev/null
			fi
		done
		n=$((n + 1))
		cmp -s "$T/small.own" "$T/small.ours" || { bad=$((bad + 1)); echo "# $line"; diff "$T/small.own" "$T/small.ours" | sed 's/^/# /'; }
	done <<'END'
echo x | tee -a abc
echo x | tee -a abc new
echo x | tee new | tee -a new2 >&2
echo x | tee -a dir
echo x | tee nowhere/x
rm -f abc nope
rm -f link
rm -f dlink
rm -f dir
rm abc
rm -rf dir abc
rm -f
basename /a/b.py .py
basename b.py b.py
basename /
basename a/b/
basename a b c
basename -s .py a.py
basename ''
dirname /a/b
dirname a
dirname /
dirname a/b//
dirname a b
head -n 2 abc
head -n 2 <abc
head -n 0 abc
head -2 abc
head -n -1 abc
head -c 3 abc
head abc
head -n 1 nope
seq 3 | head -n 1
mkdir new
mkdir -p new/a/b dir
mkdir dir
mkdir -m 700 x
mkdir nowhere/x
umask 077; mkdir y; mkdir -p z/w
f=$(mktemp tmp.XXXXXX); ls -l "$f" | cut -c1-10; rm -f "$f"
mktemp nowhere/tmp.XXXXXX
d=$(mktemp -d); rmdir "$d"
sleep 0
sleep 0.01
sleep x
seq 3
seq 0 2
seq 2 1
seq 0 -1
seq 1 2 5
seq 0
END
	is "$bad" 0 "small programs: as the programs, $n lines"
	rm -rf "$T/small"
}

checks() {
	fresh
	printf 'class A(VoiceoverScene): get_speech_service\n' >"$P/ok.py"
	printf 'class A(VoiceoverScene): manimvoiceoverplus\n' >"$P/bad.py"
	OWN=$T/own DEBUG=1 sh "$none" 'cd "$PROJECT_DIR"; rm -f "$T/bin/grep"; validate_scene_imports ok.py && echo good; validate_scene_imports bad.py || echo "bad $?"; declare -F grep || echo gone'
	is "$out" "checking ok.py
good
checking bad.py
bad 1
gone" "the script's scene checks, without grep"
	like "$err" "fh.sh: validate_scene_imports: the script's own, its grep in the shell*" "and DEBUG=1 says so"
	OWN=$T/own sh "$none" 'validate_voiceover_sync x; echo "not here"'
	is "$rc:$out" "1:first" "and set -e means in them what it meant"
	ln -sf "$(command -v grep)" "$T/bin/grep"
}

inside() {
	"$shell" -c 'enable -f "$0" fh-state' "${FH%/cmd}/shell/fh_builtins.so" 2>/dev/null || { skip "with the builtin" "not built, or this shell loads none"; return; }
	BUILTINS=${FH%/cmd}/shell/fh_builtins.so
	DEBUG=1 sh "$none" 'get_phase'
	is "$err" "fh.sh: get_phase: fh-state, the builtin" "the builtin first, without any program"
	with_tools
	voice_tools
	fresh
	"$FH/fh-state" -C "$P" apply --phase plan
	sh "$none" 'get_current_scene_id; mark_retry_exhausted plan; fh-state get errors.-1 flags.needs_human_review history.-1.action; fh-state set current_scene_index 99; echo "[$(get_current_scene_id)]"'
	is "$rc:$out" "0:scene_01_blue_dot
Phase plan failed after 3 attempts: see build.log
True
retry_exhausted
[]" "the scene that is next, and giving up"
	BUILTINS=
}

for shell in bash ${FH_BASH:-}; do
	shell=$(command -v "$shell")
	with_tools
	voice_tools
	render_all
	without_tools
	other_phases
	templates
	classes
	checks
	inside
	greps
	moods
	small
done
is "$(grep -nE '=~ +[^ $"]*\(' "$here/shell/fh.sh")" "" "no regular expression with parentheses in place: bash 3.2 cannot read it"
done_testing
