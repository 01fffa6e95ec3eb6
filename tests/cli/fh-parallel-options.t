#!/usr/bin/env bash
# Every spelling of an option that GNU parallel takes is taken, or refused in one line with its reason; what is only asked
# for is answered.
# shellcheck source=tests/lib.sh disable=SC1078,SC1079,SC2016 # quotes within quotes
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export HOME=$T/home
unset PARALLEL
mkdir "$HOME"

# --help behind the option: it is parsed, and nothing runs. Refused: 255, nothing on stdout, one line that gives a reason.
# shellcheck disable=SC2034
taken() { # SPELLING KIND
	local word=() sample=1
	case $1 in --trim) sample=rl ;; --_parset) sample=array,x ;; esac
	[ "$2" = value ] && word=("$sample")
	run fh-parallel "$1" "${word[@]}" --help
	[ "$rc" = 0 ] && [ -z "$err" ] && return 0
	[ "$rc" = 255 ] && [ -z "$out" ] && [ "$(wc -l <"$T/err")" = 1 ] && [[ $err == 'fh-parallel: -'*': '?* ]] &&
		[[ $err != *'not implemented'* && $err != *'unknown option'* && $err != *'needs a value'* && $err != *ambiguous* ]] && refused+=" $1" && return 0
	echo "# $1: status $rc: $err"
	return 1
}
n=0 missed=0 refused=
while IFS=$'\t' read -r name kind state; do
	[[ $name == -* ]] || continue
	case $name in --help | -h | --version | -V) continue ;; esac # they end the parsing themselves
	n=$((n + 1))
	taken "$name" "$kind" || missed=$((missed + 1))
	if [ "$state" = retired ] && [[ $refused != *" $name"* ]]; then
		echo "# $name: retired, and yet taken"
		missed=$((missed + 1))
	fi
done <"$here/tests/diff/options.list"
ok $((n < 200)) "the list has $n spellings"
is "$missed" 0 'every one of them is taken, or refused with its reason'
run fh-parallel --nosuchthing --help
is "$rc" 255 'what the reference does not take is unknown'
like "$err" 'fh-parallel: --nosuchthing: unknown option*' 'and named'
for name in --sqlmaster --sqlworker --sqlandworker; do
	run fh-parallel $name sqlite3:///x echo ::: a
	like "$rc $out $err" "255  fh-parallel: $name: *" "$name: refused"
done
run fh-parallel --record-env
like "$rc $out $err" '255  fh-parallel: --record-env: *--env*' '--record-env: refused, says what to do instead'

# What is only asked for.
for name in --number-of-cpus --number-of-cores --number-of-threads --number-of-sockets; do
	run fh-parallel $name
	like "$rc $out $err" '0 [1-9]* ' "$name: a number"
done
run fh-parallel --number-of-threads
is "$out" "$(nproc)" '--number-of-threads: those that we may run on'
places=$(lscpu -p=CPU 2>/dev/null | grep -vc '^#')
if [ "$places" = "$(nproc)" ] && [[ $FH != *portable* ]]; then # we may run on all of them, and can tell
	run fh-parallel --number-of-cores
	is "$out" "$(lscpu -p=SOCKET,CORE | grep -v '^#' | sort -u | wc -l)" '--number-of-cores: as lscpu counts them'
	run fh-parallel --number-of-sockets
	is "$out" "$(lscpu -p=SOCKET | grep -v '^#' | sort -u | wc -l)" '--number-of-sockets: as lscpu counts them'
else
	skip 'cores and sockets' 'no lscpu, not all processors are ours, or nobody tells'
fi
run fh-parallel --max-line-length-allowed
is "$rc $out" '0 130329' '--max-line-length-allowed'
run fh-parallel --minversion 20221122
is "$rc $out" '0 20221122' '--minversion: what we are'
run fh-parallel --min-version 20221123 echo ::: a
is "$rc $out" '255 20221122' '--min-version: more than we are'
run fh-parallel --show-limits echo ::: a
is "$rc $(grep -c '^Maximal' "$T/out") $(tail -n 1 "$T/out")" '0 2 a' '--show-limits, and then the jobs'

# A quote that does not end: where, and nothing is run.
PARALLEL="-k 'b c" run fh-parallel echo ::: a
is "$rc $err" "255 fh-parallel: \$PARALLEL: b c: a quote that does not end" '$PARALLEL with an open quote'
mkdir "$T/open"
# shellcheck disable=SC1003 # a backslash at the end is what is tried
printf '%s\n' -k '--tagstring x\' >"$T/open/p"
PARALLEL_HOME=$T/open run fh-parallel -J p echo ::: a
is "$rc $err" "255 fh-parallel: $T/open/p: x: a quote that does not end" 'a profile with a backslash last in a line'

# What needs something that is not there.
for name in --resume --resume-failed; do
	run fh-parallel $name echo ::: a
	like "$rc $out $err" "255  fh-parallel: $name: needs --joblog*" "$name without a log"
done
run fh-parallel --env _ echo ::: a
like "$rc $out $err" '255  fh-parallel: --env _: *' '--env _: refused'
run fh-parallel --timeout x echo ::: a
like "$rc $out $err" "255  fh-parallel: --timeout: 'x': *" '--timeout x: no usage, one line'

run fh-parallel -j1 -u -v echo ::: a b
is "$out" $'echo a\na\necho b\nb' '-u -v: the command line stands before its output'

# Colours, as GNU parallel 20221122 gives them.
c1=$'\e[48;5;134;38;5;231m\e[K' c2=$'\e[48;5;021;38;5;231m\e[K' red=$'\e[48;5;196;38;5;231m\e[K' off=$'\e[m'
run fh-parallel -k --color 'printf "%s\r\n\nend" {}; echo e{} >&2' ::: a b
is "$out" "${c1}a$off"$'\r'"$c1$off
$c1$off
${c1}end$off
${c2}b$off"$'\r'"$c2$off
$c2$off
${c2}end$off" '--color: every line, CR and the end without newline too'
is "$err" "${c1}ea$off
${c2}eb$off" 'stderr as well'
run fh-parallel -k --ctag 'seq 4000 | tail -n {}' ::: 2 3000
is "$(sed -n 2,3p "$T/out")" "${c1}2"$'\t'"4000$off
${c2}3000"$'\t'"1001$off" '--ctag: in front of a large output, too'
is "$(wc -l <"$T/out") $(grep -c "^$(printf %s "$c2" | sed 's/\[/\\[/g')3000" "$T/out")" '3002 3000' 'on all of its lines'
run fh-parallel -k --lb --color "printf 'a\nb'" ::: x
is "$out" "${c1}a${off}
b" '--line-buffer --color: the end without newline stays as it is'
run fh-parallel -k -v --tag --color-failed 'echo; exit {}' ::: 0 1
is "$rc $out" "1 0"$'\t'"echo; exit 0
0"$'\t'"
${red}1"$'\t'"echo; exit 1$off
${red}1"$'\t'"$off" '--color-failed: the failed one, with its command line'
run fh-parallel -k --color 'true {}; printf x' ::: {1..308}
is "$(sed -n '308s/x.*//p' "$T/out")" "$c1" '307 colours, then again'
run fh-parallel -k --color --results -.csv echo ::: a
is "$(grep -c $'\e' "$T/out")" 0 'no colours in a table'

run fh-parallel -k --shellquote ::: 'a b' "c'd"
is "$rc $out" "0 'a b'"$'\n'"'c'\"'\"'d'" '--shellquote: the values'
eval "run printf '%s' $(fh-parallel --shellquote touch ::: 'a b' </dev/null)"
is "$out" "touch 'a b'" 'and a shell reads it back'

# Lines are filled many values at once where these are bare, from a file or pipe; words go one by one. Nobody sees which.
mapfile -t words < <(seq 95 1205; printf '%s\n' 'a b' '' "d'q" x.y/z 1; seq 3)
for o in '-X echo' '--xargs echo' '-m echo' '-X -s 300 echo' '--xargs -x -s 41 echo' '-n 7 echo' '-X -n 50 echo' '-X echo {}.c' '-m -s 300 echo {#}:{}' '-X -s 300 echo {}={}' '-j1 -X -s 300 echo {}{%}' \
	'-X echo {.} {#}' '-X -q echo' '-X -r echo' '-X --trim lr echo' '-X -E 1205 echo' '-X --rpl {x}s/1/one/ echo {x}'; do
	read -ra o <<<"$o"
	want=$(fh-parallel -k -j4 "${o[@]}" ::: "${words[@]}")
	is "$(printf '%s\n' "${words[@]}" | fh-parallel -k -j4 "${o[@]}")" "$want" "${o[*]}: lines as words"
	is "$({ printf '%s,' "${words[@]:0:700}"; sleep 0.05; printf '%s,' "${words[@]:700}"; } | fh-parallel -k -j4 -d, "${o[@]}")" "$want" "${o[*]}: in two parts"
done

# Scripts whose first line names us.
printf '#!%s --shebang -k echo got\na\nb c\n' "$FH/fh-parallel" >s
printf '#!%s --shebang-wrap -k -j2 /bin/sh\necho "$0 $1 $#"\n' "$FH/fh-parallel" >w
chmod +x s w
run ./s
is "$rc $out" $'0 got a\ngot b c' '--shebang: the lines of the script are the inputs'
run ./w 'x y' z
is "$rc $out" $'0 ./w x y 1\n./w z 1' '--shebang-wrap: once for each argument'
mkdir -p "$HOME/.parallel"
echo --tag >"$HOME/.parallel/ours"
printf '#!%s --shebang -k -J ours echo\na\n' "$FH/fh-parallel" >s
run ./s
is "$out" $'a\ta' '-J within the #! line'
printf '#!%s --shebang --plain -k echo\na\n' "$FH/fh-parallel" >s
PARALLEL=--tag run ./s
is "$out" a '--plain there'
out=$(printf '1\n2\n' | ./w)
is "$out" $'./w 1 1\n./w 2 1' 'and for each line of stdin without arguments'
done_testing
