#!/usr/bin/env bash
# completions/: each shell is asked what it would offer. Expected words are few and of the tables' core; the whole list of
# options is compared with --help.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$T" || exit 1
export HOME=$T
cat >project_state.json <<'JSON'
{"project_name": "p", "phase": "plan", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "run_count": 0,
"scenes": [{"id": "scene_01_a", "file": "a.py", "class_name": "A", "estimated_duration": "1s"},
{"id": "scene_02_$(touch pwned)", "file": "b.py", "class_name": "B", "estimated_duration": "1s"}],
"current_scene_index": 0, "errors": [], "history": [], "flags": {}}
JSON
mkdir folder
: >file.json

bash_says() { # WORD...: completions of the last word, sorted, in one line
	# shellcheck disable=SC2016 # for the inner shell
	bash --norc -c '
		. "$1" || exit 1
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		"_$(echo "$1" | tr - _)"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$here/completions/bash/$1" "$@" 2>&1 | sort | tr '\n' ' '
}

fish_says() { # LINE
	fish --no-config -c "source $here/completions/fish/${1%% *}.fish; complete -C '$1'" 2>&1 | cut -f1 | sort | tr '\n' ' '
}

zsh_says() { # LINE
	T=$T timeout 60 zsh -f "$here/tests/cli/complete.zsh" "$here/completions/zsh" "$1" 2>&1 | tr -d '\r'
}

is "$(bash_says fh-state ph)" "phase " "bash: a verb"
is "$(bash_says fh-state phase fin)" "final_render " "bash: a phase"
is "$(bash_says fh-state get flags.d)" "flags.dry_run " "bash: a field"
is "$(bash_says fh-state --project-dir fo)" "folder " "bash: a folder as the next word"
is "$(bash_says fh-state --file = "fi")" "file.json " "bash: a file behind ="
is "$(bash_says fh-state --fi)" "--fields --file= " "bash: options"
is "$(bash_says fh-state --file phase fl)" "flag " "bash: an option's value is no verb"
is "$(bash_says fh-state mark scene_01)" "scene_01_a " "bash: scene ids from the state"
is "$(bash_says fh-state mark scene_02)" "scene_02_\\\$\\(touch\\ pwned\\) " "bash: an odd id comes quoted"
[ ! -e pwned ]
ok $? "bash: nothing in the state runs as code"

if command -v fish >/dev/null; then
	is "$(fish_says 'fh-state ph')" "phase " "fish: a verb"
	is "$(fish_says 'fh-state phase fin')" "final_render " "fish: a phase"
	is "$(fish_says 'fh-state get flags.d')" "flags.dry_run " "fish: a field"
	is "$(fish_says 'fh-state --project-dir fo')" "folder/ " "fish: a folder"
	is "$(fish_says 'fh-state --fi')" "--fields --file " "fish: options"
	like "$(fish_says 'fh-state mark scene_01')" "*scene_01_a *" "fish: scene ids from the state"
	is "$(fish_says 'fh-state --file phase fl')" "flag " "fish: an option's value is no verb"
	[ ! -e pwned ]
	ok $? "fish: nothing in the state runs as code"
else
	skip "fish" "no fish"
fi

if command -v zsh >/dev/null; then
	like "$(zsh_says 'fh-state p')" "*phase*print or set the phase*" "zsh: a verb with its help"
	like "$(zsh_says 'fh-state phase ')" "*final_render*" "zsh: phases"
	like "$(zsh_says 'fh-state get flags.')" "*flags.dry_run*" "zsh: fields"
	like "$(zsh_says 'fh-state mark scene_')" "*scene_01_a*" "zsh: scene ids from the state"
	like "$(zsh_says 'fh-state --')" "*--project-dir*the project folder*" "zsh: options with their help"
	like "$(zsh_says 'fh-state --project-dir ')" "*folder*" "zsh: a folder"
	[ ! -e pwned ]
	ok $? "zsh: nothing in the state runs as code"
else
	skip "zsh" "no zsh"
fi

for tool in "$here"/completions/bash/*; do
	name=${tool##*/}
	"$FH/$name" --help | grep -oE -- ' --[a-z][a-z0-9-]+' | tr -d ' ' | sort -u >"$T/help"
	bash_says "$name" -- | tr ' ' '\n' | sed -n 's/=$//; /^--/p' | sort -u >"$T/bash"
	grep -oE -- "-l [a-z][a-z0-9-]+" "$here/completions/fish/$name.fish" | sed 's/-l /--/' | sort -u >"$T/fish"
	check_same "$name: bash offers what --help shows" "$T/help" "$T/bash"
	is "$(comm -23 "$T/help" "$T/fish")" "" "$name: fish knows every option of --help"
	bash -n "$tool"
	ok $? "$name: bash reads it"
done
done_testing
