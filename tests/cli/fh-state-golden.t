#!/usr/bin/env bash
# fh-state against golden files: what the Python normaliser, its phases and the inline edits of a build script made of the same
# states (tests/cli/state/NAME: state.in, args as shell words, files/ beside the state; state.want with the time as NOW,
# out.want, err.want, rc where they are not empty or 0).
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
cases=$here/tests/cli/state

masked() { # the times of today as NOW; a final newline, which json.dump does not write and an edit does not touch
	local day
	day=$(date -u +%Y-%m-%d) yesterday=$(date -u -d yesterday +%Y-%m-%d)
	sed -E "s/\"($day|$yesterday)T[0-9:]+Z\"/\"NOW\"/" "$1" | perl -0pe 's/\n*\z/\n/'
}

for c in "$cases"/*/; do
	name=$(basename "$c")
	mkdir -p "$T/demo_proj"
	cd "$T/demo_proj" || exit 1
	cp "$c/state.in" project_state.json
	[ ! -d "$c/files" ] || cp -R "$c/files/." .
	case $name in
	block-*)
		printf 'class One(VoiceoverScene):\n    pass\n' >scene_01_x.py
		mkdir media
		head -c 1234 /dev/zero | tr '\0' x >media/v.mp4
		;;
	esac
	eval "set -- $(cat "$c/args")"
	run fh-state "$@"
	want=0 wout='' werr=''
	[ ! -f "$c/rc" ] || read -r want <"$c/rc"
	[ ! -f "$c/out.want" ] || wout=$(cat "$c/out.want")
	[ ! -f "$c/err.want" ] || werr=$(cat "$c/err.want")
	is "$rc:$out:$err" "$want:$wout:$werr" "$name: status and output"
	masked project_state.json >"$T/got"
	masked "$c/state.want" >"$T/want"
	check_same "$name: the state" "$T/got" "$T/want"
	find . -name '*.tmp' -o -name '*.broken-*' | wc -l >"$T/litter"
	is "$(($(cat "$T/litter")))" 0 "$name: nothing left beside it"
	case $name in
	norm-* | apply-*)
		run fh-state validate
		is "$rc:$out" "0:✅ State file valid" "$name: valid"
		;;
	esac
	cd "$T" || exit 1
	rm -rf demo_proj
done
done_testing
