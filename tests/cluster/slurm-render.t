#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2015 # for the inner shells; || follows what cannot fail
# The demo project (four of its scenes, of a word each) is built on two nodes of a real Slurm that share its folder: the same
# tests/demo/build.sh, with --engine slurm from $PARALLEL. Scenes are voiced, rendered and checked on both nodes, and all of them
# change one state.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cluster=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin
skip_all() { skip "the demo on Slurm" "$1"; done_testing; }
command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || skip_all "no ffmpeg"
up=$("$cluster/slurm-up" -n 2 -c 2 2>"$T/up") || skip_all "$(head -n 1 "$T/up")"
eval "$up"
trap '"$cluster/slurm-down"; rm -rf "$T"' EXIT
chmod 755 "$T"
P="$T/the pro'ject"
mkdir "$P"
cp "$here"/tests/demo/project/* "$P"
perl -MJSON::PP -0777 -i -pe '$p = decode_json($_); splice @{$p->{scenes}}, 4; $_ = JSON::PP->new->canonical->encode($p)' "$P/plan.json"
perl -MJSON::PP -0777 -e '$p = decode_json(<>); print "SCRIPT = {\n", (map { qq(    "$_->{narration_key}": "Here.",\n) } @{$p->{scenes}}), "}\n"' \
	"$P/plan.json" >"$P/narration_script.py"
find "$P" -name 'scene_0[5-9]*' -delete

# An allocation as a user would have it; what fh-parallel logs tells where jobs ran.
on_slurm() { # COMMAND...
	PARALLEL="--engine slurm --joblog +$T/log" timeout 240 salloc -Q -N2 --exclusive "$@" </dev/null >"$T/out" 2>"$T/err"
}
hosts() { cut -f 2 "$T/log" | sort -u | xargs; }

on_slurm "$here/tests/demo/build.sh" "$P"
rc=$?
is $rc 0 "the build ends well" || sed 's/^/# /' "$T/out" "$T/err"
is "$(hosts)" "node1 node2" "both nodes had jobs of it"
is "$(fh-state -C "$P" get phase) $(grep -c '"status": "rendered"' "$P/project_state.json")" "complete 4" "the state has all scenes"
run fh-state validate "$P/project_state.json"
is "$rc" 0 "and is valid"
[ -s "$P/final_video.mp4" ] && ffprobe -v error "$P/final_video.mp4"
ok $? "there is a video"
cp "$P/project_state.json" "$T/state"
on_slurm "$here/tests/demo/build.sh" "$P"
is $? 0 "a second build"
check_same "... finds all fresh" "$T/state" "$P/project_state.json"

# Both nodes at once, on all scenes again and again: nothing that one writes is lost by the other.
: >"$T/log"
fh-state -C "$P" scenes >"$T/scenes"
before=$(fh-state -C "$P" get run_count)
on_slurm bash -c 'cd "$1" && { fh-parallel -j2 "fh-state -C \"$1\" increment >/dev/null; : {}" ::: {1..40} &
	for i in 1 2 3 4 5; do cat "$2"; done | fh-parallel -j2 --colsep "\|" "fh-render-worker --profile ffmpeg . {1} {2} {3} {4}"; r=$?; wait; exit $r; }' bash "$P" "$T/scenes"
is $? 0 "20 workers of four scenes and 40 changes beside them"
is "$(hosts)" "node1 node2" "... on both nodes"
is "$(fh-state -C "$P" get run_count)" $((before + 40)) "... and no change is lost"
is "$(grep -c '"status": "rendered"' "$P/project_state.json")" 4 "... no scene either"
run fh-state validate "$P/project_state.json"
is "$rc" 0 "... and the state is valid"
done_testing
