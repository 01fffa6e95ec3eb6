/* Decides what counts as a whole video. Must never know which scene it shows.
 * Invariant: ffprobe is started only for what mp4_is does not know; an MP4 that is broken is not given a second chance. */
#include "proof.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "clock.h"
#include "file.h"
#include "io.h"
#include "js_put.h"

#define PROBE_NS (30 * CLOCK_S)
#define PROBE_MAX 65536 /* bytes of ffprobe's answer */

/* Lines of bare values: "audio", "video", seconds. */
static void
probe_line(const char *line, int64_t *duration_ns, bool *audio)
{
	char *end;
	double s = strtod(line, &end);

	if (strcmp(line, "audio") == 0)
		*audio = true;
	else if (end != line && *end == '\0' && s > 0 && s < 1e9)
		*duration_ns = (int64_t)(s * CLOCK_S);
}

static int
probe_run(struct child_home *h, char *const *argv, int out, struct err *e)
{
	struct proc_spec spec = PROC_SPEC_INIT;
	struct child_end end;
	AUTO_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int r;

	spec.file = argv[0];
	spec.argv = argv;
	spec.fd[0] = spec.fd[2] = null;
	spec.fd[1] = out;
	if ((r = child_run(h, &spec, PROBE_NS, &end)) < 0)
		return r == -ENOENT ? err_set(e, 0, "not an MP4, and there is no ffprobe to look at it") :
		                      err_sys(e, -r, "ffprobe");
	if (h->signo != 0)
		return err_set(e, EINTR, "interrupted");
	return end.status == 0 ? 0 : err_set(e, 0, "ffprobe cannot read it");
}

int
proof_probe(struct child_home *h, const char *file, int64_t *duration_ns, bool *audio, struct err *e)
{
	AUTO_BUF name = { 0 };
	AUTO_BUF answer = { 0 };
	AUTO_FD out = file_temp(NULL);
	char *line, *left;

	buf_addf(&name, "file:%s", file);
	char *const argv[] = { "ffprobe", "-v", "error", "-show_entries", "stream=codec_type:format=duration", "-of",
		"default=noprint_wrappers=1:nokey=1", name.data, NULL };

	*duration_ns = 0;
	*audio = false;
	if (out < 0)
		return err_sys(e, -out, "no temporary file");
	if (probe_run(h, argv, out, e) < 0)
		return -1;
	if (lseek(out, 0, SEEK_SET) < 0 || io_slurp(out, &answer, PROBE_MAX) < 0)
		return err_set(e, 0, "ffprobe's answer cannot be read");
	for (left = answer.data; (line = strsep(&left, "\n")) != NULL;)
		probe_line(line, duration_ns, audio);
	return 0;
}

static int
proof_mp4(int fd, struct proof *out, struct err *e)
{
	if (mp4_read(fd, &out->mp4, e) < 0)
		return -1;
	out->duration_ns = out->mp4.duration_ns;
	if (out->mp4.audio.tracks == 0)
		return err_set(e, 0, "no audio track");
	if (out->mp4.audio.samples == 0 || out->mp4.audio.bytes == 0)
		return err_set(e, 0, "the audio track has no samples");
	if (out->duration_ns <= 0)
		return err_set(e, 0, "no length");
	return 0;
}

static int
proof_other(struct child_home *h, const char *video, struct proof *out, struct err *e)
{
	bool audio;

	out->probed = true;
	if (proof_probe(h, video, &out->duration_ns, &audio, e) < 0)
		return -1;
	return audio ? 0 : err_set(e, 0, "no audio track");
}

int
proof_video(struct child_home *h, const char *video, struct proof *out, struct err *e)
{
	AUTO_FD fd = io_open_regular(AT_FDCWD, video);
	char head[12];
	struct stat st;
	ssize_t n;

	*out = (struct proof){ 0 };
	if (fd < 0)
		return err_sys(e, -fd, "%s", video);
	n = pread(fd, head, sizeof head, 0);
	if (n < 0 || fstat(fd, &st) < 0)
		return err_sys(e, errno, "%s", video);
	out->size_bytes = st.st_size;
	if (n == 0)
		return err_set(e, 0, "%s: empty", video);
	if ((mp4_is(head, (size_t)n) ? proof_mp4(fd, out, e) : proof_other(h, video, out, e)) < 0)
		return err_wrap(e, "%s", video);
	return 0;
}

void
proof_json(struct buf *b, const char *name, const struct proof *p)
{
	AUTO_BUF o = { 0 };

	js_put_int(&o, "file_size_bytes", p->size_bytes);
	js_put_seconds(&o, "duration_seconds", p->duration_ns);
	js_put_bool(&o, "audio_present", true);
	js_put_text(&o, "checked_by", p->probed ? "ffprobe" : "fh");
	if (!p->probed) {
		js_put_text(&o, "video_codec", p->mp4.video.codec);
		js_put_int(&o, "video_samples", (int64_t)p->mp4.video.samples);
		js_put_text(&o, "audio_codec", p->mp4.audio.codec);
		js_put_int(&o, "audio_samples", (int64_t)p->mp4.audio.samples);
	}
	js_put_object(b, name, &o);
}
