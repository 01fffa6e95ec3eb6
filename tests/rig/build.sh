#!/usr/bin/env bash
# build.sh PROJECT: a build script of the kind that fh.sh is made for: phases in a loop, retries, an agent that is not trusted, a Python
# process for each look at the state, inline Python for each change of it, a log through tee, checks of scenes by grep. All of it our own.
# Where $FH_SH names a file, that one line before main is all that differs; $RIG_ADOPT has the inline blocks as commands (adopt.sh).
# Around it, on PATH: agent, manim (stubs), ffmpeg; in $SCRIPT_DIR the helpers that helpers.sh writes.
set -Eeuo pipefail

SCRIPT_DIR=${SCRIPT_DIR:?}
PYTHON_BIN=${PYTHON_BIN:-python3}
PROJECT_DIR=$(cd "$1" && pwd)
STATE_FILE=$PROJECT_DIR/project_state.json
STATE_BACKUP=$PROJECT_DIR/.state_backup.json
LOG_FILE=$PROJECT_DIR/build.log
PHASE_RETRY_LIMIT=${PHASE_RETRY_LIMIT:-3}
PHASE_RETRY_BACKOFF_SECONDS=${PHASE_RETRY_BACKOFF_SECONDS:-0}
PARALLEL_RENDERS=${PARALLEL_RENDERS:-0}
MAX_RUNS=${MAX_RUNS:-50}
export STATE_CACHE_VALID=0

say() {
	echo "$1" | tee -a "$LOG_FILE"
}

# --- state, by helpers -------------------------------------------------------------------------------------------------
load_state_cache() { eval "$("$PYTHON_BIN" "$SCRIPT_DIR/state_cache_helper.py" load "$STATE_FILE")"; }
invalidate_state_cache() { eval "$("$PYTHON_BIN" "$SCRIPT_DIR/state_cache_helper.py" invalidate)"; }
normalize_state_json() { "$PYTHON_BIN" "$SCRIPT_DIR/update_project_state.py" --project-dir "$PROJECT_DIR" --mode normalize >/dev/null; }
apply_state_phase() { "$PYTHON_BIN" "$SCRIPT_DIR/update_project_state.py" --project-dir "$PROJECT_DIR" --mode apply --phase "$1" >/dev/null; }
increment_run_count() {
	normalize_state_json >/dev/null 2>&1 || true
	eval "$("$PYTHON_BIN" "$SCRIPT_DIR/state_cache_helper.py" increment "$STATE_FILE")"
}
get_phase() {
	normalize_state_json >/dev/null 2>&1 || true
	"$PYTHON_BIN" "$SCRIPT_DIR/state_cache_helper.py" get "$STATE_FILE" phase
}
validate_state() {
	normalize_state_json >/dev/null 2>&1 || true
	"$PYTHON_BIN" -c 'import json, sys
s = json.load(open(sys.argv[1]))
sys.exit(any(k not in s for k in ("project_name", "phase", "run_count", "scenes", "errors", "history", "flags")))' "$STATE_FILE" &&
		echo "✅ State file valid"
}
backup_state() {
	cp "$STATE_FILE" "$STATE_BACKUP"
	say "💾 State backed up"
}

# --- state, by inline blocks: adopt.sh has one command for each --------------------------------------------------------
inline() { # CODE ARG...: read, change, write
	"$PYTHON_BIN" - "$STATE_FILE" "${@:2}" <<PY
import json, sys, os, re
from datetime import datetime
path, a = sys.argv[1], sys.argv[2:]
now = datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
with open(path) as f:
    state = json.load(f)
$1
with open(path, "w") as f:
    json.dump(state, f, indent=2)
PY
}
set_phase() { inline 'state["phase"] = a[0]; state["updated_at"] = now' "$1"; }
needs_review() { [ "$("$PYTHON_BIN" -c 'import json, sys; print(json.load(open(sys.argv[1]))["flags"].get("needs_human_review", False))' "$STATE_FILE")" = True ]; }
review_failed() {
	inline 'state["errors"].append(a[0]) if a[0] not in state["errors"] else 0
state["flags"]["needs_human_review"] = True
state["updated_at"] = now' "$1"
}
clear_render_errors() {
	inline 'state["errors"] = [e for e in state["errors"] if not (isinstance(e, str) and e.startswith("final_render "))]
state["flags"]["needs_human_review"] = False
state["updated_at"] = now'
}
mark_rendered() { # ID VIDEO DURATION
	inline 'for s in state["scenes"]:
    if s["id"] == a[0]:
        s["status"] = "rendered"; s["video_file"] = a[1]
        s["verification"] = {"file_size_bytes": os.path.getsize(os.path.join(os.path.dirname(path), a[1])),
            "duration_seconds": float(a[2]), "audio_present": True, "verified_at": now}' "$@"
}
revert_scene() { # ID WHY
	inline 'for i, s in enumerate(state["scenes"]):
    if s["id"] == a[0]:
        state["current_scene_index"] = i; s["status"] = "pending"
state["phase"] = "build_scenes"; state["updated_at"] = now
state["errors"].append("final_render failed for %s: %s" % (a[0], a[1]))
state["history"].append({"timestamp": now, "phase": "final_render", "scene": a[0], "action": "revert_to_build_scenes", "reason": a[1]})' "$@"
}
mark_retry_exhausted() {
	inline 'state["errors"].append("Phase %s failed after %s attempts: see build.log" % (a[0], a[1]))
state["flags"]["needs_human_review"] = True; state["updated_at"] = now
state["history"].append({"timestamp": now, "phase": a[0], "action": "retry_exhausted", "reason": "self-healing attempts exhausted"})' \
		"$1" "$PHASE_RETRY_LIMIT"
}
finish_phase() { # PHASE NEXT NOTE
	inline 'state["phase"] = a[0]; state["updated_at"] = now; state["history"].append(a[1])' "$1" "$2"
}
repair_metadata() {
	inline 'for s in state["scenes"]:
    f = s["id"] + ".py"
    if not s.get("file") and os.path.exists(os.path.join(os.path.dirname(path), f)):
        s["file"] = f'
}
scene_lines() {
	"$PYTHON_BIN" -c 'import json, sys
for s in json.load(open(sys.argv[1]))["scenes"]:
    print("|".join((s["id"], s["file"], s["class_name"], s.get("estimated_duration") or "0s")))' "$STATE_FILE"
}
current_scene() {
	"$PYTHON_BIN" -c 'import json, re, sys
s = json.load(open(sys.argv[1])); i = s["current_scene_index"]
if i < len(s["scenes"]):
    c = s["scenes"][i]; n = "".join(p.capitalize() for p in c["id"].split("_"))
    print("|".join((c["id"], c["id"] + ".py", c.get("class_name") or n, c["narration_key"])))' "$STATE_FILE"
}

# --- templates, checks, voice ------------------------------------------------------------------------------------------
render_template_file() {
	"$PYTHON_BIN" - "$@" <<'PY'
import sys
text = open(sys.argv[1], encoding="utf-8").read()
for pair in sys.argv[3:]:
    key, value = pair.split("=", 1)
    text = text.replace("{{" + key + "}}", value)
open(sys.argv[2], "w", encoding="utf-8").write(text)
PY
}
validate_scene_template_structure() {
	local part
	for part in "from narration_script import SCRIPT" "# SLOT_START:scene_body" "# SLOT_END:scene_body"; do
		grep -Fq "$part" "$1" || { say "✗ $1 lacks: $part"; return 1; }
	done
	[ "$(grep -Ec "with self\\.voiceover\\(text=SCRIPT\\[[^]]+\\]\\) as tracker:" "$1" || true)" = 1 ] || { say "✗ $1: one voiceover is due"; return 1; }
}
validate_scene_imports() {
	if grep -q "from manimvoiceoverplus import" "$1" || grep -q "import manim-voiceover-plus" "$1"; then return 1; fi
	if grep -Eq "FadeIn\([^\n)]*lag_ratio[[:space:]]*=" "$1" || grep -Eq "&lt;|&gt;" "$1"; then return 1; fi
	if grep -Eq "set_color\([[:space:]]*list\(" "$1"; then return 1; fi
	grep -q "import manim_voiceover_plus" "$1" || grep -q "from manim_voiceover_plus import" "$1" || say "⚠ no voiceover import"
}
validate_voiceover_sync() {
	if grep -q 'voiceover(text="' "$1" || grep -q "voiceover(text='" "$1" || ! grep -q 'tracker\.duration' "$1"; then return 1; fi
}
validate_scene_semantics() {
	if grep -Eq "\{\{[^}]+\}\}" "$1"; then say "✗ $1: unresolved placeholder"; return 1; fi
}
ensure_qwen_cache_index() {
	"$PYTHON_BIN" "$SCRIPT_DIR/voice_cache_validator.py" "$PROJECT_DIR" | tee -a "$LOG_FILE" && return 0
	say "→ Voice cache needs regeneration; running precache..."
	"$PYTHON_BIN" "$SCRIPT_DIR/precache_voiceovers_qwen.py" "$PROJECT_DIR" | tee -a "$LOG_FILE"
}

# --- phases ------------------------------------------------------------------------------------------------------------
handle_build_scenes() {
	local id file class key
	IFS='|' read -r id file class key <<<"$(current_scene)"
	[ -n "$id" ] || return 0
	[ -f "$file" ] || render_template_file "$SCRIPT_DIR/scene.template" "$file" "CLASS=$class" "KEY=$key" "TITLE=a & b \\1"
	agent build_scenes "$file" 2>&1 | tee -a "$LOG_FILE"
	normalize_state_json || true
	validate_scene_template_structure "$file" && validate_scene_imports "$file" && validate_voiceover_sync "$file" &&
		validate_scene_semantics "$file" && ensure_qwen_cache_index
}

handle_scene_qc() {
	local id file class rest
	echo "# Scene QC" >scene_qc_report.md
	while IFS='|' read -r id file class rest; do
		manim render "$file" "$class" --dry_run >>"$LOG_FILE" 2>&1 </dev/null || return 1
		echo "- $id: fine" >>scene_qc_report.md
	done <<<"$(scene_lines)"
}

render_one() { # ID FILE CLASS
	local attempt=0 video=media/videos/$1/1440p60/$3.mp4
	[ -n "$(ffprobe -v error -select_streams a:0 -show_entries stream=codec_type -of csv=p=0 "$video" 2>/dev/null || true)" ] && return 0
	while [ $attempt -lt "$PHASE_RETRY_LIMIT" ]; do
		rm -rf "media/videos/$1/1440p60/partial_movie_files/$3"
		rm -f "$video"
		if manim render "$2" "$3" -qh 2>&1 </dev/null | tee -a "$LOG_FILE" &&
			[ -n "$(ffprobe -v error -select_streams a:0 -show_entries stream=codec_type -of csv=p=0 "$video" 2>/dev/null)" ]; then
			return 0
		fi
		attempt=$((attempt + 1))
	done
	return 1
}

handle_final_render() {
	local lines id file class
	clear_render_errors
	ensure_qwen_cache_index
	repair_metadata
	lines=$(scene_lines) || return 1
	if ! declare -F render_scenes_parallel >/dev/null || ! render_scenes_parallel "$lines"; then
		while IFS='|' read -r id file class _; do
			if ! render_one "$id" "$file" "$class"; then
				say "❌ Render failed for $id"
				revert_scene "$id" "renderer failed"
				return 1
			fi
			mark_rendered "$id" "media/videos/$id/1440p60/$class.mp4" \
				"$(ffprobe -v error -show_entries format=duration -of default=nw=1:nk=1 "media/videos/$id/1440p60/$class.mp4")"
			say "✓ Rendered + verified: $id"
		done <<<"$lines"
	fi
	finish_phase assemble "Phase final_render: all scenes rendered"
}

handle_assemble() {
	local id class rest
	while IFS='|' read -r id _ class rest; do
		echo "file 'media/videos/$id/1440p60/$class.mp4'"
	done <<<"$(scene_lines)" >scenes.txt
	ffmpeg -nostdin -v error -y -f concat -safe 0 -i scenes.txt -c copy -map_metadata -1 -fflags +bitexact .final.mp4 2>>"$LOG_FILE"
	mv .final.mp4 final_video.mp4
	finish_phase complete "Phase assemble: final_video.mp4"
}

run_phase_once() {
	case $1 in
	init) set_phase plan ;;
	plan | narration) agent "$1" 2>&1 | tee -a "$LOG_FILE" ;;
	review) [ -f plan.json ] || { review_failed "review failed: plan.json missing"; return 1; } ;;
	build_scenes) handle_build_scenes ;;
	scene_qc) handle_scene_qc ;;
	precache_voiceovers) ensure_qwen_cache_index ;;
	final_render) handle_final_render ;;
	assemble) handle_assemble ;;
	esac
}

main() {
	local phase attempt run=0
	cd "$PROJECT_DIR"
	if [ -f .build.lock ] && kill -0 "$(cat .build.lock)" 2>/dev/null; then
		echo "❌ Build already running" >&2
		exit 1
	fi
	echo $$ >.build.lock
	trap 'rm -f "$PROJECT_DIR/.build.lock"' EXIT
	while [ $run -lt "$MAX_RUNS" ]; do
		run=$((run + 1))
		normalize_state_json || exit 1
		validate_state >>"$LOG_FILE"
		backup_state
		load_state_cache
		phase=$(get_phase)
		say "── Iteration $run, phase $phase"
		if [ "$phase" = complete ]; then
			say "✅ Video build complete!"
			exit 0
		fi
		attempt=1
		invalidate_state_cache
		until (run_phase_once "$phase"); do
			normalize_state_json || true
			if needs_review; then break; fi
			if [ "$(get_phase)" != "$phase" ]; then break; fi
			if [ $attempt -ge "$PHASE_RETRY_LIMIT" ]; then
				mark_retry_exhausted "$phase"
				break
			fi
			attempt=$((attempt + 1))
			say "↻ Retry $attempt/$PHASE_RETRY_LIMIT for $phase"
			sleep "$PHASE_RETRY_BACKOFF_SECONDS"
		done
		normalize_state_json || exit 1
		[ "$phase" = init ] || [ "$(get_phase)" != "$phase" ] || apply_state_phase "$phase" || true
		increment_run_count
		if needs_review; then
			say "⚠️  Human review required"
			exit 4
		fi
	done
	exit 5
}

# shellcheck disable=SC1090
[ -z "${FH_SH:-}" ] || source "$FH_SH"
# shellcheck disable=SC1090
[ -z "${RIG_ADOPT:-}" ] || source "$RIG_ADOPT"
main "$@"
