#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2054,SC2317 # jobs' text is not for this shell
# --engine ssh: agents on real sshds (sshd-up), one login each.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cluster=$(cd "$(dirname "$0")" && pwd)
skip_all() { skip "ssh" "$1"; done_testing; }
command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] || skip_all "not installed: make deps-cluster"
# the hosts find the tool by the PATH of their logins
mkdir "$T/bin" && cp "$FH/fh-parallel" "$T/bin/" && chmod 755 "$T" "$T/bin"
up=$("$cluster/sshd-up" -M -n 2 -x "SetEnv PATH=$T/bin:/usr/local/bin:/usr/bin:/bin" 2>"$T/up") || skip_all "$(head -n 1 "$T/up")"
eval "$up"
trap '"$cluster/sshd-down"; rm -rf "$T"' EXIT
PATH=$SSH_TEST_DIR/bin:$PATH
cd "$T" || exit 1
S=(--engine ssh -S 2/node1,2/node2)
w() { timeout 60 "$@"; }

seq 500 >in
w fh-parallel "${S[@]}" -k 'echo {}' <in >out 2>err
is $? 0 "500 jobs on two hosts" || sed 's/^/# /' err
check_same "... in order" out in
is "$(w fh-parallel "${S[@]}" 'echo $PARALLEL_SSHHOST; hostname; sleep 0.5; : {}' ::: 1 2 3 4 | sort | uniq -c | xargs)" "4 node1 4 node2" \
	"two jobs on each, who know where they are"
f() { echo "f $1 $V"; }
export -f f
export V=v
is "$(w fh-parallel "${S[@]}" --env V f ::: a)" "f a v" "exported functions, --env"
w fh-parallel "${S[@]}" -k --pipe -N50 cat <in >out
check_same "--pipe" out in
# The first job waits until it is told, or ten seconds.
w fh-parallel --engine ssh -S 1/node1,1/node9 -k "i=0; until grep -q node9 $T/err || [ \$((i += 1)) -gt 100 ]; do sleep 0.1; done; echo" ::: a b >out 2>err
is "$? $(xargs <out)" "0 a b" "a host that is not there: the others do it"
like "$(cat err)" "*node9: no agent there*" "... and it is named"
# --- -S alone: an agent where there is one, an ssh for each job elsewhere ----------------------------------------------
S1=(-S 2/node1,2/node2)
w fh-parallel "${S1[@]}" -k 'echo {}; :' <in >out 2>err # 500 logins would take minutes
is "$? $(cat err)" "0 " "-S: 500 jobs by agents"
check_same "... in order" out in
who='read -r c </proc/$PPID/comm; case $c in fh-* | agent-*) echo agent ;; *) echo ssh ;; esac; :' # whose child is the job?
is "$(w fh-parallel -k "${S1[@]}" "$who" ::: 1 2 | xargs)" "agent agent" "... and not by ssh"
is "$(w fh-parallel --engine ssh,job -k "${S1[@]}" "$who" ::: 1 2 | xargs)" "ssh ssh" "--engine ssh,job: by ssh"
seq 300000 >many
echo x >file
is "$(w fh-parallel -k "${S1[@]}" --transferfile {} --cleanup "$who" ::: file file | xargs)" "ssh ssh" "files come by ssh: so does the job"
for how in ssh,job local; do
	w fh-parallel --engine $how --joblog jl.$how -k -S 2/node1 --env V --wd d/e --nice 3 \
		'pwd; nice; echo $V $PARALLEL_SEQ $PARALLEL_SSHLOGIN ${TMPDIR-none}; {}' ::: true false 'exit 255' 'kill -KILL $$' nosuchprogram '(sleep 0.5; echo late) & echo now' >out.$how 2>err.$how
	echo "rc $?" >>out.$how
	w fh-parallel --engine $how -k "${S1[@]}" --pipe --block 300k 'head -n 1' <many >out2.$how # they do not read it all
	echo "rc $?" >>out2.$how
	sed -i '/^nosuch/d; s/ line [0-9]*:/:/' err.$how
	cut -f 1,7-9 jl.$how | sort >jl
	mv jl jl.$how
done
check_same "by ssh and by agents: the same output and status" out.ssh,job out.local
check_same "... also of --pipe" out2.ssh,job out2.local
check_same "... and joblog" jl.ssh,job jl.local
w fh-parallel "${S1[@]}" -k --pipe --block 300k cat <many >out
check_same "--pipe: 2 MB through two agents" many out
rm -f "$T/killed"
w fh-parallel -j2 "${S1[@]}" --joblog jl "if mkdir $T/killed 2>/dev/null; then kill -KILL \$PPID; sleep 9; fi; echo {}; :" ::: {1..20} >out 2>err
is "$? $(sort -n out | xargs) $(wc -l <jl)" "0 $(echo {1..20}) 21" "an agent that dies: its jobs run again, once, with an ssh each"
like "$(cat err)" "*node?: lost*" "... and it is told"
mkdir hang
printf '#!/bin/sh\nexec sleep 600\n' >hang/ssh && chmod 755 hang/ssh
w fh-parallel --ssh "$T/hang/ssh" -S 1/node1 --timeout 1 echo ::: a 2>err
is $? 1 "--timeout also ends a job whose host has not answered"

# --- a job that prints 1 GB: neither end keeps it -------------------------------------------------------------------------
until_there() { # FILE: waits for it, not more than two minutes
	local i
	for ((i = 0; i < 1200; i++)); do
		[ -s "$1" ] && return 0
		sleep 0.1
	done
	return 1
}
fh-parallel -S 1/node1 --lb "grep VmHWM /proc/\$PPID/status >&2; yes | head -c 1000000000; grep VmHWM /proc/\$PPID/status >&2
	echo >$T/over; until [ -s $T/seen ]; do sleep 0.1; done; :" ::: a 2>err > >(wc -c >size) &
runner=$!
until_there over
near=$(awk '/VmHWM/ { print $2 }' /proc/$runner/status)
echo >seen
wait $runner
is "$? $(until_there size; xargs <size)" "0 1000000000" "1 GB from a job: all of it comes"
far=$(awk 'END { print $2 }' err)
[ "${near:-999999}" -lt 50000 ] && [ "${far:-999999}" -lt 50000 ]
ok $? "... and neither end ever had 50 MB" || echo "# KiB here: $near, there: $far"

# --- no agent there ------------------------------------------------------------------------------------------------------
printf '#!/bin/sh\necho of another version >&2; exit 255\n' >"$T/bin/fh-parallel"
is "$(w fh-parallel -k "${S1[@]}" "$who" ::: 1 2 2>&1 | xargs)" "ssh ssh" "another fh-parallel there: by ssh, and not a word"
rm "$T/bin/fh-parallel"
is "$(w fh-parallel -k "${S1[@]}" "$who" ::: 1 2 2>&1 | xargs)" "ssh ssh" "none there: likewise"
seq 30000 >some
w fh-parallel -k -S 1/node1,1/node2 --pipe --block 50k cat <some >out
check_same "... and no input is lost" some out
w fh-parallel "${S[@]}" echo ::: a >out 2>err
is "$? $(cat out)" "255 " "--engine ssh, no fh-parallel there: nothing runs"
like "$(cat err)" "*node1: *not found*no worker is left*" "... and words"

# --- --bootstrap ---------------------------------------------------------------------------------------------------------
cache=$SSH_TEST_DIR/home/node1/.cache/fh-parallel
boot() { w fh-parallel --bootstrap -k -S 2/node1 "$who" ::: 1 2 2>&1 | xargs; }
is "$(boot)" "agent agent" "--bootstrap: our program is sent"
copy=$(echo "$cache"/agent-*)
is "$(sha256sum <"$copy" | cut -d' ' -f1)" "${copy##*agent-}" "... whole"
is "$(stat -c %a "$cache" "$copy" | xargs)" "700 700" "... for nobody else"
ino=$(stat -c %i "$copy")
is "$(boot) $(stat -c %i "$copy")" "agent agent $ino" "... and not again"
printf '#!/bin/sh\ntouch %s/bad\n' "$T" >"$copy"
is "$(boot) $(ls "$T/bad" 2>/dev/null)" "agent agent " "a copy that was altered is not run, but replaced"
head -c 1000 "$FH/fh-parallel" >"$copy"
is "$(boot)" "agent agent" "one that is not whole likewise"
cp "$copy" "$T/elsewhere"
ln -sf "$T/elsewhere" "$copy"
is "$(boot) $([ -L "$copy" ] || echo none)" "agent agent none" "a link is not followed"
is "$(find "$cache" -type f | wc -l)" 1 "nothing else is left there"
rm -rf "$cache" && mkdir "$T/open" && ln -s "$T/open" "$cache"
is "$(boot)" "fh-parallel: node1: --bootstrap: $(getent passwd 0 | cut -d: -f6)/.cache/fh-parallel: no folder of our own fh-parallel: node1: no agent there: its launcher has ended ssh ssh" \
	"a folder that is a link: it is told, and jobs run by ssh"
rm -f "$cache"
is "$(w fh-parallel --bootstrap --engine ssh -k -S 2/node1 "$who" ::: 1 2 | xargs)" "agent agent" "--engine ssh --bootstrap"
done_testing
