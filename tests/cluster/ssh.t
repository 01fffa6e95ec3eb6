#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2317,SC2009,SC1091 # commands are for other shells; functions are called by name
# Jobs on other machines: real sshds on loopback (sshd-up). First ssh.cases, then what the reference does not do, or badly:
# hosts and names that are no shell code, connections that break, hosts that cannot be reached.
#   ssh.t --record [PROGRAM]   write into ssh.cases what PROGRAM (GNU parallel) does
#   ssh.t --agents [...]       the hosts have our fh-parallel: all must be the same by its agents
#   ssh.t --case PATTERN       only the cases whose command matches (bash pattern)
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
# shellcheck source=tests/lib.sh
. ../lib.sh
mode=check only='*' agents=''
[ "${1:-}" != --agents ] || { agents=1; shift; }
case ${1:-} in
--record) mode=record ref=${2:-$(type -P parallel)} ;;
--case) only=$2 ;;
esac
setenv=()
if [ -n "$agents" ]; then # by a script that counts how often it is started
	mkdir "$T/bin" && chmod 755 "$T" "$T/bin"
	printf '#!/bin/sh\necho >>%s/agents; exec %s/fh-parallel "$@"\n' "$T" "$FH" >"$T/bin/fh-parallel"
	chmod 755 "$T/bin/fh-parallel"
	setenv=(-x "SetEnv PATH=$T/bin:/usr/local/bin:/usr/bin:/bin")
fi
if ! up=$(./sshd-up -M -n 3 "${setenv[@]}" 2>&1); then
	skip "jobs on other machines" "${up//$'\n'/ }"
	done_testing
fi
eval "$up"
tidy() {
	"$here/tests/cluster/sshd-down" "$SSH_TEST_DIR"
	cd / && chmod -R u+rwx "$T"
	rm -rf "$T"
}
trap tidy EXIT
trap 'exit 1' INT TERM
export PATH=$SSH_TEST_DIR/bin:$PATH HOME=$T/home PARALLEL_SHELL=/bin/bash
unset PARALLEL PARALLEL_SSH PARALLEL_HOME XDG_CONFIG_HOME TMPDIR
homes=$SSH_TEST_DIR/home away=$(getent passwd 0 | cut -d: -f6)

# --- what a command line did -------------------------------------------------------------------------------------
mkdir -p "$T/new/w/d/e" "$T/new/home/.parallel"
(
	cd "$T/new/w" || exit 1
	touch ../home/.parallel/will-cite
	echo A >a
	echo BB >b
	echo F >d/e/f
	echo blank >'b l'
	seq 10 >s10
	printf 'echo a\nuname -n\nfalse\n' >cmds
	printf 'node1\nnode2\n' >h-two
	printf '# c\n\nnode1\n  \n' >h-comments
	echo 1/node1,1/node2 >h-comma
	echo 1/: >h-local
	echo node3 >../home/.parallel/sshloginfile
	echo node2 >../home/.parallel/in-home
)

fresh() { # an own folder and empty hosts
	find "$homes" -mindepth 2 -delete
	rm -rf "$T/w" "$HOME"
	cp -a "$T/new/w" "$T/new/home" "$T"
	cd "$T/w" || exit 1
}

# One process for all that is to be seen, for there are many cases: the lines of $T/raw, the status, what is in $T/w and not in
# $T/new/w or has changed, what is no more, and what is on the hosts.
show() { # STATUS
	perl -MFile::Find -e '
		my ($t, $homes, $rc, $away) = @ARGV;
		sub names { my ($top) = @_; my @n;
			find({ no_chdir => 1, preprocess => sub { grep { !/^\.(parallel|bash_history)$/ } @_ }, wanted => sub {
				opendir(my $d, $_); my $full = $d && 2 < grep { 1 } readdir $d;
				push @n, substr($_, length($top) + 1) if $_ ne $top && !$full } }, $top);
			return sort @n }
		sub slurp { local $/; open my $h, "<", $_[0] or return ""; my $s = <$h>; return $s // "" }
		sub lines { my ($mark, $s) = @_; $s =~ s/[0-9]{10}\.[0-9]*\t *[0-9.]*/TIME/g; $s =~ s/\Q$t\E/HERE/g; $s =~ s/^\Q$away\E(?=\/)/AWAY/mg; $s =~ s/^(?!\z)/$mark /mg;
			print $s, $s ne "" && $s !~ /\n\z/ ? "\n\\\n" : "" }
		lines(">", slurp("$t/raw"));
		print "= $rc\n";
		for (names("$t/w")) { my $s = slurp("$t/w/$_"); next if -e "$t/new/w/$_" && $s eq slurp("$t/new/w/$_"); print "+ $_\n"; lines("|", $s) }
		for (names("$t/new/w")) { print "- $_\n" unless -e "$t/w/$_" }
		for my $n (1 .. 3) { for (names("$homes/node$n")) { print "+ node$n:$_\n"; lines("|", slurp("$homes/node$n/$_")) } }' "$T" "$homes" "$1" "$away"
}

seen() { # COMMAND: on stdout
	fresh
	timeout 60 bash -c "$1" >"$T/raw" 2>"$T/err" </dev/null
	show $?
}

# The cases in turn: calls DO with the command, and the expectation in $want.
walk() { # DO
	local line cmd='' did=$1
	want='' head=''
	while IFS= read -r line || [ -n "$line" ]; do
		case $line in
		'$ '*)
			[ -z "$cmd" ] || "$did" "$cmd"
			cmd=${line#\$ } want=''
			;;
		*) if [ -n "$cmd" ]; then want+=$line$'\n'; else head+=$line$'\n'; fi ;;
		esac
	done <"$here/tests/cluster/ssh.cases"
	[ -z "$cmd" ] || "$did" "$cmd"
}

record_one() {
	printf '$ %s\n' "$1"
	seen "$1" >"$T/got"
	cat "$T/got"
}

check_one() {
	# shellcheck disable=SC2053
	[[ $1 == $only ]] || return 0
	seen "$1" >"$T/got"
	printf %s "$want" >"$T/want"
	check_same "$1" "$T/want" "$T/got" || { [ ! -s "$T/err" ] || head -n 5 "$T/err" | sed 's/^/# stderr: /'; }
}

if [ $mode = record ]; then
	export P=$ref
	walk record_one >"$T/new"
	printf %s "$head" | cat - "$T/new" >"$here/tests/cluster/ssh.cases"
	exit 0
fi
export P=fh-parallel
walk check_one
[ "$only" = '*' ] || done_testing

# --- names and values are data -----------------------------------------------------------------------------------
fresh
run fh-parallel -S "-oProxyCommand=touch $T/bad" echo ::: a
is "$rc,$out" 255, "a host that looks like an option of ssh"
run fh-parallel -S '1/-h' echo ::: a
is "$rc,$out" 255, "a host that begins with -"
like "$err" '*begin with -*' "and it is said so"
odd=$'q  $(touch bad)`touch bad`;touch bad\'"\\!*~'
echo odd >"./$odd"
run fh-parallel -0 -k -S 1/node1 --trc {}.o --wd "w$odd" 'cat {} >{}.o; pwd' ::: "$odd"
is "$rc,$out" "0,$(getent passwd 0 | cut -d: -f6)/w$odd" "a folder's name"
is "$(cat "./$odd.o")" odd "a file's name, there and back"
is "$(find "$homes" "$T/w" -name bad; find "$homes/node1" -mindepth 1 | grep -v bash_history)" '' "nothing was run, and all is removed"
run fh-parallel -0 -k -S 1/node1 --transfer --cleanup 'cat -- {}; rm -f x' ::: ./-x
like "$rc" '[01]' "a file that begins with -"
V=$'a\nb!c\\d\'e"f$(x)\t' run fh-parallel -S 1/node1 --env V 'printf %s "$V" | md5sum; :' ::: a
is "$out" "$(printf %s $'a\nb!c\\d\'e"f$(x)\t' | md5sum)" "a value with newline, quotes, !"
printf '#!/bin/sh\nlogin=$1\n[ "$3" = -- ] && shift 3 && exec "$login" -c "$*"\n' >"$T/fake"
chmod 755 "$T/fake"
odd=$'a\'b"c\\d!e$f`g\nh*~ \t;|&'
for sh in sh bash dash zsh ksh mksh tcsh csh fish; do
	if ! command -v $sh >/dev/null; then
		skip "login shell $sh" "not there"
		continue
	fi
	run fh-parallel -0 --ssh "$T/fake $sh" -S 1/host 'printf %s {} | md5sum' ::: "$odd"
	is "$rc,$out" "0,$(printf %s "$odd" | md5sum)" "login shell $sh"
done

# --- hosts that are not there ------------------------------------------------------------------------------------
run fh-parallel -S 2/node9,2/node1 --retries 3 -k echo ::: 1 2 3 4 5 6
is "$rc,$out" $'0,1\n2\n3\n4\n5\n6' "jobs of a host that is down run elsewhere"
is "$(grep -c '^fh-parallel: node9: ssh ended with 255' "$T/err")" 1 "which is said once, with its name"
: >"$T/known"
run fh-parallel --ssh "ssh -o ControlPath=none -o UserKnownHostsFile=$T/known" -S 1/node1 echo ::: 1 2
is "$rc,$out,$(grep -c '^fh-parallel: node1: ssh ended with 255' "$T/err")" "2,,1" "an unknown host key"
seq 40 >"$T/all"
(
	sleep 1.5
	# shellcheck disable=SC2034 # of procs.sh
	dir=$SSH_TEST_DIR
	. "$here/tests/cluster/procs.sh"
	end KILL node3
) 2>/dev/null &
run fh-parallel -k -S 4/node1,4/node3 --retries 5 'sleep 0.3; echo {}' :::: "$T/all"
wait
is "$rc,$out" "0,$(cat "$T/all")" "a host that dies in the middle: all output, once"

# --- hosts come while jobs run -----------------------------------------------------------------------------------
fresh
echo 1/node1 >slf
(sleep 1 && echo 1/node2 >>slf) &
run fh-parallel --slf slf 'sleep 0.4; uname -n; :' ::: 1 2 3 4 5 6 7 8 9 10
wait
is "$rc,$(sort -u "$T/out" | tr '\n' ' ')" "0,node1 node2 " "a host that is added to --sshloginfile"
run fh-parallel -j100% -k -S node1 'sleep 0.5; echo {%}' ::: $(seq 9)
is "$(sort -nu "$T/out" | tail -n 1)" "$(nproc)" "a host is asked for its cpus"

# --- the connection breaks ---------------------------------------------------------------------------------------
jobs_on() { # HOST: how many of our sleeps run there
	ssh "$1" 'ps ax' | grep -c '[s]leep 31[0-9]'
}
settled() { # HOST: waits until none does
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$(jobs_on "$1")" != 0 ] || return 0
		sleep 0.1
	done
	return 1
}
begun() { # HOST: waits until there is one
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$(jobs_on "$1")" = 0 ] || return 0
		sleep 0.1
	done
	return 1
}
alone='ssh -o ControlPath=none' # a connection of its own
fh-parallel --ssh "$alone" -S 2/node1 'sleep 311 & sleep 31{}' ::: 2 3 2>/dev/null </dev/null &
begun node1
ok $? "jobs run on the host"
kill -KILL $!
wait $! 2>/dev/null
settled node1
ok $? "kill -9 of fh-parallel ends what it runs there"
run fh-parallel --ssh "$alone" -S 2/node1 --timeout 1 'sleep 311 & sleep 31{}' ::: 2 3
is "$rc" 2 "--timeout"
settled node1
ok $? "ends the job there"
run fh-parallel -M -S 2/node1 --timeout 1 'sleep 31{}' ::: 2 3
settled node1
ok $? "and where connections are shared"

# --- many --------------------------------------------------------------------------------------------------------
seq 100 | sed 's/$/ x/' >"$T/in"
run fh-parallel -k -S 3/node1,3/node2,2/: 'echo {} {#}; echo e{#} >&2' :::: "$T/in"
cp "$T/out" "$T/far"
run fh-parallel -k 'echo {} {#}; echo e{#} >&2' :::: "$T/in"
check_same "100 jobs on three hosts, as here" "$T/out" "$T/far"
if [ -n "$agents" ]; then
	[ "$(wc -l <"$T/agents")" -gt 100 ]
	ok $? "agents were there"
fi
ps ax -o args= | grep -v grep | grep -q "ControlPath=/tmp/fh"
[ $? = 1 ]
ok $? "no shared connection is left"
done_testing
