# shellcheck shell=bash
# fh.sh: the fh tools under the function names that build_video.sh and its like already call.
#
#	source fh.sh		after the script's own definitions, before its main
#
# It holds no logic of its own: a function is one call of a tool, or of bash itself. The tool is the builtin of fh_builtins.so where this
# bash can load that (it lies beside this file, in ../../lib/bash, or where $FH_BUILTINS says; FH_BUILTINS=no: none), else the program. Where
# neither is there, the function that the script had defined under that name is used (it is kept as fh_was_NAME), and where there was none, what
# else the machine has: the Python helpers in $SCRIPT_DIR, GNU parallel, one after another. The way is chosen at each call.
#
# Reads STATE_FILE PROJECT_DIR STATE_BACKUP SCRIPT_DIR PYTHON_BIN LOG_FILE PARALLEL_RENDERS, none of them required.
# FH_DISABLE=1 leaves the script as it was; DEBUG=1 says on stderr which way each call took. FH_LOADABLES=1 also takes small programs (tee,
# rm, head ...) from bash's own loadable builtins, and grep from bash, for the uses in which they do the same.
# The syntax is that of bash 3.2; set -euo pipefail may be on or off.

if [[ "${FH_DISABLE:-0}" == 1 ]] || declare -F fh_call >/dev/null; then
	return 0
fi

# --- which way -----------------------------------------------------------------------------------------------------

# fh_load NAME...: the builtins of fh_builtins.so. fh_builtin is the file that they came from, or empty.
fh_load() {
	local fh_here=${BASH_SOURCE[0]%/*} fh_so
	fh_builtin=
	[[ "$fh_here" != "${BASH_SOURCE[0]}" ]] || fh_here=.
	[[ "${FH_BUILTINS:-}" != no ]] || return 0
	for fh_so in "${FH_BUILTINS:-}" "$fh_here/fh_builtins.so" "$fh_here/../../lib/bash/fh_builtins.so" \
		/usr/local/lib/bash/fh_builtins.so /usr/lib/bash/fh_builtins.so; do
		if [[ -f "$fh_so" ]] && enable -f "$fh_so" "$@" 2>/dev/null; then
			fh_builtin=$fh_so
			return 0
		fi
	done
}

# fh_has TOOL: is there such a program (or function, or builtin)? Costs no process. "bash" is.
fh_has() {
	[[ "$1" == bash ]] || command -v "$1" >/dev/null 2>&1
}

# fh_program NAME ARG...: past a function or builtin of that name. In bash 3.2 `command` ends a script under set -e wherever it stands.
fh_program() {
	if ((BASH_VERSINFO[0] > 3)); then
		command "$@"
	else
		env "$@"
	fi
}

fh_debug() {
	[[ "${DEBUG:-0}" != 1 ]] || printf 'fh.sh: %s\n' "$*" >&2
}

# fh_take NAME TOOL: keep the script's NAME as fh_was_NAME and put ours in its place. Old bashes print some functions in a
# form that they cannot read (a here-document in a pipeline); such a one stays where it is unless the tool is there.
fh_take() {
	if declare -F "$1" >/dev/null && ! eval "fh_was_$(declare -f "$1")" 2>/dev/null && ! fh_has "$2"; then
		return 0
	fi
	eval "$1() { fh_call $1 $2 \"\$@\"; }"
}

# fh_call NAME TOOL ARG...: NAME by the script's own function where that is all there is, else by ours. The locals
# have prefixes, for the script's function sees them.
fh_call() {
	local fh_name=$1 fh_tool=$2
	shift 2
	if ! fh_has "$fh_tool" && declare -F "fh_was_$fh_name" >/dev/null; then
		fh_debug "$fh_name: the script's own"
		"fh_was_$fh_name" "$@"
		return
	fi
	if ! fh_has "$fh_tool"; then
		fh_debug "$fh_name: without $fh_tool"
	elif [[ -n "$fh_builtin" && ( "$fh_tool" == fh-state || "$fh_tool" == fh-voicecheck ) ]]; then
		fh_debug "$fh_name: $fh_tool, the builtin"
	else
		fh_debug "$fh_name: $fh_tool"
	fi
	"fh_do_$fh_name" "$@"
}

# fh_phases: in fh_phases the tool for what depends on the names of the phases: fh-state; or a name that no tool has, where the helper beside the
# script lists other phases than fh-state knows. Such a script keeps its own functions for that (normalize would take its phases for
# rubbish, apply would lead into one that it does not have).
fh_phases() {
	local fh_text='' fh_word fh_n=0 fh_helper=${SCRIPT_DIR:-.}/update_project_state.py
	local fh_known=' init plan review narration build_scenes scene_qc precache_voiceovers final_render assemble complete error '
	local fh_re='PHASE(S|_SEQUENCE)[[:space:]]*=[[:space:]]*[a-z]*[({[]+([^]})]*)'
	fh_phases=fh-state
	[[ ! -f "$fh_helper" || ! -r "$fh_helper" ]] || IFS= read -r -d '' fh_text <"$fh_helper" || :
	[[ "$fh_text" =~ $fh_re ]] || return 0
	fh_text=${BASH_REMATCH[2]}
	fh_re="[\"']([a-z_]+)[\"'](.*)"
	while [[ "$fh_text" =~ $fh_re ]]; do
		fh_word=${BASH_REMATCH[1]} fh_text=${BASH_REMATCH[2]}
		((++fh_n))
		[[ "$fh_known" == *" $fh_word "* ]] || fh_n=99
	done
	((fh_n == 11)) || fh_phases=fh-state-of-other-phases
}

# fh_helper SCRIPT ARG...: a Python helper that lies beside the build script; 127 where it does not.
fh_helper() {
	local fh_script=${SCRIPT_DIR:-.}/$1
	shift
	if [[ ! -f "$fh_script" ]]; then
		printf 'fh.sh: %s: not there, and no fh tool or function of the script to use instead\n' "$fh_script" >&2
		return 127
	fi
	"${PYTHON_BIN:-python3}" "$fh_script" "$@"
}

# fh_state VERB ARG...: on the state file; fh-state, else the helper that knows VERB.
fh_state() {
	local fh_verb=$1 fh_file=${STATE_FILE:-${PROJECT_DIR:-.}/project_state.json}
	shift
	if fh_has fh-state; then
		fh-state "$fh_verb" "$fh_file" ${1+"$@"}
		return
	fi
	case $fh_verb in
	normalize | apply) fh_helper update_project_state.py --project-dir "${PROJECT_DIR:-.}" --mode "$fh_verb" ${1+"$@"} ;;
	validate) fh_helper state_cache_helper.py load "$fh_file" >/dev/null && printf '✅ State file valid\n' ;;
	backup) cp "$fh_file" "${STATE_BACKUP:-${fh_file%/*}/.state_backup.json}" ;;
	*) fh_helper state_cache_helper.py "$fh_verb" "$fh_file" ${1+"$@"} ;;
	esac
}

# --- what is shown is also logged -------------------------------------------------------------------------------------

# fh_say LINE: to stdout and the log, as `echo LINE | tee -a` but without two processes.
fh_say() {
	printf '%s\n' "$1"
	[[ -z "${LOG_FILE:-}" ]] || printf '%s\n' "$1" >>"$LOG_FILE" || :
}

# fh_logged COMMAND...: stdout and stderr go where they went and into the log, all of it before this returns.
fh_logged() {
	local fh_log=${LOG_FILE:-/dev/null}
	{
		set +e
		"$@" 2>&1 >&3 3>&- | tee -a "$fh_log" >&2
		exit "${PIPESTATUS[0]}"
	} 3>&1 | tee -a "$fh_log" && return "${PIPESTATUS[0]}"
	return "${PIPESTATUS[0]}"
}

# --- state -----------------------------------------------------------------------------------------------------------

# fh_cache CODE: what load or increment printed. Nothing means that they failed and said why: the cache is then invalid,
# reads go to the file, and the status is 0, since a load that fails must not end a script under set -e.
fh_cache() {
	if [[ -n "$1" ]]; then
		eval "$1"
	else
		invalidate_state_cache
	fi
}

# fh_written: the file has changed, so a valid cache is read again.
fh_written() {
	[[ "${STATE_CACHE_VALID:-0}" != 1 ]] || load_state_cache
}

# fh_change VERB ARG...: changes the file; a valid cache is read again, by the same process where the tool is there.
fh_change() {
	local fh_code
	if [[ "${STATE_CACHE_VALID:-0}" != 1 ]]; then
		fh_state "$@" >/dev/null
	elif ! fh_has "$fh_phases"; then
		fh_state "$@" >/dev/null || return
		load_state_cache
	elif [[ -n "$fh_builtin" ]]; then
		fh_state "$@" --load >/dev/null
	else
		fh_code=$(fh_state "$@" --load) || return
		fh_cache "$fh_code"
	fi
}

# fh_read VARIABLE FIELD: from the cache where it is valid, else from the file, which is repaired first.
fh_read() {
	if [[ "${STATE_CACHE_VALID:-0}" == 1 ]]; then
		printf '%s\n' "${!1}"
	else
		normalize_state_json >/dev/null 2>&1 || :
		fh_state get "$2"
	fi
}

fh_do_load_state_cache() {
	if [[ -n "$fh_builtin" ]]; then
		fh_state load || invalidate_state_cache
	else
		fh_cache "$(fh_state load)"
	fi
}

# The variables become empty, not unset: the script reads them under set -u.
fh_do_invalidate_state_cache() {
	export STATE_CACHE_VALID=0 STATE_PHASE='' STATE_RUN_COUNT='' STATE_NEEDS_REVIEW='' STATE_CURRENT_SCENE_INDEX=''
}

fh_do_get_phase() {
	fh_read STATE_PHASE phase
}

fh_do_get_run_count() {
	fh_read STATE_RUN_COUNT run_count
}

fh_do_increment_run_count() {
	local fh_code
	normalize_state_json >/dev/null 2>&1 || :
	if [[ -n "$fh_builtin" ]]; then
		fh_state increment
		return
	fi
	fh_code=$(fh_state increment) || return
	fh_cache "$fh_code"
}

fh_do_validate_state() {
	normalize_state_json >/dev/null 2>&1 || :
	fh_state validate
}

fh_do_normalize_state_json() {
	fh_change normalize
}

# apply_state_phase PHASE
fh_do_apply_state_phase() {
	fh_change apply --phase "$1"
}

fh_do_backup_state() {
	[[ -f "${STATE_FILE:-${PROJECT_DIR:-.}/project_state.json}" ]] || return 0
	fh_state backup >/dev/null || return
	fh_say '💾 State backed up'
}

# The scene at current_scene_index, "" where none is left.
fh_do_get_current_scene_id() {
	local fh_line=''
	if [[ -n "$fh_builtin" ]]; then
		fh-state -v fh_line scene "${STATE_FILE:-${PROJECT_DIR:-.}/project_state.json}" current 2>/dev/null || :
	else
		fh_line=$(fh_state scene current 2>/dev/null) || :
	fi
	printf '%s\n' "${fh_line%%|*}"
}

# mark_retry_exhausted PHASE
fh_do_mark_retry_exhausted() {
	fh_state --touch edit append errors "Phase $1 failed after ${PHASE_RETRY_LIMIT:-3} attempts: see build.log" , \
		flag needs_human_review on , \
		history add --fields timestamp=@now "phase=$1" action=retry_exhausted "reason=self-healing attempts exhausted"
}

# --- voice cache -----------------------------------------------------------------------------------------------------

fh_voicecheck() {
	if fh_has fh-voicecheck; then
		fh-voicecheck "$@" "${PROJECT_DIR:-.}"
	else
		fh_helper voice_cache_validator.py "${PROJECT_DIR:-.}"
	fi
}

# fh_voice: the check, shown and logged. With our tool that is one line, which takes no tee.
fh_voice() {
	local fh_line='' fh_status=0
	if [[ -n "$fh_builtin" ]]; then
		fh-voicecheck -v fh_line "${PROJECT_DIR:-.}" 2>/dev/null || fh_status=$?
	elif fh_has fh-voicecheck; then
		fh_line=$(fh-voicecheck "${PROJECT_DIR:-.}" 2>/dev/null) || fh_status=$?
	else
		fh_status=3
	fi
	if ((fh_status > 1)); then
		fh_logged fh_voicecheck
		return
	fi
	fh_say "$fh_line"
	return "$fh_status"
}

# 0 at once where the cache is valid; else the script's precache step speaks what is missing, 1 where that fails.
fh_do_ensure_qwen_cache_index() {
	local fh_index=${PROJECT_DIR:-.}/media/voiceovers/qwen/cache.json
	fh_voice && return 0
	fh_say '→ Voice cache needs regeneration; running precache...'
	if ! fh_logged fh_helper precache_voiceovers_qwen.py "${PROJECT_DIR:-.}"; then
		fh_say '✗ ERROR: Failed to generate voice cache index for runtime validation'
		return 1
	fi
	if [[ ! -f "$fh_index" ]]; then
		fh_say "✗ ERROR: Precache finished but cache index still missing: $fh_index"
		return 1
	fi
	# Keep the hash of what was spoken, else the cache stays stale; not of a script that was changed meanwhile (--keys).
	! fh_has fh-voicecheck || fh-voicecheck -q --update --keys "${PROJECT_DIR:-.}" || :
	fh_say '✓ Voice cache index ready for runtime validation'
}

# --- rendering -------------------------------------------------------------------------------------------------------

# render_scenes_parallel LINES: each of LINES is id|file|class|duration. 0: all are rendered and verified, and the state
# says so. 1: one failed, or nothing here renders; the caller then goes on one scene after another, as it always did,
# and finds those that are done. PARALLEL_RENDERS: 0 is auto, N is N jobs, -1 is one after another.
fh_do_render_scenes_parallel() {
	local fh_worker=fh-render-worker fh_id fh_class fh_duration
	fh_has "$fh_worker" || fh_worker=$(cd "${SCRIPT_DIR:-.}" && pwd)/render_scene_worker.sh
	if ! fh_has "$fh_worker"; then
		fh_say '→ No render worker here, falling back to sequential rendering'
		return 1
	fi
	fh_renderable "$1" || return
	fh_say "→ Rendering scenes (PARALLEL_RENDERS=${PARALLEL_RENDERS:-0})"
	if ! fh_logged fh_jobs "$fh_worker" "$(sed '/^|/d; /^$/d' <<<"$1")"; then
		fh_say '❌ Parallel rendering failed for one or more scenes'
		return 1
	fi
	while IFS='|' read -r fh_id _ fh_class fh_duration; do
		[[ -n "$fh_id" ]] || continue
		# fh-render-worker has told the state already
		if [[ "$fh_worker" == */* ]] && declare -F update_state_rendered >/dev/null; then
			update_state_rendered "$fh_id" "$fh_class" "$fh_duration"
		fi
		fh_say "✓ Parallel render complete: $fh_id"
	done <<<"$1"
	fh_written
}

# fh_renderable LINES: 1 where a scene uses the one animation that such scripts know to fail, and the script's own function looked for it: its
# sequential way has that scene repaired before it renders.
fh_renderable() {
	local fh_own='' fh_id fh_file
	! declare -F fh_was_render_scenes_parallel >/dev/null || fh_own=$(declare -f fh_was_render_scenes_parallel)
	[[ "$fh_own" == *ShowCreation* ]] || return 0
	while IFS='|' read -r fh_id fh_file _; do
		if [[ -n "$fh_id" && -f "${PROJECT_DIR:-.}/$fh_file" ]] && fh_grep -q ShowCreation "${PROJECT_DIR:-.}/$fh_file"; then
			fh_say "⚠ ShowCreation in $fh_file: it is to be repaired first, falling back to sequential rendering"
			return 1
		fi
	done <<<"$1"
}

# fh_jobs WORKER LINES: WORKER on each line, by fh-parallel, GNU parallel (and no other of that name), else one after
# another; ends at the first failure. It runs in the project folder and tells the worker ".", so that no character in
# that path needs quoting.
fh_jobs() (
	fh_template="$(printf '%q' "$1") . {1} {2} {3} {4}"
	cd "${PROJECT_DIR:-.}" || exit 1
	if fh_has fh-parallel; then
		fh_debug 'jobs: fh-parallel'
		fh-parallel --colsep '|' -j "$(fh_slots auto)" --halt soon,fail=1 "$fh_template" <<<"$2"
	elif fh_has parallel && parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
		fh_debug 'jobs: GNU parallel'
		parallel --will-cite --colsep '[|]' -j "$(fh_slots)" --halt soon,fail=1 "$fh_template" <<<"$2"
	else
		fh_debug 'jobs: one after another'
		while IFS='|' read -r fh_id fh_file fh_class fh_duration; do
			"$1" . "$fh_id" "$fh_file" "$fh_class" "$fh_duration" </dev/null || exit 1
		done <<<"$2"
	fi
)

# fh_slots [AUTO]: PARALLEL_RENDERS as a number of jobs; for 0 AUTO, else three quarters of the cores, 1 to 4.
fh_slots() {
	local fh_cores=2
	case ${PARALLEL_RENDERS:-0} in
	-*) echo 1 ;;
	0)
		fh_cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
		fh_cores=$((fh_cores * 3 / 4))
		echo "${1:-$((fh_cores < 1 ? 1 : fh_cores > 4 ? 4 : fh_cores))}"
		;;
	*) echo "$PARALLEL_RENDERS" ;;
	esac
}

# --- templates -------------------------------------------------------------------------------------------------------

# render_template_file TEMPLATE OUT KEY=VALUE...: {{KEY}} becomes VALUE, literally, one pair after another (a value may bring in the next
# one's key). Line ends become newlines. What is not text in one piece (a NUL) is left to the script's own function.
fh_do_render_template_file() {
	local LC_ALL=C fh_text='' fh_out fh_pair fh_mark
	if [[ $# -lt 2 || ! -f "$1" || ! -r "$1" ]]; then
		printf 'fh.sh: render_template_file: %s: no such template\n' "${1:-}" >&2
		return 1
	fi
	if IFS= read -r -d '' fh_text <"$1"; then
		if declare -F fh_was_render_template_file >/dev/null; then
			fh_was_render_template_file "$@"
			return
		fi
		printf 'fh.sh: render_template_file: %s: NUL byte\n' "$1" >&2
		return 1
	fi
	fh_out=$2
	shift 2
	if [[ "$fh_text" == *$'\r'* ]]; then
		fh_replace $'\r\n' $'\n'
		fh_replace $'\r' $'\n'
	fi
	for fh_pair in ${1+"$@"}; do
		if [[ "$fh_pair" != *=* ]]; then
			printf 'fh.sh: render_template_file: %s: not KEY=VALUE\n' "$fh_pair" >&2
			return 1
		fi
		fh_mark="{{${fh_pair%%=*}}}"
		fh_replace "$fh_mark" "${fh_pair#*=}"
	done
	printf '%s' "$fh_text" >"$fh_out"
}

# fh_replace WHAT BY: in fh_text, literally; what BY brings in is not looked at. (${x//a/b} differs between versions of bash.)
fh_replace() {
	local fh_rest=$fh_text fh_head
	[[ "$fh_text" == *"$1"* ]] || return 0
	fh_text=
	while [[ "$fh_rest" == *"$1"* ]]; do
		fh_head=${fh_rest%%"$1"*}
		fh_text=$fh_text$fh_head$2
		fh_rest=${fh_rest:${#fh_head} + ${#1}}
	done
	fh_text=$fh_text$fh_rest
}

# --- scene checks ----------------------------------------------------------------------------------------------------

# The checks are the script's own (what it demands of a scene differs from script to script), with their grep in the shell.
fh_check() {
	local fh_status
	if [[ -n "${fh_greps:-}" ]] || declare -F grep >/dev/null; then
		"$@"
		return
	fi
	# shellcheck disable=SC2317 # the script's function calls it
	grep() { fh_grep "$@"; }
	fh_greps=1
	"$@" # not in a condition: set -e means inside what it meant
	fh_status=$?
	fh_greps=
	unset -f grep
	return "$fh_status"
}

# fh_grep WORD...: as grep. Done here: -q, -c, -n, -F, -E with one pattern that means the same to bash, in one file. The rest is left to
# the program.
fh_grep() {
	local fh_opts='' fh_re fh_text='' fh_hits=0 fh_n=0 fh_line
	# shellcheck disable=SC2050 # constant but for nocasematch, and nocaseglob before bash 5
	if [[ a == A || a =~ A ]]; then
		fh_program grep "$@"
		return
	fi
	if [[ $# == 3 && "$1" == -[qcnFE]* && "$1" != *[!-qcnFE]* && "$3" != -* && -f "$3" && -r "$3" ]]; then
		fh_opts=${1#-}
		shift
	elif [[ $# != 2 || "$1" == -* || "$2" == -* || ! -f "$2" || ! -r "$2" ]]; then
		fh_program grep "$@"
		return
	fi
	if ! fh_pattern "$1" "$fh_opts" || IFS= read -r -d '' fh_text <"$2"; then
		fh_program grep ${fh_opts:+-"$fh_opts"} "$@"
		return
	fi
	if [[ -z "$fh_text" ]] || ! fh_maybe "$1"; then
		[[ "$fh_opts" != *c* || "$fh_opts" == *q* ]] || echo 0
		return 1
	fi
	while IFS= read -r fh_line || [[ -n "$fh_line" ]]; do
		((++fh_n))
		if [[ "$fh_opts" == *F* ]]; then
			[[ "$fh_line" == *"$1"* ]] || continue
		else
			[[ "$fh_line" =~ $fh_re ]] || continue
		fi
		((++fh_hits))
		[[ "$fh_opts" != *q* ]] || return 0
		[[ "$fh_opts" != *c* ]] || continue
		[[ "$fh_opts" != *n* ]] || printf '%s:' "$fh_n"
		printf '%s\n' "$fh_line"
	done <<<"${fh_text%$'\n'}"
	[[ "$fh_opts" != *c* || "$fh_opts" == *q* ]] || echo "$fh_hits"
	((fh_hits > 0))
}

# fh_maybe PATTERN: may a line of fh_text match? Looks at the text as a whole, so that most files need no second look.
fh_maybe() {
	if [[ "$fh_opts" == *F* ]]; then
		[[ "$fh_text" == *"$1"* ]]
	else
		[[ "$1" == *['^$']* || "$fh_text" =~ $fh_re ]]
	fi
}

# fh_pattern PATTERN OPTIONS: in fh_re as an extended regular expression; 1 where it is not sure to mean the same.
fh_pattern() {
	local LC_ALL=C fh_i fh_c fh_next fh_set=''
	fh_re=
	[[ -n "$1" && "$1" != *$'\n'* && "$1" != *'[['[.=]* ]] || return 1
	[[ "$2" != *F* || "$2" != *E* ]] || return 1
	[[ "$2" != *F* ]] || return 0
	for ((fh_i = 0; fh_i < ${#1}; fh_i++)); do
		fh_c=${1:fh_i:1} fh_next=${1:fh_i+1:1}
		if [[ -n "$fh_set" ]]; then
			if [[ "$fh_c$fh_next" == '[:' ]]; then
				fh_set=class
			elif [[ "$fh_c" == ']' ]]; then
				case $fh_set in class) fh_set=in ;; *) fh_set='' ;; esac
			fi
		elif [[ "$fh_c" == '[' ]]; then
			fh_set=in
			[[ "$fh_next" != '^' ]] || { fh_c="[^" fh_i=$((fh_i + 1)); }
			[[ "${1:fh_i+1:1}" != ']' ]] || { fh_c="$fh_c]" fh_i=$((fh_i + 1)); }
		elif [[ "$fh_c" == "\\" ]]; then
			[[ -n "$fh_next" && ".[]^\$*\\" == *"$fh_next"* || ( "$2" == *E* && -n "$fh_next" && "+?(){}|" == *"$fh_next"* ) ]] || return 1
			fh_c=$fh_c$fh_next
			((++fh_i))
		elif [[ "$2" == *E* ]]; then
			[[ "$fh_c" != '{' ]] || return 1
			[[ "*+?" != *"$fh_c"* || ( -n "$fh_re" && "(|^" != *"${fh_re: -1}"* ) ]] || return 1
		elif [[ "+?(){}|" == *"$fh_c"* ]]; then
			fh_c="\\$fh_c"
		elif [[ "$fh_c" == '*' && ( -z "$fh_re" || "$fh_re" == '^' ) ]] || [[ "$fh_c" == '^' && $fh_i != 0 ]] ||
			[[ "$fh_c" == '$' && -n "$fh_next" ]]; then
			return 1
		fi
		fh_re=$fh_re$fh_c
	done
	[[ -z "$fh_set" ]] || return 1
	fh_i=0
	# shellcheck disable=SC2319 # 2 is: no regular expression
	[[ '' =~ $fh_re ]] || fh_i=$?
	((fh_i < 2))
}

# The class that a scene file defines: the first that derives from VoiceoverScene alone, else the first with bases; "" for none.
fh_do_infer_scene_class_name() {
	local fh_line fh_any='' fh_class fh_s='[[:space:]]*' fh_re
	fh_re="^class[[:space:]]+([A-Za-z_][A-Za-z0-9_]*)$fh_s\((.*)\)$fh_s:$fh_s\$"
	if [[ -f "$1" && -r "$1" ]]; then
		while IFS= read -r fh_line || [[ -n "$fh_line" ]]; do
			[[ "$fh_line" == class* && "$fh_line" =~ $fh_re ]] || continue
			fh_class=${BASH_REMATCH[1]}
			if [[ "${BASH_REMATCH[2]}" =~ ^${fh_s}VoiceoverScene$fh_s$ ]]; then
				printf '%s\n' "$fh_class"
				return 0
			fi
			[[ -n "$fh_any" ]] || fh_any=$fh_class
		done <"$1"
	fi
	printf '%s\n' "$fh_any"
}

# --- small programs, on FH_LOADABLES=1 ---------------------------------------------------------------------------------

# fh_loadables: bash's own loadable builtins in place of programs, for the words with which they do the same (fh_same); with other
# words the program runs.
fh_loadables() {
	local fh_dir fh_name fh_done=''
	for fh_name in tee rm head basename dirname mktemp mkdir sleep seq; do
		declare -F "$fh_name" >/dev/null && continue
		fh_has "$fh_name" || continue
		for fh_dir in ${BASH_LOADABLES_PATH:+"${BASH_LOADABLES_PATH%%:*}"} /usr/local/lib/bash /usr/lib/bash /opt/homebrew/lib/bash; do
			[[ "$fh_dir" == /* && -f "$fh_dir/$fh_name" ]] || continue
			enable -f "$fh_dir/$fh_name" "$fh_name" 2>/dev/null || continue
			eval "$fh_name() { fh_small $fh_name \"\$@\"; }"
			fh_done="$fh_done $fh_name"
			break
		done
	done
	if ! declare -F grep >/dev/null; then
		# shellcheck disable=SC2317
		grep() { fh_grep "$@"; }
		fh_done="$fh_done grep"
	fi
	printf 'fh.sh: in the shell:%s\n' "$fh_done" >&2
}

# fh_small NAME WORD...
fh_small() {
	local fh_name=$1
	if fh_same "$@"; then
		shift
		enable "$fh_name"
		builtin "$fh_name" ${1+"$@"}
	else
		shift
		enable -n "$fh_name"
		fh_program "$fh_name" ${1+"$@"}
	fi
}

# fh_same NAME WORD...: does the builtin do with these words what the program does?
fh_same() {
	local fh_name=$1 fh_word fh_decimal='^[0-9]+([.][0-9]+)?$' fh_numbers='^[0-9]+( [0-9]+)?$' # bash 3.2 reads them from a variable only
	shift
	case $fh_name in
	basename | dirname) [[ ($# == 1 || $# == 2 && $fh_name == basename) && -n "$1" && "$1" != -* && "${2:-x}" != -* ]] ;;
	sleep) [[ $# == 1 && "$1" =~ $fh_decimal ]] ;;
	seq) [[ $# -ge 1 && $# -le 2 && "$*" =~ $fh_numbers && ($# == 1 || $1 -le $2) && ${2:-$1} -gt 0 ]] ;;
	mktemp) [[ $# == 1 && "$1" == *XXXXXX && "$1" != -* ]] ;;
	head) [[ $# -ge 2 && $# -le 3 && "$1" == -n && "$2" =~ ^[1-9][0-9]*$ && ($# == 2 || (-f "$3" && -r "$3")) ]] ;;
	tee | rm | mkdir)
		[[ $# != 0 && ($fh_name != rm || "$1" == -f) ]] || return
		case $fh_name$1 in tee-a | rm-f | mkdir-p) shift ;; esac
		for fh_word in ${1+"$@"}; do
			[[ -n "$fh_word" && "$fh_word" != -* && ($fh_name == mkdir || ! -d "$fh_word" || -L "$fh_word") ]] || return
		done
		;;
	*) return 1 ;;
	esac
}

# --- take over -------------------------------------------------------------------------------------------------------

fh_load fh-state fh-voicecheck
fh_phases
[[ "$fh_phases" == fh-state ]] || fh_debug 'update_project_state.py has other phases than fh-state: normalize, apply and validate stay as they were'

fh_take load_state_cache fh-state
fh_take invalidate_state_cache fh-state
fh_take get_phase fh-state
fh_take get_run_count fh-state
fh_take increment_run_count fh-state
fh_take validate_state "$fh_phases"
fh_take normalize_state_json "$fh_phases"
fh_take apply_state_phase "$fh_phases"
fh_take backup_state fh-state
fh_take ensure_qwen_cache_index fh-voicecheck
fh_take render_scenes_parallel fh-render-worker
fh_take get_current_scene_id fh-state
fh_take mark_retry_exhausted fh-state
fh_take render_template_file bash
fh_take infer_scene_class_name bash
for fh_name in validate_scene_template_structure validate_scene_imports validate_voiceover_sync validate_scene_semantics; do
	if declare -F "$fh_name" >/dev/null && eval "fh_was_$(declare -f "$fh_name")" 2>/dev/null; then
		eval "$fh_name() { fh_debug \"$fh_name: the script's own, its grep in the shell\"; fh_check fh_was_$fh_name \"\$@\"; }"
	fi
done
unset fh_name
[[ "${FH_LOADABLES:-0}" != 1 ]] || fh_loadables
