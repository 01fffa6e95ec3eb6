#!/usr/bin/env bash
# agent PHASE [FILE]: a stand-in for the language model, in the project folder. Where $RIG/agent-breaks is, it also writes a broken state
# (once); where $RIG/agent-fails is, it fails (once).
set -eu
once() {
	[ -e "$RIG/$1" ] && rm "$RIG/$1"
}
echo "agent: $1"
! once agent-fails || { echo "agent: no answer"; exit 1; }
case $1 in
plan)
	for n in 01 02 03 04 05 06 07 08 09 10; do
		[ "$n" = 01 ] && sep='' || sep=,
		printf '%s\n  {"id": "scene_%s_part", "title": "Part %s", "narration_key": "scene_%s_part", "estimated_duration": "%ds"}' "$sep" $n $n $n "$((10#$n))"
	done | { printf '{"title": "Rig", "scenes": ['; cat; printf '\n]}\n'; } >plan.json
	;;
narration)
	echo 'SCRIPT = {' >narration_script.py
	for n in 01 02 03 04 05 06 07 08 09 10; do echo "    \"scene_${n}_part\": \"This is part $n.\","; done >>narration_script.py
	echo '}' >>narration_script.py
	;;
build_scenes) echo "# filled in by the agent" >>"$2" ;;
esac
if once agent-breaks; then
	printf 'Here is the new state:\n```json\n{"phase": "narration", "scenes": [{"id": ' >project_state.json
fi
