# shellcheck shell=bash
# fh.sh: the fh tools under the function names that build_video.sh and its like already call.
#
#	source fh.sh		after the script's own definitions, before its main
#
# It holds no logic of its own: a function is one call of a tool. Where the tool is not on PATH, the function that the
# script had defined under that name is used (it is kept as fh_was_NAME), and where there was none, what else the
# machine has: the Python helpers in $SCRIPT_DIR, GNU parallel, one after another. The way is chosen at each call.
#
# Reads STATE_FILE PROJECT_DIR STATE_BACKUP SCRIPT_DIR PYTHON_BIN LOG_FILE PARALLEL_RENDERS, none of them required.
# FH_DISABLE=1 leaves the script as it was; DEBUG=1 says on stderr which way each call took.
# The syntax is that of bash 3.2; set -euo pipefail may be on or off.

if [[ "${FH_DISABLE:-0}" == 1 ]] || declare -F fh_call >/dev/null; then
	return 0
fi

# --- which way -----------------------------------------------------------------------------------------------------

# fh_has TOOL: is there such a program (or function, or builtin)? Costs no process.
fh_has() {
	command -v "$1" >/dev/null 2>&1
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
	fh_debug "$fh_name: $(fh_has "$fh_tool" && echo "$fh_tool" || echo "without $fh_tool")"
	"fh_do_$fh_name" "$@"
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
	fh_cache "$(fh_state load)"
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
	fh_code=$(fh_state increment) || return
	fh_cache "$fh_code"
}

fh_do_validate_state() {
	normalize_state_json >/dev/null 2>&1 || :
	fh_state validate
}

fh_do_normalize_state_json() {
	fh_state normalize >/dev/null || return
	fh_written
}

# apply_state_phase PHASE
fh_do_apply_state_phase() {
	fh_state apply --phase "$1" >/dev/null || return
	fh_written
}

fh_do_backup_state() {
	[[ -f "${STATE_FILE:-${PROJECT_DIR:-.}/project_state.json}" ]] || return 0
	fh_state backup >/dev/null || return
	fh_say '💾 State backed up'
}

# --- voice cache -----------------------------------------------------------------------------------------------------

fh_voicecheck() {
	if fh_has fh-voicecheck; then
		fh-voicecheck "$@" "${PROJECT_DIR:-.}"
	else
		fh_helper voice_cache_validator.py "${PROJECT_DIR:-.}"
	fi
}

# 0 at once where the cache is valid; else the script's precache step speaks what is missing, 1 where that fails.
fh_do_ensure_qwen_cache_index() {
	local fh_index=${PROJECT_DIR:-.}/media/voiceovers/qwen/cache.json
	fh_logged fh_voicecheck && return 0
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

# --- take over -------------------------------------------------------------------------------------------------------

fh_take load_state_cache fh-state
fh_take invalidate_state_cache fh-state
fh_take get_phase fh-state
fh_take get_run_count fh-state
fh_take increment_run_count fh-state
fh_take validate_state fh-state
fh_take normalize_state_json fh-state
fh_take apply_state_phase fh-state
fh_take backup_state fh-state
fh_take ensure_qwen_cache_index fh-voicecheck
fh_take render_scenes_parallel fh-render-worker
