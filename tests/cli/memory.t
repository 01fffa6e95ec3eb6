#!/usr/bin/env bash
# valgrind: make check-valgrind runs this with $RUN set: every tool's ways through memory, briefly. Under valgrind an error
# or a leak makes status 99; without it, a smoke test.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$T" || exit 1
export HOME=$T FH_INI=''
cp "$here"/tests/demo/project/*.json "$here"/tests/demo/project/*.py .
mkdir -p media/voiceovers/qwen
echo '[{"narration_key": "a", "text": "b", "audio_file": "a.mp3"}]' >media/voiceovers/qwen/cache.json

does() { # STATUS WORD...
	local want=$1
	shift
	run "$@"
	is "$rc" "$want" "$*"
	case $err in *==[0-9]*==*) printf '%s\n' "$err" | grep -m 20 '^==' | sed 's/^/# /' ;; esac
}

does 0 fh-state load
does 0 fh-state get phase scenes flags --json
does 1 fh-state get no.such
does 0 fh-state set topic 'a "new" topic' run_count 7
does 0 fh-state edit 'error add one' 'error add two' 'error clear o' 'history add x'
does 0 fh-state increment
does 0 fh-state apply --phase plan
does 2 fh-state scenes
does 0 fh-state validate
does 0 fh-state normalize
echo '{"phase": "plan", "scenes": [{"id": "a", ' >broken.json
does 1 fh-state validate broken.json
does 2 fh-state --no-such
does 0 fh-state --help
run fh-voicecheck --keys --json .
is "$rc" 1 "fh-voicecheck --keys --json ."
does 1 fh-voicecheck --audio .
does 0 fh-voicecheck --update .
does 3 fh-voicecheck no/such/folder
does 1 fh-render-worker --check . scene_01_blue_dot scene_01_blue_dot.py BlueDot 45s
does 2 fh-render-worker
does 0 fh-parallel -k --tag echo '{#} {/.} {2}' ::: a/b.c d ::: e f
does 0 fh-parallel -j2 -X echo ::: 1 2 3 4 5
does 2 fh-parallel -j1 'exit {}' ::: 0 1 2
does 0 fh-parallel --colsep , --header : --dry-run echo '{x}' ::: x,y 1,2
does 0 fh-parallel --joblog log --results kept -k echo ::: a b
does 0 fh-parallel --resume --joblog log -k echo ::: a b c
does 255 fh-parallel --jo
does 0 fh-parallel --help
# shellcheck disable=SC2016 # for the job's shell
# Who looks after the jobs of one that is killed; its end is the end of the pipe.
err=$(TMPDIR=$T $RUN fh-parallel --pipe --cat ': {}; kill -KILL $PPID' <<<a 2>&1 | cat)
is "$(grep -m 20 "^==" <<<"$err")" "" "kill -9: the guard's memory"
done_testing
