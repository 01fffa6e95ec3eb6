#!/usr/bin/env bash
# Every call of a command that can fail fails once: the first, the second, ... until none is reached. Each run must end
# with all done and status 0, or with a status that is not 0, one line that says why, and the old or the new content;
# there is no temporary file in either case, no signal and no partial output.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

lib=${LIBFAIL:-$here/build/plain-dynamic/tests/inject/libfail.so}
FH=${FH:-$here/build/plain-dynamic/cmd}
[ -e "$lib" ] || { echo "not ok 1 - no libfail.so: make check-fault builds it"; echo "1..1"; exit 1; }
sample=$here/tests/demo/project
calls="open read write fsync rename flock stat close mkdir spawn"
export FH_INI=''

# What a folder holds: names and contents, less what does not differ from run to run by its nature.
picture() { # DIR
	(cd "$1" && find . -type f | sort | while IFS= read -r f; do
		printf '== %s\n' "$f"
		sed -E 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' "$f"
	done)
}

fresh() { # DIR: the project as each run finds it
	rm -rf "$1" && mkdir "$1" && cp "$sample"/*.json "$sample"/*.py "$1/" && (cd "$1" && eval "$prepare")
}

# One run with call number $2 of class $1 failing; says what is wrong with it, if anything.
one_run() { # CALL N COMMAND...
	local call=$1 n=$2 rc=0
	shift 2
	rm -f "$T/hit"
	fresh "$T/p"
	(cd "$T/p" && FAIL_CALL=$call FAIL_N=$n FAIL_HIT=$T/hit LD_PRELOAD=$lib timeout 60 "$@") >"$T/out" 2>"$T/err" </dev/null || rc=$?
	[ -e "$T/hit" ] || return 0
	picture "$T/p" >"$T/now"
	[ -z "$(find "$T/p" -name '*.tmp')" ] || echo "call $n: a temporary file is left"
	[ "$rc" -lt 128 ] || echo "call $n: status $rc"
	if [ "$rc" = 0 ]; then
		cmp -s "$T/now" "$T/new" || echo "call $n: status 0, but not all is done"
		cmp -s "$T/out" "$T/wanted" || echo "call $n: status 0, but the output is not whole"
		return 0
	fi
	[ "$(wc -l <"$T/err")" = 1 ] || echo "call $n: status $rc with $(wc -l <"$T/err") lines of reasons"
	cmp -s "$T/now" "$T/old" || cmp -s "$T/now" "$T/new" || echo "call $n: neither old nor new content"
}

sweep() { # NAME COMMAND...: one test for each class of calls
	local name=$1 call n wrong
	shift
	fresh "$T/p"
	picture "$T/p" >"$T/old"
	(cd "$T/p" && "$@") >"$T/wanted" 2>"$T/err" </dev/null
	is "$?" 0 "$name works undisturbed" || sed 's/^/# /' "$T/err"
	picture "$T/p" >"$T/new"
	for call in $calls; do
		n=0 wrong=
		while :; do
			n=$((n + 1))
			wrong="$wrong$(one_run "$call" "$n" "$@")"
			[ -e "$T/hit" ] || break
			[ "$n" -lt 500 ] || { wrong="$wrong no end"; break; }
		done
		[ $n -gt 1 ] || continue
		is "$wrong" "" "$name: each of $((n - 1)) failing calls of $call"
	done
}

prepare=:
sweep "get" fh-state get phase run_count
sweep "load" fh-state load
sweep "set" fh-state set topic "new topic"
sweep "increment" fh-state increment
sweep "edit" fh-state edit "phase review" "error add broken"
prepare='ln project_state.json other; rm project_state.json; ln -s other project_state.json'
sweep "set through a symlink" fh-state set topic "new topic"
prepare=:
for words in "normalize" "apply --phase plan" "backup"; do
	# shellcheck disable=SC2086
	fh-state --help | grep -q "^  ${words%% *}" && sweep "$words" fh-state $words
done
if [ -x "$FH/fh-voicecheck" ]; then
	prepare='mkdir -p media/voiceovers/qwen; echo "[{\"text\": \"a\", \"audio_file\": \"a.mp3\"}]" >media/voiceovers/qwen/cache.json'
	sweep "fh-voicecheck" fh-voicecheck .
fi
done_testing
