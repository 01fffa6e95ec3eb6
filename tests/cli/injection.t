#!/usr/bin/env bash
# What people and models write never runs as code and is never lost: strings of every odd kind through each way in (fields of the
# state, narration, names of files, arguments, settings) and each way out (eval, shells, environment, terminal).
# "hurt" is the file that any of them would make. More strings with SOAK=1.
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC2016,SC2088,SC1003
. "$(dirname "$0")/../lib.sh"
mkdir "$T/home" "$T/w"
cd "$T/w" || exit 1
export HOME=$T/home FH_INI=''
S=project_state.json

odd=("'" '"' '\' "\\'" "a'b\"c" '$(touch hurt)' '`touch hurt`' '; touch hurt;' '| touch hurt' '&& touch hurt &' '> hurt' '"; touch hurt; "'
	"'; touch hurt; '" '${IFS}$HOME' '$((1/0))' '!!' '~' '* ?[a-z]' '{a,b}' '# no comment' '-n' '--help' '=x' '%s%n' '\n\e\0' $'a\nb' $'\n'
	$'a\r\nb' $'\t' ' a  b ' $'\e[2J\e]0;title\a' $'\x7f\b\b' $'\xff\xfe\xc3' $'\xc2\x9b2J' $'\xe2\x80\xaex' 'é😀' '{}' '{= s/a/b/ =}' '@(x)')
long=$(printf "%10000s'" '' | sed "s/ /\$(x)/g") # 40 kB
if [ -z "${SOAK:-}" ]; then few=("${odd[0]}" "${odd[4]}" "${odd[5]}" "${odd[6]}" "${odd[12]}" $'\xff\n\e[2J\\' "$long"); else few=("${odd[@]}" "$long"); fi
# one process for each of them, in some loops: as many as there is time for under valgrind
case $FH$RUN in *valgrind*) texts=("${few[@]:0:5}") ;; *) texts=("${odd[@]}") ;; esac

unhurt() { [ -z "$(find "$T" -name hurt)" ]; ok $? "$1: nothing ran"; }
# Bytes of stdin that a terminal would obey: C0 but newline and TAB, DEL, C1 in UTF-8.
harmless() { ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]'; }

# --- every string of a state: kept, and its value comes back by eval
fh-state new -n p
fh-state set -j scenes '[{"id": "s1", "title": "t", "narration_key": "k", "file": "f", "class_name": "C", "estimated_duration": "1s"}]'
cp $S clean.json
bad=
for field in project_name topic created_at updated_at plan_file narration_file voice_config_file scenes.0.id scenes.0.title \
    scenes.0.narration_key scenes.0.file scenes.0.class_name scenes.0.estimated_duration scenes.0.new errors.- history.- other; do
	for v in "${texts[@]}"; do
		cp clean.json $S
		fh-state set -s -- "$field" "$v" 2>err || bad="$bad set:$field:$(printf %q "$v")"
		# What is no UTF-8 has no place in JSON: it is kept as U+FFFD.
		[ "$v" = $'\xff\xfe\xc3' ] && continue
		fh-state get "${field/.-/.-1}" | cmp -s - <(printf '%s\n' "$v") || bad="$bad get:$field:$(printf %q "$v")"
		[ -n "${SOAK:-}" ] || [ "$field" = project_name ] || continue
		{ fh-state validate; fh-state scenes; fh-state scene current; fh-state set phase.x 1; } 2>&1 >/dev/null | harmless ||
			bad="$bad shown:$field:$(printf %q "$v")"
		(eval "$(fh-state load)" && [ "$STATE_PHASE" = plan ]) >/dev/null 2>&1 || bad="$bad load:$field"
	done
done
is "$bad" "" "${#texts[@]} odd texts in 17 fields: kept and given back"
bad=
for v in "${texts[@]}" "$long"; do
	cp clean.json $S
	fh-state set -s -- phase "$v" || bad="$bad set"
	[ "$v" = $'\xff\xfe\xc3' ] && v=$(fh-state get phase)
	for sh in bash sh dash zsh ksh; do
		command -v $sh >/dev/null || continue
		case $sh:${#v} in bash:* | *:? | *:??) ;; *) [ -n "${SOAK:-}" ] || continue ;; esac
		STATE_FILE=$PWD/$S $sh -c 'eval "$(fh-state load)"; printf %s "$STATE_PHASE" >got' 2>err
		printf %s "$v" | cmp -s - got || bad="$bad $sh:$(printf %q "${v:0:40}")"
	done
done
is "$bad" "" "eval \"\$(fh-state load)\" in bash, sh, dash, zsh, ksh gives the phase back"
for json in '"run_count": "$(touch hurt)"' '"run_count": [";touch hurt"]' '"flags": {"needs_human_review": "$(touch hurt)"}' \
    '"current_scene_index": "`touch hurt`"' '"phase": "a\u0000;touch hurt"' '"phase": "\ud800$(touch hurt)"' '"phase": {"a": "'\''; touch hurt"}'; do
	printf '{"phase": "plan", "run_count": 1, "flags": {}, %s}' "$json" >$S
	(eval "$(fh-state load 2>/dev/null)") >/dev/null 2>&1
	(eval "$(fh-state increment 2>/dev/null)") >/dev/null 2>&1
	fh-state normalize 2>/dev/null
	(eval "$(fh-state load)") >/dev/null 2>err || ok 1 "load after normalize: $json"
done
unhurt "states"

# --- names of files and folders
bad=
for v in "${texts[@]}"; do
	rm -rf d; mkdir d; mkdir "d/x$v" 2>/dev/null || continue
	cp clean.json "d/x$v/$S"
	[ "$(fh-state get -C "d/x$v" phase)" = plan ] || bad="$bad read:$(printf %q "$v")"
	{ fh-state get -f "d/x$v/none.json" phase; fh-state set -f "d/x$v" a 1; fh-voicecheck "d/x$v/none"; fh-voicecheck -v "d/x$v"
		fh-render-worker "d/x$v" "$v" "$v" "$v"; fh-parallel -a "d/x$v/none" echo; fh-state "x$v"; fh-voicecheck "--x$v"; } >said 2>&1
	LC_ALL=C tr -d '\n' <said | LC_ALL=C sed 's/\t//g' | harmless || bad="$bad shown:$(printf %q "$v")"
done
is "$bad" "" "folders with odd names: used, and shown without control characters"
unhurt "names"

# --- narration
mkdir -p n
perl -e 'print "SCRIPT = {\n"; for (@ARGV) { s/([^ -~]|["\\])/sprintf "\\x%02x", ord $1/ge; print qq(    "$_": "text of $_",\n) } print "}\n"' \
    -- "${odd[@]:0:26}" >n/narration_script.py
fh-voicecheck --keys n >keys 2>err
is "$(wc -l <keys)" 26 "odd narration keys: each has one line"
bad=
for v in "${texts[@]:0:25}"; do
	[ "$(fh-voicecheck --text "$v" n; echo x)" = "text of $v"$'\nx' ] || bad="$bad $(printf %q "$v")"
done
is "$bad" "" "and their text comes as it is"
printf 'SCRIPT = {"a\\x1b[2J": "b\\x1b]0;t\\x07", "\\n\\t\\x7f": "\\x9b"}\n' >n/narration_script.py
fh-voicecheck --keys n 2>&1 | harmless
ok $? "keys with escapes are made harmless"
printf 'SCRIPT = {"a": open("hurt", "w")}\n' >n/narration_script.py
fh-voicecheck --keys n >/dev/null 2>&1
printf 'SCRIPT = {"a": __import__("os").system("touch hurt")}\n' >n/narration_script.py
fh-voicecheck --text a n >/dev/null 2>&1
unhurt "narration"

# --- arguments, through the shells
printf '%s\0' "${odd[@]}" >args
want=$(printf '%s\0' "${odd[@]}" | sha256sum)
for sh in sh dash bash zsh fish ksh; do
	if ! command -v $sh >/dev/null; then skip "$sh: arguments come through" "no $sh"; continue; fi
	got=$(PARALLEL_SHELL=$(command -v $sh) fh-parallel -k -0 -a args 'printf "%s\0" {} ; true' 2>err | sha256sum)
	is "$got" "$want" "$sh: ${#odd[@]} arguments come through as they are"
	got=$(PARALLEL_SHELL=$(command -v $sh) fh-parallel -k -0 -X -a args 'printf "%s\0" {} ; true' 2>err | sha256sum)
	is "$got" "$want" "$sh: and all on one line"
	PARALLEL_SHELL=$(command -v $sh) fh-parallel -0 -q -a <(printf '%s\0' "${few[@]}") sh -c 'printf %s "$1" >>got2' x {} 2>err
done
got=$(fh-parallel -k -0 -a args printf '%s\\0' 2>err | sha256sum)
is "$got" "$want" "without a shell"
for sh in sh dash bash zsh ksh; do
	command -v $sh >/dev/null || continue
	bad=
	for v in "${few[@]}"; do
		case $v in *$'\n'*) continue ;; esac
		printf '%s\0' "$v" | fh-parallel -0 --shellquote >one
		$sh -c 'eval "set -- $(cat one)"; printf %s "$1" >got; [ $# = 1 ]' 2>err || bad="$bad words"
		printf %s "$v" | cmp -s - got || bad="$bad $(printf %q "${v:0:30}")"
	done
	is "$bad" "" "$sh: --shellquote is one word that means the text"
done
fh-parallel -0 -a args --joblog log true
is "$(LC_ALL=C tr -d '\0' <log | wc -l)" $((${#odd[@]} + 1)) "the joblog has one line for each"
fh-parallel -k -0 --tag -a args true >/dev/null 2>&1
fh-parallel -k -0 --results res -a args true >/dev/null 2>&1
fh-parallel -k -0 --colsep , -a args echo '{1}' >/dev/null 2>&1
fh-parallel -k -0 --wd "$T/w" -a args true >/dev/null 2>&1
unhurt "arguments"

# --- settings: a title in a renderer's command is one word of it
mkdir -p r && cp clean.json r/$S
printf 'SCRIPT = {"k": "x"}\n' >r/narration_script.py
: >r/f.py
printf '#!/bin/sh\nprintf "%%s\\0" "$@" >"$OUT"; exit 1\n' >render && chmod +x render
printf '[render]\ncommand = %s {title} "a {title} b" {id}\nattempts = 1\nenv = WHAT={title}\n' "$T/w/render" >fh.ini
export OUT=$T/w/got FH_INI=$T/w/fh.ini
bad=
for v in "${few[@]:0:5}" $'new\nline' '{id}'; do
	fh-state set -C r -s scenes.0.title -- "$v"
	fh-render-worker r s1 f.py C >/dev/null 2>&1
	printf '%s\0' "$v" "a $v b" s1 | cmp -s - got || bad="$bad $(printf %q "$v")"
done
is "$bad" "" "titles in a renderer's command: one word each, whatever they hold"
for v in '$(touch hurt)' '`touch hurt`' '; touch hurt'; do
	printf '[render]\ncommand = %s %s\nquality = %s\nattempts = 1\n' "$T/w/render" "$v" "$v" >fh.ini
	fh-render-worker r s1 f.py C >/dev/null 2>&1
	fh-render-worker r s1 "f.py $v" "$v" >/dev/null 2>&1
	fh-render-worker r "s1$v" "f.py" "../$v" >/dev/null 2>&1
done
printf '[render]\ncommand = x\e[2J\n\e]0;t\a = 1\n' >fh.ini
fh-render-worker r s1 f.py C 2>&1 | LC_ALL=C tr -d '\n' | harmless
ok $? "a setting that is none is shown without control characters"
unhurt "settings"
FH_INI=''

# --- fh.sh
cat >use.sh <<'SH'
source "$1/shell/fh.sh"
STATE_FILE=$PWD/project_state.json PROJECT_DIR=$PWD
load_state_cache >/dev/null; printf %s "$STATE_PHASE" >got
get_phase >got.get
render_template_file t.in t.out "KEY=$2" "OTHER=x" && { printf 'a%sb{{NONE}}\n' "$2" | cmp -s - t.out || echo "template"; }
infer_scene_class_name "$2" >/dev/null 2>&1
get_current_scene_id >/dev/null 2>&1
SH
printf 'a{{KEY}}b{{NONE}}\n' >t.in
bad=
for v in "${few[@]:0:6}" '&\1' '{{OTHER' $'a\nb'; do
	cp clean.json $S
	fh-state set -s -- phase "$v"
	v=$(fh-state get phase; echo x) v=${v%?x}
	said=$(bash use.sh "$here" "$v" 2>&1)
	printf %s "$v" | cmp -s - got && printf '%s\n' "$v" | cmp -s - got.get || bad="$bad phase:$(printf %q "$v")"
	[ -z "$said" ] || bad="$bad $said:$(printf %q "$v")"
done
is "$bad" "" "fh.sh: phases and template values are what they were"
unhurt "fh.sh"
# --- 1.7 MB of it: more than any argument may be, so that it comes by files and stdin, and more than what ways out may take
perl -e 'print q{'"'"'"$(touch hurt)`touch hurt`\\; } x 57000, "\x1b[2J\n\n"' >very
perl -0777 -ne 's/(["\\])/\\$1/g; s/\n/\\n/g; s/\x1b/\\u001b/g; print qq({"phase": "$_", "topic": "$_", "scenes": [{"id": "$_", "title": "$_"}], "errors": ["$_"], "run_count": 1, "flags": {}})' very >very.json
cp very.json $S
very() { # NAME COMMAND...: it prints that text
	"${@:2}" 2>err | cmp -s - very || bad="$bad $1"
}
# shellcheck disable=SC2317 # called by very
field() { fh-state get "$@" | head -c -1; }
quoted() { perl -0777 -pe "s/'/'\\\\''/g; \$_ = qq('\$_')" very; }
bad=
very get field topic
very scene field scenes.0.title
very load bash -c 'eval "$(fh-state load)" && printf %s "$STATE_PHASE"'
fh-state normalize 2>/dev/null
very normalized field topic
{ printf 'set topic2 '; quoted; } | fh-state edit 2>err || bad="$bad edit"
very edited field topic2
{ fh-state validate; fh-state scenes; fh-state scene current; fh-state error list; fh-state set phase.x 1; } 2>&1 >/dev/null | harmless || bad="$bad shown"
is "$bad" "" "$(wc -c <very) bytes in each string of a state: kept, and given back"
bad=
very pipe fh-parallel --pipe --block 1M -k cat < <(cat very)
for how in '' -X -m -q -u '--colsep ,' --dry-run --tag --shellquote; do
	# shellcheck disable=SC2086 # options
	timeout 20 fh-parallel -0 $how 'echo {} >>ran' <very >out 2>err
	case $? in 0 | 12[4-9] | 13?) bad="$bad args$how" ;; esac
	[ -s err ] && [ ! -e ran ] && [ "$(wc -c <err)" -lt 4000 ] || bad="$bad said$how"
done
is "$bad" "" "as an argument: refused, in few words"
bad=
perl -0777 -ne 's/(["\\])/\\$1/g; s/\n/\\n/g; s/\x1b/\\x1b/g; print qq(SCRIPT = {"k": "$_", "$_": "v"}\n)' very >n/narration_script.py
very narration bash -c 'fh-voicecheck --text k n | head -c -1'
fh-voicecheck --keys n 2>&1 | harmless || bad="$bad key"
fh-voicecheck n >out 2>&1
printf '[render]\ncommand = %s\nattempts = 1\n' "$(tr -d '\n' <very)" >fh.ini
FH_INI=$T/w/fh.ini timeout 20 fh-render-worker r s1 f.py C >out 2>&1
[ $? -lt 124 ] && LC_ALL=C tr -d '\n' <out | harmless && [ "$(wc -c <out)" -lt 4000 ] || bad="$bad settings"
cat >use.sh <<'SH'
source "$1/shell/fh.sh"
STATE_FILE=$PWD/project_state.json PROJECT_DIR=$PWD
load_state_cache >/dev/null; printf %s "$STATE_PHASE" >got
IFS= read -r -d '' very <very # no program can be started any more: STATE_PHASE is exported
render_template_file t.in t.out "KEY=$very"
SH
cp very.json $S
bash use.sh "$here" 2>err
very fh.sh cat got
{ printf a; cat very; echo 'b{{NONE}}'; } | cmp -s - t.out || bad="$bad template"
is "$bad" "" "as narration, its key, a setting, in fh.sh: as it is, or refused"
unhurt "long text"
done_testing
