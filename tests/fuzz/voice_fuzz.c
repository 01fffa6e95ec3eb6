/* Any bytes as the index of a voice cache, beside a script of three keys: the verdict is one of the list and says so, every
 * key is listed once, and what has to be spoken adds up. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "io.h"
#include "mem.h"
#include "project.h"
#include "voice_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char script[] = "SCRIPT = {'a': 'Hello', 'b': 'W\\u00f6rld', 'c': ''}\n";
static char folder[] = "/dev/shm/fh-voice-fuzz.XXXXXX"; /* in memory: a file is written for every input */
static int at = -1; /* the folder; the fuzzer has its own use for the current one */

static void
folder_remove(void)
{
	unlinkat(at, PROJECT_VOICE_INDEX, 0);
	unlinkat(at, PROJECT_NARRATION, 0);
	unlinkat(at, PROJECT_VOICES, AT_REMOVEDIR);
	unlinkat(at, "media/voiceovers", AT_REMOVEDIR);
	unlinkat(at, "media", AT_REMOVEDIR);
	rmdir(folder);
}

static void
put(const char *name, const void *data, size_t n)
{
	AUTO_FD fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || io_write_full(fd, data, n) < 0)
		abort();
}

static void
folder_make(void)
{
	if (at >= 0)
		return;
	if (access("/dev/shm", W_OK) < 0)
		strcpy(folder, "/tmp/fh-voice-fuzz.XXXXXX");
	if (mkdtemp(folder) == NULL || (at = open(folder, O_RDONLY | O_DIRECTORY)) < 0 ||
	    file_mkdirs(at, PROJECT_VOICES, 0700) < 0)
		abort();
	atexit(folder_remove);
	put(PROJECT_NARRATION, script, strlen(script));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_VOICE_KEYS k = { 0 };
	size_t i, sum = 0;
	AUTO_VOICE v;
	struct err e;

	folder_make();
	put(PROJECT_VOICE_INDEX, data, n);
	if (voice_open(&v, folder, "qwen", &e) < 0 || voice_check(&v, false, &e) < 0 || voice_keys(&v, true, &k, &e) < 0)
		abort();
	if ((v.verdict != VOICE_BAD_INDEX && v.verdict != VOICE_NO_HASH) || v.say.len == 0)
		abort();
	for (i = 0; i < VOICE_NNEEDS; i++)
		sum += k.count[i];
	if (sum != k.n || k.n - k.count[VOICE_KEY_ORPHANED] != 3 || voice_keys_needed(&k) + k.count[VOICE_KEY_FRESH] != 3)
		abort();
	for (i = 0; i < 3; i++)
		if (k.v[i].n != 1 || k.v[i].key[0] != "abc"[i])
			abort();
	return 0;
}
