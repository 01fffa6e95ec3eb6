/* The option table of fh-voicecheck. */
#include "opt.h"
#include "voice_cmd.h"

#define FIELD(f) OPT_FIELD(voice_opts, f)

static const char *const backends[] = { "qwen", "mlx", NULL };
static const char *const states[] = { "need", "stale", "missing", "broken", "orphaned", "fresh", "all", NULL };

static const struct opt opts[] = {
	{ "keys", 'k', FIELD(keys), .arg = "WHICH", .arg_optional = true, .choices = states, .group = "What is checked",
	    .help = "which narration keys are stale, missing or orphaned",
	    .doc = "The texts of\n.Va SCRIPT\nare compared with those in the cache, whatever the hash says.\nWithout\n.Ar WHICH\n"
	           "prints a line\n.Dl STATE<TAB>KEY\nfor every key that is not fresh.\nWith one of the states prints only the "
	           "keys in it, one a line;\n.Cm need\nis every key that has to be spoken: stale, missing or (with\n.Fl -audio )\n"
	           "broken ones;\n.Cm all\nlists fresh keys too, with their state.\nA backslash or control character in a key is "
	           "written as\n.Xr printf 1\n.Ql %b\nreads it.\nExits 1 where a key has to be spoken, 0 where none has.\n"
	           "The script is read, never run: what cannot be known by reading is refused with line and column, exit 3." },
	{ "audio", 'a', FIELD(audio), .group = "What is checked",
	    .help = "look at the sound files too: there, not empty, playable",
	    .doc = "MP3, AAC, WAV, OGG, FLAC and M4A are known, by their content.\nWith\n.Fl -keys\na key whose sound cannot be "
	           "played is\n.Cm broken ." },
	{ "text", 't', FIELD(text), .arg = "KEY", .group = "What is checked",
	    .help = "print the text of one narration key and do nothing else" },
	{ "update", 'u', FIELD(update), .group = "What is written",
	    .help = "keep the script's hash: what was spoken is valid now",
	    .doc = "For after speaking.\nNothing is written where there is no script, or no index in good order; with\n.Fl -keys\n"
	           "or\n.Fl -audio\nalso where these find something to be spoken." },
	{ "dry-run", 'n', FIELD(dry_run), .group = "What is written",
	    .help = "write nothing: a missing hash counts as valid and stays missing" },
	{ "json", 'j', FIELD(json), .group = "Output", .help = "print everything found as one JSON object" },
	{ "null", '0', FIELD(nul), .group = "Output", .help = "end each key or text by NUL instead of newline, written as it is" },
	{ "quiet", 'q', FIELD(quiet), .group = "Output", .help = "print nothing but errors, answer by exit status" },
	{ "variable", 'v', NULL, FIELD(var), .arg = "NAME", .group = "In bash",
	    .help = "put the output into NAME, without its last newline, and print nothing" },
	{ "array", 0, NULL, FIELD(array), .arg = "NAME", .group = "In bash", .help = "put each key or line into an element of NAME" },
	{ "backend", 'b', FIELD(backend), .arg = "NAME", .choices = backends, .group = "Which cache",
	    .help = "qwen or mlx (default: FLAMING_HORSE_TTS_BACKEND, else qwen)" },
};

static const struct opt_exit exits[] = {
	{ "0", "the cache is valid: nothing has to be spoken" },
	{ "1", "it is missing or stale: speak" },
	{ "2", "wrong usage" },
	{ "3", "the world: no project folder, a file that cannot be read or written, a script that cannot be followed" },
};

extern const struct tool voicecheck_tool;
const struct tool voicecheck_tool = {
	.name = "fh-voicecheck",
	.summary = "tell whether the spoken narration is up to date",
	.operands = "[DIR]",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.exits = exits,
	.nexits = ARRAY_LEN(exits),
	.operand_complete = OPT_C_DIR,
};
