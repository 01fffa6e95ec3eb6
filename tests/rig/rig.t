#!/usr/bin/env bash
# The rig: build.sh takes ten scenes from init to complete, once with Python helpers, once with the suite by one line, with and without the
# builtin; results are compared, processes counted. Then races and faults: agent that breaks the state, renderers that fail, hang, are mute or
# busy, workers that all write at once, kill -9 and resume. SOAK=1 is the long form: 200 races, 50 kills.
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC2317
. "$(dirname "$0")/../lib.sh"
rig=$here/tests/rig
SOAK=${SOAK:-0}
if [ "$SOAK" = 0 ]; then races=20 kills=2; else races=${RACES:-200} kills=${KILLS:-50}; fi

if ! command -v ffmpeg >/dev/null || ! command -v ffprobe >/dev/null; then
	skip "the rig" "no ffmpeg"
	done_testing
fi
python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) || python=
so=${FH%/cmd}/shell/fh_builtins.so
mkdir -p "$T/rig" "$T/stub" "$T/scripts" "$T/quiet"
export RIG=$T/rig
mkdir -p "$T/norig"
cp "$rig/agent.sh" "$T/stub/agent"
cp "$rig/manim.sh" "$T/stub/manim"
"$rig/helpers.sh" "$T/scripts"
[ -z "$python" ] || printf '#!/bin/sh\nexec %s "$@"\n' "$python" >"$T/stub/python3"

fresh() { # PROJECT
	rm -rf "$1"
	mkdir -p "$1"
	"$FH/fh-state" -C "$1" new --name rig --topic "what is made here"
	"$FH/fh-state" -C "$1" phase init
}

# build WAY PROJECT [COMMAND...]: WAY python, builtin, program; COMMAND (strace, timeout) in front.
build() {
	local way=$1 project=$2 path=$T/stub:$PATH sh='' adopt='' builtins=no loadables=0 rig_dir=$RIG
	shift 2
	case $way in
	builtin) sh=$here/shell/fh.sh adopt=$rig/adopt.sh builtins=$so loadables=1 ;;
	program) sh=$here/shell/fh.sh adopt=$rig/adopt.sh ;;
	python) path=$T/stub:${PATH#"$FH":} rig_dir=$T/norig ;;
	esac
	env -i PATH="$path" HOME="$T" TMPDIR="$T" LC_ALL=C.UTF-8 RIG="$rig_dir" SCRIPT_DIR="$T/scripts" PYTHON_BIN="${python:-python3}" \
		FH_SH="$sh" RIG_ADOPT="$adopt" FH_BUILTINS="$builtins" FH_LOADABLES="$loadables" FH_RENDER_TRANSIENT_WAIT=0.1 FH_RENDER_GRACE=0.2 \
		FH_RENDER_TIMEOUT="${TIMEOUT:-60s}" PHASE_RETRY_BACKOFF_SECONDS=0 PARALLEL_RENDERS="${JOBS:-2}" \
		"$@" bash "$rig/build.sh" "$project" >"$project.out" 2>"$project.err" </dev/null
}

# What a build must have come to, less times, texts of history and measured durations.
outcome() { # PROJECT
	sed -E 's/20[0-9-]+T[0-9:]+Z/TIME/; s/("duration_seconds": [0-9]+\.[0-9]).*/\1,/' "$1/project_state.json" |
		awk '/"history": \[/ { skip = 1 } !skip; /^  \]/ { skip = 0 }'
	(cd "$1" && cksum media/videos/*/1440p60/*.mp4 final_video.mp4 scenes.txt ./*.py)
}

# Programs started, less those below agent, manim and ffmpeg: from an strace of execve and the forks.
programs() { # TRACE
	perl -ne '
		my ($pid) = /^(\d+)/ or next;
		$parent{$1} = $pid if /(?:clone3?|v?fork)\(.*\)\s*= (\d+)/ || /(?:clone3?|v?fork) resumed.*= (\d+)/;
		push @exec, [$pid, $1] if /execve\("([^"]*)".*(?:= 0|unfinished)/;
		END {
			for (@exec) { $out{$_->[0]} = 1 if $_->[1] =~ m{/(agent|manim|ffmpeg)$} }
			for (@exec) {
				my ($p, $name) = @$_;
				$p = $parent{$p} while defined $parent{$p} && !$out{$p};
				next if $out{$p};
				$name =~ s{.*/}{};
				$n{$name}++; $sum++;
			}
			print $sum - 1, "\t", join(" ", map { "$_ $n{$_}" } sort { $n{$b} <=> $n{$a} } keys %n), "\n"; # - 1: build.sh itself
		}' "$1"
}

# made WAY: builds from nothing under strace; what came of it is in $T/WAY.*
made() {
	local trace=''
	fresh "$T/$1"
	if command -v strace >/dev/null; then
		trace="strace -f -qq --seccomp-bpf -e trace=execve,fork,vfork,clone,clone3 -o $T/$1.trace"
	fi
	# shellcheck disable=SC2086
	build "$1" "$T/$1" $trace
	echo "$?:$("$FH/fh-state" -C "$T/$1" phase)" >"$T/$1.end"
	echo 0 >"$T/$1.programs"
	[ -z "$trace" ] || programs "$T/$1.trace" >"$T/$1.programs"
	outcome "$T/$1" >"$T/outcome.$1"
}

count() { # WAY: looks at what is made; sets $n
	is "$(cat "$T/$1.end")" 0:complete "$1: from init to complete" || tail -n 5 "$T/$1.err" "$T/$1.out" | sed 's/^/# /'
	n=$(cat "$T/$1.programs")
	echo "# $1: programs outside renderer, ffmpeg and agent: $n"
	n=${n%%$'\t'*}
}

suite() {
	took=$(date +%s%3N)
	made program
	count program
	took=$(($(date +%s%3N) - took))
	[ -f "$so" ] || { skip "builtin" "not built"; return; }
	took=$(date +%s%3N)
	made builtin
	took=$(($(date +%s%3N) - took)) # milliseconds
	count builtin
	check_same "builtin: the same as with programs" "$T/outcome.program" "$T/outcome.builtin"
	[ "$n" -lt 60 ]
	ok $? "builtin: $n programs, fewer than 60"
	[ ! -s "$T/builtin.trace" ] || is "$(grep -c 'execve.*fh-state.*= 0' "$T/builtin.trace")" 0 "builtin: no process for the state"
}

# Python is slow to start: it builds beside all the rest, with a folder of its own for faults.
before() {
	wait "$beside"
	count python
	check_same "program: same state, videos, files as with Python" "$T/outcome.python" "$T/outcome.program"
}

# Programs that one call of fh.sh takes, on a state that it finds as the builds left it.
# shellcheck disable=SC2016 # the inner shell expands them
calls() {
	local call want got line=''
	[ -s "$T/program.trace" ] || { skip "programs of each call" "no strace"; return; }
	while read -r want call; do
		rm -rf "$T/calls" && cp -a "$T/program" "$T/calls"
		env -i PATH="$PATH" PROJECT_DIR="$T/calls" STATE_FILE="$T/calls/project_state.json" FH_BUILTINS=no \
			strace -f -qq --seccomp-bpf -e trace=execve -o "$T/trace" bash -c 'source "$0"; eval "$(fh-state load)"; '"$call" "$here/shell/fh.sh" >/dev/null 2>&1
		got=$(($(grep -c 'execve(.*fh-state".*= 0' "$T/trace") - 1))
		[ "$got" = "$want" ] || line="$line $call: $got;"
	done <<'END'
0 get_phase
0 get_run_count
1 normalize_state_json
1 STATE_CACHE_VALID=0; normalize_state_json
1 apply_state_phase plan
1 STATE_CACHE_VALID=0; apply_state_phase plan
1 backup_state
1 load_state_cache
0 invalidate_state_cache
1 mark_retry_exhausted plan
1 get_current_scene_id
2 increment_run_count
2 validate_state
END
	is "$line" "" "without the builtin: no program for a read of the cache, one for a write"
}

way() { [ -f "$so" ] && echo builtin || echo program; }

faults() {
	fresh "$T/f"
	touch "$RIG/agent-fails" "$RIG/agent-breaks" "$RIG/fail-Scene02Part" "$RIG/transient-Scene04Part" "$RIG/hang-Scene05Part"
	TIMEOUT=2s build "$(way)" "$T/f" timeout 300
	is "$?:$("$FH/fh-state" -C "$T/f" phase)" 0:complete "agent fails, agent breaks the state, renderer fails, is busy, hangs: complete all the same"
	is "$(cksum <"$T/f/final_video.mp4")" "$final" "with the same video"
	is "$(ls "$RIG")" "" "each fault happened"
	is "$("$FH/fh-state" -C "$T/f" validate 2>&1)" "✅ State file valid" "and the state is valid"
	rm -rf "$T/f" && cp -a "$T/program" "$T/f"
	"$FH/fh-state" -C "$T/f" phase final_render
	rm "$T/f/final_video.mp4" "$T/f/media/videos/scene_03_part/1440p60/Scene03Part.mp4"
	touch "$RIG/mute-Scene03Part"
	build "$(way)" "$T/f" timeout 300
	is "$?:$(cksum <"$T/f/final_video.mp4"):$(ls "$RIG")" "0:$final:" "a renderer that forgets the audio: found, rendered again"
}

# Four workers mark their scenes at the same instant.
race() {
	local i id bad=0 p=$T/race workers
	rm -rf "$p" && cp -a "$T/program" "$p"
	for ((i = 0; i < races; i++)); do
		for id in 01 02 03 04; do "$FH/fh-state" -C "$p" mark "scene_${id}_part" pending; done
		workers=()
		for id in 01 02 03 04; do
			{ until [ -e "$T/go" ]; do :; done; "$FH/fh-state" -C "$p" mark "scene_${id}_part" rendered; } &
			workers+=($!)
		done
		: >"$T/go"
		wait "${workers[@]}"
		rm "$T/go"
		[ "$("$FH/fh-state" -C "$p" scenes | wc -l):$(grep -c '"status": "rendered"' "$p/project_state.json")" = 10:10 ] || bad=$((bad + 1))
	done
	is "$bad" 0 "four workers mark their scenes at once, $races times: none is lost"
}

# The agent writes rubbish in place, again and again, while a worker updates: no update ends in rubbish that stays.
broken_while_written() {
	local p=$T/race i bad=0 writer
	cp "$p/project_state.json" "$T/good"
	cp "$T/good" "$p/.state_backup.json"
	(for ((i = 0; i < 100; i++)); do
		printf 'Sure! Here it is: {"phase": "narration", "scenes": [' >"$p/project_state.json"
		cat "$T/good" >"$p/project_state.json"
	done) &
	writer=$!
	for ((i = 0; i < 60; i++)); do
		"$FH/fh-state" -C "$p" mark scene_01_part rendered 2>/dev/null
		[ $? -le 3 ] || bad=$((bad + 1))
	done
	wait $writer
	printf '{"phase": "narration", "scenes": [' >"$p/project_state.json"
	"$FH/fh-state" -C "$p" normalize 2>/dev/null
	is "$bad:$("$FH/fh-state" -C "$p" scenes | wc -l)" 0:10 "the agent breaks the state while a worker writes: repaired from the backup, no scene lost"
	is "$(find "$p" -name '*.tmp' | wc -l)" 0 "and nothing is left lying about"
}

# kill -9 at a random moment of a build, then a resume: alternately of the script alone, whose programs go on for a while, and of its whole
# process group with a resume at once, while renderers (groups of their own) may still be at work.
killed() {
	local i p=$T/k bad='' pid k n moment
	for ((i = 0; i < kills; i++)); do
		fresh "$p"
		build "$(way)" "$p" setsid 2>/dev/null &
		k=$!
		moment=$((RANDOM * took / 32768))
		sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
		pid=$(cat "$p/.build.lock" 2>/dev/null)
		if [ -z "$pid" ]; then
			:
		elif [ $((i % 2)) = 0 ]; then
			kill -9 "$pid" 2>/dev/null
			for ((n = 0; n < 300; n++)); do pgrep -f "$p" >/dev/null || break; sleep 0.1; done
		else
			kill -9 -- "-$pid" 2>/dev/null
		fi
		wait $k 2>/dev/null
		"$FH/fh-state" -C "$p" validate >/dev/null 2>"$T/why" || bad="$bad $moment ms: $(cat "$T/why");"
		n=$("$FH/fh-state" -C "$p" phase)
		build "$(way)" "$p" timeout 300
		n="$?:$("$FH/fh-state" -C "$p" validate 2>&1):$(cksum <"$p/final_video.mp4") after $n"
		[ "${n% after*}" = "0:✅ State file valid:$final" ] || { bad="$bad $moment ms: $n;"; tail -n 5 "$p.out" "$p.err" | sed 's/^/# /'; }
	done
	is "$bad" "" "killed at $kills random moments: a valid state each time, and each resume ends with the same video"
}

if [ -n "$python" ]; then
	made python &
	beside=$!
	trap 'kill $beside 2>/dev/null; wait; chmod -R u+rwx "$T" 2>/dev/null; rm -rf "$T"' EXIT
else
	skip "with Python helpers" "no python3"
fi
suite
final=$(cksum <"$T/program/final_video.mp4")
calls
faults
race
broken_while_written
killed
[ -z "$python" ] || before
done_testing
