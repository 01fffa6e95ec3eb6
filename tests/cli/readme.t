#!/usr/bin/env bash
# The examples of README.md: each ```console block is run, line by line, in a fresh copy of the sample project, and must show
# what the README shows. `$ ` starts a command, other lines are its output (both streams).
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

project=$T/project
block=0 command='' want=''

finish() { # compare the command before this one
	[ -n "$command" ] || return 0
	got=$(cd "$project" && eval "$command" 2>&1 </dev/null)
	is "$got" "$want" "README: $command"
	command='' want=''
}

inside=no
while IFS= read -r line; do
	case $inside:$line in
	no:'```console')
		inside=yes block=$((block + 1))
		rm -rf "$project"
		mkdir "$project"
		cp "$here"/tests/demo/project/* "$project"
		;;
	yes:'```') finish && inside=no ;;
	yes:'$ '*) finish && command=${line#\$ } ;;
	yes:*) want=$want${want:+$'\n'}$line ;;
	esac
done <"$here/README.md"
[ "$block" -ge 3 ]
ok $? "README.md has examples to run"
done_testing
