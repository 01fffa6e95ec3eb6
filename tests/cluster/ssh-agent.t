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
up=$("$cluster/sshd-up" -n 2 -x "SetEnv PATH=$T/bin:/usr/local/bin:/usr/bin:/bin" 2>"$T/up") || skip_all "$(head -n 1 "$T/up")"
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
w fh-parallel --engine ssh -S 1/node1,1/node9 -k echo ::: a b >out 2>err
is "$? $(xargs <out)" "0 a b" "a host that is not there: the others do it"
like "$(cat err)" "*node9: no agent there*" "... and it is named"
rm "$T/bin/fh-parallel"
w fh-parallel "${S[@]}" echo ::: a >out 2>err
is "$? $(cat out)" "255 " "no fh-parallel there: nothing runs"
like "$(cat err)" "*node1: *not found*no worker is left*" "... and words"
done_testing
