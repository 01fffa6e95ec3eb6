#!/usr/bin/env bash
# Walks every row of every tool's option table (fh-gen rows): each form is taken with its sample, shown where it should
# be, and refused with its name where it is used wrongly.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

gen=$here/build/plain/cmd/fh-gen
[ -x "$gen" ] || { echo "not ok 1 - no fh-gen: make build/plain/cmd/fh-gen"; echo "1..1"; exit 1; }
cd "$T" || exit 1
export HOME=$T FH_INI=''

taken() { # WORD...: with --help behind, so that nothing else happens; under valgrind all rows' words at once
	[ "$patience" = 1 ] || { many+=("$@"); return; }
	run "$tool" "$@" --help
	[ "$rc" = 0 ] && [ -z "$err" ] && return
	wrong="$wrong
'$*' is not taken: status $rc: $err"
}

refused() { # PATTERN WORD...
	local pattern=$1
	shift
	run "$tool" "$@"
	# shellcheck disable=SC2053 # a pattern
	[[ $rc == "$usage" && $err == $pattern ]] && return
	wrong="$wrong
'$*' is not refused by name: status $rc: $err"
}

forms() { # NAMES...: every form with the sample; a name of one character is a letter
	local n
	for n; do
		case $n:$takes in
		-:*) ;;
		?:-) taken "-$n" ;;
		?:needed) taken "-$n" "$sample"; taken "-$n$sample" ;;
		?:optional) taken "-$n$sample"; taken "-$n" ;;
		*:-) taken "--$n"; refused "$tool: --$name: takes no value*" "--$n=x" ;;
		*:needed) taken "--$n" "$sample"; taken "--$n=$sample"; refused "$tool: --$name: needs a value*" "--$n" ;;
		*:optional) taken "--$n=$sample"; taken "--$n" ;;
		esac
	done
}

many=()
for tool in $("$gen" tools); do
	usage=2
	[ "$tool" != fh-parallel ] || usage=255
	run "$tool" --help
	help=$out
	is "$rc:$err" "0:" "$tool --help"
	[ -z "$(printf '%s\n' "$help" | awk 'length > 80')" ]
	ok $? "$tool --help fits 80 columns"
	run "$tool" --version
	like "$rc:$out" "0:*[0-9].[0-9]*" "$tool --version"
	refused "$tool: --no-such-option: unknown option*" --no-such-option
	"$gen" rows "$tool" >"$T/rows"
	while IFS=$'\t' read -r name letter aliases takes sample kind; do
		wrong=
		dash=-- page="Fl -$name"
		[ "$name" != - ] || { name=$letter dash=- page="Fl \\&$letter"; }
		if [ "$kind" = refused ]; then
			refused "$tool: $dash$name: *" "$dash$name"
		elif [ "$name" != help ] && [ "$name" != version ]; then
			# shellcheck disable=SC2086 # words
			forms "$name" "$letter" $aliases
		fi
		if [ "$kind" = normal ]; then
			[[ $help == *" $dash$name"* ]] || wrong="$wrong
is not in --help"
		fi
		[ "$kind" = hidden ] || { [ "$kind" = refused ] && [[ $err == *": retired"* ]]; } || grep -qF -- "$page" "$here/man/$tool.1" || wrong="$wrong
is not in the man page"
		is "$wrong" "" "$tool: row $name"
	done <"$T/rows"
	if [ ${#many[@]} -gt 0 ]; then
		run "$tool" "${many[@]}" --help
		is "$rc:$err" "0:" "$tool: all rows at once"
		many=()
	fi
	run bash -c "$tool --help >/dev/full"
	[ "$rc" -gt 0 ] && [ -n "$err" ]
	ok $? "$tool --help on a full disk fails and says so"
done
done_testing
