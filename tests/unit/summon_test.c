/* summon: its text is given to a shell, as a login would, and what it then does is looked at. The program that is sent is this one:
 * called as an agent it says so, and that is all. */
#include <sys/stat.h>

#include "frame.h"
#include "summon.h"

#include "folder.h"

#define SAYS "the agent --plain --agent\n"

static const char *called; /* as we were */

static struct summon *s;

/* The text to a file, the program to another; nothing is there yet. */
static void
summoned(bool bootstrap)
{
	struct opts o = { .bootstrap = bootstrap, .argv0 = called };
	struct err e = { 0 };
	AUTO_BUF text = { 0 };
	struct view p;

	folder_enter();
	ck_assert_msg(summon_new(&o, &s, &e) == 0, "%s", e.msg);
	summon_text(s, &text);
	put("text", buf_str(&text));
	p = summon_program(s);
	ck_assert_int_eq(p.len > 0, bootstrap);
	if (bootstrap) {
		AUTO_FD fd = open("program", O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

		ck_assert_int_eq(io_write_full(fd, p.s, p.len), 0);
	}
}

static void
find_begin(void)
{
	summoned(false);
}

static void
send_begin(void)
{
	summoned(true);
}

static void
end(void)
{
	summon_free(s);
	folder_leave();
}

/* Runs the text with HOME here and what name holds on its stdin. Returns its exit status; outputs are in out and err. */
static int
call(const char *name)
{
	char cmd[256];
	int status;

	snprintf(cmd, sizeof cmd, "HOME=$PWD/home XDG_CACHE_HOME= sh ./text <%s >out 2>err", name);
	status = system(cmd);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool
said_wanted(struct buf *out)
{
	buf_reset(out);
	ck_assert_int_eq(io_slurp_at(AT_FDCWD, "out", out, 1 << 20), 0);
	return frame_finds_wanted(out->data, out->len);
}

/* Called with the program at hand: whether it was asked for; in any case it is an agent then. */
static bool
becomes_agent(void)
{
	AUTO_BUF out = { 0 };
	int status = call("program");
	bool wanted;

	if (status != 0)
		holds("err", "");
	wanted = said_wanted(&out);
	ck_assert_str_eq(buf_str(&out) + (wanted ? FRAME_WANTED_BYTES : 0), SAYS);
	return wanted;
}

static void
shell(const char *cmd)
{
	ck_assert_int_eq(system(cmd), 0);
}

#define COPY "home/.cache/fh-parallel/agent-*"

START_TEST(without_it_the_one_on_path_is_called)
{
	put("fh-parallel", "#!/bin/sh\necho it \"$@\"\n");
	ck_assert_int_eq(chmod("fh-parallel", 0755), 0);
	setenv("PATH", "/usr/bin:/bin", 1);
	ck_assert_int_eq(call("/dev/null"), 127);
	holds("err", "fh-parallel: not found\n");
	setenv("PATH", ".:/usr/bin:/bin", 1);
	ck_assert_int_eq(call("/dev/null"), 0);
	holds("out", "it --plain --agent\n");
}
END_TEST

START_TEST(it_is_asked_for_once)
{
	ck_assert(becomes_agent());
	ck_assert(!becomes_agent());
	shell("cmp -s program " COPY " && [ \"$(ls home/.cache/fh-parallel | wc -l)\" = 1 ]");
	shell("s=$(echo " COPY "); [ \"$(sha256sum <program)\" = \"${s##*agent-}  -\" ]");
}
END_TEST

/* What may be found in the place of the copy; none of it is run or followed. */
static const char *const spoils[] = {
	"printf '#!/bin/sh\\necho bad\\n' >\"$c\"", /* still executable */
	"head -c 1000 program >\"$c\"",
	"mv \"$c\" moved; ln -s \"$PWD/moved\" \"$c\"",
	"rm \"$c\"; mkdir \"$c\"",
	"chmod 600 \"$c\"; printf x >>\"$c\"",
};

START_TEST(what_is_not_our_copy_is_replaced)
{
	char cmd[256];

	ck_assert(becomes_agent());
	snprintf(cmd, sizeof cmd, "c=$(echo " COPY "); %s", spoils[_i]);
	shell(cmd);
	ck_assert(becomes_agent());
	ck_assert(!becomes_agent());
	shell("[ -f " COPY " ] && [ ! -L " COPY " ]");
}
END_TEST

START_TEST(what_came_in_part_is_not_kept)
{
	shell("head -c 1000 program >part");
	ck_assert_int_eq(call("part"), 126);
	holds("err", "--bootstrap: what came is not what was sent\n");
	shell("[ -z \"$(ls home/.cache/fh-parallel)\" ]");
	ck_assert(becomes_agent());
}
END_TEST

START_TEST(a_folder_that_is_a_link_is_not_entered)
{
	shell("mkdir -p home/.cache other; ln -s \"$PWD/other\" home/.cache/fh-parallel");
	ck_assert_int_eq(call("program"), 126);
	shell("[ -z \"$(ls other)\" ] && grep -q 'no folder of our own' err");
}
END_TEST

START_TEST(copies_nobody_asked_for_go)
{
	shell("mkdir -p home/.cache/fh-parallel; cd home/.cache/fh-parallel; touch agent-new; touch -d '40 days ago' agent-old");
	ck_assert(becomes_agent());
	shell("cd home/.cache/fh-parallel; [ -e agent-new ] && [ ! -e agent-old ]");
}
END_TEST

static int
run_all(void)
{
	Suite *suite = suite_create("summon");
	TCase *found = tcase_create("found"), *sent = tcase_create("sent");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(found, find_begin, end);
	tcase_add_test(found, without_it_the_one_on_path_is_called);
	suite_add_tcase(suite, found);
	tcase_set_timeout(sent, 60);
	tcase_add_checked_fixture(sent, send_begin, end);
	tcase_add_test(sent, it_is_asked_for_once);
	tcase_add_loop_test(sent, what_is_not_our_copy_is_replaced, 0, ARRAY_LEN(spoils));
	tcase_add_test(sent, what_came_in_part_is_not_kept);
	tcase_add_test(sent, a_folder_that_is_a_link_is_not_entered);
	tcase_add_test(sent, copies_nobody_asked_for_go);
	suite_add_tcase(suite, sent);
	r = srunner_create(suite);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

int
main(int argc, char *argv[])
{
	AUTO_FREE char *path = NULL;

	if (argc > 1) {
		printf("the agent");
		while (*++argv != NULL)
			printf(" %s", *argv);
		printf("\n");
		return 0;
	}
	called = path = realpath(argv[0], NULL);
	return run_all();
}
