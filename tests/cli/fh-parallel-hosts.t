#!/usr/bin/env bash
# Jobs on other machines, with an ssh that only goes to another home folder: names, shells, files, hosts that are down. What
# a real ssh makes of it is tests/cluster/ssh.t's.
# shellcheck disable=SC2016,SC1083,SC2317 # commands are for other shells
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset PARALLEL PARALLEL_HOME XDG_CONFIG_HOME TMPDIR
mkdir -p "$T/far" "$T/w" "$T/home/.parallel"
export PARALLEL_SHELL=/bin/bash HOME=$T/home FAR=$T/far PARALLEL_SSH=$T/ssh
cd "$T/w" || exit 1
# Hosts down* are down. $LOGIN is the login shell over there; what ssh was called with is in $T/calls.
cat >"$T/ssh" <<'SSH'
#!/bin/bash
line=$(printf '<%s>' "${@:1:$#-1}")
echo "$line" >>"${0%/*}/calls" # in one write: others do so too
while [[ $1 = -* ]]; do shift 2; done
host=$1
[[ $host != down* && $2 = -- ]] || { echo "fake: $host: no route" >&2; exit 255; }
mkdir -p "$FAR/$host" && cd "$FAR/$host" || exit 255
export HOME=$FAR/$host SHELL=/bin/bash
shift 2
exec "${LOGIN:-bash}" -c "$*"
SSH
chmod 755 "$T/ssh"
far() { find "$FAR" -mindepth 2 -type f | sort | sed "s|$FAR/||" | tr '\n' ' '; }
fresh() { rm -rf "$FAR" "$T/w"; mkdir -p "$FAR" "$T/w"; cd "$T/w" || exit 1; : >"$T/calls"; }

# --- hosts -------------------------------------------------------------------------------------------------------
run fh-parallel -k -S 1/a,1/me@b:22 'echo {} ${PWD##*/} $PARALLEL_SSHLOGIN $PARALLEL_SSHHOST' ::: 1 2
is "$out" $'1 a a a\n2 b me@b:22 b' "each job on a host"
is "$(sort "$T/calls" | tr '\n' ' ')" "<-p><22><-l><me><b><--> <a><--> " "what ssh is given"
run fh-parallel -j1 -k -S 1/a --plus echo {host} {sshlogin} ::: 1
is "$out" "a a" "{host} and {sshlogin}"
run fh-parallel -k -S "1/$T/ssh -l you c" 'echo $PARALLEL_SSHLOGIN $PARALLEL_SSHHOST' ::: 1
is "$out" "$T/ssh -l you c c 1" "a command of its own"
for bad in -x -oProxyCommand=x 'u@-x' 'a;b' '$(x)' '`x`' 'a b;c' 'a[1-3]' u:p@h 'a/b' 1/h/ '' 0/a; do
	run fh-parallel -S "$bad" echo ::: a
	is "$rc,$out" 255, "refused: $bad"
done
run fh-parallel -S 1/-x echo ::: a
is "$err" "fh-parallel: --sshlogin: -x: a host's name must not begin with -" "with words"
run fh-parallel --slf nofile echo ::: a
is "$rc,$err" "255,fh-parallel: --sshloginfile: nofile: No such file or directory" "no such file of hosts"
printf '# c\n\n1/a\n1/b,1/c\n' >slf
run fh-parallel -j1 -k --slf slf 'echo $PARALLEL_SSHHOST' ::: 1 2 3
is "$(sort "$T/out" | tr '\n' ' ')" "a 1 b 2 c 3 " "a file of hosts"
run fh-parallel -k -S @g/1/a,1/b --hostgroups 'echo {} $PARALLEL_SSHHOST $PARALLEL_HOSTGROUPS $PARALLEL_ARGHOSTGROUPS' ::: x@b y@g z@g
is "$out" $'x b b b\ny a a+g g\nz a a+g g' "groups"
run fh-parallel -k -S 1/: --hostgroups 'echo {} $PARALLEL_HOSTGROUPS $PARALLEL_ARGHOSTGROUPS' ::: x@:
is "$out" 'x : :' "groups here"
run fh-parallel -k -S 3/a -j2 --joblog log 'echo {%}; exit {}' ::: 0 3
is "$rc,$(cut -f 2,7,8 log | tail -n 2 | tr '\t\n' ' ,')" "1,a 0 0,a 3 0," "the joblog names the host"
run fh-parallel -S 2/a,1/b --dry-run echo ::: 1 2
is "$out" $'echo 1\necho 2' "--dry-run"
: >"$T/calls"
run fh-parallel -j100% -k -S a 'sleep 0.3; echo {%}' ::: $(seq 5)
is "$(sort -nu "$T/out" | tail -n 1)" "$([ "$(nproc)" -lt 5 ] && nproc || echo 5)" "a host is asked for its cpus"

# --- hosts that are down -----------------------------------------------------------------------------------------
run fh-parallel -k -S 1/down1 echo ::: 1 2
is "$rc,$out" 2, "jobs of a host that is down fail"
is "$(grep -c '^fh-parallel: down1: ssh ended with 255' "$T/err")" 1 "said once"
run fh-parallel -k -S 2/down1,2/a,2/down2 --retries 3 echo ::: 1 2 3 4 5 6
is "$rc,$(tr '\n' ' ' <"$T/out")" "0,1 2 3 4 5 6 " "--retries go elsewhere"
run fh-parallel -k --filter-hosts -S 1/down1,1/a 'echo $PARALLEL_SSHHOST' ::: 1 2
is "$rc,$out" $'0,a 1\na 2' "--filter-hosts"
run fh-parallel --filter-hosts -S down1 echo ::: 1
is "$rc,$out" 255, "nobody is left"
run fh-parallel -k --nonall --tag -S down1,b,a,: 'echo x; uname >&2'
is "$rc,$out" $'1,:\tx\na\tx\nb\tx' "--nonall"
run fh-parallel -k --onall -S a,b 'exit {}' ::: 0 1 2
is "$rc" 2 "--onall counts hosts"
printf 'x y\nz\n' | fh-parallel -k --onall --tag -S a,b --joblog log 'echo {}' >"$T/out"
is "$(cat "$T/out")" $'a\tx y\na\tz\nb\tx y\nb\tz' "--onall, inputs on stdin"
is "$(cut -f 1,2 log | sort | tr '\t\n' ' ,')" "1 a,1 b,2 a,2 b,Seq Host," "one joblog"

# --- names and values are data -----------------------------------------------------------------------------------
odd=$'a\'b"c\\d!e$f`g\nh*~ \t;|&$(touch bad)\'\''
for sh in sh bash dash zsh ksh mksh tcsh csh fish; do
	if ! command -v $sh >/dev/null; then
		skip "login shell $sh" "not there"
		continue
	fi
	export LOGIN=$sh
	V=$odd run fh-parallel -0 -S 1/host --env V 'printf %s {} "$V" | cksum' ::: "$odd"
	is "$rc,$out" "0,$(printf %s "$odd$odd" | cksum)" "login shell $sh"
done
unset LOGIN
f() { echo "f $1"; }
export -f f
run fh-parallel -S 1/a --env f f ::: 1
is "$out" "f 1" "--env of a function"
fresh
odd=$'q  $(touch bad)`touch bad`;touch bad\'"\\!*~'
echo odd >"./$odd"
run fh-parallel -S 1/a --trc {}.o --wd "w$odd" 'cat {} >{}.o; pwd' ::: "$odd"
is "$rc,$out" "0,$FAR/a/w$odd" "a folder with an odd name"
is "$(cat "./$odd.o"),$(far)" odd, "a file with one, there and back"
run fh-parallel -S 1/a --transferfile {} --cleanup 'cat ./{}' ::: -x
is "$rc,$out" 1, "no such file"
echo dash >-x
run fh-parallel -S 1/a --transferfile {} --cleanup 'cat ./{}' ::: -x
is "$rc,$out,$(far)" 0,dash, "a file that begins with -"
[ -z "$(find "$T" -name bad)" ]
ok $? "nothing of it was run"

# --- files -------------------------------------------------------------------------------------------------------
fresh
mkdir -p d/e
echo F >d/e/f
run fh-parallel -S 1/a --transfer 'cat {}' ::: d/e/f
is "$out,$(far)" "F,a/d/e/f " "--transfer"
run fh-parallel -S 1/b --transfer --cleanup 'cat {}; exit 3' ::: d/e/f
is "$rc,$out,$(far),$(ls "$FAR/b")" "1,F,a/d/e/f ," "--cleanup, also of a failed job"
run fh-parallel -S 1/b --transfer 'cat e/f' ::: d/./e/f
is "$out,$(far)" "F,a/d/e/f b/e/f " "what /./ means"
run fh-parallel -S 1/c --trc out/./{.}.o --wd w 'cat {} >{.}.o' ::: d/e/f
is "$rc,$(cat out/d/e/f.o),$(ls "$FAR/c")" "0,F," "--trc, --wd"
run fh-parallel -S 1/c --trc {}.o --wd ... 'cat {} >{}.o; pwd' ::: d/e/f
is "$(cat d/e/f.o),$(far)" "F,a/d/e/f b/e/f " "--wd ..."
like "$out" "$FAR/c/.parallel/tmp/*-1" "its name"
echo base >base
run fh-parallel -S 1/c,1/d --basefile base --cleanup 'cat base' '#' ::: 1 2
is "$out,$(far)" $'base\nbase,a/d/e/f b/e/f ' "--basefile"
run fh-parallel -S 1/: --transfer --return {}.x --cleanup 'cat {}' ::: base
is "$rc,$out,$(ls)" $'0,base,base\nd\nout' "here they mean nothing"

# --- our own program, sent ---------------------------------------------------------------------------------------
unset XDG_CACHE_HOME
fresh
boot() { "$@" --bootstrap -k -S 2/a 'echo $(ps -o args= -p $PPID) {}' ::: 1 2; }
cp "$FH/fh-parallel" "$T/w/here" && ln -s here called
for as in fh-parallel ./here "$T/w/called"; do
	rm -rf "$FAR"
	run boot "$as"
	like "$out" "*/.cache/fh-parallel/agent-* --plain --agent 1*agent-* --plain --agent 2" "--bootstrap, called as ${as/$T/T}: a copy of ours runs jobs"
	check_same "... a whole one" "$(echo "$FAR"/a/.cache/fh-parallel/agent-*)" "$FH/fh-parallel"
done

# --- input and ends ----------------------------------------------------------------------------------------------
seq 10 | fh-parallel -k --pipe -N4 -S 1/a,1/b cat >"$T/out"
is "$(tr '\n' ' ' <"$T/out")" "1 2 3 4 5 6 7 8 9 10 " "--pipe"
for how in cat fifo; do
	seq 10 | fh-parallel -k --pipe --$how -N4 -S 1/a 'cat {} | wc -l' >"$T/out"
	is "$(tr -d ' ' <"$T/out" | tr '\n' ' ')" "4 4 2 " "--$how"
done
run fh-parallel -S 1/a 'kill -9 $$' '#' ::: 1
is "$rc" 1 "a job that is killed"
run fh-parallel -S 1/a --joblog log --timeout 0.5 'sleep 30' '#' ::: 1
is "$rc,$(cut -f 7,8 log | tail -n 1)" $'1,255\t0' "--timeout"
run fh-parallel --progress -S 2/a,1/: "sleep 0.1; :" ::: 1 2 3 4
like "$err" "*4 done, 0 running*  a:0/[1-3] local:0/[1-3]*" "--progress: each host's jobs"
run fh-parallel -k -S 1/a --resume --joblog log2 echo ::: 1 2
run fh-parallel -k -S 1/a --resume --joblog log2 echo ::: 1 2 3
is "$out" 3 "--resume"
seq 200 >"$T/in"
run fh-parallel -k -S 3/a,2/b,1/: 'echo {} {#}' :::: "$T/in"
is "$out" "$(seq 200 | sed 's/.*/& &/')" "many jobs, in order"
done_testing
