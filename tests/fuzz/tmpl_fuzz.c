/* A first line of mode letters, a second one with a command of words separated by TAB, then one value a line: the text
 * for the shell and the words for exec mean the same, and the meter knows the length. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meter.h"
#include "opts.h"
#include "pieces.h"
#include "tmpl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *
line_end(const char *s, const char *end)
{
	const char *nl = memchr(s, '\n', (size_t)(end - s));

	return nl != NULL ? nl : end;
}

static void
same_words(const struct tmpl *t, const struct tmpl_job *j, const struct buf *text)
{
	struct argv a = { 0 }, b = { 0 };
	struct err e;
	size_t i;

	if (tmpl_argv(t, j, &a, &e) == TMPL_FAIL)
		abort();
	if (direct_split(buf_str(text), text->len, &b)) {
		if (a.n != b.n)
			abort();
		for (i = 0; i < a.n; i++)
			if (strcmp(a.v[i], b.v[i]) != 0)
				abort();
	}
	argv_fini(&a);
	argv_fini(&b);
}

/* {#}, {2} and what stands for nothing are counted once for each input, though they are there once. */
static bool
meter_is_exact(const struct tmpl *t, size_t nvalues)
{
	size_t i;

	for (i = 0; nvalues > 1 && i < t->npieces; i++)
		if (t->pieces[i].type == PIECE_RPL && !piece_takes_all(&t->pieces[i]))
			return false;
	return nvalues > 0;
}

static void
check(const struct opts *o, const struct tmpl *t, const char *s, const char *end)
{
	struct args args = { 0 };
	struct tmpl_job j = { .args = &args, .seq = 12, .slot = 1, .total = 20, .max_slots = 2 };
	struct meter m;
	AUTO_BUF text = { 0 };
	struct err e;
	size_t size = 0;

	meter_init(&m, t, o->mode == CTX_REPEAT, true);
	meter_start(&m, j.seq);
	for (; s < end; s = line_end(s, end) + 1) {
		if (memchr(s, '\0', (size_t)(line_end(s, end) - s)) != NULL)
			continue; /* sources have made these visible */
		(void)args_add(&args, s, (size_t)(line_end(s, end) - s));
		args_end_tuple(&args);
		size = meter_add(&m, &args);
	}
	if (tmpl_expand(t, &j, &text, &e) == TMPL_FAIL)
		abort();
	if (!o->quote && !o->plus && meter_is_exact(t, args.n) && size != text.len)
		abort();
	if (tmpl_direct(t) && t->quotes == SHQ_SH)
		same_words(t, &j, &text);
	args_fini(&args);
}

static size_t
words_of(char *text, const char **words, size_t max)
{
	size_t n = 0;

	for (; text != NULL && n < max; n++) {
		words[n] = text;
		if ((text = strchr(text, '\t')) != NULL)
			*text++ = '\0';
	}
	return n;
}

/* {%*U\1}: with back references a match may take exponential time. */
static bool
refers_back(const char *text)
{
	for (; (text = strchr(text, '\\')) != NULL; text++)
		if (text[1] >= '1' && text[1] <= '9')
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "a", "b c" };
	const char *s = (const char *)data, *end = s + n, *mode = line_end(s, end), *command, *words[16];
	struct opts o = { .replace = "{}", .parens = "{==}", .mode = CTX_NONE };
	char text[256];
	struct tmpl_set *set;
	struct tmpl *t;
	struct err e = { .msg = "" };

	if (mode == end)
		return 0;
	o.quote = memchr(s, 'q', (size_t)(mode - s)) != NULL;
	o.plus = memchr(s, 'p', (size_t)(mode - s)) != NULL;
	o.mode = memchr(s, 'X', (size_t)(mode - s)) != NULL ? CTX_REPEAT : CTX_INPLACE;
	command = line_end(mode + 1, end);
	if ((size_t)(command - mode - 1) >= sizeof text || memchr(mode + 1, '\0', (size_t)(command - mode - 1)) != NULL)
		return 0;
	memcpy(text, mode + 1, (size_t)(command - mode - 1));
	text[command - mode - 1] = '\0';
	if (strstr(text, "{=") != NULL || refers_back(text))
		return 0; /* {= =} is code, and would be run: not what a fuzzer writes */
	if (tmpl_set_new(&o, names, ARRAY_LEN(names), &set, &e) < 0)
		abort();
	if (memchr(s, 'f', (size_t)(mode - s)) != NULL)
		tmpl_set_shell(set, SHQ_FISH);
	if (tmpl_compile(set, words, words_of(text, words, ARRAY_LEN(words)), TMPL_COMMAND, &t, &e) == 0) {
		check(&o, t, command < end ? command + 1 : end, end);
		tmpl_free(t);
	} else if (e.msg[0] == '\0')
		abort();
	tmpl_set_free(set);
	return 0;
}
