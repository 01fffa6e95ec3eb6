#!/usr/bin/env bash
# make install, what it puts where, and uninstall; the hardening of what is built.
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

case $FH in
"$here"/build/plain/cmd) ;;
*) skip "install" "only for the plain build"; done_testing ;;
esac
unset MAKEFLAGS MAKELEVEL MFLAGS
R="$T/the root"
make -s -C "$here" all build/plain/cmd/fh-gen >/dev/null
make -n -C "$here" install DESTDIR="$R" | grep -E '(^| )(gcc|cc|clang|ar) ' | head -5 >"$T/built"
is "$(cat "$T/built")" "" "install builds nothing that is built"

run make -s -C "$here" install DESTDIR="$T/root" PREFIX=/usr
is "$rc:$err" "0:" "install"
(cd "$T/root" && find . -type f | sort) >"$T/files"
{
	for t in $("$FH/fh-gen" tools); do
		echo "./usr/bin/$t"
		echo "./usr/share/bash-completion/completions/$t"
		echo "./usr/share/fish/vendor_completions.d/$t.fish"
		echo "./usr/share/man/man1/$t.1"
		echo "./usr/share/zsh/site-functions/_$t"
	done
	echo ./usr/share/fh/fh.sh
	[ ! -e "$here/build/plain/shell/fh_builtins.so" ] || echo ./usr/lib/bash/fh_builtins.so
	echo ./usr/share/man/man7/fh.7
	echo ./usr/share/man/man7/fh-security.7
	echo ./usr/share/man/man7/fh-parallel-cluster.7
} | sort >"$T/wanted"
check_same "every file is in its place, and no other" "$T/wanted" "$T/files"
is "$(find "$T/root" -type f ! -path '*/bin/*' -perm /111)" "" "only programs may be run"
is "$(find "$T/root/usr/bin" -type f ! -perm 755)" "" "and those by all"
for t in "$T"/root/usr/bin/*; do
	run "$t" --version
	is "$rc" 0 "${t##*/} runs from there"
done
run make -s -C "$here" uninstall DESTDIR="$T/root" PREFIX=/usr
is "$rc" 0 "uninstall"
is "$(find "$T/root" -type f)" "" "and nothing is left"

if command -v readelf >/dev/null; then
	for t in $("$FH/fh-gen" tools); do
		f=$FH/$t
		like "$(readelf -hW "$f")" "*Type:*DYN*" "$t: position independent"
		readelf -lW "$f" >"$T/segments"
		grep -q GNU_RELRO "$T/segments"
		ok $? "$t: relocations are read-only"
		like "$(readelf -dW "$f")" "*NOW*" "$t: bound at the start"
		is "$(grep -E 'GNU_STACK.* RWE' "$T/segments")" "" "$t: the stack is not executable"
		is "$(grep -E 'LOAD.* (RWE|WE) ' "$T/segments")" "" "$t: nothing is writable and executable"
		readelf -sW "$f" >"$T/symbols"
		grep -q __stack_chk_fail "$T/symbols"
		ok $? "$t: stack protector"
		grep -qE '__(memcpy|snprintf|vsnprintf|read|fprintf)_chk' "$T/symbols"
		ok $? "$t: fortified"
	done
else
	skip "hardening" "no readelf"
fi
done_testing
