# shellcheck shell=bash
# tests/lib.sh: TAP in a few lines. A test script sources it, calls `plan N` or ends with `done_testing`.
# $FH is the folder of the tools under test, $RUN a prefix for every call (valgrind), $T a private folder.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
FH=${FH:-$here/${B:-build/plain}/cmd}
RUN=${RUN:-}
# shellcheck disable=SC2034 # for the script that sources this
# How many times as long as else a script waits for what is to come, and no longer: a tool under valgrind takes its time.
case $FH$RUN in *valgrind*) patience=10 ;; *) patience=1 ;; esac
T=$(mktemp -d "${TMPDIR:-/tmp}/fh-test.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$T" 2>/dev/null; rm -rf "$T"' EXIT
PATH=$FH:$PATH
export LC_ALL=C.UTF-8 PATH
test_n=0 test_failed=0

ok() { # STATUS NAME: status 0 is a pass
	test_n=$((test_n + 1))
	if [ "$1" = 0 ]; then echo "ok $test_n - $2"; return 0; fi
	echo "not ok $test_n - $2"
	test_failed=$((test_failed + 1))
	return 1
}

is() { # GOT WANT NAME
	[ "$1" = "$2" ]
	ok $? "$3" && return 0
	printf '%s\n' "got:  $1" "want: $2" | sed 's/^/# /'
	return 1
}

like() { # GOT PATTERN NAME: a bash pattern
	# shellcheck disable=SC2053
	[[ $1 == $2 ]]
	ok $? "$3" && return 0
	printf '%s\n' "got:  $1" "like: $2" | sed 's/^/# /'
	return 1
}

# run TOOL ARG...: stdout in $out, stderr in $err, status in $rc (trailing newlines cut; raw in $T/out, $T/err)
# shellcheck disable=SC2034 # for the script that sources this
run() {
	rc=0
	# shellcheck disable=SC2086
	$RUN "$@" >"$T/out" 2>"$T/err" </dev/null || rc=$?
	out=$(cat "$T/out") err=$(cat "$T/err")
}

check_same() { # NAME FILE FILE
	cmp -s "$2" "$3"
	ok $? "$1" && return 0
	diff -u "$2" "$3" | head -20 | sed 's/^/# /'
	return 1
}

skip() { # NAME WHY
	test_n=$((test_n + 1))
	echo "ok $test_n - $1 # SKIP $2"
}

done_testing() { echo "1..$test_n"; exit $((test_failed > 0)); }
