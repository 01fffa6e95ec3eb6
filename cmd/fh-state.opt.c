/* The option table of fh-state. */
#include "opt.h"
#include "state_cmd.h"
#include "state_phase.h"

#define FIELD(f) OPT_FIELD(state_opts, f)

static const struct opt opts[] = {
	{ "file", 'f', NULL, FIELD(file), .arg = "FILE", .complete = OPT_C_FILE, .group = "Which state",
	    .help = "the state file" },
	{ "project-dir", 'C', NULL, FIELD(project_dir), .arg = "DIR", .complete = OPT_C_DIR, .group = "Which state",
	    .help = "the project folder; its state is DIR/project_state.json" },
	{ "wait", 'w', NULL, FIELD(wait), .arg = "TIME", .group = "Which state", .sample = "2s",
	    .help = "wait at most TIME for the lock (30 s)" },
	{ "json", 'j', NULL, FIELD(json), .group = "Values", .help = "values are JSON, printed or given" },
	{ "string", 's', NULL, FIELD(string), .group = "Values", .help = "values given are strings, also 42 and true" },
	{ "null", '0', NULL, FIELD(nul), .group = "Values", .help = "end each value or line by NUL instead of newline" },
	{ "default", 'd', NULL, FIELD(fallback), .arg = "TEXT", .group = "Values",
	    .help = "get: print TEXT for what is missing or null" },
	{ "quiet", 'q', NULL, FIELD(quiet), .group = "Values", .help = "get, flag: print nothing, answer by exit status" },
	{ "variable", 'v', NULL, FIELD(var), .arg = "NAME", .group = "In bash", .help = "put the output into NAME, without its last newline, and print nothing" },
	{ "array", 'a', NULL, FIELD(array), .arg = "NAME", .group = "In bash",
	    .help = "put each value or line into an element of NAME; get: each element of arrays" },
	{ "touch", 't', NULL, FIELD(touch), .group = "Edits", .help = "also set updated_at to now" },
	{ "load", 'l', NULL, FIELD(load), .group = "Edits", .help = "then print what load prints, in place of what the verb does" },
	{ "fields", 'o', NULL, FIELD(fields), .group = "Edits",
	    .help = "history add: operands are NAME=VALUE of an object; the value @now is the time" },
	{ "all", 'A', NULL, FIELD(all), .group = "Edits", .help = "error clear: every error" },
	{ "phase", 'p', NULL, FIELD(phase), .arg = "PHASE", .choices = state_phase_name, .group = "Phases",
	    .help = "apply: move on from PHASE (the state's own)" },
	{ "name", 'n', NULL, FIELD(name), .arg = "NAME", .group = "New states", .help = "the project's name (the folder's)" },
	{ "topic", 0, NULL, FIELD(topic), .arg = "TEXT", .group = "New states", .help = "the video's topic" },
	{ "force", 'F', NULL, FIELD(force), .group = "New states", .help = "also where there is a state already" },
	{ "video", 0, NULL, FIELD(video), .arg = "FILE", .complete = OPT_C_FILE, .group = "Marking scenes",
	    .help = "mark rendered: the video, from the project folder" },
	{ "duration", 0, NULL, FIELD(duration), .arg = "SECONDS", .group = "Marking scenes", .sample = "12.5",
	    .help = "mark rendered: its duration, instead of reading it from the file" },
	{ "no-audio", 0, NULL, FIELD(no_audio), .group = "Marking scenes", .help = "mark rendered: it has no audio" },
	{ "scene-file", 0, NULL, FIELD(scene_file), .arg = "FILE", .complete = OPT_C_FILE, .group = "Marking scenes",
	    .help = "mark built: the scene's Python file" },
	{ "class", 0, NULL, FIELD(class_name), .arg = "NAME", .group = "Marking scenes", .help = "mark built: the scene's class" },
};

/* For completion. Scene ids come from the state that is there. */
static const char *const fields[] = { "project_name", "topic", "phase", "created_at", "updated_at", "run_count", "plan_file",
	"narration_file", "voice_config_file", "scenes", "current_scene_index", "errors", "history", "flags",
	"flags.needs_human_review", "flags.dry_run", "flags.force_replan", NULL };
static const char *const phases[] = { "init", "plan", "review", "narration", "build_scenes", "scene_qc", "precache_voiceovers",
	"final_render", "assemble", "complete", "error", NULL };
static const char *const flags[] = { "needs_human_review", "dry_run", "force_replan", "on", "off", NULL };
static const char *const add_clear_list[] = { "add", "clear", "list", NULL };
static const char *const add_list[] = { "add", "list", NULL };
static const char *const scene_words[] = { "current", "get", "set", "revert", NULL };
static const char *const statuses[] = { "pending", "built", "rendered", NULL };
#define SCENE_IDS "fh-state scenes | cut -d\\| -f1"

static const struct opt_verb verbs[] = {
	{ "load", "", "print shell code that sets the STATE_ variables", NULL },
	{ "invalidate", "", "print shell code that empties them", NULL },
	{ "increment", "", "add 1 to run_count, print as load does", NULL },
	{ "get", "FIELD ...", "print fields", NULL, .choices = fields },
	{ "set", "FIELD VALUE ...", "set fields", NULL, .choices = fields },
	{ "delete", "FIELD ...", "take fields out", NULL, .choices = fields },
	{ "append", "FIELD VALUE ...", "append to an array", NULL, .choices = fields },
	{ "phase", "[PHASE]", "print or set the phase", NULL, .choices = phases },
	{ "flag", "NAME [on|off]", "print or set a flag", NULL, .choices = flags },
	{ "error", "add TEXT | clear PREFIX | list", "errors, each once", NULL, .choices = add_clear_list },
	{ "history", "add TEXT | list", "what was done", NULL, .choices = add_list },
	{ "touch", "", "set updated_at to now", NULL },
	{ "scenes", "", "print id|file|class|duration of all scenes", NULL },
	{ "scene", "current | get ID FIELD | set ID FIELD VALUE | revert ID", "one scene", NULL, .choices = scene_words, .list = SCENE_IDS },
	{ "mark", "ID pending|built|rendered", "set a scene's status, for a rendered one with its verification", NULL, .choices = statuses, .list = SCENE_IDS },
	{ "repair-metadata", "", "fill in file and class_name of scenes from disk", NULL },
	{ "normalize", "", "make it a state of the schema, whatever it is", NULL },
	{ "apply", "", "normalize, then move on by what is on disk", NULL },
	{ "validate", "", "say all that is wrong with it", NULL },
	{ "backup", "", "copy it to .state_backup.json", NULL },
	{ "restore", "", "copy .state_backup.json back", NULL },
	{ "new", "", "make a fresh one", NULL },
	{ "edit", "[COMMAND ...]", "do several of these, all or none; without operands, the lines of standard input", NULL },
};

static const struct opt_exit exits[] = {
	{ "0", "done" },
	{ "1", "no: the field is missing or null, the state says no" },
	{ "2", "wrong usage" },
	{ "3", "the world: no state file, no JSON in it, no lock in time, disk full" },
};

extern const struct tool state_tool;
const struct tool state_tool = {
	.name = "fh-state",
	.summary = "read and change project_state.json",
	.operands = "VERB [FILE.json] [OPERAND ...]",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.verbs = verbs,
	.nverbs = ARRAY_LEN(verbs),
	.exits = exits,
	.nexits = ARRAY_LEN(exits),
	.operand_complete = OPT_C_FILE,
};
