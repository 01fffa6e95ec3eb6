# shellcheck shell=bash
# adopt.sh: the inline blocks of build.sh, each as one command (README, "Adopting fh"). fh_state is fh-state on $STATE_FILE.
set_phase() { fh_state --touch phase "$1"; }
needs_review() { fh_state -q flag needs_human_review; }
review_failed() { fh_state edit "error add '$1'" 'flag needs_human_review on' touch; }
clear_render_errors() { fh_state edit 'error clear "final_render "' 'flag needs_human_review off' touch; }
mark_rendered() { fh_state mark "$1" rendered --video "$2"; }
revert_scene() {
	fh_state edit "scene revert '$1'" "append errors 'final_render failed for $1: $2'" \
		"history add --fields timestamp=@now phase=final_render scene='$1' action=revert_to_build_scenes reason='$2'" touch
}
finish_phase() { fh_state edit "phase $1" "history add '$2'" touch; }
repair_metadata() { fh_state repair-metadata; }
scene_lines() { fh_state scenes; }
current_scene() { fh_state scene current; }
