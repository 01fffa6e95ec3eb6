#!/usr/bin/env bash
# kill -9 at every system call of a command, the first, the second, ... to the last: the state holds the old content or the new one,
# nothing else; its lock is free at once; the next write takes away what the killed one has left.
FH=${FH:-$(cd "$(dirname "$0")/../.." && pwd)/build/plain-dynamic/cmd}
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

killat=${KILLAT:-$here/build/plain-dynamic/tests/inject/killat}
[ -x "$killat" ] || { echo "not ok 1 - no killat: make check-fault builds it"; echo "1..1"; exit 1; }
"$killat" 1 /bin/true
[ $? = 137 ] || { echo "1..0 # SKIP no ptrace here"; exit 0; }
sample=$here/tests/demo/project
export FH_INI='' T
mode=$(printf %o $((0666 & ~0$(umask)))) # of what is there, and of what is new

timeless() { sed -E 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' "$1"; }
fresh() { rm -rf p && mkdir p && cp "$sample"/*.json "$sample"/*.py p/ && (cd p && eval "$prepare"); }

# Kills at call $1, says what is wrong then. 1 where the command came to its end before.
one_kill() { # N COMMAND...
	local rc=0
	fresh
	(cd p && timeout 60 "$killat" "$1" "$FH/$2" "${@:3}") >out 2>err </dev/null || rc=$?
	timeless "p/$file" >now 2>/dev/null || : >now
	cmp -s now old || cmp -s now new || echo "call $1: neither old nor new content"
	[ -z "$(find p -name '*.tmp' ! -perm 600 ! -perm "$mode")" ] || echo "call $1: a temporary file that others may read"
	(cd p && fh-state set -w 0 topic again) 2>err || echo "call $1: the next write fails: $(cat err)"
	(cd p && timeout 60 "$FH/$2" "${@:3}") >out 2>&1 </dev/null || echo "call $1: the same again fails: $(cat out)"
	[ -z "$(find p -name '*.tmp')" ] || echo "call $1: a temporary file is left after the next run"
	[ $rc = 137 ]
}

kills() { # NAME FILE COMMAND...: a test; FILE is what it writes
	local name=$1 file=$2 n=0 wrong='' w
	shift 2
	fresh
	{ [ -e "p/$file" ] && timeless "p/$file"; } >old
	(cd p && "$@") >out 2>&1 </dev/null || wrong="fails undisturbed: $(cat out)"
	timeless "p/$file" >new
	while w=$(one_kill $((n + 1)) "$@"); do
		n=$((n + 1)) wrong="$wrong$w"
		[ $n -lt 3000 ] || { wrong="$wrong no end"; break; }
	done
	is "$wrong$w" "" "$name: killed at each of $n system calls"
	[ $n -gt 20 ]
	ok $? "$name: $n calls were reached"
}

cd "$T" || exit 1
prepare=:
S=project_state.json
kills "increment" $S fh-state increment
kills "edit" $S fh-state edit "phase review" "error add broken" "history add x"
if [ -n "${SOAK:-}" ]; then
	# every other verb that writes; each could leave its own way
	prepare='fh-state apply --phase plan; fh-state error add x'
	while read -r -a words; do
		kills "${words[*]}" $S fh-state "${words[@]}"
	done <<-END
		set topic new
		append errors again
		phase review
		flag needs_human_review on
		error add broken
		error clear --all
		history add done
		touch
		scene set scene_01_blue_dot title other
		scene revert scene_01_blue_dot
		mark scene_01_blue_dot built
		repair-metadata
		new --force --name other
		normalize
		apply --phase plan
		set --load topic new
	END
	prepare=:
	kills "backup" .state_backup.json fh-state backup
	prepare='fh-state backup; fh-state set topic other'
	kills "restore" $S fh-state restore
	prepare=:
fi
prepare='mkdir -p media/voiceovers/qwen; echo "[{\"text\": \"a\", \"audio_file\": \"a.mp3\"}]" >media/voiceovers/qwen/cache.json'
kills "fh-voicecheck" media/voiceovers/qwen/.cache_hash fh-voicecheck .
if command -v ffmpeg >/dev/null && [ -n "${SOAK:-}" ]; then
	ffmpeg -nostdin -v error -f lavfi -i color=s=32x32:d=1:r=10 -f lavfi -i sine=d=1 -shortest good.mp4
	printf '[render]\ncommand = cp %s {video}\nbackoff = 0s\n' "$T/good.mp4" >fh.ini
	export FH_INI=$T/fh.ini
	# shellcheck disable=SC2016
	prepare='mkdir -p media/voiceovers/qwen; cp "$T/good.mp4" media/voiceovers/qwen/scene_01_blue_dot.mp3; fh-state apply --phase plan'
	kills "fh-render-worker" $S fh-render-worker . scene_01_blue_dot scene_01_blue_dot.py Scene01BlueDot
fi
done_testing
