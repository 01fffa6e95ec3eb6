#!/usr/bin/env bash
# Every call of a command that can fail fails once: the first, the second, ... until none is reached. Each run must end
# with all done and status 0, or with a status that is not 0, one line that says why, and the old or the new content;
# there is no temporary file in either case, no signal and no partial output. Short writes are no failure: all must be done.
#
# FAULT_ONLY="increment ...", FAULT_CALLS="open write ...": these commands, by their names here, and these calls alone.
# FAULT_ERRNO="ENOSPC EDQUOT ...": with each of these reasons in turn; by default each call fails with one that suits it.
# FAULT_STAYS=1: all further calls of the kind fail too, as on a disk that is full. Both by `make soak`.
FH=${FH:-$(cd "$(dirname "$0")/../.." && pwd)/build/plain-dynamic/cmd}
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

lib=${LIBFAIL:-$here/build/plain-dynamic/tests/inject/libfail.so}
[ -e "$lib" ] || { echo "not ok 1 - no libfail.so: make check-fault builds it"; echo "1..1"; exit 1; }
sample=$here/tests/demo/project
calls=${FAULT_CALLS:-open read write short fsync rename flock stat close mkdir spawn malloc}
export FH_INI='' LC_ALL=C

# What a folder holds ($only: of these names): names and contents, less what does not differ from run to run by its nature.
picture() { # DIR
	(cd "$1" && find . -type f -name "${only:-*}" | sort | while IFS= read -r f; do
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
	(cd "$T/p" && FAIL_PROG=$1 FAIL_CALL=$call FAIL_N=$n FAIL_HIT=$T/hit FAIL_ERRNO=$why LD_PRELOAD=$lib timeout 60 "$@") \
	    >"$T/out" 2>"$T/err" </dev/null || rc=$?
	[ -e "$T/hit" ] || return 0
	picture "$T/p" >"$T/now"
	[ -z "$(find "$T/p" -name '*.tmp')" ] || echo "call $n: a temporary file is left"
	[ "$rc" -lt 128 ] || echo "call $n: status $rc"
	[ "$call:$rc" != short:0 ] && [ "$call" = short ] && echo "call $n: status $rc after a short write"
	if [ "$rc" = 0 ]; then
		cmp -s "$T/now" "$T/new" || echo "call $n: status 0, but not all is done"
		! grep -Fxvqf "$T/out" "$T/wanted" || echo "call $n: status 0, but the output is not whole"
		return 0
	fi
	[ "$(wc -l <"$T/err")" = 1 ] || echo "call $n: status $rc with $(wc -l <"$T/err") lines of reasons"
	cmp -s "$T/now" "$T/old" || cmp -s "$T/now" "$T/new" || echo "call $n: neither old nor new content"
}

sweep() { # NAME COMMAND...: one test for each class of calls and reason
	local name=$1 call n wrong why swept=0
	shift
	case " ${FAULT_ONLY:-$name} " in *" $name "*) ;; *) return ;; esac
	fresh "$T/p"
	picture "$T/p" >"$T/old"
	(cd "$T/p" && "$@") >"$T/wanted" 2>"$T/err" </dev/null
	is "$?" 0 "$name works undisturbed" || sed 's/^/# /' "$T/err"
	picture "$T/p" >"$T/new"
	for call in $calls; do
		for why in ${FAULT_ERRNO:-''}; do
			why=${why#"''"} n=0 wrong=
			while :; do
				n=$((n + 1))
				wrong="$wrong$(one_run "$call" "$n" "$@")"
				[ -e "$T/hit" ] || break
				[ "$n" -lt 500 ] || { wrong="$wrong no end"; break; }
			done
			swept=$((swept + n - 1))
			[ $n -gt 1 ] || break
			is "$wrong" "" "$name: each of $((n - 1)) calls of $call${why:+, $why}"
			case $call in short | malloc) break ;; esac # have no reason
		done
	done
	[ $swept -gt 5 ] || { [ -n "${FAULT_CALLS:-}" ] && [ $swept -gt 0 ]; }
	ok $? "$name: $swept runs with a failing call" # none, where the program is static
}

export FAIL_STAYS=${FAULT_STAYS:-}
[ -n "$FAIL_STAYS" ] || unset FAIL_STAYS
prepare=:
sweep "get" fh-state get phase run_count
sweep "load" fh-state load
sweep "set" fh-state set topic "new topic"
sweep "increment" fh-state increment
sweep "edit" fh-state edit "phase review" "error add broken"
if [ -z "${FAULT_ONLY:-}" ]; then # NFS: it is the end that tells
	fresh "$T/p"
	said=$(cd "$T/p" && FAIL_PROG=fh-state FAIL_CALL=close FAIL_N=1 FAIL_STAYS=1 FAIL_ERRNO=EDQUOT LD_PRELOAD=$lib fh-state get phase 2>&1 >"$T/out")
	is "$?:$said" "3:fh-state: standard output: Disk quota exceeded" "standard output that fails when it is closed"
fi
prepare='ln project_state.json other; rm project_state.json; ln -s other project_state.json'
sweep "set through a symlink" fh-state set topic "new topic"
prepare=:
for words in "normalize" "apply --phase plan" "backup"; do
	# shellcheck disable=SC2086
	sweep "$words" fh-state $words
done
prepare='mkdir -p media/voiceovers/qwen; echo "[{\"text\": \"a\", \"audio_file\": \"a.mp3\"}]" >media/voiceovers/qwen/cache.json'
sweep "fh-voicecheck" fh-voicecheck .

# One scene, whose renderer is cp. The video and its key may be there or not where the state has failed; the state is whole. A
# failure that the next attempt or another way makes good is none.
if command -v ffmpeg >/dev/null; then
	ffmpeg -nostdin -v error -f lavfi -i color=s=32x32:d=1:r=10 -f lavfi -i sine=d=1 -shortest "$T/good.mp4"
	printf '[render]\ncommand = cp %s {video}\nbackoff = 0s\n' "$T/good.mp4" >"$T/fh.ini"
	export FH_INI=$T/fh.ini
	# shellcheck disable=SC2016
	prepare='mkdir -p media/voiceovers/qwen; cp "$T/good.mp4" media/voiceovers/qwen/scene_01_blue_dot.mp3; fh-state apply --phase plan'
	only=project_state.json
	sweep "fh-render-worker" fh-render-worker . scene_01_blue_dot scene_01_blue_dot.py Scene01BlueDot
	if [ -z "${FAULT_CALLS:-}" ]; then # one of the closes is that of standard output
		said=
		for n in $(seq 40); do
			fresh "$T/p"
			said+=$(cd "$T/p" && eval "$prepare" && FAIL_PROG=fh-render-worker FAIL_CALL=close FAIL_N=$n FAIL_ERRNO=EDQUOT LD_PRELOAD=$lib \
				fh-render-worker . scene_01_blue_dot scene_01_blue_dot.py Scene01BlueDot 2>&1 >"$T/out" || echo " $?")
		done
		like "$said" "*fh-render-worker: standard output: Disk quota exceeded
 3*" "fh-render-worker: standard output that fails when it is closed"
	fi
else
	skip "fh-render-worker" "no ffmpeg"
fi
done_testing
