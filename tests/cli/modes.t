#!/usr/bin/env bash
# Who may read and write what: modes and owners of files that are made and replaced, files of other people, folders that may not be
# written, a disk that is full.
# shellcheck source-path=SCRIPTDIR source=../lib.sh disable=SC2016,SC2015,SC2089,SC2090,SC2086
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export FH_INI=''
S=project_state.json
mode() { stat -c %a "$1"; }

# --- modes
for u in 022 027 077 000; do
	rm -f $S .state_backup.json
	(umask $u && fh-state new && fh-state backup)
	is "$(mode $S) $(mode .state_backup.json)" "$(printf '%o %o' $((0666 & ~0$u)) $((0666 & ~0$u)))" "umask $u: a new state and its backup"
done
for m in 600 640 664 400 755; do
	chmod $m $S
	(umask 000 && fh-state increment >/dev/null) 2>/dev/null
	is "$(mode $S)" $m "mode $m stays, whatever the umask"
done
chmod 6755 $S
fh-state increment >/dev/null
is "$(mode $S)" 755 "set-id bits do not stay with new content"
chmod 600 $S
rm -f .state_backup.json
(umask 000 && fh-state backup)
is "$(mode .state_backup.json)" 600 "a backup is not wider than its state"
printf '{"phase": ' >$S
rm .state_backup.json
(umask 000 && fh-state normalize) 2>/dev/null
is "$(mode $S) $(mode "$(ls $S.broken-*)")" "600 600" "nor is a broken one that is kept"
mkdir -p v/media/voiceovers/qwen
echo 'SCRIPT = {"a": "b"}' >v/narration_script.py
echo '[{"text": "b", "audio_file": "a.mp3"}]' >v/media/voiceovers/qwen/cache.json
(umask 027 && fh-voicecheck v >/dev/null)
is "$(mode v/media/voiceovers/qwen/.cache_hash)" 640 "the voice cache's hash obeys the umask"
(umask 077 && fh-parallel --joblog log --results res echo ::: 1 >/dev/null)
is "$(mode log) $(find res -type f ! -perm 600) $(find res -type d ! -perm 700)" "600  " "so do joblogs and results"
mkdir tmp
(umask 000 && TMPDIR=$T/tmp fh-parallel --files echo ::: 1 >name)
is "$(mode "$(cat name)")" 600 "files of --files are ours alone"
# The job looks at what fh-parallel has in its folder for temporary files.
(umask 000 && TMPDIR=$T/tmp/x && mkdir "$TMPDIR" && export TMPDIR && seq 3 | fh-parallel --pipe --cat 'stat -c %a {}; ls -A $TMPDIR | wc -l' >seen)
like "$(cat seen)" "600*" "--cat's file is ours alone"
is "$(ls -A tmp/x)" "" "and gone afterwards"
(umask 000 && fh-parallel -j1 --tmpdir "$T/tmp/x" 'ls -A tmp/x; :' ::: 1 2 >seen)
is "$(cat seen)" "" "output that waits has no name"

# --- other people's files; root may do anything, so that it becomes nobody
as=()
if [ "$(id -u)" = 0 ]; then
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	command -v setpriv >/dev/null && "${as[@]}" true 2>/dev/null || { skip "other people's files" "root without setpriv"; as=(); }
fi
if [ ${#as[@]} -gt 0 ]; then
	chmod 755 "$T"
	cp -r "$FH" "$T/bin" 2>/dev/null
	PATH=$T/bin:$PATH
	rm -f $S*; fh-state new
	fh-state set -s updated_at 2026-01-01T00:00:00Z # what normalizes within the same second has nothing to write
	mkdir theirs && cp $S theirs/ && chmod 644 theirs/$S && chown 65534:65534 theirs
	before=$(cat theirs/$S)
	RUN="${as[*]} timeout 20"
	for verb in "set phase init" "increment" "edit 'phase init'" "normalize" "apply"; do
		run fh-state $verb -f theirs/$S
		is "$rc:$(wc -l <"$T/err"):$(cat theirs/$S)" "3:1:$before" "root's state in my folder, read-only for me: $verb is refused"
	done
	run fh-state get -f theirs/$S phase
	is "$rc:$out" "0:plan" "but may be read"
	chmod 666 theirs/$S
	run fh-state set -f theirs/$S phase init
	is "$rc:$(stat -c %u theirs/$S):$(cat theirs/$S)" "3:0:$before" "one that I may write, but not give back to its owner: refused"
	is "$(ls -A theirs)" "$S" "and nothing is left"
	chmod 600 theirs/$S
	run fh-state get -f theirs/$S phase
	is "$rc:$(wc -l <"$T/err")" "3:1" "a private one may not be read"
	mkdir locked && cp $S locked/ && chown -R 65534:65534 locked && chmod 555 locked
	before=$(cat locked/$S)
	for verb in "set phase init" "increment" "backup" "normalize"; do
		run fh-state $verb -f locked/$S
		is "$rc:$(wc -l <"$T/err"):$(cat locked/$S)" "3:1:$before" "a folder that may not be written: $verb"
	done
	RUN=
else
	[ "$(id -u)" = 0 ] || skip "other people's files" "only root can make them"
fi

# --- a disk that is full: a small one of our own
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64k,mode=755 tmpfs small 2>/dev/null; then
	trap 'umount "$T/small" 2>/dev/null; chmod -R u+rwx "$T" 2>/dev/null; rm -rf "$T"' EXIT
	cp "$here/tests/demo/project/project_state.json" small/$S
	head -c 1000000 /dev/zero >small/fill 2>/dev/null
	before=$(cat small/$S)
	for verb in "set -s topic $(head -c 9000 /dev/zero | tr '\0' x)" "increment" "backup" "apply --phase review"; do
		# shellcheck disable=SC2086
		run timeout 20 fh-state $verb -C small
		is "$rc:$(cat small/$S):$(find small -name '*.tmp')" "3:$before:" "no space left: ${verb:0:16}: refused, the state as it was, no litter"
		like "$err" "fh-state: *No space left on device" "and says so"
	done
	rm small/fill
	run fh-state increment -C small
	is "$rc" 0 "space again: it goes on"
	umount small
else
	skip "a full disk" "cannot mount one here"
fi
done_testing
